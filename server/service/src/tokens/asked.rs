//! What is asked for with a new token, or a rule that gives tokens, as understood.

use contract::FieldError;
use contract::tokens::{Scope, TokenInput};
use domain::network;

use crate::{Error, Result};

/// Days a token lives when nobody says otherwise.
const USUAL_DAYS: i64 = 30;
/// Days a token lives at most.
const MOST_DAYS: i64 = 90;

/// What was asked for, as understood.
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) scopes: Vec<Scope>,
    pub(super) days: i64,
    pub(super) networks: Vec<String>,
}

/// Every wrong field at once.
pub(super) fn judge(input: &TokenInput) -> Result<Asked> {
    let (name, scopes, mut wrong) = named(&input.name, &input.scopes);
    let mut note = |field: &str, message: String| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message,
        });
    };
    let days = input.days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        note(
            "days",
            format!("Choose 1 to {MOST_DAYS} days; make a new one in time."),
        );
    }
    let mut networks = Vec::new();
    for text in &input.networks {
        match network::read(text) {
            Some(network) => networks.push(network),
            None => note(
                "networks",
                format!("{text:?} is no network such as 192.0.2.0/24."),
            ),
        }
    }
    if wrong.is_empty() {
        Ok(Asked {
            name,
            scopes,
            days,
            networks,
        })
    } else {
        Err(Error::Invalid(wrong))
    }
}

/// What a token, and a rule that gives tokens, have in common: a name, what it may do, and what is wrong with either.
pub(crate) fn named(name: &str, scopes: &[String]) -> (String, Vec<Scope>, Vec<FieldError>) {
    let mut wrong = Vec::new();
    let mut note = |field: &str, message: String| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message,
        });
    };
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 {
        note("name", "Say what it is for, in 1 to 80 letters.".to_owned());
    }
    let (known, unknown) = read_scopes(scopes);
    for word in unknown {
        note("scopes", format!("{word:?} is nothing a token may do."));
    }
    if scopes.is_empty() {
        note("scopes", "Choose at least one thing it may do.".to_owned());
    }
    (name, known, wrong)
}

/// Scopes in order, each once, and the words that are none.
pub(crate) fn read_scopes(words: &[String]) -> (Vec<Scope>, Vec<String>) {
    let (mut scopes, mut unknown) = (Vec::new(), Vec::new());
    for word in words {
        match word.parse::<Scope>() {
            Ok(scope) => scopes.push(scope),
            Err(_) => unknown.push(word.clone()),
        }
    }
    scopes.sort_unstable();
    scopes.dedup();
    (scopes, unknown)
}
