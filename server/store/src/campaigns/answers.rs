//! Answers to items, and whose item it is.

use chrono::{DateTime, Utc};
use contract::campaigns::{DecisionKind, DecisionView, GivenAnswer, ModifyTarget};
use contract::ids::{CampaignId, ItemId, PersonId};
use contract::people::PersonRef;
use domain::campaign::item::Decision;
use domain::campaign::reviewer::Assignment;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

struct DecisionRow {
    item_id: Uuid,
    decision: String,
    reason: String,
    targets: Json<Vec<ModifyTarget>>,
    shown_hash: String,
    seen_current_hash: Option<String>,
    followed_advice: bool,
    decided_by: Uuid,
    decided_by_name: String,
    decided_at: DateTime<Utc>,
    advice: String,
    bulk: bool,
    at_once: bool,
    stage: i32,
    seconds: Option<i32>,
}

/// Every answer to some items, oldest first, with the item it belongs to.
///
/// # Errors
/// When the database cannot be asked.
pub async fn decisions(conn: &mut Conn, items: &[ItemId]) -> Result<Vec<(ItemId, Decision)>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        DecisionRow,
        r#"SELECT d.item_id, d.decision, d.reason, d.targets AS "targets: _", d.shown_hash, d.seen_current_hash,
               d.followed_advice, d.decided_by, d.decided_by_name, d.decided_at, i.advice,
               d.bulk, d.at_once, d.stage, d.seconds
           FROM item_decisions d JOIN campaign_items i ON i.id = d.item_id
           WHERE d.item_id = ANY($1) ORDER BY d.item_id, d.number"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let decision = Decision {
                decision: row.decision.parse()?,
                reason: row.reason,
                targets: row.targets.0,
                by: row.decided_by.into(),
                by_name: row.decided_by_name,
                at: row.decided_at,
                frozen_hash: row.shown_hash,
                current_hash: row.seen_current_hash,
                advice: row.advice.parse()?,
                followed: row.followed_advice,
                bulk: row.bulk,
                at_once: row.at_once,
                stage: u8::try_from(row.stage).unwrap_or(1),
                seconds: row.seconds.and_then(|n| u32::try_from(n).ok()),
            };
            Ok((row.item_id.into(), decision))
        })
        .collect()
}

#[expect(clippy::struct_excessive_bools, reason = "a row as it is stored")]
struct GivenRow {
    id: Uuid,
    item_id: Uuid,
    identity_id: Uuid,
    identity_name: String,
    number: i32,
    stage: i32,
    at_once: bool,
    decision: String,
    reason: String,
    targets: Json<Vec<ModifyTarget>>,
    decided_by: Uuid,
    decided_by_name: String,
    active: bool,
    decided_at: DateTime<Utc>,
    followed_advice: bool,
    bulk: bool,
}

/// Answers of a campaign in the order of their ids, which is the one they were given in, after one of them.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn answer_page(
    conn: &mut Conn,
    campaign: CampaignId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<GivenAnswer>> {
    let rows = sqlx::query_as!(
        GivenRow,
        r#"SELECT d.id, d.item_id, i.identity_id, i.identity_name, d.number, d.stage, d.at_once, d.decision, d.reason,
               d.targets AS "targets: _", d.decided_by, d.decided_by_name, p.active, d.decided_at, d.followed_advice, d.bulk
           FROM campaign_items i JOIN item_decisions d ON d.item_id = i.id JOIN people p ON p.id = d.decided_by
           WHERE i.campaign_id = $1 AND ($2::uuid IS NULL OR d.id > $2)
           ORDER BY d.id LIMIT $3"#,
        campaign.0,
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    let answer = |row: GivenRow| {
        let by = PersonRef {
            id: row.decided_by.into(),
            name: row.decided_by_name,
            active: row.active,
        };
        Ok(GivenAnswer {
            id: row.id,
            item: row.item_id.into(),
            identity: (row.identity_id.into(), row.identity_name),
            number: row.number,
            stage: row.stage,
            at_once: row.at_once,
            decision: DecisionView {
                decision: row.decision.parse()?,
                reason: row.reason,
                targets: row.targets.0,
                by,
                at: row.decided_at,
                followed: row.followed_advice,
                bulk: row.bulk,
            },
        })
    };
    rows.into_iter().map(answer).collect()
}

/// An answer to be kept.
#[derive(Debug, Clone)]
pub struct NewDecision<'a> {
    /// Its own id.
    pub id: Uuid,
    /// The item.
    pub item: ItemId,
    /// Its number among the item's answers, from 1.
    pub number: i32,
    /// The answer.
    pub decision: &'a Decision,
    /// What is in force with it; absent while others have to answer too.
    pub in_force: Option<DecisionKind>,
}

/// Keeps an answer and puts it in force.
///
/// # Errors
/// `item_decisions_number_key` when another answer took this number; otherwise when the database refuses.
pub async fn save_decision(tx: &mut Tx, new: &NewDecision<'_>) -> Result<()> {
    let d = new.decision;
    sqlx::query!(
        "INSERT INTO item_decisions (id, item_id, decision, reason, targets, shown_hash, seen_current_hash,
             followed_advice, decided_by, decided_by_name, decided_at, number, bulk, at_once, stage, seconds, reason_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        new.id,
        new.item.0,
        d.decision.as_str(),
        d.reason,
        Json(&d.targets) as _,
        d.frozen_hash,
        d.current_hash,
        d.followed,
        d.by.0,
        d.by_name,
        d.at,
        new.number,
        d.bulk,
        d.at_once,
        i32::from(d.stage),
        d.seconds.and_then(|n| i32::try_from(n).ok()),
        if d.bulk { String::new() } else { reason_key(&d.reason) },
    )
    .execute(&mut **tx)
    .await?;
    let Some(in_force) = new.in_force else {
        return Ok(());
    };
    sqlx::query!(
        "UPDATE campaign_items SET state = 'decided', decision = $2, decided_by = $3, decided_at = $4 WHERE id = $1",
        new.item.0,
        in_force.as_str(),
        d.by.0,
        d.at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A reason as it is compared with others: its letters, whatever their case and spacing. At most 200.
fn reason_key(reason: &str) -> String {
    reason
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(200)
        .collect()
}

/// On how many other items of a campaign a person gave this very reason, one by one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn same_reason(
    conn: &mut Conn,
    campaign: CampaignId,
    item: ItemId,
    by: PersonId,
    reason: &str,
) -> Result<i64> {
    let key = reason_key(reason);
    if key.is_empty() {
        return Ok(0);
    }
    let count = sqlx::query_scalar!(
        r#"SELECT count(DISTINCT d.item_id) AS "count!" FROM item_decisions d JOIN campaign_items i ON i.id = d.item_id
           WHERE d.decided_by = $1 AND d.reason_key = $2 AND d.reason_key <> '' AND i.campaign_id = $3 AND d.item_id <> $4"#,
        by.0,
        key,
        campaign.0,
        item.0
    )
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// Notes how often people handed an item on.
///
/// # Errors
/// When the database refuses.
pub async fn hold(tx: &mut Tx, item: ItemId, handed: u32) -> Result<()> {
    sqlx::query!(
        "UPDATE campaign_items SET reassigned = $2 WHERE id = $1",
        item.0,
        i32::try_from(handed).unwrap_or(i32::MAX)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Opens an item for its (next) reviewer.
///
/// # Errors
/// When the database refuses.
pub async fn assign(tx: &mut Tx, item: ItemId, to: &Assignment) -> Result<()> {
    sqlx::query!(
        "UPDATE campaign_items SET state = 'open', decision = NULL, decided_by = NULL, decided_at = NULL,
             reviewer_id = $2, reviewer_hop = $3, routing = $4 WHERE id = $1",
        item.0,
        to.reviewer.0,
        to.hop.as_str(),
        Json(&to.trail) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
