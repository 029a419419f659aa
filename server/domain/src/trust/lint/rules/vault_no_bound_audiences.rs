//! No audience is bound, so tokens with one are refused.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["vault-no-bound-audiences"],
    severity: Severity::Medium,
    why: "Vault refuses a token that has an audience when the role binds none.",
    exploit: "Every login fails.",
    fix: "Set `bound_audiences` to the audience the job asks for.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    if let Some(role) = look.vault()
        && role.bound_audiences.is_empty()
    {
        report.say(
            "vault-no-bound-audiences",
            role.span,
            "bound_audiences is empty: every token with an audience is refused",
        );
    }
}
