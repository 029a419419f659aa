//! Reasons: free text that an auditor will read. Filler is refused where it is typed, not found later.

use std::fmt;

/// A sentence that says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

/// The text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAReason {
    /// Nothing was given.
    #[error("Say why; an auditor will read it.")]
    Missing,
    /// Too short to say anything.
    #[error("Say why in a sentence of at least three words; an auditor will read it.")]
    TooShort,
    /// The same letters or words over and over, or a word that says nothing.
    #[error("This does not say why. Name the need, the change or the risk.")]
    Filler,
    /// Longer than anybody reads.
    #[error("Keep it under 2,000 characters and put the rest in the ticket.")]
    TooLong,
}

/// Words that fill a box without saying anything.
const EMPTY_WORDS: &[&str] = &[
    "asdf", "qwerty", "test", "testing", "foo", "bar", "baz", "lorem", "ipsum", "n/a", "na",
    "none", "ok", "okay", "yes", "no", "fine", "good", "todo", "tbd", "xxx", "idk", "stuff",
    "thing", "things", "because", "needed", "please", "approved", "approve", "lgtm", "is", "it",
    "the", "a", "this", "and", "all",
];

impl Reason {
    /// Reads a reason, white space around it ignored.
    ///
    /// # Errors
    /// [`NotAReason`] says what is missing.
    pub fn parse(text: &str) -> Result<Self, NotAReason> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotAReason::Missing);
        }
        if text.chars().count() > 2_000 {
            return Err(NotAReason::TooLong);
        }
        let mut words: Vec<String> = text
            .split_whitespace()
            .map(|word| {
                word.trim_matches(|c: char| !c.is_alphanumeric())
                    .to_lowercase()
            })
            .filter(|word| !word.is_empty())
            .collect();
        if words.len() < 3 || text.chars().count() < 12 {
            return Err(NotAReason::TooShort);
        }
        words.sort_unstable();
        words.dedup();
        let telling = words.iter().filter(|word| is_telling(word)).count();
        if telling < 2 {
            return Err(NotAReason::Filler);
        }
        Ok(Self(text.to_owned()))
    }

    /// A reason that was accepted before and is read back.
    pub fn kept(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The sentence.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_telling(word: &str) -> bool {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len() >= 3 && !EMPTY_WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_a_reason() {
        for good in [
            "The nightly export needs read access to invoices.",
            "Pipeline retired with PAY-11",
            "Stellt die neue Abrechnung bereit",
        ] {
            assert!(Reason::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn filler_is_refused() {
        assert_eq!(Reason::parse(" \n"), Err(NotAReason::Missing));
        assert_eq!(Reason::parse("ok"), Err(NotAReason::TooShort));
        assert_eq!(
            Reason::parse("needed for prod"),
            Ok(Reason("needed for prod".into()))
        );
        for bad in [
            "ok ok ok ok ok",
            "asdf asdf asdf asdf",
            "aaaa bbbb cccc dddd",
            "this is needed please",
            "test test testing",
        ] {
            assert_eq!(Reason::parse(bad), Err(NotAReason::Filler), "{bad}");
        }
        assert_eq!(
            Reason::parse(&"word ".repeat(500)),
            Err(NotAReason::TooLong)
        );
    }
}
