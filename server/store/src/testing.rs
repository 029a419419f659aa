//! Fresh databases for tests: one migrated template per set of migrations, copied for each test.

pub mod bench;
pub mod memory;

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::{Db, MIGRATOR};

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A fresh, migrated, empty database, or `None` (with a printed line) when `DATABASE_URL` is unset.
///
/// # Panics
/// When the server at `DATABASE_URL` does not work: a test that has a database must use it.
#[expect(
    clippy::print_stderr,
    reason = "a skipped test says so where the developer looks"
)]
pub async fn fresh() -> Option<Db> {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        eprintln!("skipped: DATABASE_URL is unset; run it through script/with-database");
        return None;
    };
    Some(Db::connect(&fresh_url(&url).await, 20).expect("a test database URL is readable"))
}

/// Makes a fresh migrated database beside the one at `url` and returns its URL.
///
/// # Panics
/// When the server does not work.
pub async fn fresh_url(url: &str) -> String {
    let mut admin = PgConnection::connect(url)
        .await
        .expect("test database reachable");
    let newest = MIGRATOR.iter().map(|m| m.version).max().unwrap_or(0);
    let sum = MIGRATOR
        .iter()
        .flat_map(|m| m.checksum.iter())
        .fold(0_u64, |a, b| a.wrapping_mul(31).wrapping_add(u64::from(*b)));
    let template = format!("rollcall_template_{newest}_{sum:x}");
    make_template(&mut admin, url, &template).await;
    let name = format!(
        "t_{}_{}",
        std::process::id(),
        COUNTER.fetch_add(1, Ordering::Relaxed)
    );
    admin
        .execute(AssertSqlSafe(format!(
            "DROP DATABASE IF EXISTS {name} WITH (FORCE)"
        )))
        .await
        .expect("drop");
    admin
        .execute(AssertSqlSafe(format!(
            "CREATE DATABASE {name} TEMPLATE {template}"
        )))
        .await
        .expect("create");
    replace_database(url, &name)
}

/// Reads one column of text with a query of the test's own.
///
/// # Panics
/// When the query does not work.
pub async fn texts(conn: &mut crate::Conn, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(conn).await.expect(sql)
}

/// Runs a statement of the test's own.
///
/// # Panics
/// When it does not work.
pub async fn execute(conn: &mut crate::Conn, sql: &str) {
    conn.execute(sqlx::AssertSqlSafe(sql.to_owned()))
        .await
        .expect(sql);
}

async fn make_template(admin: &mut PgConnection, url: &str, template: &str) {
    // Session lock: tests run as separate processes and start together.
    admin
        .execute("SELECT pg_advisory_lock(7266)")
        .await
        .expect("lock");
    let there: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(template)
            .fetch_one(&mut *admin)
            .await
            .expect("ask");
    if !there {
        let building = format!("{template}_building");
        admin
            .execute(AssertSqlSafe(format!(
                "DROP DATABASE IF EXISTS {building} WITH (FORCE)"
            )))
            .await
            .expect("drop");
        admin
            .execute(AssertSqlSafe(format!("CREATE DATABASE {building}")))
            .await
            .expect("create");
        let db = Db::connect(&replace_database(url, &building), 2).expect("url");
        db.migrate()
            .await
            .expect("migrations apply to an empty database");
        db.close().await;
        admin
            .execute(AssertSqlSafe(format!(
                "ALTER DATABASE {building} RENAME TO {template}"
            )))
            .await
            .expect("rename");
    }
    admin
        .execute("SELECT pg_advisory_unlock(7266)")
        .await
        .expect("unlock");
}

fn replace_database(url: &str, name: &str) -> String {
    let (base, query) = url
        .split_once('?')
        .map_or((url, None), |(b, q)| (b, Some(q)));
    let cut = base.rfind('/').expect("a database URL has a path");
    let base = &base[..cut];
    query.map_or_else(
        || format!("{base}/{name}"),
        |q| format!("{base}/{name}?{q}"),
    )
}

/// Runs SQL as it stands, for what a test's house is made of.
///
/// # Panics
/// When the database refuses.
pub async fn script(db: &Db, sql: String) {
    let mut conn = db.acquire().await.expect("test database reachable");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut *conn)
        .await
        .expect("the test's SQL runs");
}

/// One number out of the database.
///
/// # Panics
/// When the database refuses.
pub async fn count(db: &Db, sql: String) -> i64 {
    let mut conn = db.acquire().await.expect("test database reachable");
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&mut *conn)
        .await
        .expect("the test's SQL runs")
}

/// Whether the database takes a statement; nothing of it is kept.
///
/// # Panics
/// When the server does not work.
pub async fn allows(db: &Db, sql: String) -> bool {
    let mut tx = db.begin().await.expect("a transaction");
    let taken = tx.execute(AssertSqlSafe(sql)).await.is_ok();
    tx.rollback().await.expect("rollback");
    taken
}
