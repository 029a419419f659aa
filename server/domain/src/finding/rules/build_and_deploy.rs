//! One identity may both make what is deployed and put it into production.

use contract::findings::{Confidence, FindingClass, Severity};
use contract::identities::Environment;

use crate::finding::facts::{Facts, Permission, day};
use crate::finding::{Rule, Verdict};
use crate::identity::permission::{self, Duty};

/// The rule.
pub const RULE: Rule = Rule {
    id: "build_and_deploy",
    name: "Build and deploy by one identity",
    class: FindingClass::Posture,
    rationale: "Whoever enters the build can then put anything into production without a second pair of eyes.",
    controls: &[
        "NHI5:2025",
        "SOC 2 CC6.3",
        "SOC 2 CC8.1",
        "ISO 27001 A.5.3",
        "NIST 800-53 AC-5",
        "PCI DSS 4.0.1 6.5.4",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_registered() {
        return Verdict::Clear;
    }
    if facts.permissions.is_empty() {
        return Verdict::Unknown("Import or declare its permissions.");
    }
    let first = |duty: Duty| {
        facts.permissions.iter().find(|p| {
            permission::duty(&p.system, &p.action) == Some(duty) && counts(facts, p, duty)
        })
    };
    let (Some(build), Some(deploy)) = (first(Duty::Build), first(Duty::Deploy)) else {
        return Verdict::Clear;
    };
    let raw = |p: &Permission| format!("{} on {}", p.action, p.resource);
    let seen = build.last_used_at.zip(deploy.last_used_at);
    let (confidence, observed) = match seen {
        Some((built, deployed)) => (
            Confidence::Certain,
            format!("built on {}, deployed on {}", day(built), day(deployed)),
        ),
        None => (Confidence::Likely, "not seen doing both; it may".to_owned()),
    };
    let finding = RULE
        .draft(facts, Severity::High, "Build and deploy by one identity")
        .confidence(confidence)
        .detail(format!("{} and {}", build.action, deploy.action))
        .fix("Let one identity build and another deploy; or except this with a reason and an end.")
        .evidence("May build", raw(build))
        .evidence("May deploy", raw(deploy))
        .evidence("Observed", observed)
        .done();
    Verdict::Fires(vec![finding])
}

/// Deploying counts in production: where the permission says so, or where the identity acts and it says nothing.
fn counts(facts: &Facts, permission: &Permission, duty: Duty) -> bool {
    duty == Duty::Build
        || match permission.environment {
            Some(environment) => environment == Environment::Production,
            None => facts.in_production(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::rules::expect;

    fn with(actions: &[(&str, Option<Environment>)]) -> Facts {
        Facts {
            permissions: actions
                .iter()
                .map(|(action, environment)| Permission {
                    system: "aws".into(),
                    action: (*action).into(),
                    resource: "*".into(),
                    environment: *environment,
                    privileged: false,
                    known_since: Facts::calm().created_at,
                    last_used_at: None,
                })
                .collect(),
            ..Facts::calm()
        }
    }

    #[test]
    fn fires_when_it_may_do_both() {
        let found = expect::fires(
            &RULE,
            &with(&[("ecr:PutImage", None), ("ecs:UpdateService", None)]),
        );
        assert_eq!(found[0].detail, "ecr:PutImage and ecs:UpdateService");
    }

    #[test]
    fn fires_for_certain_once_it_was_seen_doing_both() {
        let mut facts = with(&[("ecr:PutImage", None), ("ecs:UpdateService", None)]);
        assert_eq!(
            expect::fires(&RULE, &facts)[0].confidence,
            Confidence::Likely
        );
        for permission in &mut facts.permissions {
            permission.last_used_at = Some(facts.now);
        }
        assert_eq!(
            expect::fires(&RULE, &facts)[0].confidence,
            Confidence::Certain
        );
    }

    #[test]
    fn nearly_fires_when_it_deploys_to_staging_only() {
        let staging = Some(Environment::Staging);
        expect::clear(
            &RULE,
            &with(&[("ecr:PutImage", None), ("ecs:UpdateService", staging)]),
        );
        expect::clear(
            &RULE,
            &with(&[("ecr:PutImage", None), ("s3:GetObject", None)]),
        );
    }

    #[test]
    fn unknown_without_permissions() {
        expect::unknown(&RULE, &with(&[]));
    }
}
