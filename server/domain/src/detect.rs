//! Detection: what an event says against what is usual.
//!
//! Events are judged in the order of the feed, each against the baselines its predecessors left, and then learnt from.
//! What the rules ask of an event is prepared once ([`Seen`]), what they compare with is kept in a [`Memory`]. One rule
//! is one file in `detect/rules`, its id the file's name. Nothing here reads a clock or a database: the same feed gives
//! the same findings, and reading it twice gives none twice.
//!
//! What is judged by the state of one identity and not by one event (use after the end, an unregistered identity, a
//! retired key, persistent runners) are rules of `finding`.

pub mod baseline;
pub mod changed;
pub mod gaps;
pub mod memory;
pub mod record;
pub mod refusal;
mod rules;
pub mod seen;

use chrono::{DateTime, TimeDelta, Utc};
use contract::findings::{Confidence, Severity};
use contract::ids::{EventId, IdentityId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use baseline::{Aspect, Baseline, Habit};
pub use memory::{Known, Memory, Scope, Unless, Waiting};
pub use record::Record;
pub use seen::Seen;

/// Minutes a finding waits for the event that would explain it: sources deliver at different speeds.
const PATIENCE_MINUTES: i64 = 30;

/// A rule.
pub struct Rule {
    /// Stable id; the file's name.
    pub id: &'static str,
    /// Short name.
    pub name: &'static str,
    /// Why it matters.
    pub rationale: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// MITRE ATT&CK technique, then OWASP NHI Top 10 and control ids.
    pub controls: &'static [&'static str],
    /// Judges one event.
    pub judge: fn(&View<'_>) -> Option<Judged>,
}

/// What a rule looks at: the event, and what is known of whom it concerns.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The event.
    pub seen: &'a Seen<'a>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What is usual of its identity; of nobody's tokens where it has none.
    pub own: &'a Baseline,
    /// What is usual of its repository; empty where it has none.
    pub repository: &'a Baseline,
    /// Everything remembered.
    pub memory: &'a Memory,
    /// What the roll says of its identity.
    pub known: Option<&'a Known>,
    /// What the roll says of the identity it changed.
    pub affected: Option<&'a Known>,
}

/// What a rule says of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What it is about beside rule and identity: the same is one finding for ever.
    pub about: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What happened, in a few words.
    pub title: String,
    /// Why it fired, in one sentence, with what is usual.
    pub why: String,
    /// Facts it rests on, with what is usual: label and value.
    pub facts: Vec<(String, String)>,
    /// Events beside the one that is judged.
    pub events: Vec<EventId>,
    /// What would prove it wrong, where that may still come.
    pub unless: Option<Unless>,
}

impl Judged {
    /// Begins a judgement without facts of its own.
    fn new(severity: Severity, confidence: Confidence, title: String, why: String) -> Self {
        Self {
            about: String::new(),
            severity,
            confidence,
            title,
            why,
            facts: Vec::new(),
            events: Vec::new(),
            unless: None,
        }
    }

    /// What it is about beside rule and identity.
    fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    /// A fact it rests on.
    fn fact(mut self, label: &str, value: impl Into<String>) -> Self {
        self.facts.push((label.to_owned(), value.into()));
        self
    }

    /// What is usual, each with when it was seen last.
    fn usual(mut self, known: &[(String, Habit)]) -> Self {
        for (value, habit) in known {
            let times = format!(
                "{value}: {} times since {}",
                habit.times,
                rules::day(habit.first)
            );
            self.facts.push(("Usual".to_owned(), times));
        }
        self
    }
}

/// A finding of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detected {
    /// Rule id.
    pub rule: String,
    /// Whose; nobody's when no selector matched.
    pub identity: Option<IdentityId>,
    /// The same for the same thing.
    pub fingerprint: [u8; 32],
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Title.
    pub title: String,
    /// One sentence.
    pub detail: String,
    /// What to do.
    pub fix: String,
    /// Label and value: when, and what is usual.
    pub evidence: Vec<(String, String)>,
    /// The very events, oldest first.
    pub events: Vec<EventId>,
    /// When the last of them happened.
    pub at: DateTime<Utc>,
}

/// Every rule.
pub const REGISTRY: &[&Rule] = &[
    &rules::unusual_role::RULE,
    &rules::failed_oidc_validation::RULE,
    &rules::first_secret_access::RULE,
    &rules::unexpected_deployment::RULE,
    &rules::outside_pipeline::RULE,
    &rules::unticketed_change::RULE,
    &rules::new_persistent_runner::RULE,
    &rules::unapproved_deployment::RULE,
    &rules::denial_burst::RULE,
    &rules::two_networks::RULE,
    &rules::old_key_used::RULE,
    &rules::refused_delivery::RULE,
    &rules::trail_gap::RULE,
];

/// The rule of an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    REGISTRY.iter().copied().find(|rule| rule.id == id)
}

/// Judges one event by every rule, then learns from it.
pub fn step(memory: &mut Memory, seen: &Seen<'_>) -> Vec<Detected> {
    // What repeats within a burst or a group is counted before it is judged: the event itself is one of them.
    memory.note(seen);
    let view = view(memory, seen);
    let mut found = Vec::new();
    let mut waiting = Vec::new();
    for rule in REGISTRY {
        let Some(mut judged) = (rule.judge)(&view) else {
            continue;
        };
        let unless = judged.unless.take();
        let detected = finish(rule, seen, judged);
        match unless {
            Some(unless) => waiting.push(Waiting {
                detected,
                unless,
                until: seen.received_at + TimeDelta::minutes(PATIENCE_MINUTES),
            }),
            None => found.push(detected),
        }
    }
    for one in waiting {
        memory.wait(one);
    }
    memory.learn(seen);
    found
}

fn view<'a>(memory: &'a Memory, seen: &'a Seen<'a>) -> View<'a> {
    let (own, repository) = Scope::of(seen);
    View {
        seen,
        at: seen.event.occurred_at,
        own: memory.baseline(&own),
        repository: repository
            .as_ref()
            .map_or_else(|| memory.nothing(), |scope| memory.baseline(scope)),
        memory,
        known: memory.known(seen.identity),
        affected: memory.known(seen.affected),
    }
}

fn finish(rule: &'static Rule, seen: &Seen<'_>, judged: Judged) -> Detected {
    let identity = seen.affected.or(seen.identity);
    let mut evidence = vec![
        ("Happened".to_owned(), rules::moment(seen.event.occurred_at)),
        ("Action".to_owned(), seen.event.action.clone()),
    ];
    for (label, value) in [
        ("Actor", &seen.event.actor),
        ("Address", &seen.event.source_ip),
    ] {
        evidence.extend(value.clone().map(|value| (label.to_owned(), value)));
    }
    evidence.extend(judged.facts);
    let mut events = judged.events;
    events.retain(|id| *id != seen.id);
    events.push(seen.id);
    Detected {
        rule: rule.id.to_owned(),
        identity,
        fingerprint: fingerprint(rule.id, identity, &judged.about),
        severity: judged.severity,
        confidence: judged.confidence,
        title: judged.title,
        detail: judged.why,
        fix: rule.fix.to_owned(),
        evidence,
        events,
        at: seen.event.occurred_at,
    }
}

/// Depends on what the finding is about and on nothing that changes while it stays open.
pub fn fingerprint(rule: &str, identity: Option<IdentityId>, about: &str) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(b"detection\0");
    sha.update(rule.as_bytes());
    sha.update([0]);
    sha.update(identity.map_or([0; 16], |id| *id.0.as_bytes()));
    sha.update(about.as_bytes());
    sha.finalize().into()
}

#[cfg(test)]
mod tests;
