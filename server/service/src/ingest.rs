//! Taking deliveries in: authenticate the source, read the records, keep what is new, say what happened to each.
//!
//! Nothing is acknowledged before its transaction has committed. One bad record never fails the rest.
//!
//! A delivery leaves no entry in the activity record: that is the record of who did what in Rollcall, and machines that
//! report around the clock would drown it. What a delivery brought is in the feed, which has a chain of its own, and it
//! is counted by source and day (`source_days`: deliveries, accepted, duplicates, rejected). What Rollcall concludes
//! from it, a discovered identity, is an entry.

mod discover;
mod prepare;
mod resolve;
mod sender;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::events::{EventFormat, IngestReceipt, Rejection};
use contract::ids::{EventId, IdentityId, SourceId};
use domain::access::{Access, Actor};
use domain::event::inflate::Inflate;
use store::Tx;
use store::detect::Told;
use store::events::{NewEvent, Quarantined};

use crate::ports::NoIssuers;
use crate::{Error, Op, Result, Services};
pub use prepare::Limits;
use prepare::Prepared;
pub(crate) use prepare::Reading;
pub use sender::{Once, Proof, Sender, prove};

/// What a delivery's headers say of it.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// The vendor's id of the delivery.
    pub delivery_id: Option<String>,
    /// The vendor's name of the event.
    pub event_name: Option<String>,
    /// What its sender's proof spends ([`Sender::once`]).
    pub once: Option<Once>,
}

/// Tells which source presents a token: [`prove`] by token alone.
///
/// # Errors
/// [`Error::Refused`] when no source has this token.
pub async fn authenticate(services: &Services, slug: &str, token: &str) -> Result<Actor> {
    let proof = Proof {
        tokens: vec![token],
        ..Proof::default()
    };
    Ok(prove(services, &NoIssuers, slug, &proof, b"").await?.actor)
}

/// Takes a delivery of the source that acts.
///
/// # Errors
/// [`Error::Invalid`] when the delivery as a whole cannot be read (damaged gzip, too large); nothing is kept then.
pub async fn accept(op: &Op, body: Vec<u8>, limits: &Limits) -> Result<IngestReceipt> {
    accept_sent(op, body, limits, Sent::default()).await
}

/// Takes a delivery of the source that acts, with what its headers say.
///
/// # Errors
/// As [`accept`]; [`Error::Refused`] when its proof counts once and has delivered before.
pub async fn accept_sent(
    op: &Op,
    body: Vec<u8>,
    limits: &Limits,
    sent: Sent,
) -> Result<IngestReceipt> {
    op.require(Access::DeliverEvents)?;
    let Actor::Source { id, .. } = &op.actor else {
        return Err(Error::Forbidden(
            "Only a source delivers events.".to_owned(),
        ));
    };
    let format = {
        let mut conn = op.db().acquire().await?;
        store::sources::format(&mut conn, *id).await?
    };
    take(op, *id, format, body, *limits, sent).await
}

/// Takes a file at the shell, on behalf of a source.
///
/// # Errors
/// [`Error::NotFound`] when there is no such source; [`Error::Invalid`] when the file as a whole cannot be read.
pub async fn accept_file(op: &Op, slug: &str, body: Vec<u8>) -> Result<IngestReceipt> {
    op.require(Access::Operate)?;
    let (id, format) = {
        let mut conn = op.db().acquire().await?;
        let door = store::sources::door(&mut conn, slug)
            .await?
            .ok_or(Error::NotFound("source"))?;
        (door.id, store::sources::format(&mut conn, door.id).await?)
    };
    take(op, id, format, body, Limits::of_files(), Sent::default()).await
}

async fn take(
    op: &Op,
    source: SourceId,
    format: Option<EventFormat>,
    body: Vec<u8>,
    limits: Limits,
    mut sent: Sent,
) -> Result<IngestReceipt> {
    let once = sent.once.take();
    let reading = Arc::new(read(body, format, limits, sent, op.now).await?);
    for attempt in 0.. {
        match keep(op, source, &reading, once.as_ref()).await {
            // The database broke a tie: nothing was kept, so the same again is safe.
            Err(Error::Conflict(_)) if attempt < 3 => {}
            // Nothing else refuses here: another delivery with the same token was quicker.
            Err(error @ Error::Refused(_)) => {
                sender::note(op, source, sender::SPENT).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
            Ok(kept) => {
                remember(op, reading, kept.new);
                wake(op, kept.receipt.accepted).await;
                return Ok(kept.receipt);
            }
        }
    }
    unreachable!("the loop returns")
}

/// Reads a delivery, on a thread for work: decompressing and parsing is nothing for the ones that serve.
///
/// # Errors
/// [`Error::Invalid`] when it cannot be read at all.
pub(crate) async fn read(
    body: Vec<u8>,
    format: Option<EventFormat>,
    limits: Limits,
    sent: Sent,
    received_at: DateTime<Utc>,
) -> Result<Reading> {
    tokio::task::spawn_blocking(move || prepare::read(&body, format, &limits, &sent, received_at))
        .await
        .map_err(|_| Error::Internal("the delivery could not be read".to_owned()))?
        .map_err(|why| {
            let field = if matches!(why, Inflate::TooLarge(_)) {
                "body.size"
            } else {
                "body"
            };
            Error::field(field, why.to_string())
        })
}

/// Begins the transaction that will keep these records; the months they belong to are there then.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn begin(op: &Op, reading: &Reading) -> Result<Tx> {
    let times = reading
        .records
        .iter()
        .map(|record| record.event.occurred_at);
    store::events::ensure_months(op.db(), times).await?;
    Ok(op.db().begin().await?)
}

/// What a delivery came to.
pub(crate) struct Kept {
    /// What its sender is told.
    pub receipt: IngestReceipt,
    /// What was new in it, in order.
    new: Vec<New>,
}

/// An event that was new: its place in the reading, its id, and whose it is.
type New = (usize, EventId, Option<IdentityId>);

/// Keeps a delivery in one transaction, and spends its sender's proof where that counts once.
async fn keep(
    op: &Op,
    source: SourceId,
    reading: &Arc<Reading>,
    once: Option<&Once>,
) -> Result<Kept> {
    let mut tx = begin(op, reading).await?;
    if let Some(once) = once {
        once.spend(&mut tx, source).await?;
    }
    let kept = put(op, &mut tx, source, reading).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(kept)
}

/// Hands what was committed to detection, which judges it next, so that it need not be read back.
fn remember(op: &Op, reading: Arc<Reading>, new: Vec<New>) {
    // Who hashed it has let go of it.
    let Some(reading) = Arc::into_inner(reading) else {
        return;
    };
    let mut new = new.into_iter().peekable();
    let told = reading
        .records
        .into_iter()
        .enumerate()
        .filter_map(|(place, record)| {
            let (_, id, identity) = new.next_if(|new| new.0 == place)?;
            Some(Told {
                id,
                received_at: op.now,
                identity,
                event: record.event,
            })
        });
    op.db().recent().put(op.now, told.collect());
}

/// Puts what is new of a delivery into the database, quarantines the rest and counts it. Locks the source's row: call
/// it last.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn put(
    op: &Op,
    tx: &mut Tx,
    source: SourceId,
    reading: &Arc<Reading>,
) -> Result<Kept> {
    let places = fresh(tx, source, reading).await?;
    let records: Vec<&Prepared> = places
        .iter()
        .map(|place| &reading.records[*place])
        .collect();
    let ids: Vec<EventId> = op.new_ids(places.len()).into_iter().map(EventId).collect();
    // Hashing goes on while the database is asked whose the events are.
    let hashing = {
        let (reading, places, ids, now) = (reading.clone(), places.clone(), ids.clone(), op.now);
        tokio::task::spawn_blocking(move || prepare::digests(&reading, &places, &ids, source, now))
    };
    let names = resolve::resolve(op, tx, source, &records).await?;
    let digests = hashing
        .await
        .map_err(|_| Error::Internal("the delivery could not be hashed".to_owned()))?;
    let batch: Vec<NewEvent<'_>> = records
        .iter()
        .zip(ids)
        .zip(digests)
        .zip(names)
        .map(|(((record, id), digest), identity)| NewEvent {
            id,
            event: &record.event,
            raw: &record.raw,
            joins: &record.joins,
            digest,
            identity,
        })
        .collect();
    store::events::insert(tx, source, op.now, &batch).await?;
    store::events::note_use(tx, source, &batch).await?;
    let receipt = IngestReceipt {
        accepted: batch.len(),
        duplicates: reading.records.len() - batch.len(),
        rejected: reading
            .rejects
            .iter()
            .map(|reject| Rejection {
                index: reject.index,
                reason: reject.reason.clone(),
            })
            .collect(),
    };
    quarantine(op, tx, source, reading).await?;
    let newest = batch.iter().map(|new| new.event.occurred_at).max();
    store::events::note_delivery(tx, source, op.now, newest, &receipt).await?;
    let new = places
        .into_iter()
        .zip(&batch)
        .map(|(place, new)| (place, new.id, new.identity.as_ref().map(|found| found.0)))
        .collect();
    Ok(Kept { receipt, new })
}

/// Places of the records this source never sent before, each vendor id once.
async fn fresh(tx: &mut Tx, source: SourceId, reading: &Reading) -> Result<Vec<usize>> {
    let mut keys: Vec<(&str, usize)> = reading
        .records
        .iter()
        .enumerate()
        .map(|(place, record)| (record.event.vendor_id.as_str(), place))
        .collect();
    keys.sort_unstable();
    // The first of those with one id is the one that counts.
    keys.dedup_by_key(|key| key.0);
    let claims: Vec<_> = keys
        .iter()
        .map(|(id, place)| (*id, reading.records[*place].event.occurred_at))
        .collect();
    let known = store::events::claim_keys(tx, source, &claims).await?;
    let mut new: Vec<usize> = keys
        .into_iter()
        .filter(|(id, _)| !known.contains(*id))
        .map(|(_, place)| place)
        .collect();
    new.sort_unstable();
    Ok(new)
}

async fn quarantine(op: &Op, tx: &mut Tx, source: SourceId, reading: &Reading) -> Result<()> {
    if reading.rejects.is_empty() {
        return Ok(());
    }
    let rows: Vec<Quarantined> = reading
        .rejects
        .iter()
        .map(|reject| Quarantined {
            id: op.new_id(),
            index: i32::try_from(reject.index).unwrap_or(i32::MAX),
            reason: reject.reason.clone(),
            raw: reject.raw.clone(),
        })
        .collect();
    Ok(store::events::quarantine(tx, source, op.now, &rows).await?)
}

/// Wakes the sequencer; it looks every second anyway, so a failure here costs a second.
pub(crate) async fn wake(op: &Op, accepted: usize) {
    if accepted == 0 {
        return;
    }
    let rung = async { store::feed::wake(&mut *op.db().acquire().await?).await };
    if let Err(error) = rung.await {
        tracing::warn!(%error, "the sequencer could not be woken");
    }
}
