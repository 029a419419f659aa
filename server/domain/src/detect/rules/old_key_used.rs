//! A key used again after its successor had taken over.

use chrono::TimeDelta;
use contract::findings::{Confidence, Severity};

use super::{day, moment};
use crate::detect::{Aspect, Judged, Rule, View};

/// Days a newer key must have been in use.
const SETTLED_DAYS: i64 = 7;
/// Days the old one must have been silent: during a rotation both are used.
const SILENT_DAYS: i64 = 2;
/// Uses by which the newer one has taken over.
const TAKEN_OVER: i64 = 5;

/// The rule.
pub const RULE: Rule = Rule {
    id: "old_key_used",
    name: "Old key used after its successor",
    rationale: "Once the new key is in use everywhere, nobody should still have the old one. Who uses it kept a copy.",
    fix: "Revoke the old key now, and find who used it.",
    controls: &[
        "T1078.004",
        "NHI1:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.5.17",
        "NIST 800-53 IA-5(1)",
        "PCI DSS 4.0.1 8.6.3",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let handle = view.seen.handle.as_ref().filter(|handle| handle.lasting)?;
    view.seen.identity?;
    let old = view.own.habit(Aspect::Key, &handle.id, view.at)?;
    if view.at - old.last < TimeDelta::days(SILENT_DAYS) {
        return None;
    }
    let (successor, new) = view
        .own
        .values(Aspect::Key, view.at)
        .filter(|(key, habit)| {
            *key != handle.id
                && habit.first > old.first
                && habit.times >= TAKEN_OVER
                && view.at - habit.first >= TimeDelta::days(SETTLED_DAYS)
                && habit.last > old.last
        })
        .max_by_key(|(key, habit)| (habit.first, *key))?;
    let why = format!(
        "{successor} has been in use since {} and {} was silent since {}; now it was used again.",
        day(new.first),
        handle.id,
        day(old.last)
    );
    Some(
        Judged::new(
            Severity::High,
            Confidence::Likely,
            format!("Old key {} used again", handle.id),
            why,
        )
        .about(handle.id.clone())
        .fact("Old key", handle.id.clone())
        .fact("Successor", successor)
        .fact("Successor's first use", moment(new.first))
        .fact("Last use of the old before", moment(old.last)),
    )
}

#[cfg(test)]
mod tests {
    use contract::events::{EventFormat, EventKind};

    use crate::detect::tests::{Feed, rules};

    fn rotated() -> Feed {
        let mut feed = Feed::learnt(|feed, day| feed.calls(day, 0, "AKIA1", "192.0.2.1"));
        for day in 20..30 {
            assert_eq!(feed.calls(day, 0, "AKIA2", "192.0.2.1"), []);
        }
        feed
    }

    #[test]
    fn fires_when_the_old_one_comes_back() {
        let mut feed = rotated();
        let found = feed.calls(30, 0, "AKIA1", "192.0.2.1");
        assert_eq!(rules(&found), ["old_key_used"]);
        assert!(found[0].detail.contains("AKIA2"), "{}", found[0].detail);
    }

    #[test]
    fn fires_for_a_secret_of_entra() {
        let mut feed = Feed::learnt(|feed, day| feed.signs_in(day, 0, "secret-1", "192.0.2.1"));
        for day in 20..30 {
            assert_eq!(feed.signs_in(day, 0, "secret-2", "192.0.2.1"), []);
        }
        let found = feed.signs_in(30, 0, "secret-1", "192.0.2.1");
        assert_eq!(rules(&found), ["old_key_used"]);
        assert!(found[0].detail.contains("secret-2"), "{}", found[0].detail);
    }

    #[test]
    fn fires_however_often_it_logs_in_meanwhile() {
        let mut feed = rotated();
        for n in 0..1000 {
            let login = feed.acts(29, n * 60, EventFormat::VaultAudit, |event| {
                event.kind = EventKind::CredentialAssumption;
                event.joins.session = Some(format!("accessor-{n}"));
                event.joins.minted_key.clone_from(&event.joins.session);
            });
            assert_eq!(login, [], "an accessor is no key");
        }
        assert_eq!(
            rules(&feed.calls(30, 0, "AKIA1", "192.0.2.1")),
            ["old_key_used"]
        );
    }

    #[test]
    fn nearly_fires_while_both_are_in_use_and_for_the_new_one() {
        let mut feed = Feed::learnt(|feed, day| feed.calls(day, 0, "AKIA1", "192.0.2.1"));
        for day in 20..30 {
            assert_eq!(feed.calls(day, 0, "AKIA2", "192.0.2.1"), []);
            assert_eq!(feed.calls(day, 60, "AKIA1", "192.0.2.1"), [], "an overlap");
        }
        assert_eq!(feed.calls(35, 0, "AKIA2", "192.0.2.1"), []);
    }

    #[test]
    fn unknown_when_the_old_one_was_never_seen_before() {
        let mut feed = Feed::learnt(|feed, day| feed.calls(day, 0, "AKIA2", "192.0.2.1"));
        assert_eq!(feed.calls(30, 0, "AKIA1", "192.0.2.1"), []);
    }
}
