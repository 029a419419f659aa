//! Words of strangers become part of a script.

use crate::trust::lint::Severity;
use crate::trust::scan::expression::{flowing, writes_out};
use crate::trust::scan::{File, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-injection",
    severity: Severity::High,
    why: "An expression is pasted into the script before the shell reads it.",
    fix: "Put it into `env:` and use the variable, quoted.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.jobs() {
        for step in &job.steps {
            let script = (step.action() == "actions/github-script")
                .then(|| {
                    step.with("script")
                        .and_then(|it| Some((it.text()?, it.span)))
                })
                .flatten();
            for (text, span) in step.run.into_iter().chain(script) {
                let whole = writes_out(text);
                for name in flowing(text) {
                    if strange(&name, whole) {
                        report.say(span, format!("{name} is pasted into a script"));
                    }
                }
            }
        }
    }
}

/// A context others than the repository's people decide; what holds one counts where it is written out `whole`.
/// <https://docs.github.com/actions/reference/security/secure-use>
fn strange(name: &str, whole: bool) -> bool {
    const WORDS: [&str; 16] = [
        "github.head_ref",
        "github.event.pull_request.title",
        "github.event.pull_request.body",
        "github.event.pull_request.head.ref",
        "github.event.pull_request.head.label",
        "github.event.pull_request.head.repo.default_branch",
        "github.event.issue.title",
        "github.event.issue.body",
        "github.event.comment.body",
        "github.event.review.body",
        "github.event.discussion.title",
        "github.event.discussion.body",
        "github.event.head_commit.message",
        "github.event.workflow_run.head_branch",
        "github.event.workflow_run.head_commit.message",
        "github.event.commits",
    ];
    WORDS.into_iter().any(|word| {
        let (parts, known) = (name.split('.').count(), word.split('.').count());
        let mut both = name.split('.').zip(word.split('.'));
        both.all(|(part, known)| part == known || part == "*") && (parts >= known || whole)
    })
}
