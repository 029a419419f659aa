//! Campaigns and their items.

use chrono::{DateTime, Utc};
use contract::campaigns::{
    Advice, CampaignRow, CampaignState, DecisionKind, DecisionView, ItemRow, ItemState,
    ReviewItemView,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{PersonName, words};

/// A campaign with its progress.
#[derive(Debug, Serialize, ToSchema)]
pub struct Campaign {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Where in its life it is.
    #[schema(schema_with = words::campaign_state)]
    pub state: CampaignState,
    /// Who prepared it.
    pub created_by: Option<PersonName>,
    /// When it was prepared.
    pub created_at: DateTime<Utc>,
    /// When its items were frozen.
    pub started_at: Option<DateTime<Utc>>,
    /// When answers are due.
    pub due_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When its evidence was sealed.
    pub sealed_at: Option<DateTime<Utc>>,
    /// Items.
    pub items: i64,
    /// Of these, decided.
    pub decided: i64,
    /// Of these, approved.
    pub approved: i64,
    /// Of these, to be modified.
    pub modified: i64,
    /// Of these, to be revoked.
    pub revoked: i64,
    /// Of these, answered with "don't know".
    pub unknown: i64,
    /// Of these, not reviewed when it closed.
    pub not_reviewed: i64,
    /// Of these, gone before anybody decided.
    pub gone: i64,
}

impl From<CampaignRow> for Campaign {
    fn from(row: CampaignRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            state: row.state,
            created_by: row.created_by.map(Into::into),
            created_at: row.created_at,
            started_at: row.started_at,
            due_at: row.due_at,
            closed_at: row.closed_at,
            sealed_at: row.sealed_at,
            items: row.items,
            decided: row.decided,
            approved: row.approved,
            modified: row.modified,
            revoked: row.revoked,
            unknown: row.unknown,
            not_reviewed: row.not_reviewed,
            gone: row.gone,
        }
    }
}

/// One identity to be decided on.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignItem {
    /// Id.
    pub id: Uuid,
    /// The identity.
    pub identity_id: Uuid,
    /// Its name as frozen.
    pub identity_name: String,
    /// Its team's name as frozen.
    pub team: Option<String>,
    /// Who decides.
    pub reviewer: PersonName,
    /// Where in its life the item is.
    #[schema(schema_with = words::item_state)]
    pub state: ItemState,
    /// The decision that stands.
    #[schema(schema_with = words::decision_or_none)]
    pub decision: Option<DecisionKind>,
    /// What was recommended.
    #[schema(schema_with = words::advice)]
    pub advice: Advice,
    /// Whether it is privileged in production.
    pub privileged_production: bool,
    /// Whether it changed since its last review.
    pub changed: bool,
    /// Findings when it was frozen.
    pub findings: i64,
    /// Risk when it was frozen, 0 to 100.
    pub risk: i32,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<ItemRow> for CampaignItem {
    fn from(row: ItemRow) -> Self {
        let (identity, identity_name) = row.identity;
        Self {
            id: row.id.0,
            identity_id: identity.0,
            identity_name,
            team: row.team,
            reviewer: row.reviewer.into(),
            state: row.state,
            decision: row.decision,
            advice: row.advice,
            privileged_production: row.privileged_production,
            changed: row.changed,
            findings: row.findings,
            risk: row.risk,
            decided_at: row.decided_at,
        }
    }
}

/// An answer that was given to an item.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemDecision {
    /// What was decided.
    #[schema(schema_with = words::decision)]
    decision: DecisionKind,
    /// Why.
    reason: String,
    /// What a modify asks for; empty otherwise.
    #[schema(value_type = Vec<Object>)]
    targets: serde_json::Value,
    /// Who.
    by: PersonName,
    /// When.
    at: DateTime<Utc>,
    /// Whether it follows what was recommended.
    followed: bool,
    /// Whether it was one answer for many items.
    bulk: bool,
}

impl From<DecisionView> for ItemDecision {
    fn from(view: DecisionView) -> Self {
        Self {
            decision: view.decision,
            reason: view.reason,
            targets: serde_json::to_value(view.targets).unwrap_or_default(),
            by: view.by.into(),
            at: view.at,
            followed: view.followed,
            bulk: view.bulk,
        }
    }
}

/// One item with every answer given to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemDetail {
    /// As lists show it.
    #[serde(flatten)]
    item: CampaignItem,
    /// When it was frozen.
    frozen_at: DateTime<Utc>,
    /// Content hash of what was shown, hex.
    hash: String,
    /// Every answer, oldest first, the one in force included.
    decisions: Vec<ItemDecision>,
}

impl From<ReviewItemView> for ItemDetail {
    fn from(view: ReviewItemView) -> Self {
        Self {
            item: view.row.into(),
            frozen_at: view.frozen_at,
            hash: view.hash,
            decisions: view.history.into_iter().map(Into::into).collect(),
        }
    }
}
