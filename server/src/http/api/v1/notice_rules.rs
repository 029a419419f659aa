//! `/api/v1/notice-rules`: who is told of findings at once, and when the rest is told.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use contract::findings::Severity;
use contract::notices::{NoticeHook, NoticeRuleInput, NoticeRuleRow};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use serde_json::json;
use service::{Error, Op, notices};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::list::{Asked, Fields, Pairs, one, untold};
use super::wire::{TeamName, words};
use crate::http::{AppState, Operation, Problem};

/// The word in addresses for the rule of every team without one of its own.
const EVERYBODY: &str = "everybody";

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/notice-rules", get(list).post(set))
        .route("/notice-rules/{slug}", get(view).delete(end))
}

/// When people are told of findings. Hours are of the zone of whoever is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeRule {
    /// Word in addresses: the team's, or `everybody`.
    slug: String,
    /// For which team; absent: every team without one of its own.
    team: Option<TeamName>,
    /// From this severity on at once; what is less waits for the digest.
    #[schema(schema_with = words::severity)]
    at_once: Severity,
    /// Hour of the daily digest, 0 to 23.
    digest_hour: u8,
    /// Hours in which only what is critical is told.
    quiet: Option<QuietHours>,
    /// Where each finding is posted once, however many people hear of it.
    webhook: Option<Webhook>,
    /// Whether findings go to the webhook instead of to people.
    webhook_only: bool,
    /// When it was set.
    updated_at: DateTime<Utc>,
}

/// The webhook of a rule. Its whole address and its secret are never told again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Scheme and host of its address.
    #[schema(example = "https://hooks.example.com")]
    host: String,
    /// From this severity on.
    #[schema(schema_with = words::severity)]
    from: Severity,
    /// Whether posts are signed, as Standard Webhooks says.
    signed: bool,
    /// What was said last of what could not be posted; empty when nothing waits for that.
    trouble: String,
}

impl From<NoticeHook> for Webhook {
    fn from(hook: NoticeHook) -> Self {
        Self {
            host: hook.host,
            from: hook.from,
            signed: hook.signed,
            trouble: hook.trouble,
        }
    }
}

/// Hours in which only what is critical is told; the second may be before the first, over midnight.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuietHours {
    /// First hour, 0 to 23.
    from: u8,
    /// Hour in which they end.
    to: u8,
}

impl From<NoticeRuleRow> for NoticeRule {
    fn from(row: NoticeRuleRow) -> Self {
        let slug = slug(&row).to_owned();
        let quiet = row.rule.quiet;
        Self {
            slug,
            team: row.team.map(TeamName::from),
            at_once: row.rule.at_once,
            digest_hour: row.rule.digest_hour,
            quiet: quiet.map(|(from, to)| QuietHours { from, to }),
            webhook: row.webhook.map(Webhook::from),
            webhook_only: row.rule.webhook_only,
            updated_at: row.updated_at,
        }
    }
}

fn slug(row: &NoticeRuleRow) -> &str {
    row.team
        .as_ref()
        .map_or(EVERYBODY, |team| team.slug.as_str())
}

/// A rule to set; one for the same gives way, with its webhook.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNoticeRule {
    /// Id of the team; absent: every team without one of its own.
    #[serde(default)]
    team: Option<Uuid>,
    /// From this severity on at once.
    #[schema(schema_with = words::severity)]
    at_once: Severity,
    /// Hour of the daily digest, 0 to 23.
    #[schema(example = 8)]
    digest_hour: i64,
    /// First quiet hour, 0 to 23; absent with the other: never quiet.
    #[serde(default)]
    #[schema(example = 20)]
    quiet_from: Option<i64>,
    /// Hour in which they end.
    #[serde(default)]
    #[schema(example = 7)]
    quiet_to: Option<i64>,
    /// Address each finding is posted to once; absent: none. `https://` only, unless networks inside are allowed.
    #[serde(default)]
    #[schema(example = "https://hooks.example.com/rollcall")]
    webhook: Option<String>,
    /// Secret its posts are signed with (`whsec_` and base64, or any 8 to 256 letters); absent: as it was for the same
    /// address, unsigned for another.
    #[serde(default)]
    webhook_secret: Option<String>,
    /// From this severity on; absent: that of `at_once`.
    #[serde(default)]
    #[schema(schema_with = words::severity)]
    webhook_from: Option<Severity>,
    /// Whether findings go to the webhook instead of to people.
    #[serde(default)]
    webhook_only: bool,
}

async fn rules(op: &Op) -> Result<Vec<NoticeRuleRow>, Error> {
    Ok(notices::rules(op).await?.rows)
}

/// The rule an address names.
fn named(rows: Vec<NoticeRuleRow>, word: &str) -> Result<NoticeRuleRow, Error> {
    let mut rows = rows.into_iter();
    rows.find(|row| slug(row) == word)
        .ok_or(Error::NotFound("rule"))
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewPeople)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, NoticeRule>(rules(&op).await?)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewPeople)?;
    fields.of(NoticeRule::from(named(rules(&op).await?, &slug)?))
}

async fn set(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManagePolicies)?;
    let new: NewNoticeRule = sent(&body)?;
    let hour = |hour: Option<i64>| hour.map(|hour| hour.to_string()).unwrap_or_default();
    let input = NoticeRuleInput {
        team: new.team.map(|id| id.to_string()).unwrap_or_default(),
        at_once: new.at_once.to_string(),
        digest_hour: new.digest_hour.to_string(),
        quiet_from: hour(new.quiet_from),
        quiet_to: hour(new.quiet_to),
        webhook: new.webhook.unwrap_or_default(),
        webhook_secret: new.webhook_secret.unwrap_or_default(),
        webhook_from: new
            .webhook_from
            .map(|from| from.to_string())
            .unwrap_or_default(),
        webhook_only: if new.webhook_only { "on" } else { "" }.to_owned(),
    };
    notices::set_rule(&op, &input).await?;
    // Who may set it may not always read it.
    let rows = rules(&op.services().system("notices")).await?;
    let is = |row: &NoticeRuleRow| row.team.as_ref().map(|team| team.id.0) == new.team;
    let set = rows.into_iter().find(is).ok_or(Error::NotFound("rule"))?;
    if let Some(told) = untold(&op, Access::ViewPeople, &json!({ "slug": slug(&set) })) {
        return Ok(told);
    }
    Ok(one(&NoticeRule::from(set)))
}

async fn end(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(slug): Path<String>,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManagePolicies)?;
    let rows = rules(&op.services().system("notices")).await?;
    let rule = named(rows, &slug)?;
    let input = NoticeRuleInput {
        team: rule
            .team
            .map(|team| team.id.to_string())
            .unwrap_or_default(),
        ..NoticeRuleInput::default()
    };
    notices::end_rule(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}
