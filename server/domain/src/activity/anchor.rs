//! Anchors: the head of the record written outside, where whoever could change the record cannot change it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The head of the record at a moment, as it is written outside: one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Position of the entry.
    pub position: i64,
    /// Its SHA-256, 64 lower-case hexadecimal digits; it covers every entry before it.
    pub hash: String,
    /// When it was written.
    pub at: DateTime<Utc>,
}

impl Anchor {
    /// Its line, without a line end.
    pub fn line(&self) -> String {
        format!(
            r#"{{"position":{},"hash":"{}","at":"{}"}}"#,
            self.position,
            self.hash,
            self.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
        )
    }
}

/// Reads a file of anchors: each anchor, or why its line is none, with the number of the line from 1. Empty lines are
/// passed over.
pub fn read(text: &str) -> Vec<(usize, Result<Anchor, String>)> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            let read = serde_json::from_str::<Anchor>(line).map_err(|error| error.to_string());
            (at + 1, read)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back_and_a_broken_one_is_named() {
        let anchor = Anchor {
            position: 7,
            hash: "ab".repeat(32),
            at: DateTime::UNIX_EPOCH,
        };
        let text = format!("{}\n\nnonsense\n", anchor.line());
        let read = read(&text);
        assert_eq!(read[0], (1, Ok(anchor)));
        assert_eq!(read.len(), 2);
        assert!(read[1].0 == 3 && read[1].1.is_err());
    }
}
