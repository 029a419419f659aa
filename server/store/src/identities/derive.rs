//! Keeps the columns that follow from selectors, credentials and permissions. Call it in the transaction
//! that changed them; it works on sets, so an import derives all its rows at once.

use uuid::Uuid;

use crate::{Result, Tx};

/// What the caller knows of each credential type: its word, its longest age in days (none: nothing is
/// stored), and its class word. From `domain`, so that the judgement stays there.
#[derive(Debug, Clone, Default)]
pub struct CredentialRules {
    /// Type words.
    pub types: Vec<String>,
    /// Longest age in days, in the same order.
    pub max_days: Vec<Option<i32>>,
    /// Class words, in the same order.
    pub classes: Vec<String>,
}

/// Derives the kept columns of these identities.
///
/// # Errors
/// When the database refuses.
pub async fn columns(tx: &mut Tx, ids: &[Uuid], rules: &CredentialRules) -> Result<()> {
    sqlx::query!(
        "WITH rules AS (
             SELECT * FROM unnest($2::text[], $3::int[], $4::text[]) AS r (credential_type, max_days, class)
         ), held AS (
             SELECT c.identity_id,
                 min(CASE WHEN r.max_days IS NOT NULL AND c.revoked_at IS NULL AND c.kept <> 'platform' THEN COALESCE(c.overlap_until,
                     GREATEST(c.issued_at, c.rotated_at) + COALESCE(p.days, r.max_days) * interval '24 hours') END) AS due_at,
                 bool_or(r.max_days IS NOT NULL AND c.revoked_at IS NULL AND c.kept <> 'platform' AND c.overlap_until IS NULL
                     AND c.issued_at IS NULL AND c.rotated_at IS NULL) AS unknown,
                 CASE WHEN bool_and(c.revoked_at IS NOT NULL) THEN 'unknown'
                     WHEN bool_or(r.class = 'static' AND c.kept = 'code' AND c.revoked_at IS NULL) THEN 'hard_coded'
                     WHEN bool_or(r.class = 'static' AND c.kept <> 'platform' AND c.revoked_at IS NULL) THEN 'static'
                     WHEN bool_or(r.class = 'static' AND c.revoked_at IS NULL) THEN 'platform_managed'
                     WHEN bool_or(r.class = 'dynamic' AND c.revoked_at IS NULL) THEN 'dynamic'
                     ELSE 'federated' END AS class
             FROM credentials c JOIN rules r USING (credential_type) JOIN identities i ON i.id = c.identity_id
                 LEFT JOIN LATERAL nearest_rotation_policy(i.id, i.team_id, i.tier, c.credential_type) p ON true
             WHERE c.identity_id = ANY($1) GROUP BY 1
         ), named AS (
             SELECT s.identity_id,
                 (array_agg(s.value ORDER BY array_position(ARRAY['oidc_subject', 'aws_role', 'gcp_service_account',
                     'kubernetes_service_account', 'aws_user', 'azure_service_principal', 'azure_federated_credential',
                     'vault_entity', 'repository', 'github_actor', 'aws_access_key', 'token_id'], s.kind),
                     s.created_at, s.id))[1] AS subject,
                 string_agg(s.value, ' ') AS words
             FROM selectors s WHERE s.identity_id = ANY($1) GROUP BY 1
         ), granted AS (
             SELECT p.identity_id, bool_or(p.privileged) AS privileged
             FROM permissions p WHERE p.identity_id = ANY($1) GROUP BY 1
         )
         UPDATE identities n SET
             subject = COALESCE(named.subject, ''),
             search_text = lower(concat_ws(' ', n.name, n.purpose, n.ticket, array_to_string(n.tags, ' '), named.words)),
             credential_class = COALESCE(held.class, 'unknown'),
             rotation_due_at = held.due_at,
             rotation_unknown = COALESCE(held.unknown, true),
             privileged = COALESCE(granted.privileged, false)
         FROM identities m
             LEFT JOIN held ON held.identity_id = m.id
             LEFT JOIN named ON named.identity_id = m.id
             LEFT JOIN granted ON granted.identity_id = m.id
         WHERE m.id = n.id AND n.id = ANY($1)",
        ids,
        &rules.types,
        &rules.max_days as _,
        &rules.classes,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
