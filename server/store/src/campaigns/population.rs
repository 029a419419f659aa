//! Which identities a campaign is about.

use chrono::{DateTime, Utc};
use contract::campaigns::CampaignScope;
use contract::identities::{
    CredentialClass, Environment, IdentityKind, IdentityState, Platform, RiskTier,
};
use contract::ids::IdentityId;

use crate::conditions::literal;
use crate::{Conn, Result};

/// A population as the database is asked for it: the scope with its due date.
#[derive(Debug, Clone)]
pub struct Population<'a> {
    /// The scope.
    pub scope: &'a CampaignScope,
    /// Reviews due by then are in, where only due ones are asked for.
    pub due_at: DateTime<Utc>,
    /// The present moment.
    pub now: DateTime<Utc>,
}

fn words<T: Copy>(values: &[T], word: fn(T) -> &'static str) -> Vec<String> {
    values.iter().map(|value| word(*value).to_owned()).collect()
}

/// Ids of the population, in id order. Empty lists in the filter mean "any".
///
/// # Errors
/// When the database cannot be asked.
pub async fn ids(conn: &mut Conn, population: &Population<'_>) -> Result<Vec<IdentityId>> {
    let filter = &population.scope.filter;
    let states = if filter.state.is_empty() {
        vec!["active".to_owned()]
    } else {
        words(&filter.state, IdentityState::as_str)
    };
    let pattern = literal(filter.q.trim());
    let unused_before = filter
        .unused_days
        .map(|days| population.now - chrono::TimeDelta::days(days.clamp(0, 36_500)));
    let ids = sqlx::query_scalar!(
        r#"SELECT i.id AS "id!" FROM identities i LEFT JOIN teams t ON t.id = i.team_id
           WHERE i.state = ANY($1)
             AND (cardinality($2::text[]) = 0 OR i.kind = ANY($2))
             AND (cardinality($3::text[]) = 0 OR i.platform = ANY($3))
             AND (cardinality($4::text[]) = 0 OR i.environments && $4)
             AND (cardinality($5::text[]) = 0 OR t.slug = ANY($5)
                  OR ('none' = ANY($5) AND (i.team_id IS NULL OR i.owner_id IS NULL)))
             AND (cardinality($6::text[]) = 0 OR i.credential_class = ANY($6))
             AND (cardinality($7::text[]) = 0 OR i.tier = ANY($7))
             AND ($8::boolean IS NULL OR i.privileged = $8)
             AND ($9 = '' OR i.search_text ILIKE '%' || $9 || '%')
             AND ($10::timestamptz IS NULL OR i.last_used_at IS NULL OR i.last_used_at < $10)
             AND (NOT $11::boolean OR i.next_review_at IS NULL OR i.next_review_at <= $12)
           ORDER BY i.id"#,
        &states,
        &words(&filter.kind, IdentityKind::as_str),
        &words(&filter.platform, Platform::as_str),
        &words(&filter.environment, Environment::as_str),
        &filter.team,
        &words(&filter.credential, CredentialClass::as_str),
        &words(&filter.tier, RiskTier::as_str),
        filter.privileged,
        pattern,
        unused_before,
        population.scope.only_due,
        population.due_at,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(IdentityId::from).collect())
}

/// Words of the platforms of some identities, each once.
///
/// # Errors
/// When the database cannot be asked.
pub async fn platforms(conn: &mut Conn, ids: &[IdentityId]) -> Result<Vec<String>> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT platform FROM identities WHERE id = ANY($1) ORDER BY 1",
        &ids
    )
    .fetch_all(conn)
    .await?)
}
