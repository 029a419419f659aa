//! Many denials within minutes.

use chrono::TimeDelta;
use contract::findings::{Confidence, Severity};

use super::moment;
use crate::detect::seen::BURST_SECONDS;
use crate::detect::{Aspect, Habit, Judged, Rule, View};

/// Denials within ten minutes that are a burst.
const BURST: i64 = 15;
/// Denials a finding cites at a time: the last ones.
const MOST_CITED: usize = 20;

/// The rule.
pub const RULE: Rule = Rule {
    id: "denial_burst",
    name: "Burst of denials",
    rationale: "A program asks for what it may do. Many denials within minutes are somebody finding out what a stolen \
                credential is good for, or a pipeline that broke.",
    fix: "Look at what was asked for; if no change of the pipeline explains it, end its sessions and renew the credential.",
    controls: &[
        "T1580",
        "NHI5:2025",
        "SOC 2 CC7.2",
        "ISO 27001 A.8.16",
        "NIST 800-53 AU-6",
        "PCI DSS 4.0.1 10.4.1",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let from = view.seen.denied()?;
    let bucket = view.own.habit(Aspect::Denied, &from.to_string(), view.at)?;
    let near = near(view);
    // The bucket counts them all, what is remembered one by one goes across its end.
    let denials = bucket.times.max(i64::try_from(near.len()).unwrap_or(0));
    if denials < BURST {
        return None;
    }
    let action = &view.seen.event.action;
    let why = format!(
        "{denials} denials within ten minutes, the last for {action}; {BURST} are a burst."
    );
    let first = near
        .iter()
        .map(|habit| habit.last)
        .fold(bucket.first, Ord::min);
    let mut judged = Judged::new(
        Severity::High,
        Confidence::Likely,
        "Denied again and again within minutes".to_owned(),
        why,
    )
    // The bursts of one day are one finding.
    .about(view.at.format("%Y-%m-%d").to_string())
    .fact("Denials", denials.to_string())
    .fact("First of them", moment(first));
    let cited = near.len().saturating_sub(MOST_CITED);
    judged.events = near[cited..].iter().map(|habit| habit.event).collect();
    Some(judged)
}

/// The denials within ten minutes before this one, or after it where the newest is told first; the oldest comes first.
fn near(view: &View<'_>) -> Vec<Habit> {
    let longest = TimeDelta::seconds(BURST_SECONDS);
    let mut all: Vec<Habit> = view
        .own
        .values(Aspect::Denial, view.at)
        .map(|(_, habit)| habit)
        .filter(|habit| (view.at - habit.last).abs() < longest)
        .collect();
    all.sort_unstable_by_key(|habit| (habit.last, habit.event.0));
    let before = all.partition_point(|habit| habit.last <= view.at);
    let earlier = all.partition_point(|habit| habit.last < view.at);
    if before >= all.len() - earlier {
        all.truncate(before);
    } else {
        all.drain(..earlier);
    }
    all
}

#[cfg(test)]
mod tests {

    use crate::detect::tests::Feed;

    #[test]
    fn fires_for_a_burst_one_finding_a_day() {
        let mut feed = Feed::default();
        let burst: Vec<_> = (0..30).flat_map(|n| feed.denied(3, n)).collect();
        assert!(!burst.is_empty() && burst.iter().all(|one| one.rule == "denial_burst"));
        assert!(
            burst
                .iter()
                .all(|one| one.fingerprint == burst[0].fingerprint)
        );
        let next: Vec<_> = (0..30).flat_map(|n| feed.denied(4, n)).collect();
        assert_ne!(next[0].fingerprint, burst[0].fingerprint);
    }

    /// Seconds into a day of the tests after which ten minutes begin anew.
    const BEGINS: i64 = 400;

    #[test]
    fn fires_across_the_end_of_ten_minutes_and_cites_them_all() {
        for backwards in [false, true] {
            let mut feed = Feed::default();
            let mut seconds: Vec<i64> = (0..28).map(|n| BEGINS - 140 + n * 10).collect();
            if backwards {
                seconds.reverse();
            }
            let found: Vec<Vec<_>> = seconds.iter().map(|at| feed.denied(3, *at)).collect();
            let fired: Vec<_> = found.iter().map(Vec::len).collect();
            assert_eq!(fired, [vec![0; 14], vec![1; 14]].concat());
            assert_eq!(found[14][0].events.len(), 15, "each of them");
            assert!(found[14][0].detail.starts_with("15 denials"));
            let last = &found[27][0];
            assert!(last.events.len() >= 20, "{}", last.events.len());
        }
    }

    #[test]
    fn fires_with_no_more_events_than_can_be_read() {
        let mut feed = Feed::default();
        let found: Vec<_> = (0..500).flat_map(|n| feed.denied(3, BEGINS + n)).collect();
        let last = found.last().expect("fires");
        assert!(last.detail.starts_with("500 denials"), "{}", last.detail);
        assert_eq!(last.events.len(), 20);
    }

    #[test]
    fn nearly_fires_for_a_trickle() {
        let mut feed = Feed::default();
        for n in 0..100 {
            assert_eq!(feed.denied(0, n * 300), [], "one every five minutes");
        }
        for n in 0..100 {
            assert_eq!(feed.denied(3, n * 43), [], "fourteen in ten minutes");
        }
    }

    #[test]
    fn unknown_where_nobody_was_denied() {
        let mut feed = Feed {
            identity: None,
            ..Feed::default()
        };
        for n in 0..30 {
            assert_eq!(feed.denied(3, n), []);
        }
    }
}
