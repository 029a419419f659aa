//! What proves it is itself: references, ages and limits; never a secret.

use contract::identities::{CredentialView, IdentityView};
use leptos::prelude::*;

use crate::components::{
    Cell, Column, DataTable, EmptyState, Identifier, MaybeWhen, Said, TableKind, Unknown, When,
};
use crate::format::count;
use crate::layout::Block;
use crate::pages::identities::parts;

/// Draws the tab.
pub fn draw(view: &IdentityView) -> AnyView {
    if view.credentials.is_empty() {
        return view! {
            <EmptyState title="No credential is known" text="How it proves itself is unknown. Declare it with its key id or fingerprint, or connect a source that sees it."/>
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Credential"),
        Column::new("Reference"),
        Column::new("Last changed"),
        Column::new("Rotation"),
        Column::new("Expires"),
        Column::new("Last used"),
    ];
    let rows = view
        .credentials
        .iter()
        .map(|credential| row(credential, view))
        .collect_view();
    view! {
        <Block id="h-cred" title="Credentials" note="references only; Rollcall keeps no secret">
            <DataTable caption="Credentials" columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn row(credential: &CredentialView, view: &IdentityView) -> AnyView {
    let now = view.now;
    let credential = credential.clone();
    let kind = credential.credential_type.label();
    let named = (credential.label != kind).then(|| view! { <span class="sub">{kind}</span> });
    let reference = if credential.reference.is_empty() {
        view! { <span class="faint">"none given"</span> }.into_any()
    } else {
        view! { <Identifier value=credential.reference.clone() what="reference"/> }.into_any()
    };
    let changed = match (
        credential.max_age_days,
        credential.rotated_at.max(credential.issued_at),
    ) {
        (_, Some(at)) => view! { <When at now said=Said::Relative/> }.into_any(),
        (None, None) => view! { <span class="faint">"nothing stored"</span> }.into_any(),
        (Some(_), None) => view! { <Unknown hint="Rotate it now and record the date"/> }.into_any(),
    };
    let limit = credential.max_age_days.map(|days| {
        let due = credential
            .rotation_due_at
            .map(|at| view! { ", due "<When at now said=Said::Day/> });
        view! { <span class="sub">"limit "{count(days, "day")}{due}</span> }
    });
    view! {
        <tr>
            <Cell class="c-main">{credential.label.clone()}{named}</Cell>
            <Cell label="Reference">{reference}</Cell>
            <Cell label="Last changed" class="fit">{changed}</Cell>
            <Cell label="Rotation" class="fit">{parts::rotation(credential.rotation)}{limit}</Cell>
            <Cell label="Expires" class="fit"><MaybeWhen at=credential.expires_at now absent="no date known"/></Cell>
            <Cell label="Last used" class="fit"><MaybeWhen at=credential.last_used_at now absent="not seen"/></Cell>
        </tr>
    }
    .into_any()
}
