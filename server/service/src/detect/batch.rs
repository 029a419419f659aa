//! One batch of the feed: what is known before it, judged event by event, and what is to be kept after it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use contract::ids::IdentityId;
use domain::detect::seen::changed;
use domain::detect::{self, Detected, Memory, Scope, Seen, Waiting};
use domain::event::sighting::Sighting;
use store::detect::{Kept, RunnerSeen};
use store::events::explore::Stored;
use store::{Conn, Tx};
use uuid::Uuid;

use crate::Result;
use crate::posture::hex;

/// Events in the order of the feed, and everything they are judged by.
pub(super) struct Batch {
    events: Vec<Stored>,
    /// Whose trust, key or permission each event changed.
    affected: Vec<Option<IdentityId>>,
    memory: Memory,
}

impl Batch {
    /// Reads what is known of everybody the events speak of.
    pub async fn gather(conn: &mut Conn, events: Vec<Stored>, now: DateTime<Utc>) -> Result<Self> {
        let affected = affected(conn, &events).await?;
        let mut memory = Memory::default();
        let mut scopes = BTreeSet::from([Scope::Nobody]);
        let mut ids: BTreeSet<Uuid> = affected.iter().flatten().map(|id| id.0).collect();
        for stored in &events {
            let (own, repository) = Scope::of(&seen(stored, None));
            ids.extend(match &own {
                Scope::Identity(id) => Some(id.0),
                Scope::Nobody | Scope::Repository(_) => None,
            });
            scopes.insert(own);
            scopes.extend(repository);
        }
        let ids: Vec<Uuid> = ids.into_iter().collect();
        for (id, known) in store::detect::known(conn, &ids).await? {
            let declared = known.declared.iter().map(|(name, _)| name.clone());
            scopes.extend(declared.map(Scope::Repository));
            memory.know(id, known);
        }
        remember(conn, &mut memory, scopes, now).await?;
        Ok(Self {
            events,
            affected,
            memory,
        })
    }

    /// Judges the events in their order.
    pub fn judge(&mut self) -> Vec<Detected> {
        let mut found = Vec::new();
        for (stored, affected) in self.events.iter().zip(&self.affected) {
            found.extend(detect::step(&mut self.memory, &seen(stored, *affected)));
        }
        found
    }

    /// What nothing proved wrong in time.
    pub fn due(&mut self, now: DateTime<Utc>) -> Vec<Detected> {
        self.memory.due(now)
    }

    /// Keeps what was learnt, what waits, and which runners were seen.
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
        let runners: Vec<RunnerSeen> = self
            .events
            .iter()
            .filter_map(|stored| {
                Some(RunnerSeen {
                    sighting: Sighting::of(&stored.event)?,
                    at: stored.event.occurred_at,
                    event: stored.id,
                })
            })
            .collect();
        store::detect::note_runners(tx, &runners).await?;
        Ok(())
    }
}

fn seen(stored: &Stored, affected: Option<IdentityId>) -> Seen<'_> {
    let whose = stored.identity.as_ref().map(|(id, _)| *id);
    let mut seen = Seen::of(stored.id, whose, stored.received_at, &stored.event);
    seen.affected = affected;
    seen
}

/// Puts back what is usual of these, and what waits for them.
async fn remember(
    conn: &mut Conn,
    memory: &mut Memory,
    scopes: BTreeSet<Scope>,
    now: DateTime<Utc>,
) -> Result<()> {
    let by_key: HashMap<Uuid, Scope> = scopes
        .into_iter()
        .map(|scope| (scope.key(), scope))
        .collect();
    let keys: Vec<Uuid> = by_key.keys().copied().collect();
    for (key, aspect, value, habit) in store::detect::habits(conn, &keys).await? {
        if let Some(scope) = by_key.get(&key) {
            memory
                .baseline_mut(scope.clone())
                .restore(aspect, value, habit);
        }
    }
    for waiting in store::detect::waiting(conn, &keys, now).await? {
        memory.wait(waiting);
    }
    Ok(())
}

/// Whose trust, key or permission each event changed, where the roll knows the name.
async fn affected(conn: &mut Conn, events: &[Stored]) -> Result<Vec<Option<IdentityId>>> {
    let names: Vec<Vec<String>> = events.iter().map(|stored| changed(&stored.event)).collect();
    let all: BTreeSet<String> = names.iter().flatten().cloned().collect();
    let all: Vec<String> = all.into_iter().collect();
    let known = store::detect::affected(conn, &all).await?;
    let whose = |names: &Vec<String>| {
        let mut found = names
            .iter()
            .filter_map(|name| known.get(&name.to_lowercase()));
        found.next().copied()
    };
    Ok(names.iter().map(whose).collect())
}
