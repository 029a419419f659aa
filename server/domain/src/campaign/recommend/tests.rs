use contract::identities::CredentialType;

use super::*;
use crate::campaign::snapshot::tests::{credential, permission, snapshot, time};
use crate::campaign::snapshot::{Finding, Snapshot};

fn approved() -> Before {
    Before {
        approved_at: Some(time(-90)),
        decision: Some(DecisionKind::Approve),
        ..Before::default()
    }
}

fn silent(covered_days: u16) -> Snapshot {
    let mut it = snapshot();
    it.usage.daily_events = vec![0; 90];
    it.usage.last_used_at = Some(time(-120));
    it.usage.covered_days = covered_days;
    it.permissions.clear();
    it
}

#[test]
fn a_used_and_unchanged_identity_is_advised_to_be_approved() {
    let advice = recommend(&snapshot(), &approved());
    assert_eq!(advice.advice, Advice::Approve);
    assert_eq!(
        advice.reasons,
        [
            "90 events on 90 days in the last 90 days, last seen on 30 Oct 2026.",
            "Every permission it holds was used.",
            "Nothing changed since it was approved on 4 Aug 2026.",
        ]
    );
}

#[test]
fn silence_means_revoke_only_where_sources_cover_it() {
    assert_eq!(recommend(&silent(90), &approved()).advice, Advice::Revoke);
    let unknown = recommend(&silent(0), &approved());
    assert_eq!(unknown.advice, Advice::LookCloser);
    assert!(
        unknown.reasons[0].contains("unknown"),
        "{:?}",
        unknown.reasons
    );
    assert_eq!(
        recommend(&silent(40), &approved()).advice,
        Advice::LookCloser
    );
    let mut new = silent(90);
    new.created_at = time(-12);
    assert_eq!(recommend(&new, &approved()).advice, Advice::Approve);
}

#[test]
fn unused_permissions_and_old_secrets_become_targets() {
    let mut it = snapshot();
    it.permissions
        .push(permission(2, "kms:Decrypt", true, Usage::Unused));
    it.permissions
        .push(permission(3, "ecr:PutImage", false, Usage::Unknown));
    it.credentials.push(credential(
        2,
        CredentialType::ApiKey,
        RotationState::Overdue,
    ));
    let advice = recommend(&it, &approved());
    assert_eq!(advice.advice, Advice::Modify);
    let keys: Vec<&str> = advice
        .targets
        .iter()
        .map(|t| t.key.split(':').next().unwrap_or(""))
        .collect();
    assert_eq!(keys, ["permission", "rotate"]);
    assert_eq!(targets::all(&it).len(), 5);
    assert!(
        advice
            .reasons
            .iter()
            .any(|r| r == "The API key “credential 2” is 10 days over its rotation limit.")
    );
}

#[test]
fn a_critical_finding_comes_before_small_corrections() {
    let mut it = snapshot();
    it.permissions
        .push(permission(2, "kms:Decrypt", true, Usage::Unused));
    it.findings.push(Finding {
        id: contract::ids::FindingId(uuid::Uuid::nil()),
        rule: "zombie_use".into(),
        severity: Severity::Critical,
        title: "It was used after its removal".into(),
    });
    let advice = recommend(&it, &approved());
    assert_eq!(
        (advice.advice, advice.targets.len()),
        (Advice::LookCloser, 0)
    );
}

#[test]
fn without_an_owner_or_a_history_it_says_so() {
    let mut it = snapshot();
    it.owner = None;
    let advice = recommend(&it, &Before::default());
    assert_eq!(advice.advice, Advice::LookCloser);
    assert!(advice.reasons.contains(&"Nobody owns it.".to_owned()));
    assert!(
        advice
            .reasons
            .contains(&"This is its first review.".to_owned())
    );
}
