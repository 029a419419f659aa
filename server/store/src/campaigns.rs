//! Campaigns, their items, answers and sealed packs.

mod absences;
mod answers;
mod causes;
mod ends;
mod evidence;
mod freeze;
mod groups;
mod items;
mod list;
mod people;
mod population;
mod progress;
mod report;
mod seats;
mod silence;
mod stages;
mod tasks;
mod templates;

use chrono::{DateTime, Utc};
use contract::campaigns::{AcceptedGap, CampaignPolicy, CampaignRow, CampaignScope, CampaignState};
use contract::ids::{CampaignId, PersonId};
use contract::people::PersonRef;

use crate::{Conn, Result, Tx};
pub use absences::{absence_of, end_absence, insert_absence};
pub use answers::{NewDecision, answer_page, assign, decisions, hold, same_reason, save_decision};
pub use causes::{Happened, happened, has_review, micro_to_close, micro_to_seal};
pub use ends::{close_open, close_stage, closed_items, reviewed, vanish, waiting};
pub use evidence::{
    NewPack, Told, coverage, finish_pack, insert_pack, insert_piece, keep_key, pack, piece,
    public_keys,
};
pub use freeze::{
    Loaded, LoadedCredential, LoadedPermission, LoadedPerson, Past, covered_days, load, past,
};
pub use groups::{group_items, groups};
pub use items::{
    ItemData, NewItem, evidence_items, frozen_items, insert_items, item, items, lock_item, open_of,
};
pub use list::{ItemGroup, NO_TEAM, Of, is_item, item_groups, items_page};
pub use people::{People, people, reviewers, security, time_zone};
pub use population::{Population, ids, platforms};
pub use progress::{burn_up, by_reviewer, by_team, mine};
pub use report::{report, report_teams};
pub use seats::{save_seats, seats};
pub use silence::{cap_lifted_by, lift_cap, silent};
pub use stages::{StageItem, restore_refusals, set_stage, stage_items};
pub use tasks::{
    NewTask, StoredTask, drop_task, insert_task, lock_task, note_task, open_task_ids, open_tasks,
    save_task, spoken_days, task_of, task_page, task_row, task_rows, touch_unanswered,
    used_after_proof, without_task,
};
pub use templates::{
    StoredTemplate, insert_template, made_for, save_template, template, template_names, templates,
};

/// A campaign as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Its name.
    pub name: String,
    /// State.
    pub state: CampaignState,
    /// What reviewers should know.
    pub notes: String,
    /// When answers are due.
    pub due_at: DateTime<Utc>,
    /// Which identities.
    pub scope: CampaignScope,
    /// The same as a sentence.
    pub query: String,
    /// Who made it.
    pub created_by: Option<PersonRef>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it was sealed.
    pub sealed_at: Option<DateTime<Utc>>,
    /// Where the evidence's stretch of the activity record begins.
    pub activity_from: Option<i64>,
    /// How it is answered and what follows.
    pub policy: CampaignPolicy,
    /// The stage it is in, from 1.
    pub stage: u8,
    /// How many items the accepted preview showed.
    pub previewed_count: Option<i64>,
    /// Gaps that were acknowledged.
    pub gaps: Vec<AcceptedGap>,
    /// What a micro-review was opened for.
    pub cause: Option<String>,
}

struct Row {
    id: uuid::Uuid,
    name: String,
    state: String,
    notes: String,
    due_at: DateTime<Utc>,
    filter: sqlx::types::Json<CampaignScope>,
    query: String,
    created_by: Option<uuid::Uuid>,
    created_by_name: Option<String>,
    created_by_active: Option<bool>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    sealed_at: Option<DateTime<Utc>>,
    activity_from: Option<i64>,
    policy: sqlx::types::Json<CampaignPolicy>,
    stage: i32,
    previewed_count: Option<i64>,
    gaps: sqlx::types::Json<Vec<AcceptedGap>>,
    cause: Option<String>,
}

impl Row {
    fn into_campaign(self) -> Result<Campaign> {
        Ok(Campaign {
            id: self.id.into(),
            name: self.name,
            state: self.state.parse()?,
            notes: self.notes,
            due_at: self.due_at,
            scope: self.filter.0,
            query: self.query,
            created_by: person_ref(
                self.created_by,
                self.created_by_name,
                self.created_by_active,
            ),
            created_at: self.created_at,
            started_at: self.started_at,
            closed_at: self.closed_at,
            sealed_at: self.sealed_at,
            activity_from: self.activity_from,
            policy: self.policy.0,
            stage: u8::try_from(self.stage).unwrap_or(1),
            previewed_count: self.previewed_count,
            gaps: self.gaps.0,
            cause: self.cause,
        })
    }
}

pub(crate) fn person_ref(
    id: Option<uuid::Uuid>,
    name: Option<String>,
    active: Option<bool>,
) -> Option<PersonRef> {
    Some(PersonRef {
        id: id?.into(),
        name: name?,
        active: active?,
    })
}

/// Inserts a draft.
///
/// # Errors
/// `campaigns_name_key` when the name is taken; otherwise when the database refuses.
pub async fn insert(tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    sqlx::query!(
        "INSERT INTO campaigns (id, name, state, notes, due_at, filter, query, created_by, created_at, policy, cause)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        campaign.id.0,
        campaign.name,
        campaign.state.as_str(),
        campaign.notes,
        campaign.due_at,
        sqlx::types::Json(&campaign.scope) as _,
        campaign.query,
        campaign.created_by.as_ref().map(|p| p.id.0),
        campaign.created_at,
        sqlx::types::Json(&campaign.policy) as _,
        campaign.cause,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One campaign; `None` when there is none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn get(conn: &mut Conn, id: CampaignId) -> Result<Option<Campaign>> {
    sqlx::query_as!(
        Row,
        r#"SELECT c.id AS "id!", c.name AS "name!", c.state AS "state!", c.notes AS "notes!", c.due_at AS "due_at!",
               c.filter AS "filter!: _", c.query AS "query!", c.created_by,
               p.name AS "created_by_name?", p.active AS "created_by_active?", c.created_at AS "created_at!", c.started_at, c.closed_at,
               c.sealed_at, c.activity_from, c.policy AS "policy!: _", c.stage AS "stage!", c.previewed_count,
               c.gaps AS "gaps!: _", c.cause
           FROM campaigns c LEFT JOIN people p ON p.id = c.created_by WHERE c.id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await?
    .map(Row::into_campaign)
    .transpose()
}

/// Takes a campaign for a change of its state: nobody else changes or answers it meanwhile.
///
/// # Errors
/// When the database cannot be asked.
pub async fn lock(tx: &mut Tx, id: CampaignId) -> Result<Option<Campaign>> {
    let there = sqlx::query!("SELECT id FROM campaigns WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    if there.is_none() {
        return Ok(None);
    }
    get(tx, id).await
}

/// Takes a campaign for an answer: its state stands still, other answers go on.
///
/// # Errors
/// When the database cannot be asked.
pub async fn share(tx: &mut Tx, id: CampaignId) -> Result<Option<Campaign>> {
    let there = sqlx::query!("SELECT id FROM campaigns WHERE id = $1 FOR SHARE", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    if there.is_none() {
        return Ok(None);
    }
    get(tx, id).await
}

/// Makes this transaction see the whole roll at one moment, in which nobody changes anything.
///
/// Every mutation ends with an entry of the activity record; holding its head holds them all. The lock is
/// taken before the transaction has a snapshot, so that waiting for it cannot make the snapshot stale.
///
/// # Errors
/// When the database refuses.
pub async fn stand_still(tx: &mut Tx) -> Result<()> {
    sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        .execute(&mut **tx)
        .await?;
    sqlx::query!("LOCK TABLE activity_head IN EXCLUSIVE MODE")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Moves a campaign to a state at a moment.
///
/// # Errors
/// When the database refuses.
pub async fn set_state(
    tx: &mut Tx,
    id: CampaignId,
    state: CampaignState,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE campaigns SET state = $2,
             started_at = CASE WHEN $2 = 'active' THEN $3 ELSE started_at END,
             closed_at = CASE WHEN $2 = 'remediating' THEN $3 ELSE closed_at END,
             sealed_at = CASE WHEN $2 = 'sealed' THEN $3 ELSE sealed_at END,
             cancelled_at = CASE WHEN $2 = 'cancelled' THEN $3 ELSE cancelled_at END
         WHERE id = $1",
        id.0,
        state.as_str(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what was accepted with a preview: the count, and the gaps with who accepted them.
///
/// # Errors
/// When the database refuses.
pub async fn set_preview(
    tx: &mut Tx,
    id: CampaignId,
    count: i64,
    gaps: &[AcceptedGap],
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE campaigns SET previewed_at = $2, previewed_count = $3, gaps = $4 WHERE id = $1",
        id.0,
        at,
        count,
        sqlx::types::Json(gaps) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes where the evidence's stretch of the activity record begins.
///
/// # Errors
/// When the database refuses.
pub async fn set_activity_from(tx: &mut Tx, id: CampaignId, position: i64) -> Result<()> {
    sqlx::query!(
        "UPDATE campaigns SET activity_from = $2 WHERE id = $1",
        id.0,
        position
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct CountedRow {
    id: uuid::Uuid,
    name: String,
    state: String,
    due_at: DateTime<Utc>,
    created_by: Option<uuid::Uuid>,
    created_by_name: Option<String>,
    created_by_active: Option<bool>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    sealed_at: Option<DateTime<Utc>>,
    items: i64,
    decided: i64,
    approved: i64,
    modified: i64,
    revoked: i64,
    unknown: i64,
    not_reviewed: i64,
    gone: i64,
}

/// Campaigns with their counts, newest first: all or these, of them all or those in which a person has items.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rows(
    conn: &mut Conn,
    these: Option<&[CampaignId]>,
    with_items_of: Option<PersonId>,
    limit: i64,
) -> Result<Vec<CampaignRow>> {
    let rows = sqlx::query_as!(
        CountedRow,
        r#"SELECT c.id AS "id!", c.name AS "name!", c.state AS "state!", c.due_at AS "due_at!", c.created_by,
               p.name AS "created_by_name?", p.active AS "created_by_active?", c.created_at AS "created_at!", c.started_at, c.closed_at, c.sealed_at,
               count(i.id) AS "items!",
               count(*) FILTER (WHERE i.state = 'decided') AS "decided!",
               count(*) FILTER (WHERE i.decision = 'approve') AS "approved!",
               count(*) FILTER (WHERE i.decision = 'modify') AS "modified!",
               count(*) FILTER (WHERE i.decision = 'revoke') AS "revoked!",
               count(*) FILTER (WHERE i.decision = 'dont_know') AS "unknown!",
               count(*) FILTER (WHERE i.state = 'not_reviewed') AS "not_reviewed!",
               count(*) FILTER (WHERE i.state = 'gone') AS "gone!"
           FROM campaigns c
           LEFT JOIN people p ON p.id = c.created_by
           LEFT JOIN campaign_items i ON i.campaign_id = c.id
           WHERE ($1::uuid[] IS NULL OR c.id = ANY($1))
             AND ($2::uuid IS NULL OR EXISTS (SELECT FROM campaign_items m WHERE m.campaign_id = c.id
                  AND (m.reviewer_id = $2 OR m.decided_by = $2
                       OR EXISTS (SELECT FROM item_seats s WHERE s.item_id = m.id AND s.person_id = $2))))
           GROUP BY c.id, p.id ORDER BY c.created_at DESC, c.id DESC LIMIT $3"#,
        these.map(|ids| ids.iter().map(|id| id.0).collect::<Vec<_>>()) as _,
        with_items_of.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(CountedRow::into_row).collect()
}

impl CountedRow {
    fn into_row(self) -> Result<CampaignRow> {
        Ok(CampaignRow {
            id: self.id.into(),
            name: self.name,
            state: self.state.parse()?,
            created_by: person_ref(
                self.created_by,
                self.created_by_name,
                self.created_by_active,
            ),
            created_at: self.created_at,
            started_at: self.started_at,
            due_at: self.due_at,
            closed_at: self.closed_at,
            sealed_at: self.sealed_at,
            items: self.items,
            decided: self.decided,
            approved: self.approved,
            modified: self.modified,
            revoked: self.revoked,
            unknown: self.unknown,
            not_reviewed: self.not_reviewed,
            gone: self.gone,
            drifted: 0,
        })
    }
}
