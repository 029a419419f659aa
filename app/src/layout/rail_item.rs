//! The places of the application, as the rail and the palette name them.

use super::FrameViewer;
use crate::components::Icon;
use crate::paths;

/// A place on the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RailItem {
    /// The review items of the person looking.
    MyReviews,
    /// The five answers.
    Overview,
    /// The inventory.
    Identities,
    /// The event explorer.
    Events,
    /// Findings.
    Findings,
    /// Review campaigns.
    Campaigns,
    /// The trust lab.
    Trust,
    /// Teams and people.
    Teams,
    /// Where events come from.
    Sources,
    /// The record of who did what.
    Activity,
    /// Tokens and preferences.
    Settings,
    /// Nowhere on the rail: search, errors.
    Nowhere,
}

impl RailItem {
    /// The places people usually see; owners get only what is theirs, their reviews first.
    pub fn usual(owner_only: bool) -> Vec<Self> {
        if owner_only {
            vec![
                Self::MyReviews,
                Self::Identities,
                Self::Events,
                Self::Findings,
            ]
        } else {
            vec![
                Self::Overview,
                Self::Identities,
                Self::Events,
                Self::Findings,
                Self::Campaigns,
                Self::Trust,
                Self::Teams,
                Self::Sources,
                Self::Activity,
                Self::Settings,
            ]
        }
    }

    /// The word on the rail.
    pub const fn label(self) -> &'static str {
        match self {
            Self::MyReviews => "My reviews",
            Self::Overview => "Overview",
            Self::Identities => "Identities",
            Self::Events => "Events",
            Self::Findings => "Findings",
            Self::Campaigns => "Campaigns",
            Self::Trust => "Trust",
            Self::Teams => "Teams",
            Self::Sources => "Sources",
            Self::Activity => "Activity",
            Self::Settings => "Settings",
            Self::Nowhere => "",
        }
    }

    /// The page it leads to.
    pub fn href(self) -> String {
        match self {
            Self::MyReviews => paths::my_reviews(),
            Self::Overview | Self::Nowhere => paths::overview(),
            Self::Identities => paths::identities(),
            Self::Events => paths::events(),
            Self::Findings => paths::findings(),
            Self::Campaigns => paths::campaigns(),
            Self::Trust => paths::trust_lab(),
            Self::Teams => paths::teams(),
            Self::Sources => paths::sources(),
            Self::Activity => paths::activity(),
            Self::Settings => paths::settings(),
        }
    }

    /// Its icon.
    pub const fn icon(self) -> Icon {
        match self {
            Self::Overview | Self::Nowhere => Icon::Overview,
            Self::Identities => Icon::Identities,
            Self::Events => Icon::Events,
            Self::Findings => Icon::Findings,
            Self::MyReviews | Self::Campaigns => Icon::Campaigns,
            Self::Trust => Icon::Trust,
            Self::Teams => Icon::Team,
            Self::Sources => Icon::Sources,
            Self::Activity => Icon::Activity,
            Self::Settings => Icon::Settings,
        }
    }

    /// Whether a hairline separates it from the place before.
    pub(super) const fn opens_group(self, owner_only: bool) -> bool {
        match self {
            Self::Identities => owner_only,
            Self::Teams => true,
            _ => false,
        }
    }

    /// How much waits there for this person.
    pub(super) const fn waiting(self, viewer: &FrameViewer) -> u32 {
        match self {
            Self::Findings => viewer.waiting_findings,
            Self::MyReviews => viewer.waiting_reviews,
            Self::Campaigns if !viewer.is_owner_only => viewer.waiting_reviews,
            _ => 0,
        }
    }
}
