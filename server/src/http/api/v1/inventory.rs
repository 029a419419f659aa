//! `/api/v1/identities`, `/teams`, `/people`: the roll as machines read it.

use app::pages::identities::address;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use contract::feed::FeedFormat;
use contract::ids::PersonId;
use domain::access::Access;
use domain::siem::{Row, Snapshot, Written};
use service::{identities, people};

use super::list::{Asked, Fields, Pairs, identity, wrong};
use super::wire::{Identity, IdentityDetail, Person, Team};
use crate::http::{AppState, Operation, Problem};

/// Names of the filter of `/identities`; the same as on its page.
pub const FILTER: &[&str] = &[
    "q",
    "kind",
    "state",
    "platform",
    "environment",
    "team",
    "credential",
    "rotation",
    "review",
    "tier",
    "privileged",
    "unused_days",
    "overdue",
    "owner",
    "sort",
    "format",
];

/// Days without use that may be asked for at most.
pub const MOST_UNUSED: i64 = 3650;

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/identities", get(list))
        .route("/identities/{id}", get(view))
        .route("/teams", get(teams))
        .route("/teams/{slug}", get(team))
        .route("/people", get(persons))
        .route("/people/{id}", get(person))
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    // Who may not read learns nothing of what the parameters would have been.
    op.require(Access::ViewIdentities)?;
    let mut asked = Asked::read(pairs)?;
    let format = match asked.take("format").as_deref() {
        None => FeedFormat::Native,
        Some(word) => word
            .parse()
            .map_err(|_| wrong("format", format!("has no value {word:?}")))?,
    };
    let (filter, sort) = (address::filter(&asked.filter), address::sort(&asked.filter));
    if filter
        .unused_days
        .is_some_and(|days| !(1..=MOST_UNUSED).contains(&days))
    {
        let words = format!("must be a number of days between 1 and {MOST_UNUSED}");
        return Err(wrong("unused_days", words));
    }
    // The page leaves out of its address what is meant without saying.
    let understood = address::list(&filter, sort)
        .with("sort", sort)
        .with("overdue", filter.overdue);
    let asked = asked.strictly(&understood, FILTER)?;
    let after = asked.cursor(|after| identities::is_cursor(sort, after))?;
    let page = identities::rows(&op, &filter, sort, after, asked.limit).await?;
    let base = &op.settings().public_url;
    if format == FeedFormat::Native {
        return asked.answer::<_, Identity>(base, "/identities", page);
    }
    // A snapshot in a SIEM's words.
    let rows = page.rows.into_iter();
    let rows = rows.map(|identity| snapshot(identity, op.now, format));
    let asked = asked.keeping("format", format.as_str());
    asked.documents(base, "/identities", rows.collect(), page.next)
}

fn snapshot(
    identity: contract::identities::IdentityRow,
    taken: chrono::DateTime<chrono::Utc>,
    format: FeedFormat,
) -> serde_json::Value {
    let row = Row::Identity(Box::new(Snapshot { taken, identity }));
    match row.write(format) {
        Written::Json(value) => value,
        Written::Text(text) => text.into(),
    }
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewIdentities)?;
    let id = identity(&id)?;
    fields.of(IdentityDetail::from(identities::view(&op, id).await?))
}

async fn teams(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewPeople)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, Team>(people::list_teams(&op).await?)
}

async fn team(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(slug): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewPeople)?;
    fields.of(Team::from(people::view_team(&op, &slug).await?.row))
}

async fn persons(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ViewPeople)?;
    let asked = Asked::read(pairs)?.strictly(&app::query::Address::new("/people"), &[])?;
    let after = asked.cursor(people::is_cursor)?;
    let page = people::rows(&op, after, asked.limit).await?;
    asked.answer::<_, Person>(&op.settings().public_url, "/people", page)
}

async fn person(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ViewPeople)?;
    let id: PersonId = id
        .parse()
        .map_err(|_| wrong("id", "is no id of a person"))?;
    fields.of(Person::from(people::view(&op, id).await?.row))
}
