//! Asking for a new identity. It does nothing until somebody else approves it.

use contract::access::Role;
use contract::identities::{IdentityRequest, IdentityState, RequestChoices};
use contract::ids::IdentityId;
use domain::access::Access;
use domain::identity::lifecycle::Lifecycle;
use domain::identity::request::{NewIdentity, parse};
use domain::identity::{risk, secret};
use store::Tx;
use store::identities::write::{CredentialRow, NewRow, PermissionRow, SelectorRow};

use crate::op::Done;
use crate::{Error, Op, Result};

const NAME_TAKEN: &str = "Another identity has this name. Names are unique in the roll.";

/// Teams and people the form offers; an owner asks for their own teams.
///
/// # Errors
/// [`Error::Refused`] when the actor may not ask for an identity.
pub async fn choices(op: &Op) -> Result<RequestChoices> {
    op.require(Access::RequestIdentity)?;
    let mut conn = op.db().acquire().await?;
    let mut teams = store::teams::choices(&mut conn).await?;
    if let Some(person) = op.actor.person()
        && !person.any(&[Role::Admin, Role::Security])
    {
        teams.retain(|team| person.teams.contains(&team.id));
    }
    Ok(RequestChoices {
        teams,
        people: store::people::choices(&mut conn).await?,
    })
}

/// What is wrong with a request; nothing is saved.
///
/// # Errors
/// [`Error::Refused`] when the actor may not ask for an identity.
pub async fn check_request(op: &Op, form: &IdentityRequest) -> Result<Vec<contract::FieldError>> {
    op.require(Access::RequestIdentity)?;
    let new = match parse(form) {
        Ok(new) => new,
        Err(errors) => return Ok(errors),
    };
    let mut tx = op.db().begin().await?;
    let mut errors = match check(op, &mut tx, &new).await {
        Ok(()) => Vec::new(),
        Err(Error::Invalid(errors)) => errors,
        Err(other) => return Err(other),
    };
    if store::identities::write::name_taken(&mut tx, &new.name).await? {
        errors.push(contract::FieldError {
            field: "name".to_owned(),
            message: NAME_TAKEN.to_owned(),
        });
    }
    Ok(errors)
}

/// The form as it may be shown again, and the fields that were emptied because they held a secret.
pub fn without_secrets(form: &IdentityRequest) -> (IdentityRequest, Vec<&'static str>) {
    let mut safe = form.clone();
    let mut emptied = Vec::new();
    for (name, text) in [
        ("name", &mut safe.name),
        ("purpose", &mut safe.purpose),
        ("ticket", &mut safe.ticket),
        ("justification", &mut safe.justification),
        ("credential_reference", &mut safe.credential_reference),
        ("permissions", &mut safe.permissions),
        ("selectors", &mut safe.selectors),
    ] {
        if secret::find(text).is_some() {
            text.clear();
            emptied.push(name);
        }
    }
    (safe, emptied)
}

/// Saves a request and returns the new identity's id.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field; [`Error::Refused`] when the actor may not ask.
pub async fn request(op: &Op, form: &IdentityRequest) -> Result<IdentityId> {
    op.require(Access::RequestIdentity)?;
    let new = parse(form).map_err(Error::Invalid)?;
    let mut tx = op.db().begin().await?;
    check(op, &mut tx, &new).await?;
    let id = IdentityId(op.new_id());
    insert(op, &mut tx, id, &new).await?;
    crate::posture::refresh(op, &mut tx, &[id.0]).await?;
    let summary = format!("Asked for {}, ticket {}", new.name, new.ticket);
    let done = Done::new(
        "identity.requested",
        "identity",
        &id,
        new.name.clone(),
        summary,
    )
    .change("state", "", IdentityState::Requested.as_str())
    .change("purpose", "", new.purpose.clone())
    .change("ticket", "", new.ticket.as_str());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(id)
}

/// What only the database knows: that team and people exist, and that the names are free.
async fn check(op: &Op, tx: &mut Tx, new: &NewIdentity) -> Result<()> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| {
        errors.push(contract::FieldError {
            field: field.to_owned(),
            message,
        });
    };
    if store::teams::name(tx, new.team).await?.is_none() {
        wrong(
            "team",
            "There is no such team any more. Choose another.".into(),
        );
    } else if let Some(person) = op.actor.person()
        && !person.any(&[Role::Admin, Role::Security])
        && !person.teams.contains(&new.team)
    {
        wrong(
            "team",
            "Choose one of your own teams, or ask security to do it.".into(),
        );
    }
    if store::people::active_name(tx, new.owner).await?.is_none() {
        wrong(
            "owner",
            "This person is not here any more. Choose somebody else.".into(),
        );
    }
    if let Some(backup) = new.backup_owner
        && store::people::active_name(tx, backup).await?.is_none()
    {
        wrong(
            "backup_owner",
            "This person is not here any more. Choose somebody else.".into(),
        );
    }
    if let Some((value, name)) = store::identities::write::claimed(tx, &selectors(op, new)).await? {
        wrong(
            "selectors",
            format!("“{value}” is claimed by {name} already: events can name only one identity."),
        );
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(errors))
    }
}

async fn insert(op: &Op, tx: &mut Tx, id: IdentityId, new: &NewIdentity) -> Result<()> {
    let by = op.actor.person().map(|person| person.id);
    let privileged = new
        .permissions
        .iter()
        .any(|permission| permission.privileged);
    let state = Lifecycle::Requested { by, at: op.now };
    let row = NewRow {
        id,
        name: new.name.clone(),
        kind: new.kind.as_str(),
        platform: new.platform.as_str(),
        state: state.state(),
        facts: state.facts(),
        purpose: new.purpose.clone(),
        ticket: new.ticket.to_string(),
        justification: new.justification.to_string(),
        environments: new
            .environments
            .iter()
            .map(|e| e.as_str().to_owned())
            .collect(),
        tier: risk::tier(&new.environments, privileged).0.as_str(),
        team: Some(new.team),
        owner: Some(new.owner),
        backup_owner: new.backup_owner,
        requested_by: by,
        created_at: op.now,
    };
    store::identities::write::insert(tx, &row)
        .await
        .map_err(taken)?;
    let selectors = selectors(op, new);
    store::identities::write::insert_selectors(tx, id, &selectors, op.now)
        .await
        .map_err(taken)?;
    let credential = CredentialRow {
        id: op.new_id(),
        credential_type: new.credential_type.as_str(),
        label: new.credential_type.label().to_owned(),
        reference: new.credential_reference.clone(),
    };
    store::identities::write::insert_credential(tx, id, &credential, by, op.now).await?;
    let permissions: Vec<PermissionRow> = new
        .permissions
        .iter()
        .map(|permission| PermissionRow {
            id: op.new_id(),
            system: permission.system.clone(),
            action: permission.action.clone(),
            resource: permission.resource.clone(),
            environment: permission
                .environment
                .map(contract::identities::Environment::as_str),
            privileged: permission.privileged,
        })
        .collect();
    store::identities::write::insert_permissions(tx, id, &permissions, by, op.now).await?;
    Ok(())
}

fn selectors(op: &Op, new: &NewIdentity) -> Vec<SelectorRow> {
    new.selectors
        .iter()
        .map(|s| {
            (
                op.new_id(),
                s.kind.as_str(),
                s.issuer.clone(),
                s.value.clone(),
            )
        })
        .collect()
}

/// Constraints by name, for what came in between the check and the insert.
fn taken(error: store::Error) -> Error {
    match &error {
        store::Error::Constraint(name) if name == "identities_name_key" => Error::field(
            "name",
            "Another identity has this name. Names are unique in the roll.",
        ),
        store::Error::Constraint(name) if name == "selectors_name_key" => {
            Error::field("selectors", "Another identity claims one of these names.")
        }
        _ => error.into(),
    }
}
