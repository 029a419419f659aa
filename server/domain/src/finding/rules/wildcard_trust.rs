//! A trust that admits more than one context.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::{Facts, Trust};
use crate::finding::{Finding, Rule, Verdict};
use crate::trust::Ring;

/// The rule.
pub const RULE: Rule = Rule {
    id: "wildcard_trust",
    name: "Over-permissive trust",
    class: FindingClass::Posture,
    rationale: "A wildcard in a trust lets branches, pull requests or whole repositories act as this identity \
                without anybody having decided so.",
    controls: &[
        "NHI5:2025",
        "NHI6:2025",
        "SOC 2 CC6.3",
        "ISO 27001 A.8.2",
        "NIST 800-53 AC-6",
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
        match wide(facts, trust) {
            Ok(found) => findings.extend(found),
            Err(Unread) => unread = true,
        }
    }
    if findings.is_empty() && unread {
        return Verdict::Unknown("Import the trust document again: it could not be read.");
    }
    Verdict::of(findings)
}

/// The document could not be read.
struct Unread;

fn wide(facts: &Facts, trust: &Trust) -> Result<Option<Finding>, Unread> {
    let summary = trust.summary();
    let strong = facts.in_production() && facts.is_privileged();
    let (severity, what) = match summary.ring.ok_or(Unread)? {
        Ring::Exact if summary.pull_requests && strong => (Severity::High, "pull requests"),
        Ring::Exact if summary.pull_requests => (Severity::Medium, "pull requests"),
        Ring::Exact => return Ok(None),
        Ring::Repository if strong => (Severity::High, "a whole repository"),
        Ring::Repository => (Severity::Medium, "a whole repository"),
        Ring::Organisation if strong => (Severity::Critical, "a whole organisation"),
        Ring::Organisation => (Severity::High, "a whole organisation"),
        Ring::Provider | Ring::Anyone => (Severity::Critical, "anyone"),
    };
    Ok(Some(
        RULE.draft(facts, severity, format!("Trust admits {what}"))
            .about(trust.id.to_string())
            .detail(&summary.admits)
            .fix("Bind the trust to the environment or branch that really uses it.")
            .evidence("Guards", &trust.target)
            .evidence("Language", trust.language.label())
            .evidence("Admits", &summary.admits)
            .done(),
    ))
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
    fn fires_by_width() {
        assert_eq!(
            expect::fires(&RULE, &with("repo:acme@1/shop@2:*"))[0].severity,
            Severity::High
        );
        assert_eq!(
            expect::fires(&RULE, &with("repo:acme/*"))[0].severity,
            Severity::Critical
        );
        assert_eq!(
            expect::fires(&RULE, &with("repo:acme/shop:pull_request"))[0].severity,
            Severity::High
        );
        let calmer = Facts {
            environments: vec![],
            ..with("repo:acme/*")
        };
        assert_eq!(expect::fires(&RULE, &calmer)[0].severity, Severity::High);
    }

    #[test]
    fn nearly_fires_for_one_environment() {
        expect::clear(&RULE, &with("repo:acme/shop:environment:production"));
        expect::clear(
            &RULE,
            &Facts {
                trusts: vec![],
                ..Facts::calm()
            },
        );
    }

    #[test]
    fn unknown_when_the_document_cannot_be_read() {
        let mut facts = Facts::calm();
        facts.trusts[0].document = "{".into();
        expect::unknown(&RULE, &facts);
    }
}
