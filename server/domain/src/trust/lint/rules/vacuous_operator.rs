//! The condition is true when the claim is missing.

use crate::trust::language::aws::lower::is_vacuous;
use crate::trust::language::aws::operator::Base;
use crate::trust::language::aws::{Condition, Statement};
use crate::trust::lint::look::{Look, claim_part, is_token_key};
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["vacuous-operator"],
    severity: Severity::High,
    why: "An operator with IfExists or ForAllValues, a negated one, or Null alone holds for tokens without the claim.",
    exploit: "A token without the claim, of another kind of job or platform, passes.",
    fix: "Use the plain positive operator; keep ForAllValues only beside `Null: {key: \"false\"}`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for statement in look.statements(true) {
        for condition in statement.conditions.iter().filter(|it| is_token_key(it)) {
            let key = condition.key.text.to_ascii_lowercase();
            let same = |other: &&Condition| {
                other.key.text.to_ascii_lowercase() == key && !std::ptr::eq(*other, condition)
            };
            let others: Vec<&Condition> = statement.conditions.iter().filter(same).collect();
            let guarded = others.iter().any(|it| {
                it.operator.base == Base::Null
                    && it
                        .values
                        .iter()
                        .any(|value| value.text.eq_ignore_ascii_case("false"))
            });
            let bound = others
                .iter()
                .any(|it| !it.operator.true_if_absent() && it.operator.base != Base::Null);
            let null_alone = condition.operator.base == Base::Null && others.is_empty();
            let negated =
                condition.operator.negated() && !bound && !elsewhere(statement, condition);
            if (is_vacuous(condition) && !guarded && !bound) || null_alone || negated {
                let finding = report.say(
                    "vacuous-operator",
                    condition.span,
                    format!(
                        "{} on {} is true for tokens without it",
                        condition.written, condition.key.text
                    ),
                );
                if claim_part(condition) == "aud" {
                    finding.severity = Severity::Low;
                }
            }
        }
    }
    for grant in look.grants.iter().filter(|_| look.gcp().is_some()) {
        let only_negated = grant.all.iter().any(|it| it.negated)
            && !grant.all.iter().any(|it| it.narrows && it.claim != "aud");
        if only_negated {
            for it in grant.all.iter().filter(|it| it.negated) {
                report.say(
                    "vacuous-operator",
                    it.span,
                    format!("only {} is excluded, everybody else is let in", it.claim),
                );
            }
        }
    }
}

/// Another claim of the token than the audience is bound positively.
fn elsewhere(statement: &Statement, condition: &Condition) -> bool {
    statement.conditions.iter().any(|it| {
        !std::ptr::eq(it, condition)
            && is_token_key(it)
            && claim_part(it) != "aud"
            && !it.operator.true_if_absent()
            && it.operator.base != Base::Null
    })
}
