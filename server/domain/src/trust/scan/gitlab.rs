//! GitLab CI, taken apart as far as rules need it. Syntax: <https://docs.gitlab.com/ci/yaml/>

use super::{File, Kind};
use crate::trust::source::{Node, Span};

/// Keys at the top that are no jobs.
pub const WORDS: [&str; 13] = [
    "stages",
    "include",
    "variables",
    "workflow",
    "default",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
    "pages:deploy",
    "types",
];

/// A job.
pub struct Job<'a> {
    pub name: &'a str,
    pub span: Span,
    pub node: &'a Node,
    /// Everything it runs.
    pub script: String,
}

impl File {
    pub fn gitlab_jobs(&self) -> Vec<Job<'_>> {
        if self.kind != Kind::Gitlab {
            return Vec::new();
        }
        self.root
            .entries()
            .iter()
            .filter(|entry| entry.node.is_map() && !WORDS.contains(&entry.key.as_str()))
            .map(|entry| Job {
                name: &entry.key,
                span: entry.key_span,
                node: &entry.node,
                script: ["before_script", "script", "after_script"]
                    .iter()
                    .filter_map(|key| entry.node.get(key))
                    .flat_map(Node::strings)
                    .map(|it| it.text)
                    .collect::<Vec<_>>()
                    .join("\n"),
            })
            .collect()
    }
}

impl Job<'_> {
    /// It puts something into the world: by its stage or name, an environment, or what it runs.
    pub fn deploys(&self) -> bool {
        let stage = self
            .node
            .get("stage")
            .and_then(Node::text)
            .unwrap_or_default();
        let words = [stage, self.name];
        !self.name.starts_with('.')
            && words
                .iter()
                .any(|it| it.contains("deploy") || it.contains("release") || *it == "production")
            || super::rules::deploys(&self.script)
    }
}
