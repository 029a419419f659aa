//! Static credentials of a cloud in variables.

use crate::trust::lint::Severity;
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "gl-static-cloud-creds",
    severity: Severity::High,
    why: "A key in a variable works from anywhere, for anybody, until somebody rotates it.",
    fix: "Use `id_tokens` and the cloud's federation.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::Gitlab {
        return;
    }
    let jobs = file.gitlab_jobs();
    let own = jobs.iter().filter_map(|job| job.node.get("variables"));
    for variables in file.root.get("variables").into_iter().chain(own) {
        for entry in variables.entries() {
            if [
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "ARM_CLIENT_SECRET",
                "AZURE_CLIENT_SECRET",
                "GOOGLE_CREDENTIALS",
                "GOOGLE_APPLICATION_CREDENTIALS",
            ]
            .contains(&entry.key.as_str())
            {
                report.say(entry.key_span, format!("{} is a variable", entry.key));
            }
        }
    }
    for job in &jobs {
        let named = [
            "$AWS_SECRET_ACCESS_KEY",
            "${AWS_SECRET_ACCESS_KEY",
            "$ARM_CLIENT_SECRET",
            "$AZURE_CLIENT_SECRET",
            "--client-secret",
            "activate-service-account",
        ]
        .iter()
        .find(|it| job.script.contains(**it));
        if let Some(named) = named {
            report.say(job.span, format!("job {} uses {named}", job.name));
        }
    }
}
