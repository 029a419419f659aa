//! The download of a sealed campaign's evidence: a plain file, so that it saves without a script.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::header;
use axum::response::Response;
use axum::routing::get;
use contract::ids::CampaignId;

use super::AppState;
use super::operation::Operation;
use super::problem::Problem;

/// The evidence of each campaign.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaigns/{id}/evidence.zip", get(download))
        .route("/campaigns/report.csv", get(report))
        .route("/campaigns/{id}/preview.csv", get(preview_csv))
        .route("/campaigns/{id}/preview.json", get(preview_json))
}

async fn preview_csv(op: Operation, id: Path<String>) -> Result<Response, Problem> {
    preview(op, id, true).await
}

async fn preview_json(op: Operation, id: Path<String>) -> Result<Response, Problem> {
    preview(op, id, false).await
}

/// Figures across campaigns, as a file.
async fn report(Operation(op): Operation) -> Result<Response, Problem> {
    let bytes = service::campaigns::report_csv(&op).await?;
    Response::builder()
        .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
        .header(
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"campaigns.csv\"",
        )
        .body(Body::from(bytes))
        .map_err(|error| service::Error::Internal(error.to_string()).into())
}

/// The whole preview of a draft, as a file.
async fn preview(
    Operation(op): Operation,
    Path(id): Path<String>,
    csv: bool,
) -> Result<Response, Problem> {
    let id: CampaignId = id
        .parse()
        .map_err(|_| service::Error::NotFound("campaign"))?;
    let bytes = service::campaigns::export_preview(&op, id, csv).await?;
    let (kind, name) = if csv {
        ("text/csv; charset=utf-8", "preview.csv")
    } else {
        ("application/json", "preview.json")
    };
    Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        )
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from(bytes))
        .map_err(|error| service::Error::Internal(error.to_string()).into())
}

async fn download(Operation(op): Operation, Path(id): Path<String>) -> Result<Response, Problem> {
    let id: CampaignId = id
        .parse()
        .map_err(|_| service::Error::NotFound("campaign"))?;
    file(op, id).await
}

/// The pack of a sealed campaign, as a file.
pub(super) async fn file(op: service::Op, id: CampaignId) -> Result<Response, Problem> {
    let name = service::evidence::begin_export(&op, id).await?;
    let body = futures::stream::try_unfold((op, 0), move |(op, number)| async move {
        match service::evidence::export_piece(&op, id, number).await {
            Ok(Some(piece)) => Ok(Some((Bytes::from(piece), (op, number + 1)))),
            Ok(None) => Ok(None),
            Err(_) => Err(std::io::Error::other("the pack cannot be read")),
        }
    });
    // The name is made of ASCII letters, digits and dashes.
    Response::builder()
        .header(header::CONTENT_TYPE, "application/zip")
        .header(
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        )
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from_stream(body))
        .map_err(|error| service::Error::Internal(error.to_string()).into())
}
