//! From stored rows to the states `domain` judges, and from its refusals to what a door can say.

use contract::access::Role;
use contract::campaigns::{CampaignState, ItemState};
use contract::ids::CampaignId;
use domain::access::Actor;
use domain::access::Person;
use domain::campaign::item::{Decision, Item, Refused, Reviewer, State};
use domain::campaign::panel::{Panel, Seat};
use domain::campaign::recommend::targets;
use domain::campaign::state::{Campaign, Stage, StateError};
use domain::campaign::tally::Tally;
use store::Conn;
use store::campaigns::ItemData;

use crate::{Error, Op, Result};

impl From<StateError> for Error {
    fn from(error: StateError) -> Self {
        Self::Conflict(error.to_string())
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused.field() {
            Some(field) => Self::field(field, refused.to_string()),
            None if refused.forbids() => Self::Forbidden(refused.to_string()),
            None => Self::Conflict(refused.to_string()),
        }
    }
}

/// Counts a campaign's items.
pub(crate) async fn tally(conn: &mut Conn, id: CampaignId) -> Result<Tally> {
    let mut tally = Tally::default();
    for (state, decision, count) in store::campaigns::closed_items(conn, id).await? {
        for _ in 0..count {
            tally.add(state, decision);
        }
    }
    Ok(tally)
}

/// The stored campaign as its life stands. `open_tasks` counts only where answers have ended.
pub(crate) fn life(
    row: &store::campaigns::Campaign,
    tally: Tally,
    open_tasks: u64,
) -> Result<Campaign> {
    let unreadable = || {
        Error::Internal(format!(
            "the campaign {} lacks a date it must have",
            row.name
        ))
    };
    Ok(match row.state {
        CampaignState::Draft => Campaign::Draft {
            due_at: row.due_at,
            stages: stages(row),
        },
        CampaignState::Preview => Campaign::Preview {
            due_at: row.due_at,
            stages: stages(row),
            count: row
                .previewed_count
                .and_then(|n| u64::try_from(n).ok())
                .unwrap_or(0),
        },
        CampaignState::Active => Campaign::Active {
            due_at: row.due_at,
            started_at: row.started_at.ok_or_else(unreadable)?,
            population: tally.items(),
            stage: Stage {
                number: row.stage,
                of: stages(row),
            },
        },
        CampaignState::Remediating => Campaign::Remediating {
            started_at: row.started_at.ok_or_else(unreadable)?,
            closed_at: row.closed_at.ok_or_else(unreadable)?,
            tally,
            open_tasks,
        },
        CampaignState::Sealed => Campaign::Sealed {
            closed_at: row.closed_at.ok_or_else(unreadable)?,
            sealed_at: row.sealed_at.ok_or_else(unreadable)?,
            tally,
        },
        CampaignState::Cancelled => Campaign::Cancelled {
            cancelled_at: row.created_at,
        },
    })
}

fn stages(row: &store::campaigns::Campaign) -> u8 {
    u8::try_from(row.policy.stages.len()).unwrap_or(1).max(1)
}

/// The stored item as `domain` judges it, in a campaign that is in a stage.
pub(crate) fn item(data: &ItemData, history: Vec<Decision>, seats: Vec<Seat>, stage: u8) -> Item {
    Item {
        id: data.id,
        hash: data.hash.clone(),
        privileged_production: data.privileged_production,
        advice: data.recommendation.advice,
        targets: targets::all(&data.snapshot),
        assignment: data.assignment.clone(),
        exclusions: data.snapshot.exclusions(),
        state: match data.state {
            ItemState::Open => State::Open,
            ItemState::Decided => State::Decided,
            ItemState::NotReviewed => State::NotReviewed,
            ItemState::Gone => State::Gone,
        },
        history,
        panel: data.quorum.map(|quorum| Panel { quorum, seats }),
        handed: data.handed,
        stage: data.stage,
        signed_off: data.stage < stage,
    }
}

/// Refuses answers to a campaign that does not run.
pub(crate) fn running(campaign: &store::campaigns::Campaign) -> std::result::Result<(), Refused> {
    match campaign.state {
        CampaignState::Active => Ok(()),
        CampaignState::Draft | CampaignState::Preview => {
            Err(Refused::NotRunning("not started yet"))
        }
        CampaignState::Remediating => Err(Refused::NotRunning("closed")),
        CampaignState::Sealed => Err(Refused::NotRunning("sealed")),
        CampaignState::Cancelled => Err(Refused::NotRunning("cancelled")),
    }
}

/// The person as a reviewer: Security may answer in anybody's place.
pub(crate) fn reviewer(person: &Person) -> Reviewer {
    Reviewer {
        id: person.id,
        name: person.name.clone(),
        security: person.any(&[Role::Security]),
    }
}

/// Whether the actor sees everybody's items: watchers, machines with the scope, the shell.
pub(crate) fn watches(op: &Op) -> bool {
    match &op.actor {
        Actor::Person(person) => person.any(&[Role::Admin, Role::Security, Role::Auditor]),
        Actor::Token { .. } | Actor::System | Actor::Cli { .. } => true,
        Actor::Anonymous | Actor::Source { .. } => false,
    }
}
