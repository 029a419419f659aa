//! A repository of another owner is trusted.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Confidence, Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["foreign-repository"],
    severity: Severity::Medium,
    why: "Who may change that repository is decided elsewhere.",
    exploit: "Its maintainers, or whoever takes over their account, become this identity.",
    fix: "Trust repositories of your own organisation; mirror what you need.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        let (Some(tenant), Some(project)) = (sub.shape.tenant.fixed(), sub.shape.project.fixed())
        else {
            continue;
        };
        let owners: Vec<&str> = look
            .facts
            .repositories
            .values()
            .filter_map(|it| it.name.as_deref()?.split('/').next())
            .collect();
        if !owners.is_empty()
            && sub.is(Platform::GitHub)
            && !owners.iter().any(|it| it.eq_ignore_ascii_case(tenant))
        {
            let finding = report.say(
                "foreign-repository",
                sub.value.span,
                format!("{project} is not of {}", owners.join(", ")),
            );
            finding.confidence = Confidence::Likely;
        }
    }
}
