//! Small parts of identities that several pages share: how a state, a rotation, a review, a score is said.

use chrono::{DateTime, Utc};
use contract::identities::{
    CredentialClass, IdentityKind, IdentityRow, IdentityState, ReviewState, RiskTier, RotationState,
};
use leptos::prelude::*;

use crate::components::{
    Badge, Icon, Ident, Level, MaybeWhen, Owner, Risk, Said, Status, Tone, Unknown, When,
};
use crate::paths;

/// The icon of a kind.
pub const fn kind_icon(kind: IdentityKind) -> Icon {
    match kind {
        IdentityKind::Pipeline => Icon::Pipeline,
        IdentityKind::ServiceAccount => Icon::Service,
        IdentityKind::Bot => Icon::Bot,
        IdentityKind::Workload => Icon::Workload,
    }
}

/// Splits `payments-api · deploy · production` into the telling name and the rest.
pub fn split_name(name: &str) -> (String, Option<String>) {
    match name.split_once(" · ") {
        Some((first, rest)) => (first.to_owned(), Some(format!("· {rest}"))),
        None => (name.to_owned(), None),
    }
}

/// The level a score stands for.
pub const fn level(score: i32) -> Level {
    match score {
        80.. => Level::Critical,
        60..80 => Level::High,
        30..60 => Level::Medium,
        _ => Level::Low,
    }
}

/// Draws the chip that names a row.
pub fn ident(row: &IdentityRow) -> AnyView {
    let (name, detail) = split_name(&row.name);
    let state = (row.state != IdentityState::Active).then(|| row.state.label().to_owned());
    // What was only ever seen goes by its subject: once is enough.
    let subject = (row.subject != row.name).then(|| row.subject.clone());
    view! {
        <Ident icon=kind_icon(row.kind) name detail href=paths::identity(row.id) subject=subject sub=state/>
    }
    .into_any()
}

/// Draws a score with its level.
pub fn risk(score: i32) -> AnyView {
    view! { <Risk score=Some(i64::from(score)) level=level(score)/> }.into_any()
}

/// Draws who owns a row: its team, else its owner, else nobody.
pub fn owner(row: &IdentityRow) -> AnyView {
    let team = row.team.as_ref().map(|team| team.name.clone());
    let href = row.team.as_ref().map(|team| paths::team(&team.slug));
    let gone = row.owner.as_ref().is_none_or(|owner| !owner.active) && row.team.is_some();
    let sub = gone.then(|| {
        let word = if row.owner.is_some() {
            "Owner has left"
        } else {
            "No owner named"
        };
        view! { <span class="sub"><Status tone=Tone::Warn icon=Icon::User>{word}</Status></span> }
    });
    view! { <Owner team href/>{sub} }.into_any()
}

/// Draws the lifecycle state as a badge.
pub fn state(state: IdentityState) -> AnyView {
    let (tone, icon) = match state {
        IdentityState::Active => (Tone::Ok, Icon::Ok),
        IdentityState::Discovered => (Tone::Unknown, Icon::Unknown),
        IdentityState::Requested => (Tone::Info, Icon::Clock),
        IdentityState::Suspended => (Tone::Warn, Icon::Ban),
        IdentityState::Decommissioning => (Tone::Warn, Icon::Clock),
        IdentityState::Removed | IdentityState::Rejected => (Tone::Plain, Icon::Ban),
    };
    view! { <Badge tone icon>{state.label()}</Badge> }.into_any()
}

/// Draws how an identity proves itself.
pub fn credential(class: CredentialClass) -> AnyView {
    match class {
        CredentialClass::Unknown => {
            view! { <Unknown hint="Import or declare its credentials"/> }.into_any()
        }
        known => known.label().into_any(),
    }
}

/// Draws a step of the ladder.
pub fn class(class: CredentialClass) -> AnyView {
    let (tone, icon) = match class {
        CredentialClass::Federated | CredentialClass::Dynamic => (Tone::Ok, Icon::Ok),
        CredentialClass::PlatformManaged => (Tone::Info, Icon::Ok),
        CredentialClass::Static => (Tone::Warn, Icon::Lock),
        CredentialClass::HardCoded => (Tone::Crit, Icon::Critical),
        CredentialClass::Unknown => (Tone::Unknown, Icon::Unknown),
    };
    view! { <Status tone icon>{class.label()}</Status> }.into_any()
}

/// Draws a rotation state.
pub fn rotation(rotation: RotationState) -> AnyView {
    let (tone, icon) = match rotation {
        RotationState::NotNeeded => return rotation.label().into_any(),
        RotationState::Ok => (Tone::Ok, Icon::Ok),
        RotationState::DueSoon => (Tone::Warn, Icon::Clock),
        RotationState::Overdue => (Tone::Crit, Icon::Clock),
        RotationState::UnknownAge => (Tone::Unknown, Icon::Unknown),
    };
    view! { <Status tone icon>{rotation.label()}</Status> }.into_any()
}

/// Draws where the review of a row stands.
pub fn review(row: &IdentityRow, now: DateTime<Utc>) -> AnyView {
    let Some(next) = row.next_review_at else {
        return view! { <span class="faint">"Not planned"</span> }.into_any();
    };
    match row.review {
        ReviewState::Overdue => {
            let days = (now - next).num_days().max(1);
            let word = crate::format::count(days, "day");
            view! { <Status tone=Tone::Crit icon=Icon::Clock>{word}" over"</Status> }.into_any()
        }
        ReviewState::DueSoon => {
            view! { <Status tone=Tone::Warn icon=Icon::Clock>"Due "<When at=next now said=Said::Day/></Status> }.into_any()
        }
        ReviewState::Ok | ReviewState::Never => view! { "Due "<When at=next now said=Said::Day/> }.into_any(),
    }
}

/// Draws when it was last seen.
pub fn last_used(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> AnyView {
    view! { <MaybeWhen at now absent="not seen"/> }.into_any()
}

/// The words of a tier.
pub const fn tier(tier: RiskTier) -> &'static str {
    match tier {
        RiskTier::Critical => "Critical tier",
        RiskTier::High => "High tier",
        RiskTier::Standard => "Standard tier",
        RiskTier::Low => "Low tier",
    }
}
