//! What stands between `${{` and `}}`, parsed by the crate zizmor's people keep: a name is the same with indices, in capitals
//! and beside strings, and what is only compared does not flow into the text.
//!
//! Language: <https://docs.github.com/actions/reference/workflows-and-actions/expressions>

use github_actions_expressions::{Expr, SpannedExpr};

/// Longest expression that is parsed, in bytes; GitHub's own limit is 21,000 characters.
const LONGEST: usize = 32 * 1024;

/// The insides of every `${{ … }}` in a text. A string in one may hold `}}`.
pub fn expressions(text: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(begin) = rest.find("${{") {
        rest = &rest[begin + 3..];
        let Some(end) = end(rest) else { break };
        found.push(rest[..end].trim());
        rest = &rest[end + 2..];
    }
    found
}

/// Where an expression ends: at the first `}}` outside its strings.
fn end(text: &str) -> Option<usize> {
    let mut quoted = false;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // A quote within a string is written twice.
            b'\'' => quoted = !quoted,
            b'}' if !quoted && bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
    }
    // A string nobody closed: what GitHub would refuse is read up to the next end there is.
    text.find("}}")
}

/// The contexts that are named in the expressions of a text: lower case, with dots, `*` for what is computed. What cannot be
/// parsed is named as it is written.
pub fn named(text: &str) -> Vec<String> {
    all(text, |parsed| {
        let contexts = parsed.contexts().into_iter();
        contexts.filter_map(|(it, _)| it.as_pattern()).collect()
    })
}

/// Of these, what becomes part of the text: not what is only compared or asked for.
pub fn flowing(text: &str) -> Vec<String> {
    all(text, |parsed| {
        let mut found = Vec::new();
        for (context, _) in parsed.dataflow_contexts() {
            if let Some(name) = context.as_pattern() {
                found.push(name);
            } else {
                // A part of what a function answers: whatever went into that.
                let within = context.parts.iter().flat_map(SpannedExpr::contexts);
                found.extend(within.filter_map(|(it, _)| it.as_pattern()));
            }
        }
        found
    })
}

fn all(text: &str, of: impl Fn(&SpannedExpr<'_>) -> Vec<String>) -> Vec<String> {
    let read = |body: &str| {
        let parsed = (body.len() <= LONGEST).then(|| Expr::parse(body).ok());
        match parsed.flatten() {
            Some(parsed) => of(&parsed),
            None => words(body),
        }
    };
    expressions(text).into_iter().flat_map(read).collect()
}

/// Everything in a text that looks like a context.
fn words(text: &str) -> Vec<String> {
    let parts = |letter: char| !(letter.is_ascii_alphanumeric() || "._-*".contains(letter));
    let words = text.split(parts).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect()
}

/// Whether something is written out whole, as JSON.
pub fn writes_out(text: &str) -> bool {
    text.contains("${{") && text.to_ascii_lowercase().contains("tojson")
}

/// The secrets a text names; `secrets` are all of them.
pub fn secrets(text: &str) -> Vec<String> {
    let mut names = named(text);
    names.retain(|it| it == "secrets" || it.starts_with("secrets."));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_may_hold_what_ends_an_expression() {
        let text = "a ${{ format('}}{0}', github.actor) }} b ${{ 'it''s }}' }} ${{x}}";
        assert_eq!(
            expressions(text),
            ["format('}}{0}', github.actor)", "'it''s }}'", "x"]
        );
        assert_eq!(expressions("${{ 'open }} ${{ a"), ["'open"]);
        assert_eq!(expressions("nothing ${{"), Vec::<&str>::new());
    }

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        for text in [
            "${{ github.event.issue.title }}",
            "${{ GitHub.Event['issue'].TITLE }}",
            "${{ format('{0}', github.event.issue.title) }}",
            "${{ inputs.x || github['event']['issue']['title'] }}",
        ] {
            let named = named(text);
            assert!(
                named.iter().any(|it| it == "github.event.issue.title"),
                "{text}: {named:?}"
            );
            let flowing = flowing(text);
            assert!(
                flowing.iter().any(|it| it == "github.event.issue.title"),
                "{text}: {flowing:?}"
            );
        }
        assert_eq!(
            named("${{ secrets[inputs.name] }}"),
            ["secrets.*", "inputs.name"]
        );
    }

    #[test]
    fn what_is_only_asked_does_not_flow() {
        for text in [
            "${{ github.event.issue.title == 'x' }}",
            "${{ contains(github.event.issue.title, 'x') }}",
            "${{ github.event.issue.title != '' && 'a' || 'b' }}",
            "${{ 'github.event.issue.title' }}",
        ] {
            let flowing = flowing(text);
            assert!(flowing.is_empty(), "{text}: {flowing:?}");
        }
        assert_eq!(named("${{ a.b == 'x' }}"), ["a.b"]);
        assert_eq!(
            flowing("${{ fromJSON(needs.a.outputs.x).y }}"),
            ["needs.a.outputs.x"]
        );
    }

    #[test]
    fn what_cannot_be_parsed_is_named_as_it_is_written() {
        assert_eq!(
            named("${{ github.event. && (secrets.TOKEN }}"),
            ["github.event.", "secrets.token"]
        );
        assert_eq!(
            secrets("${{ ((secrets.X }} ${{ secrets['Y'] }} secrets.txt"),
            ["secrets.x", "secrets.y"]
        );
        let deep = format!("${{{{ {}a{} }}}}", "(".repeat(40_000), ")".repeat(40_000));
        assert_eq!(named(&deep), ["a"]);
    }
}
