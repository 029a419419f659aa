//! Repositories whose pipelines are kept, and their findings.

use chrono::{DateTime, Utc};
use contract::findings::Severity;
use contract::ids::RepositoryId;
use contract::pipelines::RepositoryRow;
use domain::trust::{Governance, Job, Raised};
use sqlx::types::Json;
use uuid::Uuid;

use crate::conditions::literal;
use crate::{Conn, Result, Tx};

/// A repository as it is kept.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Its id.
    pub id: RepositoryId,
    /// `github` or `gitlab`.
    pub forge: String,
    /// `owner/name`.
    pub name: String,
    /// Address of a forge of one's own; empty for the vendor's.
    pub host: String,
    /// Default branch; empty when not told.
    pub default_branch: String,
    /// Id of the owner; empty when not told.
    pub owner_id: String,
    /// Id of the repository; empty when not told.
    pub project_id: String,
    /// Its jobs.
    pub jobs: Vec<Job>,
    /// What protects it.
    pub governance: Governance,
    /// Files read.
    pub files: i32,
    /// What could not be read: name and why.
    pub problems: Vec<(String, String)>,
    /// When files came last.
    pub scanned_at: Option<DateTime<Utc>>,
    /// When protections came last.
    pub governed_at: Option<DateTime<Utc>>,
    /// When it was brought last.
    pub changed_at: DateTime<Utc>,
    /// Who brought it last.
    pub changed_by: String,
}

struct Row {
    id: Uuid,
    forge: String,
    name: String,
    host: String,
    default_branch: String,
    owner_id: String,
    project_id: String,
    jobs: Json<Vec<Job>>,
    governance: Json<Governance>,
    files: i32,
    problems: Json<Vec<(String, String)>>,
    scanned_at: Option<DateTime<Utc>>,
    governed_at: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
    changed_by: String,
}

impl From<Row> for Repository {
    fn from(row: Row) -> Self {
        Self {
            id: RepositoryId(row.id),
            forge: row.forge,
            name: row.name,
            host: row.host,
            default_branch: row.default_branch,
            owner_id: row.owner_id,
            project_id: row.project_id,
            jobs: row.jobs.0,
            governance: row.governance.0,
            files: row.files,
            problems: row.problems.0,
            scanned_at: row.scanned_at,
            governed_at: row.governed_at,
            changed_at: row.changed_at,
            changed_by: row.changed_by,
        }
    }
}

/// The repository of a name, in any case, locked until commit.
///
/// # Errors
/// When the database cannot be asked, or what is stored cannot be read.
pub async fn lock(tx: &mut Tx, forge: &str, host: &str, name: &str) -> Result<Option<Repository>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, forge, name, host, default_branch, owner_id, project_id, jobs AS "jobs: Json<Vec<Job>>",
               governance AS "governance: Json<Governance>", files, problems AS "problems: Json<Vec<(String, String)>>",
               scanned_at, governed_at, changed_at, changed_by
           FROM pipeline_repositories WHERE forge = $1 AND host = $2 AND lower(name) = lower($3) FOR UPDATE"#,
        forge,
        host,
        name
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(Repository::from))
}

/// One repository.
///
/// # Errors
/// When the database cannot be asked, or what is stored cannot be read.
pub async fn one(conn: &mut Conn, id: RepositoryId) -> Result<Option<Repository>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, forge, name, host, default_branch, owner_id, project_id, jobs AS "jobs: Json<Vec<Job>>",
               governance AS "governance: Json<Governance>", files, problems AS "problems: Json<Vec<(String, String)>>",
               scanned_at, governed_at, changed_at, changed_by
           FROM pipeline_repositories WHERE id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Repository::from))
}

/// Ids of repositories after one, in order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn ids_after(conn: &mut Conn, after: Uuid, most: i64) -> Result<Vec<RepositoryId>> {
    let rows = sqlx::query_scalar!(
        "SELECT id FROM pipeline_repositories WHERE id > $1 ORDER BY id LIMIT $2",
        after,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(RepositoryId).collect())
}

/// The repositories by name with their open findings, at most `most`, and how many there are.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(conn: &mut Conn, most: i64) -> Result<(Vec<RepositoryRow>, i64)> {
    let rows = sqlx::query!(
        r#"SELECT r.id, r.forge, r.name, r.host, r.files, jsonb_array_length(r.jobs) AS "jobs!", r.scanned_at, r.governed_at,
               COALESCE((SELECT jsonb_object_agg(c.severity, c.n) FROM (
                   SELECT f.severity, count(*) AS n FROM findings f
                   WHERE f.repository_id = r.id AND f.state IN ('open', 'acknowledged') GROUP BY 1) c), '{}') AS "open!: Json<std::collections::BTreeMap<String, i64>>"
           FROM pipeline_repositories r ORDER BY lower(r.name), r.id LIMIT $1"#,
        most
    )
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM pipeline_repositories"#)
        .fetch_one(conn)
        .await?;
    let rows = rows
        .into_iter()
        .map(|row| RepositoryRow {
            id: RepositoryId(row.id),
            forge: row.forge,
            name: row.name,
            host: row.host,
            files: row.files.into(),
            jobs: row.jobs.into(),
            scanned_at: row.scanned_at,
            governed_at: row.governed_at,
            open: Severity::ALL
                .iter()
                .filter_map(|it| Some((*it, *row.open.0.get(it.as_str())?)))
                .collect(),
        })
        .collect();
    Ok((rows, total))
}

/// Keeps a repository as it is given, new or known.
///
/// # Errors
/// When the database refuses.
pub async fn save(tx: &mut Tx, it: &Repository) -> Result<()> {
    sqlx::query!(
        "INSERT INTO pipeline_repositories (id, forge, name, host, default_branch, owner_id, project_id, jobs, governance,
             files, problems, scanned_at, governed_at, changed_at, changed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, default_branch = EXCLUDED.default_branch,
             owner_id = EXCLUDED.owner_id, project_id = EXCLUDED.project_id, jobs = EXCLUDED.jobs,
             governance = EXCLUDED.governance, files = EXCLUDED.files, problems = EXCLUDED.problems,
             scanned_at = EXCLUDED.scanned_at, governed_at = EXCLUDED.governed_at, changed_at = EXCLUDED.changed_at,
             changed_by = EXCLUDED.changed_by",
        it.id.0,
        it.forge,
        it.name,
        it.host,
        it.default_branch,
        it.owner_id,
        it.project_id,
        Json(&it.jobs) as _,
        Json(&it.governance) as _,
        it.files,
        Json(&it.problems) as _,
        it.scanned_at,
        it.governed_at,
        it.changed_at,
        it.changed_by
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a repository and its findings away; says whose findings there were.
///
/// # Errors
/// When the database refuses.
pub async fn drop(tx: &mut Tx, id: RepositoryId) -> Result<Option<(String, Vec<Uuid>)>> {
    let whose = whose(tx, &[id]).await?;
    let name = sqlx::query_scalar!(
        "DELETE FROM pipeline_repositories WHERE id = $1 RETURNING name",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(name.map(|name| (name, whose)))
}

/// The identity that a repository's own findings belong to: one that is known by the repository itself before one that is
/// known by a subject of it; the oldest of several.
///
/// # Errors
/// When the database cannot be asked.
pub async fn identity(conn: &mut Conn, name: &str) -> Result<Option<Uuid>> {
    let found = sqlx::query_scalar!(
        r#"SELECT n.id FROM selectors s JOIN identities n ON n.id = s.identity_id
           WHERE n.state NOT IN ('removed', 'rejected', 'discovered')
               AND ((s.kind = 'repository' AND s.coarse IN (lower($1), 'repo:' || lower($1)))
                   OR (s.kind = 'oidc_subject' AND (s.coarse LIKE 'repo:' || lower($2) || ':%'
                       OR s.coarse LIKE 'project\_path:' || lower($2) || ':%')))
           ORDER BY s.kind = 'repository' DESC, n.created_at, n.id LIMIT 1"#,
        name,
        literal(name)
    )
    .fetch_optional(conn)
    .await?;
    Ok(found)
}

/// What became of findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Became {
    /// Opened now, or opened again.
    pub opened: i64,
    /// Resolved now.
    pub resolved: i64,
}

/// A finding with the id it gets when it is new and whose it is.
#[derive(Debug, Clone)]
pub struct Found {
    /// Id.
    pub id: Uuid,
    /// Identity.
    pub identity: Option<Uuid>,
    /// Fingerprint, hex.
    pub fingerprint: String,
    /// What was raised.
    pub raised: Raised,
}

/// Saves what one origin found of a repository: opened, confirmed, opened again when it was resolved; what that origin
/// found before and no longer does is resolved. What a person excepted stays excepted until its day.
///
/// # Errors
/// When the database refuses.
pub async fn reconcile(
    tx: &mut Tx,
    repository: RepositoryId,
    origin: &str,
    found: &[Found],
    now: DateTime<Utc>,
) -> Result<Became> {
    let rows: Vec<serde_json::Value> = found.iter().map(as_json).collect();
    let opened = sqlx::query_scalar!(
        r#"WITH given AS (
               SELECT r.*, n.id AS whose, n.team_id, x.until, x.reason, x.by_id, x.at AS excepted_at
               FROM jsonb_to_recordset($1) AS r (id uuid, fingerprint text, rule text, severity text, confidence text,
                   identity uuid, title text, detail text, fix text, evidence jsonb)
                   LEFT JOIN identities n ON n.id = r.identity
                   LEFT JOIN finding_exceptions x ON x.rule = r.rule AND x.identity_id = n.id AND x.until > $2),
           -- As they stood before the statement.
           stood AS (SELECT f.fingerprint FROM findings f JOIN given g USING (fingerprint) WHERE f.state <> 'resolved'),
           saved AS (
               INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, identity_id, team_id, title, detail,
                   fix, evidence, opened_at, seen_at, repository_id, origin, state, excepted_until, note, handled_by, handled_at)
               SELECT g.id, g.fingerprint, g.rule, 'posture', g.severity, g.confidence, g.whose, g.team_id, g.title, g.detail,
                   g.fix, g.evidence, $2, $2, $3, $4, CASE WHEN g.until IS NULL THEN 'open' ELSE 'excepted' END, g.until,
                   COALESCE(g.reason, ''), g.by_id, g.excepted_at
               FROM given g
               ON CONFLICT ON CONSTRAINT findings_fingerprint_key DO UPDATE SET
                   severity = EXCLUDED.severity, confidence = EXCLUDED.confidence, identity_id = EXCLUDED.identity_id,
                   team_id = EXCLUDED.team_id, title = EXCLUDED.title, detail = EXCLUDED.detail, fix = EXCLUDED.fix,
                   evidence = EXCLUDED.evidence, seen_at = EXCLUDED.seen_at, repository_id = EXCLUDED.repository_id,
                   state = CASE WHEN findings.state = 'resolved' OR findings.excepted_until <= $2 THEN 'open' ELSE findings.state END,
                   opened_at = CASE WHEN findings.state = 'resolved' THEN $2 ELSE findings.opened_at END,
                   excepted_until = CASE WHEN findings.excepted_until <= $2 THEN NULL ELSE findings.excepted_until END,
                   resolved_at = NULL
               RETURNING fingerprint)
           SELECT count(*) AS "count!" FROM saved s WHERE NOT EXISTS (SELECT FROM stood t WHERE t.fingerprint = s.fingerprint)"#,
        serde_json::Value::Array(rows),
        now,
        repository.0,
        origin
    )
    .fetch_one(&mut **tx)
    .await?;
    let kept: Vec<String> = found.iter().map(|it| it.fingerprint.clone()).collect();
    let resolved = sqlx::query!(
        "UPDATE findings SET state = 'resolved', resolved_at = $4, excepted_until = NULL
         WHERE repository_id = $1 AND origin = $2 AND state <> 'resolved' AND NOT fingerprint = ANY($3)",
        repository.0,
        origin,
        &kept,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(Became {
        opened,
        resolved: i64::try_from(resolved.rows_affected()).unwrap_or(i64::MAX),
    })
}

fn as_json(found: &Found) -> serde_json::Value {
    let it = &found.raised;
    serde_json::json!({
        "id": found.id, "fingerprint": found.fingerprint, "rule": it.rule, "severity": it.severity,
        "confidence": it.confidence, "identity": found.identity, "title": it.title, "detail": it.detail,
        "fix": it.fix, "evidence": it.evidence,
    })
}

/// Whose findings these repositories have.
///
/// # Errors
/// When the database cannot be asked.
pub async fn whose(conn: &mut Conn, ids: &[RepositoryId]) -> Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let whose = sqlx::query_scalar!(
        r#"SELECT DISTINCT identity_id AS "id!" FROM findings WHERE repository_id = ANY($1) AND identity_id IS NOT NULL"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(whose)
}

/// Whose findings a repository has, and how many of them stand.
///
/// # Errors
/// When the database cannot be asked.
pub async fn standing(conn: &mut Conn, id: RepositoryId) -> Result<(Vec<Uuid>, i64)> {
    let row = sqlx::query!(
        r#"SELECT COALESCE(array_agg(DISTINCT identity_id) FILTER (WHERE identity_id IS NOT NULL), '{}') AS "whose!",
               count(*) FILTER (WHERE state <> 'resolved') AS "standing!"
           FROM findings WHERE repository_id = $1"#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.whose, row.standing))
}
