//! An action, workflow or image is named by something that can move.

use crate::trust::lint::Severity;
use crate::trust::scan::{File, Report, Rule};
use crate::trust::source::Node;

pub const RULE: Rule = Rule {
    id: "wf-unpinned",
    severity: Severity::Medium,
    why: "Whoever can move the tag or branch runs code with this job's rights.",
    fix: "Pin actions to a full commit, images to a digest; let a bot keep them current.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.jobs() {
        let reusable = job
            .node
            .get("uses")
            .and_then(|it| Some((it.text()?, it.span)));
        for (uses, span) in job
            .steps
            .iter()
            .filter_map(|step| step.uses)
            .chain(reusable)
        {
            if uses.starts_with("./") {
                continue;
            }
            if let Some(image) = uses.strip_prefix("docker://") {
                if !image.contains("@sha256:") {
                    report.say(span, format!("{image} is not pinned by digest"));
                }
                continue;
            }
            let name = uses.rsplit_once('@').map_or("", |(_, name)| name);
            let whole =
                matches!(name.len(), 40 | 64) && name.bytes().all(|c| c.is_ascii_hexdigit());
            if !whole {
                let finding = report.say(span, format!("{uses} is not pinned to a commit"));
                if uses.starts_with("actions/") || uses.starts_with("github/") {
                    finding.severity = Severity::Low;
                }
            }
        }
        let container = job
            .node
            .get("container")
            .and_then(|it| it.get("image").or(Some(it)));
        let services = job
            .node
            .get("services")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .filter_map(|it| it.node.get("image"));
        for image in container.into_iter().chain(services) {
            if image
                .text()
                .is_some_and(|text| !text.contains("@sha256:") && !text.contains("${{"))
            {
                report
                    .say(image.span, "the image is not pinned by digest")
                    .severity = Severity::Low;
            }
        }
    }
}
