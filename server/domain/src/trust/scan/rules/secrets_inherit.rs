//! A called workflow gets every secret.

use crate::trust::lint::Severity;
use crate::trust::scan::{File, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-secrets-inherit",
    severity: Severity::Medium,
    why: "The called workflow, and whoever changes it, holds secrets it has no use for.",
    fix: "Name the secrets it needs.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.jobs() {
        if let Some(secrets) = job
            .node
            .get("secrets")
            .filter(|it| it.text() == Some("inherit"))
        {
            report.say(
                secrets.span,
                format!("job {} hands over every secret", job.name),
            );
        }
    }
}
