//! Detection: judges the feed in its order, from the place it has reached.
//!
//! A batch is one transaction: what was found, and how far the feed is judged. What was learnt is kept when the feed
//! rests, and every so many places or seconds: with the place it is kept up to, in one transaction. A process that dies in
//! between has learnt nothing, and the next one reads from that place again; findings are recognised by their
//! fingerprint, and habits are counted once. The same where two judge at once: who comes second to keep forgets.

mod watch;

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;
use contract::ids::SourceId;
use domain::access::Access;
use domain::detect::Detected;
use domain::detect::refusal::{self, Refusal};
use store::Tx;
use store::detect::Found;
use uuid::Uuid;

use crate::posture::hex;
use crate::{Op, Result};
use watch::Watch;

/// How much detection does at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Places judged in one transaction, at most.
    pub batch: i64,
    /// Places judged until what was learnt from them is kept, where more come all the time.
    pub held: i64,
    /// Habits, and those who have them, that are remembered meanwhile: soon more is kept before.
    pub most: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            batch: 8_000,
            held: 250_000,
            most: 200_000,
        }
    }
}

/// What judging came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// Places of the feed looked at.
    pub places: i64,
    /// Findings opened or confirmed.
    pub findings: usize,
}

impl Judged {
    fn add(&mut self, more: Self) {
        self.places += more.places;
        self.findings += more.findings;
    }
}

/// When a step keeps what was learnt, besides when that is much.
#[derive(Debug, Clone, Copy)]
enum Keep {
    /// With this batch.
    Now,
    /// When nothing is left to judge.
    AtEnd,
    /// Not yet: more may come in a moment, and the same habits would be written again.
    Later,
}

/// How long a turn goes on at most while more comes.
const LONGEST: TimeDelta = TimeDelta::seconds(10);
/// Between two tellings of one kind of refusal at a source's door.
const REFUSALS: TimeDelta = TimeDelta::minutes(1);
/// How long a turn waits for more where little came.
const REST: Duration = Duration::from_millis(500);

/// Judges everything that waits.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn catch_up(op: &Op) -> Result<Judged> {
    let mut all = Judged::default();
    loop {
        let (one, done) = stretch(op).await?;
        all.add(one);
        if done {
            return Ok(all);
        }
    }
}

/// Judges for as long as more comes, and keeps what was learnt when the feed rests or the turn has lasted: time goes on
/// meanwhile, and the next turn knows.
///
/// # Errors
/// As [`catch_up`].
pub async fn turn(op: &Op) -> Result<Judged> {
    let (mut watch, mut all) = (Watch::default(), Judged::default());
    let mut keep = Keep::Later;
    loop {
        if op.services().clock.now() - op.now >= LONGEST {
            keep = Keep::Now;
        }
        let (one, kept) = step(op, &mut watch, keep).await?;
        all.add(one);
        if kept {
            return Ok(all);
        }
        if one.places < op.settings().detection.batch {
            tokio::time::sleep(REST).await;
        }
        keep = if one.places == 0 {
            Keep::AtEnd
        } else {
            Keep::Later
        };
    }
}

/// Judges batch after batch until what was learnt is kept; and whether nothing is left to judge.
async fn stretch(op: &Op) -> Result<(Judged, bool)> {
    let (mut watch, mut all) = (Watch::default(), Judged::default());
    loop {
        let (one, kept) = step(op, &mut watch, Keep::AtEnd).await?;
        all.add(one);
        if kept {
            return Ok((all, one.places == 0));
        }
    }
}

/// Judges the next batch, and whether all that was learnt is kept: it was time to, or much was learnt. After an error what
/// is remembered is good for nothing.
async fn step(op: &Op, watch: &mut Watch, keep: Keep) -> Result<(Judged, bool)> {
    let pace = &op.settings().detection;
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let before = store::detect::lock(&mut tx).await?;
    let from = watch.resume(before);
    let recent = op.db().recent();
    let (to, events) = store::detect::events(&mut tx, recent, from, pace.batch).await?;
    let mut found = watch.judge(&mut tx, &events, op.now).await?;
    // What waits for an event that would explain it waits for all that was received meanwhile.
    if to - from < pace.batch {
        found.extend(watch.due(op.now));
    }
    let found = merge(found);
    let findings = found.len();
    let mut touched = store::detect::reopen(&mut tx, op.now).await?;
    touched.extend(found.iter().filter_map(|one| Some(one.identity?.0)));
    save(op, &mut tx, found, touched).await?;
    let is_time = match keep {
        Keep::Now => true,
        Keep::AtEnd => to == from,
        Keep::Later => false,
    };
    let keeps = is_time || to - before >= pace.held || watch.is_full(pace);
    if keeps {
        watch.keep(&mut tx).await?;
    }
    let kept = if keeps { to } else { before };
    store::detect::advance(&mut tx, to, kept).await?;
    tx.commit().await.map_err(store::Error::from)?;
    watch.reach(kept, to);
    let places = to - from;
    Ok((Judged { places, findings }, keeps))
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

/// Keeps a sender that was turned away at a source's door as a finding, where it shows an attack. Each kind of refusal is
/// told at most once a minute: a flood writes little, and hides no other kind. The caller has authorised.
pub(crate) async fn note_refusal(op: &Op, source: SourceId, why: &str) -> Result<()> {
    let mut conn = op.db().acquire().await?;
    let Some((slug, name, times)) = store::sources::refusals(&mut conn, source).await? else {
        return Ok(());
    };
    let refusal = Refusal {
        source: &slug,
        name: &name,
        why,
        at: op.now,
        times,
    };
    let Some(found) = refusal::detect(&refusal) else {
        return Ok(());
    };
    let mark = hex(&found.fingerprint);
    if store::detect::is_told(&mut conn, &mark, op.now - REFUSALS).await? {
        return Ok(());
    }
    drop(conn);
    let mut tx = op.db().begin().await?;
    save(op, &mut tx, vec![found], Vec::new()).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}
