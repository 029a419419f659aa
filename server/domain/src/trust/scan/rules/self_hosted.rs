//! A self-hosted runner that nothing says is thrown away.

use crate::trust::lint::{Confidence, Severity};
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-self-hosted-nonephemeral",
    severity: Severity::Medium,
    why: "What one job leaves on a lasting runner, the next job meets.",
    fix: "Use ephemeral runners, and none of them for pull requests.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::Workflow {
        return;
    }
    let outside = file.runs_for(&["pull_request", "pull_request_target", "issue_comment"]);
    for job in file.jobs() {
        let Some(labels) = job.node.get("runs-on") else {
            continue;
        };
        let told = labels.get("labels").unwrap_or(labels).strings();
        let own = told.iter().any(|it| it.text.contains("self-hosted"));
        let passing = told.iter().any(|it| it.text.contains("ephemeral"));
        if own && !passing {
            let finding = report.say(
                labels.span,
                format!("job {} runs on a self-hosted runner", job.name),
            );
            finding.confidence = Confidence::Possible;
            if let Some((event, _)) = &outside {
                finding.severity = Severity::High;
                finding.message = format!("{}, also for {event}", finding.message);
            }
        }
    }
}
