//! Access is narrowed only by a deny.

use crate::trust::admits::{Ring, ring_of};
use crate::trust::language::aws::operator::Base;
use crate::trust::lint::look::{Look, is_token_key};
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["deny-as-control"],
    severity: Severity::Medium,
    why: "A deny on a negated or missing claim is easy to get wrong in both directions.",
    exploit: "A token the deny did not think of passes the wide allow.",
    fix: "Narrow the allow itself; keep denies for what must never be.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    let wide = look
        .live()
        .any(|(grant, _)| ring_of(grant) >= Ring::Organisation);
    for statement in look.statements(false) {
        let loose = statement.conditions.iter().any(|it| {
            is_token_key(it)
                && (it.operator.negated()
                    || it.operator.true_if_absent()
                    || it.operator.base == Base::Null)
        });
        if wide && loose {
            report.say(
                "deny-as-control",
                statement.span,
                "a deny narrows what the allows leave wide open",
            );
        }
    }
}
