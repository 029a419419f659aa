//! Part of the pipeline is fetched from elsewhere.

use crate::trust::lint::Severity;
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "gl-include-remote",
    severity: Severity::Medium,
    why: "Whoever controls that address, or moves that ref, writes this pipeline.",
    fix: "Include from a project with `ref:` at a commit, or set `integrity:`.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::Gitlab {
        return;
    }
    let Some(include) = file.root.get("include") else {
        return;
    };
    let single = std::slice::from_ref(include);
    let items = if include.items().is_empty() {
        single
    } else {
        include.items()
    };
    for item in items {
        let remote = item.get("remote").or_else(|| {
            Some(item).filter(|it| it.text().is_some_and(|text| text.starts_with("http")))
        });
        if let Some(remote) = remote
            && item.get("integrity").is_none()
        {
            report.say(
                remote.span,
                "an include comes from an address without integrity",
            );
        }
        if let Some(project) = item.get("project")
            && item.get("ref").is_none()
        {
            report
                .say(project.span, "an include of a project has no ref")
                .severity = Severity::Low;
        }
    }
}
