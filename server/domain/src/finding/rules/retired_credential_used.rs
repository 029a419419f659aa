//! The old credential of a rotation is still used after the overlap in which both were valid.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::{Facts, day};
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "retired_credential_used",
    name: "Retired credential still used",
    class: FindingClass::Posture,
    rationale: "A rotation is done when the old secret is no longer used and no longer works; until then there \
                are two secrets instead of one.",
    controls: &[
        "NHI1:2025",
        "NHI7:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.5.17",
        "NIST 800-53 IA-5(1)",
        "PCI DSS 4.0.1 8.6.3",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_live() {
        return Verdict::Clear;
    }
    let (mut found, mut unknown) = (Vec::new(), false);
    for credential in &facts.credentials {
        let Some(retiring) = credential
            .retiring
            .as_ref()
            .filter(|r| r.overlap_until < facts.now)
        else {
            continue;
        };
        match credential.last_used_at {
            Some(last) if last > retiring.overlap_until => found.push(
                RULE.draft(facts, Severity::High, "Retired credential still used")
                    .about(credential.id.to_string())
                    .detail(format!(
                        "{} was used on {}, after the overlap ended on {}",
                        credential.label,
                        day(last),
                        day(retiring.overlap_until)
                    ))
                    .fix("Find who still holds the old one, move them to the new one, and revoke the old.")
                    .evidence("Old credential", &credential.label)
                    .evidence("Replaced by", &retiring.successor)
                    .evidence("Overlap ended", day(retiring.overlap_until))
                    .evidence("Last use of the old", day(last))
                    .evidence(
                        "First use of the new",
                        retiring.successor_used_at.map_or_else(|| "not seen yet".to_owned(), day),
                    )
                    .done(),
            ),
            None if facts.covered_since.is_none() && retiring.revoked_at.is_none() => unknown = true,
            Some(_) | None => {}
        }
    }
    if found.is_empty() && unknown {
        return Verdict::Unknown(
            "Connect a source that sees its platform: silence of the old one proves nothing yet.",
        );
    }
    Verdict::of(found)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use contract::identities::CredentialType;

    use super::*;
    use crate::finding::facts::{Credential, Retiring};
    use crate::finding::rules::expect;

    fn with(used: Option<i64>, ended_days_ago: i64) -> Facts {
        let mut facts = Facts::calm();
        let ended: DateTime<Utc> = facts.now - TimeDelta::days(ended_days_ago);
        facts.credentials = vec![Credential {
            last_used_at: used.map(|seconds| ended + TimeDelta::seconds(seconds)),
            retiring: Some(Retiring {
                overlap_until: ended,
                successor: "key 2".into(),
                successor_used_at: None,
                revoked_at: None,
            }),
            ..Credential::of(CredentialType::SigningKey)
        }];
        facts
    }

    #[test]
    fn fires_for_a_use_after_the_overlap() {
        let found = expect::fires(&RULE, &with(Some(1), 3));
        assert_eq!(found[0].severity, Severity::High);
    }

    #[test]
    fn nearly_fires_on_its_last_moment_and_during_the_overlap() {
        expect::clear(&RULE, &with(Some(0), 3));
        expect::clear(&RULE, &with(Some(-60), -3));
        expect::clear(&RULE, &with(None, 3));
    }

    #[test]
    fn unknown_where_no_source_would_see_it() {
        expect::unknown(
            &RULE,
            &Facts {
                covered_since: None,
                ..with(None, 3)
            },
        );
    }
}
