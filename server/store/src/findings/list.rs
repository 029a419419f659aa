//! Pages of findings, worst first, then newest; counts beside each facet value.

use chrono::{DateTime, Utc};
use contract::Page;
use contract::findings::{
    FindingAge, FindingClass, FindingFilter, FindingGroup, FindingGrouping, FindingRow,
    FindingState, Severity,
};
use contract::ids::{EventId, FindingId, IdentityId, RepositoryId, TeamId};
use contract::people::TeamRef;
use domain::page::cut;
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::conditions::{push_any, push_words};
use crate::identities::push_at;
use crate::{Conn, Result};

/// The value of the team facet that means "nobody answers".
const NOBODY: &str = "none";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    rule: String,
    class: String,
    severity: String,
    confidence: String,
    state: String,
    title: String,
    detail: String,
    fix: String,
    evidence: Json<Vec<(String, String)>>,
    events: Vec<Uuid>,
    detected: bool,
    note: String,
    assignee: Option<String>,
    opened_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    excepted_until: Option<DateTime<Utc>>,
    rank: i16,
    identity_id: Option<Uuid>,
    identity_name: Option<String>,
    team_id: Option<Uuid>,
    team_slug: Option<String>,
    team_name: Option<String>,
}

const SELECT: &str = "SELECT f.id, f.rule, f.class, f.severity, f.confidence, f.state, f.title, f.detail, f.fix, \
    f.evidence, f.events, f.detected, f.note, w.name AS assignee, f.opened_at, f.seen_at, f.excepted_until, f.rank, n.id AS identity_id, n.name AS identity_name, \
    t.id AS team_id, t.slug AS team_slug, t.name AS team_name \
    FROM findings f LEFT JOIN identities n ON n.id = f.identity_id LEFT JOIN teams t ON t.id = n.team_id \
    LEFT JOIN people w ON w.id = f.assigned_to";

/// Where words are searched.
const SEARCHED: &str = "concat_ws(' ', f.title, f.detail, n.name)";

/// Since when a finding is open, as a word of `FindingAge`; the moment is bound where `{now}` stands.
const AGE_SQL: &str = "CASE WHEN f.opened_at > {now} - interval '1 day' THEN 'day' \
     WHEN f.opened_at > {now} - interval '7 days' THEN 'week' \
     WHEN f.opened_at > {now} - interval '30 days' THEN 'month' ELSE 'older' END";

/// One page. Rationale and controls are the rule's: the service fills them in.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn page(
    conn: &mut Conn,
    filter: &FindingFilter,
    after: Option<&str>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<FindingRow>> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push(" WHERE true");
    push_filter(&mut query, filter, now);
    if let Some((rank, opened, id)) = after.and_then(parse_cursor) {
        query.push(" AND (f.rank, f.opened_at, f.id) < (");
        query.push_bind(rank);
        query.push(", ");
        query.push_bind(opened);
        query.push(", ");
        query.push_bind(id);
        query.push(")");
    }
    query.push(" ORDER BY f.rank DESC, f.opened_at DESC, f.id DESC LIMIT ");
    query.push_bind(limit + 1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let Page { rows, next, .. } = cut(rows, limit, |row| {
        format!(
            "{}.{}.{}",
            row.rank,
            row.opened_at.timestamp_micros(),
            row.id
        )
    });
    Ok(Page {
        rows: rows
            .into_iter()
            .map(Row::into_view)
            .collect::<Result<_>>()?,
        next,
        total: None,
    })
}

/// One finding, whatever its state.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn one(conn: &mut Conn, id: FindingId) -> Result<Option<FindingRow>> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push(" WHERE f.id = ");
    query.push_bind(id.0);
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Row::into_view).transpose()
}

/// The findings of one identity that are not resolved, worst first.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn of_identity(conn: &mut Conn, id: IdentityId) -> Result<Vec<FindingRow>> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push(" WHERE f.state <> 'resolved' AND f.identity_id = ");
    query.push_bind(id.0);
    query.push(" ORDER BY f.rank DESC, f.opened_at DESC, f.id DESC LIMIT 200");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::into_view).collect()
}

/// The findings of one repository's pipelines that are not resolved, worst first, and how many are open by severity.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn of_repository(
    conn: &mut Conn,
    id: RepositoryId,
    most: i64,
) -> Result<(Vec<FindingRow>, Vec<(Severity, i64)>)> {
    let mut query = QueryBuilder::<Postgres>::new(SELECT);
    query.push(" WHERE f.state <> 'resolved' AND f.repository_id = ");
    query.push_bind(id.0);
    query.push(" ORDER BY f.rank DESC, f.detail, f.id LIMIT ");
    query.push_bind(most);
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *conn).await?;
    let counts = sqlx::query!(
        r#"SELECT severity, count(*) AS "count!" FROM findings
           WHERE repository_id = $1 AND state IN ('open', 'acknowledged') GROUP BY 1"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    let count = |severity: Severity| {
        let of = counts.iter().find(|row| row.severity == severity.as_str());
        of.map(|row| (severity, row.count))
    };
    Ok((
        rows.into_iter()
            .map(Row::into_view)
            .collect::<Result<_>>()?,
        Severity::ALL.iter().copied().filter_map(count).collect(),
    ))
}

/// Findings that are the same in every facet.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Group {
    /// State word.
    pub state: String,
    /// Severity word.
    pub severity: String,
    /// Class word.
    pub class: String,
    /// Rule id.
    pub rule: String,
    /// Team slug; absent when nobody owns it.
    pub team_slug: Option<String>,
    /// Team name.
    pub team_name: Option<String>,
    /// Age word.
    pub age: String,
    /// How many.
    pub count: i64,
}

/// The groups under the words searched.
///
/// # Errors
/// When the database cannot be asked.
pub async fn groups(
    conn: &mut Conn,
    filter: &FindingFilter,
    now: DateTime<Utc>,
) -> Result<Vec<Group>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT f.state, f.severity, f.class, f.rule, t.slug AS team_slug, t.name AS team_name, ",
    );
    push_at(&mut query, AGE_SQL, now);
    query.push(
        " AS age, count(*) AS count FROM findings f LEFT JOIN identities n ON n.id = f.identity_id \
         LEFT JOIN teams t ON t.id = n.team_id WHERE true",
    );
    push_words(&mut query, SEARCHED, &filter.q);
    push_identity(&mut query, filter);
    query.push(" GROUP BY 1, 2, 3, 4, 5, 6, 7");
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// Findings under the filter put together, the worst and newest groups first; at most a hundred.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn grouped(
    conn: &mut Conn,
    filter: &FindingFilter,
    by: FindingGrouping,
    now: DateTime<Utc>,
) -> Result<Vec<FindingGroup>> {
    let (rule, identity) = match by {
        FindingGrouping::Rule => ("f.rule", "NULL::uuid"),
        FindingGrouping::Identity => ("NULL::text", "n.id"),
    };
    let mut query = QueryBuilder::<Postgres>::new(format!(
        "SELECT {rule} AS rule, {identity} AS identity, max(n.name) AS name, \
         count(*) FILTER (WHERE f.severity = 'critical') AS critical, count(*) FILTER (WHERE f.severity = 'high') AS high, \
         count(*) FILTER (WHERE f.severity = 'medium') AS medium, count(*) FILTER (WHERE f.severity = 'low') AS low, \
         max(f.opened_at) AS latest \
         FROM findings f LEFT JOIN identities n ON n.id = f.identity_id LEFT JOIN teams t ON t.id = n.team_id WHERE true"
    ));
    push_filter(&mut query, filter, now);
    query.push(" GROUP BY 1, 2 ORDER BY max(f.rank) DESC, max(f.opened_at) DESC LIMIT 100");
    let rows: Vec<GroupedRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| row.into_view(by)).collect())
}

#[derive(sqlx::FromRow)]
struct GroupedRow {
    rule: Option<String>,
    identity: Option<Uuid>,
    name: Option<String>,
    critical: i64,
    high: i64,
    medium: i64,
    low: i64,
    latest: DateTime<Utc>,
}

impl GroupedRow {
    fn into_view(self, by: FindingGrouping) -> FindingGroup {
        let counts = [self.critical, self.high, self.medium, self.low];
        let severities = Severity::ALL.iter().copied().zip(counts);
        let own = (by == FindingGrouping::Identity)
            .then_some(self.name)
            .flatten();
        FindingGroup {
            name: own
                .clone()
                .or_else(|| self.rule.clone())
                .unwrap_or_default(),
            rule: self.rule,
            identity: self.identity.map(IdentityId).zip(own),
            severities: severities.filter(|(_, count)| *count > 0).collect(),
            latest: self.latest,
        }
    }
}

/// Pushes everything a filter asks for.
fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &FindingFilter, now: DateTime<Utc>) {
    push_words(query, SEARCHED, &filter.q);
    push_any(query, "f.state", &states(filter));
    push_any(query, "f.severity", &of(&filter.severity, Severity::as_str));
    push_any(query, "f.class", &of(&filter.class, FindingClass::as_str));
    push_any(query, "f.rule", &filter.rule);
    push_team(query, &filter.team);
    push_age(query, filter, now);
    push_identity(query, filter);
}

fn push_age(query: &mut QueryBuilder<Postgres>, filter: &FindingFilter, now: DateTime<Utc>) {
    if filter.age.is_empty() {
        return;
    }
    query.push(" AND ");
    push_at(query, AGE_SQL, now);
    query.push(" = ANY(");
    query.push_bind(of(&filter.age, FindingAge::as_str));
    query.push(")");
}

/// The states a filter means.
pub fn states(filter: &FindingFilter) -> Vec<String> {
    if filter.state.is_empty() {
        of(
            &[FindingState::Open, FindingState::Acknowledged],
            FindingState::as_str,
        )
    } else {
        of(&filter.state, FindingState::as_str)
    }
}

fn of<T: Copy>(values: &[T], word: fn(T) -> &'static str) -> Vec<String> {
    values.iter().map(|value| word(*value).to_owned()).collect()
}

fn push_identity(query: &mut QueryBuilder<Postgres>, filter: &FindingFilter) {
    if let Some(id) = filter.identity {
        query.push(" AND f.identity_id = ");
        query.push_bind(id.0);
    }
}

fn push_team(query: &mut QueryBuilder<Postgres>, slugs: &[String]) {
    if slugs.is_empty() {
        return;
    }
    query.push(" AND (t.slug = ANY(");
    query.push_bind(slugs.to_vec());
    query.push(")");
    if slugs.iter().any(|slug| slug == NOBODY) {
        query.push(" OR t.id IS NULL");
    }
    query.push(")");
}

/// Whether a text is a cursor of the list.
pub fn is_cursor(text: &str) -> bool {
    parse_cursor(text).is_some()
}

fn parse_cursor(text: &str) -> Option<(i16, DateTime<Utc>, Uuid)> {
    let mut parts = text.splitn(3, '.');
    let rank = parts.next()?.parse().ok()?;
    let opened = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?;
    Some((rank, opened, parts.next()?.parse().ok()?))
}

impl Row {
    fn into_view(self) -> Result<FindingRow> {
        let team = self.team_id.zip(self.team_slug).zip(self.team_name);
        Ok(FindingRow {
            id: FindingId(self.id),
            rule: self.rule,
            class: self.class.parse::<FindingClass>()?,
            severity: self.severity.parse::<Severity>()?,
            confidence: self.confidence.parse()?,
            state: self.state.parse()?,
            title: self.title,
            detail: self.detail,
            rationale: String::new(),
            fix: self.fix,
            evidence: self.evidence.0,
            events: self.events.into_iter().map(EventId).collect(),
            detected: self.detected,
            controls: Vec::new(),
            identity: self.identity_id.map(IdentityId).zip(self.identity_name),
            team: team.map(|((id, slug), name)| TeamRef {
                id: TeamId(id),
                slug,
                name,
            }),
            opened_at: self.opened_at,
            seen_at: self.seen_at,
            excepted_until: self.excepted_until,
            note: self.note,
            assignee: self.assignee,
        })
    }
}
