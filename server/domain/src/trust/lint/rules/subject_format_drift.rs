//! The subject's form is not the one the repository's tokens have.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::trust::grant::Grant;
use crate::trust::issuer::{Issuer, Platform};
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::subject::shape;

pub const RULE: Rule = Rule {
    ids: &["subject-format-drift"],
    severity: Severity::Medium,
    why: "Repositories created, renamed or transferred after 2026-07-15, or opted in, have ids in their subjects; others do not.",
    exploit: "Every token is refused, and under pressure somebody \u{201c}repairs\u{201d} the policy with a wildcard.",
    fix: "Write the form the repository has; during a migration list both, with the ids.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    let both = |grant: &Grant, issuer: &Issuer| {
        let mut forms = grant
            .on("sub")
            .flat_map(|it| &it.values)
            .map(|value| shape(issuer, value).ids);
        let first = forms.next();
        forms.any(|form| Some(form) != first)
    };
    let mut mixed: HashMap<*const Grant, bool> = HashMap::new();
    for sub in look.subs() {
        if !sub.is(Platform::GitHub) || !sub.issuer.shared && !sub.issuer.tenant {
            continue;
        }
        let Some(repository) = look.repository(&sub.shape) else {
            continue;
        };
        // Asked of each way in once: one may list thousands of subjects.
        let known = mixed.entry(std::ptr::from_ref(sub.grant));
        if *known.or_insert_with(|| both(sub.grant, sub.issuer)) {
            continue;
        }
        let changed = NaiveDate::from_ymd_opt(2026, 7, 15).unwrap_or_default();
        let immutable = repository
            .immutable
            .or(repository.since.map(|since| since > changed));
        match (immutable, sub.shape.ids) {
            (Some(true), false) => {
                report.say("subject-format-drift", sub.value.span, "the repository's subjects carry ids, this one does not: its tokens are refused");
            }
            (Some(false), true) => {
                report.say("subject-format-drift", sub.value.span, "the repository's subjects carry no ids yet, this one does: its tokens are refused");
            }
            _ => {}
        }
    }
}
