//! Saving identities, their names and their changes.

use chrono::{DateTime, Utc};
use contract::ids::IdentityId;
use domain::event::selectors::Selector;
use domain::identity::lifecycle::StateFacts;
use domain::import::plan::{Changes, Row};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Result, Tx};

/// An identity to enter or change.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its id.
    pub id: IdentityId,
    /// The row as it shall stand.
    pub row: Row,
    /// Facts of its state; only for a new one.
    pub facts: StateFacts,
    /// Why it is believed to exist; only for a discovered one.
    pub discovery: Option<Value>,
    /// When the next review is due; only for a new one.
    pub next_review_at: Option<DateTime<Utc>>,
    /// When the vendor saw it last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

fn as_json(saved: &Saved) -> Value {
    let row = &saved.row;
    json!({
        "id": saved.id, "name": row.name, "kind": row.kind, "platform": row.platform, "state": row.state,
        "purpose": row.purpose, "ticket": row.ticket, "justification": row.justification,
        "environments": row.environments, "tier": row.tier, "team": row.team.as_ref().map(|(id, _)| id),
        "owner": row.owner.as_ref().map(|(id, _)| id), "backup": row.backup_owner.as_ref().map(|(id, _)| id),
        "tags": row.tags, "links": row.links, "break_glass": row.break_glass, "facts": saved.facts,
        "discovery": saved.discovery, "next_review_at": saved.next_review_at, "last_used_at": saved.last_used_at,
    })
}

/// Enters new identities.
///
/// # Errors
/// `identities_name_key` when a name is taken.
pub async fn enter(tx: &mut Tx, all: &[Saved], now: DateTime<Utc>) -> Result<()> {
    let rows = Value::Array(all.iter().map(as_json).collect());
    sqlx::query!(
        "INSERT INTO identities (id, name, kind, platform, state, purpose, ticket, justification, environments, tier,
             team_id, owner_id, backup_owner_id, tags, links, break_glass, state_facts, discovery, next_review_at,
             last_used_at, break_glass_since, created_at, updated_at)
         SELECT r.id, r.name, r.kind, r.platform, r.state, r.purpose, r.ticket, r.justification, r.environments, r.tier,
             r.team, r.owner, r.backup, r.tags, r.links, r.break_glass, r.facts, r.discovery, r.next_review_at,
             r.last_used_at, CASE WHEN r.break_glass THEN $2::timestamptz END, $2, $2
         FROM jsonb_to_recordset($1) AS r (id uuid, name text, kind text, platform text, state text, purpose text,
             ticket text, justification text, environments text[], tier text, team uuid, owner uuid, backup uuid,
             tags text[], links jsonb, break_glass boolean, facts jsonb, discovery jsonb, next_review_at timestamptz,
             last_used_at timestamptz)",
        rows,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Changes identities. A use the vendor saw only ever moves forward.
///
/// # Errors
/// `identities_name_key` when a name is taken.
pub async fn change(tx: &mut Tx, all: &[Saved], now: DateTime<Utc>) -> Result<()> {
    let rows = Value::Array(all.iter().map(as_json).collect());
    sqlx::query!(
        "UPDATE identities n SET name = r.name, kind = r.kind, platform = r.platform, purpose = r.purpose,
             ticket = r.ticket, justification = r.justification, environments = r.environments, tier = r.tier,
             team_id = r.team, owner_id = r.owner, backup_owner_id = r.backup, tags = r.tags, links = r.links,
             break_glass = r.break_glass,
             break_glass_since = CASE WHEN r.break_glass THEN COALESCE(n.break_glass_since, $2::timestamptz) END,
             last_used_at = GREATEST(n.last_used_at, r.last_used_at), updated_at = $2,
             version = n.version + 1
         FROM jsonb_to_recordset($1) AS r (id uuid, name text, kind text, platform text, purpose text, ticket text,
             justification text, environments text[], tier text, team uuid, owner uuid, backup uuid, tags text[],
             links jsonb, break_glass boolean, last_used_at timestamptz)
         WHERE n.id = r.id",
        rows,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Marks identities whose credentials, permissions or trusts changed.
///
/// # Errors
/// When the database refuses.
pub async fn touch(tx: &mut Tx, ids: &[Uuid], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE identities SET updated_at = $2, version = version + 1 WHERE id = ANY($1) AND updated_at < $2",
        ids,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps external ids; one that stands already is left alone.
///
/// # Errors
/// When the database refuses.
pub async fn external_ids(tx: &mut Tx, all: &[(IdentityId, &'static str, String)]) -> Result<()> {
    let ids: Vec<Uuid> = all.iter().map(|(id, _, _)| id.0).collect();
    let spaces: Vec<&str> = all.iter().map(|(_, space, _)| *space).collect();
    let values: Vec<String> = all.iter().map(|(_, _, value)| value.clone()).collect();
    sqlx::query!(
        "INSERT INTO external_ids (identity_id, space, value) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
         ON CONFLICT DO NOTHING",
        &ids,
        &spaces as _,
        &values
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Registers names of the outside world: id of the selector, whose it is, the name.
///
/// # Errors
/// `selectors_name_key` when another identity claims one of them.
pub async fn selectors(
    tx: &mut Tx,
    all: &[(Uuid, IdentityId, Selector)],
    now: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<Uuid> = all.iter().map(|(id, _, _)| *id).collect();
    let owners: Vec<Uuid> = all.iter().map(|(_, owner, _)| owner.0).collect();
    let kinds: Vec<&str> = all.iter().map(|(_, _, name)| name.0.as_str()).collect();
    let issuers: Vec<String> = all.iter().map(|(_, _, name)| name.1.clone()).collect();
    let values: Vec<String> = all.iter().map(|(_, _, name)| name.2.clone()).collect();
    sqlx::query!(
        "INSERT INTO selectors (id, identity_id, kind, issuer, value, created_at)
         SELECT w.id, w.owner, w.kind, w.issuer, w.value, $6
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS w (id, owner, kind, issuer, value)",
        &ids,
        &owners,
        &kinds as _,
        &issuers,
        &values,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps claims that were left out: who claims, who holds it, the name.
///
/// # Errors
/// When the database refuses.
pub async fn conflicts(
    tx: &mut Tx,
    all: &[(IdentityId, IdentityId, Selector)],
    now: DateTime<Utc>,
) -> Result<()> {
    let claimants: Vec<Uuid> = all.iter().map(|(claimant, _, _)| claimant.0).collect();
    let holders: Vec<Uuid> = all.iter().map(|(_, holder, _)| holder.0).collect();
    let kinds: Vec<&str> = all.iter().map(|(_, _, name)| name.0.as_str()).collect();
    let issuers: Vec<String> = all.iter().map(|(_, _, name)| name.1.clone()).collect();
    let values: Vec<String> = all.iter().map(|(_, _, name)| name.2.clone()).collect();
    sqlx::query!(
        "INSERT INTO selector_conflicts (identity_id, holder_id, kind, issuer, value, since)
         SELECT w.claimant, w.holder, w.kind, w.issuer, w.value, $6
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS w (claimant, holder, kind, issuer, value)
         ON CONFLICT ON CONSTRAINT selector_conflicts_key DO UPDATE SET holder_id = EXCLUDED.holder_id",
        &claimants,
        &holders,
        &kinds as _,
        &issuers,
        &values,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One identity's changes, for its history.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Id of the entry.
    pub id: Uuid,
    /// Whose.
    pub identity: Uuid,
    /// A sentence.
    pub summary: String,
    /// Changed fields.
    pub changes: Changes,
}

/// Who made the changes, on which request, and what they did.
#[derive(Debug, Clone)]
pub struct Author {
    /// Actor kind word.
    pub kind: &'static str,
    /// Actor's name.
    pub name: String,
    /// Verb, `object.participle`.
    pub action: &'static str,
    /// Request.
    pub request_id: String,
}

/// Keeps changes for the histories.
///
/// # Errors
/// When the database refuses.
pub async fn changes(
    tx: &mut Tx,
    all: &[Changed],
    author: &Author,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<Value> = all
        .iter()
        .map(|one| json!({"id": one.id, "identity": one.identity, "summary": one.summary, "changes": one.changes}))
        .collect();
    sqlx::query!(
        "INSERT INTO identity_changes (id, identity_id, at, actor_kind, actor_name, action, summary, changes, request_id)
         SELECT r.id, r.identity, $2, $3, $4, $5, r.summary, r.changes, $6
         FROM jsonb_to_recordset($1) AS r (id uuid, identity uuid, summary text, changes jsonb)",
        Value::Array(rows),
        now,
        author.kind,
        author.name,
        author.action,
        author.request_id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Names of identities, for sentences about them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn names(tx: &mut Tx, ids: &[Uuid]) -> Result<std::collections::HashMap<Uuid, String>> {
    let rows = sqlx::query!("SELECT id, name FROM identities WHERE id = ANY($1)", ids)
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
