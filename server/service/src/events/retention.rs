//! Retention: what is older than it may be is removed, a month of a source at a time.

use chrono::NaiveDate;
use contract::ids::SourceId;
use contract::sources::Retention;
use domain::access::Access;
use domain::event::retention::{self, GRACE};
use store::Conn;
use store::events::retention::{self as kept, Going, Held, Part};
use store::sources::Keeping;
use uuid::Uuid;

use crate::op::Done;
use crate::{Op, Result};

/// Events whose keys go, or that are deleted, in one transaction.
const BATCH: i64 = 5_000;
/// Places of the feed that go in one transaction.
const TRIMMED: i64 = 20_000;

/// What a run removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purged {
    /// Events that are gone.
    pub events: i64,
    /// Months that were taken out whole.
    pub months: usize,
    /// Months that wait, because something of them came lately.
    pub waiting: usize,
}

/// What is kept of each source, and what goes with the next run.
pub(crate) async fn plan(op: &Op, conn: &mut Conn) -> Result<Vec<(SourceId, Retention)>> {
    let sources = store::sources::keeping(conn).await?;
    let latest = sources.iter().filter_map(|one| from(op, one)).max();
    let held = match latest {
        Some(before) => kept::held(conn, before).await?,
        None => Vec::new(),
    };
    Ok(sources
        .iter()
        .map(|source| {
            let kept_from = from(op, source);
            let past = held.iter().filter(|one| {
                one.source == source.id && kept_from.is_some_and(|from| one.month < from)
            });
            let retention = Retention {
                own: source.months,
                months: source.months.or(op.settings().keep_months),
                kept_from,
                past: past.map(|one| one.events).sum(),
            };
            (source.id, retention)
        })
        .collect())
}

/// The first month that is kept of a source; `None` keeps everything.
fn from(op: &Op, source: &Keeping) -> Option<NaiveDate> {
    let months = source.months.or(op.settings().keep_months)?;
    Some(retention::kept_from(op.now, months))
}

/// Removes what is past its retention. A month in which every source's events are is detached and dropped; where others
/// are kept, rows go in bounded batches. What findings cite stays. Once at a time; what was interrupted is finished.
///
/// # Errors
/// When the database does not do its part; what was removed by then stays so, and the rest goes with the next run.
pub async fn purge(op: &Op) -> Result<Purged> {
    op.require(Access::Operate)?;
    let mut purged = Purged::default();
    finish_detached(op).await?;
    let mut conn = op.db().acquire().await?;
    let sources = store::sources::keeping(&mut conn).await?;
    let latest = sources.iter().filter_map(|one| from(op, one)).max();
    let held = match latest {
        Some(before) => kept::held(&mut conn, before).await?,
        None => Vec::new(),
    };
    drop(conn);
    let expired = |one: &Held| {
        let source = sources.iter().find(|source| source.id == one.source);
        source
            .and_then(|source| from(op, source))
            .is_some_and(|from| one.month < from)
    };
    let mut months: Vec<NaiveDate> = held
        .iter()
        .filter(|one| expired(one))
        .map(|one| one.month)
        .collect();
    months.dedup();
    for month in months {
        let going: Vec<SourceId> = sources
            .iter()
            .filter(|source| from(op, source).is_some_and(|from| month < from))
            .map(|source| source.id)
            .collect();
        remove(op, month, &going, &sources, &mut purged).await?;
    }
    trim(op).await?;
    Ok(purged)
}

/// Removes a month of these sources.
async fn remove(
    op: &Op,
    month: NaiveDate,
    going: &[SourceId],
    sources: &[Keeping],
    purged: &mut Purged,
) -> Result<()> {
    let floor = floor(op);
    let mut conn = op.db().acquire().await?;
    let part = kept::part(&mut conn, month, retention::after(month)).await?;
    let counted = kept::counted(&mut conn, &part).await?;
    let late = kept::late(&mut conn, &part, floor).await?;
    drop(conn);
    let whole = part.is_whole() && counted.iter().all(|(id, _)| going.contains(id));
    let ready: Vec<(SourceId, i64)> = counted
        .into_iter()
        .filter(|(id, _)| going.contains(id) && !late.contains(id))
        .collect();
    if whole && !late.is_empty() {
        // It goes whole, and soon: nothing of it is worth being deleted row by row.
        purged.waiting += 1;
        return Ok(());
    }
    if ready.is_empty() {
        purged.waiting += usize::from(!late.is_empty());
        return Ok(());
    }
    if whole {
        if detach(op, month, &part, &ready, sources).await? {
            purged.months += 1;
            purged.events += ready.iter().map(|(_, count)| count).sum::<i64>();
            return finish_detached(op).await;
        }
        purged.waiting += 1;
        return Ok(());
    }
    purged.events += ready.iter().map(|(_, count)| count).sum::<i64>();
    delete(op, month, &part, &ready, sources).await
}

/// The least id of what was received within the days of grace.
fn floor(op: &Op) -> Uuid {
    let from = (op.now - GRACE).timestamp_millis();
    let millis = u64::try_from(from).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// Takes a month out whole; `false` when something of it came meanwhile.
async fn detach(
    op: &Op,
    month: NaiveDate,
    part: &Part,
    ready: &[(SourceId, i64)],
    sources: &[Keeping],
) -> Result<bool> {
    let mut tx = op.db().begin().await?;
    let purges = kept::last_positions(&mut tx, part, ready).await?;
    kept::note(&mut tx, month, &purges, op.now).await?;
    if !kept::detach(&mut tx, part, floor(op)).await? {
        return Ok(false);
    }
    op.record(&mut tx, told(op, month, ready, sources)).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(true)
}

/// Deletes the events of some sources out of a month that others stay in.
async fn delete(
    op: &Op,
    month: NaiveDate,
    part: &Part,
    ready: &[(SourceId, i64)],
    sources: &[Keeping],
) -> Result<()> {
    let mut tx = op.db().begin().await?;
    let mut purges = kept::last_positions(&mut tx, part, ready).await?;
    for purge in &mut purges {
        // Counted as they go, so that an interrupted run leaves the right number behind.
        purge.events = 0;
    }
    let numbers = kept::note(&mut tx, month, &purges, op.now).await?;
    op.record(&mut tx, told(op, month, ready, sources)).await?;
    tx.commit().await.map_err(store::Error::from)?;
    for (purge, number) in purges.iter().zip(numbers) {
        let going = Going::Rows(purge.source, floor(op), number);
        go_through(op, part, going).await?;
    }
    Ok(())
}

/// What the record says of a removal.
fn told(op: &Op, month: NaiveDate, ready: &[(SourceId, i64)], sources: &[Keeping]) -> Done {
    let name = month.format("%B %Y").to_string();
    let mut done = Done::new(
        "events.purged",
        "events",
        &month.format("%Y-%m"),
        &*name,
        format!("Removed events of {name}: past their retention"),
    );
    for (id, count) in ready {
        let source = sources.iter().find(|source| source.id == *id);
        let slug = source.map_or_else(|| id.to_string(), |source| source.slug.clone());
        let months = source.and_then(|source| source.months.or(op.settings().keep_months));
        let after = months.map_or_else(String::new, |months| format!("kept for {months} months"));
        done = done.change(&slug, format!("{count} events"), after);
    }
    done
}

async fn go_through(op: &Op, part: &Part, going: Going) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let mut tx = op.db().begin().await?;
        let last = kept::batch(&mut tx, part, going, after, BATCH).await?;
        tx.commit().await.map_err(store::Error::from)?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Removes the keys of months that were detached, now or by a run that was interrupted, and drops them.
async fn finish_detached(op: &Op) -> Result<()> {
    let detached = kept::detached(&mut *op.db().acquire().await?).await?;
    for part in detached {
        go_through(op, &part, Going::Month).await?;
        let mut tx = op.db().begin().await?;
        kept::drop_detached(&mut tx, &part).await?;
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(())
}

/// Shortens the feed where everything from its beginning is gone.
async fn trim(op: &Op) -> Result<()> {
    loop {
        let mut tx = op.db().begin().await?;
        let gone = store::feed::trim(&mut tx, TRIMMED).await?;
        tx.commit().await.map_err(store::Error::from)?;
        if gone == 0 {
            return Ok(());
        }
    }
}
