//! What proves it is itself: references, ages and limits; never a secret.

use contract::identities::{CredentialView, IdentityView, Kept};
use leptos::prelude::*;

use super::{Forms, advice, rotation};
use crate::components::{
    Cell, Column, DataTable, EmptyState, Icon, Identifier, MaybeWhen, Said, Status, TableKind,
    Unknown, When,
};
use crate::format::count;
use crate::layout::Block;
use crate::pages::identities::parts;
use crate::paths;

/// Draws the tab.
pub fn draw(view: &IdentityView, forms: Forms) -> AnyView {
    if view.credentials.is_empty() {
        return view! {
            <EmptyState title="No credential is known" text="How it proves itself is unknown. Declare it with its key id or fingerprint, or connect a source that sees it."/>
        }
        .into_any();
    }
    let mut columns = vec![
        Column::new("Credential"),
        Column::new("Ladder"),
        Column::new("Reference"),
        Column::new("Last changed"),
        Column::new("Rotation"),
        Column::new("Expires"),
        Column::new("Last used"),
    ];
    if view.may_edit {
        columns.push(Column::new("Change").hidden());
    }
    let rows = view
        .credentials
        .iter()
        .map(|credential| row(credential, view, forms))
        .collect_view();
    view! {
        {rotation::problems(forms)}
        <Block id="h-cred" title="Credentials" note="references only; Rollcall keeps no secret" more="Limits" href=paths::rotation_policies()>
            <DataTable caption="Credentials" columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Block>
        {rotation::timelines(view)}
        {advice::draw(view)}
    }
    .into_any()
}

fn row(credential: &CredentialView, view: &IdentityView, forms: Forms) -> AnyView {
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
        let because = (!credential.limit_because.is_empty())
            .then(|| format!(" ({})", credential.limit_because));
        view! { <span class="sub">"limit "{count(days, "day")}{because}{due}</span> }
    });
    let state = match (credential.revoked_at, &credential.retiring) {
        (Some(at), _) => view! { <Status icon=Icon::Ban>"Revoked "<When at now said=Said::Day/></Status> }.into_any(),
        (None, Some(_)) => view! { {parts::rotation(credential.rotation)}<span class="sub">"gives way to a newer one"</span> }.into_any(),
        (None, None) => parts::rotation(credential.rotation),
    };
    let change = view.may_edit.then(|| {
        let actions = rotation::actions(&credential, forms);
        view! { <Cell label="Change" class="full">{actions}</Cell> }
    });
    let held = match credential.kept {
        Kept::Unknown if credential.max_age_days.is_some() => {
            Some("nobody has said where it is kept".to_owned())
        }
        Kept::Unknown => None,
        kept => Some(kept.label().to_lowercase()),
    };
    let class = parts::class(credential.class);
    let held = held.map(|held| view! { <span class="sub">{held}</span> });
    view! {
        <tr>
            <Cell class="c-main">{credential.label.clone()}{named}</Cell>
            <Cell label="Ladder">{class}{held}</Cell>
            <Cell label="Reference">{reference}</Cell>
            <Cell label="Last changed" class="fit">{changed}</Cell>
            <Cell label="Rotation">{state}{limit}</Cell>
            <Cell label="Expires" class="fit"><MaybeWhen at=credential.expires_at now absent="no date known"/></Cell>
            <Cell label="Last used" class="fit"><MaybeWhen at=credential.last_used_at now absent="not seen"/></Cell>
            {change}
        </tr>
    }
    .into_any()
}
