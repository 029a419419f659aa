//! Several providers share a pool.

use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["pool-mixed-providers"],
    severity: Severity::Medium,
    why: "Bindings name the pool, so the loosest provider opens the bindings of the strictest.",
    exploit: "Whoever gets in by the loose provider takes what was granted for the strict one.",
    fix: "One pool for each provider.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    let Some(pool) = look.gcp() else {
        return;
    };
    if pool.providers.len() > 1 || look.facts.pool_providers > 1 {
        report.say(
            "pool-mixed-providers",
            pool.providers.get(1).map_or(pool.span, |it| it.span),
            "several providers share the pool and its bindings",
        );
    }
}
