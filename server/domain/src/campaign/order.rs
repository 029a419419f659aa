//! The order of a review queue (changed first, then risk) and the short hint beside each item.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use contract::campaigns::DecisionKind;

use super::snapshot::Snapshot;

/// What places an item in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Changed since the last approval.
    pub changed: bool,
    /// Risk score as frozen.
    pub risk: i32,
    /// Name, for a stable order.
    pub name: String,
}

/// Sort key: changed before unchanged, then the highest risk, then the name.
pub fn key(place: &Place) -> (Reverse<bool>, Reverse<i32>, String) {
    (
        Reverse(place.changed),
        Reverse(place.risk),
        place.name.clone(),
    )
}

/// Why an open item stands where it does, in a few words.
pub fn hint(it: &Snapshot, changed_since: Option<DateTime<Utc>>) -> String {
    if let Some(since) = changed_since {
        return format!("Changed since {}", since.format("%B"));
    }
    if !it.findings.is_empty() {
        return if it.findings.len() == 1 {
            "Open finding".to_owned()
        } else {
            format!("{} open findings", it.findings.len())
        };
    }
    if it.owner.is_none() {
        return "Nobody owns it".to_owned();
    }
    if it.privileged_production() {
        return "Privileged production".to_owned();
    }
    match it
        .usage
        .last_used_at
        .map(|at| (it.taken_at - at).num_days())
    {
        Some(days) if days > 30 => format!("Not seen for {days} days"),
        None if it.usage.covered_days == 0 => "No source covers it".to_owned(),
        None => "Never seen".to_owned(),
        Some(_) => "Nothing changed".to_owned(),
    }
}

/// What a decided item's row says.
pub fn outcome(decision: DecisionKind) -> &'static str {
    match decision {
        DecisionKind::Approve => "Approved",
        DecisionKind::Modify => "Modify",
        DecisionKind::Revoke => "Revoke",
        DecisionKind::DontKnow => "Don’t know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::snapshot::tests::{snapshot, time};

    #[test]
    fn changed_comes_first_then_risk_then_the_name() {
        let place = |changed, risk, name: &str| Place {
            changed,
            risk,
            name: name.into(),
        };
        let mut queue = [
            place(false, 90, "a"),
            place(true, 10, "b"),
            place(true, 60, "d"),
            place(true, 60, "c"),
        ];
        queue.sort_by_key(key);
        assert_eq!(queue.map(|p| p.name), ["c", "d", "b", "a"]);
    }

    #[test]
    fn the_hint_names_the_most_telling_thing() {
        let mut it = snapshot();
        assert_eq!(hint(&it, Some(time(-90))), "Changed since August");
        assert_eq!(hint(&it, None), "Privileged production");
        it.permissions.clear();
        assert_eq!(hint(&it, None), "Nothing changed");
        it.usage.last_used_at = Some(time(-104));
        assert_eq!(hint(&it, None), "Not seen for 104 days");
    }
}
