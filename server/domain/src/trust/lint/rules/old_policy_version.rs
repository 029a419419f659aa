//! The policy has an old version, or none.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["old-policy-version"],
    severity: Severity::Low,
    why: "Before 2012-10-17 there are no variables: `${…}` is plain text.",
    exploit: "A condition with a variable never matches as meant.",
    fix: "Write `\"Version\": \"2012-10-17\"`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    if let Some(policy) = look.aws() {
        match &policy.version {
            None => {
                report.say(
                    "old-policy-version",
                    policy.span,
                    "no Version is written, so 2008-10-17 is taken",
                );
            }
            Some(version) if version.text != "2012-10-17" => {
                report.say(
                    "old-policy-version",
                    version.span,
                    format!("Version is {}", version.text),
                );
            }
            Some(_) => {}
        }
    }
}
