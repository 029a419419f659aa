//! Reads `items.ndjson`: each row against its own hash, the chain, its content hash and the totals.

use std::io::Read;

use contract::campaigns::{DecisionKind, ItemState};
use serde_json::Value;

use super::rows::{Lines, Numbers};
use crate::campaign::snapshot::{self, Snapshot};
use crate::campaign::tally::Tally;
use crate::evidence::format::{GENESIS, ITEMS, Line, Manifest, link};
use crate::evidence::problem::Problem;

/// What reading the items gave.
pub struct Items {
    /// Length and SHA-256 of the file.
    pub digest: (u64, String),
    /// Rows that hold.
    pub rows: u64,
    /// Answers in these rows.
    pub answers: u64,
    /// Outcomes counted.
    pub outcomes: Tally,
    /// What is wrong with single rows.
    pub changed: Vec<Problem>,
    /// Which rows are there.
    pub numbers: Numbers,
    /// Whether the chain ends where it should.
    pub head_holds: bool,
}

/// Reads the file to its end.
pub fn read<R: Read>(reader: R, manifest: &Manifest) -> std::io::Result<Items> {
    let mut lines = Lines::new(reader);
    let mut out = Items {
        digest: (0, String::new()),
        rows: 0,
        answers: 0,
        outcomes: Tally::default(),
        changed: Vec::new(),
        numbers: Numbers::expect(ITEMS, manifest.population.count),
        head_holds: false,
    };
    let (mut head, mut number, mut place) = (GENESIS.to_owned(), 0, 0);
    while let Some(bytes) = lines.next()? {
        place += 1;
        match judge(&bytes, place) {
            Ok(line) => {
                out.numbers.take(Some(line.index));
                if line.index == number + 1 && line.previous != head {
                    out.change(
                        place,
                        name(&line.item),
                        "it does not follow the row before it",
                    );
                }
                out.count(&line.item);
                (head, number) = (line.hash, line.index);
            }
            Err(problem) => {
                out.numbers.take(None);
                out.push(problem);
                (head, number) = (String::new(), u64::MAX - 1);
            }
        }
    }
    out.head_holds = head == manifest.population.head;
    out.digest = lines.digest()?;
    Ok(out)
}

impl Items {
    fn count(&mut self, item: &Value) {
        let state = field::<ItemState>(item, "state").unwrap_or(ItemState::Open);
        self.outcomes
            .add(state, field::<DecisionKind>(item, "decision"));
        self.answers += item["history"]
            .as_array()
            .map_or(0, |history| history.len() as u64);
        self.rows += 1;
    }

    fn change(&mut self, row: u64, name: Option<String>, cause: &str) {
        self.push(Problem::RowChanged {
            path: ITEMS,
            row,
            name,
            cause: cause.to_owned(),
        });
    }

    fn push(&mut self, problem: Problem) {
        if self.changed.len() < 20 {
            self.changed.push(problem);
        }
    }
}

fn judge(bytes: &[u8], place: u64) -> Result<Line, Problem> {
    let changed = |name, cause: &str| Problem::RowChanged {
        path: ITEMS,
        row: place,
        name,
        cause: cause.to_owned(),
    };
    let line: Line = serde_json::from_slice(bytes)
        .map_err(|_| changed(None, "it is no longer readable as a row"))?;
    if link(&line.previous, line.index, &line.item) != line.hash {
        return Err(changed(
            name(&line.item),
            "its content does not match its hash",
        ));
    }
    // A frozen form of a later version is vouched for by the chain alone.
    if line.item["snapshot"]["version"] == snapshot::VERSION {
        let frozen: Snapshot = serde_json::from_value(line.item["snapshot"].clone())
            .map_err(|_| changed(name(&line.item), "its frozen identity is not readable"))?;
        if line.item["content_hash"].as_str() != Some(&frozen.content_hash()) {
            return Err(changed(
                name(&line.item),
                "its frozen identity is not the one its fingerprint was taken of",
            ));
        }
    }
    Ok(line)
}

fn field<T: serde::de::DeserializeOwned>(item: &Value, name: &str) -> Option<T> {
    serde_json::from_value(item[name].clone()).ok()
}

fn name(item: &Value) -> Option<String> {
    item["snapshot"]["name"].as_str().map(str::to_owned)
}
