//! What a file would do, or did: counts, problems by row, the first changes and conflicts.

use contract::imports::{ImportLine, ImportOutcome, ImportProblem, ImportReport};
use leptos::prelude::*;

use crate::components::{Badge, Cell, Column, DataTable, Icon, RowHead, TableKind, Tone};
use crate::format::{count, number};
use crate::layout::Block;
use crate::paths;

/// Draws the report.
pub(super) fn draw(report: &ImportReport, saved: bool) -> AnyView {
    view! {
        {counts(report, saved)}
        {problems(report)}
        {lines(report, saved)}
        {notes(report)}
    }
    .into_any()
}

fn counts(report: &ImportReport, saved: bool) -> Option<AnyView> {
    if report.counts.is_empty() {
        return None;
    }
    let columns = vec![
        Column::new("What"),
        Column::new("New").numeric(),
        Column::new("Changed").numeric(),
        Column::new("Unchanged").numeric(),
        Column::new("In conflict").numeric(),
    ];
    let rows = report
        .counts
        .iter()
        .map(|of| {
            let (kind, of) = (of.kind.label(), *of);
            view! {
                <tr>
                    <RowHead>{kind}</RowHead>
                    <Cell class="num" label="New">{number(of.create)}</Cell>
                    <Cell class="num" label="Changed">{number(of.update)}</Cell>
                    <Cell class="num" label="Unchanged">{number(of.unchanged)}</Cell>
                    <Cell class="num" label="In conflict">{number(of.conflict)}</Cell>
                </tr>
            }
        })
        .collect_view();
    let (title, caption) = if saved {
        ("What it changed", "What the import changed")
    } else {
        ("What it would change", "What the import would change")
    };
    let note = format!("{} read", count(report.rows, "row"));
    Some(
        view! {
            <Block id="counts" title note>
                <DataTable caption columns kind=TableKind::Mini>{rows}</DataTable>
            </Block>
        }
        .into_any(),
    )
}

fn problems(report: &ImportReport) -> Option<AnyView> {
    if report.problems.is_empty() {
        return None;
    }
    let columns = vec![
        Column::new("Where"),
        Column::new("Field"),
        Column::new("What is wrong"),
    ];
    let rows = report.problems.iter().cloned().map(problem).collect_view();
    let shown = i64::try_from(report.problems.len()).unwrap_or_default();
    let note = if report.problem_count > shown {
        format!(
            "the first {} of {}",
            number(shown),
            number(report.problem_count)
        )
    } else {
        "rows as a spreadsheet counts them: the header is row 1".to_owned()
    };
    Some(
        view! {
            <Block id="problems" title="What cannot be taken" note>
                <DataTable caption="Problems by row" columns kind=TableKind::MiniCards>{rows}</DataTable>
            </Block>
        }
        .into_any(),
    )
}

fn problem(problem: ImportProblem) -> AnyView {
    let place = place(&problem.list, problem.row);
    let field = if problem.field.is_empty() {
        "–".to_owned()
    } else {
        problem.field
    };
    view! {
        <tr>
            <RowHead class="fit">{place}</RowHead>
            <Cell class="fit" label="Field">{field}</Cell>
            <Cell label="What is wrong">{problem.message}</Cell>
        </tr>
    }
    .into_any()
}

/// A row of a list in words; row 0 is the whole file.
fn place(list: &str, row: u64) -> String {
    match (list, row) {
        (_, 0) => "File".to_owned(),
        ("", row) => format!("Row {row}"),
        (list, row) => format!("{list}, {row}"),
    }
}

fn lines(report: &ImportReport, saved: bool) -> Option<AnyView> {
    if report.lines.is_empty() {
        return None;
    }
    let columns = vec![
        Column::new("Where"),
        Column::new(if saved { "Was" } else { "Will be" }),
        Column::new("What"),
        Column::new("How"),
    ];
    let rows = report.lines.iter().cloned().map(line).collect_view();
    let all: i64 = [
        ImportOutcome::Create,
        ImportOutcome::Update,
        ImportOutcome::Conflict,
    ]
    .into_iter()
    .map(|outcome| report.total(outcome))
    .sum();
    let shown = i64::try_from(report.lines.len()).unwrap_or_default();
    let note = if all > shown {
        format!(
            "{} of {}: conflicts first, then changes",
            number(shown),
            number(all)
        )
    } else {
        "conflicts first, then changes; what stays as it is is left out".to_owned()
    };
    Some(
        view! {
            <Block id="lines" title="Row by row" note>
                <DataTable caption="Rows that change something" columns kind=TableKind::MiniCards>{rows}</DataTable>
            </Block>
        }
        .into_any(),
    )
}

fn line(line: ImportLine) -> AnyView {
    let (icon, tone) = match line.outcome {
        ImportOutcome::Create => (Icon::Plus, Tone::Ok),
        ImportOutcome::Update => (Icon::Info, Tone::Info),
        ImportOutcome::Unchanged => (Icon::Ok, Tone::Plain),
        ImportOutcome::Conflict => (Icon::High, Tone::Warn),
    };
    let name = match line.identity {
        Some(id) => view! { <a class="plain" href=paths::identity(id)>{line.name}</a> }.into_any(),
        None => line.name.into_any(),
    };
    let kind = line.kind.label().to_lowercase();
    let how = if line.reason.is_empty() {
        changes(line.changes, line.outcome)
    } else {
        line.reason.into_any()
    };
    view! {
        <tr>
            <RowHead class="fit">{place(&line.list, line.row)}</RowHead>
            <Cell class="fit" label="Outcome"><Badge icon tone>{line.outcome.label()}</Badge></Cell>
            <Cell label="What">{name}<small class="sub">{kind}</small></Cell>
            <Cell label="How">{how}</Cell>
        </tr>
    }
    .into_any()
}

/// Changed fields; for something new only what it begins with.
fn changes(changes: Vec<(String, String, String)>, outcome: ImportOutcome) -> AnyView {
    if outcome == ImportOutcome::Create {
        return "enters the roll".into_any();
    }
    changes
        .into_iter()
        .map(|(field, before, after)| {
            let field = field.replace('_', " ");
            let before =
                (!before.is_empty()).then(|| view! { <del class="word">{before}</del>" " });
            let after = (!after.is_empty()).then(|| view! { <ins class="word">{after}</ins> });
            view! { <div><span class="faint">{field}": "</span>{before}{after}</div> }
        })
        .collect_view()
        .into_any()
}

fn notes(report: &ImportReport) -> Option<AnyView> {
    if report.notes.is_empty() {
        return None;
    }
    let notes = report
        .notes
        .iter()
        .cloned()
        .map(|note| view! { <li>{note}</li> })
        .collect_view();
    Some(
        view! {
            <Block id="notes" title="Left out on purpose">
                <ul class="plain-list">{notes}</ul>
            </Block>
        }
        .into_any(),
    )
}
