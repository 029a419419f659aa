//! Asking for identities, editing them, and the steps of their life.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{patch, post};
use contract::identities::{EditInput, IdentityRequest, IdentityView, Transition, TransitionInput};
use contract::ids::{IdentityId, PersonId, TeamId};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::{Error, Op, identities};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::body::{rows, sent};
use super::super::list::{identity, made, one, unread};
use super::super::wire::{IdentityDetail, words};
use super::{Made, row};
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/identities", post(request))
        .route("/identities/{id}", patch(edit))
        .route("/identities/{id}/transitions", post(transition))
        .route("/identities/transitions", post(transitions))
}

/// A request for a new identity; somebody approves it on its page.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewIdentity {
    /// Name, unique in the roll.
    #[schema(example = "payments-api · deploy · production")]
    name: String,
    /// Kind word; pipeline when empty.
    #[schema(example = "pipeline")]
    kind: String,
    /// Platform word.
    #[schema(example = "github_actions")]
    platform: String,
    /// What it is for, in a sentence.
    #[schema(example = "Deploys the payments API to production")]
    purpose: String,
    /// Reference of the ticket.
    #[schema(example = "PAY-1182")]
    ticket: String,
    /// Why the business needs it.
    #[schema(example = "Releases are done by hand today, which takes an hour each")]
    justification: String,
    /// Owning team's id.
    team: String,
    /// Owner's id.
    owner: String,
    /// Backup owner's id, or empty.
    backup_owner: String,
    /// Environment words.
    environments: Vec<String>,
    /// Credential type word.
    #[schema(example = "oidc_federation")]
    credential_type: String,
    /// Key id or fingerprint; never the secret.
    credential_reference: String,
    /// Permissions, each `system action resource environment`.
    permissions: Vec<String>,
    /// Names outside, each `kind issuer value`.
    selectors: Vec<String>,
}

async fn request(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::RequestIdentity)?;
    let new: NewIdentity = sent(&body)?;
    let or = |text: String, usual: &str| {
        if text.is_empty() {
            usual.to_owned()
        } else {
            text
        }
    };
    let form = IdentityRequest {
        name: new.name,
        kind: or(new.kind, "pipeline"),
        platform: or(new.platform, "github_actions"),
        purpose: new.purpose,
        ticket: new.ticket,
        justification: new.justification,
        team: new.team,
        owner: new.owner,
        backup_owner: new.backup_owner,
        environments: new.environments,
        credential_type: or(new.credential_type, "oidc_federation"),
        credential_reference: new.credential_reference,
        permissions: new.permissions.join("\n"),
        selectors: new.selectors.join("\n"),
    };
    let id = identities::request(&op, &form).await?;
    Ok(made(Made { id: id.0 }))
}

/// What changes in an identity; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityChange {
    name: Option<String>,
    purpose: Option<String>,
    ticket: Option<String>,
    justification: Option<String>,
    /// Environment words.
    environments: Option<Vec<String>>,
    /// Tier word.
    tier: Option<String>,
    /// Owning team's id.
    team: Option<String>,
    /// Owner's id.
    owner: Option<String>,
    /// Backup owner's id; empty takes it away.
    backup_owner: Option<String>,
    tags: Option<Vec<String>>,
    /// Each `label address`.
    links: Option<Vec<String>>,
    /// Names outside, each `kind issuer value`.
    selectors: Option<Vec<String>>,
    /// Why.
    reason: String,
}

async fn edit(
    State(state): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeIdentity)?;
    let id = identity(&id)?;
    let change: IdentityChange = sent(&body)?;
    // Who may change it may not always read it: what stands there is looked up by Rollcall itself.
    let view = identities::view(&state.services.system("edit"), id).await?;
    let form = filled(&view, change);
    identities::edit(&op, &form).await?;
    // Editing takes no step of its life.
    if let Some(told) = unread(&op, Access::ViewIdentities, view.row.state) {
        return Ok(told);
    }
    Ok(one(&IdentityDetail::from(identities::view(&op, id).await?)))
}

/// The form of the page, as it stands, with what changes.
fn filled(view: &IdentityView, change: IdentityChange) -> EditInput {
    let row = &view.row;
    let id = |id: Option<String>| id.unwrap_or_default();
    let lines = |lines: Option<Vec<String>>, there: Vec<String>| lines.unwrap_or(there).join("\n");
    let links = view.links.iter().map(|(label, to)| format!("{label} {to}"));
    let selectors = view.selectors.iter();
    let selectors = selectors.map(|s| format!("{} {} {}", s.kind, s.issuer, s.value));
    let there = row.environments.iter().map(ToString::to_string);
    EditInput {
        identity: row.id.to_string(),
        version: view.version,
        name: change.name.unwrap_or_else(|| row.name.clone()),
        purpose: change.purpose.unwrap_or_else(|| row.purpose.clone()),
        ticket: change.ticket.unwrap_or_else(|| view.ticket.clone()),
        justification: change
            .justification
            .unwrap_or_else(|| view.justification.clone()),
        environments: change.environments.unwrap_or_else(|| there.collect()),
        tier: change.tier.unwrap_or_else(|| row.tier.to_string()),
        team: change
            .team
            .unwrap_or_else(|| id(row.team.as_ref().map(|team| team.id.to_string()))),
        owner: change
            .owner
            .unwrap_or_else(|| id(row.owner.as_ref().map(|owner| owner.id.to_string()))),
        backup_owner: change.backup_owner.unwrap_or_else(|| {
            id(view
                .backup_owner
                .as_ref()
                .map(|backup| backup.id.to_string()))
        }),
        tags: change.tags.unwrap_or_else(|| view.tags.clone()).join(", "),
        links: lines(change.links, links.collect()),
        selectors: lines(change.selectors, selectors.collect()),
        reason: change.reason,
    }
}

/// A step of an identity's life. Approving and rejecting are a person's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The identity; in the address where there is one.
    #[serde(default)]
    identity: Option<Uuid>,
    /// Which step.
    #[schema(schema_with = words::transition)]
    transition: Transition,
    /// Why.
    #[serde(default)]
    reason: String,
    /// Reference of the ticket.
    #[serde(default)]
    ticket: String,
    /// Team that answers, for an adoption.
    #[serde(default)]
    team: Option<Uuid>,
    /// Owner, for an adoption.
    #[serde(default)]
    owner: Option<Uuid>,
    /// What it is for, for an adoption.
    #[serde(default)]
    purpose: String,
}

/// Where an identity stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stands {
    /// State word.
    #[schema(schema_with = words::state)]
    state: contract::identities::IdentityState,
}

async fn step(op: &Op, id: IdentityId, step: Step) -> Result<Stands, Error> {
    let input = TransitionInput {
        identity: id,
        transition: step.transition,
        reason: step.reason,
        ticket: step.ticket,
        team: step.team.map(TeamId),
        owner: step.owner.map(PersonId),
        purpose: step.purpose,
    };
    let state = identities::change_state(op, &input).await?;
    Ok(Stands { state })
}

async fn transition(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeIdentity)?;
    let id = identity(&id)?;
    let body: Step = sent(&body)?;
    Ok(one(&step(&op, id, body).await?))
}

async fn transitions(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeIdentity)?;
    let mut results = Vec::new();
    for (index, body) in rows::<Step>(&body)?.into_iter().enumerate() {
        let done = match body.identity {
            None => Err(Error::field("identity", "is missing")),
            Some(id) => step(&op, IdentityId(id), body)
                .await
                .map(|stands| stands.state.to_string()),
        };
        results.push(row(index, done));
    }
    Ok(one(&results))
}
