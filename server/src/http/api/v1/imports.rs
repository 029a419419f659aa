//! `/api/v1/imports`: a file is sent, looked at, confirmed or discarded, as on the page.

mod report;

use app::query::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Path, Query, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use contract::ids::ImportId;
use contract::imports::{
    ImportFormat, ImportHint, ImportKind, ImportMapping, ImportRow, ImportState, ImportView,
};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::imports::files::{self, Upload};
use service::{Op, OpKind};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::changes::Made;
use super::list::{Asked, Fields, Pairs, made, one, wrong};
use super::wire::words;
use crate::http::problem::usual;
use crate::http::{AppState, Operation, Problem};

use report::ImportReport;

/// Parameters of a file that is sent.
pub const FILE: &[&str] = &["file", "format", "kind", "subject"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/imports", get(list))
        .route("/imports/{id}", get(view))
        .route("/imports/{id}/mapping", post(remap))
        .route("/imports/{id}/confirmation", post(confirm))
        .route("/imports/{id}/discard", post(discard))
}

/// What takes a file, which is longer than a form.
pub fn uploads() -> Router<AppState> {
    Router::new().route("/imports", post(upload))
}

/// An uploaded file, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    /// Id.
    id: Uuid,
    /// The file's name.
    file: String,
    /// Its length in bytes.
    size: i64,
    /// Where it stands: `ready` waits for its confirmation.
    #[schema(schema_with = words::import_state)]
    state: ImportState,
    /// What its rows do, over all kinds; absent before it was read once.
    totals: Option<ImportTotals>,
    /// Rows that cannot be taken.
    problems: i64,
    /// Who brought it.
    by: String,
    /// When it came.
    created_at: DateTime<Utc>,
    /// When it last changed its state.
    updated_at: DateTime<Utc>,
}

/// How many rows do what.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportTotals {
    /// New.
    create: i64,
    /// Changed.
    update: i64,
    /// As they are already.
    unchanged: i64,
    /// Left out, because they contradict what stands in the roll.
    conflict: i64,
}

impl From<ImportRow> for Import {
    fn from(row: ImportRow) -> Self {
        let totals = row.totals;
        Self {
            id: row.id.0,
            file: row.file,
            size: row.size,
            state: row.state,
            totals: totals.map(|[create, update, unchanged, conflict]| ImportTotals {
                create,
                update,
                unchanged,
                conflict,
            }),
            problems: row.problems,
            by: row.by,
            created_at: row.at,
            updated_at: row.updated_at,
        }
    }
}

/// An import with its preview, or its result.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportDetail {
    /// As lists show it.
    #[serde(flatten)]
    import: Import,
    /// Format that was said; absent means told from the content.
    #[schema(schema_with = words::import_format_or_none)]
    format: Option<ImportFormat>,
    /// What its rows are taken to be about, where that is known.
    #[schema(schema_with = words::import_kind_or_none)]
    kind: Option<ImportKind>,
    /// The identity or repository it was said to belong to.
    subject: String,
    /// Columns of a table, and the field each is taken for.
    columns: Vec<ImportColumn>,
    /// Fields a column may be taken for.
    choices: Vec<String>,
    /// Rows read so far.
    rows_read: i64,
    /// Rows there are; absent where nobody knows before the end.
    rows: Option<i64>,
    /// What it would do, or did; absent before it was read.
    report: Option<ImportReport>,
    /// Why it ended where it did; empty where that needs no words.
    reason: String,
    /// Until when the file waits; absent when it is gone.
    kept_until: Option<DateTime<Utc>>,
}

/// A column of a table, and what it is taken for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportColumn {
    /// Its header.
    #[schema(example = "Dienst")]
    column: String,
    /// The field; empty leaves the column out.
    #[schema(example = "name")]
    field: String,
}

impl From<ImportView> for ImportDetail {
    fn from(view: ImportView) -> Self {
        let columns = view.columns.into_iter();
        Self {
            import: view.row.into(),
            format: view.hint.format,
            kind: view.kind,
            subject: view.hint.subject,
            columns: columns
                .map(|(column, field)| ImportColumn { column, field })
                .collect(),
            choices: view.fields,
            rows_read: view.progress.rows,
            rows: view.progress.of,
            report: view.report.map(ImportReport::from),
            reason: view.reason,
            kept_until: view.kept_until,
        }
    }
}

/// How a file is to be read; what is left out is told from the file.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImportReading {
    /// Format word, or empty.
    #[schema(example = "csv")]
    format: String,
    /// Word of what its rows are about, or empty.
    #[schema(example = "identities")]
    kind: String,
    /// The identity or repository it belongs to, or empty.
    subject: String,
    /// Columns whose headers do not say what they mean.
    columns: Vec<ImportColumn>,
}

/// That the preview was looked at.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImportConfirmation {
    /// Save the good rows of a file that has bad ones.
    skip_problems: bool,
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ImportInventory)?;
    let asked = Asked::read(pairs)?.strictly(&Address::new("/imports"), &[])?;
    let after = asked.cursor(files::is_cursor)?;
    let page = files::rows(&op, after, asked.limit).await?;
    asked.answer::<_, Import>(&op.settings().public_url, "/imports", page)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ImportInventory)?;
    fields.of(ImportDetail::from(files::view(&op, read(&id)?).await?))
}

async fn upload(
    State(state): State<AppState>,
    Operation(op): Operation,
    request: Request,
) -> Result<Response, Problem> {
    op.require(Access::ImportInventory)?;
    let (file, hint) = named(request.uri())?;
    let _place = crate::http::imports::place().await;
    let bytes = Bytes::from_request(request, &())
        .await
        .map_err(|refused| usual(refused.status()))?;
    // A long file took its time to arrive: what follows happens now.
    let Op {
        actor, request_id, ..
    } = op;
    let op = state.services.op(actor, OpKind::Request, request_id);
    let upload = Upload {
        file,
        bytes: bytes.into(),
        hint,
    };
    let id = files::upload(&op, upload).await?;
    Ok(made(Made { id: id.0 }))
}

/// The file's name, and what is said of it. A word nobody knows is refused, not left out.
fn named(uri: &Uri) -> Result<(String, ImportHint), Problem> {
    let Query(pairs): Pairs = Query::try_from_uri(uri).unwrap_or_default();
    let (mut file, mut hint) = (String::new(), ImportHint::default());
    for (place, (name, value)) in pairs.iter().enumerate() {
        if pairs[..place].iter().any(|(before, _)| before == name) {
            return Err(wrong(name, "is given twice"));
        }
        let word = value.trim();
        let unknown = || wrong(name, format!("has no value {word:?}"));
        match name.as_str() {
            "format" | "kind" if word.is_empty() => {}
            "file" => value.clone_into(&mut file),
            "format" => hint.format = Some(word.parse().map_err(|_| unknown())?),
            "kind" => hint.kind = Some(word.parse().map_err(|_| unknown())?),
            "subject" => hint.subject = word.chars().take(200).collect(),
            _ => {
                let there = FILE.join(", ");
                return Err(wrong(
                    name,
                    format!("is no parameter here; there are {there}"),
                ));
            }
        }
    }
    Ok((file, hint))
}

async fn remap(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ImportInventory)?;
    let id = read(&id)?;
    let reading: ImportReading = sent(&body)?;
    let columns = reading.columns.into_iter();
    let (column, field) = columns.map(|it| (it.column, it.field)).unzip();
    let input = ImportMapping {
        format: reading.format,
        kind: reading.kind,
        subject: reading.subject,
        column,
        field,
    };
    files::remap(&op, id, &input).await?;
    stands(&op, id).await
}

async fn confirm(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ImportInventory)?;
    let id = read(&id)?;
    let confirmation: ImportConfirmation = sent(&body)?;
    files::confirm(&op, id, confirmation.skip_problems).await?;
    stands(&op, id).await
}

async fn discard(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    op.require(Access::ImportInventory)?;
    files::discard(&op, read(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn stands(op: &Op, id: ImportId) -> Result<Response, Problem> {
    Ok(one(&ImportDetail::from(files::view(op, id).await?)))
}

fn read(id: &str) -> Result<ImportId, Problem> {
    id.parse().map_err(|_| wrong("id", "is no id of an import"))
}
