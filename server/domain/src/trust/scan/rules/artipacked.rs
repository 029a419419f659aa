//! The checkout leaves the job token in the working copy.

use crate::trust::lint::Severity;
use crate::trust::scan::{File, Report, Rule};
use crate::trust::source::Node;

pub const RULE: Rule = Rule {
    id: "wf-artipacked",
    severity: Severity::Low,
    why: "A later step, or an uploaded folder, carries the token away.",
    fix: "Set `persist-credentials: false`.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.jobs() {
        for step in job
            .steps
            .iter()
            .filter(|step| step.action() == "actions/checkout")
        {
            let kept = step
                .with("persist-credentials")
                .and_then(Node::scalar)
                .as_deref()
                != Some("false");
            let whole = job.steps.iter().any(|it| {
                it.action() == "actions/upload-artifact"
                    && it.with("path").and_then(Node::text).is_some_and(|path| {
                        [".", "./", "*", "${{ github.workspace }}"].contains(&path.trim())
                    })
            });
            if kept {
                let finding = report.say(step.node.span, "the checkout keeps its credentials");
                if whole {
                    finding.severity = Severity::High;
                    finding
                        .message
                        .push_str(", and the whole folder is uploaded");
                }
            }
        }
    }
}
