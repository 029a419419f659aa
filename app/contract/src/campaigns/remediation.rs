//! What follows a revoke or a modify, until it is proven.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{DecisionKind, ModifyTarget};
use crate::identities::Platform;
use crate::ids::{CampaignId, IdentityId, ItemId, PersonId, TaskId};
use crate::people::PersonRef;

flat_enum! {
    /// Where a task stands.
    TaskState {
        Decided = "decided", "Decided";
        Ticketed = "ticketed", "Ticketed";
        Applied = "applied", "Applied";
        Verified = "verified", "Verified";
        Waived = "waived", "Waived";
    }
}

flat_enum! {
    /// A step somebody takes with a task.
    TaskStep {
        Ticket = "ticket", "Note the ticket";
        Apply = "apply", "Say that it is done";
        Waive = "waive", "Waive it";
        Handover = "handover", "Give it to somebody else";
    }
}

/// One task of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRow {
    /// Its id.
    pub id: TaskId,
    /// The item it follows from.
    pub item: ItemId,
    /// Identity: id and name as frozen.
    pub identity: (IdentityId, String),
    /// Where it acts.
    pub platform: Platform,
    /// Revoke or modify.
    pub decision: DecisionKind,
    /// What is to be changed; empty for a revoke.
    pub targets: Vec<ModifyTarget>,
    /// Where it stands.
    pub state: TaskState,
    /// Who does it.
    pub owner: PersonRef,
    /// Who decided.
    pub decided_by: PersonRef,
    /// When that was.
    pub decided_at: DateTime<Utc>,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// Its ticket, once noted.
    pub ticket: String,
    /// When it was said to be done.
    pub applied_at: Option<DateTime<Utc>>,
    /// When it was proven or waived.
    pub settled_at: Option<DateTime<Utc>>,
    /// What proves it, why it is waived, or why it is not proven yet.
    pub proof: String,
    /// How often use after the proof opened it again.
    pub reopened: i32,
}

/// How somebody can carry out what was decided: the same in three forms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Patch {
    /// As JSON: before and after of each target.
    pub json: String,
    /// As commands of the platform's own tool.
    pub commands: String,
    /// As a Terraform fragment; empty where none says it.
    pub terraform: String,
}

/// The board of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskBoard {
    /// Tasks: open first, by due day, then the settled ones; at most 500.
    pub tasks: Vec<TaskRow>,
    /// Open tasks in all.
    pub open: i64,
    /// The task asked for, with what carries it out.
    pub patch: Option<(TaskId, Patch)>,
    /// Whom a task can be given to.
    pub people: Vec<PersonRef>,
    /// Whether this viewer may take steps.
    pub may_act: bool,
}

/// A step with a task, as the form sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskInput {
    /// Which task.
    pub task: TaskId,
    /// Which step.
    pub step: TaskStep,
    /// Ticket, or reason of a waiver.
    pub text: String,
    /// To whom, for a handover.
    pub to: Option<PersonId>,
}

/// Which tasks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskFilter {
    /// Campaigns; none means all.
    pub campaign: Vec<CampaignId>,
    /// States; none means all.
    pub state: Vec<TaskState>,
}
