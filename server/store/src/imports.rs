//! Imports: looking up what rows speak of, and saving what they change. Everything works on sets: a chunk of rows
//! costs a handful of statements, whatever its size. What is to be saved is `domain::import`'s judgement.

pub mod code_owners;
pub mod files;
pub mod holdings;
pub mod lookup;
pub mod people;
pub mod write;

use crate::{Result, Tx};

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
