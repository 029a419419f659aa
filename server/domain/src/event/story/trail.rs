//! The trail of a run: which links from person to deployment are proven, and what would have shown the missing ones.

mod approval;
mod source;

use contract::events::{EventKind, Outcome};
use contract::identities::Environment;
use contract::ids::EventId;

use super::{Story, Told};
use crate::event::sighting::Sighting;
use crate::event::{ActorNature, sentence};

/// A link of the chain every production deployment should show, from the person to what was deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Who or what started it.
    Start,
    /// From which commit.
    Commit,
    /// On which machine.
    Runner,
    /// As whom it acted outside: the role, principal or account.
    Identity,
    /// Who let it go ahead.
    Approval,
    /// What it deployed, and how that ended.
    Deployment,
}

impl Part {
    /// Every link, in order.
    pub const ALL: [Self; 6] = [
        Self::Start,
        Self::Commit,
        Self::Runner,
        Self::Identity,
        Self::Approval,
        Self::Deployment,
    ];

    /// The word it is told by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "person",
            Self::Commit => "repository",
            Self::Runner => "runner",
            Self::Identity => "cloud role",
            Self::Approval => "environment",
            Self::Deployment => "deployment",
        }
    }
}

/// How a link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// An event proves it.
    Proven {
        /// Which.
        event: EventId,
        /// What it says.
        says: String,
    },
    /// An event speaks against it.
    Doubtful {
        /// Which.
        event: EventId,
        /// What is wrong.
        why: String,
    },
    /// No event shows it.
    Missing {
        /// What would have.
        source: &'static str,
    },
    /// More happened around the run than is read at once, and what was read does not show it: nothing is known.
    Unread,
    /// It is not asked of this run.
    NotNeeded,
}

/// Whether a story speaks of production.
pub fn is_production(story: &Story, told: &[Told<'_>]) -> bool {
    let events = story.links.iter().map(|link| told[link.place].event);
    events
        .into_iter()
        .any(|event| event.place() == Some(Environment::Production))
}

impl Standing {
    /// Whether this is a gap in the trail of a production deployment.
    pub const fn is_gap(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Doubtful { .. })
    }
}

/// Checks a story; approval is asked for where the run speaks of production. Where the events around it were `cut`, a link
/// that none shows is not missing: the event may be among those that were not read.
pub fn check(story: &Story, told: &[Told<'_>], cut: bool) -> Vec<(Part, Standing)> {
    let events: Vec<&Told<'_>> = story.links.iter().map(|link| &told[link.place]).collect();
    let production = is_production(story, told);
    let standing = |part: Part| match part {
        Part::Start => start(&events),
        Part::Commit => commit(&events),
        Part::Runner => runner(&events),
        Part::Identity => identity(&events),
        Part::Approval if !production => Some(Standing::NotNeeded),
        Part::Approval => approval::approval(&events, cut),
        Part::Deployment => deployment(&events),
    };
    let unseen = |part: Part| {
        if cut {
            Standing::Unread
        } else {
            Standing::Missing {
                source: source::source(part, story, told),
            }
        }
    };
    Part::ALL
        .into_iter()
        .map(|part| (part, standing(part).unwrap_or_else(|| unseen(part))))
        .collect()
}

fn proven(told: &Told<'_>, says: impl Into<String>) -> Standing {
    Standing::Proven {
        event: told.id,
        says: says.into(),
    }
}

/// Accounts that act for whichever run asks: nobody in the organisation is behind them. The record calls their runs'
/// events the pipeline's all the same, so they are told by name.
const PLATFORM: &[&str] = &[
    "github-actions[bot]",
    "github-merge-queue[bot]",
    "github",
    "github-staff",
];

fn is_platform(actor: &str) -> bool {
    PLATFORM.iter().any(|name| actor.eq_ignore_ascii_case(name))
}

/// The earliest run event that names who acted; not the platform's own accounts.
fn starter<'a>(events: &[&'a Told<'a>]) -> Option<&'a Told<'a>> {
    events.iter().copied().find(|told| {
        let event = told.event;
        matches!(event.kind, EventKind::PipelineRun | EventKind::SecretAccess)
            && event.run_id.is_some()
            && event.joins.actor_nature != ActorNature::Platform
            && event
                .actor
                .as_deref()
                .is_some_and(|actor| !is_platform(actor))
    })
}

fn start(events: &[&Told<'_>]) -> Option<Standing> {
    let told = starter(events)?;
    let by = told.event.actor.as_deref().unwrap_or_default();
    Some(proven(told, format!("Started by {by}")))
}

fn commit(events: &[&Told<'_>]) -> Option<Standing> {
    let (told, sha) = events
        .iter()
        .find_map(|told| Some((told, told.event.commit.as_deref()?)))?;
    let other = events.iter().find(|told| {
        told.event
            .commit
            .as_deref()
            .is_some_and(|found| found != sha && !short(found, sha))
    });
    Some(match other {
        Some(other) => Standing::Doubtful {
            event: other.id,
            why: format!(
                "Speaks of commit {}, the run of {sha}",
                other.event.commit.as_deref().unwrap_or_default()
            ),
        },
        None => proven(told, format!("Commit {sha}")),
    })
}

/// One is the beginning of the other: a short hash.
fn short(one: &str, other: &str) -> bool {
    one.len() >= 7 && other.len() >= 7 && (one.starts_with(other) || other.starts_with(one))
}

fn runner(events: &[&Told<'_>]) -> Option<Standing> {
    let (told, runner) = events
        .iter()
        .find_map(|told| Some((told, Sighting::of(told.event)?)))?;
    Some(proven(told, format!("Ran on {}", runner.name)))
}

fn identity(events: &[&Told<'_>]) -> Option<Standing> {
    let told = events.iter().find(|told| {
        told.event.kind == EventKind::CredentialAssumption && told.event.outcome == Outcome::Success
    })?;
    Some(proven(told, sentence::sentence(told.event)))
}

fn deployment(events: &[&Told<'_>]) -> Option<Standing> {
    let of = |outcome: Outcome| {
        events.iter().rev().find(|told| {
            told.event.kind == EventKind::Deployment
                && told.event.outcome == outcome
                && told.event.joins.actor_nature != ActorNature::Person
        })
    };
    let told = of(Outcome::Success).or_else(|| of(Outcome::Failure))?;
    Some(proven(told, sentence::sentence(told.event)))
}
