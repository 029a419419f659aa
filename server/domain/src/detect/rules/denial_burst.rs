//! Many denials within minutes.

use contract::findings::{Confidence, Severity};

use super::moment;
use crate::detect::{Aspect, Judged, Rule, View};

/// Denials within ten minutes that are a burst.
const BURST: i64 = 15;

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
    let minutes = view.seen.denied()?;
    let habit = view.own.habit(Aspect::Denied, &minutes, view.at)?;
    if habit.times < BURST {
        return None;
    }
    let action = &view.seen.event.action;
    let why = format!(
        "{} denials within ten minutes, the last for {action}; {BURST} are a burst.",
        habit.times
    );
    Some(
        Judged::new(
            Severity::High,
            Confidence::Likely,
            "Denied again and again within minutes".to_owned(),
            why,
        )
        // The bursts of one day are one finding.
        .about(view.at.format("%Y-%m-%d").to_string())
        .fact("Denials", habit.times.to_string())
        .fact("First of them", moment(habit.first)),
    )
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

    #[test]
    fn nearly_fires_for_a_trickle() {
        let mut feed = Feed::default();
        for n in 0..100 {
            assert_eq!(feed.denied(0, n * 300), [], "one every five minutes");
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
