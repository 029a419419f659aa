//! Accounts that no pipeline runs: services, apps, machine users.

use chrono::{DateTime, TimeDelta, Utc};
use contract::events::EventKind;
use serde_json::{Value, json};

use super::super::Day;
use super::super::canonical::Canonical;
use super::super::cloudtrail::{self, SERVICE_AGENT, Session};
use super::super::code_host::{self, Run};
use super::cloud;
use crate::demo::Identity;
use crate::demo::dice::Dice;
use crate::demo::outside;
use crate::demo::roster::{Line, Recipe};

/// One turn of work.
pub(super) fn act(identity: &Identity, at: DateTime<Utc>, day: &mut Day<'_>, dice: &mut Dice) {
    let line = &identity.line;
    match line.recipe {
        Recipe::AwsRole => role(line, at, day, dice),
        Recipe::AwsUser => user(line, at, day, dice),
        Recipe::GithubApp => app(line, at, day, dice),
        Recipe::MachineUser => machine_user(line, at, day, dice),
        Recipe::EntraSecret | Recipe::EntraFederated => {
            by_token(
                line,
                outside::ENTRA,
                &outside::service_principal(line),
                at,
                day,
                dice,
            );
        }
        Recipe::GoogleKey | Recipe::GoogleFederated => {
            by_token(
                line,
                outside::GOOGLE,
                &outside::google_id(line),
                at,
                day,
                dice,
            );
        }
        Recipe::Kubernetes => by_token(
            line,
            outside::CLUSTER,
            &outside::cluster_account(line),
            at,
            day,
            dice,
        ),
        Recipe::VaultJwt => by_token(
            line,
            outside::VAULT,
            &outside::vault_entity(line),
            at,
            day,
            dice,
        ),
        // Of these no source tells.
        _ => {}
    }
}

fn by_token(
    line: &Line,
    issuer: &str,
    subject: &str,
    at: DateTime<Utc>,
    day: &mut Day<'_>,
    dice: &mut Dice,
) {
    let grant = line
        .grants
        .iter()
        .filter(|(_, used)| *used)
        .map(|(code, _)| code.as_str());
    if line.base() == "play-publisher" {
        let record = Canonical::new(
            EventKind::CredentialAssumption,
            "google.iam.credentials.v1.IAMCredentials.GenerateAccessToken",
            at,
            dice,
        )
        .by(issuer, subject)
        .with("principal", &outside::google_account(line))
        .with("actor", line.base())
        .with("environment", "production")
        .done();
        day.push("gcp-audit", at, record);
    }
    for (step, code) in grant.enumerate() {
        let at = at + TimeDelta::seconds(i64::try_from(step).unwrap_or(0) * 3);
        cloud::elsewhere(code, line, issuer, subject, at, day, dice);
    }
}

/// A stand-in for the run a service's calls do not have.
fn no_run(at: DateTime<Utc>, dice: &mut Dice) -> Run<'static> {
    Run {
        place: "",
        workflow: "",
        branch: "main",
        event: "",
        actor: "",
        id: 0,
        number: u64::try_from(at.timestamp() / 86_400).unwrap_or(0),
        sha: dice.hex(40),
    }
}

fn aws_calls(
    line: &Line,
    caller: &cloudtrail::Caller,
    at: DateTime<Utc>,
    day: &mut Day<'_>,
    dice: &mut Dice,
) {
    let run = no_run(at, dice);
    let mut clock = at;
    for (code, _) in line.grants.iter().filter(|(_, used)| *used) {
        if let Some(call) = cloud::call(code, line, &run) {
            clock += TimeDelta::seconds(dice.between(1, 6));
            let record = cloudtrail::record(clock, caller, call, dice);
            let body = if dice.chance(12) {
                let arn = caller.identity["arn"].as_str().unwrap_or_default();
                cloudtrail::denied(
                    record,
                    &format!("User: {arn} is not authorized to perform this action"),
                )
            } else {
                Value::Object(record)
            };
            day.push("aws-cloudtrail", clock, body);
        }
    }
}

fn role(line: &Line, at: DateTime<Utc>, day: &mut Day<'_>, dice: &mut Dice) {
    let arn = outside::role_arn(line);
    let (name, key) = (dice.hex(32), dice.key("ASIA"));
    let session = Session {
        account: outside::account(line),
        role: &arn,
        name: &name,
        key: &key,
        at: at - TimeDelta::minutes(12),
    };
    let address = format!("10.12.{}.{}", dice.between(0, 60), dice.between(2, 250));
    let caller = session.caller(&address, SERVICE_AGENT);
    aws_calls(line, &caller, at, day, dice);
}

fn user(line: &Line, at: DateTime<Utc>, day: &mut Day<'_>, dice: &mut Dice) {
    let address = format!("192.0.2.{}", 10 + Dice::of(&line.name, 50).below(200));
    let caller = cloudtrail::user(
        outside::account(line),
        &outside::user_arn(line),
        &outside::access_key(line),
        &address,
    );
    aws_calls(line, &caller, at, day, dice);
}

const REPOSITORIES: &[&str] = &[
    "storefront",
    "payments-api",
    "ledger-worker",
    "mobile-ios",
    "backoffice",
    "auth-gateway",
    "search-index",
];

fn app(line: &Line, at: DateTime<Utc>, day: &mut Day<'_>, dice: &mut Dice) {
    let actor = format!("{}[bot]", line.place);
    let place = *dice.pick(REPOSITORIES);
    let action = *dice.pick(&[
        "git.push",
        "pull_request.create",
        "packages.package_version_published",
    ]);
    let mut entry = code_host::of_repository(action, at, Some(&actor), place, dice);
    entry.insert(
        "programmatic_access_type".to_owned(),
        json!("GitHub App server-to-server token"),
    );
    day.push("github-audit", at, Value::Object(entry));
}

fn machine_user(line: &Line, at: DateTime<Utc>, day: &mut Day<'_>, dice: &mut Dice) {
    let place = *dice.pick(&["mobile-ios", "mobile-android", "mobile-bff"]);
    let mut entry = code_host::of_repository("git.push", at, Some(&line.place), place, dice);
    entry.insert(
        "programmatic_access_type".to_owned(),
        json!("Fine-grained personal access token"),
    );
    entry.insert("token_id".to_owned(), json!(outside::token_id(line)));
    entry.insert("transport_protocol_name".to_owned(), json!("http"));
    day.push("github-audit", at, Value::Object(entry));
}
