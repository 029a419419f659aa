//! The tabs of an identity, one file each where there is much to show.

mod activity;
mod advice;
mod credentials;
mod glass;
mod history;
mod overview;
mod permissions;
mod rotation;
mod trust;

use contract::identities::IdentityView;
use contract::trust::TrustReality;
use leptos::prelude::*;

use crate::api::break_glass::{ExplainGlass, MarkGlass, RecordDrill};
use crate::api::rotation::{KeepCredential, RecordRotation, RevokeCredential};
use crate::api::trust::{DropTrustTest, KeepTrustTest, ReplayTrust};
use crate::form::Posted;
use crate::pages::findings;

/// A tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// What it is.
    Overview,
    /// What proves it.
    Credentials,
    /// What it may do.
    Permissions,
    /// Who may become it.
    Trust,
    /// What it did.
    Activity,
    /// What is wrong.
    Findings,
    /// What was decided.
    Reviews,
    /// What was changed.
    History,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Credentials,
        Self::Permissions,
        Self::Trust,
        Self::Activity,
        Self::Findings,
        Self::Reviews,
        Self::History,
    ];

    /// The tab a word names; the first one otherwise.
    pub fn of(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|tab| tab.word() == word)
            .unwrap_or(Self::Overview)
    }

    /// Its word in the address; empty for the first one.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Credentials => "credentials",
            Self::Permissions => "permissions",
            Self::Trust => "trust",
            Self::Activity => "activity",
            Self::Findings => "findings",
            Self::Reviews => "reviews",
            Self::History => "history",
        }
    }

    /// Its label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Credentials => "Credentials",
            Self::Permissions => "Permissions",
            Self::Trust => "Trust",
            Self::Activity => "Activity",
            Self::Findings => "Findings",
            Self::Reviews => "Reviews",
            Self::History => "History",
        }
    }

    /// How much stands behind it.
    pub fn count(self, view: &IdentityView) -> Option<i64> {
        let count = match self {
            Self::Overview | Self::Activity => return None,
            Self::Credentials => view.credentials.len(),
            Self::Permissions => view.permissions.len(),
            Self::Trust => view.trusts.len(),
            Self::Findings => view.findings.len(),
            Self::Reviews => view.reviews.len(),
            Self::History => view.history.len(),
        };
        i64::try_from(count).ok()
    }
}

/// The forms of the tabs, each with what came of its last post.
#[derive(Clone, Copy, Default)]
pub struct Forms {
    /// Records a rotation.
    pub rotate: Posted<RecordRotation>,
    /// Records a revocation.
    pub revoke: Posted<RevokeCredential>,
    /// Records where a secret is kept.
    pub keep: Posted<KeepCredential>,
    /// Marks as break-glass.
    pub mark: Posted<MarkGlass>,
    /// Matches a use to its ticket.
    pub explain: Posted<ExplainGlass>,
    /// Records a drill.
    pub drill: Posted<RecordDrill>,
}

/// The forms of the trust tab.
#[derive(Clone, Copy, Default)]
pub struct TrustForms {
    /// Tries an edited trust on what was recorded.
    pub replay: Posted<ReplayTrust>,
    /// Keeps a trust test.
    pub test: Posted<KeepTrustTest>,
    /// Takes one away.
    pub untest: Posted<DropTrustTest>,
}

/// Draws a tab.
pub fn draw(
    tab: Tab,
    view: &IdentityView,
    reality: Option<&TrustReality>,
    forms: Forms,
    trust_forms: TrustForms,
) -> AnyView {
    match tab {
        Tab::Overview => overview::draw(view, forms),
        Tab::Credentials => credentials::draw(view, forms),
        Tab::Permissions => permissions::draw(view),
        Tab::Trust => trust::draw(view, reality, trust_forms),
        Tab::Activity => activity::draw(view),
        Tab::Findings => findings::of_identity(view),
        Tab::Reviews => history::reviews(view),
        Tab::History => history::draw(view),
    }
}
