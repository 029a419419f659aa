//! Exports of exactly what a list shows, streamed: a chunk is read when the one before has been taken.

use app::pages::identities::address;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::identities::{IdentityFilter, IdentityRow, IdentitySort};
use futures::stream::try_unfold;
use service::{Op, identities};

use super::{AppState, Operation, Problem};

/// The files beside the lists.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/identities.csv", get(csv))
        .route("/identities.json", get(json))
}

/// In which form rows are written.
#[derive(Clone, Copy)]
enum Form {
    Csv,
    Json,
}

/// The rest of an export.
struct Rest {
    op: Op,
    filter: IdentityFilter,
    sort: IdentitySort,
    form: Form,
    after: Option<String>,
    begun: bool,
    ended: bool,
}

async fn csv(op: Operation, query: Query<Vec<(String, String)>>) -> Result<Response, Problem> {
    export(op, query, Form::Csv).await
}

async fn json(op: Operation, query: Query<Vec<(String, String)>>) -> Result<Response, Problem> {
    export(op, query, Form::Json).await
}

async fn export(
    Operation(op): Operation,
    Query(pairs): Query<Vec<(String, String)>>,
    form: Form,
) -> Result<Response, Problem> {
    let params = pairs.into_iter().collect();
    let rest = Rest {
        op,
        filter: address::filter(&params),
        sort: address::sort(&params),
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
    let (kind, name) = match form {
        Form::Csv => ("text/csv; charset=utf-8", "identities.csv"),
        Form::Json => ("application/json", "identities.json"),
    };
    let head = futures::stream::once(async { Ok(first) });
    let tail = try_unfold(rest, |rest| async {
        next(rest)
            .await
            .map_err(|_| std::io::Error::other("export"))
    });
    let body = Body::from_stream(futures::StreamExt::chain(head, tail));
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok((
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        body,
    )
        .into_response())
}

async fn next(mut rest: Rest) -> service::Result<Option<(Bytes, Rest)>> {
    if rest.ended {
        return Ok(None);
    }
    let page =
        identities::export_page(&rest.op, &rest.filter, rest.sort, rest.after.as_deref()).await?;
    rest.ended = page.next.is_none();
    rest.after = page.next;
    let bytes = match rest.form {
        Form::Csv => as_csv(&page.rows, rest.begun)?,
        Form::Json => as_json(&page.rows, rest.begun, rest.ended)?,
    };
    rest.begun = true;
    Ok(Some((bytes.into(), rest)))
}

fn as_csv(rows: &[IdentityRow], begun: bool) -> service::Result<Vec<u8>> {
    let mut out = if begun {
        Vec::new()
    } else {
        identities::csv_head()?
    };
    out.extend(identities::csv_rows(rows)?);
    Ok(out)
}

fn as_json(rows: &[IdentityRow], begun: bool, ended: bool) -> service::Result<Vec<u8>> {
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
