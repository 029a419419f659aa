//! `/api/v1/tasks`: what revokes and modifies ask somebody to do, over every campaign.

use app::query::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use contract::campaigns::{DecisionKind, TaskFilter, TaskInput, TaskRow, TaskState, TaskStep};
use contract::identities::Platform;
use contract::ids::{CampaignId, PersonId, TaskId};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::{Error, Op, campaigns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{rows, sent};
use super::changes::row;
use super::list::{Asked, Fields, Pairs, one, unread, wrong};
use super::wire::{PersonName, words};
use crate::http::{AppState, Operation, Problem};

/// Names of the filter.
pub const FILTER: &[&str] = &["campaign", "state"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/tasks", get(list))
        .route("/tasks/{id}", get(view))
        .route("/tasks/{id}/steps", post(step))
        .route("/tasks/steps", post(steps))
}

/// A task of remediation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Task {
    /// Id.
    id: Uuid,
    /// The campaign it follows from.
    campaign_id: Uuid,
    /// The item it follows from.
    item_id: Uuid,
    /// The identity.
    identity_id: Uuid,
    /// Its name as frozen.
    identity_name: String,
    /// Where it acts.
    #[schema(schema_with = words::platform)]
    platform: Platform,
    /// Revoke or modify.
    #[schema(schema_with = words::decision)]
    decision: DecisionKind,
    /// What is to be changed; empty for a revoke.
    #[schema(value_type = Vec<Object>)]
    targets: serde_json::Value,
    /// Where it stands.
    #[schema(schema_with = words::task_state)]
    state: TaskState,
    /// Who does it.
    owner: PersonName,
    /// Who decided.
    decided_by: PersonName,
    /// When that was.
    decided_at: DateTime<Utc>,
    /// When it is due.
    due_at: DateTime<Utc>,
    /// Its ticket; empty until it is noted.
    ticket: String,
    /// When it was said to be done.
    applied_at: Option<DateTime<Utc>>,
    /// When it was proven or waived.
    settled_at: Option<DateTime<Utc>>,
    /// What proves it, why it is waived, or why it is not proven yet.
    proof: String,
    /// How often use after the proof opened it again.
    reopened: i32,
}

impl From<(CampaignId, TaskRow)> for Task {
    fn from((campaign, row): (CampaignId, TaskRow)) -> Self {
        let (identity, identity_name) = row.identity;
        Self {
            id: row.id.0,
            campaign_id: campaign.0,
            item_id: row.item.0,
            identity_id: identity.0,
            identity_name,
            platform: row.platform,
            decision: row.decision,
            targets: serde_json::to_value(row.targets).unwrap_or_default(),
            state: row.state,
            owner: row.owner.into(),
            decided_by: row.decided_by.into(),
            decided_at: row.decided_at,
            due_at: row.due_at,
            ticket: row.ticket,
            applied_at: row.applied_at,
            settled_at: row.settled_at,
            proof: row.proof,
            reopened: row.reopened,
        }
    }
}

/// A task with what carries it out.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskDetail {
    /// As lists show it.
    #[serde(flatten)]
    task: Task,
    /// What carries it out, as JSON: before and after of each target.
    json: String,
    /// The same as commands of the platform's own tool.
    commands: String,
    /// The same as Terraform; empty where none says it.
    terraform: String,
}

/// A step with a task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskStepWish {
    /// The task; in the address where there is one.
    #[serde(default)]
    task: Option<Uuid>,
    /// Which step. A waiver is a person's and has no door here.
    #[schema(schema_with = words::task_step)]
    step: TaskStep,
    /// The ticket.
    #[serde(default)]
    #[schema(example = "SEC-4471")]
    text: String,
    /// Id of whom it is given to.
    #[serde(default)]
    to: Option<Uuid>,
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewCampaigns)?;
    let asked = Asked::read(pairs)?;
    let (campaigns, states) = (asked.words("campaign"), asked.words("state"));
    let filter = TaskFilter {
        campaign: campaigns.iter().filter_map(|id| id.parse().ok()).collect(),
        state: states.iter().filter_map(|word| word.parse().ok()).collect(),
    };
    let mut understood = Address::new("/tasks");
    for campaign in &filter.campaign {
        understood = understood.with("campaign", campaign);
    }
    for state in &filter.state {
        understood = understood.with("state", state);
    }
    let asked = asked.strictly(&understood, FILTER)?;
    let after = asked.cursor(|after| after.parse::<Uuid>().is_ok())?;
    let page = campaigns::tasks(&op, &filter, after, asked.limit).await?;
    asked.answer::<_, Task>(&op.settings().public_url, "/tasks", page)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewCampaigns)?;
    let (campaign, task, patch) = campaigns::task(&op, read(&id)?).await?;
    fields.of(TaskDetail {
        task: (campaign, task).into(),
        json: patch.json,
        commands: patch.commands,
        terraform: patch.terraform,
    })
}

async fn take(op: &Op, id: TaskId, wish: TaskStepWish) -> Result<TaskState, Error> {
    let input = TaskInput {
        task: id,
        step: wish.step,
        text: wish.text,
        to: wish.to.map(PersonId),
    };
    campaigns::step(op, &input).await.map(|(_, state)| state)
}

async fn step(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::StepTask)?;
    let id = read(&id)?;
    let state = take(&op, id, sent(&body)?).await?;
    if let Some(told) = unread(&op, Access::ViewCampaigns, state) {
        return Ok(told);
    }
    let (campaign, task, _) = campaigns::task(&op, id).await?;
    Ok(one(&Task::from((campaign, task))))
}

async fn steps(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::StepTask)?;
    let mut results = Vec::new();
    for (index, wish) in rows::<TaskStepWish>(&body)?.into_iter().enumerate() {
        let done = match wish.task {
            None => Err(Error::field("task", "is missing")),
            Some(id) => take(&op, TaskId(id), wish)
                .await
                .map(|state| state.to_string()),
        };
        results.push(row(index, done));
    }
    Ok(one(&results))
}

fn read(id: &str) -> Result<TaskId, Problem> {
    id.parse().map_err(|_| wrong("id", "is no id of a task"))
}
