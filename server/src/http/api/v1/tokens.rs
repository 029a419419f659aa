//! `/api/v1/tokens`: who may call, and what they may do.

use app::query::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use contract::ids::{PersonId, TokenId};
use contract::tokens::{Scope, TokenCreated, TokenInput, TokenRow};
use domain::access::{Access, Actor};
use serde::{Deserialize, Serialize};
use service::{Op, tokens};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::list::{Asked, Fields, Pairs, made, wrong};
use super::wire::words;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/tokens", get(list).post(create))
        .route("/tokens/{id}", get(view).delete(revoke))
        .route("/tokens/{id}/rotation", post(rotate))
}

/// A token, without itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenFacts {
    /// Id.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// How it begins.
    pub hint: String,
    /// What it may do.
    #[schema(schema_with = words::scopes)]
    pub scopes: Vec<Scope>,
    /// Teams whose rows it sees; none means all.
    pub teams: Vec<String>,
    /// Networks it may come from; none means any.
    pub networks: Vec<String>,
    /// Itself in the inventory.
    pub identity_id: Option<Uuid>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// Last use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// It has a successor, and works until it expires.
    pub rotated: bool,
}

impl From<TokenRow> for TokenFacts {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            hint: row.hint,
            scopes: row.scopes,
            teams: row.teams,
            networks: row.networks,
            identity_id: row.identity.map(|id| id.0),
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
            rotated: row.rotated,
        }
    }
}

/// A token just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewToken {
    /// Its facts.
    pub facts: TokenFacts,
    /// Itself, shown this once.
    pub token: String,
}

impl From<TokenCreated> for NewToken {
    fn from(made: TokenCreated) -> Self {
        Self {
            facts: made.row.into(),
            token: made.token,
        }
    }
}

/// What makes a token.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TokenWish {
    /// What it is for.
    #[schema(example = "nightly export")]
    name: String,
    /// Scope words.
    scopes: Vec<String>,
    /// Days until it stops working, 1 to 90; 30 when absent.
    days: Option<i64>,
    /// Slugs of the teams whose rows it sees; none means all.
    teams: Vec<String>,
    /// Networks it may come from, e.g. `192.0.2.0/24`; none means any.
    networks: Vec<String>,
    /// Slug of the team that answers for it.
    team: Option<String>,
    /// Id of the person who answers for it.
    owner: Option<Uuid>,
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewTokens)?;
    let asked = Asked::read(pairs)?.strictly(&Address::new("/tokens"), &[])?;
    let after = asked.cursor(|after| after.parse::<TokenId>().is_ok())?;
    let page = tokens::rows(&op, after, asked.limit).await?;
    asked.answer::<_, TokenFacts>(&op.settings().public_url, "/tokens", page)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = own_or(&op, &id, Access::ViewTokens)?;
    fields.of(TokenFacts::from(tokens::view(&op, id).await?))
}

/// The token an address names: `self` is the one that asks, which needs no scope.
fn own_or(op: &Op, id: &str, access: Access) -> Result<TokenId, Problem> {
    match (&op.actor, id) {
        (Actor::Token { id, .. }, "self") => Ok(*id),
        (_, id) => {
            op.require(access)?;
            token(id)
        }
    }
}

async fn create(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageTokens)?;
    let wish: TokenWish = sent(&body)?;
    let input = TokenInput {
        name: wish.name,
        scopes: wish.scopes,
        days: wish.days,
        teams: wish.teams,
        networks: wish.networks,
        team: wish.team,
        owner: wish.owner.map(PersonId),
    };
    Ok(made(NewToken::from(tokens::create(&op, input).await?)))
}

async fn revoke(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManageTokens)?;
    tokens::revoke(&op, token(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a token is rotated.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Overlap {
    /// Hours the old one works beside the new one, 0 to 168.
    #[schema(example = 24)]
    overlap_hours: i64,
}

async fn rotate(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let id = own_or(&op, &id, Access::ManageTokens)?;
    let overlap: Overlap = if body.is_empty() {
        Overlap::default()
    } else {
        sent(&body)?
    };
    Ok(made(NewToken::from(
        tokens::rotate(&op, id, overlap.overlap_hours).await?,
    )))
}

fn token(id: &str) -> Result<TokenId, Problem> {
    id.parse().map_err(|_| wrong("id", "is no id of a token"))
}
