//! Scan of the pipelines that use trusts: GitHub Actions workflows, composite actions, GitLab CI, Azure Pipelines and
//! CircleCI.
//!
//! One rule is one file in `scan/rules`; ids are those of the reference's second table (`wf-*`, `gl-*`, `ado-*`,
//! `circle-*`).

mod azure;
mod brought;
mod circle;
mod expression;
pub(in crate::trust) mod github;
pub(in crate::trust) mod gitlab;
mod import;
mod rules;
mod sarif;

pub use brought::Brought;
pub use import::{Imported, Results, import_sarif};
pub use sarif::sarif;
use serde::Serialize;

use super::lint::{Confidence, Severity};
use super::source::{self, Node, Position, Source, Span};

/// What kind of pipeline definition a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// GitHub Actions workflow.
    Workflow,
    /// GitHub composite (or other) action.
    Action,
    /// GitLab CI.
    Gitlab,
    /// Azure Pipelines.
    AzurePipelines,
    /// CircleCI.
    CircleCi,
}

/// A rule of the scan.
pub struct Rule {
    /// Its id.
    pub id: &'static str,
    /// Severity unless a case says otherwise.
    pub severity: Severity,
    /// Why it matters.
    pub why: &'static str,
    /// What to write instead.
    pub fix: &'static str,
    check: fn(&File, &mut Report),
}

/// Every rule of the scan.
pub const REGISTRY: &[&Rule] = rules::REGISTRY;

/// The rule of an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    REGISTRY.iter().copied().find(|rule| rule.id == id)
}

/// A flaw of a pipeline and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// Rule id.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong here.
    pub message: String,
    /// The file, as it was named.
    pub path: String,
    /// Where in it.
    pub position: Position,
    /// Why it matters.
    pub why: &'static str,
    /// What to write instead.
    pub fix: &'static str,
}

/// A file being scanned.
struct File {
    kind: Kind,
    root: Node,
    text: String,
}

struct Report<'a> {
    rule: &'static Rule,
    path: &'a str,
    source: &'a Source,
    found: Vec<Issue>,
}

impl Report<'_> {
    fn say(&mut self, span: Span, message: impl Into<String>) -> &mut Issue {
        self.found.push(Issue {
            rule: self.rule.id,
            severity: self.rule.severity,
            confidence: Confidence::Certain,
            message: message.into(),
            path: self.path.to_owned(),
            position: self.source.position(span),
            why: self.rule.why,
            fix: self.rule.fix,
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

/// Whether a file name is one the scan knows; others are scanned only when named by hand.
pub fn is_pipeline(path: &str) -> bool {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some((stem, "yml" | "yaml")) = name.rsplit_once('.') else {
        return false;
    };
    path.contains(".github/workflows/")
        || path.contains(".gitlab/ci/")
        || path.ends_with(".circleci/config.yml")
        || stem == "action"
        || stem.ends_with(".gitlab-ci")
        || stem.starts_with("azure-pipelines")
}

/// Scans one file; the kind is told from its content.
///
/// # Errors
/// When it is no YAML, or none of the kinds; what is wrong, with its line.
pub fn scan(path: &str, text: &str) -> Result<Vec<Issue>, String> {
    if text.len() > source::LARGEST {
        return Err(format!("{} bytes are more than is read", text.len()));
    }
    let root = source::yaml(text)?;
    let kind = kind(&root).ok_or(
        "neither a workflow (on, jobs), an action (runs), GitLab CI (jobs with script), Azure Pipelines nor CircleCI",
    )?;
    let file = File {
        kind,
        root,
        text: text.to_owned(),
    };
    let source = Source::new(text);
    let mut found = Vec::new();
    for rule in REGISTRY {
        let mut report = Report {
            rule,
            path,
            source: &source,
            found: Vec::new(),
        };
        (rule.check)(&file, &mut report);
        found.append(&mut report.found);
    }
    found.sort_by_key(|issue| (issue.position, std::cmp::Reverse(issue.severity)));
    found.dedup();
    Ok(found)
}

fn kind(root: &Node) -> Option<Kind> {
    let has = |key: &str| root.entries().iter().any(|entry| entry.key == key);
    if has("jobs") && (has("on") || has("true")) {
        return Some(Kind::Workflow);
    }
    if root.get("runs").is_some_and(Node::is_map) {
        return Some(Kind::Action);
    }
    let jobs = root.get("jobs");
    if has("version") && (has("workflows") || has("orbs") || jobs.is_some_and(Node::is_map)) {
        return Some(Kind::CircleCi);
    }
    let lists = |key: &str, words: &[&str]| {
        let items = root.get(key).map(Node::items).unwrap_or_default();
        items
            .iter()
            .any(|it| words.iter().any(|word| it.get(word).is_some()))
    };
    if lists("stages", &["stage", "template"])
        || lists("jobs", &["job", "deployment", "template"])
        || lists(
            "steps",
            &[
                "task",
                "script",
                "bash",
                "pwsh",
                "powershell",
                "template",
                "checkout",
            ],
        )
    {
        return Some(Kind::AzurePipelines);
    }
    let gitlab = [
        "stages",
        "include",
        "workflow",
        "default",
        "image",
        "before_script",
        "variables",
        "spec",
    ];
    let job = |entry: &source::Entry| {
        ["script", "trigger", "extends", "run"]
            .iter()
            .any(|key| entry.node.get(key).is_some())
    };
    (root.is_map()
        && !has("jobs")
        && (root.entries().iter().any(job) || gitlab.iter().any(|key| has(key))))
    .then_some(Kind::Gitlab)
}
