//! What a token may do with campaigns: prepare, start, end, seal, call off. Answers of a review are a person's.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use contract::campaigns::{CampaignInput, CampaignPolicy};
use contract::identities::{Environment, IdentityFilter, IdentityKind, RiskTier};
use contract::ids::CampaignId;
use domain::access::Access;
use serde::Deserialize;
use service::{Op, campaigns, evidence};
use utoipa::ToSchema;

use super::body::sent;
use super::campaigns::read;
use super::changes::{Made, Reason};
use super::list::{made, one, unread};
use super::wire::{Campaign, policy, words};
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns", post(create))
        .route("/campaigns/{id}/start", post(start))
        .route("/campaigns/{id}/advance", post(advance))
        .route("/campaigns/{id}/close", post(close))
        .route("/campaigns/{id}/seal", post(seal))
        .route("/campaigns/{id}/cancel", post(cancel))
}

/// A campaign to prepare.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewCampaign {
    /// Name.
    #[schema(example = "Q1 2027 access review")]
    name: String,
    /// What reviewers should know.
    notes: String,
    /// Day answers are due, `YYYY-MM-DD`, UTC; the day's end counts.
    #[schema(example = "2027-03-31")]
    due_on: String,
    /// Only identities whose review is due by then.
    only_due: bool,
    /// Only these kinds.
    #[schema(schema_with = words::kinds)]
    kind: Vec<IdentityKind>,
    /// Only what reaches these environments.
    #[schema(schema_with = words::environments)]
    environment: Vec<Environment>,
    /// Only these tiers.
    #[schema(schema_with = words::tiers)]
    tier: Vec<RiskTier>,
    /// Only privileged ones.
    privileged: bool,
    /// How it is answered and what follows; the usual policy when absent.
    #[schema(schema_with = policy::policy_or_none)]
    policy: Option<CampaignPolicy>,
}

async fn create(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let new: NewCampaign = sent(&body)?;
    let input = CampaignInput {
        name: new.name,
        notes: new.notes,
        due_on: new.due_on,
        only_due: new.only_due,
        filter: IdentityFilter {
            kind: new.kind,
            environment: new.environment,
            tier: new.tier,
            privileged: new.privileged.then_some(true),
            ..IdentityFilter::default()
        },
        policy: new.policy.unwrap_or_default(),
    };
    let id = campaigns::create(&op, input).await?;
    Ok(made(Made { id: id.0 }))
}

/// Why what the sources cannot see is accepted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Acceptance {
    /// Why; empty where they see everything.
    gaps: String,
}

/// A confirmation.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Confirmation {
    /// The word `seal`.
    #[schema(example = "seal")]
    confirm: String,
}

/// The campaign as it stands now.
async fn stands(op: &Op, id: CampaignId) -> Result<Response, Problem> {
    let state = campaigns::state(op, id).await?;
    if let Some(told) = unread(op, Access::ViewCampaigns, state) {
        return Ok(told);
    }
    Ok(one(&Campaign::from(campaigns::view(op, id).await?.row)))
}

async fn start(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let id = read(&id)?;
    let accepted: Acceptance = sent(&body)?;
    campaigns::start_accepting(&op, id, &accepted.gaps).await?;
    stands(&op, id).await
}

async fn advance(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let id = read(&id)?;
    campaigns::advance(&op, id).await?;
    stands(&op, id).await
}

async fn close(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let id = read(&id)?;
    campaigns::close(&op, id).await?;
    stands(&op, id).await
}

async fn seal(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let id = read(&id)?;
    let word: Confirmation = sent(&body)?;
    evidence::seal_confirmed(&op, id, &word.confirm).await?;
    stands(&op, id).await
}

async fn cancel(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let id = read(&id)?;
    let why: Reason = sent(&body)?;
    campaigns::cancel(&op, id, &why.reason).await?;
    stands(&op, id).await
}
