//! A job of CircleCI gets a context on every branch.

use crate::trust::lint::Severity;
use crate::trust::scan::{File, Report, Rule};

pub const RULE: Rule = Rule {
    id: "circle-context-unrestricted",
    severity: Severity::Medium,
    why: "Whoever can push any branch runs their code with what the context holds.",
    fix: "Filter the job to protected branches, put an approval before it, and restrict the context to a group.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.circle_jobs() {
        if !job.contexts.is_empty() && !job.filtered && !job.approved {
            let contexts = job.contexts.join(", ");
            report.say(
                job.span,
                format!("job {} gets {contexts} on every branch", job.name),
            );
        }
    }
}
