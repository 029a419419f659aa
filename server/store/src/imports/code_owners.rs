//! CODEOWNERS files as imported: the lines of each repository.

use chrono::{DateTime, Utc};
use domain::identity::code_owners::Rule;
use sqlx::types::Json;

use crate::{Conn, Result, Tx};

/// The lines of these repositories (in lower case); those never imported are left out.
///
/// # Errors
/// When the database cannot be asked, or what is stored cannot be read.
pub async fn rules(conn: &mut Conn, repositories: &[String]) -> Result<Vec<(String, Vec<Rule>)>> {
    let rows = sqlx::query!(
        r#"SELECT repository, rules AS "rules: Json<Vec<Rule>>" FROM code_owners WHERE repository = ANY($1)"#,
        repositories
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.repository, row.rules.0))
        .collect())
}

/// Replaces the lines of a repository.
///
/// # Errors
/// When the database refuses.
pub async fn save(
    tx: &mut Tx,
    repository: &str,
    rules: &[Rule],
    file: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO code_owners (repository, rules, file, imported_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (repository) DO UPDATE SET rules = $2, file = $3, imported_at = $4",
        repository,
        Json(rules) as _,
        file,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
