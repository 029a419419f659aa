//! Use after a review revoked it and the revocation had been proven.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::Facts;
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "revoked_but_used",
    name: "Used after its revocation was proven",
    class: FindingClass::Detection,
    rationale: "A review decided that this identity must go, and its silence proved that it had. It acts again: a \
                copy of its credential lives, or somebody brought it back without asking.",
    controls: &[
        "T1078.004",
        "NHI1:2025",
        "SOC 2 CC6.3",
        "ISO 27001 A.5.18",
        "NIST 800-53 AC-2(3)",
        "PCI DSS 4.0.1 7.2.5.1",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    let Some(reviews) = &facts.reviews else {
        return Verdict::Clear;
    };
    let Some(what) = &reviews.used_after_revoke else {
        return if reviews.revoked && facts.covered_since.is_none() {
            Verdict::Unknown("Connect a source that sees its platform: silence proves nothing yet.")
        } else {
            Verdict::Clear
        };
    };
    let finding = RULE
        .draft(facts, Severity::Critical, "Used after its revocation was proven")
        .detail(what.clone())
        .fix("Disable it now, find out who holds the copy, and settle the reopened task of its review.")
        .evidence("Revocation", what.clone())
        .done();
    Verdict::Fires(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::facts::Reviews;
    use crate::finding::rules::expect;

    fn reviewed(reviews: Reviews) -> Facts {
        Facts {
            reviews: Some(reviews),
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_for_a_use_after_the_proof() {
        let facts = reviewed(Reviews {
            used_after_revoke: Some("Used on 3 Nov 2026, proven on 1 Oct 2026.".into()),
            revoked: true,
            unanswered: None,
        });
        assert_eq!(expect::fires(&RULE, &facts)[0].severity, Severity::Critical);
    }

    #[test]
    fn nearly_fires_for_a_revocation_that_holds_and_for_what_was_never_reviewed() {
        expect::clear(
            &RULE,
            &reviewed(Reviews {
                revoked: true,
                ..Reviews::default()
            }),
        );
        expect::clear(
            &RULE,
            &Facts {
                reviews: None,
                ..Facts::calm()
            },
        );
    }

    #[test]
    fn unknown_where_no_source_would_see_it() {
        expect::unknown(
            &RULE,
            &Facts {
                covered_since: None,
                ..reviewed(Reviews {
                    revoked: true,
                    ..Reviews::default()
                })
            },
        );
    }
}
