//! Keeps sessions for the session layer of the web server. Rollcall's own act: no activity entries here.

use chrono::TimeDelta;
use contract::ids::PersonId;
use domain::access::Access;
use serde_json::Value;
use store::sessions::{self, Session};

use crate::{Op, Result};

/// Key under which the session layer keeps who is signed in.
pub const PERSON: &str = "person";

/// How often at most a session's idle end is moved on.
const STEP: TimeDelta = TimeDelta::seconds(60);

/// How long sessions last.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// On the way to the identity provider.
    pub pending: TimeDelta,
    /// Signed in, without a request.
    pub idle: TimeDelta,
    /// Signed in, in any case.
    pub absolute: TimeDelta,
}

/// A session as the session layer knows it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What the session layer keeps.
    pub data: Value,
    /// When it ends unless it is used.
    pub expires_at: chrono::DateTime<chrono::Utc>,
}

/// Adds a session; false when the id is taken.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn create(op: &Op, id_hash: [u8; 32], data: Value, last: Lifetimes) -> Result<bool> {
    op.require(Access::Operate)?;
    let person = person_in(&data);
    let (idle, absolute) = if person.is_some() {
        (last.idle, last.absolute)
    } else {
        (last.pending, last.pending)
    };
    let session = Session {
        id_hash,
        person,
        data,
        expires_at: op.now + idle,
        ends_at: op.now + absolute,
    };
    let mut tx = op.db().begin().await?;
    let added = sessions::insert(&mut tx, &session, op.now).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(added)
}

/// Loads a session that has not ended, and moves its idle end on.
///
/// # Errors
/// When the actor may not, or the database cannot be asked.
pub async fn load(op: &Op, id_hash: [u8; 32], last: Lifetimes) -> Result<Option<Kept>> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    let Some(session) = sessions::find(&mut conn, id_hash, op.now).await? else {
        return Ok(None);
    };
    drop(conn);
    let extended = op.now + last.idle;
    if session.person.is_some()
        && extended - session.expires_at > STEP
        && session.expires_at < session.ends_at
    {
        let mut tx = op.db().begin().await?;
        sessions::extend(&mut tx, id_hash, extended).await?;
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(Some(Kept {
        data: session.data,
        expires_at: session.expires_at,
    }))
}

/// Saves what the session layer keeps. A session that was ended meanwhile stays ended.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn save(op: &Op, id_hash: [u8; 32], data: &Value) -> Result<()> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    sessions::update(&mut tx, id_hash, person_in(data), data).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// Ends a session.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn remove(op: &Op, id_hash: [u8; 32]) -> Result<()> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    sessions::delete(&mut tx, id_hash).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// Removes sessions that have ended by themselves and returns how many.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn sweep(op: &Op) -> Result<u64> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let removed = sessions::sweep(&mut tx, op.now).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(removed)
}

fn person_in(data: &Value) -> Option<PersonId> {
    data.get(PERSON)?.as_str()?.parse().ok()
}
