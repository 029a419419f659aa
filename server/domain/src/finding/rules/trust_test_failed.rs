//! A token that must get in does not, or one that must not does.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::{Facts, TrustTest};
use crate::finding::{Rule, Verdict};
use crate::trust::{self, Decision, Language, Token, Trust};

/// The rule.
pub const RULE: Rule = Rule {
    id: "trust_test_failed",
    name: "Trust test failed",
    class: FindingClass::Posture,
    rationale: "Tests kept with an identity say which tokens must become it and which must not. One that fails \
                means that the trust was changed, or never did what its owner believes.",
    controls: &[
        "NHI5:2025",
        "SOC 2 CC6.3",
        "ISO 27001 A.8.2",
        "NIST 800-53 AC-6",
        "PCI DSS 4.0.1 7.2.5",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_live() || facts.trust_tests.is_empty() {
        return Verdict::Clear;
    }
    let mut unread = facts.trusts.is_empty();
    let trusts: Vec<Trust> = facts
        .trusts
        .iter()
        .filter_map(|it| {
            let read = trust::read(it.document.as_bytes(), Language::of(it.language.as_str()));
            unread |= read.is_err();
            read.ok()
        })
        .collect();
    let mut findings = Vec::new();
    for test in &facts.trust_tests {
        let Some(got) = outcome(&trusts, test) else {
            unread = true;
            continue;
        };
        if got == Decision::Unknown {
            unread = true;
        } else if (got == Decision::Allow) != test.allow {
            let (severity, title) = if test.allow {
                (Severity::Medium, "A token that must get in is refused")
            } else {
                (Severity::High, "A token that must be refused gets in")
            };
            findings.push(
                RULE.draft(facts, severity, title)
                    .about(&test.name)
                    .detail(format!("The test “{}” fails", test.name))
                    .fix("Put the trust right, or the test where it no longer says what is meant.")
                    .evidence("Test", &test.name)
                    .evidence("Must be", if test.allow { "let in" } else { "refused" })
                    .evidence("Is", if test.allow { "refused" } else { "let in" })
                    .done(),
            );
        }
    }
    if findings.is_empty() && unread {
        return Verdict::Unknown("Import the trust document again: its tests could not be judged.");
    }
    Verdict::of(findings)
}

/// How a test ends: one trust that lets the token in is enough. Nothing when its claims cannot be read.
pub fn outcome(trusts: &[Trust], test: &TrustTest) -> Option<Decision> {
    let token = Token::read(&test.claims).ok()?;
    let facts = trust::Facts::default();
    let mut whole = Decision::Deny;
    for trust in trusts {
        match trust.evaluate(&token, &facts).decision {
            Decision::Allow => return Some(Decision::Allow),
            Decision::Unknown => whole = Decision::Unknown,
            Decision::Deny => {}
        }
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::facts;
    use crate::finding::rules::expect;

    fn with(pattern: &str, allow: bool, subject: &str) -> Facts {
        Facts {
            trusts: vec![facts::Trust::github(pattern)],
            trust_tests: vec![TrustTest {
                name: "another repository".into(),
                allow,
                claims: format!(
                    r#"{{"iss":"https://token.actions.githubusercontent.com","aud":"sts.amazonaws.com","sub":"{subject}"}}"#
                ),
            }],
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_both_ways() {
        let open = with("repo:acme/*", false, "repo:acme/other:pull_request");
        assert_eq!(expect::fires(&RULE, &open)[0].severity, Severity::High);
        let shut = with(
            "repo:acme/app:environment:prod",
            true,
            "repo:acme/app:ref:refs/heads/main",
        );
        assert_eq!(expect::fires(&RULE, &shut)[0].severity, Severity::Medium);
    }

    #[test]
    fn nearly_fires_when_it_ends_as_it_must() {
        expect::clear(
            &RULE,
            &with("repo:acme/app:*", false, "repo:acme/other:pull_request"),
        );
        expect::clear(
            &RULE,
            &with("repo:acme/app:*", true, "repo:acme/app:pull_request"),
        );
        expect::clear(&RULE, &Facts::calm());
    }

    #[test]
    fn unknown_when_the_document_cannot_be_read() {
        let mut facts = with("repo:acme/app:*", false, "repo:acme/other:pull_request");
        facts.trusts[0].document = "{".into();
        expect::unknown(&RULE, &facts);
    }
}
