//! A trust, a key or a permission of an identity was changed, and no ticket says why.

use chrono::TimeDelta;
use contract::events::EventKind;
use contract::findings::{Confidence, Severity};
use contract::identities::IdentityKind;

use super::day;
use crate::detect::record::{reference, same_ticket};
use crate::detect::{Aspect, Judged, Rule, View};
use crate::event::ActorNature;

/// Days before and after the change in which a record in Rollcall explains it.
const BEFORE_DAYS: i64 = 1;
const AFTER_DAYS: i64 = 1;

/// The rule.
pub const RULE: Rule = Rule {
    id: "unticketed_change",
    name: "Trust, key or permission changed without a ticket",
    rationale: "Who may become an identity, what it may do and with which key are decided by ticket and review. A change \
                beside that is how access is widened quietly.",
    fix: "Name the ticket it belongs to, or take the change back and ask who made it.",
    controls: &[
        "T1098",
        "NHI5:2025",
        "SOC 2 CC8.1",
        "ISO 27001 A.5.18",
        "NIST 800-53 CM-3",
        "PCI DSS 4.0.1 7.2.1",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let seen = view.seen;
    if !seen.changes() || seen.event.joins.actor_nature == ActorNature::Platform {
        return None;
    }
    // What is no identity of the roll has no ticket here; who may become something matters in any case.
    if view.affected.is_none() && seen.event.kind != EventKind::TrustChange
        || is_routine(view)
        || is_recorded(view)
        || has_known_ticket(view)
    {
        return None;
    }
    let (what, severity) = match seen.event.kind {
        EventKind::TrustChange => ("trust", Severity::High),
        EventKind::CredentialChange => ("key", Severity::Medium),
        _ => ("permission", Severity::Medium),
    };
    let target = seen.event.target.as_deref().unwrap_or("something");
    let whose = view.affected.map_or(target, |known| known.name.as_str());
    let named = ticket(view);
    let (confidence, carries, under) = match &named {
        Some(ticket) => (
            Confidence::Possible,
            format!("the event names {ticket}, which nothing in Rollcall mentions"),
            format!("under {ticket}, which nobody knows"),
        ),
        None => (
            Confidence::Likely,
            "the event carries no ticket".to_owned(),
            "without a ticket".to_owned(),
        ),
    };
    let why = format!(
        "{} called {}; {carries}, and Rollcall has no record about the {what} of {whose} between {} and {}.",
        seen.event
            .actor
            .as_deref()
            .unwrap_or("somebody the event does not name"),
        seen.event.action,
        day(view.at - TimeDelta::days(BEFORE_DAYS)),
        day(view.at + TimeDelta::days(AFTER_DAYS)),
    );
    let title = format!("{} of {whose} changed {under}", capital(what));
    let judged = Judged::new(severity, confidence, title, why)
        // The changes of one day are one finding; those under a ticket nobody knows do not cover those without any.
        .about(format!(
            "{} {target} {}{}",
            seen.event.kind,
            view.at.format("%Y-%m-%d"),
            named
                .as_ref()
                .map(|ticket| format!(" {ticket}"))
                .unwrap_or_default()
        ))
        .fact("Changed", target);
    Some(match view.affected.and_then(|known| known.records.last()) {
        Some(record) => judged.fact(
            "Last record",
            format!("{}, {}", record.words, day(record.at)),
        ),
        None => judged.fact("Last record", "none"),
    })
}

fn capital(word: &str) -> String {
    let (head, rest) = word.split_at(1);
    head.to_ascii_uppercase() + rest
}

/// What the event carries as its ticket, short: the reference in it, or the text where there is none.
fn ticket(view: &View<'_>) -> Option<String> {
    let text = view.seen.event.joins.ticket.as_deref()?;
    let found = reference(text).map_or_else(|| text.to_owned(), |ticket| ticket.to_string());
    Some(found.chars().take(80).collect())
}

/// The roll holds the ticket for this identity, or somebody mentioned it in Rollcall.
fn has_known_ticket(view: &View<'_>) -> bool {
    let Some(known) = view.affected else {
        return false;
    };
    let Some(ticket) = view.seen.event.joins.ticket.as_deref().and_then(reference) else {
        return false;
    };
    known.tickets.iter().any(|held| same_ticket(&ticket, held))
        || known
            .records
            .iter()
            .any(|record| record.names(ticket.as_str()))
}

/// A pipeline that makes such changes all the time, or was not watched long enough to say: what it changes is reviewed
/// where its code is.
fn is_routine(view: &View<'_>) -> bool {
    let automated = view
        .known
        .is_some_and(|known| matches!(known.kind, IdentityKind::Pipeline | IdentityKind::Bot));
    let kind = view.seen.event.kind.as_str();
    automated && view.own.unusual(Aspect::Change, kind, view.at).is_none()
}

/// The key is registered, or somebody did something of the same sort with the identity in Rollcall about then.
fn is_recorded(view: &View<'_>) -> bool {
    let Some(known) = view.affected else {
        return false;
    };
    let joins = &view.seen.event.joins;
    if joins
        .made_key
        .as_ref()
        .is_some_and(|key| known.keys.contains(key))
    {
        return true;
    }
    let from = view.at - TimeDelta::days(BEFORE_DAYS);
    let to = view.at + TimeDelta::days(AFTER_DAYS);
    let kind = view.seen.event.kind;
    known
        .records
        .iter()
        .any(|record| record.at >= from && record.at <= to && record.explains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Record;
    use crate::detect::tests::{Feed, known, moment, rules};

    fn record(day: i64, minute: i64, action: &str, field: &str, after: &str) -> Record {
        Record {
            at: moment(day, minute),
            action: action.to_owned(),
            words: "Somebody did something".to_owned(),
            changes: vec![(field.to_owned(), after.to_owned())],
        }
    }

    fn with(records: Vec<Record>) -> Feed {
        let mut feed = Feed::default();
        feed.know(crate::detect::Known { records, ..known() });
        feed
    }

    #[test]
    fn fires_for_a_trust_widened_by_hand() {
        let mut feed = Feed::default();
        feed.know(known());
        let found = feed.changed(3, EventKind::TrustChange, |_| {});
        assert_eq!(rules(&found), ["unticketed_change"]);
        assert_eq!(
            (found[0].severity, found[0].confidence),
            (Severity::High, Confidence::Likely)
        );
        assert!(
            found[0].detail.contains("carries no ticket")
                && found[0].detail.contains("the trust of shop"),
            "{}",
            found[0].detail
        );
        assert_eq!(
            found[0].identity, feed.identity,
            "of the identity that was changed"
        );
        let key = feed.changed(4, EventKind::CredentialChange, |event| {
            event.joins.made_key = Some("AKIA9".to_owned());
        });
        assert_eq!(rules(&key), ["unticketed_change"]);
    }

    #[test]
    fn fires_beside_records_of_another_sort_or_another_time() {
        for records in [
            vec![record(
                2,
                1430,
                "identity.edited",
                "purpose",
                "Deploys OPS-7",
            )],
            vec![record(3, 0, "identity.imported", "ticket", "OPS-7")],
            vec![record(3, 0, "identity.rotated", "credential", "key 2")],
            vec![record(1, 0, "identity.approved", "state", "active")],
            vec![record(
                5,
                0,
                "identity.edited",
                "selectors",
                "repository acme/shop",
            )],
        ] {
            let said = format!("{records:?}");
            let found = with(records).changed(3, EventKind::TrustChange, |_| {});
            assert_eq!(rules(&found), ["unticketed_change"], "{said}");
        }
    }

    #[test]
    fn fires_less_surely_for_a_ticket_nobody_knows() {
        let mut feed = with(vec![record(0, 0, "identity.edited", "reason", "OPS-12")]);
        let mut told = Vec::new();
        for (carried, shown) in [
            ("OPS-1", "OPS-1"),
            ("see OPS-1234.", "OPS-1234"),
            ("deploy", "deploy"),
        ] {
            let found = feed.changed(3, EventKind::PermissionChange, |event| {
                event.joins.ticket = Some(carried.to_owned());
            });
            assert_eq!(rules(&found), ["unticketed_change"], "{carried}");
            assert_eq!(found[0].confidence, Confidence::Possible);
            let says = format!("names {shown}, which nothing in Rollcall mentions");
            assert!(found[0].detail.contains(&says), "{}", found[0].detail);
            told.push(found[0].fingerprint);
        }
        let bare = feed.changed(3, EventKind::PermissionChange, |_| {});
        assert_eq!(bare[0].confidence, Confidence::Likely);
        assert!(!told.contains(&bare[0].fingerprint), "one of its own");
    }

    #[test]
    fn nearly_fires_with_a_ticket_a_record_a_registered_key_or_by_routine() {
        let mut known_ticket = known();
        known_ticket.tickets = vec!["https://tracker.example/browse/OPS-1".to_owned()];
        known_ticket.keys = vec!["AKIA1".to_owned()];
        known_ticket.records = vec![record(0, 0, "identity.edited", "reason", "Agreed in OPS-2")];
        let mut feed = Feed::default();
        feed.know(known_ticket);
        for ticket in ["OPS-1", "OPS-2"] {
            let ticketed = feed.changed(300, EventKind::TrustChange, |event| {
                event.joins.ticket = Some(ticket.to_owned());
            });
            assert_eq!(ticketed, [], "{ticket}");
        }
        let key = feed.changed(60, EventKind::CredentialChange, |event| {
            event.joins.made_key = Some("AKIA1".to_owned());
        });
        assert_eq!(key, []);
        for (one, kind) in [
            (
                record(2, 5, "identity.approved", "state", "active"),
                EventKind::PermissionChange,
            ),
            (
                record(3, 30, "identity.rotated", "credential", "key 2"),
                EventKind::CredentialChange,
            ),
            (
                record(2, 5, "identity.edited", "selectors", "repository acme/shop"),
                EventKind::TrustChange,
            ),
        ] {
            assert_eq!(with(vec![one]).changed(3, kind, |_| {}), [], "{kind}");
        }
        let mut routine = Feed::default();
        routine.know(known());
        for day in 0..20 {
            assert_eq!(
                routine.changes_itself(day, EventKind::PermissionChange),
                [],
                "its code is reviewed"
            );
        }
        let found = routine.changes_itself(20, EventKind::TrustChange);
        assert_eq!(rules(&found), ["unticketed_change"], "it never did that");
    }

    #[test]
    fn unknown_where_the_roll_does_not_know_what_was_changed() {
        let mut feed = Feed::default();
        assert_eq!(feed.changed(3, EventKind::PermissionChange, |_| {}), []);
    }
}
