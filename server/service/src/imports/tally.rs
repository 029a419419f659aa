//! Counting what an import does. Lists are cut; counts are whole.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use contract::ids::IdentityId;
use contract::imports::{
    ImportCount, ImportFormat, ImportKind, ImportLine, ImportOutcome, ImportProblem, ImportReport,
};
use domain::import::Place;
use domain::import::plan::Changes;

use super::{Input, Progress};

/// Lines of the preview.
const LINES: usize = 200;

/// Problems listed.
const PROBLEMS: usize = 1_000;

/// Notes listed.
const NOTES: usize = 50;

/// What happened so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    rows: i64,
    last: Option<Place>,
    counts: Vec<ImportCount>,
    lines: Vec<ImportLine>,
    problems: Vec<ImportProblem>,
    problem_count: i64,
    notes: Vec<String>,
    note_count: usize,
    /// Rows of which something could not be taken: what hangs on them is not complained about again.
    bad_rows: HashSet<(String, u64)>,
}

/// One row's outcome, being told.
pub(super) struct Line<'a> {
    /// Where.
    pub place: &'a Place,
    /// About what.
    pub kind: ImportKind,
    /// What becomes of it.
    pub outcome: ImportOutcome,
    /// What it is called.
    pub name: String,
    /// The identity, where there is one.
    pub identity: Option<IdentityId>,
    /// Changed fields.
    pub changes: Changes,
    /// Why it is a conflict.
    pub reason: String,
}

impl Tally {
    /// The report on a file that cannot be opened.
    pub fn refused(
        input: &Input<'_>,
        problems: Vec<ImportProblem>,
        now: DateTime<Utc>,
    ) -> ImportReport {
        let mut tally = Self::default();
        for problem in problems {
            tally.problem(problem);
        }
        let format = input.hint.format.unwrap_or(ImportFormat::Csv);
        tally.report(input, format, Vec::new(), false, now)
    }

    /// Counts a row once, however many records or problems it gives.
    pub fn row(&mut self, place: &Place) {
        if place.row > 0 && self.last.as_ref() != Some(place) {
            self.rows += 1;
            self.last = Some(place.clone());
        }
    }

    pub fn problem(&mut self, problem: ImportProblem) {
        self.problem_count += 1;
        self.bad_rows.insert((problem.list.clone(), problem.row));
        if self.problems.len() < PROBLEMS {
            self.problems.push(problem);
        }
    }

    pub fn note(&mut self, note: String) {
        self.note_count += 1;
        if self.notes.len() < NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Whether something of this row could not be taken.
    pub fn is_bad(&self, place: &Place) -> bool {
        self.bad_rows.contains(&(place.list.clone(), place.row))
    }

    pub const fn is_sound(&self) -> bool {
        self.problem_count == 0
    }

    pub const fn progress(&self) -> Progress {
        Progress {
            rows: self.rows,
            problems: self.problem_count,
        }
    }

    /// Notes what a row does. Conflicts are listed first, changes before what is new, and nothing for the unchanged.
    pub fn line(&mut self, line: Line<'_>) {
        let count = self.count(line.kind);
        match line.outcome {
            ImportOutcome::Create => count.create += 1,
            ImportOutcome::Update => count.update += 1,
            ImportOutcome::Unchanged => count.unchanged += 1,
            ImportOutcome::Conflict => count.conflict += 1,
        }
        if line.outcome == ImportOutcome::Unchanged {
            return;
        }
        if line.outcome == ImportOutcome::Conflict {
            let place = line.place;
            self.bad_rows.insert((place.list.clone(), place.row));
        }
        let full = self.lines.len() >= LINES;
        if full {
            // A conflict needs somebody's eye; something new does not.
            let spare = self
                .lines
                .iter()
                .rposition(|other| other.outcome == ImportOutcome::Create);
            match (line.outcome, spare) {
                (ImportOutcome::Conflict | ImportOutcome::Update, Some(spare)) => {
                    self.lines.remove(spare);
                }
                _ => return,
            }
        }
        self.lines.push(ImportLine {
            list: line.place.list.clone(),
            row: line.place.row,
            kind: line.kind,
            outcome: line.outcome,
            name: line.name,
            identity: line.identity,
            changes: line.changes,
            reason: line.reason,
        });
    }

    fn count(&mut self, kind: ImportKind) -> &mut ImportCount {
        let at = self.counts.iter().position(|count| count.kind == kind);
        let at = at.unwrap_or_else(|| {
            self.counts.push(ImportCount {
                kind,
                create: 0,
                update: 0,
                unchanged: 0,
                conflict: 0,
            });
            self.counts.len() - 1
        });
        &mut self.counts[at]
    }

    pub fn counts(&self) -> &[ImportCount] {
        &self.counts
    }

    /// What was done, for the record.
    pub fn sentence(&self, file: &str) -> String {
        let sum = |of: fn(&ImportCount) -> i64| self.counts.iter().map(of).sum::<i64>();
        format!(
            "Imported {file}: {} new, {} changed, {} unchanged, {} in conflict",
            sum(|count| count.create),
            sum(|count| count.update),
            sum(|count| count.unchanged),
            sum(|count| count.conflict)
        )
    }

    pub fn report(
        mut self,
        input: &Input<'_>,
        format: ImportFormat,
        mapping: Vec<(String, String)>,
        applied: bool,
        at: DateTime<Utc>,
    ) -> ImportReport {
        let more = self.note_count.saturating_sub(self.notes.len());
        if more > 0 && self.notes.len() >= NOTES {
            self.notes.push(format!("and {more} more were left out"));
        }
        let idle: Vec<&str> = mapping
            .iter()
            .filter(|(_, field)| field.is_empty())
            .map(|(column, _)| column.as_str())
            .collect();
        if !idle.is_empty() {
            self.notes
                .insert(0, format!("columns not taken: {}", idle.join(", ")));
        }
        self.lines.sort_by_key(|line| match line.outcome {
            ImportOutcome::Conflict => 0,
            ImportOutcome::Update => 1,
            ImportOutcome::Create | ImportOutcome::Unchanged => 2,
        });
        ImportReport {
            file: input.file.to_owned(),
            format,
            applied,
            rows: self.rows,
            counts: self.counts,
            lines: self.lines,
            problems: self.problems.iter().map(holdable).collect(),
            problem_count: self.problem_count,
            notes: self.notes.iter().map(|note| holds(note)).collect(),
            mapping,
            at,
        }
    }
}

/// A text as the database can hold it: JSON may write a NUL character, in a name too.
fn holds(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn holdable(problem: &ImportProblem) -> ImportProblem {
    ImportProblem {
        list: holds(&problem.list),
        row: problem.row,
        field: holds(&problem.field),
        message: holds(&problem.message),
    }
}
