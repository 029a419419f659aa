//! The part of the rule that needs no runs: a service account whose key is used by a person, or was used from elsewhere.

use chrono::TimeDelta;
use contract::findings::{Confidence, Severity};
use contract::ids::EventId;

use super::{elsewhere, person, sentence};
use crate::detect::baseline::{LEARNING_DAYS, LEARNING_TIMES};
use crate::detect::rules::{day, moment};
use crate::detect::{Aspect, Judged, View};

/// Days after which a service that comes back to its network had moved.
const AWAY_DAYS: i64 = 7;

/// A service has no runs to compare with: a person's program speaks, or a network it went to and came back from.
pub(super) fn judge(view: &View<'_>) -> Option<Judged> {
    let mut events = Vec::new();
    let (severity, reasons) = if let Some(person) = person(view) {
        let elsewhere = elsewhere(view);
        let severity = elsewhere
            .as_ref()
            .map_or(Severity::Medium, |_| Severity::High);
        let reasons = std::iter::once(person).chain(elsewhere.map(|(words, _)| words));
        (severity, reasons.collect::<Vec<_>>())
    } else {
        let (words, event) = strayed(view)?;
        events.push(event);
        (Severity::Medium, vec![words])
    };
    let mut judged = Judged::new(
        severity,
        // No run is missing: it may be its owner at work.
        Confidence::Possible,
        "Service account's credential used outside its service".to_owned(),
        sentence(&reasons),
    )
    .about(view.at.format("%Y-%m-%d").to_string());
    judged.events = events;
    Some(judged)
}

/// Back in the only network it had for long, after a use from another one: in words, with the event there. A service
/// that moves does not come back.
fn strayed(view: &View<'_>) -> Option<(String, EventId)> {
    let here = view.seen.network.as_deref()?;
    let home = view.own.habit(Aspect::Network, here, view.at)?;
    let watched = view.at - home.first >= TimeDelta::days(LEARNING_DAYS);
    if !watched || home.times < LEARNING_TIMES {
        return None;
    }
    let mut others = view
        .own
        .values(Aspect::Network, view.at)
        .filter(|(network, _)| *network != here);
    let (network, stray) = others.next()?;
    let between = stray.first > home.last
        && stray.last < view.at
        && view.at - stray.first <= TimeDelta::days(AWAY_DAYS);
    (between && others.next().is_none()).then(|| {
        let words = format!(
            "it was used from {network} at {} and is back in {here}, its only network since {}",
            moment(stray.first),
            day(home.first)
        );
        (words, stray.event)
    })
}

#[cfg(test)]
mod tests {
    use contract::events::EventFormat;
    use contract::identities::IdentityKind;

    use super::*;
    use crate::detect::tests::{Feed, known, rules};
    use crate::detect::{Detected, Known};

    /// A service account that is used by a program from one address, day after day.
    fn service() -> Feed {
        let mut feed = Feed::default();
        feed.know(Known {
            kind: IdentityKind::ServiceAccount,
            declared: Vec::new(),
            ..known()
        });
        for day in 0..30 {
            assert_eq!(serves(&mut feed, day, 0, "192.0.2.1"), [], "day {day}");
        }
        feed
    }

    fn serves(feed: &mut Feed, day: i64, second: i64, address: &str) -> Vec<Detected> {
        used_by(feed, (day, second), address, "aws-sdk-rust/1.8 os/linux")
    }

    fn used_by(feed: &mut Feed, at: (i64, i64), address: &str, agent: &str) -> Vec<Detected> {
        feed.acts(at.0, at.1, EventFormat::AwsCloudtrail, |event| {
            event.source_ip = Some(address.to_owned());
            event.joins.agent = Some(agent.to_owned());
            event.joins.access_key = Some("AKIA1".to_owned());
        })
    }

    #[test]
    fn fires_for_a_service_account_in_a_persons_program() {
        let desktop = "aws-cli/2.22.7 os/macos#24.1";
        for (address, severity) in [
            ("192.0.2.1", Severity::Medium),
            ("203.0.113.9", Severity::High),
        ] {
            let mut feed = service();
            let found = used_by(&mut feed, (30, 0), address, desktop);
            assert_eq!(rules(&found), ["outside_pipeline"]);
            assert_eq!(
                (found[0].severity, found[0].confidence),
                (severity, Confidence::Possible)
            );
            let said = &found[0].detail;
            assert!(said.contains("aws-cli on a desktop"), "{said}");
            assert!(said.contains("aws-sdk-rust"), "what is usual: {said}");
        }
    }

    #[test]
    fn fires_for_a_service_account_that_is_back_from_elsewhere() {
        let mut feed = service();
        assert_eq!(serves(&mut feed, 30, 0, "203.0.113.9"), [], "it may move");
        let found = serves(&mut feed, 30, 7200, "192.0.2.1");
        assert_eq!(rules(&found), ["outside_pipeline"]);
        assert_eq!(found[0].events.len(), 2, "there and back");
        assert!(
            found[0].detail.contains("203.0.0.0/16"),
            "{}",
            found[0].detail
        );
        assert_eq!(serves(&mut feed, 31, 0, "192.0.2.1"), [], "once");
    }

    #[test]
    fn nearly_fires_for_a_service_account_that_moves_or_always_had_two_networks() {
        let mut feed = service();
        for day in 30..40 {
            assert_eq!(serves(&mut feed, day, 0, "203.0.113.9"), [], "it moved");
        }
        assert_eq!(serves(&mut feed, 40, 0, "192.0.2.1"), [], "and moves back");
        let mut two = service();
        serves(&mut two, 30, 0, "203.0.113.9");
        serves(&mut two, 31, 0, "192.0.2.1");
        serves(&mut two, 32, 0, "198.51.100.9");
        assert_eq!(serves(&mut two, 33, 0, "192.0.2.1"), []);
    }

    #[test]
    fn unknown_while_a_service_account_is_learnt() {
        let mut feed = Feed::default();
        feed.know(Known {
            kind: IdentityKind::ServiceAccount,
            ..known()
        });
        for day in 0..9 {
            serves(&mut feed, day, 0, "192.0.2.1");
        }
        assert_eq!(serves(&mut feed, 9, 0, "203.0.113.9"), []);
        assert_eq!(serves(&mut feed, 9, 7200, "192.0.2.1"), []);
        let browser = "Mozilla/5.0 (Macintosh) Safari";
        assert_eq!(used_by(&mut feed, (10, 0), "192.0.2.1", browser), []);
    }
}
