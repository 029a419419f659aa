//! A release is built with a cache others can fill.

use crate::trust::lint::{Confidence, Severity};
use crate::trust::scan::{File, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-cache-poisoning",
    severity: Severity::Medium,
    why: "A cache written by a less trusted run becomes part of what is released.",
    fix: "Build releases without caches.",
    check,
};

fn check(file: &File, report: &mut Report) {
    let tags = file
        .root
        .get("on")
        .and_then(|on| on.get("push"))
        .and_then(|push| push.get("tags"));
    let Some(event) = file
        .runs_for(&["release"])
        .map(|(event, _)| event)
        .or_else(|| tags.map(|_| "tags".to_owned()))
    else {
        return;
    };
    for job in file.jobs() {
        for step in &job.steps {
            let action = step.action();
            let cache = action == "actions/cache"
                || action == "swatinem/rust-cache"
                || action.starts_with("actions/setup-")
                    && step
                        .with("cache")
                        .is_some_and(|it| it.scalar().as_deref() != Some("false"));
            if cache {
                report
                    .say(
                        step.node.span,
                        format!("job {} runs for {event} and restores a cache", job.name),
                    )
                    .confidence = Confidence::Likely;
            }
        }
    }
}
