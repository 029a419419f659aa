//! A job that logs in to a cloud or deploys names no environment.

use super::deploys;
use crate::trust::lint::Severity;
use crate::trust::scan::github::Step;
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-deploy-without-environment",
    severity: Severity::Medium,
    why: "An environment is where reviewers, branch limits and its own secrets stand.",
    fix: "Name a protected environment in the job, and bind it in the trust.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::Workflow {
        return;
    }
    for job in file
        .jobs()
        .iter()
        .filter(|job| job.node.get("environment").is_none() && job.node.get("uses").is_none())
    {
        let login = job.steps.iter().any(Step::is_login);
        let deploy = job
            .steps
            .iter()
            .any(|step| step.run.is_some_and(|(run, _)| deploys(run)));
        if login || deploy {
            let what = if login {
                "logs in to a cloud"
            } else {
                "deploys"
            };
            report.say(
                job.span,
                format!("job {} {what} without an environment", job.name),
            );
        }
    }
}
