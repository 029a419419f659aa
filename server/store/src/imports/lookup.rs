//! Whose rows speak: identities by every name they have, people and teams by theirs.

use std::collections::HashMap;

use contract::identities::Environment;
use contract::ids::{IdentityId, PersonId, TeamId};
use domain::import::plan::Row;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx};

/// Identities by external id: space, value, identity.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_external_id(
    tx: &mut Tx,
    spaces: &[String],
    values: &[String],
) -> Result<Vec<(String, String, Uuid)>> {
    let rows = sqlx::query!(
        "SELECT e.space, e.value, e.identity_id FROM unnest($1::text[], $2::text[]) AS w (space, value)
         JOIN external_ids e ON e.space = w.space AND e.value = w.value",
        spaces,
        values
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.space, row.value, row.identity_id))
        .collect())
}

/// External ids of identities: identity, space, value.
///
/// # Errors
/// When the database cannot be asked.
pub async fn external_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, String, String)>> {
    let rows = sqlx::query!(
        "SELECT identity_id, space, value FROM external_ids WHERE identity_id = ANY($1)",
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.identity_id, row.space, row.value))
        .collect())
}

/// Identities by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_name(tx: &mut Tx, names: &[String]) -> Result<HashMap<String, Uuid>> {
    let rows = sqlx::query!(
        "SELECT name, id FROM identities WHERE name = ANY($1)",
        names
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.id)).collect())
}

/// What a reference may mean, best first: an external id or the roll's own id, a name, a name of the outside world.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_reference(tx: &mut Tx, words: &[String]) -> Result<HashMap<String, Vec<Uuid>>> {
    let rows = sqlx::query!(
        r#"SELECT word AS "word!", id AS "id!", min(rank) AS "rank!" FROM (
               SELECT w.word, e.identity_id AS id, 0 AS rank FROM unnest($1::text[]) AS w (word) JOIN external_ids e ON e.value = w.word
               UNION ALL SELECT w.word, n.id, 0 FROM unnest($1::text[]) AS w (word) JOIN identities n
                   ON n.id = CASE WHEN w.word ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN w.word::uuid END
               UNION ALL SELECT w.word, n.id, 1 FROM unnest($1::text[]) AS w (word) JOIN identities n ON n.name = w.word
               UNION ALL SELECT w.word, s.identity_id, 2 FROM unnest($1::text[]) AS w (word) JOIN selectors s ON s.value = w.word
           ) AS found GROUP BY word, id ORDER BY word, 3"#,
        words
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut found: HashMap<String, (i32, Vec<Uuid>)> = HashMap::new();
    for row in rows {
        let (best, ids) = found
            .entry(row.word)
            .or_insert_with(|| (row.rank, Vec::new()));
        if row.rank == *best {
            ids.push(row.id);
        }
    }
    Ok(found
        .into_iter()
        .map(|(word, (_, ids))| (word, ids))
        .collect())
}

/// The own rows of identities, locked until commit.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn rows(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Row>> {
    let rows = sqlx::query!(
        r#"SELECT n.id, n.name, n.kind, n.platform, n.state, n.purpose, n.ticket, n.justification, n.environments, n.tier,
               n.team_id, t.name AS "team?", n.owner_id, o.name AS "owner?", n.backup_owner_id, b.name AS "backup?",
               n.tags, n.links AS "links: Json<Vec<(String, String)>>", n.break_glass
           FROM identities n LEFT JOIN teams t ON t.id = n.team_id LEFT JOIN people o ON o.id = n.owner_id
               LEFT JOIN people b ON b.id = n.backup_owner_id
           WHERE n.id = ANY($1) FOR UPDATE OF n"#,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let own = Row {
                name: row.name,
                kind: row.kind.parse()?,
                platform: row.platform.parse()?,
                state: row.state.parse()?,
                purpose: row.purpose,
                ticket: row.ticket,
                justification: row.justification,
                environments: crate::identities::words::<Environment>(&row.environments)?,
                tier: row.tier.parse()?,
                team: row.team_id.map(TeamId).zip(row.team),
                owner: row.owner_id.map(PersonId).zip(row.owner),
                backup_owner: row.backup_owner_id.map(PersonId).zip(row.backup),
                tags: row.tags,
                links: row.links.0,
                break_glass: row.break_glass,
            };
            Ok((row.id, own))
        })
        .collect()
}

/// Every selector value these identities have.
///
/// # Errors
/// When the database cannot be asked.
pub async fn selector_values(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(IdentityId, String)>> {
    let rows = sqlx::query!(
        "SELECT identity_id, value FROM selectors WHERE identity_id = ANY($1)",
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (IdentityId(row.identity_id), row.value))
        .collect())
}

/// Teams by slug or name, lower case: the word, id and name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn teams(tx: &mut Tx, words: &[String]) -> Result<Vec<(String, TeamId, String)>> {
    let rows = sqlx::query!(
        r#"SELECT w.word AS "word!", t.id, t.name FROM unnest($1::text[]) AS w (word)
           JOIN teams t ON t.slug = w.word OR lower(t.name) = w.word"#,
        words
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.word, TeamId(row.id), row.name))
        .collect())
}

/// People by e-mail address or name, lower case: the word, id and name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn people(tx: &mut Tx, words: &[String]) -> Result<Vec<(String, PersonId, String)>> {
    let rows = sqlx::query!(
        r#"SELECT w.word AS "word!", p.id, p.name FROM unnest($1::text[]) AS w (word)
           JOIN people p ON lower(p.email) = w.word
           UNION
           SELECT w.word, p.id, p.name FROM unnest($1::text[]) AS w (word) JOIN people p ON lower(p.name) = w.word"#,
        words
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            // Columns of a UNION carry no NOT NULL.
            row.id
                .zip(row.name)
                .map(|(id, name)| (row.word, PersonId(id), name))
                .ok_or_else(|| crate::Error::Unreadable("people".to_owned()))
        })
        .collect()
}
