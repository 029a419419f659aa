//! A stored secret is older than its type allows.

use contract::findings::{FindingClass, Severity};
use contract::identities::RotationState;

use crate::finding::facts::{Credential, Facts, day, days};
use crate::finding::{Finding, Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "overdue_rotation",
    name: "Rotation overdue",
    class: FindingClass::Posture,
    rationale: "The longer a secret lives, the more copies of it exist and the longer a leaked one works.",
    controls: &[
        "NHI7:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.5.17",
        "NIST 800-53 IA-5(1)",
        "PCI DSS 4.0.1 8.6.3",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    Verdict::of_credentials(facts, |c| overdue(facts, c))
}

fn overdue(facts: &Facts, credential: &Credential) -> Option<Finding> {
    let kind = credential.credential_type;
    let now = credential.rotation(facts.now);
    let (RotationState::Overdue, Some(due), Some(limit)) =
        (now.state, now.due_at, now.max_age_days)
    else {
        return None;
    };
    let since = credential.issued_at.max(credential.rotated_at)?;
    let late = facts.days_since(due);
    let age = facts.days_since(since);
    let long_over = late >= i64::try_from(limit).unwrap_or(i64::MAX);
    let severity = if long_over || facts.in_production() {
        Severity::High
    } else {
        Severity::Medium
    };
    let name = kind.label();
    Some(
        RULE.draft(facts, severity, "Rotation overdue")
            .about(credential.id.to_string())
            .detail(match &credential.retiring {
                Some(retiring) => format!(
                    "{name}: the overlap with {} ended on {} and it still works",
                    retiring.successor,
                    day(due)
                ),
                None => format!("{name}, {} old, limit {limit}", days(age)),
            })
            .fix(match &credential.retiring {
                Some(_) => "Revoke the old one where it was made, and record that here.".to_owned(),
                None => format!(
                    "Issue a new {} and retire this one; better, move to federation and store none.",
                    name.to_lowercase()
                ),
            })
            .evidence("Credential", &credential.label)
            .evidence("Last changed", day(since))
            .evidence("Was due", day(due))
            .evidence(
                "Limit",
                credential.limit.as_ref().map_or_else(
                    || format!("{limit} days"),
                    |limit| format!("{} days: {}", limit.days, limit.because),
                ),
            )
            .done(),
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use contract::identities::CredentialType;

    use super::*;
    use crate::finding::rules::expect;

    fn aged(kind: CredentialType, seconds: i64) -> Facts {
        let calm = Facts::calm();
        Facts {
            credentials: vec![Credential {
                issued_at: Some(calm.now - TimeDelta::seconds(seconds)),
                ..Credential::of(kind)
            }],
            ..calm
        }
    }

    const DAY: i64 = 86_400;

    #[test]
    fn fires_for_each_type_beyond_its_limit() {
        for (kind, limit) in [
            (CredentialType::PersonalAccessToken, 30),
            (CredentialType::ApiKey, 90),
            (CredentialType::DatabasePassword, 30),
            (CredentialType::SigningKey, 365),
        ] {
            let found = expect::fires(&RULE, &aged(kind, limit * DAY + 1));
            assert!(
                found[0].detail.contains(&format!("limit {limit}")),
                "{}",
                found[0].detail
            );
        }
    }

    #[test]
    fn fires_once_for_each_credential() {
        let mut facts = aged(CredentialType::ApiKey, 100 * DAY);
        let mut second = facts.credentials[0].clone();
        second.id = contract::ids::CredentialId(uuid::Uuid::from_u128(12));
        facts.credentials.push(second);
        let found = expect::fires(&RULE, &facts);
        assert_ne!(found[0].fingerprint, found[1].fingerprint);
    }

    #[test]
    fn nearly_fires_on_the_limit() {
        expect::clear(&RULE, &aged(CredentialType::ApiKey, 90 * DAY));
        expect::clear(&RULE, &aged(CredentialType::OidcFederation, 900 * DAY));
    }

    #[test]
    fn unknown_without_credentials() {
        expect::unknown_without_credentials(&RULE);
    }
}
