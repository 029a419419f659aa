//! The upload of a repository's pipelines: workflow files, a zip of the repository, what its API prints, results of other
//! tools. It is longer than a form, and it is judged while the person waits.

use app::pages::trust::pipelines::Problem as Wrong;
use app::paths;
use axum::Router;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use domain::access::Access;
use domain::trust::scan::Brought;
use service::trust::Named;
use service::{Op, OpKind};
use tokio::sync::Semaphore;

use super::imports::{MOST_TEXT, Unread, content};
use super::{AppState, Operation, Problem};

/// Uploads held in memory at one time; more wait for their turn.
static PLACES: Semaphore = Semaphore::const_new(2);

/// The upload.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/trust/pipelines/upload", post(upload))
        .layer(DefaultBodyLimit::disable())
}

async fn upload(
    State(state): State<AppState>,
    Operation(op): Operation,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    op.require(Access::ImportInventory)?;
    let Ok(form) = form else {
        return Ok(back(&Wrong::Broken.told()));
    };
    let _place = PLACES.acquire().await;
    let (named, brought) = match read(form, state.config.limits.import_bytes).await {
        Ok((_, brought)) if brought.is_empty() && brought.wrong.is_empty() => {
            return Ok(back(&Wrong::Nothing.told()));
        }
        Ok(read) => read,
        Err(Unread::TooLarge) => return Ok(back(&Wrong::TooLarge.told())),
        Err(Unread::Broken) => return Ok(back(&Wrong::Broken.told())),
    };
    // A long upload took its time to arrive: what follows happens now.
    let Op {
        actor, request_id, ..
    } = op;
    let op = state.services.op(actor, OpKind::Request, request_id);
    match service::trust::keep(&op, &named, brought).await {
        Ok(kept) => Ok(Redirect::to(&paths::repository(kept.id)).into_response()),
        Err(service::Error::Invalid(fields)) => {
            let told: Vec<String> = fields.into_iter().map(|it| it.message).collect();
            Ok(back(&told.join(" ")))
        }
        Err(error) => Err(error.into()),
    }
}

fn back(wrong: &str) -> Response {
    Redirect::to(&paths::pipelines_refused(wrong)).into_response()
}

async fn read(mut form: Multipart, most: usize) -> Result<(Named, Brought), Unread> {
    let (mut named, mut brought) = (Named::default(), Brought::default());
    let mut left = most;
    while let Some(field) = form.next_field().await.map_err(|_| Unread::Broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file = field.file_name().unwrap_or_default().to_owned();
            let bytes = content(field, left).await?;
            left -= bytes.len().min(left);
            // A file field in which nothing was chosen is sent all the same.
            if !bytes.is_empty() {
                brought.take(&file, &bytes);
            }
            continue;
        }
        let text = content(field, MOST_TEXT).await?;
        let word = String::from_utf8_lossy(&text).trim().to_owned();
        match name.as_str() {
            "forge" => named.forge = word,
            "repository" => named.name = word,
            "host" => named.host = word,
            "ids" => named.ids = word,
            "default_branch" => named.default_branch = word,
            _ => {}
        }
    }
    Ok((named, brought))
}
