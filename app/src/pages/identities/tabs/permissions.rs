//! What it may do: the plain sentence first, the raw permission under it, and whether it was used.

use chrono::{DateTime, Utc};
use contract::identities::{IdentityView, PermissionView, Usage};
use leptos::prelude::*;

use crate::components::{
    Cell, Column, DataTable, EmptyState, Icon, Status, TableKind, Tone, Unknown, When,
};
use crate::layout::Block;

/// Draws the tab.
pub fn draw(view: &IdentityView) -> AnyView {
    if view.permissions.is_empty() {
        return view! {
            <EmptyState title="Permissions are unknown" text="None was declared, imported or observed. A request lists them; an import brings them."/>
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Permission"),
        Column::new("System"),
        Column::new("Where"),
        Column::new("Weight"),
        Column::new("Use, 90 days"),
        Column::new("Known from"),
    ];
    let rows = view
        .permissions
        .iter()
        .map(|permission| row(permission, view))
        .collect_view();
    let note = if view.covered {
        "a source covers its platform"
    } else {
        "no source has covered its platform for 90 days: what was not seen is unknown"
    };
    view! {
        <Block id="h-perm" title="Permissions" note>
            <DataTable caption="Permissions, privileged first" columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

/// Draws whether it was used, as far as the sources can tell.
pub fn usage(usage: Usage, last_used_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> AnyView {
    match (usage, last_used_at) {
        (Usage::Used, Some(at)) => {
            view! { <Status tone=Tone::Ok icon=Icon::Ok>"Used "<When at now/></Status> }.into_any()
        }
        (Usage::Unknown, _) => view! { <Unknown hint="No source would have seen it"/> }.into_any(),
        (Usage::Unused | Usage::Used, _) => {
            view! { <Status icon=Icon::Open>"Not used"</Status> }.into_any()
        }
    }
}

/// A system as people write it; others as they are recorded.
fn system(word: &str) -> String {
    let known = match word {
        "aws" => "AWS",
        "azure" | "entra" => "Azure",
        "gcp" | "google" => "Google Cloud",
        "github" => "GitHub",
        "gitlab" => "GitLab",
        "kubernetes" => "Kubernetes",
        "vault" => "Vault",
        other => other,
    };
    known.to_owned()
}

fn row(permission: &PermissionView, view: &IdentityView) -> AnyView {
    let permission = permission.clone();
    let now = view.now;
    let raw = format!("{} on {}", permission.action, permission.resource);
    let place = match permission.environment {
        Some(place) => place.label().into_any(),
        None => view! { <span class="faint">"not said"</span> }.into_any(),
    };
    let weight = if permission.privileged {
        view! { <Status tone=Tone::Warn icon=Icon::Lock>"Privileged"</Status> }.into_any()
    } else {
        view! { <span class="faint">"ordinary"</span> }.into_any()
    };
    let usage = usage(permission.usage, permission.last_used_at, now);
    view! {
        <tr>
            <Cell class="c-main">{permission.sentence.clone()}<span class="sub"><code>{raw}</code></span></Cell>
            <Cell label="System" class="fit">{system(&permission.system)}</Cell>
            <Cell label="Where" class="fit">{place}</Cell>
            <Cell label="Weight" class="fit">{weight}</Cell>
            <Cell label="Use, 90 days" class="fit">{usage}</Cell>
            <Cell label="Known from" class="fit">{permission.source.label()}</Cell>
        </tr>
    }
    .into_any()
}
