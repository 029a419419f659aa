//! What people change: settings, secrets, trusts, keys, now and then through the year.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Day;
use super::cloudtrail::{self, Call};
use super::code_host;
use crate::demo::dice::Dice;
use crate::demo::outside;
use crate::demo::roster::Recipe;

/// Lets people change what they change on a day.
pub(super) fn act(day: &mut Day<'_>) {
    let mut dice = day.dice("governance");
    if day.is_weekend() {
        return;
    }
    for _ in 0..dice.times(650) {
        setting(day, &mut dice);
    }
    for _ in 0..dice.times(160) {
        role_change(day, &mut dice);
    }
    rotations(day);
    immutable_subjects(day);
}

/// A change of settings at the code host.
fn setting(day: &mut Day<'_>, dice: &mut Dice) {
    let at = day.start + TimeDelta::seconds(dice.between(8 * 3600, 17 * 3600));
    let here: Vec<_> = day
        .organisation
        .people
        .iter()
        .filter(|p| p.team.is_some() && p.created_at < at && p.left_at.is_none_or(|left| left > at))
        .collect();
    let person = *dice.pick(&here);
    let lines: Vec<_> = day
        .organisation
        .identities
        .iter()
        .filter(|i| i.line.recipe == Recipe::Github && Some(&i.line.team) == person.team.as_ref())
        .collect();
    if lines.is_empty() {
        return;
    }
    let line = &dice.pick(&lines).line;
    let (action, fields): (&str, Vec<(&str, Value)>) = match dice.below(9) {
        0 | 1 => (
            "protected_branch.update_required_approving_review_count",
            vec![("branch", json!("main"))],
        ),
        2 => (
            "protected_branch.policy_override",
            vec![("branch", json!("main"))],
        ),
        3 | 4 => (
            "repo.create_actions_variable",
            vec![(
                "key",
                json!(format!(
                    "{}_API_URL",
                    line.base().to_uppercase().replace('-', "_")
                )),
            )],
        ),
        5 => (
            "environment.update_protection_rule",
            vec![("environment_name", json!(line.environment()))],
        ),
        6 => ("hook.config_changed", vec![("name", json!("web"))]),
        7 => (
            "repo.add_member",
            vec![
                ("user", json!(person.login())),
                ("permission", json!("write")),
            ],
        ),
        _ => (
            "repository_ruleset.update",
            vec![("ruleset_name", json!("Main is protected"))],
        ),
    };
    let mut entry = code_host::of_repository(action, at, Some(&person.login()), line.base(), dice);
    for (name, value) in fields {
        entry.insert(name.to_owned(), value);
    }
    day.push("github-audit", at, Value::Object(entry));
}

/// A change of permissions in AWS by the platform's people.
fn role_change(day: &mut Day<'_>, dice: &mut Dice) {
    let at = day.start + TimeDelta::seconds(dice.between(8 * 3600, 17 * 3600));
    let email = *dice.pick(&[
        "kofi.mensah@acme.example",
        "yuki.tanabe@acme.example",
        "aiko.brandt@acme.example",
    ]);
    let mut caller = cloudtrail::person(outside::PRODUCTION, email, at, dice);
    let roles: Vec<_> = day
        .organisation
        .identities
        .iter()
        .filter(|i| i.line.recipe == Recipe::Github && i.line.environment() == "production")
        .collect();
    let line = &dice.pick(&roles).line;
    // The session is opened under the ticket the roll holds for the identity.
    caller.identity["sessionContext"]["sourceIdentity"] = json!(line.ticket);
    let role = outside::role_name(line);
    let call = match dice.below(3) {
        0 => Call {
            service: "iam",
            name: "AttachRolePolicy",
            read_only: false,
            request: json!({"roleName": role, "policyArn": "arn:aws:iam::aws:policy/AmazonECS_FullAccess"}),
            response: Value::Null,
        },
        1 => Call {
            service: "iam",
            name: "PutRolePolicy",
            read_only: false,
            request: json!({"roleName": role, "policyName": "deploy"}),
            response: Value::Null,
        },
        _ => Call {
            service: "cloudtrail",
            name: "GetTrailStatus",
            read_only: true,
            request: json!({"name": "organisation"}),
            response: Value::Null,
        },
    };
    let record = cloudtrail::record(at, &caller, call, dice);
    day.push("aws-cloudtrail", at, Value::Object(record));
}

/// Keys are made on the day their identity says they last changed.
fn rotations(day: &mut Day<'_>) {
    let made: Vec<_> = day
        .organisation
        .identities
        .iter()
        .filter(|i| {
            matches!(i.line.recipe, Recipe::AwsUser | Recipe::GithubKey) && !i.line.has("unlisted")
        })
        .filter(|i| i.line.stored.as_ref().and_then(|(_, age)| *age) == Some(day.ago))
        .map(|i| {
            (
                outside::account(&i.line),
                outside::user_name(&i.line),
                outside::access_key(&i.line),
                i.line.owner.clone(),
            )
        })
        .collect();
    for (account, user, key, owner) in made {
        let mut dice = day.dice(&user);
        let at = day.start + TimeDelta::seconds(dice.between(9 * 3600, 15 * 3600));
        let caller = cloudtrail::person(account, &format!("{owner}@acme.example"), at, &mut dice);
        let call = Call {
            service: "iam",
            name: "CreateAccessKey",
            read_only: false,
            request: json!({"userName": user}),
            response: json!({"accessKey": {"userName": user, "accessKeyId": key, "status": "Active"}}),
        };
        let record = cloudtrail::record(at, &caller, call, &mut dice);
        day.push("aws-cloudtrail", at, Value::Object(record));
    }
}

/// The day the organisation chose subjects with numeric ids.
fn immutable_subjects(day: &mut Day<'_>) {
    if day.ago != crate::demo::holding::IMMUTABLE_SINCE {
        return;
    }
    let mut dice = day.dice("immutable");
    let at = day.start + TimeDelta::hours(9);
    let mut entry = code_host::entry(
        "org.update_actions_oidc_custom_subject",
        at,
        Some("yuki-tanabe"),
        &mut dice,
    );
    entry.insert("use_immutable_subject".to_owned(), json!(true));
    day.push("github-audit", at, Value::Object(entry));
}
