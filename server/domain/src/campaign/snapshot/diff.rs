//! What changed between two freezings of one identity, in plain sentences with before and after.
//!
//! Complete by construction of the tests: where two content hashes differ, the difference is not empty.

use chrono::{DateTime, Utc};
use contract::campaigns::Change;

use super::{Credential, FrozenPerson, Permission, Selector, Snapshot, Trust};

/// Lists what changed from `old` to `new`; empty when the facts are the same.
pub fn diff(old: &Snapshot, new: &Snapshot) -> Vec<Change> {
    let mut out = Vec::new();
    permissions(&mut out, old, new);
    trusts(&mut out, old, new);
    credentials(&mut out, old, new);
    people(&mut out, old, new);
    texts(&mut out, old, new);
    selectors(&mut out, old, new);
    out
}

fn push(out: &mut Vec<Change>, sentence: String, before: Option<String>, after: Option<String>) {
    out.push(Change {
        sentence,
        before,
        after,
    });
}

fn texts(out: &mut Vec<Change>, old: &Snapshot, new: &Snapshot) {
    let environments = |s: &Snapshot| {
        s.environments
            .iter()
            .map(|e| e.label())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let pairs = [
        ("Its name changed.", old.name.clone(), new.name.clone()),
        (
            "Its purpose changed.",
            old.purpose.clone(),
            new.purpose.clone(),
        ),
        (
            "Its state changed.",
            old.state.label().to_owned(),
            new.state.label().to_owned(),
        ),
        (
            "Its risk tier changed.",
            old.tier.label().to_owned(),
            new.tier.label().to_owned(),
        ),
        (
            "It acts in other environments.",
            environments(old),
            environments(new),
        ),
        (
            "It is another kind of identity.",
            old.kind.label().to_owned(),
            new.kind.label().to_owned(),
        ),
        (
            "It lives on another platform.",
            old.platform.label().to_owned(),
            new.platform.label().to_owned(),
        ),
    ];
    for (sentence, before, after) in pairs {
        if before != after {
            push(out, sentence.to_owned(), some(before), some(after));
        }
    }
}

fn people(out: &mut Vec<Change>, old: &Snapshot, new: &Snapshot) {
    let id = |person: &Option<FrozenPerson>| person.as_ref().map(|p| p.id);
    let name = |person: &Option<FrozenPerson>| person.as_ref().map(|p| p.name.clone());
    if id(&old.owner) != id(&new.owner) {
        push(
            out,
            owned("The owner", name(&new.owner).as_ref()),
            name(&old.owner),
            name(&new.owner),
        );
    }
    if id(&old.backup_owner) != id(&new.backup_owner) {
        let after = name(&new.backup_owner);
        push(
            out,
            owned("The backup owner", after.as_ref()),
            name(&old.backup_owner),
            after,
        );
    }
    if old.team != new.team {
        push(
            out,
            owned("The owning team", new.team.as_ref()),
            old.team.clone(),
            new.team.clone(),
        );
    }
}

fn owned(role: &str, after: Option<&String>) -> String {
    match after {
        Some(name) => format!("{role} is now {name}."),
        None => format!("{role} is gone; nobody took over."),
    }
}

fn permissions(out: &mut Vec<Change>, old: &Snapshot, new: &Snapshot) {
    let same = |a: &Permission, b: &Permission| {
        (&a.system, &a.action, &a.resource, a.environment)
            == (&b.system, &b.action, &b.resource, b.environment)
    };
    let (gone, added, kept) = compare(&old.permissions, &new.permissions, same);
    for permission in added {
        let sentence = format!("It can now {}.", lower(&permission.sentence));
        push(out, sentence, None, Some(permission.placed()));
    }
    for permission in gone {
        let sentence = format!("It can no longer {}.", lower(&permission.sentence));
        push(out, sentence, Some(permission.placed()), None);
    }
    for (before, after) in kept {
        if before.privileged != after.privileged {
            let word = |p: &Permission| {
                if p.privileged {
                    "privileged"
                } else {
                    "not privileged"
                }
                .to_owned()
            };
            let sentence = format!("“{}” is now counted as {}.", after.sentence, word(after));
            push(out, sentence, Some(word(before)), Some(word(after)));
        }
    }
}

impl Permission {
    fn placed(&self) -> String {
        match self.environment {
            Some(environment) => format!("{} ({})", self.raw(), environment.as_str()),
            None => self.raw(),
        }
    }
}

fn trusts(out: &mut Vec<Change>, old: &Snapshot, new: &Snapshot) {
    let same = |a: &Trust, b: &Trust| (a.language, &a.target) == (b.language, &b.target);
    let (gone, added, kept) = compare(&old.trusts, &new.trusts, same);
    for trust in added {
        let sentence = format!("More may become it: {} was added.", trust.language.label());
        push(out, sentence, None, Some(trust.document.clone()));
    }
    for trust in gone {
        let sentence = format!("{} for {} is gone.", trust.language.label(), trust.target);
        push(out, sentence, Some(trust.document.clone()), None);
    }
    for (before, after) in kept {
        if before.document != after.document {
            let sentence = format!("Who may become it changed: {}", sentence_of(&after.admits));
            push(
                out,
                sentence,
                Some(before.document.clone()),
                Some(after.document.clone()),
            );
        }
    }
}

fn credentials(out: &mut Vec<Change>, old: &Snapshot, new: &Snapshot) {
    let same = |a: &Credential, b: &Credential| a.id == b.id;
    let (gone, added, kept) = compare(&old.credentials, &new.credentials, same);
    for credential in added {
        push(
            out,
            format!("It has a new credential, “{}”.", credential.label),
            None,
            Some(credential.line()),
        );
    }
    for credential in gone {
        push(
            out,
            format!("The credential “{}” is gone.", credential.label),
            Some(credential.line()),
            None,
        );
    }
    for (before, after) in kept {
        let (was, is) = (before.line(), after.line());
        if was != is {
            let verb =
                if before.rotated_at == after.rotated_at && before.reference == after.reference {
                    "changed"
                } else {
                    "was rotated"
                };
            push(
                out,
                format!("The credential “{}” {verb}.", after.label),
                Some(was),
                Some(is),
            );
        }
    }
}

impl Credential {
    /// One line that holds everything the content hash covers.
    fn line(&self) -> String {
        let day = |what: &str, at: Option<DateTime<Utc>>| match at {
            Some(at) => format!(", {what} {}", at.format("%Y-%m-%d %H:%M:%S%.f")),
            None => String::new(),
        };
        format!(
            "{} “{}” {}{}{}",
            self.credential_type.label(),
            self.label,
            self.reference,
            day("rotated", self.rotated_at),
            day("expires", self.expires_at)
        )
    }
}

fn selectors(out: &mut Vec<Change>, old: &Snapshot, new: &Snapshot) {
    let (gone, added, _) = compare(&old.selectors, &new.selectors, |a: &Selector, b| a == b);
    for selector in added {
        push(
            out,
            format!(
                "It is also known by a new {}.",
                lower(selector.kind.label())
            ),
            None,
            Some(selector.line()),
        );
    }
    for selector in gone {
        push(
            out,
            format!("A {} no longer leads to it.", lower(selector.kind.label())),
            Some(selector.line()),
            None,
        );
    }
}

impl Selector {
    /// The selector in one line, issuer first.
    pub fn line(&self) -> String {
        if self.issuer.is_empty() {
            self.value.clone()
        } else {
            format!("{} {}", self.issuer, self.value)
        }
    }
}

type Compared<'a, T> = (Vec<&'a T>, Vec<&'a T>, Vec<(&'a T, &'a T)>);

/// Pairs two lists: what is gone, what was added, what stayed. Each element pairs at most once.
fn compare<'a, T>(old: &'a [T], new: &'a [T], same: impl Fn(&T, &T) -> bool) -> Compared<'a, T> {
    let mut unpaired: Vec<&T> = new.iter().collect();
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for before in old {
        match unpaired.iter().position(|after| same(before, after)) {
            Some(at) => kept.push((before, unpaired.remove(at))),
            None => gone.push(before),
        }
    }
    (gone, unpaired, kept)
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A sentence as it stands inside another one: first letter small unless it begins an abbreviation.
fn lower(sentence: &str) -> String {
    let sentence = sentence.trim_end_matches('.');
    let mut chars = sentence.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + chars.as_str()
        }
        _ => sentence.to_owned(),
    }
}

fn sentence_of(text: &str) -> String {
    let text = lower(text);
    if text.is_empty() {
        "its trust document is another one.".to_owned()
    } else {
        format!("{text}.")
    }
}
