//! The audience is not bound.

use crate::trust::lint::look::{Look, claim_part, is_token_key};
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["missing-aud-condition"],
    severity: Severity::Low,
    why: "The audience says what a token was meant for.",
    exploit: "A token made for another service of the same platform can be replayed here.",
    fix: "Add an audience condition with the value the job asks for, e.g. `sts.amazonaws.com`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for statement in look.statements(true) {
        let bound = statement
            .conditions
            .iter()
            .any(|it| is_token_key(it) && claim_part(it) == "aud" && !it.operator.negated());
        if !bound && !statement.principal.federated.is_empty() {
            report.say(
                "missing-aud-condition",
                statement.span,
                "no audience is asked; only the provider's client-id list limits it",
            );
        }
    }
    for provider in look
        .gcp()
        .map(|pool| pool.providers.as_slice())
        .unwrap_or_default()
    {
        let by_condition = provider
            .conditions()
            .iter()
            .all(|way| way.iter().any(|it| it.claim == "aud"));
        if provider.audiences.is_empty() && !by_condition {
            report.say(
                "missing-aud-condition",
                provider.span,
                "no audience is listed, so the default (the provider's full name) is taken",
            );
        }
    }
}
