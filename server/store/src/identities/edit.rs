//! What an identity says of itself: read for a change, and saved as it shall stand.

use chrono::{DateTime, Utc};
use contract::identities::IdentityState;
use contract::ids::{IdentityId, PersonId, TeamId};
use domain::identity::edit::Fields;
use domain::identity::selector::NewSelector;
use sqlx::types::Json;
use uuid::Uuid;

use super::words;
use super::write::SelectorRow;
use crate::{Conn, Error, Result, Tx};

/// An identity as it stands, locked until commit.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What may be changed.
    pub fields: Fields,
    /// Lifecycle state.
    pub state: IdentityState,
    /// Version.
    pub version: i64,
    /// Who asked for it.
    pub requested_by: Option<PersonId>,
}

/// Locks an identity and reads what may be changed.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn lock(tx: &mut Tx, id: IdentityId) -> Result<Option<Standing>> {
    let row = sqlx::query!(
        r#"SELECT name, state, version, purpose, ticket, justification, environments, tier, team_id, owner_id,
               backup_owner_id, requested_by, tags, links AS "links: Json<Vec<(String, String)>>"
           FROM identities WHERE id = $1 FOR UPDATE"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let selectors = sqlx::query!(
        "SELECT kind, issuer, value FROM selectors WHERE identity_id = $1 ORDER BY created_at, id",
        id.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let selectors = selectors
        .into_iter()
        .map(|row| {
            Ok(NewSelector {
                kind: row.kind.parse()?,
                issuer: row.issuer,
                value: row.value,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Some(Standing {
        state: row.state.parse().map_err(Error::from)?,
        version: row.version,
        requested_by: row.requested_by.map(PersonId),
        fields: Fields {
            name: row.name,
            purpose: row.purpose,
            ticket: row.ticket,
            justification: row.justification,
            environments: words(&row.environments)?,
            tier: row.tier.parse()?,
            team: row.team_id.map(TeamId),
            owner: row.owner_id.map(PersonId),
            backup_owner: row.backup_owner_id.map(PersonId),
            tags: row.tags,
            links: row.links.0,
            selectors,
        },
    }))
}

/// Saves the identity's own row.
///
/// # Errors
/// `identities_name_key` when the name is taken.
pub async fn save(tx: &mut Tx, id: IdentityId, after: &Fields, now: DateTime<Utc>) -> Result<()> {
    let environments: Vec<String> = after
        .environments
        .iter()
        .map(|place| place.as_str().to_owned())
        .collect();
    sqlx::query!(
        "UPDATE identities SET name = $2, purpose = $3, ticket = $4, justification = $5, environments = $6, tier = $7,
             team_id = $8, owner_id = $9, backup_owner_id = $10, tags = $11, links = $12, updated_at = $13,
             version = version + 1
         WHERE id = $1",
        id.0,
        after.name,
        after.purpose,
        after.ticket,
        after.justification,
        &environments,
        after.tier.as_str(),
        after.team.map(|id| id.0),
        after.owner.map(|id| id.0),
        after.backup_owner.map(|id| id.0),
        &after.tags,
        Json(&after.links) as _,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes names away that it shall no longer go by.
///
/// # Errors
/// When the database refuses.
pub async fn drop_selectors(tx: &mut Tx, id: IdentityId, gone: &[NewSelector]) -> Result<()> {
    for selector in gone {
        sqlx::query!(
            "DELETE FROM selectors WHERE identity_id = $1 AND kind = $2 AND issuer = $3 AND value = $4",
            id.0,
            selector.kind.as_str(),
            selector.issuer,
            selector.value
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// A selector to insert.
pub fn selector_row(id: Uuid, selector: &NewSelector) -> SelectorRow {
    (
        id,
        selector.kind.as_str(),
        selector.issuer.clone(),
        selector.value.clone(),
    )
}

/// The name of a person, whether they are still here or not.
///
/// # Errors
/// When the database cannot be asked.
pub async fn person_name(conn: &mut Conn, id: PersonId) -> Result<Option<String>> {
    Ok(
        sqlx::query_scalar!("SELECT name FROM people WHERE id = $1", id.0)
            .fetch_optional(conn)
            .await?,
    )
}

/// What imports changed of an identity, newest first: when, who, a sentence, and the fields.
pub type Imported = (DateTime<Utc>, String, String, Vec<(String, String, String)>);

/// What imports changed of an identity, newest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn imported(conn: &mut Conn, id: IdentityId, limit: i64) -> Result<Vec<Imported>> {
    let rows = sqlx::query!(
        r#"SELECT at, actor_name, summary, changes AS "changes: Json<Vec<(String, String, String)>>"
           FROM identity_changes WHERE identity_id = $1 ORDER BY at DESC, id DESC LIMIT $2"#,
        id.0,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.at, row.actor_name, row.summary, row.changes.0))
        .collect())
}
