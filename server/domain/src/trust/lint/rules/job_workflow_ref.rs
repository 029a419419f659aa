//! A reusable workflow is bound loosely.

use crate::trust::admits::Ring;
use crate::trust::glob::{ANY, ONE};
use crate::trust::lint::look::{Look, rest_ring};
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::subject::is_wild;

pub const RULE: Rule = Rule {
    ids: &[
        "job-workflow-ref-any-ref",
        "job-workflow-ref-any-file",
        "job-workflow-ref-substring",
    ],
    severity: Severity::Medium,
    why: "A reusable workflow is a gate only at one file and one ref, with the caller bound too.",
    exploit: "Whoever can push a branch to the workflow's repository changes it there; where the caller is unbound, any repository may call it.",
    fix: "Bind `OWNER/REPO/.github/workflows/FILE.yml@refs/heads/main` and the caller's owner or repository id.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for (grant, issuer, it) in look.claims(&["job_workflow_ref", "workflow_ref"]) {
        let unbound = rest_ring(grant, issuer, Some(it)) > Ring::Organisation;
        for value in it.values.iter().filter(|_| it.narrows && !it.negated) {
            let text = value.shape();
            let (path, at) = text.split_once('@').unwrap_or((&text, ""));
            let mut ids = Vec::new();
            if text.starts_with([ANY, ONE]) {
                ids.push("job-workflow-ref-substring");
            } else if is_wild(path) {
                ids.push("job-workflow-ref-any-file");
            }
            if at.starts_with(ANY) || at.ends_with(ANY) || !text.contains('@') && is_wild(&text) {
                ids.push("job-workflow-ref-any-ref");
            }
            for id in ids {
                let tail = if unbound {
                    ", and the caller is unbound"
                } else {
                    ""
                };
                let finding = report.say(
                    id,
                    value.span,
                    format!("\u{201c}{}\u{201d} is open{tail}", value.text),
                );
                if unbound {
                    finding.severity = Severity::High;
                }
            }
        }
    }
}
