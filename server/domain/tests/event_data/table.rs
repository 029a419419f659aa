//! What the shared files hold: records and events by group, and fields a person read.

use contract::events::EventFormat;

/// Where a group's events come from, how many records it has and how many of them are events. What is no event: three
/// records with the word `redacted` for a time, one with a rule author's typo in it, and a handful cut down to a
/// field or two.
pub const EXPECTED: &[(&str, EventFormat, usize, usize)] = &[
    ("aws_dataset", EventFormat::AwsCloudtrail, 1618, 1618),
    ("stratus-red-team", EventFormat::AwsCloudtrail, 206, 206),
    ("cloud-snitch", EventFormat::AwsCloudtrail, 1, 1),
    ("octokit-webhooks", EventFormat::GithubWebhook, 48, 48),
    (
        "panther AWS.CloudTrail",
        EventFormat::AwsCloudtrail,
        252,
        248,
    ),
    (
        "panther Amazon.EKS.Audit",
        EventFormat::KubernetesAudit,
        99,
        99,
    ),
    ("panther Azure.Audit", EventFormat::Entra, 35, 35),
    ("panther Azure.Audit.native", EventFormat::Entra, 35, 35),
    (
        "panther Azure.MonitorActivity",
        EventFormat::AzureActivity,
        159,
        139,
    ),
    (
        "panther Azure.MonitorActivity",
        EventFormat::KubernetesAudit,
        159,
        20,
    ),
    ("panther GCP.AuditLog", EventFormat::GcpAudit, 122, 120),
    ("panther GitHub.Audit", EventFormat::GithubAudit, 48, 47),
    (
        "panther GitHub.Audit.native",
        EventFormat::GithubAudit,
        48,
        47,
    ),
    ("panther GitHub.Webhook", EventFormat::GithubWebhook, 27, 27),
    ("panther GitLab.Audit", EventFormat::GitlabAudit, 3, 3),
    ("panther Okta.SystemLog", EventFormat::OktaSystemLog, 52, 47),
    ("docs-samples", EventFormat::GitlabAudit, 5, 1),
    ("docs-samples", EventFormat::GcpAudit, 5, 3),
    ("docs-samples", EventFormat::AzureDevopsAudit, 5, 1),
    ("constructed", EventFormat::AwsCloudtrail, 14, 4),
    ("constructed", EventFormat::Entra, 14, 2),
    ("constructed", EventFormat::GcpAudit, 14, 2),
    ("constructed", EventFormat::GithubAudit, 14, 2),
    ("constructed", EventFormat::VaultAudit, 14, 4),
];

/// Vendors Rollcall has no reader for: nothing of theirs may be mistaken for somebody else's.
pub const FOREIGN: &[&str] = &[
    "panther AWS.GuardDuty",
    "panther Atlassian.Audit",
    "panther Auth0.Events",
    "panther Gravitational.TeleportAudit",
    "panther Panther.Audit",
    "panther Snyk.GroupAudit",
];

/// One field of one record, by file, place and name.
pub type Fact = (&'static str, usize, &'static str, &'static str);

/// What a person reads in the files, field by field.
pub const FACTS: &[Fact] = &[
    (
        "cloud-snitch/AssumeRoleWithWebIdentity.WebIdentityUser.json",
        0,
        "kind",
        "credential_assumption",
    ),
    (
        "cloud-snitch/AssumeRoleWithWebIdentity.WebIdentityUser.json",
        0,
        "issuer",
        "https://token.actions.githubusercontent.com",
    ),
    (
        "constructed/cloudtrail-github-oidc.ndjson",
        2,
        "kind",
        "authentication_failure",
    ),
    (
        "constructed/cloudtrail-github-oidc.ndjson",
        2,
        "subject",
        "repo:octo-org@10101/payments-api@20202:pull_request",
    ),
    (
        "constructed/cloudtrail-github-oidc.ndjson",
        3,
        "environment",
        "production",
    ),
    (
        "constructed/azure-serviceprincipal-federated.ndjson",
        0,
        "vendor_id",
        "00000000-aaaa-4000-8000-00000000ab00",
    ),
    (
        "constructed/azure-serviceprincipal-federated.ndjson",
        0,
        "principal",
        "b029d485-a308-4311-8720-fb3192e5284e",
    ),
    (
        "constructed/azure-serviceprincipal-federated.ndjson",
        0,
        "occurred_at",
        "2026-08-01T10:01:00.123456Z",
    ),
    (
        "constructed/azure-serviceprincipal-federated.ndjson",
        1,
        "kind",
        "authentication_failure",
    ),
    (
        "constructed/gcp-sts-exchangetoken-github.ndjson",
        0,
        "subject",
        "repo:octo-org/payments-api:ref:refs/heads/main",
    ),
    (
        "constructed/gcp-sts-exchangetoken-github.ndjson",
        0,
        "ref",
        "refs/heads/main",
    ),
    (
        "constructed/gcp-sts-exchangetoken-github.ndjson",
        1,
        "outcome",
        "failure",
    ),
    (
        "constructed/gcp-sts-exchangetoken-github.ndjson",
        1,
        "repository",
        "octo-org/payments-api",
    ),
    (
        "constructed/github-prepared_workflow_job.ndjson",
        0,
        "kind",
        "secret_access",
    ),
    (
        "constructed/github-prepared_workflow_job.ndjson",
        0,
        "target",
        "DEPLOY_TOKEN, NPM_TOKEN",
    ),
    (
        "constructed/github-prepared_workflow_job.ndjson",
        0,
        "occurred_at",
        "2026-08-01T00:00:00.123Z",
    ),
    (
        "constructed/github-prepared_workflow_job.ndjson",
        0,
        "run_id",
        "9876543210",
    ),
    ("constructed/vault-jwt-login.ndjson", 0, "kind", "other"),
    ("constructed/vault-jwt-login.ndjson", 1, "role", "ci-deploy"),
    (
        "constructed/vault-jwt-login.ndjson",
        1,
        "repository",
        "octo-org/payments-api",
    ),
    (
        "constructed/vault-jwt-login.ndjson",
        3,
        "outcome",
        "failure",
    ),
    (
        "docs-samples/azure-devops-approver-reassigned.json",
        0,
        "actor",
        "silviu@fabrikam.app",
    ),
    (
        "docs-samples/azure-devops-approver-reassigned.json",
        0,
        "source_ip",
        "127.0.0.1",
    ),
    (
        "docs-samples/gcp-workload-identity.ndjson",
        1,
        "role",
        "my-service-account@my-project.iam.gserviceaccount.com",
    ),
    (
        "docs-samples/gcp-workload-identity.ndjson",
        2,
        "subject",
        "arn:aws:iam::123456789012:role/my-role",
    ),
    (
        "docs-samples/gcp-workload-identity.ndjson",
        0,
        "id_kind",
        "derived",
    ),
    (
        "docs-samples/gitlab-streaming-git-operation.json",
        0,
        "vendor_id",
        "1",
    ),
    (
        "docs-samples/gitlab-streaming-git-operation.json",
        0,
        "repository",
        "example-group/example-project",
    ),
    (
        "octokit-webhooks/api.github.com__workflow_run__completed.payload.json",
        0,
        "action",
        "workflow_run.completed",
    ),
    (
        "octokit-webhooks/api.github.com__workflow_run__completed.payload.json",
        0,
        "outcome",
        "success",
    ),
    (
        "octokit-webhooks/api.github.com__workflow_run__requested.payload.json",
        0,
        "outcome",
        "unknown",
    ),
    (
        "octokit-webhooks/api.github.com__workflow_job__completed.failure.with-organization.payload.json",
        0,
        "outcome",
        "failure",
    ),
    (
        "octokit-webhooks/api.github.com__deployment__gh-pages.payload.json",
        0,
        "run_id",
        "289782451",
    ),
    (
        "octokit-webhooks/api.github.com__deployment_status__payload.json",
        0,
        "environment",
        "production",
    ),
    (
        "octokit-webhooks/api.github.com__push__payload.json",
        0,
        "occurred_at",
        "2019-05-15T15:20:57Z",
    ),
    (
        "octokit-webhooks/api.github.com__installation__suspend.payload.json",
        0,
        "kind",
        "permission_change",
    ),
    (
        "octokit-webhooks/ghes-35__deployment__payload.json",
        0,
        "kind",
        "deployment",
    ),
];
