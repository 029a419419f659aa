//! `/api/v1/policies`: how old credentials may grow, where somebody set another limit than the type's.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use contract::identities::{CredentialType, PolicyInput, PolicyRow, PolicyScope, RiskTier};
use contract::ids::PolicyId;
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::{Error, Op, rotation};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::list::{Asked, Fields, Pairs, made, wrong};
use super::wire::{TeamName, words};
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/policies", get(list).post(set))
        .route("/policies/{id}", get(view).delete(end))
}

/// A limit somebody set: for a tier, a team or one identity.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policy {
    /// Id.
    id: Uuid,
    /// Tier it holds for.
    #[schema(schema_with = words::tier_or_none)]
    tier: Option<RiskTier>,
    /// Team it holds for.
    team: Option<TeamName>,
    /// Id of the identity it holds for.
    identity_id: Option<Uuid>,
    /// Its name.
    identity: Option<String>,
    /// Credential type; every stored one when absent.
    #[schema(schema_with = words::credential_type_or_none)]
    credential_type: Option<CredentialType>,
    /// Longest age, in days.
    days: i64,
    /// Why.
    reason: String,
    /// Who set it.
    set_by: String,
    /// When.
    set_at: DateTime<Utc>,
}

impl From<PolicyRow> for Policy {
    fn from(row: PolicyRow) -> Self {
        let (mut tier, mut team, mut identity) = (None, None, None);
        match row.scope {
            PolicyScope::Tier(of) => tier = Some(of),
            PolicyScope::Team(of) => team = Some(of.into()),
            PolicyScope::Identity(id, name) => identity = Some((id.0, name)),
        }
        let (identity_id, identity) = identity.unzip();
        Self {
            id: row.id.0,
            tier,
            team,
            identity_id,
            identity,
            credential_type: row.credential_type,
            days: row.days,
            reason: row.reason,
            set_by: row.set_by,
            set_at: row.set_at,
        }
    }
}

/// A limit to set: one of tier, team and identity.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewPolicy {
    /// Tier word, or empty.
    #[schema(example = "critical")]
    tier: String,
    /// Team id, or empty.
    team: String,
    /// Identity name or id, or empty.
    identity: String,
    /// Credential type word; empty means every stored one.
    #[schema(example = "static_key")]
    credential_type: String,
    /// Longest age, in days.
    #[schema(example = 30)]
    days: i64,
    /// Why.
    #[schema(example = "Keys of what could stop production are changed monthly")]
    reason: String,
}

async fn policies(op: &Op) -> Result<Vec<PolicyRow>, Error> {
    // They name teams and identities of everybody.
    op.require(Access::ViewPeople)?;
    Ok(rotation::policies(op).await?.policies)
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewPeople)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, Policy>(policies(&op).await?)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewPeople)?;
    let id = read(&id)?;
    let found = policies(&op).await?.into_iter().find(|row| row.id == id);
    fields.of(Policy::from(found.ok_or(Error::NotFound("policy"))?))
}

async fn set(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManagePolicies)?;
    let new: NewPolicy = sent(&body)?;
    let input = PolicyInput {
        tier: new.tier,
        team: new.team,
        identity: new.identity,
        credential_type: new.credential_type,
        days: new.days.to_string(),
        reason: new.reason,
    };
    let id = rotation::set_policy(&op, &input).await?;
    Ok(made(super::changes::Made { id: id.0 }))
}

async fn end(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManagePolicies)?;
    let why: super::changes::Reason = sent(&body)?;
    rotation::end_policy(&op, read(&id)?, &why.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(id: &str) -> Result<PolicyId, Problem> {
    id.parse().map_err(|_| wrong("id", "is no id of a policy"))
}
