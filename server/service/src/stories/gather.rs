//! Reading what surrounds a run until nothing more belongs to it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::detect::changed::{ACCOUNTS, Name};
use domain::event::story::{Federated, RunKey, Story, Told, gather};
use store::Conn;
use store::events::explore::Stored;
use store::stories::Named;
use uuid::Uuid;

use crate::Result;

/// Events looked at in one question.
const MOST: i64 = 3_000;
/// Minutes before a run's first event that are looked at: two clocks.
const BEFORE_MINUTES: i64 = 15;
/// Hours after its last one: an event that ends it may be missing.
const AFTER_HOURS: i64 = 6;
/// Hours for which credentials it opened are followed.
const CREDENTIAL_HOURS: i64 = 36;
/// Roles taken from roles that are followed.
const ROUNDS: usize = 3;

/// Events around a run, and what configuration knows.
pub(super) struct Gathered {
    key: RunKey,
    /// In order of time.
    pub events: Vec<Stored>,
    known: Federated,
    /// Whether more were there than were looked at.
    pub cut: bool,
}

impl Gathered {
    /// Reads what surrounds a run.
    pub async fn of(conn: &mut Conn, run: Named) -> Result<Self> {
        let from = run.from - TimeDelta::minutes(BEFORE_MINUTES);
        let to = run.to + TimeDelta::hours(AFTER_HOURS);
        let known = store::stories::federated(conn).await?;
        let mut gathered = Self {
            key: RunKey {
                repository: run.repository.clone(),
                run_id: run.run_id.clone(),
            },
            events: Vec::new(),
            known: known
                .into_iter()
                .map(|(credential, issuer, subject)| (credential, (issuer, subject)))
                .collect(),
            cut: false,
        };
        let beside = store::stories::beside(conn, &run, (from, to), MOST).await?;
        gathered.take(beside);
        let mut asked: BTreeSet<Uuid> = BTreeSet::new();
        let follow = (from, run.to + TimeDelta::hours(CREDENTIAL_HOURS));
        for _ in 0..ROUNDS {
            let actors = gathered.actors(conn).await?;
            let more: Vec<Uuid> = actors.difference(&asked).copied().collect();
            if more.is_empty() {
                break;
            }
            asked.extend(&more);
            let theirs = store::stories::of_identities(conn, &more, follow, MOST).await?;
            gathered.take(theirs);
        }
        Ok(gathered)
    }

    /// Adds events that are not there yet, with what joins them.
    fn take(&mut self, events: Vec<Stored>) {
        self.cut |= i64::try_from(events.len()).is_ok_and(|count| count >= MOST);
        let there: BTreeSet<Uuid> = self.events.iter().map(|stored| stored.id.0).collect();
        for stored in events {
            if there.contains(&stored.id.0) {
                continue;
            }
            self.events.push(stored);
        }
        self.events
            .sort_by_key(|stored| (stored.event.occurred_at, stored.id.0));
    }

    /// The events, as the domain reads them.
    pub fn told(&self) -> Vec<Told<'_>> {
        self.events
            .iter()
            .map(|stored| Told {
                id: stored.id,
                event: &stored.event,
            })
            .collect()
    }

    /// The story; `None` when no event names the run.
    pub fn story(&self, told: &[Told<'_>]) -> Option<Story> {
        gather(&self.key, told, &self.known)
    }

    /// Identities of the story so far, and those whose roles it took.
    async fn actors(&self, conn: &mut Conn) -> Result<BTreeSet<Uuid>> {
        let told = self.told();
        let Some(story) = self.story(&told) else {
            return Ok(BTreeSet::new());
        };
        let stored: Vec<&Stored> = story
            .links
            .iter()
            .map(|link| &self.events[link.place])
            .collect();
        let whose = |stored: &&Stored| Some(stored.identity.as_ref()?.0.0);
        let mut ids: BTreeSet<Uuid> = stored.iter().filter_map(whose).collect();
        let roles: BTreeSet<&String> = stored
            .iter()
            .filter_map(|stored| stored.event.role.as_ref())
            .collect();
        let roles: Vec<Name> = roles
            .into_iter()
            .flat_map(|role| ACCOUNTS.map(|kind| (kind, role.clone())))
            .collect();
        let taken = store::detect::affected(conn, &roles).await?;
        ids.extend(taken.into_values().map(|id| id.0));
        Ok(ids)
    }
}
