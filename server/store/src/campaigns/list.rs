//! Pages of a campaign's items in review order, and how many there are of each kind.

use contract::Page;
use contract::campaigns::{Advice, ItemFilter, ItemOutcome, ItemRow};
use contract::ids::{CampaignId, PersonId};
use domain::page::cut;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::items::ListRow;
use crate::conditions::{push_any, push_words};
use crate::{Conn, Result};

/// The value of the team facet that means "no team".
pub const NO_TEAM: &str = "none";

/// One word for how an item stands: [`ItemOutcome`].
const OUTCOME: &str = "COALESCE(i.decision, i.state)";

/// Whose items of which campaign.
#[derive(Debug, Clone, Copy)]
pub struct Of {
    /// The campaign.
    pub campaign: CampaignId,
    /// Those of one reviewer only.
    pub reviewer: Option<PersonId>,
}

/// One page of items, changed first, then by risk. A cursor is the id of the last item before it: its place never
/// changes. One that names no item of the campaign begins at the first page. `total` is left to [`item_groups`].
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn items_page(
    conn: &mut Conn,
    of: Of,
    filter: &ItemFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<ItemRow>> {
    let after = match after.and_then(|text| text.parse().ok()) {
        Some(cursor) => place(conn, of.campaign, cursor).await?,
        None => None,
    };
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT i.id, i.identity_id, i.identity_name, i.team_name, i.reviewer_id, p.name AS reviewer_name, \
         p.active AS reviewer_active, i.state, i.decision, i.advice, i.privileged_production, \
         i.changes <> '[]' AS changed, jsonb_array_length(i.snapshot->'findings')::bigint AS findings, \
         i.hint, i.risk, i.decided_at, \
         CASE WHEN i.quorum IS NULL THEN 0 ELSE (SELECT count(decision) FROM item_seats n WHERE n.item_id = i.id) END AS answered, \
         CASE WHEN i.quorum IS NULL THEN 0 ELSE (SELECT count(*) FROM item_seats n WHERE n.item_id = i.id) END AS asked FROM campaign_items i JOIN people p ON p.id = i.reviewer_id",
    );
    push_of(&mut query, of, &filter.q);
    push_any(&mut query, OUTCOME, &outcomes(filter));
    push_any(&mut query, "i.advice", &advice(filter));
    push_any(
        &mut query,
        &format!("COALESCE(i.team_name, '{NO_TEAM}')"),
        &filter.team,
    );
    if !filter.reviewer.is_empty() {
        query.push(" AND i.reviewer_id = ANY(");
        query.push_bind(filter.reviewer.iter().map(|id| id.0).collect::<Vec<_>>());
        query.push(")");
    }
    if let Some((same, risk, name, id)) = after {
        query.push(" AND (i.changes = '[]', -i.risk, i.identity_name, i.id) > (");
        query.push_bind(same);
        query.push(", ");
        query.push_bind(risk);
        query.push(", ");
        query.push_bind(name);
        query.push(", ");
        query.push_bind(id);
        query.push(")");
    }
    query.push(" ORDER BY (i.changes = '[]'), (-i.risk), i.identity_name, i.id LIMIT ");
    query.push_bind(limit + 1);
    let rows: Vec<ListRow> = query.build_query_as().fetch_all(conn).await?;
    let Page { rows, next, .. } = cut(rows, limit, |row| row.id.to_string());
    Ok(Page {
        rows: rows
            .into_iter()
            .map(ListRow::into_row)
            .collect::<Result<_>>()?,
        next,
        total: None,
    })
}

/// Whether a text is the id of one of the campaign's items: a cursor of [`items_page`].
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_item(conn: &mut Conn, campaign: CampaignId, text: &str) -> Result<bool> {
    Ok(match text.parse() {
        Ok(item) => place(conn, campaign, item).await?.is_some(),
        Err(_) => false,
    })
}

type Place = (bool, i32, String, Uuid);

async fn place(conn: &mut Conn, campaign: CampaignId, item: Uuid) -> Result<Option<Place>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT i.changes = '[]', -i.risk, i.identity_name, i.id FROM campaign_items i WHERE i.campaign_id = ",
    );
    query.push_bind(campaign.0);
    query.push(" AND i.id = ");
    query.push_bind(item);
    Ok(query.build_query_as().fetch_optional(conn).await?)
}

/// How many items are alike in everything that facets name.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ItemGroup {
    /// Word of [`ItemOutcome`].
    pub outcome: String,
    /// Word of [`Advice`].
    pub advice: String,
    /// Team name as frozen, or [`NO_TEAM`].
    pub team: String,
    /// Reviewer.
    pub reviewer: Uuid,
    /// Their name.
    pub reviewer_name: String,
    /// How many.
    pub count: i64,
}

/// The groups under the words searched.
///
/// # Errors
/// When the database cannot be asked.
pub async fn item_groups(conn: &mut Conn, of: Of, words: &str) -> Result<Vec<ItemGroup>> {
    let mut query = QueryBuilder::<Postgres>::new(format!(
        "SELECT {OUTCOME} AS outcome, i.advice, COALESCE(i.team_name, '{NO_TEAM}') AS team, \
         i.reviewer_id AS reviewer, p.name AS reviewer_name, count(*) AS count \
         FROM campaign_items i JOIN people p ON p.id = i.reviewer_id"
    ));
    push_of(&mut query, of, words);
    query.push(" GROUP BY 1, 2, 3, 4, 5");
    Ok(query.build_query_as().fetch_all(conn).await?)
}

fn push_of(query: &mut QueryBuilder<Postgres>, of: Of, words: &str) {
    query.push(" WHERE i.campaign_id = ");
    query.push_bind(of.campaign.0);
    if let Some(person) = of.reviewer {
        query.push(" AND (i.reviewer_id = ");
        query.push_bind(person.0);
        query
            .push(" OR EXISTS (SELECT FROM item_seats s WHERE s.item_id = i.id AND s.person_id = ");
        query.push_bind(person.0);
        query.push("))");
    }
    push_words(query, "i.identity_name", words);
}

fn outcomes(filter: &ItemFilter) -> Vec<String> {
    filter.outcome.iter().map(ItemOutcome::to_string).collect()
}

fn advice(filter: &ItemFilter) -> Vec<String> {
    filter.advice.iter().map(Advice::to_string).collect()
}
