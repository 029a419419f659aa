//! The demo organisation's rows, written in bulk: people, teams and the roll. Events and reviews come through their
//! own services.

use chrono::{DateTime, NaiveDate, Utc};
use domain::demo::Identity;
use domain::demo::figures::Figures;
use domain::demo::people::{Person, Team};
use domain::demo::rotations::ROTATIONS;
use domain::identity::{permission, review};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Conn, Result, Tx, queue};

/// The job run that says how far the demo is.
const KIND: &str = "demo";

/// What a database holds, as far as the demo cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody and nothing.
    Empty,
    /// The demo organisation, whole.
    Loaded,
    /// The demo organisation, broken off while it was being loaded.
    Interrupted,
    /// Other people's data.
    Foreign,
}

/// Tells what the database holds.
///
/// # Errors
/// When the database cannot be asked.
pub async fn standing(conn: &mut Conn) -> Result<Standing> {
    let row = sqlx::query!(
        r#"SELECT (SELECT status FROM job_runs WHERE kind = $1) AS status,
             EXISTS (SELECT FROM people) OR EXISTS (SELECT FROM identities) OR EXISTS (SELECT FROM sources)
                 OR EXISTS (SELECT FROM campaigns) AS "inhabited!""#,
        KIND
    )
    .fetch_one(conn)
    .await?;
    Ok(match (row.status.as_deref(), row.inhabited) {
        (Some("loaded"), _) => Standing::Loaded,
        (Some(_), _) => Standing::Interrupted,
        (None, true) => Standing::Foreign,
        (None, false) => Standing::Empty,
    })
}

/// Says that loading begins; from here on the database is the demo's.
///
/// # Errors
/// When the database refuses.
pub async fn begin(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    queue::note_run(tx, KIND, "loading", now).await
}

/// Says that loading is done.
///
/// # Errors
/// When the database refuses.
pub async fn finish(tx: &mut Tx, now: DateTime<Utc>) -> Result<()> {
    queue::note_run(tx, KIND, "loaded", now).await
}

/// Empties a database in which loading broke off. Call it for [`Standing::Interrupted`] only.
///
/// # Errors
/// When the database refuses.
pub async fn clear(tx: &mut Tx) -> Result<()> {
    // Every table but the migrations' own and the heads; these go back to their first row.
    let tables: Vec<String> = sqlx::query_scalar!(
        r#"SELECT format('%I', c.relname) AS "name!" FROM pg_class c
           WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             AND c.relname NOT IN ('_sqlx_migrations', 'feed_head', 'activity_head')"#
    )
    .fetch_all(&mut **tx)
    .await?;
    let sql = format!("TRUNCATE {} CASCADE", tables.join(", "));
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "UPDATE feed_head SET position = 0, published = '-infinity', hash = decode(repeat('00', 32), 'hex'), epoch = gen_random_uuid()"
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("UPDATE activity_head SET position = 0, hash = decode(repeat('00', 32), 'hex')")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Inserts people and teams with their members.
///
/// # Errors
/// When the database refuses.
pub async fn insert_people(tx: &mut Tx, people: &[Person], teams: &[Team]) -> Result<()> {
    let rows: Vec<Value> = people.iter().map(person).collect();
    sqlx::query!(
        "INSERT INTO people (id, email, name, roles, active, time_zone, demo_story, created_at, last_sign_in_at)
         SELECT id, email, name, roles, active, time_zone, demo_story, created_at, last_sign_in_at
         FROM jsonb_to_recordset($1) AS r (id uuid, email text, name text, roles text[], active boolean, time_zone text,
             demo_story text, created_at timestamptz, last_sign_in_at timestamptz)",
        Value::Array(rows)
    )
    .execute(&mut **tx)
    .await?;
    let rows: Vec<Value> = teams
        .iter()
        .map(|t| json!({"id": t.id, "slug": t.slug, "name": t.name, "lead_id": t.lead, "created_at": t.created_at,
            "members": t.members}))
        .collect();
    let rows = Value::Array(rows);
    sqlx::query!(
        "INSERT INTO teams (id, slug, name, lead_id, created_at) SELECT id, slug, name, lead_id, created_at
         FROM jsonb_to_recordset($1) AS r (id uuid, slug text, name text, lead_id uuid, created_at timestamptz)",
        rows
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO team_members (team_id, person_id) SELECT r.id, m.person
         FROM jsonb_to_recordset($1) AS r (id uuid, members uuid[]), unnest(r.members) AS m (person)",
        rows
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn person(p: &Person) -> Value {
    json!({"id": p.id, "email": p.email, "name": p.name, "roles": p.roles, "active": true, "time_zone": p.time_zone,
        "demo_story": p.story, "created_at": p.created_at, "last_sign_in_at": p.last_sign_in_at})
}

/// Marks those who left by then as no longer here.
///
/// # Errors
/// When the database refuses.
pub async fn part_with(tx: &mut Tx, people: &[Person], at: DateTime<Utc>) -> Result<()> {
    let left: Vec<Uuid> = people
        .iter()
        .filter(|p| p.left_at.is_some_and(|left| left <= at))
        .map(|p| p.id.0)
        .collect();
    sqlx::query!("UPDATE people SET active = false WHERE id = ANY($1)", &left)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Puts identities: new ones are inserted, what changed in others is updated. Gives the ids. What stood before
/// `paper` counts as reviewed then.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &mut Tx, roll: &[Identity], paper: DateTime<Utc>) -> Result<Vec<Uuid>> {
    put_identities(tx, roll, paper).await?;
    put_names(tx, roll).await?;
    put_credentials(tx, roll).await?;
    put_permissions(tx, roll).await?;
    put_trusts(tx, roll).await?;
    Ok(roll.iter().map(|identity| identity.id.0).collect())
}

async fn put_identities(tx: &mut Tx, roll: &[Identity], paper: DateTime<Utc>) -> Result<()> {
    let rows: Vec<Value> = roll
        .iter()
        .map(|identity| own_row(identity, paper))
        .collect();
    sqlx::query!(
        "INSERT INTO identities (id, name, kind, platform, state, purpose, ticket, justification, environments, tier,
             team_id, owner_id, backup_owner_id, requested_by, requested_at, approved_by, approved_at, state_facts,
             created_at, updated_at, last_reviewed_at, next_review_at)
         SELECT id, name, kind, platform, state, purpose, ticket, justification, environments, tier, team_id, owner_id,
             backup_owner_id, requested_by, created_at, approved_by, approved_at, state_facts, created_at, updated_at,
             last_reviewed_at, next_review_at
         FROM jsonb_to_recordset($1) AS r (id uuid, name text, kind text, platform text, state text, purpose text,
             ticket text, justification text, environments text[], tier text, team_id uuid, owner_id uuid,
             backup_owner_id uuid, requested_by uuid, approved_by uuid, approved_at timestamptz, state_facts jsonb,
             created_at timestamptz, updated_at timestamptz, last_reviewed_at timestamptz, next_review_at timestamptz)
         ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, state_facts = EXCLUDED.state_facts,
             updated_at = EXCLUDED.updated_at, version = identities.version + 1
         WHERE identities.state <> EXCLUDED.state",
        Value::Array(rows)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn own_row(n: &Identity, paper: DateTime<Utc>) -> Value {
    let on_paper = n
        .approved_at
        .filter(|approved| *approved < paper)
        .map(|_| paper);
    let next = n
        .approved_at
        .map(|approved| review::next(on_paper, approved));
    json!({"id": n.id, "name": n.name, "kind": n.kind, "platform": n.platform, "state": n.state, "purpose": n.purpose,
        "ticket": n.ticket, "justification": n.justification, "environments": n.environments, "tier": n.tier,
        "team_id": n.team, "owner_id": n.owner, "backup_owner_id": n.backup_owner, "requested_by": n.requested_by,
        "approved_by": n.approved_by, "approved_at": n.approved_at, "state_facts": n.lifecycle().facts(),
        "created_at": n.created_at, "updated_at": n.state_since, "last_reviewed_at": on_paper, "next_review_at": next})
}

async fn put_names(tx: &mut Tx, roll: &[Identity]) -> Result<()> {
    let rows: Vec<Value> = roll
        .iter()
        .flat_map(|n| n.selectors.iter().map(move |s| (n, s)))
        .map(|(n, s)| json!({"id": s.id, "identity_id": n.id, "kind": s.kind, "issuer": s.issuer, "value": s.value,
            "created_at": s.created_at}))
        .collect();
    sqlx::query!(
        "INSERT INTO selectors (id, identity_id, kind, issuer, value, created_at)
         SELECT id, identity_id, kind, issuer, value, created_at FROM jsonb_to_recordset($1)
             AS r (id uuid, identity_id uuid, kind text, issuer text, value text, created_at timestamptz)
         ON CONFLICT (id) DO NOTHING",
        Value::Array(rows)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn put_credentials(tx: &mut Tx, roll: &[Identity]) -> Result<()> {
    let rows: Vec<Value> = roll
        .iter()
        .flat_map(|n| n.credentials.iter().map(move |c| (n, c)))
        .map(|(n, c)| json!({"id": c.id, "identity_id": n.id, "credential_type": c.credential_type, "label": c.label,
            "reference": c.reference, "issued_at": c.issued_at, "expires_at": c.expires_at,
            "rotated_at": c.rotated_at, "created_by": c.created_by, "created_at": n.created_at, "kept": c.kept}))
        .collect();
    sqlx::query!(
        "INSERT INTO credentials (id, identity_id, credential_type, label, reference, issued_at, expires_at, rotated_at,
             created_by, created_at, kept)
         SELECT id, identity_id, credential_type, label, reference, issued_at, expires_at, rotated_at, created_by, created_at, kept
         FROM jsonb_to_recordset($1) AS r (id uuid, identity_id uuid, credential_type text, label text, reference text,
             issued_at timestamptz, expires_at timestamptz, rotated_at timestamptz, created_by uuid, created_at timestamptz,
             kept text)
         ON CONFLICT (id) DO UPDATE SET issued_at = EXCLUDED.issued_at, rotated_at = EXCLUDED.rotated_at",
        Value::Array(rows)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn put_permissions(tx: &mut Tx, roll: &[Identity]) -> Result<()> {
    let rows: Vec<Value> = roll
        .iter()
        .flat_map(|n| n.permissions.iter().map(move |p| (n, p)))
        .map(|(n, p)| json!({"id": p.id, "identity_id": n.id, "system": p.system, "action": p.action,
            "resource": p.resource, "environment": p.environment, "granted_at": p.granted_at,
            "privileged": permission::is_privileged(p.system, &p.action, &p.resource), "changed_by": p.changed_by}))
        .collect();
    sqlx::query!(
        "INSERT INTO permissions (id, identity_id, system, action, resource, environment, privileged, source, granted_at,
             changed_by, created_at)
         SELECT id, identity_id, system, action, resource, environment, privileged, 'imported', granted_at, changed_by, granted_at
         FROM jsonb_to_recordset($1) AS r (id uuid, identity_id uuid, system text, action text, resource text,
             environment text, privileged boolean, granted_at timestamptz, changed_by uuid)
         ON CONFLICT (id) DO NOTHING",
        Value::Array(rows)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn put_trusts(tx: &mut Tx, roll: &[Identity]) -> Result<()> {
    let rows: Vec<Value> = roll
        .iter()
        .flat_map(|n| n.trusts.iter().map(move |t| (n, t)))
        .map(|(n, t)| {
            let summary = domain::trust::summarise(t.language, &t.document);
            json!({"id": t.id, "identity_id": n.id, "language": t.language, "target": t.target, "document": t.document,
                "admits": summary.admits, "wildcard": summary.is_wildcard().unwrap_or(false),
                "updated_at": t.updated_at, "updated_by": t.updated_by})
        })
        .collect();
    sqlx::query!(
        "INSERT INTO trusts (id, identity_id, language, target, document, admits, wildcard, updated_at, updated_by)
         SELECT id, identity_id, language, target, document, admits, wildcard, updated_at, updated_by
         FROM jsonb_to_recordset($1) AS r (id uuid, identity_id uuid, language text, target text, document text, admits text,
             wildcard boolean, updated_at timestamptz, updated_by uuid)
         ON CONFLICT (id) DO UPDATE SET document = EXCLUDED.document, admits = EXCLUDED.admits,
             wildcard = EXCLUDED.wildcard, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by",
        Value::Array(rows)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes the use of permissions that leave no trace of their own: they were used when their identity was.
///
/// # Errors
/// When the database refuses.
pub async fn note_silent_use(tx: &mut Tx, roll: &[Identity]) -> Result<()> {
    let used: Vec<Uuid> = roll
        .iter()
        .flat_map(|n| &n.permissions)
        .filter(|p| p.used)
        .map(|p| p.id.0)
        .collect();
    sqlx::query!(
        "UPDATE permissions p SET last_used_at = n.last_used_at FROM identities n
         WHERE n.id = p.identity_id AND p.id = ANY($1) AND n.last_used_at > COALESCE(p.last_used_at, '-infinity')",
        &used
    )
    .execute(&mut **tx)
    .await?;
    let lingering: Vec<Uuid> = roll
        .iter()
        .filter(|n| ROTATIONS.iter().any(|r| r.lingers && r.identity == n.name))
        .map(|n| n.id.0)
        .collect();
    // Of two generations the old one falls silent two days before its overlap ends, unless it lingers.
    sqlx::query!(
        "WITH seen AS (
             SELECT c.id, CASE WHEN c.replaced_by IS NULL OR n.id = ANY($1) THEN n.last_used_at
                 ELSE LEAST(n.last_used_at, c.overlap_until - interval '2 days') END AS at
             FROM credentials c JOIN identities n ON n.id = c.identity_id WHERE n.last_used_at >= COALESCE(c.issued_at, '-infinity'))
         UPDATE credentials c SET last_used_at = s.at FROM seen s
         WHERE s.id = c.id AND s.at > COALESCE(c.last_used_at, '-infinity')",
        &lingering
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Today's figures, as the nightly job kept them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn figures(conn: &mut Conn, day: NaiveDate) -> Result<Option<Figures>> {
    Ok(sqlx::query_as!(
        Figures,
        "SELECT day, federated, dynamic, static AS static_, unknown, reviews_overdue, rotations_overdue, critical, high, unowned,
             platform_managed, hard_coded, COALESCE(risk, 0) AS \"risk!\"
         FROM daily_figures WHERE day = $1",
        day
    )
    .fetch_optional(conn)
    .await?)
}

/// Keeps the figures of past days.
///
/// # Errors
/// When the database refuses.
pub async fn keep_figures(tx: &mut Tx, days: &[Figures]) -> Result<()> {
    let rows: Vec<Value> = days
        .iter()
        .map(|f| json!({"day": f.day, "identities": f.federated + f.dynamic + f.platform_managed + f.static_ + f.hard_coded + f.unknown,
            "federated": f.federated, "dynamic": f.dynamic, "static": f.static_, "unknown": f.unknown,
            "reviews_overdue": f.reviews_overdue, "rotations_overdue": f.rotations_overdue, "critical": f.critical,
            "high": f.high, "unowned": f.unowned, "platform_managed": f.platform_managed,
            "hard_coded": f.hard_coded, "risk": f.risk}))
        .collect();
    sqlx::query!(
        "INSERT INTO daily_figures (day, identities, federated, dynamic, static, unknown, reviews_overdue,
             rotations_overdue, critical, high, unowned, platform_managed, hard_coded, risk)
         SELECT day, identities, federated, dynamic, static, unknown, reviews_overdue, rotations_overdue, critical, high, unowned,
             platform_managed, hard_coded, risk
         FROM jsonb_to_recordset($1) AS r (day date, identities bigint, federated bigint, dynamic bigint, static bigint,
             unknown bigint, reviews_overdue bigint, rotations_overdue bigint, critical bigint, high bigint, unowned bigint,
             platform_managed bigint, hard_coded bigint, risk bigint)
         ON CONFLICT (day) DO UPDATE SET identities = EXCLUDED.identities, federated = EXCLUDED.federated,
             dynamic = EXCLUDED.dynamic, static = EXCLUDED.static, unknown = EXCLUDED.unknown,
             reviews_overdue = EXCLUDED.reviews_overdue, rotations_overdue = EXCLUDED.rotations_overdue,
             critical = EXCLUDED.critical, high = EXCLUDED.high, unowned = EXCLUDED.unowned,
             platform_managed = EXCLUDED.platform_managed, hard_coded = EXCLUDED.hard_coded, risk = EXCLUDED.risk",
        Value::Array(rows)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
