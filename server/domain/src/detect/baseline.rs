//! What is usual: each value of each aspect with when it was seen first and last, how often, and in which event last.
//!
//! Kept for each identity, for each repository (its runs, who started and approved them, its runners) and for nobody
//! (refused tokens of strangers). Updated event by event; what was not seen for long is forgotten, and no aspect keeps
//! more than `MOST` values, so that a baseline stays small whatever an identity does.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::EventId;

/// Days an identity is watched before anything of it counts as unusual.
pub const LEARNING_DAYS: i64 = 14;
/// Times an aspect must have been seen by then.
pub const LEARNING_TIMES: i64 = 10;
/// Values an aspect got within [`LEARNING_DAYS`] from which on a new one says nothing.
const RESTLESS: usize = 4;
/// Values one aspect keeps.
const MOST: usize = 400;

/// Declares the aspects: word, days after which a value is forgotten.
macro_rules! aspects {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $days:literal;)+) => {
        /// What is watched.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Aspect { $($(#[doc = $doc])+ $name,)+ }

        impl Aspect {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word it is kept under.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// Days after which a value that was not seen again is forgotten.
            pub const fn days(self) -> i64 {
                match self { $(Self::$name => $days,)+ }
            }
        }
    };
}

aspects! {
    /// Roles taken.
    Role = "role", 180;
    /// Secrets read.
    Secret = "secret", 180;
    /// Branches production was deployed from, of a repository.
    Release = "release", 180;
    /// Environments worked on.
    Environment = "environment", 180;
    /// Repositories that acted as the identity.
    Repository = "repository", 180;
    /// Networks it came from.
    Network = "network", 180;
    /// Hours of the day, UTC.
    Hour = "hour", 180;
    /// Programs that called.
    Agent = "agent", 180;
    /// Kinds of changes made.
    Change = "change", 180;
    /// Keys that live until somebody ends them.
    Key = "key", 180;
    /// Networks a session was used from: session and network.
    Session = "session", 2;
    /// Sessions that were seen in two places.
    Roaming = "roaming", 30;
    /// Refused tokens of a day: issuer, claim, reason and day.
    Refused = "refused", 2;
    /// The last refusals of a group of [`Aspect::Refused`]: to be cited.
    Refusal = "refusal", 2;
    /// Denials, by ten minutes.
    Denied = "denied", 1;
    /// The last denials: to be cited, and counted across the end of ten minutes.
    Denial = "denial", 1;
    /// Runs of a repository.
    Run = "run", 3;
    /// Runs that are over.
    Ended = "ended", 3;
    /// Runs and who started them.
    Starter = "starter", 3;
    /// Runs and who approved their deployment.
    Approver = "approver", 3;
    /// Runs and who went round what protects production from them.
    Bypasser = "bypasser", 3;
    /// Runs that deployed to production.
    Released = "released", 3;
    /// Runners of a repository's own, by different runs served.
    Runner = "runner", 180;
    /// Which run a runner served.
    Served = "served", 3;
    /// Counts of a repository: runs told, releases, approved releases.
    Count = "count", 180;
}

impl Aspect {
    /// The aspect of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|aspect| aspect.as_str() == word)
    }
}

/// One value that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habit {
    /// First seen.
    pub first: DateTime<Utc>,
    /// Last seen.
    pub last: DateTime<Utc>,
    /// How often.
    pub times: i64,
    /// In which event last.
    pub event: EventId,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    habit: Habit,
    changed: bool,
}

/// The habits of one.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    aspects: BTreeMap<Aspect, HashMap<String, Held>>,
    /// Values that were kept and are forgotten now.
    gone: Vec<(Aspect, String)>,
}

/// Whether a value is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Novelty {
    /// It is usual.
    Known,
    /// It was not watched long enough to say.
    Learning,
    /// It shows new values all the time: one more says nothing.
    Restless,
    /// It is new; what is usual stands beside it, the most frequent first, at most five.
    New(Vec<(String, Habit)>),
}

impl Baseline {
    /// Puts back what was kept.
    pub fn restore(&mut self, aspect: Aspect, value: String, habit: Habit) {
        let held = Held {
            habit,
            changed: false,
        };
        self.aspects.entry(aspect).or_default().insert(value, held);
    }

    /// How many values it holds.
    pub fn len(&self) -> usize {
        self.aspects.values().map(HashMap::len).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What has changed since it was put back: to be kept.
    pub fn changes(&self) -> impl Iterator<Item = (Aspect, &str, Habit)> {
        self.aspects.iter().flat_map(|(aspect, values)| {
            let changed = values.iter().filter(|(_, held)| held.changed);
            changed.map(|(value, held)| (*aspect, value.as_str(), held.habit))
        })
    }

    /// What is forgotten since it was put back: to be removed.
    pub fn gone(&self) -> &[(Aspect, String)] {
        &self.gone
    }

    /// A value of an aspect, unless it is forgotten at that time.
    pub fn habit(&self, aspect: Aspect, value: &str, at: DateTime<Utc>) -> Option<Habit> {
        let habit = self.aspects.get(&aspect)?.get(value)?.habit;
        (at - habit.last <= TimeDelta::days(aspect.days())).then_some(habit)
    }

    /// The values of an aspect that are not forgotten at that time, in no order.
    pub fn values(&self, aspect: Aspect, at: DateTime<Utc>) -> impl Iterator<Item = (&str, Habit)> {
        let longest = TimeDelta::days(aspect.days());
        let values = self.aspects.get(&aspect).into_iter().flatten();
        values
            .map(|(value, held)| (value.as_str(), held.habit))
            .filter(move |(_, habit)| at - habit.last <= longest)
    }

    /// Whether a value is new, for an aspect watched long enough to say so.
    pub fn novelty(&self, aspect: Aspect, value: &str, at: DateTime<Utc>) -> Novelty {
        if self.habit(aspect, value, at).is_some() {
            return Novelty::Known;
        }
        let mut known: Vec<(&str, Habit)> = self.values(aspect, at).collect();
        let Some(since) = known.iter().map(|(_, habit)| habit.first).min() else {
            return Novelty::Learning;
        };
        let learning = TimeDelta::days(LEARNING_DAYS);
        let times: i64 = known.iter().map(|(_, habit)| habit.times).sum();
        if at - since < learning || times < LEARNING_TIMES {
            return Novelty::Learning;
        }
        let fresh = known
            .iter()
            .filter(|(_, habit)| at - habit.first < learning);
        if fresh.count() >= RESTLESS {
            return Novelty::Restless;
        }
        known.sort_by_key(|(value, habit)| (std::cmp::Reverse(habit.times), *value));
        known.truncate(5);
        let owned = |(value, habit): (&str, Habit)| (value.to_owned(), habit);
        Novelty::New(known.into_iter().map(owned).collect())
    }

    /// What is usual beside a new value; `None` when it is not new, or nothing can be said.
    pub fn unusual(
        &self,
        aspect: Aspect,
        value: &str,
        at: DateTime<Utc>,
    ) -> Option<Vec<(String, Habit)>> {
        match self.novelty(aspect, value, at) {
            Novelty::New(known) => Some(known),
            Novelty::Known | Novelty::Learning | Novelty::Restless => None,
        }
    }

    /// Counts a value; true when it was not known.
    pub fn see(&mut self, aspect: Aspect, value: &str, at: DateTime<Utc>, event: EventId) -> bool {
        let values = self.aspects.entry(aspect).or_default();
        if let Some(held) = values.get_mut(value) {
            let habit = &mut held.habit;
            held.changed = true;
            if at - habit.last > TimeDelta::days(aspect.days()) {
                *habit = Habit {
                    first: at,
                    last: at,
                    times: 1,
                    event,
                };
                return true;
            }
            habit.first = habit.first.min(at);
            if at >= habit.last {
                habit.last = at;
                habit.event = event;
            }
            habit.times += 1;
            return false;
        }
        if values.len() >= MOST {
            self.make_room(aspect, at);
        }
        let habit = Habit {
            first: at,
            last: at,
            times: 1,
            event,
        };
        let held = Held {
            habit,
            changed: true,
        };
        self.aspects
            .entry(aspect)
            .or_default()
            .insert(value.to_owned(), held);
        true
    }

    /// Drops what is forgotten; where that is too little, the quarter that was not seen for longest.
    fn make_room(&mut self, aspect: Aspect, at: DateTime<Utc>) {
        let Some(values) = self.aspects.get_mut(&aspect) else {
            return;
        };
        let mut ages: Vec<DateTime<Utc>> = values.values().map(|held| held.habit.last).collect();
        ages.sort_unstable();
        let horizon = ages[ages.len() / 4].max(at - TimeDelta::days(aspect.days()));
        let gone: Vec<String> = values
            .iter()
            .filter(|(_, held)| held.habit.last <= horizon)
            .map(|(value, _)| value.clone())
            .collect();
        for value in gone {
            values.remove(&value);
            self.gone.push((aspect, value));
        }
    }
}
