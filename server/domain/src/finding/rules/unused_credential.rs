//! A stored secret nobody used for ninety days, where a source would have seen its use.

use contract::findings::{Confidence, FindingClass, Severity};

use crate::finding::facts::{Credential, Facts, UNUSED_DAYS, day, days};
use crate::finding::{Finding, Rule, Verdict};
use crate::identity::rotation;

/// The rule.
pub const RULE: Rule = Rule {
    id: "unused_credential",
    name: "Unused credential",
    class: FindingClass::Posture,
    rationale: "A secret that nobody uses is still valid for whoever finds a copy of it.",
    controls: &[
        "NHI1:2025",
        "NHI7:2025",
        "SOC 2 CC6.2",
        "ISO 27001 A.5.17",
        "NIST 800-53 IA-4",
        "PCI DSS 4.0.1 8.2.6",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    // A break-glass identity is never due for routine use.
    if !facts.is_registered() || facts.break_glass.is_some() {
        return Verdict::Clear;
    }
    let limit = facts.unused_before();
    let (mut found, mut unknown) = (Vec::new(), false);
    for credential in &facts.credentials {
        let stored = rotation::max_age_days(credential.credential_type).is_some();
        let gone =
            credential.is_revoked() || credential.expires_at.is_some_and(|end| end <= facts.now);
        if !stored || gone || credential.known_since >= limit {
            continue;
        }
        match credential.last_used_at {
            Some(last) if last >= limit => {}
            // Whoever knows the last use would know a later one.
            Some(last) => found.push(unused(
                facts,
                credential,
                &days(facts.days_since(last)),
                &day(last),
            )),
            // Only a key with an id shows in events whose it is.
            None if !credential.reference.is_empty()
                && facts.covered_since.is_some_and(|since| since <= limit) =>
            {
                found.push(unused(facts, credential, &days(UNUSED_DAYS), "never seen"));
            }
            None => unknown = true,
        }
    }
    if found.is_empty() && unknown {
        return Verdict::Unknown("Record its key id and connect a source that sees it used.");
    }
    Verdict::of(found)
}

fn unused(facts: &Facts, credential: &Credential, since: &str, last: &str) -> Finding {
    let name = credential.credential_type.label();
    RULE.draft(facts, Severity::Medium, "Credential unused")
        .about(credential.id.to_string())
        .confidence(Confidence::Likely)
        .detail(format!("{name} not used for {since}"))
        .fix(format!(
            "Disable the {}, watch for a week, then delete it.",
            name.to_lowercase()
        ))
        .evidence("Credential", &credential.label)
        .evidence("Last used", last)
        .done()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use contract::identities::CredentialType;

    use super::*;
    use crate::finding::rules::expect;

    fn with(change: impl Fn(&mut Credential)) -> Facts {
        let mut facts = Facts::calm();
        let mut one = Credential::of(CredentialType::CloudAccessKey);
        one.known_since = facts.now - TimeDelta::days(200);
        change(&mut one);
        facts.credentials = vec![one];
        facts
    }

    fn ago(days: i64) -> chrono::DateTime<chrono::Utc> {
        Facts::calm().now - TimeDelta::days(days)
    }

    #[test]
    fn fires_for_a_key_nobody_used() {
        let found = expect::fires(&RULE, &with(|c| c.last_used_at = Some(ago(91))));
        assert_eq!(found[0].detail, "Cloud access key not used for 91 days");
        expect::fires(&RULE, &with(|c| c.last_used_at = None));
    }

    #[test]
    fn nearly_fires_on_the_last_day_while_new_and_for_what_is_not_stored() {
        expect::clear(&RULE, &with(|c| c.last_used_at = Some(ago(90))));
        expect::clear(
            &RULE,
            &with(|c| {
                c.last_used_at = None;
                c.known_since = Facts::calm().now;
            }),
        );
        expect::clear(
            &RULE,
            &with(|c| {
                c.last_used_at = None;
                c.credential_type = CredentialType::OidcFederation;
            }),
        );
        expect::clear(
            &RULE,
            &with(|c| {
                c.last_used_at = None;
                c.expires_at = Some(ago(1));
            }),
        );
    }

    #[test]
    fn unknown_without_a_key_id_or_a_source() {
        expect::unknown(
            &RULE,
            &with(|c| {
                c.last_used_at = None;
                c.reference = String::new();
            }),
        );
        let dark = Facts {
            covered_since: None,
            ..with(|c| c.last_used_at = None)
        };
        expect::unknown(&RULE, &dark);
    }

    #[test]
    fn a_break_glass_identity_is_never_due_for_routine_use() {
        let idle = with(|c| c.last_used_at = None);
        expect::fires(&RULE, &idle);
        let break_glass = Some(crate::finding::facts::BreakGlass {
            since: idle.created_at,
            uses: vec![],
            last_drill: None,
        });
        expect::clear(
            &RULE,
            &Facts {
                break_glass,
                ..idle
            },
        );
    }
}
