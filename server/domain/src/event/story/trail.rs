//! The trail of a run: which links from person to deployment are proven, and what would have shown the missing ones.

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

/// Checks a story; approval is asked for where the run speaks of production.
pub fn check(story: &Story, told: &[Told<'_>]) -> Vec<(Part, Standing)> {
    let events: Vec<&Told<'_>> = story.links.iter().map(|link| &told[link.place]).collect();
    let production = is_production(story, told);
    vec![
        (Part::Start, start(&events)),
        (Part::Commit, commit(&events)),
        (Part::Runner, runner(&events)),
        (Part::Identity, identity(&events)),
        (
            Part::Approval,
            if production {
                approval(&events)
            } else {
                Standing::NotNeeded
            },
        ),
        (Part::Deployment, deployment(&events)),
    ]
}

fn proven(told: &Told<'_>, says: impl Into<String>) -> Standing {
    Standing::Proven {
        event: told.id,
        says: says.into(),
    }
}

/// The earliest run event that names who acted; not the platform's own accounts.
fn starter<'a>(events: &[&'a Told<'a>]) -> Option<&'a Told<'a>> {
    events.iter().copied().find(|told| {
        matches!(
            told.event.kind,
            EventKind::PipelineRun | EventKind::SecretAccess
        ) && told.event.run_id.is_some()
            && told.event.actor.is_some()
    })
}

fn start(events: &[&Told<'_>]) -> Standing {
    match starter(events) {
        Some(told) => proven(
            told,
            format!(
                "Started by {}",
                told.event.actor.as_deref().unwrap_or_default()
            ),
        ),
        None => Standing::Missing {
            source: "The GitHub audit log or workflow_run webhooks name who started a run.",
        },
    }
}

fn commit(events: &[&Told<'_>]) -> Standing {
    let Some((told, sha)) = events
        .iter()
        .find_map(|told| Some((told, told.event.commit.as_deref()?)))
    else {
        return Standing::Missing {
            source: "Run events (workflow_run webhooks, the audit log's completed run) carry the commit.",
        };
    };
    let other = events.iter().find(|told| {
        told.event
            .commit
            .as_deref()
            .is_some_and(|found| found != sha && !short(found, sha))
    });
    match other {
        Some(other) => Standing::Doubtful {
            event: other.id,
            why: format!(
                "Speaks of commit {}, the run of {sha}",
                other.event.commit.as_deref().unwrap_or_default()
            ),
        },
        None => proven(told, format!("Commit {sha}")),
    }
}

/// One is the beginning of the other: a short hash.
fn short(one: &str, other: &str) -> bool {
    one.len() >= 7 && other.len() >= 7 && (one.starts_with(other) || other.starts_with(one))
}

fn runner(events: &[&Told<'_>]) -> Standing {
    let found = events
        .iter()
        .find_map(|told| Some((told, Sighting::of(told.event)?)));
    match found {
        Some((told, runner)) => proven(told, format!("Ran on {}", runner.name)),
        None => Standing::Missing {
            source: "The audit log's prepared jobs or workflow_job webhooks name the runner of each job.",
        },
    }
}

fn approval(events: &[&Told<'_>]) -> Standing {
    let Some(told) = events.iter().find(|told| {
        told.event.kind == EventKind::DeploymentApproval && told.event.outcome == Outcome::Success
    }) else {
        return Standing::Missing {
            source: "deployment_review webhooks or the audit log's approvals show who let it go ahead; an environment without required reviewers has none.",
        };
    };
    let by = told.event.actor.as_deref();
    let started = starter(events).and_then(|told| told.event.actor.as_deref());
    match (by, started) {
        (Some(by), Some(started)) if by.eq_ignore_ascii_case(started) => Standing::Doubtful {
            event: told.id,
            why: format!("{by} approved what {by} started"),
        },
        (Some(by), _) => proven(told, format!("Approved by {by}")),
        (None, _) => Standing::Doubtful {
            event: told.id,
            why: "Approved, but by nobody the event names".to_owned(),
        },
    }
}

fn identity(events: &[&Told<'_>]) -> Standing {
    let taken = events.iter().find(|told| {
        told.event.kind == EventKind::CredentialAssumption && told.event.outcome == Outcome::Success
    });
    match taken {
        Some(told) => proven(told, sentence::sentence(told.event)),
        None => Standing::Missing {
            source: "CloudTrail, Entra sign-ins, Google Data Access logs or Vault's audit device show which account it became.",
        },
    }
}

fn deployment(events: &[&Told<'_>]) -> Standing {
    let of = |outcome: Outcome| {
        events.iter().rev().find(|told| {
            told.event.kind == EventKind::Deployment
                && told.event.outcome == outcome
                && told.event.joins.actor_nature != ActorNature::Person
        })
    };
    match of(Outcome::Success).or_else(|| of(Outcome::Failure)) {
        Some(told) => proven(told, sentence::sentence(told.event)),
        None => Standing::Missing {
            source: "deployment_status webhooks or the target's own log (CloudTrail, Kubernetes audit) show what was deployed.",
        },
    }
}
