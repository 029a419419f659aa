//! A row about a team.

use contract::imports::ImportProblem;

use super::{Column, column};
use crate::import::fields::Fields;
use crate::import::record::Team;

pub(super) const COLUMNS: &[Column] = &[
    column("slug", &["team", "team_slug", "id"]),
    column("name", &["team_name", "title"]),
    column("lead", &["team_lead", "lead_email"]),
    column("members", &["member", "people"]),
];

pub(super) fn read(mut fields: Fields) -> Result<Team, Vec<ImportProblem>> {
    let name = fields.line("name", 80);
    let slug = match (fields.line("slug", 60), &name) {
        (Some(said), _) => Some(said),
        (None, Some(name)) => Some(slug_of(name)),
        (None, None) => {
            fields.wrong(
                "slug",
                "is missing: the team's short word, such as payments",
            );
            None
        }
    };
    let slug = slug.filter(|slug| {
        let sound = is_slug(slug);
        if !sound {
            fields.wrong(
                "slug",
                "a slug holds lower-case letters, digits and hyphens, and begins with a letter",
            );
        }
        sound
    });
    let (lead, members) = (
        fields.line("lead", 200),
        fields.list("members").unwrap_or_default(),
    );
    fields.finish(slug.map(|slug| Team {
        slug,
        name,
        lead,
        members,
    }))
}

fn is_slug(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The short word of a name: “Data Platform” is `data-platform`.
pub fn slug_of(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>()
        .join("-")
}
