//! Jobs of GitHub workflows, as far as trust asks: which events, which token, which subject, whose code.
//!
//! `pull_request_target`, `workflow_run`, `issue_comment`, `schedule` and `workflow_dispatch` run on the default
//! branch and carry its subject.

use crate::trust::source::{self, Node};

/// A job.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the job"
)]
pub struct Job {
    pub path: String,
    pub name: String,
    pub events: Vec<String>,
    pub id_token: bool,
    /// Runs for people who cannot push.
    pub untrusted: bool,
    pub checks_out_head: bool,
    pub environment: Option<String>,
    branches: Vec<String>,
    /// Its subject cannot be told: an expression names the environment, or it calls a reusable workflow.
    pub open: bool,
}

/// The jobs of a workflow file; none when it cannot be read.
pub fn jobs(path: &str, text: &str) -> Vec<Job> {
    let Ok(root) = source::yaml(text) else {
        return Vec::new();
    };
    let Some(on) = root.get("on").or_else(|| root.get("true")) else {
        return Vec::new();
    };
    let events: Vec<String> = if on.is_map() {
        on.entries().iter().map(|entry| entry.key.clone()).collect()
    } else {
        on.strings().into_iter().map(|it| it.text).collect()
    };
    let branches: Vec<String> = on
        .get("push")
        .and_then(|push| push.get("branches"))
        .map(|it| it.strings().into_iter().map(|it| it.text).collect())
        .unwrap_or_default();
    root.get("jobs")
        .map(Node::entries)
        .unwrap_or_default()
        .iter()
        .map(|entry| job(path, &entry.key, &entry.node, &root, &events, &branches))
        .collect()
}

fn job(
    path: &str,
    name: &str,
    node: &Node,
    root: &Node,
    events: &[String],
    branches: &[String],
) -> Job {
    let permissions = node.get("permissions").or_else(|| root.get("permissions"));
    let id_token = permissions.is_some_and(|it| {
        it.text() == Some("write-all") || it.get("id-token").and_then(Node::text) == Some("write")
    });
    let environment = node
        .get("environment")
        .and_then(|it| it.get("name").or(Some(it)))
        .and_then(Node::scalar);
    let steps = node.get("steps").map(Node::items).unwrap_or_default();
    let untrusted = ["pull_request_target", "issue_comment", "workflow_run"];
    Job {
        path: path.to_owned(),
        name: name.to_owned(),
        untrusted: events.iter().any(|it| untrusted.contains(&it.as_str())),
        events: events.to_vec(),
        id_token,
        checks_out_head: steps.iter().any(takes_head),
        open: environment.as_deref().is_some_and(|it| it.contains("${{"))
            || node.get("uses").is_some(),
        environment,
        branches: branches.to_vec(),
    }
}

/// The step fetches the code of a pull request's author.
fn takes_head(step: &Node) -> bool {
    let action = step.get("uses").and_then(Node::text).unwrap_or_default();
    let asked = ["ref", "repository"]
        .iter()
        .filter_map(|key| step.get("with")?.get(key)?.text())
        .any(is_head);
    let run = step.get("run").and_then(Node::text).unwrap_or_default();
    let fetches = [
        "git checkout",
        "git fetch",
        "git merge",
        "git pull",
        "git clone",
    ]
    .iter()
    .any(|it| run.contains(it));
    action.starts_with("actions/checkout") && asked
        || fetches && is_head(run)
        || run.contains("gh pr checkout")
}

/// The code of a pull request's author is named.
fn is_head(text: &str) -> bool {
    [
        "head.ref",
        "head.sha",
        "head_ref",
        "head_sha",
        "head_branch",
        "head.repo",
        "refs/pull/",
        "github.event.number",
        "pull_request.number",
        "issue.number",
    ]
    .iter()
    .any(|it| text.contains(it))
}

impl Job {
    /// The subjects its tokens can have, behind `repo:OWNER/REPO`.
    pub fn subjects(&self, head: &str, default_branch: &str) -> Vec<String> {
        if let Some(environment) = &self.environment {
            return vec![format!(
                "{head}:environment:{}",
                environment.replace(':', "%3A")
            )];
        }
        let mut subjects = Vec::new();
        for event in &self.events {
            if event == "pull_request" {
                subjects.push(format!("{head}:pull_request"));
                continue;
            }
            if event == "push" {
                let plain = self.branches.iter().filter(|it| !it.contains('*'));
                subjects.extend(plain.map(|it| format!("{head}:ref:refs/heads/{it}")));
            }
            subjects.push(format!("{head}:ref:refs/heads/{default_branch}"));
        }
        subjects
    }
}
