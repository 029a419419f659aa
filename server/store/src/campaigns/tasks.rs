//! What revokes and modifies ask somebody to do.

use chrono::{DateTime, Utc};
use contract::campaigns::{DecisionKind, ModifyTarget, TaskFilter, TaskRow, TaskState};
use contract::ids::{CampaignId, IdentityId, ItemId, PersonId, TaskId};
use contract::people::PersonRef;
use domain::campaign::remediation::{State, Task};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// A task to be kept.
#[derive(Debug, Clone)]
pub struct NewTask<'a> {
    /// Its id.
    pub id: TaskId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// The item it follows from.
    pub item: ItemId,
    /// The identity.
    pub identity: IdentityId,
    /// Its name as frozen.
    pub name: &'a str,
    /// Word of its platform.
    pub platform: &'a str,
    /// Revoke or modify.
    pub decision: DecisionKind,
    /// What is to be changed.
    pub targets: &'a [ModifyTarget],
    /// When that was decided.
    pub decided_at: DateTime<Utc>,
    /// The task.
    pub task: &'a Task,
}

/// Keeps a task; where the item has one already, that one stays.
///
/// # Errors
/// When the database refuses.
pub async fn insert_task(tx: &mut Tx, new: &NewTask<'_>) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO remediations (id, campaign_id, item_id, identity_id, identity_name, platform, decision, targets,
             state, owner_id, decided_by, decided_at, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'decided', $9, $10, $11, $12)
         ON CONFLICT ON CONSTRAINT remediations_item_key DO NOTHING",
        new.id.0,
        new.campaign.0,
        new.item.0,
        new.identity.0,
        new.name,
        new.platform,
        new.decision.as_str(),
        Json(new.targets) as _,
        new.task.owner.0,
        new.task.decided_by.0,
        new.decided_at,
        new.task.due_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A task with what it is about.
#[derive(Debug, Clone)]
pub struct StoredTask {
    /// Its id.
    pub id: TaskId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// The item it follows from.
    pub item: ItemId,
    /// The identity.
    pub identity: IdentityId,
    /// Its name as frozen.
    pub name: String,
    /// Word of its platform.
    pub platform: String,
    /// Revoke or modify.
    pub decision: DecisionKind,
    /// What is to be changed.
    pub targets: Vec<ModifyTarget>,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    /// When somebody said that it is done, whatever became of it.
    pub applied_at: Option<DateTime<Utc>>,
    /// The task.
    pub task: Task,
}

/// Takes a task for a step; `None` when there is none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn lock_task(tx: &mut Tx, id: TaskId) -> Result<Option<StoredTask>> {
    let row = sqlx::query!(
        r#"SELECT id, campaign_id, item_id, identity_id, identity_name, platform, decision,
               targets AS "targets: Json<Vec<ModifyTarget>>", state, owner_id, decided_by, decided_at, due_at, ticket,
               applied_at, applied_by, settled_at, settled_by, proof, reopened
           FROM remediations WHERE id = $1 FOR UPDATE"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let ticket = (!row.ticket.is_empty()).then(|| row.ticket.clone());
    let at = row.settled_at.unwrap_or(row.decided_at);
    let state = match row.state.parse::<TaskState>()? {
        TaskState::Decided => State::Decided,
        TaskState::Ticketed => State::Ticketed {
            ticket: row.ticket.clone(),
        },
        TaskState::Applied => State::Applied {
            ticket,
            by: row.applied_by.map(PersonId::from),
            at: row.applied_at.unwrap_or(row.decided_at),
        },
        TaskState::Verified => State::Verified {
            at,
            proof: row.proof.clone(),
        },
        TaskState::Waived => State::Waived {
            by: row.settled_by.unwrap_or(row.decided_by).into(),
            at,
            reason: row.proof.clone(),
        },
    };
    Ok(Some(StoredTask {
        id,
        campaign: row.campaign_id.into(),
        item: row.item_id.into(),
        identity: row.identity_id.into(),
        name: row.identity_name,
        platform: row.platform,
        decision: row.decision.parse()?,
        targets: row.targets.0,
        decided_at: row.decided_at,
        applied_at: row.applied_at,
        task: Task {
            owner: row.owner_id.into(),
            decided_by: row.decided_by.into(),
            due_at: row.due_at,
            reopened: u32::try_from(row.reopened).unwrap_or(0),
            state,
        },
    }))
}

/// Keeps a task after a step. `note` is what is known of an open one ("silent on 3 of 14 days").
///
/// # Errors
/// When the database refuses.
pub async fn save_task(tx: &mut Tx, id: TaskId, task: &Task, note: &str) -> Result<()> {
    let (mut ticket, mut applied, mut settled) = (None, None, None);
    let mut proof = note.to_owned();
    match &task.state {
        State::Decided => {}
        State::Ticketed { ticket: given } => ticket = Some(given.clone()),
        State::Applied {
            ticket: given,
            by,
            at,
        } => {
            ticket.clone_from(given);
            applied = Some((*at, by.map(|by| by.0)));
        }
        State::Verified { at, proof: shown } => {
            settled = Some((*at, None));
            proof.clone_from(shown);
        }
        State::Waived { by, at, reason } => {
            settled = Some((*at, Some(by.0)));
            proof.clone_from(reason);
        }
    }
    let open_again = task.word() == TaskState::Decided;
    sqlx::query!(
        "UPDATE remediations SET state = $2, owner_id = $3, due_at = $4, reopened = $5, ticket = COALESCE($6, ticket),
             applied_at = CASE WHEN $7 THEN NULL ELSE COALESCE($8, applied_at) END,
             applied_by = CASE WHEN $7 THEN NULL ELSE COALESCE($9, applied_by) END,
             settled_at = $10, settled_by = $11, proof = $12
         WHERE id = $1",
        id.0,
        task.word().as_str(),
        task.owner.0,
        task.due_at,
        i32::try_from(task.reopened).unwrap_or(i32::MAX),
        ticket,
        open_again,
        applied.map(|(at, _)| at),
        applied.and_then(|(_, by)| by),
        settled.map(|(at, _)| at),
        settled.and_then(|(_, by)| by),
        proof
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Open tasks of a campaign.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_tasks(conn: &mut Conn, campaign: CampaignId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM remediations
           WHERE campaign_id = $1 AND state IN ('decided', 'ticketed', 'applied')"#,
        campaign.0
    )
    .fetch_one(conn)
    .await?)
}

/// Open tasks of campaigns that were not called off, the next ones after an id: those that may be proven.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_task_ids(conn: &mut Conn, after: Uuid, limit: i64) -> Result<Vec<TaskId>> {
    let rows = sqlx::query_scalar!(
        "SELECT r.id FROM remediations r JOIN campaigns c ON c.id = r.campaign_id
         WHERE r.state IN ('decided', 'ticketed', 'applied') AND c.state <> 'cancelled' AND r.id > $1
         ORDER BY r.id LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(TaskId).collect())
}

/// Proven revocations whose identity was seen after the proof: task and when it was seen.
///
/// # Errors
/// When the database cannot be asked.
pub async fn used_after_proof(conn: &mut Conn) -> Result<Vec<(TaskId, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT r.id, x.last_used_at AS "used!" FROM remediations r JOIN identities x ON x.id = r.identity_id
           WHERE r.state = 'verified' AND r.decision = 'revoke' AND x.last_used_at > r.settled_at
             -- A later review may have approved it anew.
             AND NOT EXISTS (SELECT FROM campaign_items i WHERE i.identity_id = r.identity_id
                 AND i.decision = 'approve' AND i.decided_at > r.settled_at)
           ORDER BY r.id LIMIT 500"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (TaskId(row.id), row.used))
        .collect())
}

/// The task of an item, where there is one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn task_of(conn: &mut Conn, item: ItemId) -> Result<Option<TaskId>> {
    let row = sqlx::query_scalar!("SELECT id FROM remediations WHERE item_id = $1", item.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(TaskId))
}

struct Row {
    id: Uuid,
    campaign_id: Uuid,
    item_id: Uuid,
    identity_id: Uuid,
    identity_name: String,
    platform: String,
    decision: String,
    targets: Json<Vec<ModifyTarget>>,
    state: String,
    owner_id: Uuid,
    owner: String,
    owner_active: bool,
    decided_by: Uuid,
    decider: String,
    decider_active: bool,
    decided_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    ticket: String,
    applied_at: Option<DateTime<Utc>>,
    settled_at: Option<DateTime<Utc>>,
    proof: String,
    reopened: i32,
}

/// Tasks of a campaign: open first, by due day; of one person where asked.
///
/// # Errors
/// When the database cannot be asked.
pub async fn task_rows(
    conn: &mut Conn,
    campaign: CampaignId,
    of: Option<PersonId>,
    limit: i64,
) -> Result<Vec<TaskRow>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT r.id, r.campaign_id, r.item_id, r.identity_id, r.identity_name, r.platform, r.decision, r.targets AS "targets: _", r.state,
               r.owner_id, o.name AS owner, o.active AS owner_active, r.decided_by, d.name AS decider,
               d.active AS decider_active, r.decided_at, r.due_at, r.ticket, r.applied_at, r.settled_at, r.proof, r.reopened
           FROM remediations r JOIN people o ON o.id = r.owner_id JOIN people d ON d.id = r.decided_by
           WHERE r.campaign_id = $1 AND ($2::uuid IS NULL OR r.owner_id = $2 OR r.decided_by = $2)
           ORDER BY r.state IN ('verified', 'waived'), r.due_at, r.identity_name, r.id LIMIT $3"#,
        campaign.0,
        of.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok(row.into_view()?.1)).collect()
}

impl Row {
    fn into_view(self) -> Result<(CampaignId, TaskRow)> {
        let view = TaskRow {
            id: self.id.into(),
            item: self.item_id.into(),
            identity: (self.identity_id.into(), self.identity_name),
            platform: self.platform.parse()?,
            decision: self.decision.parse()?,
            targets: self.targets.0,
            state: self.state.parse()?,
            owner: PersonRef {
                id: self.owner_id.into(),
                name: self.owner,
                active: self.owner_active,
            },
            decided_by: PersonRef {
                id: self.decided_by.into(),
                name: self.decider,
                active: self.decider_active,
            },
            decided_at: self.decided_at,
            due_at: self.due_at,
            ticket: self.ticket,
            applied_at: self.applied_at,
            settled_at: self.settled_at,
            proof: self.proof,
            reopened: self.reopened,
        };
        Ok((self.campaign_id.into(), view))
    }
}

/// Tasks of any campaign after an id, in the order they were made, each with its campaign.
///
/// # Errors
/// When the database cannot be asked.
pub async fn task_page(
    conn: &mut Conn,
    filter: &TaskFilter,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(CampaignId, TaskRow)>> {
    let campaigns: Vec<Uuid> = filter.campaign.iter().map(|id| id.0).collect();
    let states: Vec<String> = filter.state.iter().map(ToString::to_string).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT r.id, r.campaign_id, r.item_id, r.identity_id, r.identity_name, r.platform, r.decision,
               r.targets AS "targets: _", r.state, r.owner_id, o.name AS owner, o.active AS owner_active, r.decided_by,
               d.name AS decider, d.active AS decider_active, r.decided_at, r.due_at, r.ticket, r.applied_at, r.settled_at,
               r.proof, r.reopened
           FROM remediations r JOIN people o ON o.id = r.owner_id JOIN people d ON d.id = r.decided_by
           WHERE ($1::uuid IS NULL OR r.id > $1) AND (cardinality($2::uuid[]) = 0 OR r.campaign_id = ANY($2))
               AND (cardinality($3::text[]) = 0 OR r.state = ANY($3))
           ORDER BY r.id LIMIT $4"#,
        after,
        &campaigns,
        &states,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_view).collect()
}

/// One task with its campaign.
///
/// # Errors
/// When the database cannot be asked.
pub async fn task_row(conn: &mut Conn, id: TaskId) -> Result<Option<(CampaignId, TaskRow)>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT r.id, r.campaign_id, r.item_id, r.identity_id, r.identity_name, r.platform, r.decision,
               r.targets AS "targets: _", r.state, r.owner_id, o.name AS owner, o.active AS owner_active, r.decided_by,
               d.name AS decider, d.active AS decider_active, r.decided_at, r.due_at, r.ticket, r.applied_at, r.settled_at,
               r.proof, r.reopened
           FROM remediations r JOIN people o ON o.id = r.owner_id JOIN people d ON d.id = r.decided_by
           WHERE r.id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::into_view).transpose()
}

/// Days after a moment, and up to today, on which any source told of a platform.
///
/// # Errors
/// When the database cannot be asked.
pub async fn spoken_days(
    conn: &mut Conn,
    platform: &str,
    after: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(DISTINCT d.day) AS "days!" FROM event_day_counts d JOIN identities i ON i.id = d.identity_id
           WHERE i.platform = $1 AND d.day > $2 AND d.day <= $3"#,
        platform,
        after.date_naive(),
        now.date_naive()
    )
    .fetch_one(conn)
    .await?)
}

/// Takes away the task of an item nobody has begun; says whether none is left.
///
/// # Errors
/// When the database refuses.
pub async fn drop_task(tx: &mut Tx, item: ItemId) -> Result<bool> {
    sqlx::query!(
        "DELETE FROM remediations WHERE item_id = $1 AND state = 'decided'",
        item.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(task_of(tx, item).await?.is_none())
}

/// Decided items of a campaign that ask somebody to do something and have no task yet, in id order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn without_task(conn: &mut Conn, campaign: CampaignId) -> Result<Vec<ItemId>> {
    let rows = sqlx::query_scalar!(
        "SELECT i.id FROM campaign_items i LEFT JOIN remediations r ON r.item_id = i.id
         WHERE i.campaign_id = $1 AND i.state = 'decided' AND i.decision IN ('revoke', 'modify') AND r.id IS NULL
         ORDER BY i.id",
        campaign.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(ItemId).collect())
}

/// Keeps what is known of an open task, where that is something new.
///
/// # Errors
/// When the database refuses.
pub async fn note_task(tx: &mut Tx, id: TaskId, note: &str) -> Result<()> {
    sqlx::query!(
        "UPDATE remediations SET proof = $2 WHERE id = $1 AND proof <> $2 AND reopened = 0
             AND state IN ('decided', 'ticketed', 'applied')",
        id.0,
        note
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts the identities nobody answered about on the list of those to be judged anew.
///
/// # Errors
/// When the database refuses.
pub async fn touch_unanswered(tx: &mut Tx, campaign: CampaignId) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity_touches (identity_id)
         SELECT i.identity_id FROM campaign_items i JOIN identities x ON x.id = i.identity_id
         WHERE i.campaign_id = $1 ORDER BY 1",
        campaign.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
