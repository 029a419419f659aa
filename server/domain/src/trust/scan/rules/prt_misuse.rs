//! Code or words of strangers run with the rights of the repository.

use crate::trust::lint::{Confidence, Severity};
use crate::trust::scan::expression::secrets;
use crate::trust::scan::github::{takes_head, writes};
use crate::trust::scan::{File, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-prt-misuse",
    severity: Severity::Critical,
    why: "pull_request_target, workflow_run and issue_comment run on the default branch, with its secrets and its subject.",
    fix: "Use pull_request for strangers' code; keep privileged work in a workflow that never touches it.",
    check,
};

fn check(file: &File, report: &mut Report) {
    let Some((event, place)) =
        file.runs_for(&["pull_request_target", "workflow_run", "issue_comment"])
    else {
        return;
    };
    for job in file.jobs() {
        if let Some(step) = job.steps.iter().find(|step| takes_head(step)) {
            report.say(
                step.node.span,
                format!(
                    "job {} runs for {event} and takes the author's code",
                    job.name
                ),
            );
            continue;
        }
        let secret = file
            .text
            .get(job.node.span.start..job.node.span.end)
            .is_some_and(|text| secrets(text).iter().any(|it| it != "secrets.github_token"));
        let token = writes(job.permissions, "id-token");
        if secret || token {
            let what = if token { "an id-token" } else { "secrets" };
            let finding = report.say(
                place,
                format!("job {} runs for {event} with {what}", job.name),
            );
            finding.severity = Severity::High;
            finding.confidence = Confidence::Likely;
        }
    }
}
