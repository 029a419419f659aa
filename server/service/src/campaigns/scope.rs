//! A campaign's population as it is asked for and as people read it.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use contract::FieldError;
use contract::campaigns::{CampaignInput, CampaignPolicy, CampaignScope};
use contract::identities::{IdentityFilter, IdentityState};

use crate::{Error, Result};

/// What a campaign form says, checked.
pub struct Asked {
    /// Name, trimmed.
    pub name: String,
    /// Notes, trimmed.
    pub notes: String,
    /// When answers are due.
    pub due_at: DateTime<Utc>,
    /// The population.
    pub scope: CampaignScope,
    /// The population as a sentence.
    pub query: String,
    /// How it is answered and what follows.
    pub policy: CampaignPolicy,
}

/// Checks the form; every wrong field is named at once.
pub fn check(input: &CampaignInput, zone: &str, now: DateTime<Utc>) -> Result<Asked> {
    let mut wrong = Vec::new();
    let mut field = |field: &str, message: &str| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        });
    };
    let name = input.name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => field(
            "name",
            "Give the campaign a name, such as “Q1 2027 access review”.",
        ),
        1..=100 => {}
        _ => field("name", "Use at most 100 characters."),
    }
    if input.notes.chars().count() > 4_000 {
        field("notes", "Use at most 4,000 characters.");
    }
    let due_at = domain::campaign::due::end_of(&input.due_on, zone);
    match due_at {
        None => field("due_on", "Choose the day by which answers are due."),
        Some(at) if at <= now => field("due_on", "This day has passed. Choose a later one."),
        Some(at) if at > now + TimeDelta::days(366) => {
            field("due_on", "Choose a day within a year.");
        }
        Some(_) => {}
    }
    let filter = &input.filter;
    if !filter.rotation.is_empty() || !filter.review.is_empty() {
        field(
            "filter",
            "A campaign cannot be narrowed by rotation or review state; they change from day to day.",
        );
    }
    if filter.state.iter().any(|state| !reviewable(*state)) {
        field(
            "filter",
            "Only active, suspended and decommissioning identities can be reviewed.",
        );
    }
    for (name, message) in domain::campaign::policy::check(&input.policy) {
        field(name, &message);
    }
    let Some(due_at) = due_at.filter(|_| wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    Ok(Asked {
        query: sentence(input.only_due, due_at, filter),
        name,
        notes: input.notes.trim().to_owned(),
        due_at,
        policy: input.policy.clone(),
        scope: CampaignScope {
            only_due: input.only_due,
            filter: filter.clone(),
        },
    })
}

const fn reviewable(state: IdentityState) -> bool {
    matches!(
        state,
        IdentityState::Active | IdentityState::Suspended | IdentityState::Decommissioning
    )
}

/// The population in words.
fn sentence(only_due: bool, due_at: DateTime<Utc>, filter: &IdentityFilter) -> String {
    let states = if filter.state.is_empty() {
        "active".to_owned()
    } else {
        either(filter.state.iter().map(|s| s.label().to_lowercase()))
    };
    let mut out = format!("All {states} identities");
    if only_due {
        let last = due_at - TimeDelta::seconds(1);
        let _ = write!(out, " whose review is due by {}", last.format("%-d %B %Y"));
    }
    let mut narrow = |what: &str, values: Vec<String>| {
        if !values.is_empty() {
            let _ = write!(out, ", {what} {}", either(values.into_iter()));
        }
    };
    narrow(
        "of kind",
        filter
            .kind
            .iter()
            .map(|v| v.label().to_lowercase())
            .collect(),
    );
    narrow(
        "on",
        filter
            .platform
            .iter()
            .map(|v| v.label().to_owned())
            .collect(),
    );
    narrow(
        "acting in",
        filter
            .environment
            .iter()
            .map(|v| v.label().to_lowercase())
            .collect(),
    );
    narrow("of team", filter.team.clone());
    narrow(
        "holding credentials that are",
        filter
            .credential
            .iter()
            .map(|v| v.label().to_lowercase())
            .collect(),
    );
    narrow(
        "of tier",
        filter
            .tier
            .iter()
            .map(|v| v.label().to_lowercase())
            .collect(),
    );
    match filter.privileged {
        Some(true) => out += ", privileged only",
        Some(false) => out += ", not privileged",
        None => {}
    }
    if let Some(days) = filter.unused_days {
        let _ = write!(out, ", not seen for {days} days");
    }
    if !filter.q.trim().is_empty() {
        let _ = write!(out, ", matching “{}”", filter.q.trim());
    }
    out
}

fn either(values: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = values.collect();
    match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
