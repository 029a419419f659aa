//! Pipelines pasted: scanned, and joined with the trusts of the roll. Nothing given here is kept.

use std::collections::BTreeMap;

use contract::ids::IdentityId;
use contract::trust::{PipelineIssue, PipelineReach, PipelinesInput, PipelinesView};
use domain::access::Access;
use domain::trust::scan::{self, Imported, Issue};
use domain::trust::{self, Governance, Guarded, Home, Language, Meeting, Trust};

use crate::{Op, Result};

/// Most trusts of the roll that are joined.
const MOST: i64 = 5_000;

/// Scans what was pasted, and joins it with the trusts of the roll.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not ask. What cannot be read is told in the view.
pub async fn pipelines(op: &Op, input: PipelinesInput) -> Result<PipelinesView> {
    op.require(Access::JudgeTrust)?;
    let mut view = PipelinesView {
        input,
        ..PipelinesView::default()
    };
    if view.input.files.trim().is_empty() && view.input.sarif.trim().is_empty() {
        return Ok(view);
    }
    let files = split(&view.input.files);
    view.files = i64::try_from(files.len()).unwrap_or(i64::MAX);
    for (path, text) in &files {
        match scan::scan(path, text) {
            Ok(found) => view.issues.extend(found.into_iter().map(own)),
            Err(why) => view
                .wrong
                .push(("files".to_owned(), format!("{path}: {why}"))),
        }
    }
    if !view.input.sarif.trim().is_empty() {
        match scan::import_sarif(&view.input.sarif) {
            Ok(found) => view.issues.extend(found.into_iter().map(imported)),
            Err(why) => view.wrong.push(("sarif".to_owned(), why)),
        }
    }
    if !view.input.repository.trim().is_empty() {
        join(op, &mut view, &files).await?;
    }
    let rank = |word: &str| {
        ["critical", "high", "medium", "low"]
            .iter()
            .position(|known| *known == word)
            .unwrap_or(4)
    };
    view.issues.sort_by(|a, b| {
        (rank(&a.severity), &a.path, a.line).cmp(&(rank(&b.severity), &b.path, b.line))
    });
    Ok(view)
}

async fn join(op: &Op, view: &mut PipelinesView, files: &BTreeMap<String, String>) -> Result<()> {
    let input = &view.input;
    let home = Home {
        name: input.repository.trim().to_owned(),
        ids: input
            .ids
            .trim()
            .split_once(':')
            .map(|(owner, id)| (owner.to_owned(), id.to_owned())),
        default_branch: input.default_branch.trim().to_owned(),
    };
    let rules = match answers(&input.governance) {
        Ok(rules) => rules,
        Err(why) => {
            view.wrong.push(("governance".to_owned(), why));
            Governance::default()
        }
    };
    let mut conn = op.db().acquire().await?;
    let kept = store::trust::of_github(&mut conn, MOST).await?;
    let read: Vec<(IdentityId, String, Trust)> = kept
        .into_iter()
        .filter_map(|it| {
            let trust = trust::read(it.document.as_bytes(), Language::of(&it.language)).ok()?;
            Some((it.identity, it.name, trust))
        })
        .collect();
    view.trusts = i64::try_from(read.len()).unwrap_or(i64::MAX);
    let guarded: Vec<Guarded> = read
        .iter()
        .map(|(_, name, trust)| Guarded { name, trust })
        .collect();
    let joined = trust::join(&home, files, &guarded, &rules);
    view.issues.extend(joined.findings.into_iter().map(met));
    view.reaches = joined
        .reaches
        .into_iter()
        .filter_map(|it| {
            let (id, name, _) = read.iter().find(|(_, name, _)| *name == it.identity)?;
            Some(PipelineReach {
                path: it.path,
                job: it.job,
                events: it.events.join(", "),
                subject: it.subject,
                identity: *id,
                name: name.clone(),
                uncertain: it.uncertain,
            })
        })
        .collect();
    Ok(())
}

/// One answer of an API, or a list of answers.
fn answers(text: &str) -> std::result::Result<Governance, String> {
    if text.trim().is_empty() {
        return Ok(Governance::default());
    }
    Governance::read(&[text]).or_else(|why| {
        let all: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|_| why)?;
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        Governance::read(&all)
    })
}

/// The files of a text: each begins with `# file: PATH`.
fn split(text: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut path = ".github/workflows/pasted.yml".to_owned();
    for line in text.lines() {
        if let Some(named) = line.strip_prefix("# file:") {
            named.trim().clone_into(&mut path);
            files.entry(path.clone()).or_default();
            continue;
        }
        let file = files.entry(path.clone()).or_default();
        file.push_str(line);
        file.push('\n');
    }
    files.retain(|_, text| !text.trim().is_empty());
    files
}

fn own(it: Issue) -> PipelineIssue {
    PipelineIssue {
        tool: String::new(),
        rule: it.rule.to_owned(),
        severity: it.severity.as_str().to_owned(),
        message: it.message,
        path: it.path,
        line: i64::try_from(it.position.line).unwrap_or_default(),
        why: it.why.to_owned(),
        fix: it.fix.to_owned(),
    }
}

fn met(it: Meeting) -> PipelineIssue {
    PipelineIssue {
        tool: String::new(),
        rule: it.rule.to_owned(),
        severity: it.severity.as_str().to_owned(),
        message: it.message,
        path: it.path,
        line: 0,
        why: "It follows from the workflows and the trusts together.".to_owned(),
        fix: it.fix.to_owned(),
    }
}

fn imported(it: Imported) -> PipelineIssue {
    PipelineIssue {
        why: format!("Found by {}.", it.tool),
        tool: it.tool,
        rule: it.rule,
        severity: it.severity.as_str().to_owned(),
        message: it.message,
        path: it.path,
        line: i64::try_from(it.line).unwrap_or_default(),
        fix: "The page of the rule says what to do.".to_owned(),
    }
}
