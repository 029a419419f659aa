//! The old job token is used as an identity.

use crate::trust::lint::Severity;
use crate::trust::scan::github::scalars;
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "gl-job-jwt",
    severity: Severity::Medium,
    why: "CI_JOB_JWT was in every job, with one audience for everything; it has been removed.",
    fix: "Use `id_tokens` with an audience for each service.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::Gitlab {
        return;
    }
    let mut found = Vec::new();
    scalars(&file.root, "", &mut found);
    for (_, text, span) in found
        .into_iter()
        .filter(|(_, text, _)| text.contains("CI_JOB_JWT"))
    {
        let word = if text.contains("CI_JOB_JWT_V2") {
            "CI_JOB_JWT_V2"
        } else {
            "CI_JOB_JWT"
        };
        report.say(span, format!("{word} is used"));
    }
}
