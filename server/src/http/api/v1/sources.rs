//! `/api/v1/sources`: connections that send events.

use app::query::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contract::sources::{SourceChange, SourceCreated, SourceInput, SourceRow, TokenRule};
use domain::access::Access;
use domain::page::cut;
use serde::{Deserialize, Serialize};
use serde_json::json;
use service::sources;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::list::{Asked, Fields, Pairs, made, one, untold};
use crate::http::{AppState, Operation, Problem};

/// Names of the filter of the coverage.
pub const FILTER: &[&str] = &["source"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sources", get(list).post(create))
        .route("/sources/{slug}", get(view).patch(change))
        .route("/sources/{slug}/token", post(renew))
        .route("/sources/{slug}/test", post(test))
        .route("/sources/{slug}/replay", post(replay))
        .route("/coverage", get(coverage))
}

/// A connection that sends events, and what it covers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    /// Id.
    pub id: Uuid,
    /// Word of its address `/ingest/v1/{slug}`.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Format it sends; absent means told from the content.
    pub format: Option<String>,
    /// How its sender proves itself.
    pub proving: String,
    /// Events taken.
    pub accepted: i64,
    /// Records refused and kept in quarantine.
    pub rejected: i64,
    /// Duplicates seen.
    pub duplicates: i64,
    /// Last event's own time.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Last delivery.
    pub last_received_at: Option<DateTime<Utc>>,
    /// Events of a usual day.
    pub usual_per_day: Option<i64>,
    /// Days of the last 30 on which it was silent.
    pub silent: Vec<Silence>,
    /// What it cannot see even when it speaks.
    pub blind_spots: Vec<String>,
    /// Whole months its events are kept by its own setting; absent means as the configuration says for all.
    pub keep_months: Option<u32>,
    /// First day whose events are kept; absent means that nothing is ever removed.
    pub kept_from: Option<NaiveDate>,
    /// Events before that day: they go with the next daily run.
    pub past_retention: i64,
}

/// Days of silence, both ends included.
#[derive(Debug, Serialize, ToSchema)]
pub struct Silence {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl From<SourceRow> for Source {
    fn from(row: SourceRow) -> Self {
        Self {
            id: row.id.0,
            slug: row.slug,
            name: row.name,
            format: row.format.map(|format| format.to_string()),
            proving: row.proving.to_string(),
            accepted: row.accepted,
            rejected: row.rejected,
            duplicates: row.duplicates,
            last_event_at: row.last_event_at,
            last_received_at: row.last_received_at,
            usual_per_day: row.usual,
            silent: row
                .gaps
                .into_iter()
                .map(|(from, to)| Silence { from, to })
                .collect(),
            blind_spots: row.blind,
            keep_months: row.retention.own,
            kept_from: row.retention.kept_from,
            past_retention: row.retention.past,
        }
    }
}

/// A new source.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewSource {
    /// Name.
    #[schema(example = "GitHub audit log")]
    name: String,
    /// Word of its address; made from the name when empty.
    #[schema(example = "github-audit")]
    slug: String,
    /// Format word; empty means told from the content.
    #[schema(example = "github_audit")]
    format: String,
}

/// A source's token, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceToken {
    /// Word of its address.
    slug: String,
    /// The token, shown once.
    token: String,
    /// Where to send.
    url: String,
}

impl From<SourceCreated> for SourceToken {
    fn from(made: SourceCreated) -> Self {
        Self {
            slug: made.slug,
            token: made.token,
            url: made.url,
        }
    }
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewSources)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, Source>(sources::list(&op).await?.rows)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewSources)?;
    fields.of(Source::from(sources::get(&op, &slug).await?.row))
}

async fn create(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageSources)?;
    let new: NewSource = sent(&body)?;
    let input = SourceInput {
        name: new.name,
        slug: new.slug,
        format: new.format,
        ..SourceInput::default()
    };
    Ok(made(SourceToken::from(sources::create(&op, &input).await?)))
}

async fn renew(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    op.require(Access::ManageSources)?;
    Ok(made(SourceToken::from(
        sources::renew_token(&op, &slug).await?,
    )))
}

/// What a source said on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Covered {
    /// The source's slug.
    source: String,
    /// The day, UTC.
    day: NaiveDate,
    /// Events received on it.
    events: i64,
    /// Whether it was silent though it usually speaks.
    silent: bool,
}

/// The last 30 days of a source, oldest first.
fn covered(row: SourceRow, today: NaiveDate) -> Vec<Covered> {
    let back = TimeDelta::days(i64::try_from(row.days.len()).unwrap_or(0) - 1);
    let days = (today - back).iter_days().zip(row.days);
    let silent = |day| {
        row.gaps
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&day))
    };
    days.map(|(day, events)| Covered {
        source: row.slug.clone(),
        day,
        events,
        silent: silent(day),
    })
    .collect()
}

async fn coverage(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewSources)?;
    let asked = Asked::read(pairs)?;
    let wanted = asked.words("source");
    let mut understood = Address::new("/coverage");
    for source in &wanted {
        understood = understood.with("source", source);
    }
    let asked = asked.strictly(&understood, FILTER)?;
    let after = asked.cursor(|after| mark(after).is_some())?.and_then(mark);
    let list = sources::list(&op).await?;
    let today = list.now.date_naive();
    let rows = list.rows.into_iter();
    let mut rows: Vec<Covered> = rows
        .filter(|row| wanted.is_empty() || wanted.contains(&row.slug))
        .flat_map(|row| covered(row, today))
        .collect();
    rows.sort_by(|a, b| (&a.source, a.day).cmp(&(&b.source, b.day)));
    if let Some((source, day)) = after {
        rows.retain(|row| (row.source.as_str(), row.day) > (source, day));
    }
    let page = cut(rows, asked.limit, |row| {
        format!("{} {}", row.day, row.source)
    });
    asked.answer::<_, Covered>(&op.settings().public_url, "/coverage", page)
}

/// A place in the list: a day and the word of a source.
fn mark(text: &str) -> Option<(&str, NaiveDate)> {
    let (day, source) = text.split_once(' ')?;
    Some((source, day.parse().ok()?))
}

/// What changes in a source; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourceWish {
    /// Format word; empty means told from the content.
    #[schema(example = "github_audit")]
    format: Option<String>,
    /// How its sender proves itself, as a word.
    proving: Option<String>,
    /// The sender's own secret.
    secret: String,
    /// Issuer of the sender's tokens.
    issuer: Option<String>,
    /// Audience they are meant for.
    audience: Option<String>,
    /// Subject; `*` is any run of characters.
    subject: Option<String>,
    /// Further claims, each `claim=value`.
    claims: Option<Vec<String>>,
    /// Whole months its events are kept, 4 to 240; 0 means as the configuration says for all.
    #[schema(example = 12)]
    keep_months: Option<u32>,
}

async fn change(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(slug): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageSources)?;
    let wish: SourceWish = sent(&body)?;
    // Who may change it may not always read it: what stands there is looked up by Rollcall itself.
    let system = op.services().system("source");
    let is = sources::get(&system, &slug).await?;
    let format = is.row.format.map(|word| word.to_string());
    let input = SourceChange {
        slug: slug.clone(),
        format: wish.format.or(format).unwrap_or_default(),
        proving: wish.proving.unwrap_or_else(|| is.row.proving.to_string()),
        secret: wish.secret,
        rule: TokenRule {
            issuer: wish.issuer.unwrap_or(is.rule.issuer),
            audience: wish.audience.unwrap_or(is.rule.audience),
            subject: wish.subject.unwrap_or(is.rule.subject),
            claims: wish.claims.map_or(is.rule.claims, |lines| lines.join("\n")),
        },
        keep_months: match wish.keep_months.or(is.row.retention.own) {
            None | Some(0) => String::new(),
            Some(months) => months.to_string(),
        },
    };
    sources::change(&op, &input).await?;
    if let Some(told) = untold(&op, Access::ViewSources, &json!({ "slug": slug })) {
        return Ok(told);
    }
    Ok(one(&Source::from(sources::get(&op, &slug).await?.row)))
}

/// What became of a delivery.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// Events taken.
    accepted: usize,
    /// Events seen before.
    duplicates: usize,
}

async fn test(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    op.require(Access::ManageSources)?;
    let receipt = sources::test_delivery(&op, &slug).await?;
    Ok(one(&Receipt {
        accepted: receipt.accepted,
        duplicates: receipt.duplicates,
    }))
}

/// What reading the refused records again came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadAgain {
    /// Now taken.
    accepted: usize,
    /// Taken before, in another delivery.
    duplicates: usize,
    /// Still refused.
    refused: usize,
    /// Kept only in part: send them again.
    cut: usize,
}

async fn replay(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    op.require(Access::ManageSources)?;
    let again = sources::replay(&op, &slug).await?;
    Ok(one(&ReadAgain {
        accepted: again.accepted,
        duplicates: again.duplicates,
        refused: again.refused,
        cut: again.cut,
    }))
}
