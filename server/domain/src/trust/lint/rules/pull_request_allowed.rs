//! Pull or merge requests are let in by name.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["pull-request-allowed"],
    severity: Severity::Medium,
    why: "Code that nobody has reviewed yet runs with this identity.",
    exploit: "Anybody who can open a pull request from a branch of the repository changes the workflow in it and takes the role.",
    fix: "Give pull requests an identity of their own that can only read or plan.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        let rest = sub.shape.rest.as_str();
        let custom =
            sub.is(Platform::GitHub) && sub.value.shape().contains("event_name:pull_request");
        if sub.is(Platform::GitHub)
            && (rest == "pull_request"
                || sub.value.text.ends_with(":pull_request")
                || rest.starts_with("ref:refs/pull/")
                || custom)
        {
            report.say(
                "pull-request-allowed",
                sub.value.span,
                format!("\u{201c}{}\u{201d} admits pull requests", sub.value.text),
            );
        }
    }
    for (_, _, it) in look.claims(&["pipeline_source", "event_name", "ref"]) {
        for value in it.values.iter().filter(|_| it.narrows && !it.negated) {
            let asks = ["merge_request_event", "pull_request", "pull_request_target"]
                .contains(&value.text.as_str())
                || value.text.starts_with("refs/pull/")
                || value.text.starts_with("refs/merge-requests/");
            if asks {
                report.say(
                    "pull-request-allowed",
                    value.span,
                    format!("{} may be {}", it.claim, value.text),
                );
            }
        }
    }
}
