//! Secrets may end up in the log.

use crate::trust::lint::{Confidence, Severity};
use crate::trust::scan::expression::{flowing, secrets, writes_out};
use crate::trust::scan::github::scalars;
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-secret-in-log",
    severity: Severity::High,
    why: "Masking is by exact text: anything derived or re-encoded is printed in the clear.",
    fix: "Do not print secrets or the whole environment; name the one secret a step needs.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.jobs() {
        for (run, span) in job.steps.iter().filter_map(|step| step.run) {
            for line in run.lines().map(str::trim) {
                let prints = ["echo ", "printf ", "cat <<"]
                    .iter()
                    .any(|it| line.starts_with(it))
                    && !line.contains("GITHUB_OUTPUT")
                    && !line.contains("GITHUB_ENV")
                    && !line.contains('>')
                    && !line.contains('|')
                    && !line.contains("::add-mask::");
                if prints && !secrets(line).is_empty() {
                    report.say(span, "a secret is printed");
                } else if ["printenv", "env", "export -p", "set"].contains(&line) {
                    report
                        .say(span, format!("{line} prints the whole environment"))
                        .confidence = Confidence::Likely;
                } else if prints && line.contains("ACTIONS_ID_TOKEN_REQUEST_TOKEN") {
                    report.say(span, "the request token is printed");
                }
            }
            let traced = run.contains("set -x")
                || run.contains("set -eux")
                || run.contains("set -ex")
                || run.contains("set -xe");
            if traced && !secrets(run).is_empty() {
                report.say(span, "set -x prints commands with a secret in them");
            }
        }
    }
    if !matches!(file.kind, Kind::Workflow | Kind::Action) {
        return;
    }
    let mut found = Vec::new();
    scalars(&file.root, "", &mut found);
    for (key, text, span) in found {
        let written = writes_out(text);
        if written && flowing(text).iter().any(|it| it == "secrets") {
            report.say(span, "all secrets at once are handed over");
        }
        if ["ACTIONS_STEP_DEBUG", "ACTIONS_RUNNER_DEBUG"].contains(&key) && text == "true" {
            report.say(span, format!("{key} makes steps print more than meant"));
        }
    }
}
