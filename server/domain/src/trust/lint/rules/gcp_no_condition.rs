//! A provider of a shared issuer without a condition.

use crate::trust::admits::{Ring, ring_of};
use crate::trust::issuer::Issuer;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["gcp-no-condition"],
    severity: Severity::Critical,
    why: "Without a condition every token of the issuer enters the pool.",
    exploit: "Anybody on the platform gets a token into the pool; one loose binding is then enough.",
    fix: "Set `attribute_condition`, e.g. `assertion.repository_owner_id == 'ID'`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    let Some(pool) = look.gcp() else {
        return;
    };
    let tight = pool.bindings.as_ref().is_some_and(|it| !it.is_empty())
        && look
            .grants
            .iter()
            .all(|grant| grant.dead.is_some() || ring_of(grant) <= Ring::Repository);
    for provider in pool.providers.iter().filter(|it| it.condition.is_none()) {
        if provider
            .issuer
            .as_ref()
            .is_some_and(|it| Issuer::of(&it.text).shared)
        {
            let finding = report.say(
                "gcp-no-condition",
                provider.span,
                "every token of the shared issuer enters the pool",
            );
            if tight {
                finding.severity = Severity::Medium;
                finding.message.push_str("; the bindings are tight so far");
            }
        }
    }
}
