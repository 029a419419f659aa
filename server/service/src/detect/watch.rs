//! What detection remembers while it goes through the feed: read where an event speaks of somebody new to it, judged by
//! event by event, and kept every so many places.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::detect::changed::{Name, changed};
use domain::detect::{self, Detected, Memory, Scope, Seen, Waiting};
use domain::event::sighting::Sighting;
use store::detect::{Kept, RunnerSeen, Told};
use store::{Conn, Tx};
use uuid::Uuid;

use super::Pace;
use crate::Result;
use crate::posture::hex;

/// What is remembered from batch to batch, and kept seldomer.
#[derive(Default)]
pub(super) struct Watch {
    /// Place up to which the database keeps it, and place up to which it has judged; `None` when it remembers nothing.
    reached: Option<(i64, i64)>,
    memory: Memory,
    /// Keys of those whose habits are remembered.
    read: HashSet<Uuid>,
    /// Runners seen and not kept yet.
    runners: Vec<RunnerSeen>,
}

impl Watch {
    /// The place to go on from, where this is kept. What is remembered is good for as long as nobody else kept anything.
    pub fn resume(&mut self, kept: i64) -> i64 {
        match self.reached {
            Some((before, judged)) if before == kept => judged,
            _ => {
                *self = Self::default();
                kept
            }
        }
    }

    /// Judges these events of the feed, in their order.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn judge(
        &mut self,
        conn: &mut Conn,
        events: &[Told],
        now: DateTime<Utc>,
    ) -> Result<Vec<Detected>> {
        let mut all: Vec<Seen<'_>> = events.iter().map(seen).collect();
        affect(conn, &mut all).await?;
        self.remember(conn, &mut all, now).await?;
        let mut found = Vec::new();
        for seen in &all {
            found.extend(detect::step(&mut self.memory, seen));
            self.runners.extend(runner(seen));
        }
        Ok(found)
    }

    /// What nothing proved wrong in time.
    pub fn due(&mut self, now: DateTime<Utc>) -> Vec<Detected> {
        self.memory.due(now)
    }

    /// Notes how far it is: what is kept, and what is judged.
    pub fn reach(&mut self, kept: i64, judged: i64) {
        self.reached = Some((kept, judged));
    }

    /// Whether it remembers as much as it may: it is kept then and begun anew, so that memory stays bounded whoever acts.
    pub fn is_full(&self, pace: &Pace) -> bool {
        self.read.len() > pace.most
            || self.memory.habits() > pace.most
            || self.runners.len() > pace.most / 8
    }

    /// Reads what is known of everybody the events speak of. Whom the roll does not know any more is nobody.
    async fn remember(
        &mut self,
        conn: &mut Conn,
        all: &mut [Seen<'_>],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let ids: BTreeSet<Uuid> = all
            .iter()
            .flat_map(|seen| [seen.identity, seen.affected])
            .flatten()
            .map(|id| id.0)
            .collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut scopes = BTreeSet::from([Scope::Nobody]);
        self.memory.forget_roll();
        for (id, known) in store::detect::known(conn, &ids).await? {
            let declared = known.declared.iter().map(|(name, _)| name.clone());
            scopes.extend(declared.map(Scope::Repository));
            self.memory.know(id, known);
        }
        // A batch speaks of the same few over and over.
        let mut met = HashSet::new();
        for seen in all {
            seen.identity = seen
                .identity
                .filter(|id| self.memory.known(Some(*id)).is_some());
            if !met.insert((seen.identity, seen.repository.clone())) {
                continue;
            }
            let (own, repository) = Scope::of(seen);
            scopes.insert(own);
            scopes.extend(repository);
        }
        self.restore(conn, scopes, now).await
    }

    /// Puts back what is usual of those not read yet, and what waits for them.
    async fn restore(
        &mut self,
        conn: &mut Conn,
        scopes: BTreeSet<Scope>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let by_key: HashMap<Uuid, Scope> = scopes
            .into_iter()
            .map(|scope| (scope.key(), scope))
            .filter(|(key, _)| !self.read.contains(key))
            .collect();
        let keys: Vec<Uuid> = by_key.keys().copied().collect();
        for (key, aspect, value, habit) in store::detect::habits(conn, &keys).await? {
            if let Some(scope) = by_key.get(&key) {
                let baseline = self.memory.baseline_mut(scope.clone());
                baseline.restore(aspect, value, habit);
            }
        }
        for waiting in store::detect::waiting(conn, &keys, now).await? {
            self.memory.restore(waiting);
        }
        self.read.extend(keys);
        Ok(())
    }

    /// Keeps what was learnt, what waits, and which runners were seen. It is good for nothing afterwards.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep(&self, tx: &mut Tx) -> Result<()> {
        let (mut habits, mut gone): (Vec<Kept>, Vec<_>) = (Vec::new(), Vec::new());
        for (scope, baseline) in self.memory.baselines() {
            let key = scope.key();
            let changes = baseline.changes();
            habits.extend(
                changes.map(|(aspect, value, habit)| (key, aspect, value.to_owned(), habit)),
            );
            gone.extend(
                baseline
                    .gone()
                    .iter()
                    .map(|(aspect, value)| (key, *aspect, value.clone())),
            );
        }
        // One order for everybody.
        habits.sort_unstable_by(|one, other| {
            (one.0, one.1, &one.2).cmp(&(other.0, other.1, &other.2))
        });
        store::detect::forget(tx, &gone).await?;
        store::detect::keep(tx, &habits).await?;
        let waiting: Vec<(String, Waiting)> = self
            .memory
            .waiting()
            .map(|one| (hex(&one.detected.fingerprint), one.clone()))
            .collect();
        let settled: Vec<String> = self
            .memory
            .settled()
            .iter()
            .map(|print| hex(print))
            .collect();
        store::detect::keep_waiting(tx, &waiting, &settled).await?;
        store::detect::note_runners(tx, &self.runners).await?;
        Ok(())
    }
}

/// The runner an event tells of.
fn runner(seen: &Seen<'_>) -> Option<RunnerSeen> {
    Some(RunnerSeen {
        sighting: Sighting::of(seen.event)?,
        at: seen.event.occurred_at,
        event: seen.id,
    })
}

fn seen(told: &Told) -> Seen<'_> {
    Seen::of(told.id, told.identity, told.received_at, &told.event)
}

/// Notes whose trust, key or permission each event changed, where the roll knows the name.
async fn affect(conn: &mut Conn, all: &mut [Seen<'_>]) -> Result<()> {
    let names: Vec<Vec<Name>> = all.iter().map(|seen| changed(seen.event)).collect();
    let distinct: BTreeSet<&Name> = names.iter().flatten().collect();
    let distinct: Vec<Name> = distinct.into_iter().cloned().collect();
    let known = store::detect::affected(conn, &distinct).await?;
    for (seen, names) in all.iter_mut().zip(&names) {
        seen.affected = names.iter().find_map(|name| known.get(name)).copied();
    }
    Ok(())
}
