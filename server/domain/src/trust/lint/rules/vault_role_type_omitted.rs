//! `role_type` is left out.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["vault-role-type-omitted"],
    severity: Severity::Medium,
    why: "Left out, Vault writes oidc, and the role refuses JWT logins.",
    exploit: "Every login fails.",
    fix: "Write `role_type = \"jwt\"`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    if let Some(role) = look.vault()
        && role.role_type.is_none()
        && role.cel.is_none()
    {
        report.say(
            "vault-role-type-omitted",
            role.span,
            "role_type is left out and becomes oidc",
        );
    }
}
