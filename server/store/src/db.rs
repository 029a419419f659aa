//! The pool, transactions, errors and migrations.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Executor as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::detect::Recent;

/// A connection: what read functions take. A transaction derefs to it.
pub type Conn = sqlx::PgConnection;

/// An open transaction; rolled back when dropped.
pub type Tx = sqlx::Transaction<'static, sqlx::Postgres>;

/// Result of every store function.
pub type Result<T> = std::result::Result<T, Error>;

/// The forward-only migrations in `/migrations`, compiled in.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// What the database can say that somebody can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A named constraint refused; callers map the name to a meaning.
    #[error("constraint {0} refused")]
    Constraint(String),
    /// The row changed under us, or a deadlock was broken: the whole transaction may be tried again.
    #[error("concurrent change")]
    Concurrent,
    /// A stored value is not one of ours.
    #[error("unreadable value in {0}")]
    Unreadable(String),
    /// A text, number or date that no column can hold: a NUL character, a name too long for its index.
    #[error("value refused")]
    Value(#[source] sqlx::Error),
    /// The database cannot be reached or answered too late.
    #[error("database unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// Anything else; a programming error.
    #[error("database error")]
    Driver(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) => match (db.constraint(), db.code().as_deref()) {
                (_, Some("40001" | "40P01")) => Self::Concurrent,
                (Some(name), _) => Self::Constraint(name.to_owned()),
                (None, Some("57P01" | "57P02" | "57P03")) => Self::Unavailable(error),
                (None, Some("22021" | "22P05" | "22003" | "22008" | "54000")) => Self::Value(error),
                (None, _) => Self::Driver(error),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_) => Self::Unavailable(error),
            _ => Self::Driver(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Driver(sqlx::Error::Migrate(Box::new(error)))
    }
}

impl From<contract::UnknownWord> for Error {
    fn from(word: contract::UnknownWord) -> Self {
        Self::Unreadable(word.kind.to_owned())
    }
}

/// The database, and what this process remembers of what it wrote there.
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
    recent: Arc<Recent>,
}

impl Db {
    /// Connects lazily: the first use opens the first connection.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn connect(url: &str, max_connections: u32) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("rollcall")
            .options([
                ("timezone", "UTC"),
                ("statement_timeout", "60s"),
                // Compiling a plan costs more than running any of these.
                ("jit", "off"),
                ("idle_in_transaction_session_timeout", "60s"),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            recent: Arc::default(),
        })
    }

    /// Takes a connection from the pool.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when none is free in ten seconds.
    pub async fn acquire(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>> {
        Ok(self.pool.acquire().await?)
    }

    /// Opens a transaction that works through many rows. Its statements are planned anew each time: a plan kept from
    /// when a table was empty reads the whole of it once it is full, until statistics are gathered.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection is free in ten seconds.
    pub async fn begin_bulk(&self) -> Result<Tx> {
        let mut tx = self.begin().await?;
        sqlx::query("SET LOCAL plan_cache_mode = force_custom_plan")
            .execute(&mut *tx)
            .await?;
        Ok(tx)
    }

    /// Takes a connection that never comes back to the pool, closed when it is dropped, whatever it was doing: for one
    /// long reading. Its statements take as long as their reader does.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn detached(&self) -> Result<Conn> {
        let mut conn = self.pool.acquire().await?.detach();
        conn.execute("SET statement_timeout = 0").await?;
        Ok(conn)
    }

    /// Events this process committed a moment ago.
    pub fn recent(&self) -> &Recent {
        &self.recent
    }

    /// How many connections are opened at most.
    pub fn most(&self) -> u32 {
        self.pool.options().get_max_connections()
    }

    /// Opens a transaction (read committed).
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection is free in ten seconds.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(self.pool.begin().await?)
    }

    /// Applies the migrations that are missing.
    ///
    /// # Errors
    /// When one fails or an applied one was changed.
    pub async fn migrate(&self) -> Result<()> {
        Ok(MIGRATOR.run(&self.pool).await?)
    }

    /// Whether every compiled-in migration is applied.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn is_migrated(&self) -> Result<bool> {
        let there: Option<i64> = sqlx::query_scalar(
            "SELECT CASE WHEN to_regclass('_sqlx_migrations') IS NULL THEN NULL ELSE 1::bigint END",
        )
        .fetch_one(&self.pool)
        .await?;
        if there.is_none() {
            return Ok(false);
        }
        let applied: Vec<i64> =
            sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success")
                .fetch_all(&self.pool)
                .await?;
        Ok(MIGRATOR.iter().all(|m| applied.contains(&m.version)))
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The pool itself, for what needs it whole (LISTEN).
    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }
}
