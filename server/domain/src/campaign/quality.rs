//! How carefully a campaign was answered, from what its answers say of themselves. A signal, never a verdict.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::campaigns::DecisionKind;
use serde::{Deserialize, Serialize};

use super::item::Decision;

/// Approvals in [`BURST`] that nobody can have looked at.
pub const BURST_APPROVALS: usize = 30;
/// The stretch they are counted in.
pub const BURST: TimeDelta = TimeDelta::seconds(90);
/// Fewest answers a share is judged from.
const FEWEST: u64 = 10;
/// Seconds on an item under which an answer was hardly read.
const HASTY: u32 = 3;

/// How one person answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answered {
    /// Their name.
    pub name: String,
    /// Answers given.
    pub answers: u64,
    /// Of these, approvals.
    pub approvals: u64,
    /// Of these, one answer for many.
    pub bulk: u64,
    /// Of these, against the recommendation.
    pub against: u64,
    /// Of these, given within three seconds of the page being made.
    pub hasty: u64,
    /// Most approvals within 90 seconds, one answer for many not counted.
    pub burst: u64,
    /// Median seconds on an item, where known.
    pub median_seconds: Option<u32>,
    /// Why somebody should look, one sentence each; empty when nothing stands out.
    pub signals: Vec<String>,
}

/// Counts answers while they pass by, in any order.
#[derive(Debug, Clone, Default)]
pub struct Counter {
    people: BTreeMap<String, One>,
}

#[derive(Debug, Clone, Default)]
struct One {
    name: String,
    seconds: Vec<u32>,
    approved_at: Vec<DateTime<Utc>>,
    counted: Answered,
}

impl Counter {
    /// Takes one answer.
    pub fn add(&mut self, decision: &Decision) {
        let one = self.people.entry(decision.by.to_string()).or_default();
        one.name.clone_from(&decision.by_name);
        let counted = &mut one.counted;
        counted.answers += 1;
        counted.against += u64::from(!decision.followed);
        counted.bulk += u64::from(decision.bulk);
        if decision.decision == DecisionKind::Approve {
            counted.approvals += 1;
            if !decision.bulk {
                one.approved_at.push(decision.at);
            }
        }
        if let Some(seconds) = decision.seconds {
            counted.hasty += u64::from(seconds < HASTY);
            one.seconds.push(seconds);
        }
    }

    /// What there is to say of each person, those with a signal first.
    pub fn finish(self) -> Vec<Answered> {
        let mut out: Vec<Answered> = self.people.into_values().map(One::finish).collect();
        out.sort_by(|a, b| (a.signals.is_empty(), &a.name).cmp(&(b.signals.is_empty(), &b.name)));
        out
    }
}

impl One {
    fn finish(mut self) -> Answered {
        let mut out = self.counted;
        out.name = self.name;
        self.seconds.sort_unstable();
        out.median_seconds = self.seconds.get(self.seconds.len() / 2).copied();
        self.approved_at.sort_unstable();
        out.burst = burst(&self.approved_at) as u64;
        if out.burst >= BURST_APPROVALS as u64 {
            out.signals
                .push(format!("{} approvals within 90 seconds.", out.burst));
        }
        if out.answers >= FEWEST && out.bulk == out.answers {
            out.signals
                .push("Every answer was one for many.".to_owned());
        }
        if out.answers >= FEWEST && out.hasty * 2 > out.answers {
            out.signals.push(format!(
                "{} of {} answers came within three seconds.",
                out.hasty, out.answers
            ));
        }
        out
    }
}

/// Most moments within [`BURST`]; `times` in order.
fn burst(times: &[DateTime<Utc>]) -> usize {
    let mut most = 0;
    let mut first = 0;
    for (last, at) in times.iter().enumerate() {
        while *at - times[first] > BURST {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    most
}

#[cfg(test)]
mod tests {
    use contract::campaigns::Advice;
    use contract::ids::PersonId;

    use super::*;

    fn decision(second: i64, bulk: bool, seconds: Option<u32>) -> Decision {
        Decision {
            decision: DecisionKind::Approve,
            reason: String::new(),
            targets: vec![],
            by: PersonId(uuid::Uuid::from_u128(1)),
            by_name: "Jonas Hale".into(),
            at: DateTime::from_timestamp(1_790_000_000 + second, 0).expect("time"),
            frozen_hash: String::new(),
            current_hash: None,
            advice: Advice::Approve,
            followed: true,
            bulk,
            at_once: false,
            stage: 1,
            seconds,
        }
    }

    fn judged(all: impl IntoIterator<Item = Decision>) -> Answered {
        let mut counter = Counter::default();
        for one in all {
            counter.add(&one);
        }
        counter.finish().remove(0)
    }

    #[test]
    fn two_hundred_approvals_in_ninety_seconds_need_a_look() {
        let rubber = judged((0..200).map(|n| decision(n * 9 / 20, false, Some(0))));
        assert_eq!(rubber.burst, 200);
        assert_eq!(rubber.signals.len(), 2, "{:?}", rubber.signals);
    }

    #[test]
    fn all_in_bulk_needs_a_look_and_careful_work_does_not() {
        let bulk = judged((0..20).map(|_| decision(0, true, None)));
        assert_eq!(bulk.signals, ["Every answer was one for many."]);
        let careful = judged((0..40).map(|n| decision(n * 30, false, Some(25))));
        assert!(careful.signals.is_empty());
        assert_eq!(careful.median_seconds, Some(25));
    }
}
