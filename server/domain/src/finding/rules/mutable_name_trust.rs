//! A trust bound to a name that somebody else may take.

use contract::findings::{Confidence, FindingClass, Severity};

use crate::finding::facts::{Facts, Trust};
use crate::finding::{Finding, Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "mutable_name_trust",
    name: "Subject matched by name only",
    class: FindingClass::Posture,
    rationale: "A repository name can be taken by somebody else after a rename or deletion; the numeric id \
                cannot.",
    controls: &[
        "NHI6:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.8.2",
        "NIST 800-53 IA-4",
        "PCI DSS 4.0.1 7.2.5",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_live() {
        return Verdict::Clear;
    }
    let mut findings = Vec::new();
    let mut unread = false;
    for trust in &facts.trusts {
        let summary = trust.summary();
        unread |= summary.ring.is_none();
        if summary.by_name {
            findings.push(by_name(facts, trust, &summary.admits));
        }
    }
    if findings.is_empty() && unread {
        return Verdict::Unknown("Import the trust document again: it could not be read.");
    }
    Verdict::of(findings)
}

fn by_name(facts: &Facts, trust: &Trust, admits: &str) -> Finding {
    RULE.draft(facts, Severity::Low, "Subject matched by name only")
        .about(trust.id.to_string())
        .confidence(Confidence::Likely)
        .detail(admits)
        .fix("Turn on immutable subjects for the repository and bind the trust to the numeric ids.")
        .evidence("Guards", &trust.target)
        .evidence("Admits", admits)
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::rules::expect;

    fn with(pattern: &str) -> Facts {
        Facts {
            trusts: vec![Trust::github(pattern)],
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_for_a_bare_name() {
        expect::fires(&RULE, &with("repo:acme/shop:environment:production"));
        expect::fires(&RULE, &with("repo:acme@1/shop:environment:production"));
    }

    #[test]
    fn nearly_fires_with_both_ids() {
        expect::clear(&RULE, &with("repo:acme@1/shop@2:environment:production"));
    }

    #[test]
    fn unknown_when_the_document_cannot_be_read() {
        let mut facts = Facts::calm();
        facts.trusts[0].document = "[]".into();
        expect::unknown(&RULE, &facts);
    }
}
