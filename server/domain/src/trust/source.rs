//! Documents with positions: JSON and YAML become one tree that keeps byte spans and duplicate keys.

mod json;
mod node;
mod yaml;

pub use json::json;
pub use node::{Entry, Node, Value};
pub use yaml::yaml;

/// Largest document read, in bytes.
pub const LARGEST: usize = 16 << 20;

/// A place in the source: line and column, both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A byte range of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// A text and the span it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned {
    pub text: String,
    pub span: Span,
}

/// The text of a document, able to tell lines and columns in constant time, however long a line is.
#[derive(Debug, Clone, Default)]
pub struct Source {
    text: String,
    starts: Vec<usize>,
    /// Characters before each block of [`BLOCK`] bytes.
    before: Vec<usize>,
}

/// Bytes counted at most for one position.
const BLOCK: usize = 1024;

impl Source {
    pub fn new(text: &str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut characters = 0;
        let before = text
            .as_bytes()
            .chunks(BLOCK)
            .map(|block| {
                let here = characters;
                characters += begun(block);
                here
            })
            .collect();
        Self {
            text: text.to_owned(),
            starts,
            before,
        }
    }

    pub fn position(&self, span: Span) -> Position {
        let line = self
            .starts
            .partition_point(|start| *start <= span.start)
            .max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        Position {
            line,
            column: self
                .characters(span.start)
                .saturating_sub(self.characters(start))
                + 1,
        }
    }

    /// Characters before a byte.
    fn characters(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let block = (at / BLOCK).min(self.before.len().saturating_sub(1));
        let counted = self.before.get(block).copied().unwrap_or_default();
        counted
            + begun(
                self.text
                    .as_bytes()
                    .get(block * BLOCK..at)
                    .unwrap_or_default(),
            )
    }
}

/// Characters that begin in these bytes of UTF-8.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn json_keeps_positions_and_duplicates() {
        let text = "{\n  \"a\": [1, \"é\", \"x\"],\n  \"a\": true\n}";
        let node = json(text).unwrap();
        let source = Source::new(text);
        let place = source.position(node.get("a").unwrap().items()[2].span);
        assert_eq!(
            place,
            Position {
                line: 2,
                column: 17
            }
        );
        let mut twice = Vec::new();
        node.duplicates(&mut twice);
        assert_eq!(twice[0].0, "a");
        assert_eq!(source.position(twice[0].1).line, 3);
    }

    #[test]
    fn broken_json_is_told_with_its_line() {
        assert!(json("{\n\"a\": }").unwrap_err().contains("line 2"));
        assert!(json("{'a': 1}").is_err());
        assert!(json(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn yaml_expands_anchors_within_bounds() {
        let node = yaml("é: &x {k: [1, yes]}\nb: *x\n").unwrap();
        assert_eq!(node.get("b").unwrap().json(), node.get("é").unwrap().json());
        let mut bomb = String::from("a0: &a0 [x, x]\n");
        for at in 1..40 {
            let before = at - 1;
            let line = format!("a{at}: &a{at} [*a{before}, *a{before}]\n");
            bomb += &line;
        }
        assert!(yaml(&bomb).unwrap_err().contains("aliases"));
    }
}
