//! What a pipeline does in the clouds once it runs: takes a role, then uses what it was granted.

use chrono::{DateTime, TimeDelta, Utc};
use contract::events::EventKind;

use super::super::Day;
use super::super::canonical::Canonical;
use super::super::cloudtrail::{self, Call, Caller, Token};
use super::super::code_host::Run;
use crate::demo::Identity;
use crate::demo::dice::Dice;
use crate::demo::grants::{bucket, distribution, leaves_a_trace, secret};
use crate::demo::holding::IMMUTABLE_SINCE;
use crate::demo::outside::{self, PROJECT};
use crate::demo::roster::{Line, Recipe};
use crate::demo::trust;
use serde_json::{Value, json};

/// Addresses of hosted runners.
const RUNNERS: &[&str] = &[
    "20.57.124.",
    "20.169.78.",
    "4.148.12.",
    "52.159.241.",
    "172.183.7.",
];

/// Takes credentials and does the work of a run; returns when it was done.
pub(super) fn work(
    identity: &Identity,
    run: &Run<'_>,
    at: DateTime<Utc>,
    failed: bool,
    day: &mut Day<'_>,
    dice: &mut Dice,
) -> DateTime<Utc> {
    let line = &identity.line;
    let codes = used(line);
    let address = format!("{}{}", dice.pick(RUNNERS), dice.between(2, 250));
    let mut clock = at + TimeDelta::seconds(dice.between(12, 50));
    if run.event == "pull_request" {
        return clock;
    }
    let aws: Vec<&str> = codes
        .iter()
        .copied()
        .filter(|code| call(code, line, run).is_some())
        .collect();
    if !aws.is_empty() {
        let caller = if line.recipe == Recipe::GithubKey {
            cloudtrail::user(
                outside::account(line),
                &outside::user_arn(line),
                &outside::access_key(line),
                &address,
            )
        } else {
            assume(line, run, &address, clock, day, dice)
        };
        for code in aws {
            clock += TimeDelta::seconds(dice.between(4, 45));
            if failed && dice.chance(500) {
                continue;
            }
            aws_call(code, line, run, &caller, clock, day, dice);
        }
    }
    let subject = subject(line, day);
    for code in codes {
        clock += TimeDelta::seconds(dice.between(1, 9));
        elsewhere(code, line, outside::GITHUB, &subject, clock, day, dice);
    }
    clock
}

/// The grants it uses and whose use a source sees.
fn used(line: &Line) -> Vec<&str> {
    line.grants
        .iter()
        .filter(|(code, used)| *used && leaves_a_trace(code))
        .map(|(code, _)| code.as_str())
        .collect()
}

/// Its token's subject: by name until the code host began to print ids.
fn subject(line: &Line, day: &Day<'_>) -> String {
    let old = line.age > IMMUTABLE_SINCE && day.ago > IMMUTABLE_SINCE;
    let repository = if old || line.has("mutable") {
        outside::repository(&line.place)
    } else {
        outside::numbered(&line.place)
    };
    format!("repo:{repository}:{}", trust::context(line))
}

fn assume(
    line: &Line,
    run: &Run<'_>,
    address: &str,
    at: DateTime<Utc>,
    day: &mut Day<'_>,
    dice: &mut Dice,
) -> Caller {
    let subject = subject(line, day);
    let role = outside::role_arn(line);
    let session = format!("{}-{}", line.base(), run.id);
    let token = Token {
        account: outside::account(line),
        issuer: outside::GITHUB.trim_start_matches("https://"),
        subject: &subject,
        role: &role,
        session: &session[session.len().saturating_sub(60)..],
        address,
    };
    if dice.chance(8) {
        let refused = token.refused(at - TimeDelta::seconds(4), dice);
        day.push("aws-cloudtrail", at - TimeDelta::seconds(4), refused);
    }
    let (record, caller) = token.taken(at, dice);
    day.push("aws-cloudtrail", at, record);
    caller
}

fn aws_call(
    code: &str,
    line: &Line,
    run: &Run<'_>,
    caller: &Caller,
    at: DateTime<Utc>,
    day: &mut Day<'_>,
    dice: &mut Dice,
) {
    // Wide permissions are used seldom even where they are used.
    if matches!(code, "iam" | "trust") && dice.chance(650) {
        return;
    }
    let Some(call) = call(code, line, run) else {
        return;
    };
    let refusal = format!(
        "is not authorized to perform: {}:{}",
        call.service, call.name
    );
    let record = cloudtrail::record(at, caller, call, dice);
    let body = if dice.chance(9) {
        let arn = caller.identity["arn"].as_str().unwrap_or_default();
        cloudtrail::denied(record, &format!("User: {arn} {refusal}"))
    } else {
        Value::Object(record)
    };
    day.push("aws-cloudtrail", at, body);
}

/// The CloudTrail call a grant is used by; `None` for grants of other systems.
pub(super) fn call<'a>(code: &str, line: &Line, run: &Run<'_>) -> Option<Call<'a>> {
    let (base, stage) = (line.base(), line.environment());
    let (service, name, read_only, request) = match code {
        "ecs" => (
            "ecs",
            "UpdateService",
            false,
            json!({"cluster": stage, "service": base,
            "taskDefinition": format!("{base}:{}", run.number), "forceNewDeployment": false}),
        ),
        "task" => (
            "ecs",
            "RegisterTaskDefinition",
            false,
            json!({"family": base, "networkMode": "awsvpc",
            "containerDefinitions": [{"name": base, "image": format!("{}.dkr.ecr.eu-central-1.amazonaws.com/{base}:{}", outside::SHARED, &run.sha[..12])}]}),
        ),
        "secret" => (
            "secretsmanager",
            "GetSecretValue",
            true,
            json!({"secretId": secret(line)}),
        ),
        "db" => (
            "secretsmanager",
            "GetSecretValue",
            true,
            json!({"secretId": format!("{}-db", secret(line))}),
        ),
        "push" => (
            "ecr",
            "PutImage",
            false,
            json!({"repositoryName": base, "imageTag": &run.sha[..12]}),
        ),
        "lambda" => (
            "lambda",
            "UpdateFunctionCode20150331v2",
            false,
            json!({"functionName": base, "publish": true, "dryRun": false}),
        ),
        "s3w" => (
            "s3",
            "PutObject",
            false,
            json!({"bucketName": bucket(line), "key": format!("{}/{}", run.number, &run.sha[..7])}),
        ),
        "s3r" => (
            "s3",
            "GetObject",
            true,
            json!({"bucketName": bucket(line), "key": "latest"}),
        ),
        "cdn" => (
            "cloudfront",
            "CreateInvalidation",
            false,
            json!({"distributionId": distribution(line), "invalidationBatch": {"paths": {"quantity": 1, "items": ["/*"]}}}),
        ),
        "stack" => (
            "cloudformation",
            "UpdateStack",
            false,
            json!({"stackName": base, "capabilities": ["CAPABILITY_NAMED_IAM"]}),
        ),
        "iam" => (
            "iam",
            "PutRolePolicy",
            false,
            json!({"roleName": format!("{stage}-{base}-runtime"), "policyName": "runtime"}),
        ),
        "trust" => (
            "sts",
            "AssumeRole",
            true,
            json!({"roleArn": format!("arn:aws:iam::{}:role/org-deployer", outside::FINANCE), "roleSessionName": format!("tf-{}", run.id), "durationSeconds": 900}),
        ),
        "dns" => (
            "route53",
            "ChangeResourceRecordSets",
            false,
            json!({"hostedZoneId": "Z0815ACMEEXAMPLE"}),
        ),
        "kms" => (
            "kms",
            "Decrypt",
            true,
            json!({"keyId": format!("alias/{base}-signing"), "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
        ),
        "eks" => (
            "eks",
            "DescribeCluster",
            true,
            json!({"name": format!("acme-{stage}")}),
        ),
        "sns" => (
            "sns",
            "Publish",
            false,
            json!({"topicArn": format!("arn:aws:sns:eu-central-1:{}:{base}-notices", outside::account(line))}),
        ),
        _ => return None,
    };
    Some(Call {
        service,
        name,
        read_only,
        request,
        response: Value::Null,
    })
}

/// Everything a pipeline of another code host does: it shows its own token wherever it goes.
pub(super) fn by_token(
    identity: &Identity,
    issuer: &str,
    subject: &str,
    at: DateTime<Utc>,
    day: &mut Day<'_>,
    dice: &mut Dice,
) {
    let mut clock = at;
    for code in used(&identity.line) {
        clock += TimeDelta::seconds(dice.between(2, 30));
        elsewhere(code, &identity.line, issuer, subject, clock, day, dice);
    }
}

/// Uses of grants outside AWS. One that is no cloud's leaves nothing.
pub(super) fn elsewhere(
    code: &str,
    line: &Line,
    issuer: &str,
    subject: &str,
    at: DateTime<Utc>,
    day: &mut Day<'_>,
    dice: &mut Dice,
) {
    let base = line.base();
    let (source, kind, action, target) = match code {
        "k8s" => (
            "kubernetes-audit",
            EventKind::Deployment,
            "patch deployments",
            format!("deployments/{base}"),
        ),
        "k8ssec" => (
            "kubernetes-audit",
            EventKind::SecretAccess,
            "get secrets",
            format!("secrets/{base}"),
        ),
        "dyn" => (
            "vault-audit",
            EventKind::SecretAccess,
            "read",
            format!("database/creds/{base}-migrate"),
        ),
        "vault" => (
            "vault-audit",
            EventKind::SecretAccess,
            "read",
            format!("secret/data/{base}"),
        ),
        "sign" => (
            "vault-audit",
            EventKind::Other,
            "update",
            format!("transit/sign/{base}"),
        ),
        "run" => (
            "gcp-audit",
            EventKind::Deployment,
            "google.cloud.run.v2.Services.UpdateService",
            format!("projects/{PROJECT}/locations/europe-west3/services/{base}"),
        ),
        "bq" => (
            "gcp-audit",
            EventKind::Other,
            "google.cloud.bigquery.v2.JobService.InsertJob",
            format!("projects/{PROJECT}/datasets/shop"),
        ),
        "bqr" => (
            "gcp-audit",
            EventKind::Other,
            "google.cloud.bigquery.v2.TableDataService.List",
            format!("projects/{PROJECT}/datasets/shop"),
        ),
        "gcs" => (
            "gcp-audit",
            EventKind::Other,
            "storage.objects.create",
            format!("projects/_/buckets/acme-{base}"),
        ),
        "gsec" => (
            "gcp-audit",
            EventKind::SecretAccess,
            "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion",
            format!("projects/{PROJECT}/secrets/{base}/versions/latest"),
        ),
        "web" => (
            "entra-sign-ins",
            EventKind::Deployment,
            "Microsoft.Web/sites/publish/action",
            format!("sites/{base}"),
        ),
        "kv" => (
            "entra-sign-ins",
            EventKind::SecretAccess,
            "Microsoft.KeyVault/vaults/secrets/read",
            format!("vaults/{base}"),
        ),
        "dir" => (
            "entra-sign-ins",
            EventKind::CredentialAssumption,
            "Sign-in activity",
            "Microsoft Graph".to_owned(),
        ),
        _ => return,
    };
    let record = Canonical::new(kind, action, at, dice)
        .by(issuer, subject)
        .with("actor", base)
        .with("target", &target)
        .with("environment", line.environment())
        .with(
            "source_ip",
            &format!("10.40.{}.{}", dice.between(0, 30), dice.between(2, 250)),
        )
        .failed(dice.chance(6))
        .done();
    day.push(source, at, record);
}
