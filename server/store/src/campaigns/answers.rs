//! Answers to items, and whose item it is.

use chrono::{DateTime, Utc};
use contract::campaigns::ModifyTarget;
use contract::ids::ItemId;
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
               d.followed_advice, d.decided_by, d.decided_by_name, d.decided_at, i.advice
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
            };
            Ok((row.item_id.into(), decision))
        })
        .collect()
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
}

/// Keeps an answer and puts it in force.
///
/// # Errors
/// `item_decisions_number_key` when another answer took this number; otherwise when the database refuses.
pub async fn save_decision(tx: &mut Tx, new: &NewDecision<'_>) -> Result<()> {
    let d = new.decision;
    sqlx::query!(
        "INSERT INTO item_decisions (id, item_id, decision, reason, targets, shown_hash, seen_current_hash,
             followed_advice, decided_by, decided_by_name, decided_at, number)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE campaign_items SET state = 'decided', decision = $2, decided_by = $3, decided_at = $4 WHERE id = $1",
        new.item.0,
        d.decision.as_str(),
        d.by.0,
        d.at
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
