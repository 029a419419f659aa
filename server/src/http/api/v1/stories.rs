//! `/api/v1/stories`: production deployments of a day, and one run as a story: which event proves each link from the
//! person to what was deployed, or which source would have. What `rollcall trail` says, for machines.

use app::query::Address;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use contract::events::{EventKind, Outcome};
use contract::stories::{
    ChainLink, ChainStep, LatestRun, LinkStanding, RunRow, StoryEvent, StoryFound, StoryView,
};
use domain::access::Access;
use serde::Serialize;
use service::{Error, identities, stories};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{Asked, Fields, Pairs, bad_request, identity};
use super::wire::words;
use crate::http::{AppState, Operation, Problem};

/// Names of the filter.
pub const FILTER: &[&str] = &["day"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/stories", get(list))
        .route("/stories/{name}", get(view))
        .route("/identities/{id}/runs", get(runs))
}

/// A link of the chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoryLink {
    /// Which link.
    #[schema(schema_with = words::chain_step)]
    step: ChainStep,
    /// How it stands.
    #[schema(schema_with = words::link_standing)]
    standing: LinkStanding,
    /// What its event says, what is wrong, or which source would have shown it.
    says: String,
    /// The event that proves it, or speaks against it.
    event_id: Option<Uuid>,
}

impl From<ChainLink> for StoryLink {
    fn from(link: ChainLink) -> Self {
        Self {
            step: link.step,
            standing: link.standing,
            says: link.says,
            event_id: link.event.map(|event| event.0),
        }
    }
}

/// A run that deployed to production.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deployment {
    /// Repository and id, `owner/name#id`: the name of its story.
    name: String,
    /// Repository, `owner/name`.
    repository: String,
    /// The platform's id of the run; empty where the deployment is of none, which has no story.
    run_id: String,
    /// When it deployed first.
    at: DateTime<Utc>,
    /// Whether every link is proven.
    complete: bool,
    /// Links that are missing or doubtful.
    gaps: usize,
    /// The links, from the person to the deployment.
    chain: Vec<StoryLink>,
}

impl From<RunRow> for Deployment {
    fn from(row: RunRow) -> Self {
        Self {
            name: name(&row.repository, &row.run_id),
            repository: row.repository,
            run_id: row.run_id,
            at: row.at,
            complete: row.gaps == 0,
            gaps: row.gaps,
            chain: row.chain.into_iter().map(StoryLink::from).collect(),
        }
    }
}

/// An event of a story.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoryPart {
    /// The event; the feed has the whole of it.
    event_id: Uuid,
    /// When it happened.
    occurred_at: DateTime<Utc>,
    /// Kind.
    #[schema(schema_with = words::event_kind)]
    kind: EventKind,
    /// Outcome.
    #[schema(schema_with = words::event_outcome)]
    outcome: Outcome,
    /// Who did what to what.
    sentence: String,
    /// The source that told of it, by its word.
    source: String,
    /// The identity that acted.
    identity_id: Option<Uuid>,
    /// Why it belongs to the run.
    because: String,
    /// The event that led to it, where one did.
    from_event_id: Option<Uuid>,
    /// Whether nothing else could explain it.
    certain: bool,
}

impl From<StoryEvent> for StoryPart {
    fn from(event: StoryEvent) -> Self {
        let row = event.row;
        Self {
            event_id: row.id.0,
            occurred_at: row.occurred_at,
            kind: row.kind,
            outcome: row.outcome,
            sentence: row.sentence,
            source: row.source.0,
            identity_id: row.identity.map(|(id, _)| id.0),
            because: event.because,
            from_event_id: event.from.map(|event| event.0),
            certain: event.certain,
        }
    }
}

/// A run as one story.
#[derive(Debug, Serialize, ToSchema)]
pub struct Story {
    /// Repository and id, `owner/name#id`.
    name: String,
    /// Repository, `owner/name`.
    repository: String,
    /// The platform's id of the run.
    run_id: String,
    /// Its first event.
    first_at: DateTime<Utc>,
    /// Its last one.
    last_at: DateTime<Utc>,
    /// Whether it speaks of production.
    production: bool,
    /// Whether every link is proven.
    complete: bool,
    /// Links that are missing or doubtful.
    gaps: usize,
    /// The links, from the person to the deployment.
    chain: Vec<StoryLink>,
    /// Its events, oldest first.
    events: Vec<StoryPart>,
    /// Whether more events were there than were looked at.
    cut: bool,
}

impl From<StoryView> for Story {
    fn from(view: StoryView) -> Self {
        let (first_at, last_at) = view.span;
        Self {
            name: name(&view.repository, &view.run_id),
            repository: view.repository,
            run_id: view.run_id,
            first_at,
            last_at,
            production: view.production,
            complete: view.gaps == 0,
            gaps: view.gaps,
            chain: view.chain.into_iter().map(StoryLink::from).collect(),
            events: view.events.into_iter().map(StoryPart::from).collect(),
            cut: view.cut,
        }
    }
}

/// A run in which an identity acted.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityRun {
    /// Repository and id, `owner/name#id`: the name of its story.
    name: String,
    /// Repository, `owner/name`.
    repository: String,
    /// The platform's id of the run.
    run_id: String,
    /// When an event of the identity last named it.
    at: DateTime<Utc>,
    /// Events of the identity that name it.
    events: i64,
    /// How many of them failed.
    failed: i64,
    /// Whether one of them speaks of production.
    production: bool,
}

impl From<LatestRun> for IdentityRun {
    fn from(run: LatestRun) -> Self {
        Self {
            name: name(&run.repository, &run.run_id),
            repository: run.repository,
            run_id: run.run_id,
            at: run.at,
            events: run.events,
            failed: run.failed,
            production: run.production,
        }
    }
}

fn name(repository: &str, run_id: &str) -> String {
    format!("{repository}#{run_id}")
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewEvents)?;
    let asked = Asked::read(pairs)?;
    let days = asked.words("day");
    let day: Option<NaiveDate> = days.first().and_then(|day| day.parse().ok());
    let day = day.filter(|day| (1..=9999).contains(&day.year()));
    let mut understood = Address::new("/stories");
    if let Some(day) = day {
        understood = understood.with("day", day);
    }
    let asked = asked.strictly(&understood, FILTER)?;
    let after = asked.cursor(stories::is_cursor)?;
    let page = stories::page(&op, day, after, asked.limit)
        .await
        .map_err(bad_request)?;
    asked.answer::<_, Deployment>(&op.settings().public_url, "/stories", page)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewEvents)?;
    match stories::story(&op, &name, None).await {
        Ok(StoryFound::One(story)) => fields.of(Story::from(*story)),
        Ok(StoryFound::Several(of)) => {
            let of = of.join(", ");
            let words = format!("Several repositories have this run: {of}. Ask for owner/name#id.");
            Err(Error::Conflict(words).into())
        }
        // A name nobody gives a run is no run's.
        Err(Error::Invalid(_)) => Err(Error::NotFound("run").into()),
        Err(error) => Err(error.into()),
    }
}

async fn runs(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    pairs: Pairs,
) -> Result<Response, Problem> {
    // Runs tell of repositories and people of everybody.
    op.require(Access::ViewPeople)?;
    let id = identity(&id)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, IdentityRun>(identities::runs(&op, id).await?)
}
