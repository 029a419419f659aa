//! Pipelines pasted: scanned, and joined with the trusts of the roll. Nothing given here is kept.

use std::collections::BTreeMap;

use contract::pipelines::Kept;
use contract::trust::{PipelineIssue, PipelinesInput, PipelinesView};
use domain::access::Access;
use domain::trust::scan::{self, Brought, Imported, Issue};
use domain::trust::{self, Forge, Governance, Home, Meeting};

use super::repositories::{Named, Roll};
use crate::{Error, Op, Result};

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
            Ok(all) => {
                view.issues.extend(all.found.into_iter().map(imported));
                let told = all.problems.into_iter();
                view.wrong.extend(told.map(|why| ("sarif".to_owned(), why)));
            }
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

/// Keeps what was pasted for its repository.
///
/// # Errors
/// As [`super::keep`], and when nothing was pasted.
pub async fn keep_pasted(op: &Op, input: &PipelinesInput) -> Result<Kept> {
    op.require(Access::ImportInventory)?;
    let named = Named {
        forge: input.forge.clone(),
        name: input.repository.clone(),
        host: String::new(),
        ids: input.ids.clone(),
        default_branch: input.default_branch.clone(),
    };
    let mut brought = Brought::default();
    for (path, text) in split(&input.files) {
        brought.take(&path, text.as_bytes());
    }
    for (text, to) in [
        (&input.governance, &mut brought.governance),
        (&input.sarif, &mut brought.sarif),
    ] {
        if !text.trim().is_empty() {
            to.push(("pasted".to_owned(), text.clone()));
        }
    }
    if brought.is_empty() {
        return Err(Error::field(
            "files",
            "Paste at least one file, an answer of the API, or results.",
        ));
    }
    super::keep(op, &named, brought).await
}

async fn join(op: &Op, view: &mut PipelinesView, files: &BTreeMap<String, String>) -> Result<()> {
    let input = &view.input;
    let home = Home {
        forge: Forge::of(input.forge.trim()).unwrap_or_default(),
        name: input.repository.trim().to_owned(),
        ids: input
            .ids
            .trim()
            .split_once(':')
            .map(|(owner, id)| (owner.to_owned(), id.to_owned())),
        default_branch: input.default_branch.trim().to_owned(),
        host: String::new(),
    };
    let mut rules = Governance::default();
    if !input.governance.trim().is_empty()
        && let Err(why) = rules.add(&input.governance)
    {
        view.wrong.push(("governance".to_owned(), why));
    }
    let mut conn = op.db().acquire().await?;
    let roll = Roll::of(&mut conn, &home).await?;
    view.trusts = roll.len();
    let mut joined = roll.join(&home, &trust::jobs_of(files), &rules);
    let found = std::mem::take(&mut joined.findings);
    view.issues.extend(found.into_iter().map(met));
    view.reaches = roll.reaches(joined);
    Ok(())
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
        why: trust::rationale(it.rule).unwrap_or_default().to_owned(),
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
