//! The rules, one file each. A new one: write the file, add it here and to the registry; the tests of
//! `finding` say what is missing.

pub mod break_glass_drill;
pub mod break_glass_use;
pub mod build_and_deploy;
pub mod conflicting_selector;
pub mod environment_mixed;
pub mod hard_coded_credential;
pub mod inactive_owner;
pub mod mutable_name_trust;
pub mod no_owner;
pub mod overdue_review;
pub mod overdue_rotation;
pub mod persistent_runner;
pub mod retired_credential_used;
pub mod revoked_but_used;
pub mod shared_credential;
pub mod static_cloud_credential;
pub mod trust_test_failed;
pub mod unanswered_review;
pub mod unknown_credential_age;
pub mod unregistered_identity;
pub mod unused_credential;
pub mod unused_identity;
pub mod unused_permission;
pub mod wildcard_trust;
pub mod zombie_use;

/// What the tests of every rule say.
#[cfg(test)]
pub(crate) mod expect {
    use contract::identities::IdentityState;

    use super::super::facts::Facts;
    use super::super::{Finding, Rule, Verdict};

    /// The rule fires, with evidence and a fix.
    pub fn fires(rule: &Rule, facts: &Facts) -> Vec<Finding> {
        let Verdict::Fires(findings) = (rule.judge)(facts) else {
            panic!("{} does not fire: {:?}", rule.id, (rule.judge)(facts));
        };
        for finding in &findings {
            assert!(
                !finding.evidence.is_empty() && !finding.fix.is_empty(),
                "{finding:?}"
            );
            assert!(
                !finding.title.is_empty() && finding.rule == rule.id,
                "{finding:?}"
            );
        }
        findings
    }

    /// The rule is clear.
    pub fn clear(rule: &Rule, facts: &Facts) {
        assert_eq!((rule.judge)(facts), Verdict::Clear, "{}", rule.id);
    }

    /// The rule cannot know where no credential is, and is clear where the identity is no more.
    pub fn unknown_without_credentials(rule: &Rule) {
        let none = Facts {
            credentials: vec![],
            ..Facts::calm()
        };
        unknown(rule, &none);
        let state = IdentityState::Removed;
        clear(rule, &Facts { state, ..none });
    }

    /// The rule cannot know.
    pub fn unknown(rule: &Rule, facts: &Facts) {
        assert!(
            matches!((rule.judge)(facts), Verdict::Unknown(_)),
            "{}",
            rule.id
        );
    }
}
