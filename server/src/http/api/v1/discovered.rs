//! `/api/v1/discovered`: what was seen and never asked for, what it may be, and what is made of it.

use app::query::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use contract::identities::{
    AdoptInput, DiscoveredRow, Environment, IdentityKind, IdentityState, MergeInput, Platform,
    SimilarIdentity, SuggestedOwner,
};
use contract::ids::{IdentityId, PersonId, TeamId};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::identities;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::changes::Made;
use super::list::{Asked, Pairs, one};
use super::wire::{PersonName, TeamName, words};
use crate::http::{AppState, Operation, Problem};

/// Names of the filter.
pub const FILTER: &[&str] = &["repository"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/discovered", get(list))
        .route("/discovered/adoptions", post(adopt))
        .route("/discovered/merges", post(merge))
}

/// A discovered identity.
#[derive(Debug, Serialize, ToSchema)]
pub struct Discovered {
    /// Id; `/identities/{id}` shows the whole of it.
    id: Uuid,
    /// The name it is listed under.
    name: String,
    /// Guessed kind.
    #[schema(schema_with = words::kind)]
    kind: IdentityKind,
    /// Guessed platform.
    #[schema(schema_with = words::platform)]
    platform: Platform,
    /// Environments it was seen in.
    #[schema(schema_with = words::environments)]
    environments: Vec<Environment>,
    /// Its most telling name outside.
    subject: String,
    /// Why it is believed to exist and to act without a person.
    evidence: String,
    /// What saw it: a source, or an imported file.
    source: String,
    /// When it was first seen.
    first_seen_at: DateTime<Utc>,
    /// When it was last used.
    last_used_at: Option<DateTime<Utc>>,
    /// Its events in the last 90 days.
    events: i64,
    /// Who may own it, likeliest first.
    owners: Vec<LikelyOwner>,
    /// What it may be the same as, likest first.
    similar: Vec<Similar>,
}

/// Somebody who may be the owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct LikelyOwner {
    /// Who.
    person: PersonName,
    /// Their team, where they are in one.
    team: Option<TeamName>,
    /// How that is known.
    source: String,
}

/// A registered identity that may be the same one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Similar {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// Where in its life it is.
    #[schema(schema_with = words::state)]
    state: IdentityState,
    /// How alike they are, 0 to 100.
    score: u8,
    /// Why, strongest first.
    reasons: Vec<String>,
}

impl From<DiscoveredRow> for Discovered {
    fn from(row: DiscoveredRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            kind: row.kind,
            platform: row.platform,
            environments: row.environments,
            subject: row.subject,
            evidence: row.evidence,
            source: row.source,
            first_seen_at: row.first_seen_at,
            last_used_at: row.last_used_at,
            events: row.events,
            owners: row.owners.into_iter().map(LikelyOwner::from).collect(),
            similar: row.similar.into_iter().map(Similar::from).collect(),
        }
    }
}

impl From<SuggestedOwner> for LikelyOwner {
    fn from(owner: SuggestedOwner) -> Self {
        Self {
            person: owner.person.into(),
            team: owner.team.map(TeamName::from),
            source: owner.source,
        }
    }
}

impl From<SimilarIdentity> for Similar {
    fn from(similar: SimilarIdentity) -> Self {
        Self {
            id: similar.id.0,
            name: similar.name,
            state: similar.state,
            score: similar.score,
            reasons: similar.reasons,
        }
    }
}

/// Discovered identities to be taken in, all for the same team and owner.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Adoption {
    /// Which ones, at most 100.
    ids: Vec<Uuid>,
    /// Id of the team that answers for them.
    team: Option<Uuid>,
    /// Id of the person who does.
    owner: Option<Uuid>,
    /// What they are for; empty leaves what is known.
    #[schema(example = "Loads the warehouse every night")]
    purpose: String,
    /// Ticket.
    #[schema(example = "OPS-8")]
    ticket: String,
    /// Why.
    #[schema(example = "Found in the audit log and confirmed by the team")]
    reason: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdoptionResult {
    /// How many were taken in.
    done: i64,
    /// How many were left as they were.
    left: i64,
    /// Why, each reason once.
    why: Vec<String>,
}

/// A discovered identity, and the registered one it really is: by id or by name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Joining {
    /// Id of the discovered one.
    from: Uuid,
    /// Id of the registered one.
    #[serde(default)]
    into: Option<Uuid>,
    /// Its name; it counts before the id.
    #[serde(default)]
    name: String,
    /// Why they are one.
    #[serde(default)]
    #[schema(example = "The role was renamed in the last release")]
    reason: String,
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    // What they are like, and who may own them, is of everybody.
    op.require(Access::ViewPeople)?;
    let asked = Asked::read(pairs)?;
    let repository = asked.words("repository").into_iter().next();
    let mut understood = Address::new("/discovered");
    if let Some(repository) = &repository {
        understood = understood.with("repository", repository);
    }
    let asked = asked.strictly(&understood, FILTER)?;
    let after = asked.cursor(|after| after.parse::<Uuid>().is_ok())?;
    let most = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let list = identities::discovered_up_to(&op, repository.as_deref(), after, most).await?;
    asked.answer::<_, Discovered>(&op.settings().public_url, "/discovered", list.page)
}

async fn adopt(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeIdentity)?;
    let adoption: Adoption = sent(&body)?;
    let input = AdoptInput {
        ids: adoption.ids.into_iter().map(IdentityId).collect(),
        team: adoption.team.map(TeamId),
        owner: adoption.owner.map(PersonId),
        purpose: adoption.purpose,
        ticket: adoption.ticket,
        reason: adoption.reason,
    };
    let became = identities::adopt_all(&op, &input).await?;
    Ok(one(&AdoptionResult {
        done: became.done,
        left: became.left,
        why: became.why,
    }))
}

async fn merge(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeIdentity)?;
    let joining: Joining = sent(&body)?;
    let input = MergeInput {
        from: IdentityId(joining.from),
        into: joining.into.map(IdentityId),
        name: joining.name,
        reason: joining.reason,
    };
    let stays = identities::merge(&op, &input).await?;
    Ok(one(&Made { id: stays.0 }))
}
