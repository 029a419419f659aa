//! People and teams of the demo organisation, from `people.csv` and `teams.csv`.

use chrono::{DateTime, TimeDelta, Utc};
use contract::access::Role;
use contract::ids::{PersonId, TeamId};

use super::{ago, dice::Dice};

/// Somebody who works, or worked, at Acme.
#[derive(Debug, Clone)]
pub struct Person {
    /// The word the roster calls them.
    pub key: String,
    /// Their id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Slug of their team, where they are in one.
    pub team: Option<String>,
    /// IANA time zone.
    pub time_zone: String,
    /// What they do in a sentence; only those one can sign in as.
    pub story: Option<String>,
    /// When they came.
    pub created_at: DateTime<Utc>,
    /// When they left.
    pub left_at: Option<DateTime<Utc>>,
    /// When they last signed in.
    pub last_sign_in_at: DateTime<Utc>,
}

/// A team.
#[derive(Debug, Clone)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// The word in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Who leads it.
    pub lead: PersonId,
    /// Everybody in it, the lead included, those who left not.
    pub members: Vec<PersonId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Reads a table of the demo; it is part of the program, so a fault in it is a programming error.
pub(super) fn table(text: &'static str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .delimiter(b'|')
        .from_reader(text.as_bytes())
        .records()
        .map(|record| record.expect("the demo's tables are well-formed"))
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

/// Everybody, the security people first.
pub(super) fn people(now: DateTime<Utc>) -> Vec<Person> {
    table(include_str!("people.csv"))
        .into_iter()
        .map(|row| person(&row, now))
        .collect()
}

fn person(row: &[String], now: DateTime<Utc>) -> Person {
    let [key, name, roles, team, zone, years, left, story] = row else {
        unreachable!("eight columns in people.csv")
    };
    let mut dice = Dice::of(key, 1);
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    let tenths: i64 = years
        .replace('.', "")
        .parse()
        .expect("years are a decimal number");
    let created_at = ago(now, tenths * 36) - TimeDelta::minutes(dice.between(0, 600));
    let left_at = left.parse().ok().map(|days: i64| ago(now, days));
    let last_sign_in_at =
        left_at.unwrap_or(now) - TimeDelta::minutes(dice.between(20, 60 * 24 * 6));
    Person {
        id: PersonId(dice.id(created_at)),
        name: name.clone(),
        email: format!("{key}@acme.example"),
        roles: roles
            .split_whitespace()
            .map(|role| role.parse().expect("roles are known words"))
            .collect(),
        team: some(team),
        time_zone: zone.clone(),
        story: some(story),
        created_at,
        left_at,
        last_sign_in_at,
        key: key.clone(),
    }
}

/// The nine teams.
pub(super) fn teams(now: DateTime<Utc>, people: &[Person]) -> Vec<Team> {
    table(include_str!("teams.csv"))
        .into_iter()
        .map(|row| {
            let [slug, name, lead] = row.as_slice() else {
                unreachable!("three columns in teams.csv")
            };
            let created_at = ago(now, 1085);
            let lead = people
                .iter()
                .find(|person| person.key == *lead)
                .expect("leads are people");
            Team {
                id: TeamId(Dice::of(slug, 2).id(created_at)),
                slug: slug.clone(),
                name: name.clone(),
                lead: lead.id,
                members: people
                    .iter()
                    .filter(|p| p.team.as_ref() == Some(slug) && p.left_at.is_none())
                    .map(|p| p.id)
                    .collect(),
                created_at,
            }
        })
        .collect()
}

impl Person {
    /// Their login at the code host.
    pub(super) fn login(&self) -> String {
        self.key.replace('.', "-")
    }
}
