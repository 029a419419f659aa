//! CircleCI, taken apart as far as rules need it.
//!
//! Schema: <https://circleci.com/docs/configuration-reference/>

use super::{File, Kind};
use crate::trust::source::{Node, Span};

/// A job of a workflow, with what the workflow says of it.
pub struct Placed<'a> {
    pub name: &'a str,
    pub span: Span,
    /// Contexts whose variables it gets.
    pub contexts: Vec<String>,
    /// It runs on named branches or tags only.
    pub filtered: bool,
    /// A person has to approve before it.
    pub approved: bool,
}

impl File {
    /// The jobs of CircleCI's workflows; none of anything else.
    pub fn circle_jobs(&self) -> Vec<Placed<'_>> {
        if self.kind != Kind::CircleCi {
            return Vec::new();
        }
        self.root
            .get("workflows")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .flat_map(|workflow| workflow_jobs(&workflow.node))
            .collect()
    }
}

fn workflow_jobs(workflow: &Node) -> Vec<Placed<'_>> {
    let items = workflow.get("jobs").map(Node::items).unwrap_or_default();
    let entries = || items.iter().flat_map(Node::entries);
    let holds: Vec<&str> = entries()
        .filter(|entry| entry.node.get("type").and_then(Node::text) == Some("approval"))
        .map(|entry| entry.key.as_str())
        .collect();
    entries()
        .map(|entry| {
            let strings = |node: Option<&Node>| -> Vec<String> {
                let found = node.map(Node::strings).unwrap_or_default();
                found.into_iter().map(|it| it.text).collect()
            };
            let only = |kind: &str| {
                let filter = entry.node.get("filters").and_then(|it| it.get(kind));
                strings(filter.and_then(|it| it.get("only")))
                    .iter()
                    .any(|it| !["/.*/", ".*"].contains(&it.as_str()))
            };
            let requires = strings(entry.node.get("requires"));
            Placed {
                name: &entry.key,
                span: entry.key_span,
                contexts: strings(entry.node.get("context")),
                filtered: only("branches") || only("tags"),
                approved: requires.iter().any(|it| holds.contains(&it.as_str())),
            }
        })
        .collect()
}
