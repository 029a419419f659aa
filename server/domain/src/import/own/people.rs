//! A row about a person.

use contract::access::Role;
use contract::imports::ImportProblem;

use super::{Column, column};
use crate::import::fields::{Fields, cut, one_of, plain, words};
use crate::import::record::Person;

pub(super) const COLUMNS: &[Column] = &[
    column(
        "email",
        &[
            "e_mail",
            "mail",
            "email_address",
            "user_name",
            "userprincipalname",
        ],
    ),
    column("name", &["full_name", "display_name"]),
    column("roles", &["role"]),
    column("active", &["enabled", "is_active", "status"]),
    column("time_zone", &["timezone", "tz"]),
    column("teams", &["team", "team_slug"]),
];

pub(super) fn read(mut fields: Fields) -> Result<Person, Vec<ImportProblem>> {
    fields.needed("email", "the e-mail address they sign in with");
    let email = fields.line("email", 254).map(|email| email.to_lowercase());
    if let Some(email) = &email
        && !is_address(email)
    {
        fields.wrong("email", format!("“{}” is no e-mail address", cut(email)));
    }
    let time_zone = fields.line("time_zone", 60);
    if let Some(zone) = &time_zone
        && zone.parse::<chrono_tz::Tz>().is_err()
    {
        fields.wrong(
            "time_zone",
            format!(
                "“{}” is no time zone; write it like Europe/Berlin",
                cut(zone)
            ),
        );
    }
    let (name, roles, active) = (
        fields.line("name", 120),
        roles(&mut fields),
        active(&mut fields),
    );
    let teams = fields.list("teams").unwrap_or_default();
    let one = email.map(|email| Person {
        email,
        name,
        roles,
        active,
        time_zone,
        teams,
    });
    fields.finish(one)
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.contains('@')
            && !text.contains(char::is_whitespace)
    })
}

fn roles(fields: &mut Fields) -> Option<Vec<Role>> {
    let mut all = Vec::new();
    for word in fields.list("roles")? {
        let Ok(role) = plain(&word).parse::<Role>() else {
            fields.wrong("roles", one_of(&word, &words(Role::ALL, Role::as_str)));
            return None;
        };
        all.push(role);
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

/// Yes, no, or the words a directory uses.
fn active(fields: &mut Fields) -> Option<bool> {
    match fields.text("active")?.to_lowercase().as_str() {
        "active" | "enabled" => Some(true),
        "inactive" | "disabled" | "deactivated" | "left" | "suspended" => Some(false),
        _ => fields.flag("active"),
    }
}
