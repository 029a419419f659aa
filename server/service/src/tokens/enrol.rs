//! The identity a token is in the inventory.

use contract::identities::{CredentialType, IdentityKind, Platform};
use contract::ids::{IdentityId, PersonId, TeamId};
use contract::tokens::{Scope, TokenRow};
use domain::identity::lifecycle::Lifecycle;
use domain::identity::risk;
use store::Tx;
use store::identities::write::{CredentialRow, NewRow, PermissionRow};

use super::{NAME_TAKEN, words};
use crate::{Error, Op, Result};

/// Enters a token into the inventory: what it is for, who answers, what it holds and may do.
pub(super) async fn enrol(
    op: &Op,
    tx: &mut Tx,
    token: &TokenRow,
    id: IdentityId,
    (team, owner): (Option<TeamId>, Option<PersonId>),
) -> Result<()> {
    let writes = |scope: &Scope| scope.as_str().ends_with(":write");
    let privileged = token.scopes.iter().any(writes);
    let state = Lifecycle::Active { since: op.now };
    let row = NewRow {
        id,
        name: format!("Rollcall token {}", token.name),
        kind: IdentityKind::Bot.as_str(),
        platform: Platform::Other.as_str(),
        state: state.state(),
        facts: state.facts(),
        purpose: format!("Calls Rollcall’s API: {}", words(&token.scopes)),
        ticket: String::new(),
        justification: String::new(),
        environments: Vec::new(),
        tier: risk::tier(&[], privileged).0.as_str(),
        team,
        owner,
        backup_owner: None,
        requested_by: None,
        created_at: op.now,
    };
    match store::identities::write::insert(tx, &row).await {
        Err(store::Error::Constraint(name)) if name == "identities_name_key" => {
            return Err(Error::field("name", NAME_TAKEN));
        }
        inserted => inserted?,
    }
    let by = op.actor.person().map(|person| person.id);
    let credential = CredentialRow {
        id: op.new_id(),
        credential_type: CredentialType::ApiKey.as_str(),
        label: format!("Token {}", token.name),
        reference: token.hint.clone(),
    };
    store::identities::write::insert_credential(tx, id, &credential, by, op.now).await?;
    let permissions: Vec<PermissionRow> = token
        .scopes
        .iter()
        .map(|scope| PermissionRow {
            id: op.new_id(),
            system: "rollcall".to_owned(),
            action: scope.to_string(),
            resource: if token.teams.is_empty() {
                "*".to_owned()
            } else {
                token.teams.join(", ")
            },
            environment: None,
            privileged: writes(scope),
        })
        .collect();
    store::identities::write::insert_permissions(tx, id, &permissions, by, op.now).await?;
    Ok(())
}
