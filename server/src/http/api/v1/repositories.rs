//! `/api/v1/repositories`: repositories whose pipelines are kept, with what their jobs can become and what is wrong with
//! them. Kept are the facts of jobs and the findings, never the text of a file.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use contract::findings::Severity;
use contract::ids::RepositoryId;
use contract::pipelines::{Kept, RepositoryRow, RepositoryView};
use contract::trust::PipelineReach;
use domain::access::Access;
use domain::trust::scan::Brought;
use serde::{Deserialize, Serialize};
use service::trust::{self, Named};
use service::{Error, Op, OpKind};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::list::{Asked, Fields, Pairs, made, wrong};
use super::wire::{Finding, words};
use crate::http::problem::usual;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/repositories", get(list))
        .route("/repositories/{id}", get(view).delete(forget))
}

/// What takes files, which are longer than a form.
pub fn uploads() -> Router<AppState> {
    Router::new().route("/repositories", post(keep))
}

/// A repository whose pipelines are kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Repository {
    /// Id.
    id: Uuid,
    /// `github` or `gitlab`.
    forge: String,
    /// Name, as `owner/name`.
    name: String,
    /// Address of a forge of one's own; empty for the vendor's.
    host: String,
    /// Pipeline files read the last time.
    files: i64,
    /// Jobs in them.
    jobs: i64,
    /// When its files came last.
    scanned_at: Option<DateTime<Utc>>,
    /// When its protections came last.
    governed_at: Option<DateTime<Utc>>,
    /// Open findings by severity, worst first; only severities that occur.
    open: Vec<OpenFindings>,
}

/// How many findings of a severity are open.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenFindings {
    /// Severity.
    #[schema(schema_with = words::severity)]
    severity: Severity,
    /// How many.
    count: i64,
}

impl From<RepositoryRow> for Repository {
    fn from(row: RepositoryRow) -> Self {
        let open = row.open.into_iter();
        Self {
            id: row.id.0,
            forge: row.forge,
            name: row.name,
            host: row.host,
            files: row.files,
            jobs: row.jobs,
            scanned_at: row.scanned_at,
            governed_at: row.governed_at,
            open: open
                .map(|(severity, count)| OpenFindings { severity, count })
                .collect(),
        }
    }
}

/// A repository with what its jobs can become, and its findings.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepositoryDetail {
    /// As lists show it.
    #[serde(flatten)]
    repository: Repository,
    /// Default branch; empty when it is not known.
    default_branch: String,
    /// Ids of owner and repository, as `123:456`; empty when not known.
    ids: String,
    /// Who brought it last.
    changed_by: String,
    /// When.
    changed_at: DateTime<Utc>,
    /// What could not be read the last time.
    problems: Vec<Unreadable>,
    /// Jobs with the identities they can become, as trusts are now.
    reaches: Vec<Reach>,
    /// Trusts of the roll they were joined with.
    trusts: i64,
    /// Its findings that are not resolved, worst first; at most 300.
    findings: Vec<Finding>,
    /// How many there are.
    findings_count: i64,
}

/// A file that could not be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unreadable {
    /// Its name.
    name: String,
    /// Why.
    why: String,
}

impl From<(String, String)> for Unreadable {
    fn from((name, why): (String, String)) -> Self {
        Self { name, why }
    }
}

/// A job that can become an identity.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reach {
    /// File.
    path: String,
    /// Job.
    job: String,
    /// Events it runs for, with commas.
    events: String,
    /// Subject of its token.
    subject: String,
    /// Id of the identity.
    identity_id: Uuid,
    /// Its name.
    identity: String,
    /// It cannot be told for certain.
    uncertain: bool,
}

impl From<PipelineReach> for Reach {
    fn from(reach: PipelineReach) -> Self {
        Self {
            path: reach.path,
            job: reach.job,
            events: reach.events,
            subject: reach.subject,
            identity_id: reach.identity.0,
            identity: reach.name,
            uncertain: reach.uncertain,
        }
    }
}

impl From<RepositoryView> for RepositoryDetail {
    fn from(view: RepositoryView) -> Self {
        Self {
            repository: view.row.into(),
            default_branch: view.default_branch,
            ids: view.ids,
            changed_by: view.changed_by,
            changed_at: view.changed_at,
            problems: view.problems.into_iter().map(Unreadable::from).collect(),
            reaches: view.reaches.into_iter().map(Reach::from).collect(),
            trusts: view.trusts,
            findings: view.findings.into_iter().map(Finding::from).collect(),
            findings_count: view.open,
        }
    }
}

/// A repository's pipelines: files stand for all of its files, protections for all of its protections, a tool's results
/// for all of that tool's; what is not sent stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pipelines {
    /// `github` or `gitlab`; GitHub when empty.
    #[schema(example = "github")]
    forge: String,
    /// Name, as `owner/name`.
    #[schema(example = "acme/shop")]
    repository: String,
    /// Address of a forge of one's own; empty for the vendor's.
    host: String,
    /// Ids of owner and repository, as `123:456`; empty leaves what is known.
    ids: String,
    /// Default branch; empty leaves what is known.
    #[schema(example = "main")]
    default_branch: String,
    /// Workflow files; what the forge's API prints of protections; results of other tools, as SARIF.
    files: Vec<PipelineFile>,
}

/// A file of a repository, or about it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineFile {
    /// Its path in the repository; what it is, is told from path and text.
    #[schema(example = ".github/workflows/deploy.yml")]
    path: String,
    /// Its text.
    #[schema(example = "on: push")]
    text: String,
}

/// What keeping a repository's pipelines came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipelinesKept {
    /// Id of the repository.
    id: Uuid,
    /// Its name.
    name: String,
    /// Files read.
    files: i64,
    /// Findings opened now, or opened again.
    opened: i64,
    /// Findings resolved now.
    resolved: i64,
    /// Findings that stand.
    standing: i64,
    /// What could not be read.
    problems: Vec<Unreadable>,
}

impl From<Kept> for PipelinesKept {
    fn from(kept: Kept) -> Self {
        Self {
            id: kept.id.0,
            name: kept.name,
            files: kept.files,
            opened: kept.opened,
            resolved: kept.resolved,
            standing: kept.standing,
            problems: kept.problems.into_iter().map(Unreadable::from).collect(),
        }
    }
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    // They are nobody's in particular, and tell of identities of everybody.
    op.require(Access::ViewPeople)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, Repository>(trust::repositories(&op).await?.rows)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewPeople)?;
    let view = trust::repository(&op, read(&id)?).await?;
    fields.of(RepositoryDetail::from(view))
}

async fn keep(
    State(state): State<AppState>,
    Operation(op): Operation,
    request: Request,
) -> Result<Response, Problem> {
    op.require(Access::ImportInventory)?;
    let _place = crate::http::imports::place().await;
    let body = Bytes::from_request(request, &())
        .await
        .map_err(|refused| usual(refused.status()))?;
    let pipelines: Pipelines = sent(&body)?;
    let mut brought = Brought::default();
    for file in &pipelines.files {
        brought.take(&file.path, file.text.as_bytes());
    }
    if brought.is_empty() && brought.wrong.is_empty() {
        return Err(Error::field("files", "Send at least one file.").into());
    }
    let named = Named {
        forge: pipelines.forge,
        name: pipelines.repository,
        host: pipelines.host,
        ids: pipelines.ids,
        default_branch: pipelines.default_branch,
    };
    // Long files took their time to arrive: what follows happens now.
    let Op {
        actor, request_id, ..
    } = op;
    let op = state.services.op(actor, OpKind::Request, request_id);
    let kept = trust::keep(&op, &named, brought).await?;
    Ok(made(PipelinesKept::from(kept)))
}

async fn forget(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    op.require(Access::ImportInventory)?;
    trust::forget(&op, read(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(id: &str) -> Result<RepositoryId, Problem> {
    id.parse()
        .map_err(|_| wrong("id", "is no id of a repository"))
}
