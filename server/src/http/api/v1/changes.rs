//! What a token may change: identities, their credentials and limits, findings, departures. The same service functions as
//! the pages; approvals and decisions of a review are a person's and have no door here.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{patch, post};
use contract::findings::{ExceptionScope, FindingAction, FindingInput};
use contract::identities::{
    DrillInput, EditInput, GlassMark, GlassMatch, IdentityRequest, IdentityView, KeepingInput,
    RevocationInput, RotationInput, Transition, TransitionInput,
};
use contract::ids::{CredentialId, FindingId, IdentityId, PersonId, TeamId};
use contract::people::DepartureInput;
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::{Error, Op, break_glass, findings, identities, people, rotation};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{made, one, sent, wrong};
use super::wire::{IdentityDetail, words};
use crate::http::{AppState, Operation, Problem};

/// Rows of a bulk request at most.
const MOST: usize = 500;

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/identities", post(request))
        .route("/identities/{id}", patch(edit))
        .route("/identities/{id}/transitions", post(transition))
        .route("/identities/transitions", post(transitions))
        .route("/findings/{id}/actions", post(act))
        .route("/findings/actions", post(acts))
        .route("/credentials/{id}/rotations", post(rotate))
        .route("/credentials/{id}/revocation", post(revoke))
        .route("/credentials/{id}/custody", post(keep))
        .route("/identities/{id}/break-glass", post(mark))
        .route("/identities/{id}/break-glass-uses", post(explain))
        .route("/identities/{id}/drills", post(drill))
        .route("/people/{id}/departure", post(depart))
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    /// Its id.
    pub id: Uuid,
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
    let view = identities::view(&state.services.system("edit"), id).await?;
    let state = view.row.state;
    match op.require(Access::ViewIdentities) {
        Ok(()) => Ok(one(&IdentityDetail::from(view))),
        Err(_) => Ok(one(&Stands { state })),
    }
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

/// What became of one row of a bulk request.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowResult {
    /// Place in the request, from 0.
    index: usize,
    /// What a request of its own would have been answered.
    status: u16,
    /// The state now, where it was done.
    state: Option<String>,
    /// Why not, where it was not.
    detail: Option<String>,
}

/// What became of a row, in the words of a request of its own.
pub(super) fn row(index: usize, done: Result<String, Error>) -> RowResult {
    match done {
        Ok(state) => RowResult {
            index,
            status: 200,
            state: Some(state),
            detail: None,
        },
        Err(error) => {
            let problem = Problem::from(error);
            let fields: Vec<String> = problem
                .fields
                .iter()
                .map(|wrong| format!("{}: {}", wrong.field, wrong.message))
                .collect();
            RowResult {
                index,
                status: problem.status.as_u16(),
                state: None,
                detail: Some(if fields.is_empty() {
                    problem.detail
                } else {
                    fields.join("; ")
                }),
            }
        }
    }
}

/// Rows of a bulk request.
pub(super) fn bulk<T>(body: &Bytes) -> Result<Vec<T>, Problem>
where
    T: serde::de::DeserializeOwned,
{
    let rows: Vec<T> = sent(body)?;
    if rows.is_empty() || rows.len() > MOST {
        return Err(wrong("body", format!("must be a list of 1 to {MOST} rows")));
    }
    Ok(rows)
}

async fn transitions(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeIdentity)?;
    let mut results = Vec::new();
    for (index, body) in bulk::<Step>(&body)?.into_iter().enumerate() {
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

/// What somebody does with a finding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The finding; in the address where there is one.
    #[serde(default)]
    finding: Option<Uuid>,
    /// What is done.
    #[schema(schema_with = words::action)]
    action: FindingAction,
    /// Note, or the reason of an exception or of its end.
    #[serde(default)]
    note: String,
    /// Days an exception lasts, 1 to 365.
    #[serde(default)]
    days: Option<i64>,
    /// What an exception covers: this finding unless said otherwise.
    #[serde(default)]
    #[schema(schema_with = words::exception_scope)]
    scope: ExceptionScope,
    /// E-mail address of whom it is given to, for `assign`.
    #[serde(default)]
    to: String,
}

fn action(id: FindingId, act: Act) -> FindingInput {
    FindingInput {
        finding: id,
        action: act.action,
        note: act.note,
        days: act.days,
        scope: act.scope,
        to: act.to,
    }
}

async fn act(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeFinding)?;
    let id: FindingId = id
        .parse()
        .map_err(|_| wrong("id", "is no id of a finding"))?;
    let body: Act = sent(&body)?;
    let state = findings::change(&op, &action(id, body)).await?;
    Ok(one(&FindingStands { state }))
}

/// Where a finding stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingStands {
    /// State word.
    #[schema(schema_with = words::finding_state)]
    state: contract::findings::FindingState,
}

async fn acts(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeFinding)?;
    let mut results = Vec::new();
    for (index, body) in bulk::<Act>(&body)?.into_iter().enumerate() {
        let done = match body.finding {
            None => Err(Error::field("finding", "is missing")),
            Some(id) => findings::change(&op, &action(FindingId(id), body))
                .await
                .map(|state| state.to_string()),
        };
        results.push(row(index, done));
    }
    Ok(one(&results))
}

/// A rotation that took place.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rotated {
    /// Key id or fingerprint of the new one; never the secret.
    #[schema(example = "AKIAIOSFODNN7EXAMPLE")]
    reference: String,
    /// What people call it.
    label: String,
    /// Day, `YYYY-MM-DD`; today when empty.
    on: String,
    /// Days in which both are valid.
    overlap_days: String,
}

async fn rotate(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: Rotated = sent(&body)?;
    let input = RotationInput {
        credential: credential(&id)?,
        reference: body.reference,
        label: body.label,
        rotated_on: body.on,
        overlap_days: body.overlap_days,
    };
    let id = rotation::record(&op, &input).await?;
    Ok(made(Made { id: id.0 }))
}

/// Why something is done.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reason {
    /// Why, in a sentence.
    #[schema(example = "The project ended in October")]
    pub(super) reason: String,
}

async fn revoke(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: Reason = sent(&body)?;
    let input = RevocationInput {
        credential: credential(&id)?,
        reason: body.reason,
    };
    rotation::revoke(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a credential is kept.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Custody {
    /// Where, as a word.
    #[schema(example = "vault")]
    kept: String,
    /// How it is known.
    #[schema(example = "Moved into the vault with the release of October")]
    reason: String,
}

async fn keep(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: Custody = sent(&body)?;
    let input = KeepingInput {
        credential: credential(&id)?,
        kept: body.kept,
        reason: body.reason,
    };
    rotation::keep(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether an identity is break-glass.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GlassWish {
    /// What it shall be.
    marked: bool,
    /// Why.
    #[serde(default)]
    #[schema(example = "The only way in when the identity provider is down")]
    reason: String,
}

async fn mark(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::MarkBreakGlass)?;
    let body: GlassWish = sent(&body)?;
    let input = GlassMark {
        identity: identity(&id)?,
        marked: body.marked,
        reason: body.reason,
    };
    break_glass::mark(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A day a break-glass identity was used on, and its ticket.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GlassUse {
    /// The day, `YYYY-MM-DD`.
    #[schema(example = "2026-11-20")]
    day: String,
    /// The ticket.
    #[schema(example = "INC-2041")]
    ticket: String,
    /// What it was used for.
    note: String,
}

async fn explain(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: GlassUse = sent(&body)?;
    let input = GlassMatch {
        identity: identity(&id)?,
        day: body.day,
        ticket: body.ticket,
        note: body.note,
    };
    break_glass::explain(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A drill of a break-glass identity.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Drill {
    /// The day, `YYYY-MM-DD`; empty means today.
    day: String,
    /// The ticket.
    #[schema(example = "CHG-118")]
    ticket: String,
    /// Whether the way out worked.
    worked: bool,
    /// What was learned.
    note: String,
}

async fn drill(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ChangeIdentity)?;
    let body: Drill = sent(&body)?;
    let input = DrillInput {
        identity: identity(&id)?,
        day: body.day,
        ticket: body.ticket,
        worked: if body.worked { "yes" } else { "no" }.to_owned(),
        note: body.note,
    };
    break_glass::drill(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether somebody has left.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Departure {
    /// They have left, or are back.
    left: bool,
    /// Why, in a sentence.
    #[serde(default)]
    reason: String,
}

async fn depart(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    op.require(Access::ManagePeople)?;
    let body: Departure = sent(&body)?;
    let input = DepartureInput {
        person: id
            .parse()
            .map_err(|_| wrong("id", "is no id of a person"))?,
        left: body.left,
        reason: body.reason,
    };
    people::depart(&op, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn identity(id: &str) -> Result<IdentityId, Problem> {
    id.parse()
        .map_err(|_| wrong("id", "is no id of an identity"))
}

fn credential(id: &str) -> Result<CredentialId, Problem> {
    id.parse()
        .map_err(|_| wrong("id", "is no id of a credential"))
}
