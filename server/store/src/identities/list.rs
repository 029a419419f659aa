//! Pages of the inventory, by key: page 2,000 costs what page 1 costs.

use chrono::{DateTime, Utc};
use contract::Page;
use contract::identities::{Environment, IdentityFilter, IdentityRow, IdentitySort};
use contract::ids::{IdentityId, PersonId, TeamId};
use contract::people::{PersonRef, TeamRef};
use domain::page::cut;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::{REVIEW_SQL, ROTATION_SQL, filter, push_at, states, words};
use crate::{Conn, Result};

/// One page of rows in an order. `total` is left to [`super::facets`].
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn page(
    conn: &mut Conn,
    asked: &IdentityFilter,
    sort: IdentitySort,
    after: Option<&str>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<IdentityRow>> {
    let mut query = select(now);
    filter::push_all(&mut query, asked, now);
    if let Some(cursor) = after.and_then(|text| Cursor::parse(sort, text)) {
        cursor.push(&mut query);
    }
    query.push(match sort {
        IdentitySort::Risk => " ORDER BY n.risk DESC, n.id DESC",
        IdentitySort::Name => " ORDER BY n.name",
        IdentitySort::LastUsed => {
            " ORDER BY COALESCE(n.last_used_at, '-infinity'::timestamptz) DESC, n.id DESC"
        }
        IdentitySort::NextReview => {
            " ORDER BY COALESCE(n.next_review_at, 'infinity'::timestamptz), n.id"
        }
    });
    query.push(" LIMIT ");
    query.push_bind(limit + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let Page { rows, next, .. } = cut(rows, limit, |row| Cursor::of(sort, row).to_string());
    Ok(Page {
        rows: rows
            .into_iter()
            .map(Row::into_view)
            .collect::<Result<_>>()?,
        next,
        total: None,
    })
}

/// Whether a text is a cursor of the list in this order.
pub fn is_cursor(sort: IdentitySort, text: &str) -> bool {
    Cursor::parse(sort, text).is_some()
}

/// The rows of these ids, in no particular order.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn by_ids(conn: &mut Conn, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<IdentityRow>> {
    let mut query = select(now);
    query.push(" WHERE n.id = ANY(");
    query.push_bind(ids.to_vec());
    query.push(")");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::into_view).collect()
}

fn select(now: DateTime<Utc>) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(
        "SELECT n.id, n.name, n.kind, n.platform, n.state, n.purpose, n.subject, n.environments, n.tier, n.risk, \
         n.privileged, n.open_findings, n.credential_class, n.last_used_at, n.last_reviewed_at, n.next_review_at, \
         t.id AS team_id, t.slug AS team_slug, t.name AS team_name, \
         p.id AS owner_id, p.name AS owner_name, p.active AS owner_active, ",
    );
    push_at(&mut query, ROTATION_SQL, now);
    query.push(" AS rotation, ");
    push_at(&mut query, REVIEW_SQL, now);
    query.push(
        " AS review FROM identities n LEFT JOIN teams t ON t.id = n.team_id LEFT JOIN people p ON p.id = n.owner_id",
    );
    query
}

/// Where a page begins: the sort key and id of the row before it.
enum Cursor {
    Risk(i32, Uuid),
    Name(String),
    Time(IdentitySort, Option<DateTime<Utc>>, Uuid),
}

impl Cursor {
    fn of(sort: IdentitySort, row: &Row) -> Self {
        match sort {
            IdentitySort::Risk => Self::Risk(row.risk, row.id),
            IdentitySort::Name => Self::Name(row.name.clone()),
            IdentitySort::LastUsed => Self::Time(sort, row.last_used_at, row.id),
            IdentitySort::NextReview => Self::Time(sort, row.next_review_at, row.id),
        }
    }

    /// Reads a cursor; a damaged one begins at the first page.
    fn parse(sort: IdentitySort, text: &str) -> Option<Self> {
        if sort == IdentitySort::Name {
            return Some(Self::Name(text.strip_prefix('=')?.to_owned()));
        }
        let (key, id) = text.split_once('.')?;
        let id = id.parse().ok()?;
        Some(match sort {
            IdentitySort::Risk => Self::Risk(key.parse().ok()?, id),
            _ if key == "n" => Self::Time(sort, None, id),
            _ => Self::Time(
                sort,
                Some(DateTime::from_timestamp_micros(key.parse().ok()?)?),
                id,
            ),
        })
    }

    fn push(self, query: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Name(name) => {
                query.push(" AND n.name > ");
                query.push_bind(name);
                return;
            }
            Self::Risk(risk, id) => {
                query.push(" AND (n.risk, n.id) < (");
                query.push_bind(risk);
                query.push(", ");
                query.push_bind(id);
            }
            Self::Time(sort, at, id) => {
                let (column, sign, absent) = match sort {
                    IdentitySort::NextReview => ("next_review_at", '>', "infinity"),
                    _ => ("last_used_at", '<', "-infinity"),
                };
                query.push(format!(
                    " AND (COALESCE(n.{column}, '{absent}'::timestamptz), n.id) {sign} (COALESCE("
                ));
                query.push_bind(at);
                query.push(format!(", '{absent}'::timestamptz), "));
                query.push_bind(id);
            }
        }
        query.push(")");
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Risk(risk, id) => write!(f, "{risk}.{id}"),
            Self::Name(name) => write!(f, "={name}"),
            Self::Time(_, Some(at), id) => write!(f, "{}.{id}", at.timestamp_micros()),
            Self::Time(_, None, id) => write!(f, "n.{id}"),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    kind: String,
    platform: String,
    state: String,
    purpose: String,
    subject: String,
    environments: Vec<String>,
    tier: String,
    risk: i32,
    privileged: bool,
    open_findings: i32,
    credential_class: String,
    last_used_at: Option<DateTime<Utc>>,
    last_reviewed_at: Option<DateTime<Utc>>,
    next_review_at: Option<DateTime<Utc>>,
    team_id: Option<Uuid>,
    team_slug: Option<String>,
    team_name: Option<String>,
    owner_id: Option<Uuid>,
    owner_name: Option<String>,
    owner_active: Option<bool>,
    rotation: String,
    review: String,
}

impl Row {
    fn into_view(self) -> Result<IdentityRow> {
        let (rotation, review) = states(&self.rotation, &self.review)?;
        let team = self.team_id.zip(self.team_slug).zip(self.team_name);
        let owner = self.owner_id.zip(self.owner_name).zip(self.owner_active);
        Ok(IdentityRow {
            id: IdentityId(self.id),
            name: self.name,
            kind: self.kind.parse()?,
            platform: self.platform.parse()?,
            state: self.state.parse()?,
            purpose: self.purpose,
            subject: self.subject,
            environments: words::<Environment>(&self.environments)?,
            team: team.map(|((id, slug), name)| TeamRef {
                id: TeamId(id),
                slug,
                name,
            }),
            owner: owner.map(|((id, name), active)| PersonRef {
                id: PersonId(id),
                name,
                active,
            }),
            credential: self.credential_class.parse()?,
            rotation,
            privileged: self.privileged,
            tier: self.tier.parse()?,
            risk: self.risk,
            open_findings: i64::from(self.open_findings),
            last_used_at: self.last_used_at,
            last_reviewed_at: self.last_reviewed_at,
            next_review_at: self.next_review_at,
            review,
        })
    }
}
