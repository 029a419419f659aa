//! Finding identities by their names in the outside world, and listing names nobody had registered.

use chrono::{DateTime, Utc};
use contract::identities::Environment;
use contract::ids::IdentityId;
use domain::event::discovery::Discovery;
use domain::event::selectors::{Selector, coarse};
use serde_json::Value;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// A registered selector and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The identity.
    pub identity: IdentityId,
    /// The selector.
    pub selector: Selector,
}

/// Finds every registered selector that might be one of these; `domain::event::selectors::same` judges exactly.
/// `numbers` are GitHub's `owner/repository` ids, by which renamed repositories are found.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn candidates(
    conn: &mut Conn,
    offered: &[Selector],
    numbers: &[String],
) -> Result<Vec<Registered>> {
    let kinds: Vec<&str> = offered.iter().map(|selector| selector.0.as_str()).collect();
    let values: Vec<String> = offered.iter().map(|selector| coarse(&selector.2)).collect();
    let rows = sqlx::query!(
        "SELECT s.identity_id, s.kind, s.issuer, s.value FROM selectors s
         JOIN (SELECT DISTINCT kind, value FROM UNNEST($1::text[], $2::text[]) AS o (kind, value)) o
           ON s.kind = o.kind AND s.coarse = o.value
         UNION
         SELECT s.identity_id, s.kind, s.issuer, s.value FROM selectors s WHERE s.numbers = ANY($3)",
        &kinds as _,
        &values,
        numbers
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            // Columns of a UNION carry no NOT NULL.
            let whole = row.identity_id.zip(row.kind).zip(row.issuer).zip(row.value);
            let (((id, kind), issuer), value) =
                whole.ok_or_else(|| crate::Error::Unreadable("selectors".to_owned()))?;
            Ok(Registered {
                identity: IdentityId(id),
                selector: (kind.parse()?, issuer, value),
            })
        })
        .collect()
}

/// Keeps names with whom they are until commit: whoever joins two identities waits.
///
/// # Errors
/// When the database refuses.
pub async fn hold_names(tx: &mut Tx) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared(7269)")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Waits until nobody holds names ([`hold_names`]), and lets nobody until commit. Before [`lock_discovery`], which
/// deliveries take while they hold names.
///
/// # Errors
/// When the database refuses.
pub async fn lock_names(tx: &mut Tx) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(7269)")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Waits until no other delivery is listing new names; until commit.
///
/// # Errors
/// When the database refuses.
pub async fn lock_discovery(tx: &mut Tx) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(7268)")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What a discovered identity is entered with.
#[derive(Debug, Clone)]
pub struct Entering<'a> {
    /// Id of the identity.
    pub id: IdentityId,
    /// Id of its selector.
    pub selector_id: Uuid,
    /// What it is believed to be.
    pub guess: &'a Discovery,
    /// Environments it was seen in.
    pub environments: &'a [Environment],
    /// Evidence, for the page.
    pub evidence: &'a Value,
}

/// Enters a discovered identity with its selector and returns its name: the guessed one, numbered when taken.
/// Call under [`lock_discovery`].
///
/// # Errors
/// When the database refuses.
pub async fn enter(tx: &mut Tx, entering: &Entering<'_>, now: DateTime<Utc>) -> Result<String> {
    let guess = entering.guess;
    let environments: Vec<&str> = entering
        .environments
        .iter()
        .map(|environment| environment.as_str())
        .collect();
    let (kind, issuer, value) = &guess.selector;
    let mut name = guess.name.clone();
    for place in 2.. {
        let search = format!("{name} {value}").to_lowercase();
        let done = sqlx::query!(
            "INSERT INTO identities (id, name, kind, platform, state, environments, discovery, created_at, updated_at,
                 subject, search_text, rotation_unknown)
             VALUES ($1, $2, $3, $4, 'discovered', $5, $6, $7, $7, $8, $9, true)
             ON CONFLICT ON CONSTRAINT identities_name_key DO NOTHING",
            entering.id.0,
            name,
            guess.kind.as_str(),
            guess.platform.as_str(),
            &environments as _,
            entering.evidence,
            now,
            value,
            search
        )
        .execute(&mut **tx)
        .await?;
        if done.rows_affected() == 1 {
            break;
        }
        name = format!("{} ({place})", guess.name);
    }
    sqlx::query!(
        "INSERT INTO selectors (id, identity_id, kind, issuer, value, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        entering.selector_id,
        entering.id.0,
        kind.as_str(),
        issuer,
        value,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(name)
}
