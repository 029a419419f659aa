//! A deploying job runs on any ref.

use crate::trust::lint::{Confidence, Severity};
use crate::trust::scan::{File, Report, Rule};

pub const RULE: Rule = Rule {
    id: "gl-deploy-unprotected",
    severity: Severity::Medium,
    why: "Anybody who can push a branch changes the job on it and runs it.",
    fix: "Add `rules:` that ask for the protected branch, e.g. `$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`.",
    check,
};

fn check(file: &File, report: &mut Report) {
    let whole = file
        .root
        .get("workflow")
        .and_then(|it| it.get("rules"))
        .is_some();
    for job in file.gitlab_jobs() {
        let limited = ["rules", "only", "extends", "trigger"]
            .iter()
            .any(|key| job.node.get(key).is_some());
        if job.deploys() && !limited && !whole {
            report
                .say(job.span, format!("job {} deploys from any ref", job.name))
                .confidence = Confidence::Likely;
        }
    }
}
