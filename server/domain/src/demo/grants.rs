//! Permissions by the short codes of the roster, spelled as their systems spell them.

use super::outside::{self, PROJECT, REGION};
use super::roster::Line;

/// System, action and resource of a code.
pub(super) fn grant(code: &str, line: &Line) -> (&'static str, &'static str, String) {
    aws(code, line)
        .or_else(|| other_cloud(code, line))
        .or_else(|| code_host(code, line))
        .unwrap_or_else(|| supplier(code))
}

/// Whether a call of this kind is seen by a source when the grant is used.
pub(super) fn leaves_a_trace(code: &str) -> bool {
    !matches!(code, "pass" | "code" | "pull" | "rds" | "logs")
}

fn aws(code: &str, line: &Line) -> Option<(&'static str, &'static str, String)> {
    let account = outside::account(line);
    let (base, stage) = (line.base(), line.environment());
    let arn = |service: &str, rest: String| format!("arn:aws:{service}:{REGION}:{account}:{rest}");
    let bucket = || format!("arn:aws:s3:::{}/*", bucket(line));
    Some(match code {
        "ecs" => (
            "aws",
            "ecs:UpdateService",
            arn("ecs", format!("service/{stage}/{base}")),
        ),
        "task" => (
            "aws",
            "ecs:RegisterTaskDefinition",
            arn("ecs", format!("task-definition/{base}")),
        ),
        "pass" => (
            "aws",
            "iam:PassRole",
            format!("arn:aws:iam::{account}:role/{base}-task"),
        ),
        "secret" => (
            "aws",
            "secretsmanager:GetSecretValue",
            arn("secretsmanager", format!("secret:{}", secret(line))),
        ),
        "db" => (
            "aws",
            "secretsmanager:GetSecretValue",
            arn("secretsmanager", format!("secret:{}-db", secret(line))),
        ),
        "push" => (
            "aws",
            "ecr:PutImage",
            arn("ecr", format!("repository/{base}")),
        ),
        "pull" => (
            "aws",
            "ecr:BatchGetImage",
            arn("ecr", format!("repository/{base}")),
        ),
        "lambda" => (
            "aws",
            "lambda:UpdateFunctionCode",
            arn("lambda", format!("function:{base}")),
        ),
        "s3w" => ("aws", "s3:PutObject", bucket()),
        "s3r" => ("aws", "s3:GetObject", bucket()),
        "cdn" => (
            "aws",
            "cloudfront:CreateInvalidation",
            format!(
                "arn:aws:cloudfront::{account}:distribution/{}",
                distribution(line)
            ),
        ),
        "stack" => (
            "aws",
            "cloudformation:UpdateStack",
            arn("cloudformation", format!("stack/{base}/*")),
        ),
        "iam" => ("aws", "iam:*", format!("arn:aws:iam::{account}:role/*")),
        "passrole" => (
            "aws",
            "iam:PassRole",
            format!("arn:aws:iam::{account}:role/*"),
        ),
        "trust" => (
            "aws",
            "sts:AssumeRole",
            "arn:aws:iam::*:role/org-deployer".to_owned(),
        ),
        "dns" => (
            "aws",
            "route53:ChangeResourceRecordSets",
            "arn:aws:route53:::hostedzone/Z0815ACMEEXAMPLE".to_owned(),
        ),
        "kms" => (
            "aws",
            "kms:Decrypt",
            arn("kms", format!("alias/{base}-signing")),
        ),
        "logs" => (
            "aws",
            "logs:DeleteLogGroup",
            arn("logs", format!("log-group:/{stage}/{base}")),
        ),
        "rds" => (
            "aws",
            "rds:ModifyDBInstance",
            arn("rds", format!("db:{base}")),
        ),
        "eks" => (
            "aws",
            "eks:DescribeCluster",
            arn("eks", format!("cluster/acme-{stage}")),
        ),
        "sns" => ("aws", "sns:Publish", arn("sns", format!("{base}-notices"))),
        _ => return None,
    })
}

fn other_cloud(code: &str, line: &Line) -> Option<(&'static str, &'static str, String)> {
    let base = line.base();
    let namespace = line.place.split(':').next().unwrap_or(base).to_owned();
    Some(match code {
        "k8s" => ("kubernetes", "patch deployments", namespace),
        "k8ssec" => ("kubernetes", "get secrets", namespace),
        "dyn" => ("vault", "read", format!("database/creds/{base}-migrate")),
        "vault" => ("vault", "read", format!("secret/data/{base}")),
        "sign" => ("vault", "update", format!("transit/sign/{base}")),
        "run" => (
            "gcp",
            "roles/run.developer",
            format!("projects/{PROJECT}/locations/europe-west3/services/{base}"),
        ),
        "bq" => (
            "gcp",
            "roles/bigquery.dataEditor",
            format!("projects/{PROJECT}/datasets/shop"),
        ),
        "bqr" => (
            "gcp",
            "roles/bigquery.dataViewer",
            format!("projects/{PROJECT}/datasets/shop"),
        ),
        "gcs" => (
            "gcp",
            "roles/storage.objectAdmin",
            format!("projects/_/buckets/acme-{base}"),
        ),
        "gsec" => (
            "gcp",
            "roles/secretmanager.secretAccessor",
            format!("projects/{PROJECT}/secrets/{base}"),
        ),
        "web" => (
            "azure",
            "Website Contributor",
            format!(
                "/subscriptions/acme-prod/resourceGroups/{base}/providers/Microsoft.Web/sites/{base}"
            ),
        ),
        "kv" => (
            "azure",
            "Key Vault Secrets User",
            format!("/subscriptions/acme-prod/providers/Microsoft.KeyVault/vaults/{base}"),
        ),
        "dir" => ("azure", "Directory.Read.All", "Microsoft Graph".to_owned()),
        _ => return None,
    })
}

fn code_host(code: &str, line: &Line) -> Option<(&'static str, &'static str, String)> {
    let repository = outside::repository(line.base());
    Some(match code {
        "code" => ("github", "contents:read", repository),
        "write" => ("github", "contents:write", repository),
        "pr" => ("github", "pull-requests:write", repository),
        "pkg" => ("github", "packages:write", repository),
        "actions" => ("github", "actions:write", format!("{}/*", outside::ORG)),
        "repo" => ("github", "repo", format!("{}/mobile-*", outside::ORG)),
        _ => return None,
    })
}

/// Bought software: its own words, of which no catalogue and no source knows.
fn supplier(code: &str) -> (&'static str, &'static str, String) {
    let (system, action) = match code {
        "groups" => ("okta", "okta.groups.manage"),
        "sftp" => ("bank sftp", "put files"),
        "dbread" => ("postgresql", "SELECT"),
        "webhooks" => ("card processor", "confirm notifications"),
        "statuspage" => ("status page", "post incidents"),
        "zones" => ("edge firewall", "change rules"),
        "reviews" => ("review platform", "read reviews"),
        "surveys" => ("survey tool", "read answers"),
        "crm" => ("sales system", "write contacts"),
        "appstore" => ("app store", "upload builds"),
        "play" => ("android store", "upload builds"),
        "apns" => ("push service", "send messages"),
        "bureau" => ("credit bureau", "ask reports"),
        "devices" => ("device service", "ask scores"),
        "pager" => ("paging service", "open pages"),
        other => unreachable!("no grant {other}"),
    };
    let resource = match code {
        "dbread" => "shop.*".to_owned(),
        "groups" => "staff".to_owned(),
        _ => ORG_ACCOUNT.to_owned(),
    };
    (system, action, resource)
}

const ORG_ACCOUNT: &str = "acme";

/// The bucket an identity works in.
pub(super) fn bucket(line: &Line) -> String {
    format!("acme-{}-{}", line.environment(), line.base())
}

/// The secret it reads.
pub(super) fn secret(line: &Line) -> String {
    let stage = match line.environment() {
        "production" => "prod",
        other => other,
    };
    format!("{stage}/{}", line.base())
}

/// The content distribution it refreshes.
pub(super) fn distribution(line: &Line) -> String {
    super::dice::Dice::of(line.base(), 11).key("E")[..14].to_owned()
}
