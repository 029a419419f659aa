//! The right to ask for an OpenID Connect token is wider than the login.

use crate::trust::lint::{Confidence, Severity};
use crate::trust::scan::github::{Step, writes};
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-id-token-wide",
    severity: Severity::Medium,
    why: "Whoever runs in a job with this right can become every identity that trusts its subject.",
    fix: "Give `id-token: write` to the one job that logs in.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::Workflow {
        return;
    }
    let jobs = file.jobs();
    if let Some(top) = file.root.get("permissions")
        && writes(Some(top), "id-token")
        && jobs.len() > 1
    {
        let place = top
            .entries()
            .iter()
            .find(|it| it.key == "id-token")
            .map_or(top.span, |it| it.key_span);
        report.say(place, "id-token: write for every job of the workflow");
    }
    for job in jobs
        .iter()
        .filter(|job| job.node.get("uses").is_none() && writes(job.permissions, "id-token"))
    {
        if !job.steps.iter().any(Step::uses_token) {
            report
                .say(
                    job.span,
                    format!(
                        "job {} may ask for a token, but no step logs in with one",
                        job.name
                    ),
                )
                .confidence = Confidence::Likely;
        }
    }
}
