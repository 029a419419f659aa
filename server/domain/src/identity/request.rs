//! A request for a new identity: the form's words checked and typed, every error beside its field.

use contract::FieldError;
use contract::identities::{
    CredentialType, Environment, IdentityKind, IdentityRequest, Platform, SelectorKind,
};
use contract::ids::{PersonId, TeamId};

use super::permission;
use super::reason::Reason;
use super::secret;
use super::selector::{self, NewSelector};
use super::ticket::Ticket;

/// Lines of permissions or selectors taken at most.
const MAX_LINES: usize = 500;

/// A request that may be saved. Whether the name is free and team and people exist is the service's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIdentity {
    /// Name, unique in the roll.
    pub name: String,
    /// Kind.
    pub kind: IdentityKind,
    /// Platform.
    pub platform: Platform,
    /// Purpose in a sentence.
    pub purpose: String,
    /// Ticket.
    pub ticket: Ticket,
    /// Business justification.
    pub justification: Reason,
    /// Owning team.
    pub team: TeamId,
    /// Owner.
    pub owner: PersonId,
    /// Backup owner.
    pub backup_owner: Option<PersonId>,
    /// Environments, in display order.
    pub environments: Vec<Environment>,
    /// What proves it is itself.
    pub credential_type: CredentialType,
    /// Key id or fingerprint, or empty.
    pub credential_reference: String,
    /// What it may do.
    pub permissions: Vec<NewPermission>,
    /// How events name it.
    pub selectors: Vec<NewSelector>,
}

/// One permission as declared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NewPermission {
    /// System, in lower case.
    pub system: String,
    /// Raw action.
    pub action: String,
    /// Raw resource.
    pub resource: String,
    /// Where it holds; absent when not said.
    pub environment: Option<Environment>,
    /// Could do lasting harm: said so, or known from the catalogue.
    pub privileged: bool,
}

/// Checks every field and returns all errors at once.
///
/// # Errors
/// One [`FieldError`] for each thing that is wrong; a pasted secret is never repeated.
pub fn parse(form: &IdentityRequest) -> Result<NewIdentity, Vec<FieldError>> {
    let mut errors = Errors(secret::refusals([
        ("name", form.name.as_str()),
        ("purpose", &form.purpose),
        ("ticket", &form.ticket),
        ("justification", &form.justification),
        ("credential_reference", &form.credential_reference),
        ("permissions", &form.permissions),
        ("selectors", &form.selectors),
    ]));
    let name = errors.take("name", name(&form.name));
    let kind = errors.word::<IdentityKind>("kind", &form.kind);
    let platform = errors.word::<Platform>("platform", &form.platform);
    let purpose = errors.take("purpose", purpose(&form.purpose));
    let ticket = errors.take(
        "ticket",
        Ticket::parse(&form.ticket).map_err(|e| e.to_string()),
    );
    let justification = errors.take(
        "justification",
        Reason::parse(&form.justification).map_err(|e| e.to_string()),
    );
    let team = errors.take("team", id(&form.team, "Choose the team that owns it."));
    let owner = errors.take(
        "owner",
        id(&form.owner, "Choose the person who answers for it."),
    );
    let backup_owner = errors.take("backup_owner", backup(&form.backup_owner, &form.owner));
    let environments = errors.take("environments", environments(&form.environments));
    let credential_type = errors.word::<CredentialType>("credential_type", &form.credential_type);
    let credential_reference = errors.take(
        "credential_reference",
        one_line(&form.credential_reference, 200),
    );
    let permissions = errors.take("permissions", permissions(&form.permissions));
    let selectors = errors.take("selectors", selectors(&form.selectors));
    errors.finish(|| {
        Some(NewIdentity {
            name: name?,
            kind: kind?,
            platform: platform?,
            purpose: purpose?,
            ticket: ticket?,
            justification: justification?,
            team: TeamId(team?),
            owner: PersonId(owner?),
            backup_owner: backup_owner?.map(PersonId),
            environments: environments?,
            credential_type: credential_type?,
            credential_reference: credential_reference?,
            permissions: permissions?,
            selectors: selectors?,
        })
    })
}

/// Collects errors so that a person sees all of them at once.
pub(super) struct Errors(pub(super) Vec<FieldError>);

impl Errors {
    /// Notes an error beside its field, unless a worse one (a secret) stands there already.
    pub(super) fn take<T>(&mut self, field: &str, result: Result<T, String>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(message) => {
                if !self.0.iter().any(|error| error.field == field) {
                    self.0.push(FieldError {
                        field: field.to_owned(),
                        message,
                    });
                }
                None
            }
        }
    }

    pub(super) fn word<T: std::str::FromStr>(&mut self, field: &str, word: &str) -> Option<T> {
        self.take(
            field,
            word.parse()
                .map_err(|_| "Choose one of the list.".to_owned()),
        )
    }

    pub(super) fn finish<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Vec<FieldError>> {
        if self.0.is_empty() {
            build().ok_or_else(Vec::new)
        } else {
            Err(self.0)
        }
    }
}

/// Reads a name: 3 to 120 characters, unique in the roll.
///
/// # Errors
/// A sentence that says what a name looks like.
pub fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let length = text.chars().count();
    let allowed = |c: char| c.is_alphanumeric() || " ·._/@:#-[]".contains(c);
    if text.is_empty() {
        Err("Give it a name people will recognise, such as “shop · deploy · production”.".into())
    } else if !(3..=120).contains(&length) {
        Err(format!(
            "A name has 3 to 120 characters; this one has {length}."
        ))
    } else if !text.starts_with(char::is_alphanumeric) || !text.chars().all(allowed) {
        Err("A name begins with a letter or digit and holds letters, digits, spaces and · . _ / @ : # - [ ].".into())
    } else if text.contains("  ") {
        Err("Use single spaces.".into())
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn purpose(text: &str) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = text.chars().count();
    if length == 0 {
        Err("Say in a sentence what it is for.".into())
    } else if length < 10 || !text.contains(' ') {
        Err("Say in a sentence what it is for, such as “Deploys the shop to production”.".into())
    } else if length > 300 {
        Err(format!("Keep it under 300 characters; this has {length}."))
    } else {
        Ok(text)
    }
}

pub(super) fn one_line(text: &str, limit: usize) -> Result<String, String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        Err("Use one line of plain text.".into())
    } else if text.chars().count() > limit {
        Err(format!("Keep it under {limit} characters."))
    } else {
        Ok(text.to_owned())
    }
}

fn id(text: &str, otherwise: &str) -> Result<uuid::Uuid, String> {
    uuid::Uuid::parse_str(text.trim()).map_err(|_| otherwise.to_owned())
}

fn backup(text: &str, owner: &str) -> Result<Option<uuid::Uuid>, String> {
    let text = text.trim();
    if text.is_empty() {
        Ok(None)
    } else if text == owner.trim() {
        Err("The backup is somebody other than the owner.".into())
    } else {
        id(text, "Choose a person of the list, or leave it empty.").map(Some)
    }
}

pub(super) fn environments(words: &[String]) -> Result<Vec<Environment>, String> {
    let mut all = words
        .iter()
        .map(|word| word.parse())
        .collect::<Result<Vec<Environment>, _>>()
        .map_err(|_| "Choose environments of the list.".to_owned())?;
    all.sort_unstable();
    all.dedup();
    if all.is_empty() {
        Err("Choose at least one environment it acts in.".into())
    } else {
        Ok(all)
    }
}

/// The lines that say something, with their numbers from 1.
pub(super) fn lines(text: &str) -> Result<Vec<(usize, &str)>, String> {
    let lines: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .collect();
    if lines.len() > MAX_LINES {
        Err(format!(
            "At most {MAX_LINES} lines; this has {}.",
            lines.len()
        ))
    } else {
        Ok(lines)
    }
}

fn permissions(text: &str) -> Result<Vec<NewPermission>, String> {
    let mut all = Vec::new();
    for (number, line) in lines(text)? {
        let permission = permission_line(line).map_err(|e| format!("Line {number}: {e}"))?;
        if all.contains(&permission) {
            return Err(format!(
                "Line {number}: this permission stands above already."
            ));
        }
        all.push(permission);
    }
    if all.is_empty() {
        return Err("List what it may do, one permission a line: at least one.".into());
    }
    Ok(all)
}

/// Reads `system action resource [environment] [privileged]`.
fn permission_line(line: &str) -> Result<NewPermission, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [system, action, resource, rest @ ..] = words.as_slice() else {
        return Err("write system, action and resource, such as “aws ecs:UpdateService *”".into());
    };
    let mut environment = None;
    let mut said = false;
    for word in rest {
        if let Ok(found) = word.parse::<Environment>() {
            environment = Some(found);
        } else if *word == "privileged" {
            said = true;
        } else {
            return Err(
                "after the resource only an environment and the word “privileged” may follow"
                    .into(),
            );
        }
    }
    let system = system.to_lowercase();
    if !system
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    {
        return Err("a system is one word, such as aws, github or kubernetes".into());
    }
    Ok(NewPermission {
        privileged: said || permission::is_privileged(&system, action, resource),
        system,
        action: (*action).to_owned(),
        resource: (*resource).to_owned(),
        environment,
    })
}

fn selectors(text: &str) -> Result<Vec<NewSelector>, String> {
    let mut all = Vec::new();
    for (number, line) in lines(text)? {
        let selector = selector::parse_line(line).map_err(|e| format!("Line {number}: {e}."))?;
        if all.contains(&selector) {
            return Err(format!("Line {number}: this name stands above already."));
        }
        all.push(selector);
    }
    if all.is_empty() {
        return Err(format!(
            "Say how events will name it, one a line, such as “{} {}”.",
            SelectorKind::AwsRole,
            selector::example(SelectorKind::AwsRole)
        ));
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
