//! What counts as a reason: words an auditor can use. Filler is refused kindly.

/// Fewest letters and digits a reason needs.
pub const LEAST: usize = 10;

/// Words that say nothing about the item, however many of them there are.
const FILLER: &[&str] = &[
    "a",
    "all",
    "approve",
    "approved",
    "asdf",
    "asdfgh",
    "blah",
    "check",
    "checked",
    "confirmed",
    "correct",
    "done",
    "dunno",
    "fine",
    "foo",
    "good",
    "great",
    "i",
    "is",
    "it",
    "its",
    "keep",
    "lgtm",
    "looks",
    "me",
    "na",
    "no",
    "none",
    "nothing",
    "ok",
    "okay",
    "okey",
    "qwerty",
    "reason",
    "reviewed",
    "same",
    "sure",
    "test",
    "testing",
    "that",
    "the",
    "this",
    "to",
    "todo",
    "valid",
    "verified",
    "very",
    "with",
    "works",
    "yep",
    "yes",
    "yup",
];

/// Why a text does not count as a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Nothing was written.
    #[error("Please give a reason.")]
    Empty,
    /// Too few letters to say anything.
    #[error(
        "Please write a little more: at least {LEAST} letters, so that an auditor understands it."
    )]
    Short,
    /// Letters without a statement.
    #[error("That does not say why. One short sentence about this identity is enough.")]
    Filler,
}

/// Checks that a text says something: enough letters, not only filler words or one repeated key.
///
/// # Errors
/// [`Weak`] says kindly what is missing.
pub fn check(text: &str) -> Result<(), Weak> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Weak::Empty);
    }
    let letters: Vec<char> = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let mut distinct = letters.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if only_filler(text) || (letters.len() >= LEAST && distinct.len() < 5) {
        return Err(Weak::Filler);
    }
    if letters.len() < LEAST {
        return Err(Weak::Short);
    }
    Ok(())
}

fn only_filler(text: &str) -> bool {
    let mut words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let all_filler = words
        .iter()
        .all(|word| FILLER.contains(&word.as_str()) || one_key(word));
    let many = words.len() > 2;
    words.sort_unstable();
    words.dedup();
    all_filler || (many && words.len() == 1)
}

fn one_key(word: &str) -> bool {
    let mut chars = word.chars();
    let first = chars.next();
    chars.all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filler_is_told_from_a_reason() {
        for (text, expected) in [
            ("", Err(Weak::Empty)),
            ("   ", Err(Weak::Empty)),
            ("ok", Err(Weak::Filler)),
            ("OK!", Err(Weak::Filler)),
            ("fine.", Err(Weak::Filler)),
            ("asdf", Err(Weak::Filler)),
            ("aaaaaaaaaaaaaaa", Err(Weak::Filler)),
            ("asdfasdfasdf", Err(Weak::Filler)),
            ("looks good to me", Err(Weak::Filler)),
            ("release release release", Err(Weak::Filler)),
            ("...........", Err(Weak::Filler)),
            ("prod", Err(Weak::Short)),
            ("OPS-44", Err(Weak::Short)),
            (
                "Needed until the ledger move ends in March, OPS-4417",
                Ok(()),
            ),
            ("nächtlicher Abgleich", Ok(())),
            ("毎晩の照合に必要です、三月まで", Ok(())),
        ] {
            assert_eq!(check(text), expected, "{text:?}");
        }
    }
}
