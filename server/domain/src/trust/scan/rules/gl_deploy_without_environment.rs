//! A deploying job names no environment.

use crate::trust::lint::{Confidence, Severity};
use crate::trust::scan::{File, Report, Rule};

pub const RULE: Rule = Rule {
    id: "gl-deploy-without-environment",
    severity: Severity::Medium,
    why: "A protected environment is where approvals and allowed deployers stand.",
    fix: "Name a protected `environment:` in the job.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.gitlab_jobs() {
        let stops = job.node.get("extends").is_some() || job.node.get("trigger").is_some();
        if job.deploys() && !stops && job.node.get("environment").is_none() {
            report
                .say(
                    job.span,
                    format!("job {} deploys without an environment", job.name),
                )
                .confidence = Confidence::Likely;
        }
    }
}
