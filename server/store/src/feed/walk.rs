//! Reading the feed with what its events hold, for whoever walks its chain. One place is in memory at a time.

use contract::ids::{EventId, SourceId};
use domain::event::chain::walk::{Broken, Kept, Placed, Walk};
use domain::event::{Event, Joins};
use futures::TryStreamExt as _;
use uuid::Uuid;

use crate::{Conn, Result};

/// The end that the head names: position and hash.
///
/// # Errors
/// When the database cannot be asked.
pub async fn end(conn: &mut Conn) -> Result<(i64, Vec<u8>)> {
    let head = sqlx::query!("SELECT position, hash FROM feed_head")
        .fetch_one(conn)
        .await?;
    Ok((head.position, head.hash))
}

/// Where the walk begins: position and hash of the last place that is past its retention, or before the first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn base(conn: &mut Conn) -> Result<Walk> {
    let head = sqlx::query!("SELECT base_position, base_hash FROM feed_head")
        .fetch_one(conn)
        .await?;
    Ok(Walk::after(
        head.base_position,
        super::bytes(&head.base_hash)?,
    ))
}

/// Walks on through at most `limit` places, none after `head`, and returns how many there were, or the first that does
/// not hold.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn walk(
    conn: &mut Conn,
    walk: &mut Walk,
    head: i64,
    limit: i64,
) -> Result<std::result::Result<u64, Broken>> {
    let mut rows = sqlx::query_as!(
        Row,
        r#"SELECT f.position, f.published, f.hash, f.event_id, e.source_id AS "source_id?", e.received_at AS "received_at?",
               e.occurred_at AS "occurred_at?", e.kind AS "kind?", e.outcome AS "outcome?", e.action AS "action?",
               e.format AS "format?", e.vendor_id AS "vendor_id?", e.id_kind AS "id_kind?", e.actor, e.issuer, e.subject,
               e.principal, e.role, e.repository, e.git_ref, e.commit, e.run_id, e.environment, e.target, e.source_ip,
               e.raw::text AS "raw?",
               e.id IS NULL AND EXISTS (SELECT FROM event_purges p WHERE p.source_id = f.source_id
                   AND p.month = date_trunc('month', f.occurred_at AT TIME ZONE 'UTC')::date) AS "purged!"
           FROM feed f LEFT JOIN LATERAL (
               SELECT * FROM events x WHERE x.id = f.event_id AND x.occurred_at = f.occurred_at OFFSET 0) e ON true
           WHERE f.position > $1 AND f.position <= $2 ORDER BY f.position LIMIT $3"#,
        walk.position(),
        head,
        limit
    )
    .fetch(conn);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        if let Err(broken) = walk.step(&row.place()?) {
            return Ok(Err(broken));
        }
        count += 1;
    }
    Ok(Ok(count))
}

struct Row {
    position: i64,
    published: chrono::DateTime<chrono::Utc>,
    hash: Vec<u8>,
    event_id: Uuid,
    source_id: Option<Uuid>,
    received_at: Option<chrono::DateTime<chrono::Utc>>,
    occurred_at: Option<chrono::DateTime<chrono::Utc>>,
    kind: Option<String>,
    outcome: Option<String>,
    action: Option<String>,
    format: Option<String>,
    vendor_id: Option<String>,
    id_kind: Option<String>,
    actor: Option<String>,
    issuer: Option<String>,
    subject: Option<String>,
    principal: Option<String>,
    role: Option<String>,
    repository: Option<String>,
    git_ref: Option<String>,
    commit: Option<String>,
    run_id: Option<String>,
    environment: Option<String>,
    target: Option<String>,
    source_ip: Option<String>,
    raw: Option<String>,
    purged: bool,
}

impl Row {
    fn place(mut self) -> Result<Placed> {
        Ok(Placed {
            position: self.position,
            published: self.published,
            hash: std::mem::take(&mut self.hash),
            id: EventId(self.event_id),
            purged: self.purged,
            kept: self.kept()?,
        })
    }

    /// `None` when the event is gone. A word that is no longer one of ours is an error: it was changed by hand.
    fn kept(self) -> Result<Option<Kept>> {
        let (Some(source), Some(received_at), Some(occurred_at), Some(raw)) =
            (self.source_id, self.received_at, self.occurred_at, self.raw)
        else {
            return Ok(None);
        };
        let event = Event {
            kind: self.kind.unwrap_or_default().parse()?,
            outcome: self.outcome.unwrap_or_default().parse()?,
            action: self.action.unwrap_or_default(),
            occurred_at,
            format: self.format.unwrap_or_default().parse()?,
            vendor_id: self.vendor_id.unwrap_or_default(),
            id_kind: self.id_kind.unwrap_or_default().parse()?,
            actor: self.actor,
            issuer: self.issuer,
            subject: self.subject,
            principal: self.principal,
            role: self.role,
            repository: self.repository,
            git_ref: self.git_ref,
            commit: self.commit,
            run_id: self.run_id,
            environment: self.environment,
            target: self.target,
            source_ip: self.source_ip,
            joins: Joins::default(),
        };
        Ok(Some(Kept {
            source: SourceId(source),
            received_at,
            event,
            raw,
        }))
    }
}
