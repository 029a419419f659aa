//! Jobs of pipelines, as far as trust asks: which events, which token, which subjects, whose code, which identities they
//! name. Of a repository only this is kept, never the text of its files.

mod github;
mod gitlab;

use serde::{Deserialize, Serialize};

use super::issuer::Platform;
use super::source::{self, Node};

/// Stands for any branch that somebody who may push makes; a subject with it is one of many.
pub const ANY_BRANCH: &str = "any-new-branch";
/// The same for tags.
pub const ANY_TAG: &str = "any-new-tag";

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the job"
)]
pub struct Job {
    /// The file.
    pub path: String,
    /// Its name there.
    pub name: String,
    /// What it runs for.
    pub events: Vec<String>,
    /// It can ask for a token.
    pub id_token: bool,
    /// Runs for people who cannot push.
    pub untrusted: bool,
    /// Takes the code of whoever made the pull request.
    pub checks_out_head: bool,
    /// The environment it names.
    pub environment: Option<String>,
    /// Audiences it asks for, where the file tells.
    pub audiences: Vec<String>,
    /// Identities it names: a role's ARN, a client id, a service account.
    pub asks: Vec<String>,
    /// Its subject cannot be told: an expression names the environment, or another file decides.
    pub open: bool,
    /// It may run on the default branch.
    pub on_default: bool,
    /// It may run for a pull request with a subject of its own (GitHub).
    pub on_pull_request: bool,
    /// Branches it runs on, wildcards filled in.
    pub branches: Vec<String>,
    /// Tags it runs on, wildcards filled in.
    pub tags: Vec<String>,
}

/// A subject a job's token can have, with what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The subject.
    pub text: String,
    /// The branch, where it names one.
    pub branch: Option<String>,
    /// The tag, where it names one.
    pub tag: Option<String>,
    /// The environment, where it names one.
    pub environment: Option<String>,
}

/// The jobs of a file of either platform; none when it cannot be read, or is neither.
pub fn jobs(path: &str, text: &str) -> Vec<Job> {
    let Ok(root) = source::yaml(text) else {
        return Vec::new();
    };
    let on = root.get("on").or_else(|| root.get("true"));
    match on {
        Some(on) if root.get("jobs").is_some_and(Node::is_map) => github::jobs(path, &root, on),
        Some(_) => Vec::new(),
        None => gitlab::jobs(path, &root),
    }
}

impl Job {
    /// The subjects its tokens can have, for a project written as `head` in the platform's way:
    /// `repo:OWNER/REPO`, `project_path:GROUP/PROJECT`.
    pub fn subjects(&self, platform: Platform, head: &str, default_branch: &str) -> Vec<Subject> {
        match platform {
            Platform::GitLab => gitlab::subjects(self, head, default_branch),
            _ => github::subjects(self, head, default_branch),
        }
    }

    fn refs(&self, default_branch: &str) -> Vec<(String, bool)> {
        let mut refs: Vec<(String, bool)> = Vec::new();
        if self.on_default {
            refs.push((default_branch.to_owned(), false));
        }
        refs.extend(self.branches.iter().map(|it| (it.clone(), false)));
        refs.extend(self.tags.iter().map(|it| (it.clone(), true)));
        let mut seen = std::collections::HashSet::new();
        refs.retain(|it| seen.insert(it.clone()));
        refs
    }
}

/// A name the pattern of a branch or tag filter matches; its wildcards stand for something plain.
fn witness(pattern: &str, any: &str) -> String {
    let bare = pattern.trim_start_matches('!');
    if bare.chars().all(|c| c == '*' || c == '/') {
        return any.to_owned();
    }
    let mut name = String::new();
    let mut chars = bare.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' => {
                while chars.next_if_eq(&'*').is_some() {}
                name.push('1');
            }
            '?' | '+' => {}
            '[' => {
                let first = chars.next().unwrap_or('1');
                name.push(if first == '^' { '1' } else { first });
                while chars.next().is_some_and(|c| c != ']') {}
            }
            c => name.push(c),
        }
    }
    name
}

/// The identities a step or job names for its login.
fn asks(node: &Node, found: &mut Vec<String>) {
    const KEYS: [&str; 8] = [
        "role-to-assume",
        "client-id",
        "service_account",
        "service-account",
        "role",
        "AWS_ROLE_ARN",
        "ROLE_ARN",
        "AZURE_CLIENT_ID",
    ];
    for key in KEYS {
        if let Some(text) = node.get(key).and_then(Node::text)
            && !text.contains("${{")
            && !text.contains('$')
            && !found.iter().any(|known| known == text)
        {
            found.push(text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_filled_with_something_it_matches() {
        for (pattern, name) in [
            ("release/**", "release/1"),
            ("v[0-9]+.*", "v0.1"),
            ("**", ANY_BRANCH),
            ("*", ANY_BRANCH),
            ("main", "main"),
        ] {
            assert_eq!(witness(pattern, ANY_BRANCH), name, "{pattern}");
        }
    }

    #[test]
    fn jobs_of_github_tell_where_they_run() {
        let text = "on:\n  push:\n    branches: [main, 'release/**']\n    tags: ['v*']\n  workflow_dispatch:\npermissions: {id-token: write}\njobs:\n  a:\n    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: 'arn:aws:iam::1:role/deploy'}\n";
        let [job] = &jobs(".github/workflows/a.yml", text)[..] else {
            panic!("one job");
        };
        let texts: Vec<String> = job
            .subjects(Platform::GitHub, "repo:acme/app", "main")
            .into_iter()
            .map(|it| it.text)
            .collect();
        assert_eq!(
            texts,
            [
                "repo:acme/app:ref:refs/heads/main",
                "repo:acme/app:ref:refs/heads/release/1",
                "repo:acme/app:ref:refs/heads/any-new-branch",
                "repo:acme/app:ref:refs/tags/v1",
            ]
        );
        assert_eq!(job.asks, ["arn:aws:iam::1:role/deploy"]);
        let reusable = "on: workflow_call\npermissions: {id-token: write}\njobs: {a: {steps: []}}";
        assert!(jobs("x.yml", reusable)[0].open, "the caller decides");
    }

    #[test]
    fn jobs_of_gitlab_tell_where_they_run() {
        let text = "include: [{local: /x.yml}]\n.aws:\n  id_tokens: {T: {aud: sts.amazonaws.com}}\nbuild:\n  script: [make]\ndeploy:\n  extends: .aws\n  environment: {name: production}\n  script: [./deploy]\n  rules:\n    - if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'\n    - if: '$CI_COMMIT_BRANCH == \"stable\"'\n    - if: $CI_COMMIT_TAG =~ /^v/\n";
        let all = jobs(".gitlab-ci.yml", text);
        let deploy = all.iter().find(|it| it.name == "deploy");
        let deploy = deploy.unwrap_or_else(|| panic!("{all:?}"));
        assert!(deploy.id_token && deploy.audiences == ["sts.amazonaws.com"]);
        let texts: Vec<String> = deploy
            .subjects(Platform::GitLab, "project_path:acme/app", "main")
            .into_iter()
            .map(|it| it.text)
            .collect();
        assert_eq!(
            texts,
            [
                "project_path:acme/app:ref_type:branch:ref:main",
                "project_path:acme/app:ref_type:branch:ref:stable",
                "project_path:acme/app:ref_type:tag:ref:any-new-tag",
            ]
        );
        let build = all.iter().find(|it| it.name == "build");
        assert!(build.is_some_and(|it| !it.id_token));
        assert!(all.iter().any(|it| it.open), "what is included decides too");
    }
}
