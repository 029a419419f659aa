//! What the benchmarks compare against: plain COPY of the rows ingest wrote, and the bare SQL of the inventory page.

use std::time::{Duration, Instant};

use chrono::{DateTime, Months, TimeDelta, Utc};
use contract::ids::IdentityId;
use futures::TryStreamExt;
use sqlx::postgres::{PgConnection, PgPoolCopyExt};
use sqlx::{AssertSqlSafe, Executor};

use crate::{Db, Result};

/// The tables that end up with one row per event.
const TABLES: [&str; 3] = ["event_keys", "events", "feed"];
/// Parts a table is cut into, so that several streams can share it.
const PARTS: i64 = 4;

/// Rows of the event tables as COPY writes them: for each table, its parts.
#[derive(Debug)]
pub struct EventRows(Vec<(&'static str, Vec<Vec<u8>>)>);

impl EventRows {
    /// Copies the rows of the event tables out.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn read(db: &Db) -> Result<Self> {
        let mut tables = Vec::new();
        for table in TABLES {
            let mut parts = Vec::new();
            for part in 0..PARTS {
                parts.push(copy_out(db, table, part).await?);
            }
            tables.push((table, parts));
        }
        Ok(Self(tables))
    }

    /// Empties the tables and copies the rows in again through so many streams at once: how long that took, with
    /// its commits. Parts are shared out among the streams; each goes through the tables in the same order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn copy_in(&self, db: &Db, streams: usize) -> Result<Duration> {
        empty_events(db).await?;
        db.pool().execute("CHECKPOINT").await?;
        let started = Instant::now();
        let all = (0..streams).map(|stream| async move {
            for (table, parts) in &self.0 {
                for part in parts.iter().skip(stream).step_by(streams) {
                    let sql = format!("COPY {table} FROM STDIN (FORMAT binary)");
                    let mut copy = db.pool().copy_in_raw(&sql).await?;
                    for piece in part.chunks(1 << 20) {
                        copy.send(piece).await?;
                    }
                    copy.finish().await?;
                }
            }
            Ok::<_, crate::Error>(())
        });
        futures::future::try_join_all(all).await?;
        Ok(started.elapsed())
    }
}

async fn copy_out(db: &Db, table: &str, part: i64) -> Result<Vec<u8>> {
    // A partitioned table itself cannot be copied out, a query on it can.
    let columns: String = sqlx::query_scalar(
        "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'",
    )
    .bind(table)
    .fetch_one(db.pool())
    .await?;
    let mut stream = db
        .pool()
        .copy_out_raw(&format!(
            "COPY (SELECT {columns} FROM {table} WHERE extract(epoch FROM occurred_at)::bigint % {PARTS} = {part}) TO STDOUT (FORMAT binary)"
        ))
        .await?;
    let mut body = Vec::new();
    while let Some(chunk) = stream.try_next().await? {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Takes away everybody the feed is pushed to: what is measured is not theirs.
///
/// # Errors
/// When the database refuses.
pub async fn nobody_listens(db: &Db) -> Result<()> {
    db.pool().execute("DELETE FROM destinations").await?;
    Ok(())
}

/// Empties what ingest writes.
///
/// # Errors
/// When the database refuses.
pub async fn empty_events(db: &Db) -> Result<()> {
    db.pool()
        .execute("TRUNCATE events, event_keys, feed_queue, feed, event_days, event_day_changes, source_days")
        .await?;
    Ok(())
}

/// How many events there are, and how many different keys and places of the feed.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count_events(db: &Db) -> Result<(i64, i64, i64)> {
    Ok(sqlx::query_as(
        "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM event_keys), (SELECT count(DISTINCT event_id) FROM feed)",
    )
    .fetch_one(db.pool())
    .await?)
}

/// What of the feed waits for its place, what for detection, and for how many seconds the first of the latter has.
///
/// # Errors
/// When the database cannot be asked.
pub async fn behind(db: &Db) -> Result<(i64, i64, f64)> {
    Ok(sqlx::query_as(
        "SELECT (SELECT COALESCE(sum(events), 0)::bigint FROM feed_queue), h.position - d.judged,
             COALESCE(extract(epoch FROM clock_timestamp() - (SELECT published FROM feed WHERE position = d.judged + 1)), 0)::float8
         FROM feed_head h, detection_head d",
    )
    .fetch_one(db.pool())
    .await?)
}

/// Fills the inventory with so many made-up identities, spread over the facets, and looks at the tables anew.
///
/// # Errors
/// When the database refuses.
pub async fn fill_identities(db: &Db, count: i32) -> Result<()> {
    sqlx::query(
        "INSERT INTO teams (id, slug, name, created_at)
         SELECT gen_random_uuid(), 'team-' || n, 'Team ' || n, now() FROM generate_series(1, 40) AS n",
    )
    .execute(db.pool())
    .await?;
    sqlx::query(
        "INSERT INTO people (id, email, name, roles, created_at)
         SELECT gen_random_uuid(), 'p' || n || '@example.test', 'Person ' || n, ARRAY['owner'], now()
         FROM generate_series(1, 400) AS n",
    )
    .execute(db.pool())
    .await?;
    sqlx::query(
        "WITH t AS (SELECT array_agg(id) AS ids FROM teams), p AS (SELECT array_agg(id) AS ids FROM people)
         INSERT INTO identities (id, name, kind, platform, state, purpose, environments, tier, team_id, owner_id,
             created_at, updated_at, last_reviewed_at, next_review_at, last_used_at, subject, search_text,
             credential_class, rotation_due_at, rotation_unknown, privileged, risk)
         SELECT gen_random_uuid(), name, (ARRAY['pipeline', 'service_account', 'bot', 'workload'])[1 + sort % 4],
             (ARRAY['github_actions', 'gitlab_ci', 'aws', 'azure', 'google_cloud', 'kubernetes', 'vault'])[1 + sort % 7],
             CASE WHEN n % 50 = 0 THEN 'removed' WHEN n % 31 = 0 THEN 'discovered' ELSE 'active' END,
             'Deploys ' || word || ' number ' || n, ARRAY[(ARRAY['production', 'staging', 'development'])[1 + n % 3]],
             (ARRAY['critical', 'high', 'standard', 'low'])[1 + sort / 6], t.ids[1 + n % 40], p.ids[1 + n % 400],
             now() - n % 900 * interval '1 day', now(), now() - n % 80 * interval '1 day',
             now() + (n % 100 - 8) * interval '1 day', now() - n % 200 * interval '1 day',
             'repo:acme/' || word || '-' || n, lower(name || ' deploys ' || word || ' repo:acme/' || word || '-' || n),
             (ARRAY['federated', 'federated', 'dynamic', 'static', 'unknown'])[1 + sort % 5],
             CASE WHEN sort % 5 = 3 THEN now() + (n % 90 - 9) * interval '1 day' END, sort % 5 = 4, n % 6 = 0, (n * 37) % 100
         FROM t, p, generate_series(1, $1) AS n,
             LATERAL (SELECT (ARRAY['ledger', 'checkout', 'search', 'catalogue', 'billing', 'gateway', 'reports', 'mobile'])[1 + n % 8] AS word) w,
             -- Kind, platform, tier and credential of one identity go together: 24 sorts of them.
             LATERAL (SELECT (n::bigint * 7919 / 40 % 24)::int AS sort) s,
             LATERAL (SELECT word || '-' || n || ' · deploy · ' || n % 3 AS name) m",
    )
    .bind(count)
    .execute(db.pool())
    .await?;
    db.pool().execute("VACUUM ANALYZE").await?;
    Ok(())
}

/// Gives every identity of [`fill_identities`] three credentials, ten permissions and a name outside; says how many
/// credentials and permissions there are.
///
/// # Errors
/// When the database refuses.
pub async fn fill_holdings(db: &Db) -> Result<(i64, i64)> {
    for text in [
        "INSERT INTO selectors (id, identity_id, kind, issuer, value, created_at)
         SELECT gen_random_uuid(), id, 'oidc_subject', 'https://token.actions.githubusercontent.com', subject || ':' || id, now()
         FROM identities",
        "INSERT INTO credentials (id, identity_id, credential_type, label, reference, issued_at, last_used_at, created_at)
         SELECT gen_random_uuid(), n.id, (ARRAY['oidc_federation', 'dynamic', 'cloud_access_key', 'api_key', 'signing_key'])[1 + (n.risk + k) % 5],
             'Credential ' || k, 'KEY-' || n.id || '-' || k, now() - (n.risk + 20 * k) * interval '1 day',
             now() - n.risk * interval '1 day', now() - interval '300 days'
         FROM identities n, generate_series(1, 3) AS k",
        "INSERT INTO permissions (id, identity_id, system, action, resource, privileged, last_used_at, created_at)
         SELECT gen_random_uuid(), n.id, 'aws', 'ecs:Action' || k, 'service/' || k, k = 1 AND n.risk % 6 = 0,
             CASE WHEN k % 2 = 0 THEN now() - n.risk * interval '1 day' END, now() - interval '300 days'
         FROM identities n, generate_series(1, 10) AS k",
        "VACUUM ANALYZE",
    ] {
        db.pool().execute(text).await?;
    }
    let credentials = sqlx::query_scalar("SELECT count(*) FROM credentials")
        .fetch_one(db.pool())
        .await?;
    let permissions = sqlx::query_scalar("SELECT count(*) FROM permissions")
        .fetch_one(db.pool())
        .await?;
    Ok((credentials, permissions))
}

/// Freezes the facts of every identity under review with one statement into a table like that of items, its indexes
/// included, and says how long that took.
///
/// # Errors
/// When the database refuses.
pub async fn freeze_items(db: &Db) -> Result<Duration> {
    let mut tx = db.pool().begin().await?;
    tx.execute("CREATE TABLE bench_frozen (LIKE campaign_items INCLUDING ALL)")
        .await?;
    let started = Instant::now();
    tx.execute(
        "INSERT INTO bench_frozen (id, campaign_id, identity_id, identity_name, reviewer_id, reviewer_hop, snapshot, hash,
             recommendation, advice, risk, frozen_at)
         SELECT gen_random_uuid(), c.id, n.id, n.name, n.owner_id, 'owner',
             jsonb_build_object('identity', n.id, 'name', n.name, 'kind', n.kind, 'platform', n.platform, 'state', n.state,
                 'purpose', n.purpose, 'environments', n.environments, 'tier', n.tier, 'owner', n.owner_id, 'risk', n.risk,
                 'permissions', (SELECT COALESCE(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM permissions p WHERE p.identity_id = n.id),
                 'credentials', (SELECT COALESCE(jsonb_agg(to_jsonb(k) ORDER BY k.id), '[]') FROM credentials k WHERE k.identity_id = n.id),
                 'trusts', (SELECT COALESCE(jsonb_agg(to_jsonb(t) ORDER BY t.id), '[]') FROM trusts t WHERE t.identity_id = n.id),
                 'selectors', (SELECT COALESCE(jsonb_agg(to_jsonb(s) ORDER BY s.id), '[]') FROM selectors s WHERE s.identity_id = n.id),
                 'findings', (SELECT COALESCE(jsonb_agg(to_jsonb(f) ORDER BY f.id), '[]') FROM findings f WHERE f.identity_id = n.id)),
             encode(sha256(convert_to(n.name, 'UTF8')), 'hex'), '{}', 'approve', n.risk, now()
         FROM identities n, (SELECT id FROM campaigns LIMIT 1) c WHERE n.state = 'active'",
    )
    .await?;
    let took = started.elapsed();
    tx.rollback().await?;
    Ok(took)
}

/// Copies every item with one statement into a table like theirs, indexes included, and says how long that took.
///
/// # Errors
/// When the database refuses.
pub async fn copy_items(db: &Db) -> Result<Duration> {
    let mut tx = db.pool().begin().await?;
    tx.execute("CREATE TABLE bench_items (LIKE campaign_items INCLUDING ALL)")
        .await?;
    let started = Instant::now();
    tx.execute("INSERT INTO bench_items SELECT * FROM campaign_items")
        .await?;
    let took = started.elapsed();
    tx.rollback().await?;
    Ok(took)
}

/// A search of the inventory, as the benchmark asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// The first page as it opens.
    FirstPage,
    /// A word with two facets.
    Narrowed,
}

/// Runs the SQL of one inventory page by itself: rows, groups of the facets and the count of all, nothing decoded.
/// Its `now()` is the database's, not the page's.
///
/// # Errors
/// When the database refuses.
pub async fn bare_page(conn: &mut PgConnection, search: Search) -> Result<Duration> {
    let words = match search {
        Search::FirstPage => "true",
        Search::Narrowed => "n.search_text LIKE '%ledger-12%'",
    };
    let facets = match search {
        Search::FirstPage => "true",
        Search::Narrowed => {
            "n.kind = ANY(ARRAY['pipeline']) AND n.environments && ARRAY['production', 'staging']"
        }
    };
    let states = "ARRAY['discovered', 'requested', 'active', 'suspended', 'decommissioning']";
    let rotation = "CASE WHEN n.rotation_due_at < now() THEN 'overdue' WHEN n.rotation_unknown THEN 'unknown_age'
        WHEN n.rotation_due_at <= now() + interval '14 days' THEN 'due_soon' WHEN n.rotation_due_at IS NULL THEN 'not_needed' ELSE 'ok' END";
    let review = "CASE WHEN n.next_review_at < now() THEN 'overdue' WHEN n.next_review_at <= now() + interval '14 days' THEN 'due_soon'
        WHEN n.last_reviewed_at IS NULL THEN 'never' ELSE 'ok' END";
    let alike = "n.kind, n.state, n.platform, n.environments, n.team_id, (n.team_id IS NULL OR n.owner_id IS NULL) AS unowned,
        n.credential_class, n.tier";
    let group_by = "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10";
    let groups = match search {
        Search::FirstPage => format!(
            "WITH turned AS (SELECT * FROM identities WHERE turns_at <= now() OR judged_at > now())
             SELECT kind, state, platform, environments, team_id, unowned, credential_class, tier, rotation_state,
                 review_state, n FROM identity_counts
             UNION ALL (SELECT {alike}, n.rotation_state, n.review_state, -count(*) FROM turned n {group_by})
             UNION ALL (SELECT {alike}, {rotation}, {review}, count(*) FROM turned n {group_by})"
        ),
        Search::Narrowed => format!(
            "SELECT {alike}, {rotation}, {review}, count(*) FROM identities n WHERE {words} {group_by}"
        ),
    };
    let texts = [
        format!(
            "SELECT n.id, n.name, n.kind, n.platform, n.state, n.purpose, n.subject, n.environments, n.tier, n.risk, n.privileged,
                 n.open_findings, n.credential_class, n.last_used_at, n.last_reviewed_at, n.next_review_at, t.id, t.slug, t.name,
                 p.id, p.name, p.active, {rotation}, {review}
             FROM identities n LEFT JOIN teams t ON t.id = n.team_id LEFT JOIN people p ON p.id = n.owner_id
             WHERE {words} AND n.state = ANY({states}) AND {facets} ORDER BY n.risk DESC, n.id DESC LIMIT 51"
        ),
        format!("SELECT g.*, t.slug, t.name FROM ({groups}) g LEFT JOIN teams t ON t.id = g.team_id"),
        format!("SELECT sum(n) FROM identity_counts WHERE state = ANY({states})"),
    ];
    let started = Instant::now();
    for text in texts {
        conn.fetch_all(AssertSqlSafe(text)).await?;
    }
    Ok(started.elapsed())
}

/// Fills events and feed with so many made-up events of one month, one source and a hundred identities.
///
/// # Errors
/// When the database refuses.
pub async fn fill_feed(db: &Db, count: i32) -> Result<()> {
    fill_identities(db, 100).await?;
    let begin = DateTime::from_timestamp(1_793_491_200, 0).unwrap_or_default();
    crate::events::ensure_months(db, [begin]).await?;
    // Takes longer than a statement of ours may.
    let mut conn = db.detached().await?;
    for statement in [
        "INSERT INTO sources (id, slug, name, token_hash, token_hint, created_at)
         VALUES ('00000000-0000-7000-8000-00000000feed', 'bench', 'Bench', '\\x00', '', now())"
            .to_owned(),
        format!(
            "WITH whom AS MATERIALIZED (SELECT array_agg(id ORDER BY id) AS ids FROM identities)
             INSERT INTO events (id, source_id, vendor_id, id_kind, occurred_at, received_at, kind, outcome, action, format,
                 actor, issuer, subject, role, repository, git_ref, commit, run_id, environment, target, source_ip,
                 identity_id, raw)
             SELECT gen_random_uuid(), '00000000-0000-7000-8000-00000000feed', 'v' || n, 'vendor', at, at,
                 'credential_assumption', 'success', 'AssumeRoleWithWebIdentity', 'aws_cloudtrail', 'GitHubActions',
                 'https://token.actions.githubusercontent.com', 'repo:acme/service-' || n % 40 || ':environment:production',
                 'arn:aws:iam::123456789012:role/deploy-' || n % 40, 'acme/service-' || n % 40, 'refs/heads/main',
                 md5(n::text), n::text, 'production', 'arn:aws:iam::123456789012:role/deploy-' || n % 40,
                 '192.0.2.' || n % 250, ids[1 + n % 100], '{{}}'
             FROM whom, generate_series(1, {count}) n,
                 LATERAL (SELECT timestamptz '2026-11-01' + n * interval '1 second' AS at) t"
        ),
        "INSERT INTO feed (position, event_id, source_id, occurred_at, published, hash)
         SELECT row_number() OVER (ORDER BY occurred_at), id, source_id, occurred_at, occurred_at, sha256(id::text::bytea)
         FROM events"
            .to_owned(),
        "UPDATE feed_head SET position = (SELECT max(position) FROM feed)".to_owned(),
        "VACUUM ANALYZE events".to_owned(),
        "VACUUM ANALYZE feed".to_owned(),
    ] {
        (&mut conn).execute(AssertSqlSafe(statement)).await?;
    }
    Ok(())
}

/// Fills so many made-up events of the twelve months before `now`, of six kinds and so many identities, in the order in
/// which they happened, with the counts of days that ingest keeps. Not the feed: a page looks up 51 rows of it, however
/// long it is. Returns the identities.
///
/// # Errors
/// When the database refuses.
pub async fn fill_search(
    db: &Db,
    count: i64,
    identities: i32,
    now: DateTime<Utc>,
) -> Result<Vec<IdentityId>> {
    fill_identities(db, identities).await?;
    let months = (0..13).filter_map(|back| now.checked_sub_months(Months::new(back)));
    crate::events::ensure_months(db, months).await?;
    let begin = (now - TimeDelta::days(365)).to_rfc3339();
    let end = (now - TimeDelta::minutes(1)).to_rfc3339();
    // Takes longer than a statement of ours may.
    let mut conn = db.detached().await?;
    for statement in [
        "INSERT INTO sources (id, slug, name, token_hash, token_hint, created_at)
         VALUES ('00000000-0000-7000-8000-00000000feed', 'bench', 'Bench', '\\x00', '', now())"
            .to_owned(),
        format!(
            "WITH whom AS MATERIALIZED (SELECT array_agg(id ORDER BY id) AS ids FROM identities)
             INSERT INTO events (id, source_id, vendor_id, id_kind, occurred_at, received_at, kind, outcome, action, format,
                 actor, repository, run_id, environment, stage, target, source_ip, identity_id, raw)
             SELECT gen_random_uuid(), '00000000-0000-7000-8000-00000000feed', 'v' || n, 'vendor', at, at,
                 (ARRAY['credential_assumption', 'deployment', 'pipeline_run', 'secret_access', 'configuration_change', 'other'])
                     [1 + n / {identities} % 6],
                 CASE WHEN n % 29 = 0 THEN 'failure' ELSE 'success' END, 'bench', 'rollcall', 'runner-' || n % 40,
                 'acme/service-' || n % 400, n::text, 'production', 'production', 'service ' || n % 400,
                 '192.0.2.' || n % 250, ids[1 + n % {identities}], '{{}}'
             FROM whom, generate_series(0, {count} - 1) n,
                 LATERAL (SELECT timestamptz '{begin}' + n * ((timestamptz '{end}' - timestamptz '{begin}') / {count}) AS at) t"
        ),
        "INSERT INTO event_days (source_id, identity_id, day, succeeded, failed)
         SELECT source_id, identity_id, (occurred_at AT TIME ZONE 'UTC')::date, count(*) FILTER (WHERE outcome <> 'failure'),
             count(*) FILTER (WHERE outcome = 'failure')
         FROM events GROUP BY 1, 2, 3"
            .to_owned(),
        "VACUUM ANALYZE events".to_owned(),
        "VACUUM ANALYZE event_days".to_owned(),
    ] {
        (&mut conn).execute(AssertSqlSafe(statement)).await?;
    }
    let ids =
        sqlx::query_scalar::<_, uuid::Uuid>("SELECT id FROM identities ORDER BY id LIMIT 200")
            .fetch_all(&mut conn)
            .await?;
    Ok(ids.into_iter().map(IdentityId).collect())
}

/// Copies the rows of the feed out as text, with what the export reads beside them: how long that took.
///
/// # Errors
/// When the database refuses.
pub async fn copy_feed(db: &Db) -> Result<Duration> {
    let started = Instant::now();
    let sql = format!("COPY ({}) TO STDOUT", crate::feed::BARE);
    let mut stream = db.pool().copy_out_raw(&sql).await?;
    let mut bytes = 0;
    while let Some(chunk) = stream.try_next().await? {
        bytes += chunk.len();
    }
    std::hint::black_box(bytes);
    Ok(started.elapsed())
}
