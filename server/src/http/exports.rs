//! Exports of exactly what a list shows, streamed: a chunk is read when the one before has been taken.

use std::future::Future;

use app::pages::identities::address;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::events::EventFilter;
use contract::findings::{FindingFilter, FindingRow};
use contract::identities::{IdentityFilter, IdentityRow, IdentitySort};
use futures::stream::try_unfold;
use serde::Serialize;
use service::events::Exported;
use service::{Op, events, findings, identities};

use super::{AppState, Operation, Problem};

/// The files beside the lists.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/identities.csv", get(csv::<Identities>))
        .route("/identities.json", get(json::<Identities>))
        .route("/findings.csv", get(csv::<Findings>))
        .route("/findings.json", get(json::<Findings>))
        .route("/events.csv", get(csv::<Events>))
        .route("/events.ndjson", get(lines::<Events>))
}

type Pairs = Query<Vec<(String, String)>>;

/// A list that can be taken home, under one filter.
trait List: Send + Sync + 'static {
    /// What stands on a line.
    type Row: Serialize + Send;

    /// The file's name without its ending.
    const NAME: &'static str;

    /// Reads the filter as the list's own address writes it.
    fn read(pairs: Vec<(String, String)>) -> Self;

    /// The next rows, and where those after them begin.
    fn page(
        &self,
        op: &Op,
        after: Option<&str>,
    ) -> impl Future<Output = service::Result<(Vec<Self::Row>, Option<String>)>> + Send;

    /// The head line of the CSV.
    fn csv_head() -> service::Result<Vec<u8>>;

    /// Rows as CSV.
    fn csv_rows(rows: &[Self::Row]) -> service::Result<Vec<u8>>;
}

/// The inventory.
struct Identities(IdentityFilter, IdentitySort);

impl List for Identities {
    type Row = IdentityRow;

    const NAME: &'static str = "identities";

    fn read(pairs: Vec<(String, String)>) -> Self {
        let params = pairs.into_iter().collect();
        Self(address::filter(&params), address::sort(&params))
    }

    async fn page(
        &self,
        op: &Op,
        after: Option<&str>,
    ) -> service::Result<(Vec<IdentityRow>, Option<String>)> {
        let page = identities::export_page(op, &self.0, self.1, after).await?;
        Ok((page.rows, page.next))
    }

    fn csv_head() -> service::Result<Vec<u8>> {
        identities::csv_head()
    }

    fn csv_rows(rows: &[IdentityRow]) -> service::Result<Vec<u8>> {
        identities::csv_rows(rows)
    }
}

/// The findings.
struct Findings(FindingFilter);

impl List for Findings {
    type Row = FindingRow;

    const NAME: &'static str = "findings";

    fn read(pairs: Vec<(String, String)>) -> Self {
        Self(app::pages::findings::filter(&pairs.into_iter().collect()))
    }

    async fn page(
        &self,
        op: &Op,
        after: Option<&str>,
    ) -> service::Result<(Vec<FindingRow>, Option<String>)> {
        let page = findings::export_page(op, &self.0, after).await?;
        Ok((page.rows, page.next))
    }

    fn csv_head() -> service::Result<Vec<u8>> {
        findings::csv_head()
    }

    fn csv_rows(rows: &[FindingRow]) -> service::Result<Vec<u8>> {
        findings::csv_rows(rows)
    }
}

/// The explorer.
struct Events(EventFilter, Option<i64>);

impl List for Events {
    type Row = Exported;

    const NAME: &'static str = "events";

    fn read(pairs: Vec<(String, String)>) -> Self {
        let (filter, hours) = app::pages::events::filter(&pairs.into_iter().collect());
        Self(filter, hours)
    }

    async fn page(
        &self,
        op: &Op,
        after: Option<&str>,
    ) -> service::Result<(Vec<Exported>, Option<String>)> {
        let page = events::export_page(op, &self.0, self.1, after).await?;
        Ok((page.rows, page.next))
    }

    fn csv_head() -> service::Result<Vec<u8>> {
        events::csv_head()
    }

    fn csv_rows(rows: &[Exported]) -> service::Result<Vec<u8>> {
        events::csv_rows(rows)
    }
}

/// In which form rows are written.
#[derive(Clone, Copy)]
enum Form {
    Csv,
    Json,
    Lines,
}

/// The rest of an export.
struct Rest<L> {
    op: Op,
    list: L,
    form: Form,
    after: Option<String>,
    begun: bool,
    ended: bool,
}

async fn csv<L: List>(op: Operation, Query(pairs): Pairs) -> Result<Response, Problem> {
    export(op, L::read(pairs), Form::Csv).await
}

async fn json<L: List>(op: Operation, Query(pairs): Pairs) -> Result<Response, Problem> {
    export(op, L::read(pairs), Form::Json).await
}

async fn lines<L: List>(op: Operation, Query(pairs): Pairs) -> Result<Response, Problem> {
    export(op, L::read(pairs), Form::Lines).await
}

async fn export<L: List>(
    Operation(op): Operation,
    list: L,
    form: Form,
) -> Result<Response, Problem> {
    let rest = Rest {
        op,
        list,
        form,
        after: None,
        begun: false,
        ended: false,
    };
    // The first chunk is read before the status is sent, so that a refusal is a refusal.
    let Some((first, rest)) = next(rest).await? else {
        return Err(Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The export is empty.",
        ));
    };
    let (kind, ending) = match form {
        Form::Csv => ("text/csv; charset=utf-8", "csv"),
        Form::Json => ("application/json", "json"),
        Form::Lines => ("application/x-ndjson", "ndjson"),
    };
    let head = futures::stream::once(async { Ok(first) });
    let tail = try_unfold(rest, |rest| async {
        next(rest)
            .await
            .map_err(|_| std::io::Error::other("export"))
    });
    let body = Body::from_stream(futures::StreamExt::chain(head, tail));
    let disposition = format!("attachment; filename=\"{}.{ending}\"", L::NAME);
    Ok((
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        body,
    )
        .into_response())
}

async fn next<L: List>(mut rest: Rest<L>) -> service::Result<Option<(Bytes, Rest<L>)>> {
    if rest.ended {
        return Ok(None);
    }
    let (rows, after) = rest.list.page(&rest.op, rest.after.as_deref()).await?;
    rest.ended = after.is_none();
    rest.after = after;
    let bytes = match rest.form {
        Form::Csv => as_csv::<L>(&rows, rest.begun)?,
        Form::Json => as_json(&rows, rest.begun, rest.ended)?,
        Form::Lines => as_lines(&rows)?,
    };
    rest.begun = true;
    Ok(Some((bytes.into(), rest)))
}

fn as_csv<L: List>(rows: &[L::Row], begun: bool) -> service::Result<Vec<u8>> {
    let mut out = if begun { Vec::new() } else { L::csv_head()? };
    out.extend(L::csv_rows(rows)?);
    Ok(out)
}

fn as_lines<T: Serialize>(rows: &[T]) -> service::Result<Vec<u8>> {
    let mut out = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut out, row)
            .map_err(|_| service::Error::Internal("The export could not be written.".to_owned()))?;
        out.push(b'\n');
    }
    Ok(out)
}

fn as_json<T: Serialize>(rows: &[T], begun: bool, ended: bool) -> service::Result<Vec<u8>> {
    let mut out = if begun { Vec::new() } else { b"[".to_vec() };
    for (n, row) in rows.iter().enumerate() {
        out.extend_from_slice(if begun || n > 0 { b",\n" } else { b"\n" });
        serde_json::to_writer(&mut out, row)
            .map_err(|_| service::Error::Internal("The export could not be written.".to_owned()))?;
    }
    if ended {
        out.extend_from_slice(b"\n]\n");
    }
    Ok(out)
}
