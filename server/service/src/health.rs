//! Whether Rollcall can do its work: asked by `/readyz`.

use domain::access::Access;

use crate::{Op, Result};

/// What readiness stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// The database answers.
    pub database: bool,
    /// Every migration this binary knows is applied.
    pub migrations: bool,
}

/// Asks the database. A database that does not answer is an answer, not an error.
///
/// # Errors
/// When the actor may not.
pub async fn readiness(op: &Op) -> Result<Readiness> {
    op.require(Access::Operate)?;
    let migrations = op.db().is_migrated().await;
    Ok(Readiness {
        database: migrations.is_ok(),
        migrations: migrations.unwrap_or(false),
    })
}

/// Applies the migrations that are missing.
///
/// # Errors
/// When the actor may not, or one fails.
pub async fn migrate(op: &Op) -> Result<()> {
    op.require(Access::Operate)?;
    Ok(op.db().migrate().await?)
}
