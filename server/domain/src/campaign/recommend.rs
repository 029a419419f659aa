//! What to advise about a frozen identity, with the reasons listed.
//!
//! Unknown is never unused: where no source covers an identity, its silence proves nothing. The
//! reviewer stays free; going against the advice only asks for a reason.

pub mod targets;

use chrono::{DateTime, Utc};
use contract::campaigns::{Advice, Change, DecisionKind, ModifyTarget, Recommendation};
use contract::findings::Severity;
use contract::identities::{IdentityState, RotationState, Usage};

use super::snapshot::Snapshot;

/// Days of use the advice rests on.
pub const WINDOW_DAYS: u16 = 90;

/// Days during which a new identity's silence says nothing.
const NEW_DAYS: i64 = 30;

/// Days of the window a source must have spoken for silence to count as "not used".
const COVERED: u16 = 80;

/// The last decision on the same identity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Before {
    /// When it was last approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// The note given with the last decision.
    pub note: String,
    /// What was decided last.
    pub decision: Option<DecisionKind>,
    /// What changed since the last approval.
    pub changes: Vec<Change>,
}

/// Advises on a frozen identity.
pub fn recommend(it: &Snapshot, before: &Before) -> Recommendation {
    let mut reasons = Vec::new();
    let verdict = use_verdict(it, &mut reasons);
    let proposed = proposals(it, &mut reasons);
    let alarming = findings(it, &mut reasons);
    let unclear = open_questions(it, before, &mut reasons);
    let advice = match verdict {
        UseVerdict::Gone => Advice::Revoke,
        _ if alarming => Advice::LookCloser,
        _ if !proposed.is_empty() => Advice::Modify,
        UseVerdict::Unknown => Advice::LookCloser,
        _ if unclear => Advice::LookCloser,
        UseVerdict::InUse => Advice::Approve,
    };
    reassure(it, before, advice, &mut reasons);
    Recommendation {
        advice,
        reasons,
        targets: if advice == Advice::Modify {
            proposed
        } else {
            Vec::new()
        },
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UseVerdict {
    InUse,
    Unknown,
    Gone,
}

fn use_verdict(it: &Snapshot, reasons: &mut Vec<String>) -> UseVerdict {
    let events: i64 = it.usage.daily_events.iter().sum();
    let days = it.usage.daily_events.iter().filter(|n| **n > 0).count();
    let age = (it.taken_at - it.created_at).num_days();
    if matches!(
        it.state,
        IdentityState::Decommissioning | IdentityState::Suspended
    ) && events > 0
    {
        reasons.push(format!(
            "It is {} and was still seen {}.",
            lower(it.state.label()),
            seen(it.usage.last_used_at)
        ));
        return UseVerdict::Unknown;
    }
    if events > 0 {
        reasons.push(format!(
            "{} on {} in the last {WINDOW_DAYS} days, last seen {}.",
            count(events, "event"),
            count(i64::try_from(days).unwrap_or(0), "day"),
            seen(it.usage.last_used_at)
        ));
        return UseVerdict::InUse;
    }
    if age < NEW_DAYS {
        reasons.push(format!(
            "It is {} old: too new to be judged by its use.",
            count(age, "day")
        ));
        return UseVerdict::InUse;
    }
    if it.usage.covered_days == 0 {
        reasons.push("No source covers it, so whether it is used is unknown.".to_owned());
        return UseVerdict::Unknown;
    }
    if it.usage.covered_days < COVERED {
        reasons.push(format!(
            "It was not seen, but its sources spoke on only {} of {WINDOW_DAYS} days.",
            it.usage.covered_days
        ));
        return UseVerdict::Unknown;
    }
    reasons.push(format!(
        "It was not used in the last {WINDOW_DAYS} days ({}), and its sources cover them.",
        match it.usage.last_used_at {
            Some(_) => format!("last seen {}", seen(it.usage.last_used_at)),
            None => "never seen".to_owned(),
        }
    ));
    UseVerdict::Gone
}

fn proposals(it: &Snapshot, reasons: &mut Vec<String>) -> Vec<ModifyTarget> {
    let mut out = Vec::new();
    let new = (it.taken_at - it.created_at).num_days() < NEW_DAYS;
    for permission in it
        .permissions
        .iter()
        .filter(|p| p.usage == Usage::Unused && !new)
    {
        let granted = permission
            .granted_at
            .map_or(i64::from(WINDOW_DAYS), |at| (it.taken_at - at).num_days());
        if granted < NEW_DAYS {
            continue;
        }
        let raw = permission.raw();
        reasons.push(match permission.last_used_at {
            None if granted < i64::from(WINDOW_DAYS) => {
                format!("{raw} was granted {granted} days ago and has not been used since.")
            }
            _ => format!("{raw} was not used in the last {WINDOW_DAYS} days."),
        });
        out.push(targets::drop_permission(permission));
    }
    for credential in &it.credentials {
        match credential.rotation {
            RotationState::Overdue => {
                let late = credential
                    .rotation_due_at
                    .map_or(0, |due| (it.taken_at - due).num_days().max(0));
                reasons.push(format!(
                    "The {} “{}” is {} over its rotation limit.",
                    lower(credential.credential_type.label()),
                    credential.label,
                    count(late, "day")
                ));
                out.push(targets::rotate(credential));
            }
            RotationState::UnknownAge => {
                reasons.push(format!("Nobody knows how old “{}” is.", credential.label));
                out.push(targets::rotate(credential));
            }
            RotationState::NotNeeded | RotationState::Ok | RotationState::DueSoon => {}
        }
    }
    for trust in &it.trusts {
        if let Some(target) = targets::narrow_trust(trust) {
            reasons.push(format!(
                "{} for {} admits more than was ever seen.",
                trust.language.label(),
                trust.target
            ));
            out.push(target);
        }
    }
    out
}

fn findings(it: &Snapshot, reasons: &mut Vec<String>) -> bool {
    let mut alarming = false;
    for finding in it.findings.iter().take(5) {
        reasons.push(format!(
            "Open {} finding: {}",
            lower(finding.severity.label()),
            finding.title
        ));
        alarming |= finding.severity == Severity::Critical;
    }
    if it.findings.len() > 5 {
        reasons.push(format!("{} more open findings.", it.findings.len() - 5));
    }
    alarming
}

fn open_questions(it: &Snapshot, before: &Before, reasons: &mut Vec<String>) -> bool {
    let mut unclear = it
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::High);
    if it.owner.is_none() {
        reasons.push("Nobody owns it.".to_owned());
        unclear = true;
    }
    if it.purpose.trim().is_empty() {
        reasons.push("Its purpose is not written down.".to_owned());
        unclear = true;
    }
    if let Some(at) = before.approved_at
        && !before.changes.is_empty()
    {
        let many = i64::try_from(before.changes.len()).unwrap_or(i64::MAX);
        reasons.push(format!(
            "{} since it was approved on {}.",
            count(many, "change"),
            day(at)
        ));
        unclear |= it.privileged_production();
    }
    if matches!(
        before.decision,
        Some(DecisionKind::Revoke | DecisionKind::Modify)
    ) && before.changes.is_empty()
    {
        reasons
            .push("The last review asked for a change, and nothing has changed since.".to_owned());
        unclear = true;
    }
    unclear
}

/// What speaks for it, or what was said last time: shown after what speaks against it.
fn reassure(it: &Snapshot, before: &Before, advice: Advice, reasons: &mut Vec<String>) {
    let unused = it.permissions.iter().any(|p| p.usage == Usage::Unused);
    let unknown = it
        .permissions
        .iter()
        .filter(|p| p.usage == Usage::Unknown)
        .count();
    if advice == Advice::Approve && !it.permissions.is_empty() && !unused {
        reasons.push(match unknown {
            0 => "Every permission it holds was used.".to_owned(),
            n => format!(
                "No permission is known to be unused; of {}, no source can tell.",
                count(i64::try_from(n).unwrap_or(0), "permission")
            ),
        });
    }
    if let Some(at) = before.approved_at
        && before.changes.is_empty()
    {
        reasons.push(format!(
            "Nothing changed since it was approved on {}.",
            day(at)
        ));
    }
    if before.approved_at.is_none() && before.decision.is_none() {
        reasons.push("This is its first review.".to_owned());
    }
    if !before.note.trim().is_empty() {
        reasons.push(format!(
            "The note of the last review: “{}”",
            before.note.trim()
        ));
    }
}

/// When it was last seen, as a clause.
fn seen(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(
        || "at an unknown time".to_owned(),
        |at| format!("on {}", day(at)),
    )
}

fn count(n: i64, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y").to_string()
}

fn lower(label: &str) -> String {
    let abbreviation = label.chars().nth(1).is_some_and(char::is_uppercase);
    if abbreviation {
        label.to_owned()
    } else {
        label.to_lowercase()
    }
}

#[cfg(test)]
#[path = "recommend/tests.rs"]
mod tests;
