//! The trust beside the workflows of its repository.

use crate::trust::issuer::Platform;
use crate::trust::jobs::{self, Job};
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["reachable-by-pull-request-target", "dead-trust"],
    severity: Severity::Critical,
    why: "Runs for events of others carry the default branch's subject; a subject no workflow makes is dead.",
    exploit: "Somebody opens a pull request, and its code runs with a token this trust accepts.",
    fix: "Take id-token away from such jobs, or bind an environment that they do not name.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    if look.facts.workflows.is_empty() {
        return;
    }
    let jobs: Vec<Job> = look
        .facts
        .workflows
        .iter()
        .flat_map(|(path, text)| jobs::jobs(path, text))
        .collect();
    for sub in look.subs().iter().filter(|sub| sub.is(Platform::GitHub)) {
        let branch = look
            .repository(&sub.shape)
            .and_then(|it| it.default_branch.clone())
            .unwrap_or_else(|| "main".to_owned());
        let project = sub.value.shape();
        let head = project.split(':').take(2).collect::<Vec<_>>().join(":");
        let mut fits = false;
        for job in jobs.iter().filter(|job| job.id_token) {
            let subjects = job.subjects(Platform::GitHub, &head, &branch);
            let taken = subjects.iter().any(|it| sub.value.matches(&it.text));
            fits |= taken || job.open;
            if taken && job.untrusted && job.checks_out_head {
                report.say(
                    "reachable-by-pull-request-target",
                    sub.value.span,
                    format!(
                        "job {} in {} runs for {} with code of the author, and its token fits",
                        job.name,
                        job.path,
                        job.events.join(", ")
                    ),
                );
            }
        }
        if !fits {
            report
                .say(
                    "dead-trust",
                    sub.value.span,
                    "no job of the workflows told asks for a token with this subject",
                )
                .severity = Severity::Info;
        }
    }
}
