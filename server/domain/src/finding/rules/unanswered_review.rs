//! A campaign ended, and nobody had answered about this identity.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::{Facts, day};
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unanswered_review",
    name: "Nobody answered in its review",
    class: FindingClass::Posture,
    rationale: "Silence is not an approval. Nobody has said that this identity is still needed, and it goes on \
                acting with all it holds.",
    controls: &[
        "NHI1:2025",
        "SOC 2 CC6.2",
        "ISO 27001 A.5.18",
        "NIST 800-53 AC-2",
        "PCI DSS 4.0.1 7.2.5.1",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_registered() {
        return Verdict::Clear;
    }
    let Some(reviews) = &facts.reviews else {
        return Verdict::Unknown("Put it into a campaign: nobody was asked about it yet.");
    };
    let Some((campaign, closed_at)) = &reviews.unanswered else {
        return Verdict::Clear;
    };
    let severity = if facts.is_privileged() && facts.in_production() {
        Severity::High
    } else {
        Severity::Medium
    };
    let finding = RULE
        .draft(facts, severity, "Nobody answered in its review")
        .detail(format!("{campaign} ended on {} without an answer", day(*closed_at)))
        .fix("Put it into the next campaign, or a review of its own; suspend it when nobody claims it.")
        .evidence("Campaign", campaign.clone())
        .evidence("Ended", day(*closed_at))
        .evidence("Outcome", "not reviewed")
        .done();
    Verdict::Fires(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::facts::Reviews;
    use crate::finding::rules::expect;

    fn unanswered() -> Facts {
        let calm = Facts::calm();
        Facts {
            reviews: Some(Reviews {
                unanswered: Some(("Q3 2026 access review".into(), calm.now)),
                ..Reviews::default()
            }),
            ..calm
        }
    }

    #[test]
    fn fires_after_a_campaign_that_ended_in_silence() {
        let found = expect::fires(&RULE, &unanswered());
        assert_eq!(found[0].severity, Severity::High);
    }

    #[test]
    fn nearly_fires_for_one_that_was_answered() {
        expect::clear(&RULE, &Facts::calm());
    }

    #[test]
    fn unknown_where_no_campaign_asked() {
        expect::unknown(
            &RULE,
            &Facts {
                reviews: None,
                ..Facts::calm()
            },
        );
    }
}
