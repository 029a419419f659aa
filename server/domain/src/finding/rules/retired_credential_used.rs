//! The old credential of a rotation is still used after the overlap in which both were valid.

use chrono::{DateTime, Utc};
use contract::findings::{FindingClass, Severity};

use crate::finding::facts::{Credential, Facts, LateUse, day};
use crate::finding::{Finding, Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "retired_credential_used",
    name: "Retired credential still used",
    class: FindingClass::Posture,
    rationale: "A rotation is done when the old secret is no longer used and no longer works; until then there \
                are two secrets instead of one.",
    controls: &[
        "T1078.004",
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
        let Some(end) = end(credential).filter(|end| *end < facts.now) else {
            continue;
        };
        match credential.last_used_at {
            Some(last) if last > end => found.push(used(facts, credential, end, last)),
            None if facts.covered_since.is_none() && !credential.is_revoked() => unknown = true,
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

/// From when on it must not be used: the end of the overlap, or the moment it was revoked, whichever came first.
fn end(credential: &Credential) -> Option<DateTime<Utc>> {
    let overlap = credential.retiring.as_ref().map(|r| r.overlap_until);
    [overlap, credential.revoked_at].into_iter().flatten().min()
}

fn used(
    facts: &Facts,
    credential: &Credential,
    end: DateTime<Utc>,
    last: DateTime<Utc>,
) -> Finding {
    let label = &credential.label;
    // Refused each time, the old one does not work any more; who holds it does not know yet.
    let refused = credential.late.as_ref().is_some_and(LateUse::is_refused);
    let (severity, title, done) = if refused {
        (
            Severity::Medium,
            "Retired credential tried and refused",
            "tried and refused",
        )
    } else {
        (Severity::High, "Retired credential still used", "used")
    };
    let events = credential.late.as_ref().map(|late| late.events.as_slice());
    let found = RULE
        .draft(facts, severity, title)
        .about(credential.id.to_string())
        .detail(format!(
            "{label} was {done} on {}, after its end on {}",
            day(last),
            day(end)
        ))
        .fix("Find who still holds the old one, move them to the new one, and revoke the old.")
        .evidence("Old credential", label)
        .evidence("Ended", day(end))
        .evidence("Last use of the old", day(last))
        .events(events.unwrap_or_default());
    let found = match &credential.retiring {
        Some(retiring) => found.evidence("Replaced by", &retiring.successor).evidence(
            "First use of the new",
            retiring
                .successor_used_at
                .map_or_else(|| "not seen yet".to_owned(), day),
        ),
        None => found,
    };
    found.done()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use contract::identities::CredentialType;

    use super::*;
    use crate::finding::facts::Retiring;
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
    fn fires_lower_where_every_attempt_was_refused() {
        let event = contract::ids::EventId(uuid::Uuid::from_u128(8));
        let mut facts = with(Some(1), 3);
        let late = |refused| LateUse {
            uses: 2,
            refused,
            last: facts.now,
            events: vec![event],
        };
        let (some, all) = (late(1), late(2));
        facts.credentials[0].late = Some(some);
        let found = expect::fires(&RULE, &facts);
        assert_eq!(
            (found[0].severity, found[0].events.len()),
            (Severity::High, 1)
        );
        facts.credentials[0].late = Some(all);
        let found = expect::fires(&RULE, &facts);
        assert_eq!(found[0].severity, Severity::Medium);
        assert!(found[0].detail.contains("tried and refused"));
        assert_eq!(found[0].events, [event]);
    }

    #[test]
    fn nearly_fires_on_its_last_moment_and_during_the_overlap() {
        expect::clear(&RULE, &with(Some(0), 3));
        expect::clear(&RULE, &with(Some(-60), -3));
        expect::clear(&RULE, &with(None, 3));
    }

    #[test]
    fn fires_for_a_use_of_what_was_revoked_with_and_without_a_newer_one() {
        let mut early = with(Some(-60), 3);
        early.credentials[0].revoked_at = Some(early.now - TimeDelta::days(9));
        expect::fires(&RULE, &early);
        early.credentials[0].retiring = None;
        expect::fires(&RULE, &early);
        early.credentials[0].last_used_at = early.credentials[0].revoked_at;
        expect::clear(&RULE, &early);
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
