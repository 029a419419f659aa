//! Places that Rollcall keeps for readers that cannot keep one.

use chrono::{DateTime, Utc};
use contract::feed::FeedStream;
use serde_json::Value;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// A named reader.
#[derive(Debug, Clone, PartialEq)]
pub struct Consumer {
    /// Its name.
    pub name: String,
    /// The feed it reads.
    pub stream: FeedStream,
    /// Hash of its filter.
    pub filter_hash: String,
    /// Its filter as it was written.
    pub filter: Value,
    /// Life of the database its place is of.
    pub epoch: Uuid,
    /// Everything up to here was acknowledged.
    pub position: i64,
    /// What it was handed and has not acknowledged: last position, lease, end of the lease.
    pub leased: Option<(i64, Uuid, DateTime<Utc>)>,
    /// Who made it.
    pub created_by: String,
    /// Slugs of the teams whose rows it is handed; none: everybody's.
    pub teams: Vec<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it last asked.
    pub read_at: Option<DateTime<Utc>>,
    /// Whether rows it had not read were removed by retention.
    pub outrun: bool,
}

struct Row {
    name: String,
    stream: String,
    filter_hash: String,
    filter: Value,
    epoch: Uuid,
    position: i64,
    leased: Option<i64>,
    lease: Option<Uuid>,
    leased_until: Option<DateTime<Utc>>,
    created_by: String,
    teams: Vec<String>,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
    outrun: bool,
}

impl Row {
    fn into_consumer(self) -> Result<Consumer> {
        let leased = self.leased.zip(self.lease).zip(self.leased_until);
        Ok(Consumer {
            name: self.name,
            stream: self.stream.parse()?,
            filter_hash: self.filter_hash,
            filter: self.filter,
            epoch: self.epoch,
            position: self.position,
            leased: leased.map(|((position, lease), until)| (position, lease, until)),
            created_by: self.created_by,
            teams: self.teams,
            created_at: self.created_at,
            read_at: self.read_at,
            outrun: self.outrun,
        })
    }
}

/// Adds a consumer; one that is there already stays as it is. Returns whether it is new.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &mut Tx, consumer: &Consumer) -> Result<bool> {
    let added = sqlx::query!(
        "INSERT INTO feed_consumers (name, stream, filter_hash, filter, epoch, position, created_by, created_at, teams)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO NOTHING",
        consumer.name,
        consumer.stream.as_str(),
        consumer.filter_hash,
        consumer.filter,
        consumer.epoch,
        consumer.position,
        consumer.created_by,
        consumer.created_at,
        &consumer.teams
    )
    .execute(&mut **tx)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// One consumer, locked until the transaction ends.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn lock(tx: &mut Tx, name: &str) -> Result<Option<Consumer>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT name, stream, filter_hash, filter, epoch, position, leased, lease, leased_until, created_by, teams, created_at, read_at,
             outrun
         FROM feed_consumers WHERE name = $1 FOR UPDATE",
        name
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(Row::into_consumer).transpose()
}

/// Consumers in order of name, after a name, at most `limit`; of these teams alone, or everybody's when none is named.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn list(
    conn: &mut Conn,
    teams: &[String],
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Consumer>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT name, stream, filter_hash, filter, epoch, position, leased, lease, leased_until, created_by, teams, created_at, read_at,
             outrun
         FROM feed_consumers
         WHERE ($1::text IS NULL OR name > $1) AND ($3::text[] = '{}' OR teams <> '{}' AND teams <@ $3)
         ORDER BY name LIMIT $2",
        after,
        limit,
        teams
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_consumer).collect()
}

/// Saves where a consumer stands.
///
/// # Errors
/// When the database refuses.
pub async fn save(tx: &mut Tx, consumer: &Consumer) -> Result<()> {
    let (leased, lease, until) = match consumer.leased {
        Some((leased, lease, until)) => (Some(leased), Some(lease), Some(until)),
        None => (None, None, None),
    };
    sqlx::query!(
        "UPDATE feed_consumers SET position = $2, leased = $3, lease = $4, leased_until = $5, read_at = $6 WHERE name = $1",
        consumer.name,
        consumer.position,
        leased,
        lease,
        until,
        consumer.read_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes a consumer and returns whether it was there.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<bool> {
    let gone = sqlx::query!("DELETE FROM feed_consumers WHERE name = $1", name)
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected() == 1)
}
