//! An Azure pipeline takes templates from a repository at a branch.

use crate::trust::lint::Severity;
use crate::trust::scan::{File, Kind, Report, Rule};
use crate::trust::source::Node;

pub const RULE: Rule = Rule {
    id: "ado-unpinned-template",
    severity: Severity::Medium,
    why: "Whoever can push to that branch writes this pipeline.",
    fix: "Name a tag or a commit as `ref` of the repository.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::AzurePipelines {
        return;
    }
    let repositories = file
        .root
        .get("resources")
        .and_then(|it| it.get("repositories"));
    for repository in repositories.map(Node::items).unwrap_or_default() {
        let named = repository
            .get("ref")
            .and_then(Node::text)
            .unwrap_or_default();
        let fixed = named.starts_with("refs/tags/")
            || named.len() == 40 && named.bytes().all(|c| c.is_ascii_hexdigit());
        if !fixed {
            let name = repository
                .get("name")
                .or_else(|| repository.get("repository"));
            let name = name.and_then(Node::scalar).unwrap_or_default();
            report.say(
                repository.span,
                format!("templates of {name} come from a branch"),
            );
        }
    }
}
