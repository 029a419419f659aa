//! Views people come back to; each is an address.

use contract::events::{EventFilter, EventKind, Outcome};
use contract::identities::Environment;
use leptos::prelude::*;

use super::address::Asked;
use crate::components::{LinkItem, SavedViews};

/// Draws them.
pub(super) fn draw(asked: &Asked) -> AnyView {
    let views: [(&str, EventFilter); 6] = [
        ("All", EventFilter::default()),
        (
            "Failures",
            EventFilter {
                outcome: vec![Outcome::Failure],
                ..EventFilter::default()
            },
        ),
        (
            "Production deployments",
            EventFilter {
                kind: vec![EventKind::Deployment, EventKind::DeploymentApproval],
                environment: vec![Environment::Production],
                ..EventFilter::default()
            },
        ),
        (
            "Secrets read",
            EventFilter {
                kind: vec![EventKind::SecretAccess],
                ..EventFilter::default()
            },
        ),
        (
            "Trust, keys, permissions",
            EventFilter {
                kind: vec![
                    EventKind::CredentialChange,
                    EventKind::TrustChange,
                    EventKind::PermissionChange,
                ],
                ..EventFilter::default()
            },
        ),
        (
            "Refused tokens",
            EventFilter {
                kind: vec![EventKind::AuthenticationFailure],
                ..EventFilter::default()
            },
        ),
    ];
    let items = views
        .into_iter()
        .map(|(label, filter)| {
            let current = filter == asked.filter;
            let view = Asked {
                filter,
                hours: asked.hours,
                ..Asked::default()
            };
            LinkItem::new(label, view.to_string()).current(current)
        })
        .collect::<Vec<_>>();
    view! { <SavedViews items/> }.into_any()
}
