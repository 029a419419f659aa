//! Detection: judges the feed in its order, from the place it has reached.
//!
//! A batch is one transaction: what was found, and how far the feed is judged. What was learnt is kept when nothing is
//! left to judge, and every so many places: with the place it is kept up to, in one transaction. A process that dies in
//! between has learnt nothing, and the next one reads from that place again; findings are recognised by their
//! fingerprint, and habits are counted once.

mod watch;

use std::collections::HashMap;
use std::time::Duration;

use contract::ids::SourceId;
use domain::access::Access;
use domain::detect::Detected;
use domain::detect::refusal::{self, Refusal};
use store::Tx;
use store::detect::Found;
use store::feed::Bell;
use uuid::Uuid;

use crate::posture::hex;
use crate::{Op, Result};
use watch::Watch;

/// Events judged in one transaction, at most.
const BATCH: i64 = 8000;
/// Places judged until what was learnt from them is kept, where more come all the time.
const HELD: i64 = 100_000;
/// Places from which on more are waited for before what was learnt is kept; how long, and how often at most.
const BUSY: i64 = 1000;
const QUIET: Duration = Duration::from_secs(1);
const WAITS: usize = 60;

/// What judging came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// Places of the feed looked at.
    pub places: i64,
    /// Findings opened or confirmed.
    pub findings: usize,
}

/// Judges everything that waits.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn catch_up(op: &Op) -> Result<Judged> {
    go_on(op, false).await
}

/// As [`catch_up`]; where much comes, it goes on for as long as more does: what was learnt is kept seldomer so.
///
/// # Errors
/// As [`catch_up`].
pub async fn follow(op: &Op) -> Result<Judged> {
    go_on(op, true).await
}

async fn go_on(op: &Op, following: bool) -> Result<Judged> {
    let mut watch = Watch::default();
    let mut all = Judged::default();
    let (mut bell, mut waits) = (None, 0);
    loop {
        let hold = following && waits < WAITS && (BUSY..HELD).contains(&all.places);
        let one = step(op, &mut watch, hold).await?;
        all.places += one.places;
        all.findings += one.findings;
        if one.places > 0 {
            continue;
        }
        if !hold {
            return Ok(all);
        }
        match &mut bell {
            // What was published before it hung was not heard: one more look.
            None => bell = Some(Bell::hang_published(op.db()).await?),
            Some(bell) => match tokio::time::timeout(QUIET, bell.ring()).await {
                Ok(rung) => {
                    rung?;
                    waits += 1;
                }
                Err(_) => waits = WAITS,
            },
        }
    }
}

/// Judges the next batch; nothing is left to judge when it looked at no place. All is kept then, unless it is held for
/// more to come. After an error what is remembered is good for nothing.
async fn step(op: &Op, watch: &mut Watch, hold: bool) -> Result<Judged> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let mut kept = store::detect::lock(&mut tx).await?;
    let from = watch.resume(kept);
    let to = store::detect::next(&mut tx, from, BATCH).await?;
    let events = if to > from {
        store::detect::events(&mut tx, from, to).await?
    } else {
        Vec::new()
    };
    let mut found = watch.judge(&mut tx, &events, op.now).await?;
    // What waits for an event that would explain it waits for all that was received meanwhile.
    if to - from < BATCH {
        found.extend(watch.due(op.now));
    }
    let found = merge(found);
    let findings = found.len();
    let mut touched = store::detect::reopen(&mut tx, op.now).await?;
    touched.extend(found.iter().filter_map(|one| Some(one.identity?.0)));
    save(op, &mut tx, found, touched).await?;
    if (to == from && !hold) || to - kept >= HELD {
        watch.keep(&mut tx).await?;
        kept = to;
    }
    store::detect::advance(&mut tx, to, kept).await?;
    tx.commit().await.map_err(store::Error::from)?;
    watch.reach(kept, to);
    Ok(Judged {
        places: to - from,
        findings,
    })
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
