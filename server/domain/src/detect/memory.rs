//! What detection remembers while it reads: baselines, findings that wait for a proof to the contrary, and what the
//! roll says of identities.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use contract::events::Outcome;
use contract::identities::{IdentityKind, IdentityState};
use contract::ids::IdentityId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Detected;
use super::baseline::{Aspect, Baseline, Habit};
use super::record::Record;
use super::seen::{BURST_SECONDS, Seen};

/// Minutes a run may be told of before or after what it did: two sources are two clocks.
const SKEW_MINUTES: i64 = 10;
/// Hours a run goes on at most when nothing ends it.
const RUN_HOURS: i64 = 6;
/// Refusals within so many seconds are one attempt: vendors' tools try again by themselves.
const RETRY_SECONDS: i64 = 60;
/// Events of a group that are remembered one by one, to be cited.
const CITED: i64 = 20;
/// Who did it, where the source does not say.
pub(super) const SOMEBODY: &str = "Somebody";

/// Whose baseline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// What belongs to nobody.
    Nobody,
    /// An identity's.
    Identity(IdentityId),
    /// A repository's, in lower case.
    Repository(String),
}

impl Scope {
    /// The key it is kept under: the identity's id, or one made of the repository's name.
    pub fn key(&self) -> Uuid {
        match self {
            Self::Nobody => Uuid::nil(),
            Self::Identity(id) => id.0,
            Self::Repository(name) => Uuid::new_v5(
                &Uuid::NAMESPACE_URL,
                format!("repository:{name}").as_bytes(),
            ),
        }
    }

    /// The scopes of an event: whose it is, and its repository.
    pub fn of(seen: &Seen<'_>) -> (Self, Option<Self>) {
        let own = seen.identity.map_or(Self::Nobody, Self::Identity);
        (own, seen.repository.clone().map(Self::Repository))
    }
}

/// What the roll says of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Kind.
    pub kind: IdentityKind,
    /// State.
    pub state: IdentityState,
    /// Break-glass: judged by rules of its own.
    pub break_glass: bool,
    /// Repositories it is declared for, in lower case, each with the branch its subject names.
    pub declared: Vec<(String, Option<String>)>,
    /// Key ids that are registered.
    pub keys: Vec<String>,
    /// Tickets the roll holds for it.
    pub tickets: Vec<String>,
    /// What people did with it in Rollcall, oldest first.
    pub records: Vec<Record>,
}

/// What would prove a waiting finding wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unless {
    /// A run of this repository was on.
    Run(String),
    /// A deployment of this repository's run was approved.
    Approval(String, String),
}

impl Unless {
    fn repository(&self) -> &str {
        match self {
            Self::Run(repository) | Self::Approval(repository, _) => repository,
        }
    }
}

/// A finding that waits: sources tell the same story at different speeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// What will be found.
    pub detected: Detected,
    /// What would prove it wrong.
    pub unless: Unless,
    /// Until when, by the time of receipt.
    pub until: DateTime<Utc>,
}

impl Waiting {
    /// The key of the repository whose events may prove it wrong.
    pub fn repository_key(&self) -> Uuid {
        Scope::Repository(self.unless.repository().to_owned()).key()
    }
}

/// Everything remembered.
#[derive(Debug, Default)]
pub struct Memory {
    baselines: HashMap<Scope, Baseline>,
    roll: HashMap<IdentityId, Known>,
    waiting: BTreeMap<[u8; 32], Waiting>,
    /// Waiting findings that were kept and are no longer to be.
    settled: BTreeSet<[u8; 32]>,
    empty: Baseline,
}

impl Memory {
    /// The baseline of a scope; an empty one when nothing is known of it.
    pub fn baseline(&self, scope: &Scope) -> &Baseline {
        self.baselines.get(scope).unwrap_or(&self.empty)
    }

    /// The baseline of whom nothing is known.
    pub const fn nothing(&self) -> &Baseline {
        &self.empty
    }

    /// The baseline of a scope, to be changed.
    pub fn baseline_mut(&mut self, scope: Scope) -> &mut Baseline {
        self.baselines.entry(scope).or_default()
    }

    /// Every baseline.
    pub fn baselines(&self) -> impl Iterator<Item = (&Scope, &Baseline)> {
        self.baselines.iter()
    }

    /// Forgets what the roll knows: it is asked anew for each batch.
    pub fn forget_roll(&mut self) {
        self.roll.clear();
    }

    /// Says what the roll knows of an identity.
    pub fn know(&mut self, id: IdentityId, known: Known) {
        self.roll.insert(id, known);
    }

    /// What the roll knows of an identity.
    pub fn known(&self, id: Option<IdentityId>) -> Option<&Known> {
        self.roll.get(&id?)
    }

    /// Lets a finding wait.
    pub fn wait(&mut self, waiting: Waiting) {
        let print = waiting.detected.fingerprint;
        self.settled.remove(&print);
        self.waiting.entry(print).or_insert(waiting);
    }

    /// Puts back a finding that waits, unless it is settled since it was kept.
    pub fn restore(&mut self, waiting: Waiting) {
        let print = waiting.detected.fingerprint;
        if !self.settled.contains(&print) {
            self.waiting.entry(print).or_insert(waiting);
        }
    }

    /// How many habits are remembered.
    pub fn habits(&self) -> usize {
        self.baselines.values().map(Baseline::len).sum()
    }

    /// Findings that wait.
    pub fn waiting(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.values()
    }

    /// Waiting findings that are settled, one way or the other.
    pub fn settled(&self) -> &BTreeSet<[u8; 32]> {
        &self.settled
    }

    /// Takes the findings whose time is over: nothing proved them wrong.
    pub fn due(&mut self, now: DateTime<Utc>) -> Vec<Detected> {
        let due = |waiting: &Waiting| waiting.until <= now;
        let (over, on): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(_, waiting)| due(waiting));
        self.waiting = on.into_iter().collect();
        self.settled.extend(over.iter().map(|(print, _)| *print));
        over.into_iter()
            .map(|(_, waiting)| waiting.detected)
            .collect()
    }

    /// Notes what the rules compare with before they judge: counts, runs, who started and who approved.
    pub(super) fn note(&mut self, seen: &Seen<'_>) {
        let at = seen.event.occurred_at;
        let (own, repository) = Scope::of(seen);
        if let Some((issuer, claimed, reason)) = seen.refused() {
            let value = format!("{issuer}|{claimed}|{reason}|{}", at.date_naive());
            let baseline = self.baseline_mut(Scope::Nobody);
            // A source may tell the newest first: then they come before what is counted, not after.
            let near =
                |other: DateTime<Utc>| (at - other).abs() < TimeDelta::seconds(RETRY_SECONDS);
            let again = |habit: Habit| near(habit.last) || near(habit.first);
            if !baseline
                .habit(Aspect::Refused, &value, at)
                .is_some_and(again)
            {
                baseline.see(Aspect::Refused, &value, at, seen.id);
                let counted = baseline.habit(Aspect::Refused, &value, at);
                let place = place(counted);
                baseline.see(Aspect::Refusal, &format!("{value}|{place}"), at, seen.id);
            }
        }
        if let Some(from) = seen.denied() {
            let baseline = self.baseline_mut(own);
            let value = from.to_string();
            baseline.see(Aspect::Denied, &value, at, seen.id);
            let place = place(baseline.habit(Aspect::Denied, &value, at));
            // The places of two neighbours are different ones, those of older buckets are taken again.
            let side = from / BURST_SECONDS % 2;
            baseline.see(Aspect::Denial, &format!("{side}|{place}"), at, seen.id);
        }
        if let Some(repository) = repository {
            self.note_run(seen, &repository);
        }
    }

    fn note_run(&mut self, seen: &Seen<'_>, scope: &Scope) {
        let Some(run) = seen.event.run_id.as_deref() else {
            return;
        };
        let at = seen.event.occurred_at;
        let approved = seen.approves();
        let baseline = self.baselines.entry(scope.clone()).or_default();
        if baseline.see(Aspect::Run, run, at, seen.id) {
            baseline.see(Aspect::Count, "runs", at, seen.id);
        }
        if seen.ends_run() {
            baseline.see(Aspect::Ended, run, at, seen.id);
        }
        if seen.releases() && baseline.see(Aspect::Released, run, at, seen.id) {
            baseline.see(Aspect::Count, "releases", at, seen.id);
        }
        if seen.bypasses() {
            let pair = format!("{run}|{}", seen.event.actor.as_deref().unwrap_or(SOMEBODY));
            baseline.see(Aspect::Bypasser, &pair, at, seen.id);
        }
        if let Some(actor) = seen.event.actor.as_deref() {
            let pair = format!("{run}|{actor}");
            if approved {
                let first = !is_approved(baseline, run, at);
                baseline.see(Aspect::Approver, &pair, at, seen.id);
                if first {
                    baseline.see(Aspect::Count, "approved", at, seen.id);
                }
            } else if seen.starts_run() {
                baseline.see(Aspect::Starter, &pair, at, seen.id);
            }
        }
        if let Some(runner) = &seen.event.joins.runner
            && runner.hosted == Some(false)
            && runner.ephemeral != Some(true)
            && baseline.see(
                Aspect::Served,
                &format!("{}|{run}", runner.name),
                at,
                seen.id,
            )
        {
            baseline.see(Aspect::Runner, &runner.name, at, seen.id);
        }
        // A bypass is found as what it is: that nobody approved needs no second finding.
        self.settle(scope, run, approved || seen.bypasses());
    }

    /// Takes back what this event of a run proves wrong.
    fn settle(&mut self, scope: &Scope, run: &str, decided: bool) {
        let Scope::Repository(repository) = scope else {
            return;
        };
        let baseline = self.baseline(scope);
        // The other runs were told before: what they prove wrong does not wait any more.
        let on = |at| {
            let told = baseline.habit(Aspect::Run, run, at);
            told.is_some_and(|habit| is_on(baseline, run, habit, at))
        };
        let wrong: Vec<[u8; 32]> = self
            .waiting
            .iter()
            .filter(|(_, waiting)| match &waiting.unless {
                Unless::Run(name) => name == repository && on(waiting.detected.at),
                Unless::Approval(name, of) => decided && name == repository && of == run,
            })
            .map(|(print, _)| *print)
            .collect();
        for print in wrong {
            self.waiting.remove(&print);
            self.settled.insert(print);
        }
    }

    /// Learns what an event shows to be usual.
    pub(super) fn learn(&mut self, seen: &Seen<'_>) {
        let event = seen.event;
        let at = event.occurred_at;
        if event.outcome == Outcome::Failure {
            return;
        }
        let (own, repository) = Scope::of(seen);
        if let Some(scope) = repository
            && seen.releases()
            && let Some(branch) = &seen.branch
        {
            self.baseline_mut(scope)
                .see(Aspect::Release, branch, at, seen.id);
        }
        if own == Scope::Nobody {
            return;
        }
        let baseline = self.baseline_mut(own);
        let mut see = |aspect: Aspect, value: &str| baseline.see(aspect, value, at, seen.id);
        if let Some(role) = seen.role() {
            see(Aspect::Role, role);
        }
        for secret in seen.secrets() {
            see(Aspect::Secret, &secret);
        }
        if let Some(stage) = seen.stage {
            see(Aspect::Environment, stage.as_str());
        }
        if let Some(repository) = &seen.repository {
            see(Aspect::Repository, repository);
        }
        if let Some(network) = &seen.network {
            see(Aspect::Network, network);
        }
        if let Some(agent) = &seen.agent {
            see(Aspect::Agent, &agent.family);
        }
        see(Aspect::Hour, &format!("{:02}", at.hour()));
        if seen.changes() {
            see(Aspect::Change, event.kind.as_str());
        }
        if let Some(handle) = &seen.handle {
            if handle.lasting {
                see(Aspect::Key, &handle.id);
            }
            if let Some(network) = &seen.network {
                for id in std::iter::once(&handle.id).chain(&seen.opens) {
                    see(Aspect::Session, &format!("{id}|{network}"));
                }
            }
        }
    }
}

/// Which of the places for events of a group the one takes that was counted last: the oldest's.
fn place(counted: Option<Habit>) -> i64 {
    counted.map_or(0, |habit| habit.times % CITED)
}

/// Whether a run of a repository was on at a moment.
pub(super) fn was_on(repository: &Baseline, at: DateTime<Utc>) -> bool {
    let mut runs = repository.values(Aspect::Run, at);
    runs.any(|(run, habit)| is_on(repository, run, habit, at))
}

/// Whether one run, told of from its first to its last event, was on at a moment.
fn is_on(repository: &Baseline, run: &str, told: Habit, at: DateTime<Utc>) -> bool {
    let skew = TimeDelta::minutes(SKEW_MINUTES);
    if at < told.first - skew {
        return false;
    }
    let end = match repository.habit(Aspect::Ended, run, at) {
        Some(ended) => ended.last,
        None => told.last.max(told.first + TimeDelta::hours(RUN_HOURS)),
    };
    at <= end + skew
}

/// Whether a run's deployment was approved by anybody.
pub(super) fn is_approved(repository: &Baseline, run: &str, at: DateTime<Utc>) -> bool {
    of_run(repository, Aspect::Approver, run, at)
        .next()
        .is_some()
}

/// Who is kept beside a run under an aspect.
pub(super) fn of_run<'a>(
    repository: &'a Baseline,
    aspect: Aspect,
    run: &'a str,
    at: DateTime<Utc>,
) -> impl Iterator<Item = (&'a str, Habit)> {
    repository
        .values(aspect, at)
        .filter_map(move |(value, habit)| {
            let (of, who) = value.split_once('|')?;
            (of == run).then_some((who, habit))
        })
}
