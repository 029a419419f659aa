//! The overview's figures, each from one aggregate.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contract::findings::Severity;
use contract::ids::IdentityId;
use contract::overview::{CoverageRow, OverdueRow, TrendPoint};

use crate::{Conn, Result, Tx};

/// Today's figures, from live rows.
///
/// # Errors
/// When the database cannot be asked.
pub async fn today(conn: &mut Conn, now: DateTime<Utc>) -> Result<TrendPoint> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "identities!",
               count(*) FILTER (WHERE n.credential_class = 'federated') AS "federated!",
               count(*) FILTER (WHERE n.credential_class = 'dynamic') AS "dynamic!",
               count(*) FILTER (WHERE n.credential_class = 'static') AS "static!",
               count(*) FILTER (WHERE n.credential_class = 'platform_managed') AS "platform_managed!",
               count(*) FILTER (WHERE n.credential_class = 'hard_coded') AS "hard_coded!",
               COALESCE(sum(n.risk), 0)::bigint AS "risk!",
               count(*) FILTER (WHERE n.credential_class = 'unknown') AS "unknown!",
               count(*) FILTER (WHERE n.next_review_at < $1) AS "reviews_overdue!",
               count(*) FILTER (WHERE n.rotation_due_at < $1) AS "rotations_overdue!",
               count(*) FILTER (WHERE n.team_id IS NULL OR n.owner_id IS NULL) AS "unowned!",
               (SELECT count(*) FROM findings WHERE state IN ('open', 'acknowledged') AND severity = 'critical') AS "critical!",
               (SELECT count(*) FROM findings WHERE state IN ('open', 'acknowledged') AND severity = 'high') AS "high!"
           FROM identities n WHERE n.state NOT IN ('removed', 'rejected')"#,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(TrendPoint {
        day: now.date_naive(),
        identities: row.identities,
        federated: row.federated,
        dynamic: row.dynamic,
        platform_managed: row.platform_managed,
        static_: row.r#static,
        hard_coded: row.hard_coded,
        unknown: row.unknown,
        reviews_overdue: row.reviews_overdue,
        rotations_overdue: row.rotations_overdue,
        critical: row.critical,
        high: row.high,
        unowned: row.unowned,
        risk: Some(row.risk),
    })
}

/// Keeps a day's figures.
///
/// # Errors
/// When the database refuses.
pub async fn keep(tx: &mut Tx, point: &TrendPoint) -> Result<()> {
    sqlx::query!(
        r#"INSERT INTO daily_figures (day, identities, federated, dynamic, static, unknown, reviews_overdue,
               rotations_overdue, critical, high, unowned, platform_managed, hard_coded, risk)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
           ON CONFLICT (day) DO UPDATE SET identities = EXCLUDED.identities, federated = EXCLUDED.federated,
               dynamic = EXCLUDED.dynamic, static = EXCLUDED.static, unknown = EXCLUDED.unknown,
               reviews_overdue = EXCLUDED.reviews_overdue, rotations_overdue = EXCLUDED.rotations_overdue,
               critical = EXCLUDED.critical, high = EXCLUDED.high, unowned = EXCLUDED.unowned,
               platform_managed = EXCLUDED.platform_managed, hard_coded = EXCLUDED.hard_coded, risk = EXCLUDED.risk"#,
        point.day,
        point.identities,
        point.federated,
        point.dynamic,
        point.static_,
        point.unknown,
        point.reviews_overdue,
        point.rotations_overdue,
        point.critical,
        point.high,
        point.unowned,
        point.platform_managed,
        point.hard_coded,
        point.risk
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The last figures kept of each month in the year before this month, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn months(conn: &mut Conn, today: NaiveDate) -> Result<Vec<TrendPoint>> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (date_trunc('month', day)) day, identities, federated, dynamic, static AS "held_static", unknown,
               reviews_overdue, rotations_overdue, critical, high, unowned, platform_managed, hard_coded, risk
           FROM daily_figures
           WHERE day >= (date_trunc('month', $1::date) - interval '11 months')::date AND day < date_trunc('month', $1::date)::date
           ORDER BY date_trunc('month', day), day DESC"#,
        today
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TrendPoint {
            day: row.day,
            identities: row.identities,
            federated: row.federated,
            dynamic: row.dynamic,
            platform_managed: row.platform_managed,
            static_: row.held_static,
            hard_coded: row.hard_coded,
            unknown: row.unknown,
            reviews_overdue: row.reviews_overdue,
            rotations_overdue: row.rotations_overdue,
            critical: row.critical,
            high: row.high,
            unowned: row.unowned,
            risk: row.risk,
        })
        .collect())
}

/// What is most overdue, reviews and rotations together.
///
/// # Errors
/// When the database cannot be asked.
pub async fn overdue(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> Result<Vec<OverdueRow>> {
    let rows = sqlx::query!(
        r#"SELECT o.what AS "what!", o.id AS "id!", o.name AS "name!", t.name AS "team?", o.due_at AS "due_at!" FROM (
               (SELECT 'review' AS what, id, name, team_id, next_review_at AS due_at FROM identities
                WHERE next_review_at < $1 AND state NOT IN ('removed', 'rejected') ORDER BY COALESCE(next_review_at, 'infinity'::timestamptz), id LIMIT $2)
               UNION ALL
               (SELECT 'rotation', id, name, team_id, rotation_due_at FROM identities
                WHERE rotation_due_at < $1 AND state NOT IN ('removed', 'rejected') ORDER BY rotation_due_at, id LIMIT $2)
           ) o LEFT JOIN teams t ON t.id = o.team_id ORDER BY o.due_at, o.id LIMIT $2"#,
        now,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OverdueRow {
            what: row.what,
            name: row.name,
            identity: IdentityId(row.id),
            team: row.team,
            due_at: row.due_at,
        })
        .collect())
}

/// Reviews and rotations due within 14 days.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due_soon(conn: &mut Conn, now: DateTime<Utc>) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) FILTER (WHERE next_review_at BETWEEN $1 AND $2) + count(*) FILTER (WHERE rotation_due_at BETWEEN $1 AND $2) AS "n!"
           FROM identities WHERE state NOT IN ('removed', 'rejected')"#,
        now,
        now + TimeDelta::days(14)
    )
    .fetch_one(conn)
    .await?)
}

/// Open and acknowledged findings by severity, worst first; every severity is there.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn severities(conn: &mut Conn) -> Result<Vec<(Severity, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT severity, count(*) AS "n!" FROM findings WHERE state IN ('open', 'acknowledged') GROUP BY severity"#
    )
    .fetch_all(conn)
    .await?;
    Severity::ALL
        .iter()
        .map(|severity| {
            let count = rows
                .iter()
                .find(|row| row.severity == severity.as_str())
                .map_or(0, |row| row.n);
            Ok((*severity, count))
        })
        .collect()
}

/// Findings opened on each of the last 30 days, oldest first: (critical, high, medium and low).
///
/// # Errors
/// When the database cannot be asked.
pub async fn opened(conn: &mut Conn, today: NaiveDate) -> Result<Vec<(i64, i64, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT count(f.id) FILTER (WHERE f.severity = 'critical') AS "critical!",
               count(f.id) FILTER (WHERE f.severity = 'high') AS "high!",
               count(f.id) FILTER (WHERE f.severity IN ('medium', 'low')) AS "rest!"
           FROM generate_series($1::date - 29, $1::date, interval '1 day') AS d (day)
               LEFT JOIN findings f ON f.opened_at >= d.day AND f.opened_at < d.day + interval '1 day'
           GROUP BY d.day ORDER BY d.day"#,
        today
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.critical, row.high, row.rest))
        .collect())
}

/// What each source told on each of the last 30 days about identities, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn coverage(conn: &mut Conn, today: NaiveDate) -> Result<Vec<CoverageRow>> {
    let rows = sqlx::query!(
        r#"SELECT s.name, s.slug, s.last_event_at, array_agg(COALESCE(e.n, 0) ORDER BY d.day) AS "days!: Vec<i64>"
           FROM sources s CROSS JOIN generate_series($1::date - 29, $1::date, interval '1 day') AS d (day)
               LEFT JOIN (SELECT source_id, day, sum(succeeded + failed)::bigint AS n FROM event_day_counts
                   WHERE day >= $1::date - 29 GROUP BY 1, 2) e ON e.source_id = s.id AND e.day = d.day::date
           GROUP BY s.id ORDER BY s.name"#,
        today
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| CoverageRow {
            name: row.name,
            slug: row.slug,
            last_event_at: row.last_event_at,
            days: row.days,
        })
        .collect())
}

/// The running campaign that is due first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn running_campaign(conn: &mut Conn) -> Result<Option<uuid::Uuid>> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM campaigns WHERE state = 'active' ORDER BY due_at, id LIMIT 1"
    )
    .fetch_optional(conn)
    .await?)
}
