//! The queue of discovered identities: rows, what they may be the same as, and who may own them.

use chrono::{DateTime, Utc};
use contract::identities::{Environment, IdentityState};
use contract::ids::{IdentityId, PersonId, TeamId};
use contract::people::{PersonRef, TeamRef};
use domain::event::selectors::Selector;
use domain::identity::similar::Profile;
use serde_json::Value;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// Newest events whose actors are asked who owns an identity.
const ACTORS: i64 = 200;

/// Registered identities looked at for each discovered one.
const CANDIDATES: i64 = 10;

/// A discovered identity.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id.
    pub id: IdentityId,
    /// What it is compared by.
    pub profile: Profile,
    /// Environments it was seen in.
    pub environments: Vec<Environment>,
    /// Its most telling name outside.
    pub subject: String,
    /// Why it is believed to exist.
    pub discovery: Value,
    /// Name of the source that saw it, where it was one.
    pub source: Option<String>,
    /// When it was first seen.
    pub first_seen_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Its events since a day.
    pub events: i64,
}

/// A page of them, newest first, of a repository where one is named (`owner/name`, lower case).
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn page(
    conn: &mut Conn,
    repository: Option<&str>,
    after: Option<Uuid>,
    limit: i64,
    since: DateTime<Utc>,
) -> Result<Vec<Row>> {
    let rows = sqlx::query!(
        r#"SELECT n.id, n.name, n.kind, n.platform, n.environments, n.subject, n.discovery, n.created_at, n.last_used_at,
               s.name AS "source?",
               (SELECT COALESCE(sum(d.succeeded + d.failed), 0)::bigint FROM event_day_counts d
                WHERE d.identity_id = n.id AND d.day >= $4::timestamptz::date) AS "events!",
               (SELECT COALESCE(jsonb_agg(jsonb_build_array(x.kind, x.issuer, x.value)), '[]') FROM selectors x
                WHERE x.identity_id = n.id) AS "selectors!"
           FROM identities n LEFT JOIN sources s ON s.id::text = n.discovery ->> 'source'
           WHERE n.state = 'discovered' AND ($2::uuid IS NULL OR n.id < $2)
               AND ($1::text IS NULL OR EXISTS (SELECT FROM selectors x WHERE x.identity_id = n.id
                    AND (x.coarse = $1 OR x.coarse LIKE 'repo:' || $1 || ':%')))
           ORDER BY n.id DESC LIMIT $3"#,
        repository,
        after,
        limit,
        since
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Row {
                id: IdentityId(row.id),
                profile: profile(row.name, &row.kind, &row.platform, &row.selectors)?,
                environments: row
                    .environments
                    .iter()
                    .map(|word| Ok(word.parse()?))
                    .collect::<Result<_>>()?,
                subject: row.subject,
                discovery: row.discovery.unwrap_or_default(),
                source: row.source,
                first_seen_at: row.created_at,
                last_used_at: row.last_used_at,
                events: row.events,
            })
        })
        .collect()
}

fn profile(name: String, kind: &str, platform: &str, selectors: &Value) -> Result<Profile> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = selectors.as_array().map_or(&[] as &[Value], Vec::as_slice);
    let selectors = all
        .iter()
        .map(|one| Ok((word(&one[0]).parse()?, word(&one[1]), word(&one[2]))))
        .collect::<Result<Vec<Selector>>>()?;
    Ok(Profile {
        name,
        kind: kind.parse()?,
        platform: platform.parse()?,
        selectors,
    })
}

/// How many there are.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM identities WHERE state = 'discovered'"#
    )
    .fetch_one(conn)
    .await?)
}

/// Repositories several of them belong to, most first: `owner/name`, how many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn repositories(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT r.repository AS "repository!", count(DISTINCT r.id) AS "count!"
           FROM (SELECT n.id, CASE WHEN x.kind = 'repository' THEN x.coarse
                     ELSE substring(x.coarse from '^repo:([^:]+)') END AS repository
                 FROM identities n JOIN selectors x ON x.identity_id = n.id
                 WHERE n.state = 'discovered' AND x.kind IN ('repository', 'oidc_subject')) r
           WHERE r.repository IS NOT NULL GROUP BY 1 HAVING count(DISTINCT r.id) > 1 ORDER BY 2 DESC, 1 LIMIT 12"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.repository, row.count))
        .collect())
}

/// A registered identity that may be one of the discovered.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Which discovered one.
    pub of: IdentityId,
    /// Its id.
    pub id: IdentityId,
    /// Its state.
    pub state: IdentityState,
    /// What it is compared by.
    pub profile: Profile,
}

/// Registered identities with a name like one of these, or with the same numeric ids. Each discovered one brings the
/// text to look for. `domain::identity::similar` judges.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn candidates(tx: &mut Tx, of: &[(IdentityId, String)]) -> Result<Vec<Candidate>> {
    let ids: Vec<Uuid> = of.iter().map(|(id, _)| id.0).collect();
    let texts: Vec<String> = of.iter().map(|(_, text)| text.clone()).collect();
    // Short names share few letters: `deploy-prod` and `deploy-production` about half.
    sqlx::query!("SELECT set_config('pg_trgm.word_similarity_threshold', '0.4', true)")
        .fetch_one(&mut **tx)
        .await?;
    let rows = sqlx::query!(
        r#"SELECT w.id AS "of!", c.id, c.name, c.kind, c.platform, c.state,
               (SELECT COALESCE(jsonb_agg(jsonb_build_array(x.kind, x.issuer, x.value)), '[]') FROM selectors x
                WHERE x.identity_id = c.id) AS "selectors!"
           FROM unnest($1::uuid[], $2::text[]) AS w (id, words)
               CROSS JOIN LATERAL (
                   (SELECT n.id FROM identities n WHERE w.words <% n.search_text AND n.state NOT IN ('discovered', 'rejected')
                    ORDER BY word_similarity(w.words, n.search_text) DESC, n.id LIMIT $3)
                   UNION
                   SELECT y.identity_id FROM selectors x JOIN selectors y ON y.numbers = x.numbers
                   WHERE x.identity_id = w.id AND y.identity_id <> w.id
               ) found
               JOIN identities c ON c.id = found.id AND c.state NOT IN ('discovered', 'rejected')"#,
        &ids,
        &texts,
        CANDIDATES
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Candidate {
                of: IdentityId(row.of),
                id: IdentityId(row.id),
                state: row.state.parse()?,
                profile: profile(row.name, &row.kind, &row.platform, &row.selectors)?,
            })
        })
        .collect()
}

/// How somebody came to be suggested as an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Acted in so many of its newest events.
    Acted(i64),
    /// Owns another identity of the same repository or account, named here.
    Neighbour(String),
    /// An imported list names them.
    Listed(String),
}

/// Somebody who may own a discovered identity.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// Which one.
    pub of: IdentityId,
    /// Who.
    pub person: PersonRef,
    /// Their team, where they are in one.
    pub team: Option<TeamRef>,
    /// How that is known.
    pub hint: Hint,
}

/// An owner as a CODEOWNERS file writes them: `@login`, `@organisation/team`, or an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Of which identity.
    pub of: IdentityId,
    /// Who, in lower case.
    pub owner: String,
    /// Where that is said.
    pub by: String,
}

/// Who may own these: named by an import, acting in their events, or owning what stands beside them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn owners(
    conn: &mut Conn,
    ids: &[Uuid],
    named: &[Named],
    since: DateTime<Utc>,
) -> Result<Vec<Suggestion>> {
    let files: Vec<Uuid> = named.iter().map(|one| one.of.0).collect();
    let (handles, by): (Vec<String>, Vec<String>) = named
        .iter()
        .map(|one| (one.owner.clone(), one.by.clone()))
        .unzip();
    let rows = sqlx::query!(
        r#"WITH listed AS (
               SELECT n.id, p.id AS person, 'listed' AS how, COALESCE(n.discovery ->> 'suggested_by', '') AS detail, 0::bigint AS times
               FROM identities n JOIN people p ON lower(n.discovery ->> 'suggested_owner') IN (lower(p.email), lower(p.name))
               WHERE n.id = ANY($1)
           ), filed AS (
               -- A team's lead answers for what the team is named for.
               SELECT w.id, p.id AS person, 'listed', w.by, 0::bigint
               FROM unnest($4::uuid[], $5::text[], $6::text[]) AS w (id, owner, by)
                   JOIN people p ON CASE
                       WHEN w.owner LIKE '@%/%' THEN p.id IN (SELECT t.lead_id FROM teams t WHERE t.slug = substring(w.owner from '[^/]+$'))
                       WHEN w.owner LIKE '@%' THEN substr(w.owner, 2) IN (lower(split_part(p.email, '@', 1)),
                           replace(lower(split_part(p.email, '@', 1)), '.', '-'))
                       ELSE w.owner = lower(p.email) END
           ), acted AS (
               SELECT e.id, p.id AS person, 'acted', '', count(*) FROM unnest($1::uuid[]) AS w (id)
                   CROSS JOIN LATERAL (SELECT v.identity_id AS id, lower(v.actor) AS actor FROM events v
                       WHERE v.identity_id = w.id AND v.occurred_at >= $2 AND v.actor IS NOT NULL
                       ORDER BY v.occurred_at DESC, v.id DESC LIMIT $3) e
                   -- A login is often the address before its sign, written with a hyphen.
                   JOIN people p ON e.actor IN (lower(p.email), lower(split_part(p.email, '@', 1)),
                       replace(lower(split_part(p.email, '@', 1)), '.', '-'))
               GROUP BY 1, 2
           ), places AS (
               SELECT x.identity_id AS id, substring(x.coarse from '^(?:repo:)?([^/:]+/[^/:@]+)') AS repository
               FROM selectors x WHERE x.identity_id = ANY($1) AND x.kind IN ('repository', 'oidc_subject')
           ), beside AS (
               SELECT w.id, o.owner_id AS person, 'beside', min(o.name), count(*) FROM places w
                   JOIN selectors y ON y.kind IN ('repository', 'oidc_subject') AND y.identity_id <> w.id
                       AND (y.coarse = w.repository OR y.coarse LIKE 'repo:' || w.repository || ':%')
                   JOIN identities o ON o.id = y.identity_id AND o.owner_id IS NOT NULL AND o.state = 'active'
               WHERE w.repository IS NOT NULL GROUP BY 1, 2
           ), every AS (SELECT * FROM listed UNION ALL SELECT * FROM filed UNION ALL SELECT * FROM acted UNION ALL SELECT * FROM beside)
           SELECT a.id AS "of!", a.how AS "how!", a.detail AS "detail!", a.times AS "times!", p.id, p.name, p.active,
               t.id AS "team?", t.slug AS "slug?", t.name AS "team_name?"
           FROM every a JOIN people p ON p.id = a.person AND p.active
               LEFT JOIN LATERAL (SELECT m.team_id FROM team_members m WHERE m.person_id = p.id ORDER BY m.team_id LIMIT 1) m ON true
               LEFT JOIN teams t ON t.id = m.team_id
           ORDER BY a.id, a.times DESC, p.name"#,
        ids,
        since,
        ACTORS,
        &files,
        &handles,
        &by
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Suggestion {
            of: IdentityId(row.of),
            person: PersonRef {
                id: PersonId(row.id),
                name: row.name,
                active: row.active,
            },
            team: row
                .team
                .zip(row.slug)
                .zip(row.team_name)
                .map(|((id, slug), name)| TeamRef {
                    id: TeamId(id),
                    slug,
                    name,
                }),
            hint: match row.how.as_str() {
                "listed" => Hint::Listed(row.detail),
                "acted" => Hint::Acted(row.times),
                _ => Hint::Neighbour(row.detail),
            },
        })
        .collect())
}
