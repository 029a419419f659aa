//! Imports: looking up what rows speak of, and saving what they change. Everything works on sets: a chunk of rows
//! costs a handful of statements, whatever its size. What is to be saved is `domain::import`'s judgement.

pub mod code_owners;
pub mod files;
pub mod holdings;
pub mod lookup;
pub mod people;
pub mod runners;
pub mod write;

use crate::{Result, Tx};

/// Has the database look at what a long import has written so far: its own figures are of before, and by them it
/// would read whole tables for every chunk.
///
/// # Errors
/// When the database refuses.
pub async fn look_anew(tx: &mut Tx) -> Result<()> {
    sqlx::query("ANALYZE identities, external_ids, selectors, credentials, permissions, trusts")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Waits until no other import runs; until the transaction ends.
///
/// # Errors
/// When the database refuses.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(7269)")
        .execute(&mut **tx)
        .await?;
    // A large file takes longer than a page may.
    sqlx::query!("SET LOCAL statement_timeout = '10min'")
        .execute(&mut **tx)
        .await?;
    Ok(())
}
