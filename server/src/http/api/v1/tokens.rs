//! `/api/v1/tokens`, `/api/v1/workload-rules`, and `POST /api/v1/token`: a pipeline's own token exchanged for one of ours
//! (RFC 8693), with nothing stored anywhere.

use app::query::Address;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use contract::ids::{PersonId, TokenId, WorkloadRuleId};
use contract::tokens::{
    Scope, TokenCreated, TokenInput, TokenRow, WorkloadRule, WorkloadRuleInput,
};
use domain::access::{Access, Actor};
use serde::{Deserialize, Serialize};
use serde_json::json;
use service::devices::{self, Claimed};
use service::{Error, Op, tokens, workload};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{Asked, Fields, Pairs, made, sent, wrong};
use super::wire::words;
use crate::http::{AppState, Operation, Problem};

/// What is exchanged (RFC 8693 3).
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const TAKEN: &[&str] = &[
    "urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:jwt",
];
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const GIVEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/token", post(exchange))
        .route("/device", post(device))
        .route("/tokens", get(list).post(create))
        .route("/tokens/{id}", get(view).delete(revoke))
        .route("/tokens/{id}/rotation", post(rotate))
        .route("/workload-rules", get(rules).post(make_rule))
        .route("/workload-rules/{id}", get(rule).delete(remove_rule))
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
    let asked = Asked::read(pairs)?.strictly(&Address::new("/workload-rules"), &[])?;
    asked.cursor(|_| false)?;
    let page = contract::Page {
        rows: workload::list(&op).await?,
        next: None,
        total: None,
    };
    asked.answer::<_, Rule>(&op.settings().public_url, "/workload-rules", page)
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

/// Exchanges a pipeline's token. Errors are OAuth's (RFC 6749 5.2), which clients of such addresses read.
async fn exchange(
    State(state): State<AppState>,
    Operation(op): Operation,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (mut grant, mut kind, mut request) =
        (String::new(), String::new(), workload::Request::default());
    let mut device_code = String::new();
    for (name, value) in form_urlencoded::parse(&body) {
        match name.as_ref() {
            "grant_type" => grant = value.into_owned(),
            "subject_token_type" => kind = value.into_owned(),
            "subject_token" => request.subject_token = value.into_owned(),
            "device_code" => device_code = value.into_owned(),
            "scope" => request.scopes = value.split_whitespace().map(str::to_owned).collect(),
            _ => {}
        }
    }
    let form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if form && grant == DEVICE {
        return claimed(&op, &device_code).await;
    }
    if !form || grant != EXCHANGE {
        return refuse(
            "unsupported_grant_type",
            "Send a form with grant_type of a token exchange (RFC 8693).",
        );
    }
    if !TAKEN.contains(&kind.as_str()) || request.subject_token.is_empty() {
        return refuse(
            "invalid_request",
            "subject_token must be an OIDC token, and subject_token_type say so.",
        );
    }
    match workload::exchange(&op, &*state.issuers, &request).await {
        Ok(given) => {
            let scope: Vec<&str> = given.scopes.iter().map(|scope| scope.as_str()).collect();
            let body = json!({
                "access_token": given.token, "issued_token_type": GIVEN, "token_type": "Bearer",
                "expires_in": given.seconds, "scope": scope.join(" "),
            });
            private(StatusCode::OK, body)
        }
        Err(Error::Invalid(fields)) => {
            let words = fields.first().map(|wrong| wrong.message.clone());
            refuse("invalid_scope", &words.unwrap_or_default())
        }
        Err(Error::Refused(_)) => refuse("invalid_grant", "No rule admits this token."),
        Err(other) => Problem::from(other).into_response(),
    }
}

/// What became of a shell's login (RFC 8628 3.5).
async fn claimed(op: &Op, device_code: &str) -> Response {
    match devices::claim(op, device_code).await {
        Ok(Claimed::Given(made)) => {
            let scope: Vec<&str> = made.row.scopes.iter().map(|scope| scope.as_str()).collect();
            let body = json!({
                "access_token": made.token, "token_type": "Bearer", "scope": scope.join(" "),
                "expires_in": (made.row.expires_at - op.now).num_seconds(),
            });
            private(StatusCode::OK, body)
        }
        Ok(Claimed::Pending) => refuse("authorization_pending", "Nobody has approved it yet."),
        Ok(Claimed::SlowDown) => refuse("slow_down", "Ask again in some seconds."),
        Ok(Claimed::Refused) => refuse("access_denied", "It was refused."),
        Ok(Claimed::Expired) => refuse("expired_token", "The time to approve it is over."),
        Err(other) => Problem::from(other).into_response(),
    }
}

/// Begins a shell's login (RFC 8628 3.1).
async fn device(State(_): State<AppState>, Operation(op): Operation, body: Bytes) -> Response {
    let (mut name, mut scopes) = (String::new(), Vec::new());
    for (field, value) in form_urlencoded::parse(&body) {
        match field.as_ref() {
            "name" => name = value.into_owned(),
            "scope" => scopes = value.split_whitespace().map(str::to_owned).collect(),
            _ => {}
        }
    }
    match devices::begin(&op, &name, &scopes).await {
        Ok(begun) => {
            let page = format!("{}/settings/device", op.settings().public_url);
            let body = json!({
                "device_code": begun.device_code, "user_code": begun.user_code, "verification_uri": page,
                "verification_uri_complete": format!("{page}?code={}", begun.user_code),
                "expires_in": begun.seconds, "interval": begun.interval,
            });
            private(StatusCode::OK, body)
        }
        Err(Error::Invalid(fields)) => {
            let words = fields.first().map(|wrong| wrong.message.clone());
            refuse("invalid_scope", &words.unwrap_or_default())
        }
        Err(other) => Problem::from(other).into_response(),
    }
}

fn refuse(error: &str, words: &str) -> Response {
    private(
        StatusCode::BAD_REQUEST,
        json!({ "error": error, "error_description": words }),
    )
}

fn private(status: StatusCode, body: serde_json::Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
