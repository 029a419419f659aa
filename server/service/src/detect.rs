//! Detection: judges the feed in its order, from the place it has reached.
//!
//! A batch is one transaction: what was found, what was learnt, what waits, and the new place. A process that dies in
//! between has done nothing, and the next one reads the batch again; findings are recognised by their fingerprint.

mod batch;

use std::collections::HashMap;

use contract::ids::SourceId;
use domain::access::Access;
use domain::detect::Detected;
use domain::detect::refusal::{self, Refusal};
use store::Tx;
use store::detect::Found;
use uuid::Uuid;

use crate::posture::hex;
use crate::{Op, Result};
use batch::Batch;

/// Events judged in one transaction, at most: whoever is behind reads what is usual, and writes what it learnt, seldomer.
const BATCH: i64 = 8000;

/// What a batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// Places of the feed looked at.
    pub places: i64,
    /// Findings opened or confirmed.
    pub findings: usize,
}

/// Judges the next batch; nothing is left to judge when it looked at no place.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn step(op: &Op) -> Result<Judged> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let from = store::detect::lock(&mut tx).await?;
    let to = store::detect::next(&mut tx, from, BATCH).await?;
    let events = if to > from {
        store::events::explore::of_feed(&mut tx, from, to).await?
    } else {
        Vec::new()
    };
    let mut batch = Batch::gather(&mut tx, events, op.now).await?;
    let mut found = batch.judge();
    // What waits for an event that would explain it waits for all that was received meanwhile.
    if to - from < BATCH {
        found.extend(batch.due(op.now));
    }
    let found = merge(found);
    batch.keep(&mut tx).await?;
    let mut touched = store::detect::reopen(&mut tx, op.now).await?;
    touched.extend(found.iter().filter_map(|one| Some(one.identity?.0)));
    save(op, &mut tx, found.clone(), touched).await?;
    store::detect::advance(&mut tx, to).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Judged {
        places: to - from,
        findings: found.len(),
    })
}

/// Judges everything that waits.
///
/// # Errors
/// As [`step`].
pub async fn catch_up(op: &Op) -> Result<Judged> {
    let mut all = Judged::default();
    loop {
        let one = step(op).await?;
        all.places += one.places;
        all.findings += one.findings;
        if one.places == 0 {
            return Ok(all);
        }
    }
}

/// Makes one finding of those about the same thing: the last word on it, and all its events.
fn merge(found: Vec<Detected>) -> Vec<Detected> {
    let mut merged: HashMap<[u8; 32], Detected> = HashMap::new();
    for mut one in found {
        if let Some(before) = merged.remove(&one.fingerprint) {
            let mut events = before.events;
            events.retain(|id| !one.events.contains(id));
            events.append(&mut one.events);
            one.events = events;
        }
        merged.insert(one.fingerprint, one);
    }
    let mut merged: Vec<Detected> = merged.into_values().collect();
    // One order for everybody, and the same feed gives the same rows.
    merged.sort_by_key(|one| one.fingerprint);
    merged
}

/// Saves findings, and counts anew what is open of these identities. The caller has authorised.
pub(crate) async fn save(
    op: &Op,
    tx: &mut Tx,
    found: Vec<Detected>,
    mut whose: Vec<Uuid>,
) -> Result<()> {
    whose.sort_unstable();
    whose.dedup();
    if found.is_empty() && whose.is_empty() {
        return Ok(());
    }
    let rows: Vec<Found> = found
        .into_iter()
        .map(|detected| Found {
            id: op.new_id(),
            fingerprint: hex(&detected.fingerprint),
            detected,
        })
        .collect();
    store::findings::facts::lock(tx, &whose).await?;
    store::detect::save(tx, &rows, op.now).await?;
    store::detect::recount(tx, &whose).await?;
    Ok(())
}

/// Keeps a sender that was turned away at a source's door as a finding, where it shows an attack. The caller has
/// authorised.
pub(crate) async fn note_refusal(op: &Op, source: SourceId, why: &str) -> Result<()> {
    let mut tx = op.db().begin().await?;
    let Some((slug, name, times)) = store::sources::refused_at(&mut tx, source, op.now).await?
    else {
        return Ok(());
    };
    let refusal = Refusal {
        source: &slug,
        name: &name,
        why,
        at: op.now,
        times,
    };
    if let Some(found) = refusal::detect(&refusal) {
        save(op, &mut tx, vec![found], Vec::new()).await?;
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(())
}
