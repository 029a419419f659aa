//! Rollcall's own records in tables and JSON: which columns each kind has, and how a row becomes a record.

pub mod credentials;
pub mod identities;
pub mod people;
pub mod permissions;
pub mod runners;
pub mod teams;
pub mod trusts;

use contract::identities::SelectorKind;
use contract::imports::{ImportKind, ImportProblem};

use super::Record;
use super::fields::{Fields, plain};

/// A field and the other headers people write for it, all in plain form.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The field.
    pub field: &'static str,
    /// Other headers.
    pub also: &'static [&'static str],
}

pub(super) const fn column(field: &'static str, also: &'static [&'static str]) -> Column {
    Column { field, also }
}

/// The columns of a kind, in the order of the documentation.
pub const fn columns(kind: ImportKind) -> &'static [Column] {
    match kind {
        ImportKind::Identities => identities::COLUMNS,
        ImportKind::Credentials => credentials::COLUMNS,
        ImportKind::Permissions => permissions::COLUMNS,
        ImportKind::Trusts => trusts::COLUMNS,
        ImportKind::Teams => teams::COLUMNS,
        ImportKind::People => people::COLUMNS,
        ImportKind::Runners => runners::COLUMNS,
        // No table: a file of its own shape.
        ImportKind::CodeOwners => &[],
    }
}

/// The field a header means; `None` when the kind has none such.
pub fn field(kind: ImportKind, header: &str) -> Option<&'static str> {
    let header = plain(header);
    let header = header.trim_matches('_');
    columns(kind)
        .iter()
        .find(|column| column.field == header || column.also.contains(&header))
        .map(|column| column.field)
        .or_else(|| selector_column(kind, header))
}

/// An identity's table may have a column for each kind of name.
fn selector_column(kind: ImportKind, header: &str) -> Option<&'static str> {
    (kind == ImportKind::Identities)
        .then(|| {
            header
                .parse::<SelectorKind>()
                .ok()
                .map(SelectorKind::as_str)
        })
        .flatten()
}

/// What rows with these headers are about; `None` when they do not tell.
pub fn kind(headers: &[String]) -> Option<ImportKind> {
    let plain: Vec<String> = headers
        .iter()
        .map(|h| plain(h).trim_matches('_').to_owned())
        .collect();
    let has = |words: &[&str]| plain.iter().any(|header| words.contains(&header.as_str()));
    let names = has(&["name", "identity", "identity_name", "external_id", "id"]);
    let machine = has(&["ephemeral", "hosted", "self_hosted", "runner_group"]);
    if has(&["runner", "runner_name"]) || names && machine {
        return Some(ImportKind::Runners);
    }
    if has(&["document", "policy", "trust_policy"]) && names {
        return Some(ImportKind::Trusts);
    }
    if has(&["action", "permission"]) && names && !has(&["platform"]) {
        return Some(ImportKind::Permissions);
    }
    if names
        && has(&[
            "platform",
            "provider",
            "purpose",
            "tier",
            "risk_tier",
            "selectors",
            "selector",
        ])
    {
        return Some(ImportKind::Identities);
    }
    if has(&["identity", "identity_name", "identity_id"])
        && has(&[
            "credential_type",
            "type",
            "reference",
            "key_id",
            "fingerprint",
            "rotated_at",
            "issued_at",
        ])
    {
        return Some(ImportKind::Credentials);
    }
    if has(&["email", "e_mail", "mail"]) {
        return Some(ImportKind::People);
    }
    if has(&["slug", "team_slug", "lead", "members"]) {
        return Some(ImportKind::Teams);
    }
    (names
        && (has(&[
            "kind",
            "environment",
            "environments",
            "env",
            "team",
            "owner",
        ])))
    .then_some(ImportKind::Identities)
}

/// Reads a row of a kind. An identity's row may carry its credential too.
///
/// # Errors
/// Everything that is wrong with the row.
pub fn records(kind: ImportKind, fields: Fields) -> Result<Vec<Record>, Vec<ImportProblem>> {
    match kind {
        ImportKind::Identities => identities::read(fields),
        ImportKind::Credentials => {
            credentials::read(fields).map(|one| vec![Record::Credential(one)])
        }
        ImportKind::Permissions => {
            permissions::read(fields).map(|one| vec![Record::Permission(one)])
        }
        ImportKind::Trusts => trusts::read(fields).map(|one| vec![Record::Trust(one)]),
        ImportKind::Teams => teams::read(fields).map(|one| vec![Record::Team(one)]),
        ImportKind::People => people::read(fields).map(|one| vec![Record::Person(one)]),
        ImportKind::Runners => runners::read(fields).map(|one| vec![Record::Runner(one)]),
        ImportKind::CodeOwners => {
            let mut fields = fields;
            fields.wrong("", "code owners come as a CODEOWNERS file, not as a table");
            fields.finish::<Vec<Record>>(None)
        }
    }
}
