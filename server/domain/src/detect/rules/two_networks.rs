//! One session or key used from two networks at once.

use chrono::TimeDelta;
use contract::events::Outcome;
use contract::findings::{Confidence, Severity};

use super::moment;
use crate::detect::{Aspect, Habit, Judged, Rule, View};

/// Minutes within which two uses of a lasting key are at once.
const AT_ONCE_MINUTES: i64 = 30;
/// Networks up to which a lasting key's are few enough to tell a stranger's.
const FEW: usize = 4;

/// The rule.
pub const RULE: Rule = Rule {
    id: "two_networks",
    name: "Used in two networks at once",
    rationale: "A session belongs to one job on one machine. The same session from another network is a copy in \
                somebody else's hands.",
    fix: "End the session, renew the key, and look at everything done from the second network.",
    controls: &[
        "T1550.001",
        "NHI7:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.8.16",
        "NIST 800-53 SC-23",
        "PCI DSS 4.0.1 8.6.3",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let handle = view.seen.handle.as_ref()?;
    let network = view.seen.network.as_deref()?;
    if view.seen.event.outcome == Outcome::Failure || view.seen.identity.is_none() {
        return None;
    }
    let here = view.own.habit(
        Aspect::Session,
        &format!("{}|{network}", handle.id),
        view.at,
    );
    let (other, habit) = match (here, handle.lasting) {
        // A session dies with its job: its second network is enough.
        (None, false) => elsewhere(view, &handle.id)?,
        // A key may move with its service; it is in two places when it is back in the first.
        (Some(here), true) => intruder(view, &handle.id, here)?,
        _ => return None,
    };
    let what = if handle.lasting { "key" } else { "session" };
    let why = format!(
        "The {what} was used from {other} at {} and from {network} at {}.",
        moment(habit.last),
        moment(view.at),
    );
    let mut judged = Judged::new(
        Severity::High,
        Confidence::Likely,
        format!("One {what} used in two networks at once"),
        why,
    )
    .about(handle.id.clone())
    .fact("First network", other)
    .fact("Second network", network);
    judged.events.push(habit.event);
    Some(judged)
}

/// The networks a handle was used from.
fn networks<'a>(view: &View<'a>, handle: &'a str) -> impl Iterator<Item = (&'a str, Habit)> {
    view.own
        .values(Aspect::Session, view.at)
        .filter_map(move |(value, habit)| {
            let (of, network) = value.rsplit_once('|')?;
            (of == handle).then_some((network, habit))
        })
}

/// The other network the handle was used from last.
fn elsewhere(view: &View<'_>, handle: &str) -> Option<(String, Habit)> {
    networks(view, handle)
        .max_by_key(|(network, habit)| (habit.last, *network))
        .map(|(network, habit)| (network.to_owned(), habit))
}

/// A network nobody knew until minutes ago, between two uses from here; for a key of few networks.
fn intruder(view: &View<'_>, handle: &str, here: Habit) -> Option<(String, Habit)> {
    let at_once = TimeDelta::minutes(AT_ONCE_MINUTES);
    if here.last >= view.at || view.own.values(Aspect::Network, view.at).count() > FEW {
        return None;
    }
    let (network, habit) = networks(view, handle).find(|(_, other)| {
        other.first > here.last && other.last < view.at && view.at - other.first <= at_once
    })?;
    let known = view.own.habit(Aspect::Network, network, view.at)?;
    (known.first == habit.first).then(|| (network.to_owned(), habit))
}

#[cfg(test)]
mod tests {

    use crate::detect::tests::{Feed, rules};

    #[test]
    fn fires_for_a_session_seen_in_a_second_network() {
        let mut feed = Feed::default();
        assert_eq!(feed.calls(0, 0, "ASIA1", "20.57.1.1"), []);
        assert_eq!(
            feed.calls(0, 60, "ASIA1", "20.57.9.9"),
            [],
            "the same network"
        );
        let found = feed.calls(0, 120, "ASIA1", "203.0.113.9");
        assert_eq!(rules(&found), ["two_networks"]);
        assert_eq!(found[0].events.len(), 2, "both events");
    }

    #[test]
    fn fires_for_a_lasting_key_of_few_networks() {
        let mut feed = Feed::learnt(|feed, day| feed.calls(day, 0, "AKIA1", "192.0.2.1"));
        assert_eq!(feed.calls(20, 0, "AKIA1", "192.0.2.1"), []);
        assert_eq!(
            feed.calls(20, 60, "AKIA1", "203.0.113.9"),
            [],
            "it may have moved"
        );
        assert_eq!(
            rules(&feed.calls(20, 120, "AKIA1", "192.0.2.1")),
            ["two_networks"]
        );
    }

    #[test]
    fn nearly_fires_for_two_sessions_and_for_a_key_that_moved() {
        let mut feed = Feed::default();
        feed.calls(0, 0, "ASIA1", "20.57.1.1");
        assert_eq!(feed.calls(0, 60, "ASIA2", "203.0.113.9"), []);
        let mut moved = Feed::learnt(|feed, day| feed.calls(day, 0, "AKIA1", "192.0.2.1"));
        assert_eq!(moved.calls(20, 60, "AKIA1", "203.0.113.9"), []);
        assert_eq!(
            moved.calls(20, 120, "AKIA1", "203.0.113.9"),
            [],
            "never back"
        );
    }

    #[test]
    fn unknown_where_the_address_is_not_one() {
        let mut feed = Feed::default();
        feed.calls(0, 0, "ASIA1", "20.57.1.1");
        assert_eq!(feed.calls(0, 60, "ASIA1", "cloudtrail.amazonaws.com"), []);
    }
}
