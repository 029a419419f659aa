//! Editing an identity's own fields: each checked, the differences in words, and always with a reason.

use contract::FieldError;
use contract::identities::{EditInput, Environment, IdentityState, RiskTier};
use contract::ids::{PersonId, TeamId};
use uuid::Uuid;

use super::reason::Reason;
use super::request::{self, Errors};
use super::secret;
use super::selector::{self, NewSelector};
use super::ticket::Ticket;

/// Most tags and most links of one identity.
pub const MOST: usize = 20;

/// What an identity says of itself, as somebody may change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// Name, unique in the roll.
    pub name: String,
    /// Purpose; empty when unknown.
    pub purpose: String,
    /// Ticket; empty when unknown.
    pub ticket: String,
    /// Justification; empty when unknown.
    pub justification: String,
    /// Where it acts.
    pub environments: Vec<Environment>,
    /// Tier.
    pub tier: RiskTier,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Owner.
    pub owner: Option<PersonId>,
    /// Backup owner.
    pub backup_owner: Option<PersonId>,
    /// Tags, in order.
    pub tags: Vec<String>,
    /// Links: label and address.
    pub links: Vec<(String, String)>,
    /// How events name it.
    pub selectors: Vec<NewSelector>,
}

/// Names of people and teams, for differences that can be read.
pub trait Names {
    /// A team's name.
    fn team(&self, id: TeamId) -> String;
    /// A person's name.
    fn person(&self, id: PersonId) -> String;
}

/// Reads an edit: every field as it shall stand, and why. What was unknown may stay unknown; what was known may not
/// become so.
///
/// # Errors
/// One [`FieldError`] for each thing that is wrong; a pasted secret is never repeated.
pub fn parse(
    form: &EditInput,
    before: &Fields,
    state: IdentityState,
) -> Result<(Fields, Reason), Vec<FieldError>> {
    let mut errors = Errors(secret::refusals([
        ("name", form.name.as_str()),
        ("purpose", &form.purpose),
        ("ticket", &form.ticket),
        ("justification", &form.justification),
        ("tags", &form.tags),
        ("links", &form.links),
        ("selectors", &form.selectors),
        ("reason", &form.reason),
    ]));
    let name = errors.take("name", name(&form.name, before));
    let purpose = errors.take(
        "purpose",
        kept(&form.purpose, &before.purpose, request::purpose),
    );
    let ticket = errors.take(
        "ticket",
        kept(&form.ticket, &before.ticket, |text| {
            Ticket::parse(text)
                .map(|ticket| ticket.to_string())
                .map_err(|e| e.to_string())
        }),
    );
    let justification = errors.take(
        "justification",
        kept(&form.justification, &before.justification, |text| {
            Reason::parse(text)
                .map(|reason| reason.to_string())
                .map_err(|e| e.to_string())
        }),
    );
    let environments = if form.environments.is_empty() && before.environments.is_empty() {
        Some(Vec::new())
    } else {
        errors.take("environments", request::environments(&form.environments))
    };
    let tier = errors.word::<RiskTier>("tier", &form.tier);
    let owned = !matches!(state, IdentityState::Discovered | IdentityState::Rejected);
    let team = errors.take(
        "team",
        who(
            &form.team,
            before.team.map(|id| id.0),
            owned,
            "Choose the team that owns it.",
        ),
    );
    let owner = errors.take(
        "owner",
        who(
            &form.owner,
            before.owner.map(|id| id.0),
            owned,
            "Choose the person who answers for it.",
        ),
    );
    let backup_owner = errors.take("backup_owner", backup(&form.backup_owner, &form.owner));
    let tags = errors.take("tags", tags(&form.tags));
    let links = errors.take("links", links(&form.links));
    let selectors = errors.take("selectors", selectors(&form.selectors, &before.selectors));
    let reason = errors.take(
        "reason",
        Reason::parse(&form.reason).map_err(|e| e.to_string()),
    );
    errors.finish(|| {
        let fields = Fields {
            name: name?,
            purpose: purpose?,
            ticket: ticket?,
            justification: justification?,
            environments: environments?,
            tier: tier?,
            team: team?.map(TeamId),
            owner: owner?.map(PersonId),
            backup_owner: backup_owner?.map(PersonId),
            tags: tags?,
            links: links?,
            selectors: selectors?,
        };
        Some((fields, reason?))
    })
}

/// A name that came by an import or an event may be one nobody would have typed; it may stay.
fn name(text: &str, before: &Fields) -> Result<String, String> {
    if text.trim() == before.name {
        Ok(before.name.clone())
    } else {
        request::name(text)
    }
}

/// What stood there may stay; what is new is checked; what was known is not emptied.
fn kept(
    text: &str,
    before: &str,
    read: impl Fn(&str) -> Result<String, String>,
) -> Result<String, String> {
    if text.trim() == before.trim() {
        Ok(before.to_owned())
    } else {
        read(text)
    }
}

fn who(
    text: &str,
    before: Option<Uuid>,
    owned: bool,
    otherwise: &str,
) -> Result<Option<Uuid>, String> {
    if text.trim().is_empty() && (before.is_none() || !owned) {
        return Ok(None);
    }
    Uuid::parse_str(text.trim())
        .map(Some)
        .map_err(|_| otherwise.to_owned())
}

fn backup(text: &str, owner: &str) -> Result<Option<Uuid>, String> {
    let text = text.trim();
    if text.is_empty() {
        Ok(None)
    } else if text == owner.trim() {
        Err("The backup is somebody other than the owner.".into())
    } else {
        Uuid::parse_str(text)
            .map(Some)
            .map_err(|_| "Choose a person of the list, or leave it empty.".into())
    }
}

fn tags(text: &str) -> Result<Vec<String>, String> {
    let mut all: Vec<String> = text
        .split([',', '\n'])
        .map(|tag| tag.trim().to_lowercase())
        .filter(|tag| !tag.is_empty())
        .collect();
    all.sort_unstable();
    all.dedup();
    let allowed = |c: char| c.is_alphanumeric() || "-_.:/ ".contains(c);
    if let Some(wrong) = all
        .iter()
        .find(|tag| tag.chars().count() > 40 || !tag.chars().all(allowed))
    {
        let shown: String = wrong.chars().take(40).collect();
        return Err(format!(
            "“{shown}” is no tag: up to 40 letters, digits, spaces and - _ . : /."
        ));
    }
    if all.len() > MOST {
        return Err(format!("At most {MOST} tags; these are {}.", all.len()));
    }
    Ok(all)
}

fn links(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for (number, line) in request::lines(text)? {
        let wrong = |what: &str| {
            format!("Line {number}: {what}, such as “Runbook https://wiki.example/run”.")
        };
        let (label, address) = line
            .rsplit_once(char::is_whitespace)
            .map_or((line, line), |(label, address)| (label.trim(), address));
        if !is_web(address) {
            return Err(wrong(
                "end with a web address that begins with https:// or http://",
            ));
        }
        if label.chars().count() > 60 || label.chars().any(char::is_control) {
            return Err(wrong("begin with a label of up to 60 characters"));
        }
        all.push((label.to_owned(), address.to_owned()));
    }
    if all.len() > MOST {
        return Err(format!("At most {MOST} links; these are {}.", all.len()));
    }
    Ok(all)
}

fn is_web(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty()
            && !host.contains('@')
            && text.len() <= 500
            && !text.chars().any(|c| c.is_control() || c == '"' || c == '<')
    })
}

/// A name that stands there may stay, also one that nobody could type: an event or an import knew it.
fn selectors(text: &str, before: &[NewSelector]) -> Result<Vec<NewSelector>, String> {
    let mut all = Vec::new();
    for (number, typed) in request::lines(text)? {
        let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        let selector = match before.iter().find(|stands| line(stands) == typed) {
            Some(stands) => stands.clone(),
            None => selector::parse_line(&typed).map_err(|e| format!("Line {number}: {e}."))?,
        };
        if all.contains(&selector) {
            return Err(format!("Line {number}: this name stands above already."));
        }
        all.push(selector);
    }
    if all.is_empty() && !before.is_empty() {
        return Err("Say how events will name it; without a name they cannot find it.".into());
    }
    Ok(all)
}

/// What differs, in words: field, before, after. Empty means nothing does.
pub fn differences(
    before: &Fields,
    after: &Fields,
    names: &impl Names,
) -> Vec<(String, String, String)> {
    let team = |id: Option<TeamId>| id.map(|id| names.team(id)).unwrap_or_default();
    let person = |id: Option<PersonId>| id.map(|id| names.person(id)).unwrap_or_default();
    let places = |all: &[Environment]| all.iter().map(|e| e.label()).collect::<Vec<_>>().join(", ");
    let links = |all: &[(String, String)]| {
        all.iter()
            .map(|(label, to)| format!("{label} {to}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let selectors = |all: &[NewSelector]| {
        let mut lines: Vec<String> = all.iter().map(line).collect();
        lines.sort_unstable();
        lines.join(", ")
    };
    let all = [
        ("name", before.name.clone(), after.name.clone()),
        ("purpose", before.purpose.clone(), after.purpose.clone()),
        ("ticket", before.ticket.clone(), after.ticket.clone()),
        (
            "justification",
            before.justification.clone(),
            after.justification.clone(),
        ),
        (
            "environments",
            places(&before.environments),
            places(&after.environments),
        ),
        (
            "tier",
            before.tier.label().to_owned(),
            after.tier.label().to_owned(),
        ),
        ("team", team(before.team), team(after.team)),
        ("owner", person(before.owner), person(after.owner)),
        (
            "backup owner",
            person(before.backup_owner),
            person(after.backup_owner),
        ),
        ("tags", before.tags.join(", "), after.tags.join(", ")),
        ("links", links(&before.links), links(&after.links)),
        (
            "selectors",
            selectors(&before.selectors),
            selectors(&after.selectors),
        ),
    ];
    all.into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(field, before, after)| (field.to_owned(), before, after))
        .collect()
}

/// A selector as a person writes it: `kind [issuer] value`.
pub fn line(selector: &NewSelector) -> String {
    let words = [selector.kind.as_str(), &selector.issuer, &selector.value];
    words
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
