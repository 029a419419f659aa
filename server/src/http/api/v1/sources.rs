//! `/api/v1/sources`: connections that send events.

use app::query::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, NaiveDate, Utc};
use contract::sources::{SourceCreated, SourceInput, SourceRow};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::sources;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{Asked, Pairs, made, one, sent};
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sources", get(list).post(create))
        .route("/sources/{slug}", get(view))
        .route("/sources/{slug}/token", post(renew))
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
    let asked = Asked::read(pairs)?.strictly(&Address::new("/sources"), &[])?;
    asked.cursor(|_| false)?;
    let page = contract::Page {
        rows: sources::list(&op).await?.rows,
        next: None,
        total: None,
    };
    Ok(asked.answer::<_, Source>(&op.settings().public_url, "/sources", page))
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    Ok(one(Source::from(sources::get(&op, &slug).await?.row)))
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
    Ok(made(SourceToken::from(
        sources::renew_token(&op, &slug).await?,
    )))
}
