//! What goes wrong, planted where the story needs it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Day;
use super::cloudtrail::{self, Call, Token};
use super::code_host::{self, Run};
use crate::demo::dice::Dice;
use crate::demo::outside;

/// Lets the day's mishaps happen.
pub(super) fn act(day: &mut Day<'_>) {
    match day.ago {
        0 => {
            forged_tokens(day);
            unexpected_branch(day);
        }
        1 => copied_key(day),
        40 => widened_trust(day),
        _ => {}
    }
}

/// Fourteen refused tokens in twelve minutes, claimed by another organisation.
fn forged_tokens(day: &mut Day<'_>) {
    let mut dice = day.dice("forged");
    let role = format!(
        "arn:aws:iam::{}:role/ci-auth-gateway-deploy",
        outside::PRODUCTION
    );
    let start = day.organisation.now - TimeDelta::minutes(88);
    for n in 0..14 {
        let at = start + TimeDelta::seconds(n * 55 + dice.between(0, 20));
        let token = Token {
            account: outside::PRODUCTION,
            issuer: "token.actions.githubusercontent.com",
            subject: "repo:acme-labs@55871/auth-gateway@99017:ref:refs/heads/main",
            role: &role,
            session: "GitHubActions",
            address: "203.0.113.44",
        };
        let record = token.refused(at, &mut dice);
        day.push("aws-cloudtrail", at, record);
    }
}

/// The production door of Terraform, opened from a branch nobody reviewed.
fn unexpected_branch(day: &mut Day<'_>) {
    let mut dice = day.dice("branch");
    let at = day.organisation.now - TimeDelta::minutes(197);
    let run = Run {
        place: "infra-live",
        workflow: "apply",
        branch: "hotfix/skip-plan",
        event: "workflow_dispatch",
        actor: "piotr-zielinski",
        id: u64::try_from(at.timestamp() / 60).unwrap_or(0) * 640 + 7,
        number: 413,
        sha: dice.hex(40),
    };
    day.push("github-audit", at, code_host::created(at, &run, &mut dice));
    let ready = at + TimeDelta::seconds(20);
    day.push(
        "github-audit",
        ready,
        code_host::prepared(
            ready,
            &run,
            Some("production"),
            &["TF_APPLY_TOKEN"],
            &mut dice,
        ),
    );
    let role = format!(
        "arn:aws:iam::{}:role/ci-infra-live-apply",
        outside::PRODUCTION
    );
    let subject = format!(
        "repo:{}:environment:production",
        outside::numbered("infra-live")
    );
    let token = Token {
        account: outside::PRODUCTION,
        issuer: "token.actions.githubusercontent.com",
        subject: &subject,
        role: &role,
        session: "infra-live-hotfix",
        address: "20.57.124.18",
    };
    let taken = ready + TimeDelta::seconds(25);
    let (record, caller) = token.taken(taken, &mut dice);
    day.push("aws-cloudtrail", taken, record);
    let changed = taken + TimeDelta::seconds(70);
    let call = Call {
        service: "cloudformation",
        name: "UpdateStack",
        read_only: false,
        request: json!({"stackName": "infra-live", "capabilities": ["CAPABILITY_NAMED_IAM"]}),
        response: Value::Null,
    };
    let record = cloudtrail::record(changed, &caller, call, &mut dice);
    day.push("aws-cloudtrail", changed, Value::Object(record));
    let end = changed + TimeDelta::seconds(120);
    day.push(
        "github-audit",
        end,
        code_host::completed(end, at, &run, "success", &mut dice),
    );
}

/// A disabled identity's key, used from an address nobody knows.
fn copied_key(day: &mut Day<'_>) {
    let mut dice = day.dice("copied");
    let at = day.start + TimeDelta::seconds(2 * 3600 + 838);
    let Some(identity) = day.organisation.identity("invoice-export") else {
        return;
    };
    let line = &identity.line;
    let caller = cloudtrail::user(
        outside::account(line),
        &outside::user_arn(line),
        &outside::access_key(line),
        "198.51.100.23",
    );
    for (service, name, request, after) in [
        ("sts", "GetCallerIdentity", Value::Null, 0),
        (
            "s3",
            "ListObjects",
            json!({"bucketName": "finance-exports"}),
            9,
        ),
        (
            "s3",
            "GetObject",
            json!({"bucketName": "finance-exports", "key": "2026/invoices.csv"}),
            11,
        ),
    ] {
        let at: DateTime<Utc> = at + TimeDelta::seconds(after);
        let call = Call {
            service,
            name,
            read_only: true,
            request,
            response: Value::Null,
        };
        let record = cloudtrail::record(at, &caller, call, &mut dice);
        day.push("aws-cloudtrail", at, Value::Object(record));
    }
}

/// A trust opened by hand, without a ticket.
fn widened_trust(day: &mut Day<'_>) {
    let mut dice: Dice = day.dice("widened");
    let at = day.start + TimeDelta::seconds(16 * 3600 + 2210);
    let Some(identity) = day
        .organisation
        .identity("ledger-worker · release · production")
    else {
        return;
    };
    let Some(trust) = identity.trusts.first() else {
        return;
    };
    let caller = cloudtrail::person(
        outside::PRODUCTION,
        "kofi.mensah@acme.example",
        at,
        &mut dice,
    );
    let document: Value = serde_json::from_str(&trust.document).unwrap_or_default();
    let call = Call {
        service: "iam",
        name: "UpdateAssumeRolePolicy",
        read_only: false,
        request: json!({"roleName": outside::role_name(&identity.line), "policyDocument": document.to_string()}),
        response: Value::Null,
    };
    let record = cloudtrail::record(at, &caller, call, &mut dice);
    day.push("aws-cloudtrail", at, Value::Object(record));
}
