//! Reading what surrounds a run until nothing more belongs to it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use contract::events::EventFormat;
use domain::detect::changed::{ACCOUNTS, Name};
use domain::event::story::{Federated, RunKey, Story, Told, gather};
use domain::event::subject;
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
    /// Reads what surrounds a run, or a deployment of none.
    pub async fn of(conn: &mut Conn, run: Named) -> Result<Self> {
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
        if let Some(id) = run.alone {
            gathered.events = store::stories::deployment(conn, id).await?;
            return Ok(gathered);
        }
        // The whole run: it may have waited for hours until somebody let it deploy.
        let (first, last) = store::stories::span(conn, &run).await?;
        let from = first - TimeDelta::minutes(BEFORE_MINUTES);
        let beside = (from, last + TimeDelta::hours(AFTER_HOURS));
        let follow = (from, last + TimeDelta::hours(CREDENTIAL_HOURS));
        let credentials = gathered.credentials();
        gathered.take(store::stories::beside(conn, &run, &credentials, beside, MOST).await?);
        let mut asked = Handles::default();
        for _ in 0..ROUNDS {
            let found = gathered.handles(conn).await?;
            let actors: Vec<Uuid> = found.actors.difference(&asked.actors).copied().collect();
            let sessions: Vec<String> = found
                .sessions
                .difference(&asked.sessions)
                .cloned()
                .collect();
            if actors.is_empty() && sessions.is_empty() {
                break;
            }
            if !sessions.is_empty() {
                let theirs = store::stories::of_sessions(conn, &sessions, beside, MOST).await?;
                gathered.take(theirs);
            }
            if !actors.is_empty() {
                let theirs = store::stories::of_identities(conn, &actors, follow, MOST).await?;
                gathered.take(theirs);
            }
            asked.actors.extend(actors);
            asked.sessions.extend(sessions);
        }
        Ok(gathered)
    }

    /// Federated credentials that are configured for the run's repository.
    fn credentials(&self) -> Vec<String> {
        let ours = |issuer: &str, text: &str| {
            let repository = subject::parse(issuer, text).repository;
            repository.is_some_and(|repository| {
                repository
                    .full_name()
                    .eq_ignore_ascii_case(&self.key.repository)
            })
        };
        self.known
            .iter()
            .filter(|(_, (issuer, text))| ours(issuer, text))
            .map(|(credential, _)| credential.clone())
            .collect()
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
        if self.key.run_id.is_empty() {
            return told.first().map(Story::alone);
        }
        gather(&self.key, told, &self.known)
    }

    /// Identities of the story so far and those whose roles it took, and the sessions it opened at Microsoft.
    async fn handles(&self, conn: &mut Conn) -> Result<Handles> {
        let told = self.told();
        let Some(story) = self.story(&told) else {
            return Ok(Handles::default());
        };
        let stored: Vec<&Stored> = story
            .links
            .iter()
            .map(|link| &self.events[link.place])
            .collect();
        let whose = |stored: &&Stored| Some(stored.identity.as_ref()?.0.0);
        let mut actors: BTreeSet<Uuid> = stored.iter().filter_map(whose).collect();
        let roles: BTreeSet<&String> = stored
            .iter()
            .filter_map(|stored| stored.event.role.as_ref())
            .collect();
        let roles: Vec<Name> = roles
            .into_iter()
            .flat_map(|role| ACCOUNTS.map(|kind| (kind, role.clone())))
            .collect();
        let taken = store::detect::affected(conn, &roles).await?;
        actors.extend(taken.into_values().map(|id| id.0));
        let sessions = stored
            .iter()
            .filter(|stored| stored.event.format == EventFormat::Entra)
            .filter_map(|stored| stored.event.joins.session.clone())
            .collect();
        Ok(Handles { actors, sessions })
    }
}

/// What further events of a story are found by.
#[derive(Default)]
struct Handles {
    actors: BTreeSet<Uuid>,
    sessions: BTreeSet<String>,
}
