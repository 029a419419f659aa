//! Shells that ask for a token, until somebody approves or the time is over.

use chrono::{DateTime, Utc};
use contract::ids::PersonId;
use contract::tokens::DeviceLogin;
use uuid::Uuid;

use crate::tokens::scopes;
use crate::{Conn, Result, Tx};

/// A login as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its id.
    pub id: Uuid,
    /// What it asks for.
    pub login: DeviceLogin,
    /// Who approved it.
    pub approved_by: Option<PersonId>,
    /// Whether somebody refused it.
    pub refused: bool,
    /// When the shell last asked.
    pub polled_at: Option<DateTime<Utc>>,
}

struct Row {
    id: Uuid,
    user_code: String,
    name: String,
    scopes: Vec<String>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    approved_by: Option<Uuid>,
    refused: bool,
    polled_at: Option<DateTime<Utc>>,
}

impl Row {
    fn into_stored(self) -> Result<Stored> {
        Ok(Stored {
            id: self.id,
            login: DeviceLogin {
                code: self.user_code,
                name: self.name,
                scopes: scopes(&self.scopes)?,
                created_at: self.created_at,
                expires_at: self.expires_at,
            },
            approved_by: self.approved_by.map(PersonId),
            refused: self.refused,
            polled_at: self.polled_at,
        })
    }
}

/// Adds a login, unless `most` wait already; whether it was added.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    login: &DeviceLogin,
    device_hash: [u8; 32],
    most: i64,
) -> Result<bool> {
    let words: Vec<String> = login.scopes.iter().map(ToString::to_string).collect();
    let added = sqlx::query!(
        "INSERT INTO device_logins (id, device_hash, user_code, name, scopes, created_at, expires_at)
         SELECT $1, $2, $3, $4, $5, $6, $7
         WHERE (SELECT count(*) FROM device_logins WHERE expires_at > $6) < $8",
        id,
        &device_hash[..],
        login.code,
        login.name,
        &words,
        login.created_at,
        login.expires_at,
        most
    )
    .execute(&mut **tx)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// The login of a code that people type, while it waits for an answer.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn waiting(conn: &mut Conn, code: &str, now: DateTime<Utc>) -> Result<Option<Stored>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, user_code, name, scopes, created_at, expires_at, approved_by, refused, polled_at FROM device_logins
         WHERE user_code = $1 AND expires_at > $2 AND approved_by IS NULL AND NOT refused",
        code,
        now
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::into_stored).transpose()
}

/// Answers a login; `false` when it was answered meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn answer(tx: &mut Tx, id: Uuid, approved_by: Option<PersonId>) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE device_logins SET approved_by = $2::uuid, refused = $2::uuid IS NULL
         WHERE id = $1 AND approved_by IS NULL AND NOT refused",
        id,
        approved_by.map(|person| person.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Locks the login of a shell's own code, and notes that it asked.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn ask(tx: &mut Tx, device_hash: [u8; 32], now: DateTime<Utc>) -> Result<Option<Stored>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, user_code, name, scopes, created_at, expires_at, approved_by, refused, polled_at FROM device_logins
         WHERE device_hash = $1 FOR UPDATE",
        &device_hash[..]
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(row) = &row {
        sqlx::query!(
            "UPDATE device_logins SET polled_at = $2 WHERE id = $1",
            row.id,
            now
        )
        .execute(&mut **tx)
        .await?;
    }
    row.map(Row::into_stored).transpose()
}

/// Removes a login.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &mut Tx, id: Uuid) -> Result<()> {
    sqlx::query!("DELETE FROM device_logins WHERE id = $1", id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Removes logins whose time is over.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    let gone = sqlx::query!("DELETE FROM device_logins WHERE expires_at < $1", before)
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected())
}
