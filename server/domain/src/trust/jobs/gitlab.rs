//! Jobs of GitLab CI, with what they inherit by `extends` and `default`.
//!
//! A job that says nothing runs on every branch and tag; `rules` and `only` narrow it
//! (<https://docs.gitlab.com/ci/yaml/#rules>). A merge request's pipeline runs on its source branch, and for a fork with
//! the fork's own claims (<https://docs.gitlab.com/ci/secrets/id_token_authentication/>).

use super::{ANY_BRANCH, ANY_TAG, Job, Subject, asks};
use crate::trust::scan::gitlab::WORDS;
use crate::trust::source::Node;

/// Steps of inheritance followed.
const DEEPEST: usize = 10;

/// The jobs of a `.gitlab-ci.yml`.
pub fn jobs(path: &str, root: &Node) -> Vec<Job> {
    let mut jobs: Vec<Job> = root
        .entries()
        .iter()
        .filter(|entry| {
            entry.node.is_map()
                && !entry.key.starts_with('.')
                && !WORDS.contains(&entry.key.as_str())
        })
        .map(|entry| Job {
            path: path.to_owned(),
            name: entry.key.clone(),
            ..job(root, &entry.node)
        })
        .collect();
    if root.get("include").is_some() {
        jobs.push(Job {
            path: path.to_owned(),
            name: "include".to_owned(),
            id_token: true,
            open: true,
            ..Job::default()
        });
    }
    jobs
}

/// The value of a key: the job's own, else that of what it extends, else the default.
fn inherited<'a>(root: &'a Node, node: &'a Node, key: &str, deep: usize) -> Option<&'a Node> {
    if let Some(own) = node.get(key) {
        return Some(own);
    }
    let parents = node.get("extends").map(Node::strings).unwrap_or_default();
    // The last named wins.
    parents
        .iter()
        .rev()
        .filter(|_| deep < DEEPEST)
        .find_map(|it| inherited(root, root.get(&it.text)?, key, deep + 1))
}

fn job(root: &Node, node: &Node) -> Job {
    let of = |key: &str| {
        inherited(root, node, key, 0).or_else(|| root.get("default").and_then(|it| it.get(key)))
    };
    let tokens = of("id_tokens").map(Node::entries).unwrap_or_default();
    let audiences = tokens
        .iter()
        .filter_map(|entry| entry.node.get("aud"))
        .flat_map(Node::strings)
        .map(|it| it.text)
        .collect();
    let environment = of("environment")
        .and_then(|it| it.get("name").or(Some(it)))
        .and_then(Node::scalar);
    let missing = node
        .get("extends")
        .map(Node::strings)
        .unwrap_or_default()
        .iter()
        .any(|it| root.get(&it.text).is_none());
    let mut named = Vec::new();
    for variables in [of("variables"), root.get("variables")]
        .into_iter()
        .flatten()
    {
        asks(variables, &mut named);
    }
    let mut job = Job {
        id_token: !tokens.is_empty(),
        open: missing && tokens.is_empty(),
        environment,
        audiences,
        asks: named,
        ..Job::default()
    };
    job.id_token |= job.open;
    match (of("rules"), of("only")) {
        (Some(rules), _) => {
            for rule in rules.items() {
                by_rule(&mut job, rule);
            }
        }
        (None, Some(only)) => by_only(&mut job, only),
        (None, None) => everywhere(&mut job),
    }
    job.branches.dedup();
    job.tags.dedup();
    job
}

fn everywhere(job: &mut Job) {
    event(job, "push");
    job.on_default = true;
    job.branches.push(ANY_BRANCH.to_owned());
    job.tags.push(ANY_TAG.to_owned());
}

fn event(job: &mut Job, word: &str) {
    if !job.events.iter().any(|known| known == word) {
        job.events.push(word.to_owned());
    }
}

/// What one rule lets the job run on; what is not understood lets it run everywhere.
fn by_rule(job: &mut Job, rule: &Node) {
    if rule.get("when").and_then(Node::text) == Some("never") {
        return;
    }
    let Some(text) = rule.get("if").and_then(Node::text) else {
        return everywhere(job);
    };
    if text.contains("merge_request_event") || text.contains("CI_MERGE_REQUEST") {
        event(job, "merge_request_event");
        job.branches.push(ANY_BRANCH.to_owned());
        return;
    }
    if text.contains("CI_COMMIT_TAG") && !text.contains("null") {
        event(job, "push");
        job.tags.push(ANY_TAG.to_owned());
        return;
    }
    if text.contains("CI_DEFAULT_BRANCH") || text.contains("CI_COMMIT_REF_PROTECTED") {
        event(job, "push");
        job.on_default = true;
        return;
    }
    for source in ["schedule", "web", "api", "trigger", "pipeline"] {
        if text.contains(&format!("\"{source}\"")) && text.contains("CI_PIPELINE_SOURCE") {
            event(job, source);
            job.on_default = true;
            job.branches.push(ANY_BRANCH.to_owned());
            return;
        }
    }
    match compared(text) {
        Some(branch) => {
            event(job, "push");
            job.branches.push(branch);
        }
        None => everywhere(job),
    }
}

/// The branch a rule compares with, by `==`.
fn compared(text: &str) -> Option<String> {
    let at = ["CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME"]
        .iter()
        .find_map(|name| Some(text.find(name)? + name.len()))?;
    let rest = text[at..]
        .trim_start_matches(['}', ' '])
        .strip_prefix("==")?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
    Some(rest[1..].split(quote).next()?.to_owned())
}

fn by_only(job: &mut Job, only: &Node) {
    let refs = only.get("refs").unwrap_or(only).strings();
    if refs.is_empty() {
        return everywhere(job);
    }
    for it in refs {
        match it.text.as_str() {
            "tags" => job.tags.push(ANY_TAG.to_owned()),
            "branches" | "pushes" | "web" | "api" | "triggers" | "schedules" => {
                job.on_default = true;
                job.branches.push(ANY_BRANCH.to_owned());
            }
            "merge_requests" => {
                event(job, "merge_request_event");
                job.branches.push(ANY_BRANCH.to_owned());
            }
            pattern if pattern.starts_with('/') => {
                job.on_default = true;
                job.branches.push(ANY_BRANCH.to_owned());
            }
            "$CI_DEFAULT_BRANCH" => job.on_default = true,
            branch => job.branches.push(branch.to_owned()),
        }
    }
    if job.events.is_empty() {
        event(job, "push");
    }
}

/// The subjects, behind `project_path:GROUP/PROJECT`.
pub fn subjects(job: &Job, head: &str, default_branch: &str) -> Vec<Subject> {
    job.refs(default_branch)
        .into_iter()
        .map(|(name, tag)| {
            let kind = if tag { "tag" } else { "branch" };
            Subject {
                text: format!("{head}:ref_type:{kind}:ref:{name}"),
                branch: (!tag).then(|| name.clone()),
                tag: tag.then_some(name),
                environment: job.environment.clone(),
            }
        })
        .collect()
}
