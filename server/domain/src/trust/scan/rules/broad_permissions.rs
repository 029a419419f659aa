//! The job token may write more than needed, or nothing says what it may.

use crate::trust::lint::{Confidence, Severity};
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-broad-permissions",
    severity: Severity::Medium,
    why: "Every step of the job, third-party actions included, holds the token.",
    fix: "Write `permissions: {}` at the top and give each job the scopes it needs.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::Workflow {
        return;
    }
    let top = file.root.get("permissions");
    let jobs = file.jobs();
    if let Some(top) = top {
        if top.text() == Some("write-all") {
            report.say(top.span, "write-all for every job").severity = Severity::High;
        }
        for entry in top
            .entries()
            .iter()
            .filter(|it| it.node.text() == Some("write") && it.key != "id-token")
        {
            if jobs.len() > 1 {
                report.say(
                    entry.key_span,
                    format!("{}: write for every job of the workflow", entry.key),
                );
            }
        }
    }
    for job in &jobs {
        match job.node.get("permissions") {
            Some(own) if own.text() == Some("write-all") => {
                report
                    .say(own.span, format!("write-all for job {}", job.name))
                    .severity = Severity::High;
            }
            None if top.is_none() => {
                report
                    .say(
                        job.span,
                        format!(
                            "job {} has no permissions: the repository's default decides",
                            job.name
                        ),
                    )
                    .confidence = Confidence::Likely;
            }
            _ => {}
        }
    }
}
