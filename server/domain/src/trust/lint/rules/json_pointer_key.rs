//! A claim's name is, or is not, a JSON pointer.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["json-pointer-key"],
    severity: Severity::Low,
    why: "A name that begins with a slash is a path into objects; one that does not is taken as it stands.",
    exploit: "The claim is looked for in the wrong place and never found.",
    fix: "Check the token: `/kubernetes.io/namespace` is the key namespace of the object kubernetes.io.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for bound in look
        .vault()
        .map(|role| role.bound_claims.as_slice())
        .unwrap_or_default()
    {
        let name = bound.claim.text.as_str();
        if name.starts_with('/') {
            report.say(
                "json-pointer-key",
                bound.claim.span,
                format!("{name} is read as a path into objects"),
            );
        } else if name.starts_with("kubernetes.io/") {
            report
                .say(
                    "json-pointer-key",
                    bound.claim.span,
                    format!("{name} is read as one name; /{name} would be a path"),
                )
                .severity = Severity::Medium;
        }
    }
}
