//! Joining a discovered identity with a registered one: everything that hangs on the one comes to hang on the other.

use chrono::{DateTime, Utc};
use contract::ids::IdentityId;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// A running campaign that has an open item on an identity.
///
/// # Errors
/// When the database cannot be asked.
pub async fn under_review(tx: &mut Tx, id: IdentityId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT c.name FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
         WHERE i.identity_id = $1 AND c.state NOT IN ('sealed', 'cancelled') ORDER BY c.name LIMIT 1",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// What came over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Names in the outside world.
    pub selectors: u64,
    /// Events.
    pub events: u64,
}

/// Moves everything from one identity to another. Call it with both locked; [`bury`] ends it.
///
/// # Errors
/// When the database refuses.
pub async fn move_all(
    tx: &mut Tx,
    from: IdentityId,
    into: IdentityId,
    now: DateTime<Utc>,
) -> Result<Moved> {
    let (from, into) = (from.0, into.0);
    let selectors = sqlx::query!(
        "UPDATE selectors SET identity_id = $2 WHERE identity_id = $1",
        from,
        into
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    holdings(tx, from, into).await?;
    let events = sqlx::query!(
        "UPDATE events SET identity_id = $2 WHERE identity_id = $1",
        from,
        into
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    sqlx::query!(
        "UPDATE cited_events SET identity_id = $2 WHERE identity_id = $1",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE event_day_changes SET identity_id = $2 WHERE identity_id = $1",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO event_days (source_id, identity_id, day, succeeded, failed)
         SELECT source_id, $2, day, succeeded, failed FROM event_days WHERE identity_id = $1
         ON CONFLICT (source_id, identity_id, day) DO UPDATE
             SET succeeded = event_days.succeeded + EXCLUDED.succeeded, failed = event_days.failed + EXCLUDED.failed",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("DELETE FROM event_days WHERE identity_id = $1", from)
        .execute(&mut **tx)
        .await?;
    histories(tx, from, into, now).await?;
    Ok(Moved { selectors, events })
}

/// Credentials, permissions, trusts and outside ids; what both have stays once.
async fn holdings(tx: &mut Tx, from: Uuid, into: Uuid) -> Result<()> {
    sqlx::query!(
        "UPDATE credentials c SET identity_id = $2 WHERE identity_id = $1
             AND NOT EXISTS (SELECT FROM credentials o WHERE o.identity_id = $2 AND o.external_id = c.external_id)",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE permissions o SET last_used_at = GREATEST(o.last_used_at, p.last_used_at) FROM permissions p
         WHERE p.identity_id = $1 AND o.identity_id = $2 AND (o.system, o.action, o.resource) = (p.system, p.action, p.resource)",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE permissions p SET identity_id = $2 WHERE identity_id = $1 AND NOT EXISTS (SELECT FROM permissions o
             WHERE o.identity_id = $2 AND (o.system, o.action, o.resource) = (p.system, p.action, p.resource))",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE trusts t SET identity_id = $2 WHERE identity_id = $1 AND NOT EXISTS (SELECT FROM trusts o
             WHERE o.identity_id = $2 AND (o.language, o.target) = (t.language, t.target))",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE external_ids SET identity_id = $2 WHERE identity_id = $1",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What was found and told of it. Its findings are answered by the merge.
async fn histories(tx: &mut Tx, from: Uuid, into: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE findings SET identity_id = $2, state = 'resolved', excepted_until = NULL,
             resolved_at = COALESCE(resolved_at, $3) WHERE identity_id = $1",
        from,
        into,
        now
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE identity_changes SET identity_id = $2 WHERE identity_id = $1",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE identity_merges SET into_id = $2 WHERE into_id = $1",
        from,
        into
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE identities n SET last_used_at = GREATEST(n.last_used_at, o.last_used_at),
             environments = ARRAY(SELECT e FROM unnest(n.environments || o.environments) AS e GROUP BY e
                 ORDER BY e = 'production' DESC, e = 'staging' DESC),
             updated_at = $3, version = n.version + 1
         FROM identities o WHERE n.id = $2 AND o.id = $1",
        from,
        into,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A merge, to be remembered.
#[derive(Debug, Clone)]
pub struct Merge<'a> {
    /// The one that goes.
    pub from: IdentityId,
    /// Its name.
    pub from_name: &'a str,
    /// The one that stays.
    pub into: IdentityId,
    /// Who joined them.
    pub by_name: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// Takes the one that went out of the roll and remembers where it is now.
///
/// # Errors
/// When the database refuses.
pub async fn bury(tx: &mut Tx, merge: &Merge<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity_merges (from_id, from_name, into_id, by_name, reason, at) VALUES ($1, $2, $3, $4, $5, $6)",
        merge.from.0,
        merge.from_name,
        merge.into.0,
        merge.by_name,
        merge.reason,
        now
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("DELETE FROM identities WHERE id = $1", merge.from.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Where a merged identity is now.
///
/// # Errors
/// When the database cannot be asked.
pub async fn merged_into(conn: &mut Conn, id: IdentityId) -> Result<Option<IdentityId>> {
    let into = sqlx::query_scalar!(
        "SELECT into_id FROM identity_merges WHERE from_id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(into.map(IdentityId))
}
