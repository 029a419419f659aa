//! What detections are for, once each: a session that was copied, a token used by hand, a role that is another's, an
//! approval by the author, a machine somebody brought along, a grant without a ticket.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Day;
use super::cloudtrail::{self, Call, Caller, Token};
use super::code_host::{self, Run};
use crate::demo::dice::Dice;
use crate::demo::outside;

/// Lets the day's thefts happen.
pub(super) fn act(day: &mut Day<'_>) {
    match day.ago {
        1 => foreign_role(day),
        2 => copied_session(day),
        3 => used_by_hand(day),
        5 => approved_by_author(day),
        6 => granted_quietly(day),
        8 | 9 => brought_along(day),
        _ => {}
    }
}

/// Where the demo's runs come from.
const RUNNER: &str = "20.57.124.31";
/// Where its thieves sit.
const ELSEWHERE: &str = "185.220.101.34";

fn hour(day: &Day<'_>, hour: i64) -> DateTime<Utc> {
    day.start + TimeDelta::hours(hour) + TimeDelta::minutes(12)
}

fn run<'a>(place: &'a str, actor: &'a str, at: DateTime<Utc>, dice: &mut Dice) -> Run<'a> {
    Run {
        place,
        workflow: "deploy",
        branch: "main",
        event: "workflow_dispatch",
        actor,
        id: u64::try_from(at.timestamp() / 60).unwrap_or(0) * 640 + 611,
        number: 2_204,
        sha: dice.hex(40),
    }
}

/// A run begins, and its pipeline takes a role: who calls from then on.
fn deploys(
    day: &mut Day<'_>,
    run: &Run<'_>,
    role: &str,
    at: DateTime<Utc>,
    dice: &mut Dice,
) -> Caller {
    day.push("github-audit", at, code_host::created(at, run, dice));
    let taken = at + TimeDelta::seconds(50);
    takes(day, run.place, role, RUNNER, taken, dice).1
}

fn takes(
    day: &mut Day<'_>,
    place: &str,
    role: &str,
    address: &str,
    at: DateTime<Utc>,
    dice: &mut Dice,
) -> (usize, Caller) {
    let role = format!("arn:aws:iam::{}:role/{role}", outside::PRODUCTION);
    let subject = format!("repo:{}:environment:production", outside::numbered(place));
    let session = format!("{place}-{}", at.timestamp());
    let token = Token {
        account: outside::PRODUCTION,
        issuer: "token.actions.githubusercontent.com",
        subject: &subject,
        role: &role,
        session: &session,
        address,
    };
    let (record, caller) = token.taken(at, dice);
    day.push("aws-cloudtrail", at, record);
    (day.records.len() - 1, caller)
}

fn ends(day: &mut Day<'_>, run: &Run<'_>, from: DateTime<Utc>, dice: &mut Dice) {
    let at = from + TimeDelta::minutes(9);
    let record = code_host::completed(at, from, run, "success", dice);
    day.push("github-audit", at, record);
}

fn reads(name: &'static str, service: &'static str, request: Value) -> Call<'static> {
    Call {
        service,
        name,
        read_only: true,
        request,
        response: Value::Null,
    }
}

/// A session copied out of a run: the same key from a second network, a secret it never read, and door after door tried.
fn copied_session(day: &mut Day<'_>) {
    let mut dice = day.dice("copied session");
    let at = hour(day, 10);
    let run = run("fraud-scoring", "mei-lin-chen", at, &mut dice);
    let own = deploys(day, &run, "ci-fraud-scoring-deploy", at, &mut dice);
    ends(day, &run, at, &mut dice);
    let thief = Caller {
        address: ELSEWHERE.to_owned(),
        agent: "Boto3/1.35.81 md/Botocore#1.35.81 lang/python#3.12.3",
        ..own
    };
    let mut clock = at + TimeDelta::minutes(5);
    let secret = reads(
        "GetSecretValue",
        "secretsmanager",
        json!({"secretId": "prod/payments-signing-key"}),
    );
    let record = cloudtrail::record(clock, &thief, secret, &mut dice);
    day.push("aws-cloudtrail", clock, Value::Object(record));
    for (service, name) in [
        ("s3", "ListBuckets"),
        ("iam", "ListRoles"),
        ("iam", "ListUsers"),
        ("kms", "ListKeys"),
    ] {
        for _ in 0..6 {
            clock += TimeDelta::seconds(4);
            let record =
                cloudtrail::record(clock, &thief, reads(name, service, Value::Null), &mut dice);
            let message = format!("User is not authorized to perform: {service}:{name}");
            day.push(
                "aws-cloudtrail",
                clock,
                cloudtrail::denied(record, &message),
            );
        }
    }
}

/// A pipeline's token used on somebody's own machine, while no run was on.
fn used_by_hand(day: &mut Day<'_>) {
    let mut dice = day.dice("by hand");
    let at = hour(day, 2);
    let (place, _) = takes(
        day,
        "checkout-web",
        "ci-checkout-web-deploy",
        "198.51.100.61",
        at,
        &mut dice,
    );
    if let Some(record) = day.records.get_mut(place) {
        record.body["userAgent"] = json!("aws-cli/2.22.7 md/awscrt#0.23.4 os/macos#24.1.0");
    }
}

/// A pipeline takes the role of another.
fn foreign_role(day: &mut Day<'_>) {
    let mut dice = day.dice("foreign role");
    let at = hour(day, 15);
    let run = run("mobile-bff", "jonas-weber", at, &mut dice);
    deploys(day, &run, "ci-payments-api-deploy", at, &mut dice);
    ends(day, &run, at, &mut dice);
}

/// Somebody approves what they started.
fn approved_by_author(day: &mut Day<'_>) {
    let mut dice = day.dice("own approval");
    let at = hour(day, 17);
    let run = run("kyc-documents", "hanna-lindqvist", at, &mut dice);
    day.push("github-audit", at, code_host::created(at, &run, &mut dice));
    let later = at + TimeDelta::minutes(2);
    let record = code_host::approved(later, &run, "production", "hanna-lindqvist", &mut dice);
    day.push("github-audit", later, record);
    ends(day, &run, at, &mut dice);
}

/// A role is given every right there is, under no ticket.
fn granted_quietly(day: &mut Day<'_>) {
    let mut dice = day.dice("quiet grant");
    let at = hour(day, 18);
    let caller = cloudtrail::person(
        outside::PRODUCTION,
        "kofi.mensah@acme.example",
        at,
        &mut dice,
    );
    let call = Call {
        service: "iam",
        name: "AttachRolePolicy",
        read_only: false,
        request: json!({"roleName": "ci-payments-api-deploy", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        response: Value::Null,
    };
    let record = cloudtrail::record(at, &caller, call, &mut dice);
    day.push("aws-cloudtrail", at, Value::Object(record));
}

/// A machine from under somebody's desk serves one run after the other.
fn brought_along(day: &mut Day<'_>) {
    let mut dice = day.dice("brought along");
    let at = hour(day, 13);
    let run = run("image-resizer", "tomas-herrera", at, &mut dice);
    day.push("github-audit", at, code_host::created(at, &run, &mut dice));
    let ready = at + TimeDelta::seconds(20);
    let mut record = code_host::prepared(ready, &run, None, &[], &mut dice);
    for (name, value) in [
        ("is_hosted_runner", json!(false)),
        ("runner_name", json!("mac-mini-under-the-desk")),
        ("runner_labels", json!(["self-hosted", "macOS", "ARM64"])),
    ] {
        record[name] = value;
    }
    day.push("github-audit", ready, record);
    ends(day, &run, at, &mut dice);
}
