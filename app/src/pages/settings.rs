//! Settings: the viewer as Rollcall knows them, their sessions, and the way to the tokens.

pub mod destinations;
pub mod device;
pub mod notifications;
pub mod rotation;
pub mod tokens;

use contract::access::{Role, Viewer};
use leptos::prelude::*;

use crate::components::{Button, ButtonLink, KeyValue, KeyValues};
use crate::error::AppError;
use crate::layout::{Block, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let nothing = Resource::new(|| (), |()| async { Ok::<(), AppError>(()) });
    loaded(nothing, |viewer, ()| {
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Settings" section=RailItem::Settings>
                {you(&viewer)}
                {keys()}
                {sessions()}
                {limits()}
                {notifications()}
                {tokens(&viewer)}
                {destinations(&viewer)}
            </Frame>
        }
        .into_any()
    })
}

fn you(viewer: &Viewer) -> AnyView {
    let roles = viewer
        .roles
        .iter()
        .map(|role| role.label())
        .collect::<Vec<_>>()
        .join(", ");
    let teams = viewer
        .teams
        .iter()
        .map(|(_, name)| name.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let (name, email) = (viewer.name.clone(), viewer.email.clone());
    let time_zone = viewer.time_zone.clone();
    let teams = if teams.is_empty() {
        view! { <span class="faint">"none"</span> }.into_any()
    } else {
        teams.into_any()
    };
    view! {
        <Block id="you" title="You" note="Name, roles and teams come from your organisation at each sign-in">
            <KeyValues>
                <KeyValue label="Name">{name}</KeyValue>
                <KeyValue label="E-mail">{email}</KeyValue>
                <KeyValue label="Roles">{roles}</KeyValue>
                <KeyValue label="Teams">{teams}</KeyValue>
                <KeyValue label="Time zone">{time_zone}</KeyValue>
            </KeyValues>
        </Block>
    }
    .into_any()
}

/// The switch of the single keys; `rollcall-ui.js` keeps the choice in the browser.
fn keys() -> AnyView {
    view! {
        <div class="block js-only">
            <div class="head"><h2>"Keyboard"</h2><span class="note">"Kept in this browser"</span></div>
            <label class="check">
                <input type="checkbox" data-keys-toggle="" checked=true/>
                <span>"Single keys act on the review page"<small class="hint">"A approves, R revokes, M modifies, D says don’t know, J and K go through the queue. Turn them off where you dictate, or where a stray key is likely."</small></span>
            </label>
        </div>
    }
    .into_any()
}

fn sessions() -> AnyView {
    view! {
        <Block id="sessions" title="Sessions" note="A session ends by itself when it is not used, and at the latest after some hours">
            <p>"Lost a device, or signed in somewhere you should not have? End every session you have, this one included."</p>
            <form method="post" action=paths::sign_out_everywhere()>
                <Button>"Sign out everywhere"</Button>
            </form>
        </Block>
    }
    .into_any()
}

fn limits() -> AnyView {
    view! {
        <Block id="rotation" title="Rotation limits" note="How old a secret may grow, by type">
            <p>"Each type has a limit of its own; a tier, a team or one identity may have another, with a reason."</p>
            <p><ButtonLink href=paths::rotation_policies()>"See the limits"</ButtonLink></p>
        </Block>
    }
    .into_any()
}

fn notifications() -> AnyView {
    view! {
        <Block id="notifications" title="Notifications" note="Who is told of findings, and when">
            <p>"At once or in a daily digest, by severity and team, with quiet hours."</p>
            <p><ButtonLink href=paths::notifications()>"See the rules"</ButtonLink></p>
        </Block>
    }
    .into_any()
}

fn watches(viewer: &Viewer) -> bool {
    let watches = |role: &Role| matches!(role, Role::Admin | Role::Security | Role::Auditor);
    viewer.roles.iter().any(watches)
}

fn destinations(viewer: &Viewer) -> Option<AnyView> {
    watches(viewer).then(|| {
        view! {
            <Block id="destinations" title="Destinations" note="For a SIEM that cannot pull">
                <p>"Events, findings and the record, sent to Splunk, Elasticsearch, a webhook, syslog, an object store or a folder."</p>
                <p class="btn-row"><ButtonLink href=paths::destinations()>"See the destinations"</ButtonLink><ButtonLink href=paths::connect()>"How to connect a SIEM"</ButtonLink></p>
            </Block>
        }
        .into_any()
    })
}

fn tokens(viewer: &Viewer) -> Option<AnyView> {
    watches(viewer).then(|| {
        view! {
            <Block id="tokens" title="API tokens" note="For machines that read the event feed and the API">
                <p>"Each token is scoped, expires within 90 days, and is shown once."</p>
                <p class="btn-row"><ButtonLink href=paths::tokens()>"See the tokens"</ButtonLink><ButtonLink href=paths::api_reference()>"Read the reference"</ButtonLink><ButtonLink href=paths::device()>"Sign a shell in"</ButtonLink></p>
            </Block>
        }
        .into_any()
    })
}
