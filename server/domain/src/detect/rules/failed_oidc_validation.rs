//! Tokens that were refused, grouped by issuer, whom they claimed to be, and reason.

use chrono::{DateTime, TimeDelta, Utc};
use contract::findings::{Confidence, Severity};
use contract::ids::EventId;

use super::day;
use crate::detect::{Aspect, Baseline, Habit, Judged, Rule, Scope, View};

/// Attempts of a day from which on a stranger's are no accident.
const STRANGERS: i64 = 2;
/// The same for repositories whose runs are told of.
const OWN: i64 = 3;
/// Attempts from which on somebody tries hard.
const MANY: i64 = 8;
/// Minutes over which the attempts of one's own must spread: a run that fails tries again for a while.
const SPREAD_MINUTES: i64 = 20;

/// The rule.
pub const RULE: Rule = Rule {
    id: "failed_oidc_validation",
    name: "Token refused again and again",
    rationale: "A trust refused this token: a pipeline that was renamed or moved, or a stranger's pipeline that tries \
                whether a role admits it.",
    fix: "If the repository is yours, mend the trust or the workflow; if not, see that no trust admits it by a wildcard.",
    controls: &[
        "T1550.001",
        "NHI4:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.8.5",
        "NIST 800-53 AC-7",
        "PCI DSS 4.0.1 8.3.4",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let (issuer, claimed, reason) = view.seen.refused()?;
    let value = format!("{issuer}|{claimed}|{reason}|{}", view.at.date_naive());
    let nobody = view.memory.baseline(&Scope::Nobody);
    let habit = nobody.habit(Aspect::Refused, &value, view.at)?;
    let own = view
        .repository
        .habit(Aspect::Count, "runs", view.at)
        .is_some();
    let spread = habit.last - habit.first >= TimeDelta::minutes(SPREAD_MINUTES);
    if habit.times < if own { OWN } else { STRANGERS } || own && !spread {
        return None;
    }
    let severity = if !own && habit.times >= MANY {
        Severity::High
    } else {
        Severity::Medium
    };
    let whose = if own {
        "a repository whose runs are known here"
    } else {
        "nobody known here"
    };
    let why = format!(
        "{} attempts since {} were refused ({reason}); the tokens claim to be {claimed}, {whose}.",
        habit.times,
        habit.first.format("%H:%M UTC on %-d %b"),
    );
    let role = view.seen.event.role.clone();
    let mut judged = Judged::new(
        severity,
        Confidence::Certain,
        format!("Tokens of {claimed} are refused"),
        why,
    )
    .about(format!("{issuer} {claimed} {reason}"))
    .fact("Issuer", issuer)
    .fact(
        "Claims to be",
        view.seen.event.subject.clone().unwrap_or(claimed),
    )
    .fact(
        "Role asked for",
        role.unwrap_or_else(|| "not told".to_owned()),
    )
    .fact("Reason", reason)
    .fact(
        "Attempts",
        format!(
            "{} on {}, retries within a minute counted once",
            habit.times,
            day(view.at)
        ),
    );
    judged.events = attempts(nobody, &value, view.at);
    Some(judged)
}

/// The last attempts of a group that are remembered one by one, oldest first.
fn attempts(nobody: &Baseline, group: &str, at: DateTime<Utc>) -> Vec<EventId> {
    let of = |value: &str| {
        let place = value
            .strip_prefix(group)
            .and_then(|rest| rest.strip_prefix('|'));
        place.is_some_and(|place| place.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let refusals = nobody.values(Aspect::Refusal, at);
    let mut all: Vec<Habit> = refusals
        .filter(|(value, _)| of(value))
        .map(|(_, habit)| habit)
        .collect();
    all.sort_unstable_by_key(|habit| (habit.last, habit.event.0));
    all.into_iter().map(|habit| habit.event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::{Feed, rules};

    #[test]
    fn fires_for_a_stranger_and_stays_one_finding() {
        let mut feed = Feed::default();
        assert_eq!(feed.refused(0, 0, "evil/shop"), []);
        let second = feed.refused(0, 120, "evil/shop");
        assert_eq!(rules(&second), ["failed_oidc_validation"]);
        assert_eq!(second[0].events.len(), 2, "both attempts");
        let many: Vec<_> = (2..30)
            .flat_map(|n| feed.refused(0, n * 120, "evil/shop"))
            .collect();
        let last = many.last().expect("fires");
        assert_eq!(last.fingerprint, second[0].fingerprint);
        assert_eq!(
            (second[0].severity, last.severity),
            (Severity::Medium, Severity::High)
        );
        assert_eq!(last.events.len(), 20, "the last ones");
    }

    #[test]
    fn nearly_fires_for_a_vendors_retries_and_for_another_subject() {
        let mut feed = Feed::default();
        for n in 0..12 {
            assert_eq!(
                feed.refused(0, n * 5, "evil/shop"),
                [],
                "retries within a minute are one attempt"
            );
        }
        assert_eq!(feed.refused(0, 400, "evil/other"), []);
        // One of ours that fails for ten minutes and is mended.
        let mut own = Feed::learnt(|feed, day| feed.run(day, "77", "mona"));
        for n in 0..5 {
            assert_eq!(own.refused(20, n * 120, "acme/shop"), []);
        }
        assert_eq!(
            rules(&own.refused(20, 1300, "acme/shop")),
            ["failed_oidc_validation"]
        );
    }

    #[test]
    fn fires_as_well_when_the_newest_is_told_first() {
        let mut feed = Feed::default();
        let all: Vec<_> = (0..30)
            .flat_map(|n| feed.refused(0, (30 - n) * 300, "evil/shop"))
            .collect();
        let last = all.last().expect("fires");
        assert!(last.detail.starts_with("30 attempts"), "{}", last.detail);
        assert_eq!(last.severity, Severity::High);
        let mut retries = Feed::default();
        for n in 0..12 {
            assert_eq!(retries.refused(0, 60 - n * 5, "evil/shop"), []);
        }
    }

    #[test]
    fn unknown_where_the_log_does_not_say_who_asked() {
        let mut feed = Feed::default();
        for n in 0..9 {
            assert_eq!(feed.refused_without_claim(n * 120), []);
        }
    }
}
