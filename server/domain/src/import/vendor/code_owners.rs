//! A repository's CODEOWNERS file. Shapes: see [`crate::identity::code_owners`].

use super::super::record::{CodeOwners, Record};
use super::super::{Found, Hint, Place};
use crate::identity::code_owners::{MAX_FILE, read};

pub(super) fn open<'a>(
    text: &'a str,
    hint: &Hint,
) -> Result<Box<dyn Iterator<Item = Found> + Send + 'a>, String> {
    if text.len() > MAX_FILE {
        return Err(format!(
            "The file has {} bytes; GitHub itself ignores a CODEOWNERS file of more than {MAX_FILE}.",
            text.len()
        ));
    }
    let said = hint.subject.as_deref().unwrap_or_default().trim();
    let repository = said.trim_end_matches('/').to_lowercase();
    if !repository.contains('/') || repository.contains([' ', ':']) {
        return Err(
            "A CODEOWNERS file does not tell its repository. Say it, such as acme/shop.".to_owned(),
        );
    }
    let (rules, problems) = read(text);
    let place = |line: u32| Place::row(u64::from(line));
    let first = rules.first().map_or(1, |rule| rule.line);
    let problems = problems
        .into_iter()
        .map(move |(line, why)| Found::Problem(place(line).problem("", why)));
    let record = Record::CodeOwners(CodeOwners { repository, rules });
    Ok(Box::new(
        std::iter::once(Found::Record(place(first), record)).chain(problems),
    ))
}
