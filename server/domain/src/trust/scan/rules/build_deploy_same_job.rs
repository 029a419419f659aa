//! One job builds the code and holds the credentials to deploy it.

use super::builds;
use crate::trust::lint::Severity;
use crate::trust::scan::{File, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-build-deploy-same-job",
    severity: Severity::Medium,
    why: "Build scripts and dependencies run where the deployment's credentials are.",
    fix: "Build in a job without rights, hand the artifact over, deploy in another.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.jobs() {
        let checkout = job
            .steps
            .iter()
            .any(|step| step.action() == "actions/checkout");
        let build = job
            .steps
            .iter()
            .any(|step| step.run.is_some_and(|(run, _)| builds(run)));
        let login = job.steps.iter().find(|step| step.is_login());
        if let (true, true, Some(login)) = (checkout, build, login) {
            report.say(
                login.node.span,
                format!("job {} builds the code and logs in to a cloud", job.name),
            );
        }
    }
}
