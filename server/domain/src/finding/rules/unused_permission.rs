//! A permission nobody used for ninety days, where a source would have seen its use.

use contract::findings::{Confidence, FindingClass, Severity};

use crate::finding::facts::{Facts, Permission, UNUSED_DAYS, day};
use crate::finding::{Rule, Verdict};
use crate::identity::permission;

/// The rule.
pub const RULE: Rule = Rule {
    id: "unused_permission",
    name: "Unused permission",
    class: FindingClass::Posture,
    rationale: "A permission that is never used serves only whoever takes the identity over.",
    controls: &[
        "NHI5:2025",
        "SOC 2 CC6.3",
        "ISO 27001 A.8.2",
        "NIST 800-53 AC-6(7)",
        "PCI DSS 4.0.1 7.2.5.1",
    ],
    judge,
};

/// Permissions named in the evidence.
const NAMED: usize = 5;

fn judge(facts: &Facts) -> Verdict {
    // A break-glass identity is never due for routine use.
    if !facts.is_registered() || facts.permissions.is_empty() || facts.break_glass.is_some() {
        return Verdict::Clear;
    }
    let limit = facts.unused_before();
    let idle =
        |p: &&Permission| p.last_used_at.is_none_or(|last| last < limit) && p.known_since < limit;
    let seen = |p: &&Permission| {
        permission::is_logged(&p.system, &p.action)
            && facts
                .system_covered_since(&p.system)
                .is_some_and(|since| since <= limit)
    };
    let unused: Vec<&Permission> = facts.permissions.iter().filter(idle).filter(seen).collect();
    if unused.is_empty() {
        return if facts.permissions.iter().any(|p| idle(&p) && !seen(&p)) {
            Verdict::Unknown(
                "Connect a source that logs the use of these permissions, and let it tell for 90 days.",
            )
        } else {
            Verdict::Clear
        };
    }
    let strong = unused.iter().filter(|p| p.privileged).count();
    let severity = if strong > 0 {
        Severity::Medium
    } else {
        Severity::Low
    };
    let mut finding = RULE
        .draft(facts, severity, "Permissions unused")
        .confidence(Confidence::Likely)
        .detail(format!(
            "{} of {} permissions not used for {UNUSED_DAYS} days, {strong} of them privileged",
            unused.len(),
            facts.permissions.len()
        ))
        .fix("Take them away; if a rare job needs one, grant it for that job only.")
        .evidence("Looked back to", day(limit));
    for one in unused.iter().take(NAMED) {
        let said = permission::sentence(&one.system, &one.action, &one.resource, one.environment);
        let last = one.last_used_at.map_or_else(
            || "never seen in use".to_owned(),
            |at| format!("last used {}", day(at)),
        );
        finding = finding.evidence(&one.action, format!("{said}; {last}"));
    }
    Verdict::Fires(vec![finding.done()])
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::finding::rules::expect;

    fn with(change: impl Fn(&mut Permission)) -> Facts {
        let mut facts = Facts::calm();
        change(&mut facts.permissions[0]);
        facts
    }

    fn ago(days: i64) -> chrono::DateTime<chrono::Utc> {
        Facts::calm().now - TimeDelta::days(days)
    }

    #[test]
    fn fires_after_ninety_days_and_names_them() {
        let found = expect::fires(&RULE, &with(|p| p.last_used_at = Some(ago(91))));
        assert_eq!(found[0].severity, Severity::Medium);
        assert_eq!(found[0].evidence[1].0, "ecs:UpdateService");
        expect::fires(&RULE, &with(|p| p.last_used_at = None));
    }

    #[test]
    fn nearly_fires_on_the_last_day_and_while_new() {
        expect::clear(&RULE, &with(|p| p.last_used_at = Some(ago(90))));
        expect::clear(
            &RULE,
            &with(|p| {
                p.last_used_at = None;
                p.known_since = ago(30);
            }),
        );
    }

    #[test]
    fn unknown_where_no_source_logs_its_use() {
        let uncovered = Facts {
            coverage: vec![],
            ..with(|p| p.last_used_at = None)
        };
        expect::unknown(&RULE, &uncovered);
        // CloudTrail tells of objects only when asked to.
        expect::unknown(
            &RULE,
            &with(|p| {
                p.last_used_at = None;
                p.action = "s3:GetObject".into();
            }),
        );
        expect::unknown(
            &RULE,
            &with(|p| {
                p.last_used_at = None;
                p.system = "sap".into();
            }),
        );
    }

    #[test]
    fn a_break_glass_identity_is_never_due_for_routine_use() {
        let idle = with(|p| p.last_used_at = None);
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
