//! A GitHub workflow or action, taken apart as far as rules need it.
//!
//! Syntax: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>

use super::expression::named;
use super::{File, Kind};
use crate::trust::source::{Node, Span};

/// A job; a composite action is one job without triggers.
pub struct Job<'a> {
    pub name: &'a str,
    pub span: Span,
    pub node: &'a Node,
    pub steps: Vec<Step<'a>>,
    /// The job's own permissions, else the workflow's.
    pub permissions: Option<&'a Node>,
}

/// A step.
pub struct Step<'a> {
    pub node: &'a Node,
    pub uses: Option<(&'a str, Span)>,
    pub run: Option<(&'a str, Span)>,
}

impl<'a> Step<'a> {
    /// The action without its ref, lower case.
    pub fn action(&self) -> String {
        self.uses
            .map(|(uses, _)| {
                uses.split('@')
                    .next()
                    .unwrap_or_default()
                    .to_ascii_lowercase()
            })
            .unwrap_or_default()
    }

    pub fn with(&self, key: &str) -> Option<&'a Node> {
        self.node.get("with")?.get(key)
    }

    /// It gets credentials of a cloud by OpenID Connect or otherwise.
    pub fn is_login(&self) -> bool {
        const LOGINS: [&str; 8] = [
            "aws-actions/configure-aws-credentials",
            "azure/login",
            "google-github-actions/auth",
            "hashicorp/vault-action",
            "alibaba-cloud/configure-alibaba-cloud-credentials-action",
            "oracle-actions/configure-oci-credentials",
            "octo-sts/action",
            "jfrog/setup-jfrog-cli",
        ];
        LOGINS.contains(&self.action().as_str())
    }

    /// It uses an OpenID Connect token in another way: publishing, signing, attesting.
    pub fn uses_token(&self) -> bool {
        let action = self.action();
        let run = self.run.map(|(run, _)| run).unwrap_or_default();
        self.is_login()
            || [
                "pypa/gh-action-pypi-publish",
                "sigstore/",
                "actions/attest",
                "actions/deploy-pages",
                "slsa-framework/",
                "rust-lang/crates-io-auth-action",
                "codecov/codecov-action",
                "pulumi/",
                "chainguard-dev/",
                "rubygems/",
                "docker/build-push-action",
            ]
            .iter()
            .any(|known| action.starts_with(known))
            || [
                "ACTIONS_ID_TOKEN_REQUEST",
                "cosign ",
                "npm publish",
                "--provenance",
                "oidc",
            ]
            .iter()
            .any(|word| run.contains(word))
            || action.starts_with("./")
    }
}

impl File {
    /// The jobs of a workflow or the one of an action; none of GitLab.
    pub fn jobs(&self) -> Vec<Job<'_>> {
        match self.kind {
            Kind::Gitlab | Kind::AzurePipelines | Kind::CircleCi => Vec::new(),
            Kind::Workflow => self
                .root
                .get("jobs")
                .map(Node::entries)
                .unwrap_or_default()
                .iter()
                .filter(|entry| entry.node.is_map())
                .map(|entry| Job {
                    name: &entry.key,
                    span: entry.key_span,
                    node: &entry.node,
                    steps: steps(entry.node.get("steps")),
                    permissions: entry
                        .node
                        .get("permissions")
                        .or_else(|| self.root.get("permissions")),
                })
                .collect(),
            Kind::Action => {
                let Some(runs) = self.root.get("runs") else {
                    return Vec::new();
                };
                vec![Job {
                    name: "action",
                    span: runs.span,
                    node: runs,
                    steps: steps(runs.get("steps")),
                    permissions: None,
                }]
            }
        }
    }

    /// The events a workflow runs for, with where they stand.
    pub fn events(&self) -> Vec<(String, Span)> {
        let Some(on) = self.root.get("on").or_else(|| self.root.get("true")) else {
            return Vec::new();
        };
        if on.is_map() {
            return on
                .entries()
                .iter()
                .map(|entry| (entry.key.clone(), entry.key_span))
                .collect();
        }
        on.strings()
            .into_iter()
            .map(|it| (it.text, it.span))
            .collect()
    }

    pub fn runs_for(&self, events: &[&str]) -> Option<(String, Span)> {
        self.events()
            .into_iter()
            .find(|(event, _)| events.contains(&event.as_str()))
    }
}

fn steps(node: Option<&Node>) -> Vec<Step<'_>> {
    node.map(Node::items)
        .unwrap_or_default()
        .iter()
        .map(|node| Step {
            node,
            uses: node.get("uses").and_then(|it| Some((it.text()?, it.span))),
            run: node.get("run").and_then(|it| Some((it.text()?, it.span))),
        })
        .collect()
}

/// Whether permissions give a scope for writing.
pub fn writes(permissions: Option<&Node>, scope: &str) -> bool {
    permissions.is_some_and(|it| {
        it.text() == Some("write-all") || it.get(scope).and_then(Node::text) == Some("write")
    })
}

/// The code of a pull request's author is named, in whichever spelling.
pub fn is_head(text: &str) -> bool {
    says_head(text) || named(text).iter().any(|name| says_head(name))
}

fn says_head(text: &str) -> bool {
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

/// The step fetches code of a pull request's author.
pub fn takes_head(step: &Step) -> bool {
    let asked = ["ref", "repository"]
        .iter()
        .filter_map(|key| step.with(key)?.text())
        .any(is_head);
    let run = step.run.map(|(run, _)| run).unwrap_or_default();
    takes_head_of(&step.action(), asked, run)
}

/// The same of an action's name, whether it is asked for an author's ref, and a script.
pub fn takes_head_of(action: &str, asked: bool, run: &str) -> bool {
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

/// Every scalar below a node, with its key.
pub fn scalars<'a>(node: &'a Node, key: &'a str, found: &mut Vec<(&'a str, &'a str, Span)>) {
    if let Some(text) = node.text() {
        found.push((key, text, node.span));
    }
    for item in node.items() {
        scalars(item, key, found);
    }
    for entry in node.entries() {
        scalars(&entry.node, &entry.key, found);
    }
}
