//! Items and their answers.

use chrono::{DateTime, Utc};
use contract::campaigns::{
    Advice, Change, DecisionKind, ItemRow, ItemState, Quorum, Recommendation, ReviewerHop,
};
use contract::identities::PastReview;
use contract::ids::{CampaignId, IdentityId, ItemId, PersonId, TeamId};
use contract::people::PersonRef;
use domain::campaign::reviewer::{Assignment, Hop};
use domain::campaign::snapshot::Snapshot;
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// An item to be frozen.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// Its id.
    pub id: ItemId,
    /// The frozen identity.
    pub snapshot: Snapshot,
    /// Its content hash.
    pub hash: String,
    /// Owning team's id.
    pub team: Option<TeamId>,
    /// Who reviews it.
    pub assignment: Assignment,
    /// Everybody asked, where several are: the first is the reviewer.
    pub seats: Vec<Assignment>,
    /// How their answers make one.
    pub quorum: Quorum,
    /// What is advised.
    pub recommendation: Recommendation,
    /// What changed since the last approval.
    pub changes: Vec<Change>,
    /// When that was.
    pub last_approved_at: Option<DateTime<Utc>>,
    /// Earlier reviews.
    pub reviews: Vec<PastReview>,
    /// Hint of the queue.
    pub hint: String,
}

/// Freezes a chunk of items in one statement.
///
/// # Errors
/// When the database refuses.
pub async fn insert_items(
    tx: &mut Tx,
    campaign: CampaignId,
    at: DateTime<Utc>,
    items: &[NewItem],
) -> Result<()> {
    let rows: Vec<serde_json::Value> = items
        .iter()
        .map(|item| {
            serde_json::json!({
                "id": item.id,
                "identity_id": item.snapshot.identity,
                "identity_name": item.snapshot.name,
                "team_id": item.team,
                "team_name": item.snapshot.team,
                "reviewer_id": item.assignment.reviewer,
                "reviewer_hop": item.assignment.hop,
                "routing": item.assignment.trail,
                "snapshot": item.snapshot,
                "hash": item.hash,
                "recommendation": item.recommendation,
                "changes": item.changes,
                "last_approved_at": item.last_approved_at,
                "reviews": item.reviews,
                "advice": item.recommendation.advice,
                "privileged_production": item.snapshot.privileged_production(),
                "risk": item.snapshot.risk,
                "hint": item.hint,
                "tier": item.snapshot.tier,
                "quorum": (item.seats.len() > 1).then_some(item.quorum),
            })
        })
        .collect();
    sqlx::query!(
        "INSERT INTO campaign_items (id, campaign_id, identity_id, identity_name, team_id, team_name, reviewer_id,
             reviewer_hop, routing, snapshot, hash, recommendation, changes, last_approved_at, reviews, advice,
             privileged_production, risk, hint, frozen_at, tier, quorum)
         SELECT r.id, $1, r.identity_id, r.identity_name, r.team_id, r.team_name, r.reviewer_id, r.reviewer_hop,
             r.routing, r.snapshot, r.hash, r.recommendation, r.changes, r.last_approved_at, r.reviews, r.advice,
             r.privileged_production, r.risk, r.hint, $2, r.tier, r.quorum
         FROM jsonb_to_recordset($3::jsonb) AS r(id uuid, identity_id uuid, identity_name text, team_id uuid,
             team_name text, reviewer_id uuid, reviewer_hop text, routing jsonb, snapshot jsonb, hash text,
             recommendation jsonb, changes jsonb, last_approved_at timestamptz, reviews jsonb, advice text,
             privileged_production boolean, risk integer, hint text, tier text, quorum text)",
        campaign.0,
        at,
        Json(rows) as _
    )
    .execute(&mut **tx)
    .await?;
    for item in items.iter().filter(|item| item.seats.len() > 1) {
        super::seats::insert_seats(tx, item.id, &item.seats).await?;
    }
    Ok(())
}

/// An item with everything frozen in it.
#[derive(Debug, Clone)]
pub struct ItemData {
    /// Its id.
    pub id: ItemId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// The identity.
    pub identity: IdentityId,
    /// Where it stands.
    pub state: ItemState,
    /// The frozen identity.
    pub snapshot: Snapshot,
    /// Its content hash.
    pub hash: String,
    /// Who reviews it.
    pub assignment: Assignment,
    /// Whether they are still here.
    pub reviewer_active: bool,
    /// What is advised.
    pub recommendation: Recommendation,
    /// What had changed.
    pub changes: Vec<Change>,
    /// When it was last approved before.
    pub last_approved_at: Option<DateTime<Utc>>,
    /// Earlier reviews.
    pub reviews: Vec<PastReview>,
    /// Hint of the queue.
    pub hint: String,
    /// When it was frozen.
    pub frozen_at: DateTime<Utc>,
    /// Privileged in production.
    pub privileged_production: bool,
    /// The answer in force.
    pub decision: Option<DecisionKind>,
    /// When that was given.
    pub decided_at: Option<DateTime<Utc>>,
    /// The stage it is answered in.
    pub stage: u8,
    /// How the answers of several make one; absent where one is asked.
    pub quorum: Option<Quorum>,
    /// How often people handed it on.
    pub handed: u32,
}

#[derive(sqlx::FromRow)]
struct DataRow {
    id: Uuid,
    campaign_id: Uuid,
    identity_id: Uuid,
    state: String,
    snapshot: Json<Snapshot>,
    hash: String,
    reviewer_id: Uuid,
    reviewer_name: String,
    reviewer_active: bool,
    reviewer_hop: String,
    routing: Json<Vec<Hop>>,
    recommendation: Json<Recommendation>,
    changes: Json<Vec<Change>>,
    last_approved_at: Option<DateTime<Utc>>,
    reviews: Json<Vec<PastReview>>,
    hint: String,
    frozen_at: DateTime<Utc>,
    privileged_production: bool,
    decision: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    stage: i32,
    quorum: Option<String>,
    reassigned: i32,
}

impl DataRow {
    fn into_data(self) -> Result<ItemData> {
        Ok(ItemData {
            id: self.id.into(),
            campaign: self.campaign_id.into(),
            identity: self.identity_id.into(),
            state: self.state.parse()?,
            snapshot: self.snapshot.0,
            hash: self.hash,
            assignment: Assignment {
                reviewer: self.reviewer_id.into(),
                name: self.reviewer_name,
                hop: self.reviewer_hop.parse::<ReviewerHop>()?,
                trail: self.routing.0,
            },
            reviewer_active: self.reviewer_active,
            recommendation: self.recommendation.0,
            changes: self.changes.0,
            last_approved_at: self.last_approved_at,
            reviews: self.reviews.0,
            hint: self.hint,
            frozen_at: self.frozen_at,
            privileged_production: self.privileged_production,
            decision: self.decision.map(|word| word.parse()).transpose()?,
            decided_at: self.decided_at,
            stage: u8::try_from(self.stage).unwrap_or(1),
            quorum: self.quorum.map(|word| word.parse()).transpose()?,
            handed: u32::try_from(self.reassigned).unwrap_or(0),
        })
    }
}

/// Takes an item for an answer; `None` when there is none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn lock_item(tx: &mut Tx, id: ItemId) -> Result<Option<ItemData>> {
    let there = sqlx::query!(
        "SELECT id FROM campaign_items WHERE id = $1 FOR UPDATE",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    if there.is_none() {
        return Ok(None);
    }
    item(tx, id).await
}

/// One item with everything frozen in it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn item(conn: &mut Conn, id: ItemId) -> Result<Option<ItemData>> {
    Ok(frozen_items(conn, &[id]).await?.pop())
}

/// The next chunk of a campaign's items with everything frozen in them, in id order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn evidence_items(
    conn: &mut Conn,
    campaign: CampaignId,
    after: Option<ItemId>,
    limit: i64,
) -> Result<Vec<ItemData>> {
    let mut query = select();
    query.push(" WHERE i.campaign_id = ");
    query.push_bind(campaign.0);
    if let Some(after) = after {
        query.push(" AND i.id > ");
        query.push_bind(after.0);
    }
    query.push(" ORDER BY i.id LIMIT ");
    query.push_bind(limit);
    read(conn, query).await
}

/// These items with everything frozen in them, in no particular order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn frozen_items(conn: &mut Conn, ids: &[ItemId]) -> Result<Vec<ItemData>> {
    let mut query = select();
    query.push(" WHERE i.id = ANY(");
    query.push_bind(ids.iter().map(|id| id.0).collect::<Vec<_>>());
    query.push(")");
    read(conn, query).await
}

fn select() -> QueryBuilder<Postgres> {
    QueryBuilder::new(
        "SELECT i.id, i.campaign_id, i.identity_id, i.state, i.snapshot, i.hash, i.reviewer_id, \
         p.name AS reviewer_name, p.active AS reviewer_active, i.reviewer_hop, i.routing, i.recommendation, i.changes, \
         i.last_approved_at, i.reviews, i.hint, i.frozen_at, i.privileged_production, i.decision, i.decided_at, \
         i.stage, i.quorum, i.reassigned FROM campaign_items i JOIN people p ON p.id = i.reviewer_id",
    )
}

async fn read(conn: &mut Conn, mut query: QueryBuilder<Postgres>) -> Result<Vec<ItemData>> {
    let rows: Vec<DataRow> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(DataRow::into_data).collect()
}

#[derive(sqlx::FromRow)]
pub(super) struct ListRow {
    pub(super) id: Uuid,
    identity_id: Uuid,
    identity_name: String,
    team_name: Option<String>,
    reviewer_id: Uuid,
    reviewer_name: String,
    reviewer_active: bool,
    state: String,
    decision: Option<String>,
    advice: String,
    privileged_production: bool,
    changed: bool,
    findings: i64,
    hint: String,
    risk: i32,
    decided_at: Option<DateTime<Utc>>,
    answered: i64,
    asked: i64,
}

/// Items of a campaign in review order (changed first, then risk), without what is frozen in them: all, or
/// those one person reviews or has answered last.
///
/// # Errors
/// When the database cannot be asked.
pub async fn items(
    conn: &mut Conn,
    campaign: CampaignId,
    of: Option<PersonId>,
    limit: i64,
) -> Result<Vec<ItemRow>> {
    let rows = sqlx::query_as!(
        ListRow,
        r#"SELECT i.id, i.identity_id, i.identity_name, i.team_name, i.reviewer_id, p.name AS reviewer_name,
               p.active AS reviewer_active,
               -- What a person has answered leaves their queue, whether or not others still have to.
               CASE WHEN i.state = 'open' AND s.decision IS NOT NULL THEN 'decided' ELSE i.state END AS "state!",
               CASE WHEN i.state = 'open' THEN s.decision ELSE i.decision END AS decision, i.advice, i.privileged_production,
               i.changes <> '[]' AS "changed!", jsonb_array_length(i.snapshot->'findings')::bigint AS "findings!",
               i.hint, i.risk, COALESCE(s.decided_at, i.decided_at) AS decided_at,
               CASE WHEN i.quorum IS NULL THEN 0 ELSE (SELECT count(decision) FROM item_seats n WHERE n.item_id = i.id) END AS "answered!",
               CASE WHEN i.quorum IS NULL THEN 0 ELSE (SELECT count(*) FROM item_seats n WHERE n.item_id = i.id) END AS "asked!"
           FROM campaign_items i JOIN people p ON p.id = i.reviewer_id
               LEFT JOIN item_seats s ON s.item_id = i.id AND s.person_id = $2
           WHERE i.campaign_id = $1 AND ($2::uuid IS NULL OR i.reviewer_id = $2 OR s.person_id IS NOT NULL)
           ORDER BY (i.changes <> '[]') DESC, i.risk DESC, i.identity_name, i.id LIMIT $3"#,
        campaign.0,
        of.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(ListRow::into_row).collect()
}

impl ListRow {
    pub(super) fn into_row(self) -> Result<ItemRow> {
        Ok(ItemRow {
            id: self.id.into(),
            identity: (self.identity_id.into(), self.identity_name),
            team: self.team_name,
            reviewer: PersonRef {
                id: self.reviewer_id.into(),
                name: self.reviewer_name,
                active: self.reviewer_active,
            },
            state: self.state.parse()?,
            decision: self.decision.map(|word| word.parse()).transpose()?,
            advice: self.advice.parse::<Advice>()?,
            drifted: false,
            privileged_production: self.privileged_production,
            changed: self.changed,
            findings: self.findings,
            answers: (self.asked > 0).then_some((self.answered, self.asked)),
            hint: self.hint,
            risk: self.risk,
            decided_at: self.decided_at,
        })
    }
}

/// Open items a person reviews in running campaigns, in id order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_of(conn: &mut Conn, person: PersonId) -> Result<Vec<ItemId>> {
    let rows = sqlx::query_scalar!(
        "SELECT i.id FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
         WHERE i.state = 'open' AND c.state = 'active' AND (i.reviewer_id = $1
             OR EXISTS (SELECT FROM item_seats s WHERE s.item_id = i.id AND s.person_id = $1 AND s.decision IS NULL))
         ORDER BY i.id",
        person.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(ItemId).collect())
}
