//! `/api/v1/workload-rules`: rules by which pipelines sign in with their own tokens.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use contract::ids::WorkloadRuleId;
use contract::tokens::{Scope, WorkloadRule, WorkloadRuleInput};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::{Error, workload};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::list::{Asked, Fields, Pairs, made, wrong};
use super::wire::words;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/workload-rules", get(rules).post(make_rule))
        .route("/workload-rules/{id}", get(rule).delete(remove_rule))
}

/// A rule by which pipelines sign in with their own tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rule {
    /// Id.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// Issuer whose tokens it takes.
    pub issuer: String,
    /// Audience they must be meant for.
    pub audience: String,
    /// Who is admitted, in the octo-sts language.
    pub document: String,
    /// What that admits, in a sentence.
    pub admits: String,
    /// What the tokens given may do.
    #[schema(schema_with = words::scopes)]
    pub scopes: Vec<Scope>,
    /// Teams whose rows they see; none means all.
    pub teams: Vec<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it last gave a token.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<WorkloadRule> for Rule {
    fn from(rule: WorkloadRule) -> Self {
        Self {
            id: rule.id.0,
            name: rule.name,
            issuer: rule.issuer,
            audience: rule.audience,
            document: rule.document,
            admits: rule.admits,
            scopes: rule.scopes,
            teams: rule.teams,
            created_by: rule.created_by,
            created_at: rule.created_at,
            last_used_at: rule.last_used_at,
        }
    }
}

/// What makes such a rule.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuleWish {
    /// What it is for.
    #[schema(example = "nightly export")]
    name: String,
    /// Audience; the public address when empty.
    audience: String,
    /// Who is admitted, in the octo-sts language, as YAML or JSON.
    #[schema(
        example = "issuer: https://token.actions.githubusercontent.com\nsubject: repo:acme/app:environment:production\n"
    )]
    document: String,
    /// Scope words.
    scopes: Vec<String>,
    /// Slugs of the teams whose rows its tokens see; none means all.
    teams: Vec<String>,
}

async fn rules(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewTokens)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, Rule>(workload::list(&op).await?)
}

async fn rule(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewTokens)?;
    let id: WorkloadRuleId = id.parse().map_err(|_| wrong("id", "is no id of a rule"))?;
    let found = workload::list(&op)
        .await?
        .into_iter()
        .find(|rule| rule.id == id);
    fields.of(Rule::from(found.ok_or(Error::NotFound("workload rule"))?))
}

async fn make_rule(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageTokens)?;
    let wish: RuleWish = sent(&body)?;
    let input = WorkloadRuleInput {
        name: wish.name,
        audience: wish.audience,
        document: wish.document,
        scopes: wish.scopes,
        teams: wish.teams,
    };
    Ok(made(Rule::from(workload::create(&op, &input).await?)))
}

async fn remove_rule(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManageTokens)?;
    let id: WorkloadRuleId = id.parse().map_err(|_| wrong("id", "is no id of a rule"))?;
    workload::remove(&op, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
