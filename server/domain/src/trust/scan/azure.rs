//! Azure Pipelines, taken apart as far as rules need it.
//!
//! Schema: <https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/>

use super::{File, Kind};
use crate::trust::source::{Node, Span};

/// A job; a pipeline of steps alone is one job.
pub struct Job<'a> {
    pub name: String,
    pub span: Span,
    pub node: &'a Node,
    /// A `deployment`, which names an environment with its approvals and checks.
    pub deployment: bool,
    pub steps: Vec<Step<'a>>,
}

/// A step.
pub struct Step<'a> {
    pub node: &'a Node,
    /// The task without its version, lower case; empty for a script.
    pub task: String,
    /// What it runs.
    pub script: String,
}

impl File {
    /// The jobs of an Azure pipeline; none of anything else.
    pub fn azure_jobs(&self) -> Vec<Job<'_>> {
        if self.kind != Kind::AzurePipelines {
            return Vec::new();
        }
        let mut jobs = Vec::new();
        if self.root.get("steps").is_some() {
            jobs.push(job(&self.root, "pipeline".to_owned(), false));
        }
        let stages = listed(self.root.get("stages"));
        let inner = stages.iter().flat_map(|it| listed(it.get("jobs")));
        for node in listed(self.root.get("jobs")).iter().chain(inner) {
            for (key, deployment) in [("job", false), ("deployment", true)] {
                if let Some(name) = node.get(key).and_then(Node::scalar) {
                    jobs.push(job(node, name, deployment));
                }
            }
        }
        jobs
    }
}

fn listed(node: Option<&Node>) -> &[Node] {
    node.map(Node::items).unwrap_or_default()
}

fn job(node: &Node, name: String, deployment: bool) -> Job<'_> {
    let mut steps = Vec::new();
    collect(node, &mut steps, 0);
    Job {
        name,
        span: node.span,
        node,
        deployment,
        steps,
    }
}

/// Steps stand under a job, or under the phases of a deployment's strategy.
fn collect<'a>(node: &'a Node, steps: &mut Vec<Step<'a>>, deep: usize) {
    for entry in node.entries() {
        if entry.key == "steps" {
            steps.extend(entry.node.items().iter().map(step));
        } else if deep < 4
            && [
                "strategy",
                "runOnce",
                "rolling",
                "canary",
                "deploy",
                "preDeploy",
                "postRouteTraffic",
                "routeTraffic",
                "on",
                "success",
                "failure",
            ]
            .contains(&entry.key.as_str())
        {
            collect(&entry.node, steps, deep + 1);
        }
    }
}

fn step(node: &Node) -> Step<'_> {
    let task = node
        .get("task")
        .and_then(Node::text)
        .map(|it| {
            it.split('@')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        })
        .unwrap_or_default();
    let inputs = node.get("inputs");
    let texts = ["script", "bash", "pwsh", "powershell"]
        .iter()
        .filter_map(|key| node.get(key))
        .chain(
            ["inlineScript", "script", "command", "arguments"]
                .iter()
                .filter_map(|key| inputs?.get(key)),
        );
    let script = texts.filter_map(Node::text).collect::<Vec<_>>().join("\n");
    Step { node, task, script }
}
