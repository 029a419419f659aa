//! The upload of a file for import, which is longer than a form, and its progress as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use app::pages::imports::{Problem as Wrong, words};
use app::paths;
use axum::Router;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use contract::ids::ImportId;
use contract::imports::{ImportHint, ImportProgress};
use domain::access::Access;
use futures::stream::unfold;
use futures::{Stream, StreamExt as _};
use serde_json::json;
use service::imports::files::{self, Upload};
use service::{Op, OpKind};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{AppState, Operation, Problem};

/// Files held in memory at one time; more wait for their turn.
static PLACES: Semaphore = Semaphore::const_new(2);

/// Longest text field beside the file, in bytes.
pub(super) const MOST_TEXT: usize = 1024;

/// How many times its limit a file may be long for us to hear it out, so that the browser shows our answer and not a
/// broken connection.
const PATIENCE: usize = 4;

/// How often the progress is told.
const TICK: Duration = Duration::from_millis(500);

/// Events on one connection; the browser comes back for more, with its session looked at anew.
const TICKS: usize = 60;

/// The upload, and what is told of it.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/imports/upload", post(upload))
        .layer(DefaultBodyLimit::disable())
        .route("/imports/{id}/progress", get(progress))
}

/// A place among the files that are held in memory.
pub(super) async fn place() -> Option<SemaphorePermit<'static>> {
    PLACES.acquire().await.ok()
}

async fn upload(
    State(state): State<AppState>,
    Operation(op): Operation,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    op.require(Access::ImportInventory)?;
    let Ok(form) = form else {
        return Ok(back(Wrong::Broken));
    };
    let _place = place().await;
    let upload = match read(form, state.config.limits.import_bytes).await {
        Ok(upload) if upload.bytes.is_empty() => return Ok(back(Wrong::Nothing)),
        Ok(upload) => upload,
        Err(wrong) => return Ok(back(wrong)),
    };
    // A long file took its time to arrive: what follows happens now.
    let Op {
        actor, request_id, ..
    } = op;
    let op = state.services.op(actor, OpKind::Request, request_id);
    let id = files::upload(&op, upload).await?;
    Ok(Redirect::to(&paths::import(id)).into_response())
}

fn back(wrong: Wrong) -> Response {
    Redirect::to(&paths::upload_refused(wrong.as_str())).into_response()
}

async fn read(mut form: Multipart, most: usize) -> Result<Upload, Wrong> {
    let mut upload = Upload {
        file: String::new(),
        bytes: Vec::new(),
        hint: ImportHint::default(),
    };
    while let Some(field) = form.next_field().await.map_err(|_| Wrong::Broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            upload.file = field.file_name().unwrap_or_default().to_owned();
            upload.bytes = content(field, most).await?;
            continue;
        }
        let text = content(field, MOST_TEXT).await?;
        let word = String::from_utf8_lossy(&text).trim().to_owned();
        match name.as_str() {
            // A word nobody offered is as good as none: the file is looked at in any case.
            "format" => upload.hint.format = word.parse().ok(),
            "kind" => upload.hint.kind = word.parse().ok(),
            "subject" => upload.hint.subject = word.chars().take(200).collect(),
            _ => {}
        }
    }
    Ok(upload)
}

/// Why a part of an upload cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is longer than what is taken.
    TooLarge,
    /// It did not come whole.
    Broken,
}

impl From<Unread> for Wrong {
    fn from(why: Unread) -> Self {
        match why {
            Unread::TooLarge => Self::TooLarge,
            Unread::Broken => Self::Broken,
        }
    }
}

/// The bytes of a field. Of one that is too long nothing is kept, and the rest of it is let pass.
pub(super) async fn content(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    let mut length = 0_usize;
    while let Some(chunk) = field.chunk().await.map_err(|_| Unread::Broken)? {
        length = length.saturating_add(chunk.len());
        if length <= most {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
        if length > most.saturating_mul(PATIENCE) {
            return Err(Unread::TooLarge);
        }
    }
    if length > most {
        return Err(Unread::TooLarge);
    }
    Ok(bytes)
}

async fn progress(
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let id: ImportId = id.parse().map_err(|_| service::Error::NotFound("import"))?;
    // Asked before the status is sent, so that a refusal is a refusal.
    let first = files::progress(&op, id).await?;
    let told = unfold(Some((op, id, Some(first), 0)), |state| async {
        let (op, id, first, ticks) = state?;
        let now = if let Some(first) = first {
            first
        } else {
            tokio::time::sleep(TICK).await;
            files::progress(&op, id).await.ok()?
        };
        let more = (now.state.is_under_way() && ticks < TICKS).then_some((op, id, None, ticks + 1));
        Some((event(&now), more))
    });
    Ok(Sse::new(told.map(Ok)))
}

fn event(progress: &ImportProgress) -> Event {
    let told = json!({
        "value": progress.of.map(|of| progress.rows.min(of)),
        "max": progress.of,
        "words": words(progress),
    });
    let name = if progress.state.is_under_way() {
        "progress"
    } else {
        "done"
    };
    Event::default()
        .event(name)
        .retry(TICK)
        .data(told.to_string())
}
