//! A trust, a key or a permission of an identity was changed, and no ticket says why.

use chrono::TimeDelta;
use contract::events::EventKind;
use contract::findings::{Confidence, Severity};
use contract::identities::IdentityKind;

use super::day;
use crate::detect::{Aspect, Judged, Rule, View};
use crate::event::ActorNature;

/// Days before and after the change in which a record in Rollcall explains it.
const BEFORE_DAYS: i64 = 14;
const AFTER_DAYS: i64 = 2;

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
    if !seen.changes()
        || seen.event.joins.ticket.is_some()
        || seen.event.joins.actor_nature == ActorNature::Platform
    {
        return None;
    }
    // What is no identity of the roll has no ticket here; who may become something matters in any case.
    if view.affected.is_none() && seen.event.kind != EventKind::TrustChange
        || is_routine(view)
        || is_recorded(view)
    {
        return None;
    }
    let (what, severity) = match seen.event.kind {
        EventKind::TrustChange => ("Trust", Severity::High),
        EventKind::CredentialChange => ("Key", Severity::Medium),
        _ => ("Permission", Severity::Medium),
    };
    let target = seen.event.target.as_deref().unwrap_or("something");
    let whose = view.affected.map_or(target, |known| known.name.as_str());
    let who = seen
        .event
        .actor
        .as_deref()
        .unwrap_or("somebody the event does not name");
    let why = format!(
        "{who} called {}; the event carries no ticket, and Rollcall has no record of {whose} between {} and {}.",
        seen.event.action,
        day(view.at - TimeDelta::days(BEFORE_DAYS)),
        day(view.at + TimeDelta::days(AFTER_DAYS)),
    );
    let judged = Judged::new(
        severity,
        Confidence::Likely,
        format!("{what} of {whose} changed without a ticket"),
        why,
    )
    // The changes of one day are one finding.
    .about(format!(
        "{} {target} {}",
        seen.event.kind,
        view.at.format("%Y-%m-%d")
    ))
    .fact("Changed", target);
    Some(match view.affected.and_then(|known| known.records.last()) {
        Some((at, words)) => judged.fact("Last record", format!("{words}, {}", day(*at))),
        None => judged.fact("Last record", "none"),
    })
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

/// The key is registered, or somebody did something with the identity in Rollcall about then.
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
    known.records.iter().any(|(at, _)| *at >= from && *at <= to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::{Feed, known, moment, rules};

    #[test]
    fn fires_for_a_trust_widened_by_hand() {
        let mut feed = Feed::default();
        feed.know(known());
        let found = feed.changed(3, EventKind::TrustChange, |_| {});
        assert_eq!(rules(&found), ["unticketed_change"]);
        assert_eq!(found[0].severity, Severity::High);
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
    fn nearly_fires_with_a_ticket_a_record_a_registered_key_or_by_routine() {
        let mut feed = Feed::default();
        feed.know(known());
        let ticketed = feed.changed(3, EventKind::TrustChange, |event| {
            event.joins.ticket = Some("OPS-1".to_owned());
        });
        assert_eq!(ticketed, []);
        let mut recorded = known();
        recorded.records = vec![(moment(2, 0), "Approved under OPS-2".to_owned())];
        recorded.keys = vec!["AKIA1".to_owned()];
        feed.know(recorded);
        assert_eq!(feed.changed(3, EventKind::PermissionChange, |_| {}), []);
        let key = feed.changed(60, EventKind::CredentialChange, |event| {
            event.joins.made_key = Some("AKIA1".to_owned());
        });
        assert_eq!(key, []);
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
