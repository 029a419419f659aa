//! Everybody, or everybody but some, is named.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["principal-wildcard", "notprincipal", "notaction"],
    severity: Severity::Critical,
    why: "The principal decides who may even ask; a wildcard or exclusion asks everybody in.",
    exploit: "Anybody with any AWS account or provider can try the conditions, and where there are none is in.",
    fix: "Name the provider: `{\"Federated\": \"arn:aws:iam::ACCOUNT:oidc-provider/HOST\"}` and the one action.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for statement in look
        .aws()
        .map(|policy| policy.statements.as_slice())
        .unwrap_or_default()
        .iter()
        .filter(|it| it.allow)
    {
        let named = &statement.principal;
        let star = named
            .federated
            .iter()
            .chain(&named.aws)
            .any(|it| it.text.contains('*'));
        if (named.everyone || star) && !statement.not_principal {
            report.say(
                "principal-wildcard",
                named.span,
                "the principal is a wildcard",
            );
        }
        if statement.not_principal {
            report.say(
                "notprincipal",
                named.span,
                "NotPrincipal with Allow means everybody else",
            );
        }
        if statement.not_action {
            report.say(
                "notaction",
                statement.action_span,
                "NotAction with Allow means every other action",
            );
        }
    }
}
