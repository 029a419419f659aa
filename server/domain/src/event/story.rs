//! One pipeline run as one story: every event that belongs to it, and which fact of which event says so.
//!
//! A run is found by its id; the tokens it presented by their subject (an Entra sign-in by its federated
//! credential); what those tokens opened by the access key, session or accessor that was minted; a role taken from a
//! role by the next key; a deployment without a run by its job or its commit. [`trail`] then says which links of the chain from
//! person to deployment are proven, and what is missing.

mod run;
pub mod trail;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use contract::events::EventKind;
use contract::ids::EventId;

use super::Event;
use super::subject::{self, Context};
use run::Around;

/// Longest a minted credential is followed: AWS role sessions live at most 12 hours, a chain of three 36.
const CREDENTIAL_HOURS: i64 = 36;

/// How far two clocks may be apart.
const SKEW_MINUTES: i64 = 10;

/// An event with its id.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Its id in the roll.
    pub id: EventId,
    /// What happened.
    pub event: &'a Event,
}

/// Which run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunKey {
    /// `owner/name`.
    pub repository: String,
    /// The platform's id of it.
    pub run_id: String,
}

impl RunKey {
    /// Reads how people name a run: its id alone, `owner/name#id`, or its page's address. The repository is absent
    /// where only the id is told; `None` when there is no id.
    pub fn read(text: &str) -> Option<(Option<String>, String)> {
        let text = text.trim().trim_end_matches('/');
        let is_id = |id: &str| !id.is_empty() && id.len() <= 100 && !id.contains(['/', ' ']);
        let path = text.strip_prefix("https://").map(|rest| {
            let path = rest.split_once('/').map_or("", |(_, path)| path);
            path.split(['?', '#']).next().unwrap_or(path)
        });
        let split = match path {
            Some(path) => ["/actions/runs/", "/-/pipelines/"]
                .iter()
                .find_map(|mark| path.split_once(mark))
                .map(|(repository, id)| (repository, id.split('/').next().unwrap_or(id))),
            None => text.split_once('#'),
        };
        match split {
            Some((repository, id)) => (is_id(id) && repository.contains('/'))
                .then(|| (Some(repository.to_owned()), id.to_owned())),
            None => (path.is_none() && is_id(text)).then(|| (None, text.to_owned())),
        }
    }
}

impl Because {
    /// Why, in words.
    pub fn words(&self) -> String {
        match self {
            Self::RunId => "names the run".to_owned(),
            Self::Subject(subject) => format!("presented the run’s token {subject}"),
            Self::FederatedCredential(id) => format!("used the federated credential {id}"),
            Self::MintedKey(key) => format!("signed with the key {key} the run was given"),
            Self::Session(session) => format!("used the session {session} the run opened"),
            Self::Delegation(name) => format!("acted through {name}"),
            Self::Commit(sha) => format!("deployed the run’s commit {sha}"),
            Self::Job(id) => format!("deployed by the run’s job {id}"),
            Self::Alone => "deployed, and names no run".to_owned(),
        }
    }
}

/// What configuration knows and events do not: the subject behind an Entra federated credential, by its id.
pub type Federated = HashMap<String, (String, String)>;

/// Why an event belongs to the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// It names the run.
    RunId,
    /// It presented a token with this subject while the run was on.
    Subject(String),
    /// It used this federated credential, which is configured for the run's subject.
    FederatedCredential(String),
    /// It was signed with a key that an earlier event of the run minted.
    MintedKey(String),
    /// It used a session that an earlier event of the run opened.
    Session(String),
    /// It acted through a principal of the run.
    Delegation(String),
    /// It deployed the run's commit.
    Commit(String),
    /// This job of the run deployed it.
    Job(String),
    /// It is the deployment itself, of which no run is known.
    Alone,
}

/// One event of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The event.
    pub id: EventId,
    /// Its place in the list given.
    pub place: usize,
    /// Why it belongs.
    pub because: Because,
    /// The event that led to it, where one did.
    pub from: Option<EventId>,
    /// Whether nothing else could explain it: no other run of the repository was on, or the fact is unique.
    pub certain: bool,
}

/// A run's events in order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Which run.
    pub key: RunKey,
    /// The events.
    pub links: Vec<Link>,
}

impl Story {
    /// The story of a deployment that names no run and is explained by none: itself.
    pub fn alone(told: &Told<'_>) -> Self {
        Self {
            key: RunKey {
                repository: told.event.repository.clone().unwrap_or_default(),
                run_id: String::new(),
            },
            links: vec![Link {
                id: told.id,
                place: 0,
                because: Because::Alone,
                from: None,
                certain: true,
            }],
        }
    }

    /// Whether it is of a deployment that names no run.
    pub const fn is_alone(&self) -> bool {
        self.key.run_id.is_empty()
    }
}

/// Gathers a run's story from the events around it; `None` when no event names the run.
///
/// Pure: give it every event from a little before the run to a day and a half after it.
pub fn gather(key: &RunKey, told: &[Told<'_>], known: &Federated) -> Option<Story> {
    let around = Around::of(key, told)?;
    let mut found: BTreeMap<usize, Link> = BTreeMap::new();
    for (place, told) in told.iter().enumerate() {
        if let Some((because, certain)) = around.first_hand(told.event, known) {
            let link = Link {
                id: told.id,
                place,
                because,
                from: None,
                certain,
            };
            found.insert(place, link);
        }
    }
    // Each round follows what the last one minted; a chain is at most this long.
    for _ in 0..8 {
        let handles = Handles::of(told, &found);
        let more: Vec<Link> = told
            .iter()
            .enumerate()
            .filter(|(place, _)| !found.contains_key(place))
            .filter_map(|(place, told)| handles.follow(place, told))
            .collect();
        if more.is_empty() {
            break;
        }
        found.extend(more.into_iter().map(|link| (link.place, link)));
    }
    let mut links: Vec<Link> = found.into_values().collect();
    links.sort_by_key(|link| (told[link.place].event.occurred_at, link.place));
    Some(Story {
        key: key.clone(),
        links,
    })
}

/// What the events found so far opened: keys and sessions, with the event and the time.
#[derive(Default)]
struct Handles<'a> {
    keys: HashMap<&'a str, Opened>,
    sessions: HashMap<&'a str, Opened>,
    principals: HashMap<&'a str, Opened>,
}

#[derive(Clone, Copy)]
struct Opened {
    by: EventId,
    at: DateTime<Utc>,
    certain: bool,
}

impl<'a> Handles<'a> {
    fn of(told: &[Told<'a>], found: &BTreeMap<usize, Link>) -> Self {
        let mut handles = Self::default();
        for link in found.values() {
            let event = told[link.place].event;
            if event.kind != EventKind::CredentialAssumption {
                continue;
            }
            let opened = Opened {
                by: link.id,
                at: event.occurred_at,
                certain: link.certain,
            };
            let joins = &event.joins;
            if let Some(key) = &joins.minted_key {
                handles.keys.entry(key).or_insert(opened);
            }
            if let Some(session) = &joins.session {
                // A role session's name is chosen by the caller and repeats from run to run.
                let certain = opened.certain && !session.contains(":assumed-role/");
                handles
                    .sessions
                    .entry(session)
                    .or_insert(Opened { certain, ..opened });
            }
            if let Some(principal) = &event.principal
                && principal.starts_with("principal://")
            {
                handles.principals.entry(principal).or_insert(opened);
            }
        }
        handles
    }

    fn follow(&self, place: usize, told: &Told<'_>) -> Option<Link> {
        let event = told.event;
        let joins = &event.joins;
        let within = |opened: &&Opened| {
            event.occurred_at >= opened.at - TimeDelta::minutes(SKEW_MINUTES)
                && event.occurred_at <= opened.at + TimeDelta::hours(CREDENTIAL_HOURS)
        };
        let link = |opened: &Opened, because: Because| Link {
            id: told.id,
            place,
            because,
            from: Some(opened.by),
            certain: opened.certain,
        };
        if let Some(key) = &joins.access_key {
            // Another key is another session, whatever the session is called.
            let opened = self.keys.get(key.as_str()).filter(within)?;
            return Some(link(opened, Because::MintedKey(key.clone())));
        }
        // An assumption opens the session it names; it does not use it.
        if event.kind != EventKind::CredentialAssumption
            && let Some(session) = &joins.session
            && let Some(opened) = self.sessions.get(session.as_str()).filter(within)
        {
            return Some(link(opened, Because::Session(session.clone())));
        }
        let through = joins
            .delegation
            .iter()
            .chain(event.principal.as_ref())
            .find_map(|name| Some((name, self.principals.get(name.as_str()).filter(within)?)));
        through.map(|(name, opened)| link(opened, Because::Delegation(name.clone())))
    }
}

#[cfg(test)]
mod tests;
