//! One session or key used from two networks at once.

use std::net::IpAddr;

use chrono::TimeDelta;
use contract::events::Outcome;
use contract::findings::{Confidence, Severity};

use super::moment;
use crate::detect::baseline::{LEARNING_DAYS, LEARNING_TIMES};
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
        // A session dies with its job: a second network that is not its job's as well is enough.
        (None, false) => elsewhere(view, &handle.id, network)?,
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
    // Sessions come and go; whoever takes them from one place to another is one finding.
    .about(pair(&other, network))
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

/// The network a session was used from last, of those that do not go with this one.
fn elsewhere(view: &View<'_>, session: &str, here: &str) -> Option<(String, Habit)> {
    networks(view, session)
        .filter(|(network, _)| !go_together(view, network, here))
        .max_by_key(|(network, habit)| (habit.last, *network))
        .map(|(network, habit)| (network.to_owned(), habit))
}

/// Whether one job may be seen in both: it leaves by two ways (an IPv4 and an IPv6 address, or a gateway and an endpoint
/// inside the cloud's network).
fn go_together(view: &View<'_>, one: &str, other: &str) -> bool {
    match (is_private(one), is_private(other)) {
        (true, true) => true,
        // Nobody's address on the internet: the other one tells, where it can be said that it is new.
        (true, false) => !is_strange(view, other),
        (false, true) => !is_strange(view, one),
        (false, false) => is_usual(view, one) && is_usual(view, other),
    }
}

/// Whether the identity came from a network for long and often.
fn is_usual(view: &View<'_>, network: &str) -> bool {
    let known = view.own.habit(Aspect::Network, network, view.at);
    known.is_some_and(|habit| {
        habit.times >= LEARNING_TIMES && view.at - habit.first >= TimeDelta::days(LEARNING_DAYS)
    })
}

/// Whether a network is none of those of an identity that was watched for long.
fn is_strange(view: &View<'_>, network: &str) -> bool {
    let watched = |known: &str| known != network && is_usual(view, known);
    let mut known = view.own.values(Aspect::Network, view.at);
    !is_usual(view, network) && known.any(|(known, _)| watched(known))
}

/// Whether a network is inside somebody's own: no address of the internet.
fn is_private(network: &str) -> bool {
    let address = network.split('/').next().and_then(|text| text.parse().ok());
    match address {
        Some(IpAddr::V4(v4)) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || shared
        }
        Some(IpAddr::V6(v6)) => {
            v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback()
        }
        None => false,
    }
}

/// Two networks, the same in either order.
fn pair(one: &str, other: &str) -> String {
    format!("{}|{}", one.min(other), one.max(other))
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
    use contract::events::EventFormat;
    use contract::findings::Severity;

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
    fn fires_for_a_secret_of_entra_and_for_the_session_it_opened() {
        let mut feed = Feed::learnt(|feed, day| feed.signs_in(day, 0, "secret", "192.0.2.1"));
        assert_eq!(feed.signs_in(20, 0, "secret", "192.0.2.1"), []);
        let stolen = feed.acts(20, 30, EventFormat::AzureActivity, |event| {
            event.source_ip = Some("198.51.100.9".to_owned());
            event.joins.session = Some("uti-20-0".to_owned());
        });
        assert_eq!(rules(&stolen), ["two_networks"], "the session");
        assert_eq!(feed.signs_in(20, 60, "secret", "203.0.113.9"), []);
        assert_eq!(
            rules(&feed.signs_in(20, 120, "secret", "192.0.2.1")),
            ["two_networks"],
            "the secret"
        );
    }

    /// Three weeks of sessions, each seen in two networks.
    fn two_ways(one: &str, other: &str) -> Feed {
        let mut feed = Feed::default();
        for day in 0..21 {
            let session = format!("ASIA{day}");
            feed.calls(day, 0, &session, one);
            feed.calls(day, 60, &session, other);
        }
        feed
    }

    #[test]
    fn fires_for_a_strange_network_beside_two_usual_ones() {
        for (one, other) in [("10.4.1.1", "52.57.1.1"), ("52.57.1.1", "2001:db8:7::1")] {
            let mut feed = two_ways(one, other);
            feed.calls(21, 0, "ASIA21", one);
            assert_eq!(feed.calls(21, 60, "ASIA21", other), []);
            let found = feed.calls(21, 120, "ASIA21", "203.0.113.9");
            assert_eq!(rules(&found), ["two_networks"]);
            assert_eq!(found[0].severity, Severity::High);
        }
    }

    #[test]
    fn fires_once_for_each_pair_of_networks() {
        let mut feed = Feed::default();
        let mut prints = Vec::new();
        for session in ["ASIA1", "ASIA2"] {
            feed.calls(0, 0, session, "20.57.1.1");
            prints.push(feed.calls(0, 60, session, "203.0.113.9")[0].fingerprint);
        }
        feed.calls(0, 0, "ASIA3", "203.0.113.9");
        prints.push(feed.calls(0, 60, "ASIA3", "20.57.1.1")[0].fingerprint);
        prints.dedup();
        assert_eq!(prints.len(), 1, "whichever came first");
        feed.calls(0, 0, "ASIA4", "20.57.1.1");
        let other = feed.calls(0, 60, "ASIA4", "198.51.100.9");
        assert_ne!(other[0].fingerprint, prints[0]);
    }

    #[test]
    fn nearly_fires_for_a_job_that_leaves_by_two_ways() {
        for (one, other) in [("52.57.1.1", "2001:db8:7::1"), ("52.57.1.1", "52.58.1.1")] {
            let mut feed = two_ways(one, other);
            feed.calls(21, 0, "ASIA21", one);
            assert_eq!(feed.calls(21, 60, "ASIA21", other), [], "{one} and {other}");
        }
        let mut inside = Feed::default();
        inside.calls(0, 0, "ASIA1", "52.57.1.1");
        for address in ["10.4.1.1", "100.64.1.1", "fd12:3456:789a::1"] {
            assert_eq!(inside.calls(0, 60, "ASIA1", address), [], "{address}");
        }
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
