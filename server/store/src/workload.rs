//! Rules by which pipelines sign in with their own tokens.

use chrono::{DateTime, Utc};
use contract::ids::WorkloadRuleId;
use contract::tokens::WorkloadRule;
use uuid::Uuid;

use crate::tokens::scopes;
use crate::{Conn, Result, Tx};

struct Row {
    id: Uuid,
    name: String,
    issuer: String,
    audience: String,
    document: String,
    scopes: Vec<String>,
    teams: Vec<String>,
    created_by: String,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

impl Row {
    /// What it admits is judged by the service.
    fn into_rule(self) -> Result<WorkloadRule> {
        Ok(WorkloadRule {
            id: WorkloadRuleId(self.id),
            name: self.name,
            issuer: self.issuer,
            audience: self.audience,
            document: self.document,
            admits: String::new(),
            scopes: scopes(&self.scopes)?,
            teams: self.teams,
            created_by: self.created_by,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
        })
    }
}

/// Adds a rule.
///
/// # Errors
/// When the database refuses; `workload_rules_name_key` when the name is taken.
pub async fn insert(tx: &mut Tx, rule: &WorkloadRule) -> Result<()> {
    let scopes: Vec<String> = rule.scopes.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "INSERT INTO workload_rules (id, name, issuer, audience, document, scopes, teams, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        rule.id.0,
        rule.name,
        rule.issuer,
        rule.audience,
        rule.document,
        &scopes,
        &rule.teams,
        rule.created_by,
        rule.created_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Every rule, in order of name; of one issuer where one is named. They are made by hand: at most 500.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(conn: &mut Conn, issuer: Option<&str>) -> Result<Vec<WorkloadRule>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, name, issuer, audience, document, scopes, teams, created_by, created_at, last_used_at
         FROM workload_rules WHERE $1::text IS NULL OR issuer = $1 ORDER BY name LIMIT 500",
        issuer
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_rule).collect()
}

/// Removes a rule and what was given by it; its name, when it was there.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &mut Tx, id: WorkloadRuleId, now: DateTime<Utc>) -> Result<Option<String>> {
    sqlx::query!(
        "UPDATE api_tokens SET revoked_at = $2 WHERE rule_id = $1 AND revoked_at IS NULL",
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    let name = sqlx::query_scalar!(
        "DELETE FROM workload_rules WHERE id = $1 RETURNING name",
        id.0
    );
    Ok(name.fetch_optional(&mut **tx).await?)
}

/// Notes that a rule gave a token.
///
/// # Errors
/// When the database refuses.
pub async fn touch(tx: &mut Tx, id: WorkloadRuleId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE workload_rules SET last_used_at = $2 WHERE id = $1",
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
