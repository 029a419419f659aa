//! The pack's two tables, one row an item and one row an answer, safe to open in a spreadsheet.

use contract::campaigns::ModifyTarget;

use super::format::Record;
use super::write::WriteError;

/// Head of `items.csv`.
pub const ITEMS_HEAD: &[&str] = &[
    "row",
    "item",
    "identity",
    "name",
    "team",
    "owner",
    "purpose",
    "privileged_production",
    "risk",
    "reviewer",
    "reviewer_hop",
    "outcome",
    "advice",
    "followed_advice",
    "decided_by",
    "decided_at",
    "reason",
    "targets",
    "drifted",
    "content_hash",
];

/// Head of `decisions.csv`.
pub const DECISIONS_HEAD: &[&str] = &[
    "row",
    "item_row",
    "item",
    "name",
    "answer",
    "decision",
    "in_force",
    "followed_advice",
    "decided_by",
    "decided_at",
    "reason",
    "targets",
    "frozen_hash",
    "current_hash",
    "stage",
    "bulk",
    "seconds",
];

/// Head of `remediation.csv`.
pub const REMEDIATION_HEAD: &[&str] = &[
    "row",
    "item",
    "name",
    "decision",
    "targets",
    "state",
    "owner",
    "decided_by",
    "decided_at",
    "due_at",
    "ticket",
    "applied_at",
    "settled_at",
    "proof",
    "reopened",
];

/// Head of `messages.csv`.
pub const MESSAGES_HEAD: &[&str] = &[
    "row",
    "written_at",
    "to",
    "address",
    "channel",
    "kind",
    "subject",
    "state",
    "sent_at",
    "problem",
];

/// A cell no spreadsheet takes for a formula: an apostrophe goes before what could start one.
///
/// Attack: CSV injection (OWASP); full-width forms of the same signs are caught too.
pub fn cell(text: &str) -> String {
    let risky = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    if text.trim_start_matches(' ').starts_with(risky) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// One row as CSV bytes, every cell made safe.
///
/// # Errors
/// [`WriteError`] when the row cannot be written into memory.
pub fn row<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> Result<Vec<u8>, WriteError> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::with_capacity(256));
    writer.write_record(cells.into_iter().map(|text| cell(text.as_ref())))?;
    writer
        .into_inner()
        .map_err(|error| WriteError::Io(std::io::Error::other(error.to_string())))
}

/// The row of an item.
pub fn item(index: u64, record: &Record) -> Vec<String> {
    let it = &record.snapshot;
    let last = in_force(record).and_then(|at| record.history.get(at));
    let outcome = record
        .decision
        .map_or_else(|| record.state.as_str(), |decision| decision.as_str());
    vec![
        index.to_string(),
        record.item.to_string(),
        it.identity.to_string(),
        it.name.clone(),
        it.team.clone().unwrap_or_default(),
        it.owner
            .as_ref()
            .map(|person| person.name.clone())
            .unwrap_or_default(),
        it.purpose.clone(),
        record.privileged_production.to_string(),
        it.risk.to_string(),
        record.assignment.name.clone(),
        record.assignment.hop.to_string(),
        outcome.to_owned(),
        record.recommendation.advice.to_string(),
        last.map(|d| d.followed.to_string()).unwrap_or_default(),
        last.map(|d| d.by_name.clone()).unwrap_or_default(),
        last.map(|d| d.at.to_rfc3339()).unwrap_or_default(),
        last.map(|d| d.reason.clone()).unwrap_or_default(),
        last.map(|d| targets(&d.targets)).unwrap_or_default(),
        last.is_some_and(|d| d.current_hash.is_some()).to_string(),
        record.content_hash.clone(),
    ]
}

/// The rows of an item's answers; `row` is the number of the last row written before.
pub fn decisions(row: u64, index: u64, record: &Record) -> Vec<Vec<String>> {
    let stands = in_force(record);
    (row + 1..)
        .zip(record.history.iter().enumerate())
        .map(|(row, (n, decision))| {
            vec![
                row.to_string(),
                index.to_string(),
                record.item.to_string(),
                record.snapshot.name.clone(),
                (n + 1).to_string(),
                decision.decision.to_string(),
                (stands == Some(n)).to_string(),
                decision.followed.to_string(),
                decision.by_name.clone(),
                decision.at.to_rfc3339(),
                decision.reason.clone(),
                targets(&decision.targets),
                decision.frozen_hash.clone(),
                decision.current_hash.clone().unwrap_or_default(),
                decision.stage.to_string(),
                decision.bulk.to_string(),
                decision.seconds.map(|n| n.to_string()).unwrap_or_default(),
            ]
        })
        .collect()
}

/// Place of the answer in force: the last one that says what the outcome says.
fn in_force(record: &Record) -> Option<usize> {
    let decision = record.decision?;
    let last = record.history.iter().rposition(|d| d.decision == decision);
    last.or_else(|| record.history.len().checked_sub(1))
}

fn targets(targets: &[ModifyTarget]) -> String {
    let sentences: Vec<&str> = targets
        .iter()
        .map(|target| target.sentence.as_str())
        .collect();
    sentences.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_starts_a_formula() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "  =cmd|' /C calc'!A0",
            "＝1",
        ] {
            assert!(cell(text).starts_with('\''), "{text:?}");
        }
        for text in ["", "payments-api", "a=b", "12"] {
            assert_eq!(cell(text), text);
        }
    }
}
