//! Sessions. An id is only ever seen hashed: a copy of the table signs nobody in.

use chrono::{DateTime, Utc};
use contract::ids::PersonId;
use serde_json::Value;

use crate::{Conn, Result, Tx};

/// One session.
#[derive(Debug, Clone)]
pub struct Session {
    /// SHA-256 of its id.
    pub id_hash: [u8; 32],
    /// Who is signed in; absent while somebody is on the way to the identity provider.
    pub person: Option<PersonId>,
    /// What the session layer keeps.
    pub data: Value,
    /// When it ends unless it is used.
    pub expires_at: DateTime<Utc>,
    /// When it ends in any case.
    pub ends_at: DateTime<Utc>,
}

/// Adds a session; false when the id is taken.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &mut Tx, session: &Session, now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO sessions (id_hash, person_id, data, created_at, expires_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id_hash) DO NOTHING",
        session.id_hash.as_slice(),
        session.person.map(|id| id.0),
        session.data,
        now,
        session.expires_at,
        session.ends_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A session that has not ended.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(
    conn: &mut Conn,
    id_hash: [u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<Session>> {
    let row = sqlx::query!(
        "SELECT person_id, data, expires_at, ends_at FROM sessions
         WHERE id_hash = $1 AND expires_at > $2 AND ends_at > $2",
        id_hash.as_slice(),
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Session {
        id_hash,
        person: row.person_id.map(PersonId),
        data: row.data,
        expires_at: row.expires_at,
        ends_at: row.ends_at,
    }))
}

/// Saves a session that is still there. One that was ended meanwhile stays ended.
///
/// # Errors
/// When the database refuses.
pub async fn update(
    tx: &mut Tx,
    id_hash: [u8; 32],
    person: Option<PersonId>,
    data: &Value,
) -> Result<()> {
    sqlx::query!(
        "UPDATE sessions SET person_id = $2, data = $3 WHERE id_hash = $1",
        id_hash.as_slice(),
        person.map(|id| id.0),
        data
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Moves the end of an unused session on, never beyond its absolute end.
///
/// # Errors
/// When the database refuses.
pub async fn extend(tx: &mut Tx, id_hash: [u8; 32], expires_at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE sessions SET expires_at = LEAST($2, ends_at) WHERE id_hash = $1",
        id_hash.as_slice(),
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// When the database refuses.
pub async fn delete(tx: &mut Tx, id_hash: [u8; 32]) -> Result<()> {
    sqlx::query!(
        "DELETE FROM sessions WHERE id_hash = $1",
        id_hash.as_slice()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends every session of a person and returns how many there were.
///
/// # Errors
/// When the database refuses.
pub async fn delete_of_person(tx: &mut Tx, person: PersonId) -> Result<u64> {
    let done = sqlx::query!("DELETE FROM sessions WHERE person_id = $1", person.0)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

/// Removes sessions that have ended and returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM sessions WHERE expires_at <= $1 OR ends_at <= $1",
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
