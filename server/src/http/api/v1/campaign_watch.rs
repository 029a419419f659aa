//! What watchers and managers of campaigns look at beside the items: whom silence would suspend and whether a second
//! person is waited for, who was told, and the figures of past campaigns.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use contract::campaigns::{ReportRow, SilenceView};
use contract::messages::{Channel, MessageRow, MessageState};
use domain::access::Access;
use serde::Serialize;
use service::{campaigns, messages};
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::read;
use super::list::{Asked, Fields, Pairs};
use super::wire::words;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{id}/silence", get(silence))
        .route("/campaigns/{id}/messages", get(told))
        .route("/campaign-reports", get(reports))
}

/// Whose suspension the silence of a campaign would bring. To lift the cap and to suspend are people's, two of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignSilence {
    /// How many would be suspended now.
    count: i64,
    /// Most that may be without a second person.
    cap: i64,
    /// Who lifted the cap, where somebody has.
    lifted_by: Option<String>,
    /// Whether it waits for a second person: above the cap, lifted, and not suspended yet.
    waits_for_another: bool,
    /// From when on silence has consequences.
    from: DateTime<Utc>,
    /// The first 200 of them by name.
    identities: Vec<SilentIdentity>,
}

/// An identity nobody answered about.
#[derive(Debug, Serialize, ToSchema)]
pub struct SilentIdentity {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
}

impl From<SilenceView> for CampaignSilence {
    fn from(view: SilenceView) -> Self {
        let identities = view.identities.into_iter();
        Self {
            count: view.count,
            cap: view.cap,
            waits_for_another: view.count > view.cap && view.lifted_by.is_some(),
            lifted_by: view.lifted_by,
            from: view.from,
            identities: identities
                .map(|(id, name)| SilentIdentity { id: id.0, name })
                .collect(),
        }
    }
}

async fn silence(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let view = campaigns::silence(&op, read(&id)?).await?;
    fields.of(CampaignSilence::from(view))
}

/// A message that speaks of a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignMessage {
    /// When it was written.
    at: DateTime<Utc>,
    /// To whom.
    to: String,
    /// Their address; empty for a webhook.
    address: String,
    /// How it goes.
    #[schema(schema_with = words::channel)]
    channel: Channel,
    /// What kind: reminder, escalation, micro-review.
    kind: String,
    /// Its subject.
    subject: String,
    /// What became of it.
    #[schema(schema_with = words::message_state)]
    state: MessageState,
    /// When it was handed over.
    sent_at: Option<DateTime<Utc>>,
    /// Why it could not be handed over.
    problem: String,
}

impl From<MessageRow> for CampaignMessage {
    fn from(row: MessageRow) -> Self {
        Self {
            at: row.at,
            to: row.to,
            address: row.address,
            channel: row.channel,
            kind: row.kind,
            subject: row.subject,
            state: row.state,
            sent_at: row.sent_at,
            problem: row.problem,
        }
    }
}

async fn told(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ReadEvidence)?;
    let id = read(&id)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, CampaignMessage>(messages::of_campaign(&op, id).await?)
}

/// Figures of one campaign whose answers have ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignReport {
    /// The campaign.
    campaign_id: Uuid,
    /// Its name.
    campaign: String,
    /// When it was started.
    started_at: DateTime<Utc>,
    /// When answers were due.
    due_at: DateTime<Utc>,
    /// When answers ended.
    closed_at: DateTime<Utc>,
    /// Items.
    items: i64,
    /// Items with a decision.
    decided: i64,
    /// Of these, decided before they were due.
    on_time: i64,
    /// Items nobody answered.
    not_reviewed: i64,
    /// Median seconds on an item, where known.
    median_seconds_on_item: Option<i64>,
    /// Median seconds from the start to the decision.
    median_seconds_to_decision: Option<i64>,
    /// Revokes and modifies.
    tasks: i64,
    /// Of these, waived.
    waived: i64,
    /// Of the tasks, proven.
    verified: i64,
    /// Of these, proven before they were due.
    verified_in_time: i64,
}

impl From<ReportRow> for CampaignReport {
    fn from(row: ReportRow) -> Self {
        let (campaign, name) = row.campaign;
        Self {
            campaign_id: campaign.0,
            campaign: name,
            started_at: row.started_at,
            due_at: row.due_at,
            closed_at: row.closed_at,
            items: row.items,
            decided: row.decided,
            on_time: row.on_time,
            not_reviewed: row.not_reviewed,
            median_seconds_on_item: row.median_seconds,
            median_seconds_to_decision: row.median_wait_seconds,
            tasks: row.tasks,
            waived: row.waived,
            verified: row.verified,
            verified_in_time: row.verified_in_time,
        }
    }
}

async fn reports(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ReadEvidence)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, CampaignReport>(campaigns::report(&op).await?.campaigns)
}
