//! `/api/v1/campaigns/{id}/preview`: whom a draft is about, who would answer, and what its start would have to accept.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use contract::campaigns::{CampaignPreview, Gap, PreviewRow, ReviewerHop};
use domain::access::Access;
use serde::Serialize;
use service::campaigns;
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::read;
use super::list::Fields;
use super::wire::{PersonName, TeamName, words};
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/campaigns/{id}/preview", get(view))
}

/// What a campaign would be, were it started now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// Whom it is about, in a sentence.
    query: String,
    /// How many items it would have.
    count: i64,
    /// Who would answer, most items first.
    reviewers: Vec<PreviewReviewer>,
    /// What nobody has answered yet.
    questions: Vec<String>,
    /// Why it cannot be started as it is; absent when it can.
    blocked: Option<String>,
    /// What the sources cannot see of it: the start says why each is accepted.
    gaps: Vec<PreviewGap>,
    /// Who may not judge what; the first 500.
    exclusions: Vec<PreviewExclusion>,
    /// Its items; the first 500.
    items: Vec<PreviewItem>,
}

/// Somebody who would answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewReviewer {
    /// Who.
    reviewer: PersonName,
    /// For how many items.
    items: i64,
}

/// A gap in what the sources see.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewGap {
    /// What cannot be seen.
    sentence: String,
    /// Why it is accepted; absent until somebody says so.
    accepted: Option<String>,
}

impl From<Gap> for PreviewGap {
    fn from(gap: Gap) -> Self {
        Self {
            sentence: gap.sentence,
            accepted: gap.accepted.map(|(why, ..)| why),
        }
    }
}

/// Somebody's own work, which they do not judge.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewExclusion {
    /// The identity, by name.
    identity: String,
    /// Who may not judge it, and why.
    because: String,
}

/// An item there would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewItem {
    /// The identity.
    identity_id: Uuid,
    /// Its name.
    identity_name: String,
    /// Its team.
    team: Option<TeamName>,
    /// Who would answer.
    reviewer: PersonName,
    /// How they were found.
    #[schema(schema_with = words::hop)]
    hop: ReviewerHop,
    /// Why those before them were passed over.
    passed_over: Vec<String>,
    /// Whether it is privileged in production.
    privileged_production: bool,
}

impl From<PreviewRow> for PreviewItem {
    fn from(row: PreviewRow) -> Self {
        let (identity, identity_name) = row.identity;
        Self {
            identity_id: identity.0,
            identity_name,
            team: row.team.map(TeamName::from),
            reviewer: row.reviewer.into(),
            hop: row.hop,
            passed_over: row.hops,
            privileged_production: row.privileged_production,
        }
    }
}

impl From<CampaignPreview> for Preview {
    fn from(preview: CampaignPreview) -> Self {
        let reviewers = preview.by_reviewer.into_iter();
        let exclusions = preview.exclusions.into_iter();
        Self {
            query: preview.query,
            count: preview.count,
            reviewers: reviewers
                .map(|(reviewer, items)| PreviewReviewer {
                    reviewer: reviewer.into(),
                    items,
                })
                .collect(),
            questions: preview.questions,
            blocked: preview.blocked,
            gaps: preview.gaps.into_iter().map(PreviewGap::from).collect(),
            exclusions: exclusions
                .map(|(identity, because)| PreviewExclusion { identity, because })
                .collect(),
            items: preview.rows.into_iter().map(PreviewItem::from).collect(),
        }
    }
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let preview = campaigns::preview(&op, read(&id)?).await?;
    fields.of(Preview::from(preview))
}
