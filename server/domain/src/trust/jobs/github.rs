//! Jobs of GitHub workflows.
//!
//! `pull_request_target`, `workflow_run`, `issue_comment`, `schedule` and the like run on the default branch and carry its
//! subject; `workflow_dispatch` runs on whatever branch is chosen:
//! <https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows>.

use super::{ANY_BRANCH, ANY_TAG, Job, Subject, asks, witness};
use crate::trust::scan::github::{is_head, takes_head_of};
use crate::trust::source::Node;

/// Events for people who cannot push.
const UNTRUSTED: [&str; 3] = ["pull_request_target", "issue_comment", "workflow_run"];

/// The jobs of a workflow.
pub fn jobs(path: &str, root: &Node, on: &Node) -> Vec<Job> {
    let events: Vec<String> = if on.is_map() {
        on.entries().iter().map(|entry| entry.key.clone()).collect()
    } else {
        on.strings().into_iter().map(|it| it.text).collect()
    };
    root.get("jobs")
        .map(Node::entries)
        .unwrap_or_default()
        .iter()
        .filter(|entry| entry.node.is_map())
        .map(|entry| {
            let mut job = job(&entry.node, root);
            path.clone_into(&mut job.path);
            entry.key.clone_into(&mut job.name);
            where_it_runs(&mut job, on, &events);
            job.events.clone_from(&events);
            job
        })
        .collect()
}

fn job(node: &Node, root: &Node) -> Job {
    let permissions = node.get("permissions").or_else(|| root.get("permissions"));
    let environment = node
        .get("environment")
        .and_then(|it| it.get("name").or(Some(it)))
        .and_then(Node::scalar);
    let steps = node.get("steps").map(Node::items).unwrap_or_default();
    let mut named = Vec::new();
    for step in steps {
        for place in ["with", "env"] {
            if let Some(inputs) = step.get(place) {
                asks(inputs, &mut named);
            }
        }
    }
    for inputs in [node.get("env"), node.get("with"), root.get("env")]
        .into_iter()
        .flatten()
    {
        asks(inputs, &mut named);
    }
    Job {
        id_token: permissions.is_some_and(|it| {
            it.text() == Some("write-all")
                || it.get("id-token").and_then(Node::text) == Some("write")
        }),
        checks_out_head: steps.iter().any(takes_head),
        open: environment.as_deref().is_some_and(|it| it.contains("${{"))
            || node.get("uses").is_some(),
        environment,
        asks: named,
        ..Job::default()
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
    takes_head_of(action, asked, run)
}

/// The refs of each event.
fn where_it_runs(job: &mut Job, on: &Node, events: &[String]) {
    let listed = |event: &str, key: &str| {
        on.get(event).and_then(|it| it.get(key)).map(|it| {
            it.strings()
                .into_iter()
                .map(|it| it.text)
                .collect::<Vec<_>>()
        })
    };
    let plain = |all: Vec<String>, any: &str| -> Vec<String> {
        all.iter()
            .filter(|it| !it.starts_with('!'))
            .map(|it| witness(it, any))
            .collect()
    };
    for event in events {
        job.untrusted |= UNTRUSTED.contains(&event.as_str());
        match event.as_str() {
            "pull_request" => job.on_pull_request = true,
            // The caller's subject, which another file tells.
            "workflow_call" => job.open = true,
            "push" => {
                let (branches, tags) = (listed("push", "branches"), listed("push", "tags"));
                let some = branches.is_some()
                    || tags.is_some()
                    || listed("push", "branches-ignore").is_some()
                    || listed("push", "tags-ignore").is_some();
                if listed("push", "branches-ignore").is_some() || !some {
                    job.on_default = true;
                    job.branches.push(ANY_BRANCH.to_owned());
                }
                if listed("push", "tags-ignore").is_some() || !some {
                    job.tags.push(ANY_TAG.to_owned());
                }
                let branches = branches.unwrap_or_default();
                job.on_default |= branches.iter().any(|it| it.contains('*'));
                job.branches.extend(plain(branches, ANY_BRANCH));
                job.tags.extend(plain(tags.unwrap_or_default(), ANY_TAG));
            }
            "workflow_dispatch" => {
                job.on_default = true;
                job.branches.push(ANY_BRANCH.to_owned());
            }
            "release" => job.tags.push(ANY_TAG.to_owned()),
            _ => job.on_default = true,
        }
    }
}

/// The subjects, behind `repo:OWNER/REPO`.
pub fn subjects(job: &Job, head: &str, default_branch: &str) -> Vec<Subject> {
    let plain = |text: String| Subject {
        text,
        branch: None,
        tag: None,
        environment: None,
    };
    if let Some(environment) = &job.environment {
        return vec![Subject {
            environment: Some(environment.clone()),
            ..plain(format!(
                "{head}:environment:{}",
                environment.replace(':', "%3A")
            ))
        }];
    }
    let mut subjects = Vec::new();
    if job.on_pull_request {
        subjects.push(plain(format!("{head}:pull_request")));
    }
    subjects.extend(job.refs(default_branch).into_iter().map(|(name, tag)| {
        let kind = if tag { "tags" } else { "heads" };
        let text = format!("{head}:ref:refs/{kind}/{name}");
        Subject {
            branch: (!tag).then(|| name.clone()),
            tag: tag.then_some(name),
            ..plain(text)
        }
    }));
    subjects
}
