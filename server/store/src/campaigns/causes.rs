//! What happened to identities since they were last approved, and which of it no review was opened for yet.

use chrono::{DateTime, Utc};
use contract::ids::{CampaignId, IdentityId};
use domain::campaign::micro::Cause;

use crate::{Conn, Result, Tx};

/// Something that happened to an identity.
#[derive(Debug, Clone)]
pub struct Happened {
    /// The identity.
    pub identity: IdentityId,
    /// Its name.
    pub name: String,
    /// What happened.
    pub cause: Cause,
    /// Which one: the same happening has the same key for ever.
    pub key: String,
    /// Trust documents before and after, where a trust changed.
    pub documents: Option<(String, String)>,
}

/// What happened since a moment and has no review yet, by key after `after`, at most 200.
///
/// What an identity was asked about last is what it is compared with: its approval, or its answered item in a running
/// campaign. While an item of it is open nothing is found: the reviewer is shown every change before an answer is taken.
///
/// # Errors
/// When the database cannot be asked.
pub async fn happened(conn: &mut Conn, since: DateTime<Utc>, after: &str) -> Result<Vec<Happened>> {
    let rows = sqlx::query!(
        r#"WITH asked AS (
               SELECT DISTINCT ON (i.identity_id) i.identity_id, COALESCE(i.decided_at, i.frozen_at) AS at, i.snapshot
               FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
               WHERE c.state = 'active' OR (c.state IN ('remediating', 'sealed') AND i.decision = 'approve')
               ORDER BY i.identity_id, i.frozen_at DESC),
           found AS (
               SELECT x.id, x.name, 'owner' AS kind,
                      'owner:' || x.id || ':' || x.owner_id || ':' || extract(epoch FROM a.at)::bigint AS key,
                      NULL::text AS before, NULL::text AS after
               FROM identities x JOIN asked a ON a.identity_id = x.id
               WHERE x.state = 'active' AND x.owner_id IS NOT NULL AND x.updated_at > $1 AND x.updated_at > a.at
                 AND a.snapshot -> 'owner' ->> 'id' IS DISTINCT FROM x.owner_id::text
               UNION ALL
               SELECT x.id, x.name, 'permission', 'permission:' || p.id, NULL, NULL
               FROM permissions p JOIN identities x ON x.id = p.identity_id JOIN asked a ON a.identity_id = x.id
               WHERE x.state = 'active' AND p.environment = 'production' AND p.created_at > $1 AND p.created_at > a.at
               UNION ALL
               SELECT x.id, x.name, 'trust', 'trust:' || t.id || ':' || md5(t.document), f.value ->> 'document', t.document
               FROM trusts t JOIN identities x ON x.id = t.identity_id JOIN asked a ON a.identity_id = x.id
                   CROSS JOIN LATERAL jsonb_array_elements(a.snapshot -> 'trusts') f
               WHERE x.state = 'active' AND f.value ->> 'id' = t.id::text AND f.value ->> 'document' <> t.document
                 AND x.updated_at > $1 AND x.updated_at > a.at
               UNION ALL
               SELECT x.id, x.name, CASE f.rule WHEN 'break_glass_use' THEN 'glass' ELSE 'leak' END,
                      'finding:' || f.id, NULL, NULL
               FROM findings f JOIN identities x ON x.id = f.identity_id
               WHERE f.rule IN ('break_glass_use', 'hard_coded_credential') AND f.state = 'open' AND f.opened_at > $1
                 AND x.state IN ('active', 'suspended'))
           SELECT f.id AS "id!", f.name AS "name!", f.kind AS "kind!", f.key AS "key!", f.before, f.after FROM found f
           WHERE f.key > $2 COLLATE "C" AND NOT EXISTS (SELECT FROM campaigns c WHERE c.cause = f.key)
             AND NOT EXISTS (SELECT FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
                 WHERE i.identity_id = f.id AND i.state = 'open' AND c.state = 'active')
           ORDER BY f.key COLLATE "C" LIMIT 200"#,
        since,
        after
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Happened {
            identity: row.id.into(),
            name: row.name,
            cause: match row.kind.as_str() {
                "owner" => Cause::Owner,
                "permission" => Cause::Permission,
                "trust" => Cause::Trust,
                "glass" => Cause::BreakGlass,
                _ => Cause::Leak,
            },
            key: row.key,
            documents: row.before.zip(row.after),
        })
        .collect())
}

/// Micro-reviews whose answer is there, or whose time is up: their answers can end.
///
/// # Errors
/// When the database cannot be asked.
pub async fn micro_to_close(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<CampaignId>> {
    let rows = sqlx::query_scalar!(
        "SELECT c.id FROM campaigns c WHERE c.cause IS NOT NULL AND c.state = 'active'
           AND (c.due_at + make_interval(days => COALESCE((c.policy ->> 'grace_days')::int, 7)) < $1
                OR NOT EXISTS (SELECT FROM campaign_items i WHERE i.campaign_id = c.id AND i.state = 'open'))
         ORDER BY c.id LIMIT 200",
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(CampaignId).collect())
}

/// Micro-reviews of which everything decided is proven or waived: they can be sealed.
///
/// # Errors
/// When the database cannot be asked.
pub async fn micro_to_seal(conn: &mut Conn) -> Result<Vec<CampaignId>> {
    let rows = sqlx::query_scalar!(
        "SELECT c.id FROM campaigns c WHERE c.cause IS NOT NULL AND c.state = 'remediating'
           AND NOT EXISTS (SELECT FROM remediations r WHERE r.campaign_id = c.id AND r.state IN ('decided', 'ticketed', 'applied'))
         ORDER BY c.id LIMIT 200"
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(CampaignId).collect())
}

/// Whether a cause has its review already.
///
/// # Errors
/// When the database cannot be asked.
pub async fn has_review(tx: &mut Tx, cause: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM campaigns WHERE cause = $1) AS "there!""#,
        cause
    )
    .fetch_one(&mut **tx)
    .await?)
}
