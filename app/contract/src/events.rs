//! Audit events: what happened, as kept and normalised.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::FacetValue;
use crate::identities::Environment;
use crate::ids::{EventId, IdentityId, SourceId};

flat_enum! {
    /// What sort of thing happened.
    EventKind {
        PipelineRun = "pipeline_run", "Pipeline run";
        CredentialAssumption = "credential_assumption", "Credential assumption";
        SecretAccess = "secret_access", "Secret access";
        Deployment = "deployment", "Deployment";
        DeploymentApproval = "deployment_approval", "Deployment approval";
        AuthenticationFailure = "authentication_failure", "Authentication failure";
        AuthorizationFailure = "authorization_failure", "Authorization failure";
        CredentialChange = "credential_change", "Credential change";
        TrustChange = "trust_change", "Trust change";
        PermissionChange = "permission_change", "Permission change";
        ConfigurationChange = "configuration_change", "Configuration change";
        Other = "other", "Other";
    }
}

flat_enum! {
    /// How it ended.
    Outcome {
        Success = "success", "Success";
        Failure = "failure", "Failure";
        Unknown = "unknown", "Unknown";
    }
}

flat_enum! {
    /// In which format it arrived.
    EventFormat {
        GithubAudit = "github_audit", "GitHub audit log";
        GithubWebhook = "github_webhook", "GitHub webhooks";
        GitlabAudit = "gitlab_audit", "GitLab audit events";
        GitlabWebhook = "gitlab_webhook", "GitLab webhooks";
        AwsCloudtrail = "aws_cloudtrail", "AWS CloudTrail";
        Entra = "entra", "Microsoft Entra sign-ins and audit";
        AzureActivity = "azure_activity", "Azure activity log";
        AzureDevopsAudit = "azure_devops_audit", "Azure DevOps auditing";
        GcpAudit = "gcp_audit", "Google Cloud audit logs";
        VaultAudit = "vault_audit", "Vault and OpenBao audit";
        KubernetesAudit = "kubernetes_audit", "Kubernetes audit";
        OktaSystemLog = "okta_system_log", "Okta system log";
        Rollcall = "rollcall", "Rollcall JSON";
    }
}

flat_enum! {
    /// Where the deduplication id came from.
    IdKind {
        Vendor = "vendor", "Vendor";
        Derived = "derived", "Derived";
    }
}

/// A row of the explorer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Our id, stable over re-reads.
    pub id: EventId,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it reached us.
    pub received_at: DateTime<Utc>,
    /// When the feed published it; absent until sequenced.
    pub published_at: Option<DateTime<Utc>>,
    /// Place in the feed; absent until sequenced.
    pub position: Option<i64>,
    /// Kind.
    pub kind: EventKind,
    /// Outcome.
    pub outcome: Outcome,
    /// The vendor's own word for it.
    pub action: String,
    /// A sentence: who did what to what.
    pub sentence: String,
    /// Source slug and name.
    pub source: (String, String),
    /// Format.
    pub format: EventFormat,
    /// Identity it resolved to: id and name.
    pub identity: Option<(IdentityId, String)>,
    /// Subject claim or principal as the vendor printed it.
    pub subject: Option<String>,
    /// Environment.
    pub environment: Option<Environment>,
    /// Address it came from, as printed.
    pub source_ip: Option<String>,
    /// Who acted, as the vendor names them.
    pub actor: Option<String>,
    /// What it was done to.
    pub target: Option<String>,
}

/// One event with its normalised fields and raw record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// The row of the list.
    pub row: EventRow,
    /// Normalised fields in reading order: name and value.
    pub fields: Vec<(String, String)>,
    /// Which selector made it this identity's: kind label, value.
    pub matched: Option<(String, String)>,
    /// The record as received, redacted, pretty-printed JSON.
    pub raw: String,
    /// Chain hash in hex; absent until sequenced.
    pub hash: Option<String>,
    /// The run it names: repository and run.
    pub run: Option<(String, String)>,
}

/// The explorer's filter, as it stands in the address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EventFilter {
    /// Words searched in action, actor, subject, principal, target, role, repository, ref, commit, run, address and
    /// vendor's id.
    pub q: String,
    /// Kinds.
    pub kind: Vec<EventKind>,
    /// Outcomes.
    pub outcome: Vec<Outcome>,
    /// Source slugs.
    pub source: Vec<String>,
    /// Environments.
    pub environment: Vec<Environment>,
    /// One identity.
    pub identity: Option<IdentityId>,
    /// From (inclusive), happened.
    pub from: Option<DateTime<Utc>>,
    /// To (exclusive), happened.
    pub to: Option<DateTime<Utc>>,
}

/// One bar of the time histogram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistogramBar {
    /// Start of the bar.
    pub at: DateTime<Utc>,
    /// Events that did not fail.
    pub ok: i64,
    /// Events that failed.
    pub failed: i64,
}

/// A page of the explorer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventList {
    /// The present moment, as the server knew it.
    pub now: DateTime<Utc>,
    /// The rows, newest first.
    pub page: crate::Page<EventRow>,
    /// Start of the shown range.
    pub from: DateTime<Utc>,
    /// End of the shown range.
    pub to: DateTime<Utc>,
    /// Bars over the range.
    pub histogram: Vec<HistogramBar>,
    /// Seconds one bar covers.
    pub bar_seconds: i64,
    /// Facet name and its values.
    pub facets: Vec<(String, Vec<FacetValue>)>,
}

/// What an ingest batch was answered with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IngestReceipt {
    /// Events new to us, now durable.
    pub accepted: usize,
    /// Events we already had.
    pub duplicates: usize,
    /// Records we could not take; kept in quarantine.
    pub rejected: Vec<Rejection>,
}

/// One record that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Zero-based place in the batch.
    pub index: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// A quarantined record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineRow {
    /// Source it came through.
    pub source: SourceId,
    /// When.
    pub received_at: DateTime<Utc>,
    /// Zero-based place in its batch.
    pub index: i32,
    /// Why it was not taken.
    pub reason: String,
    /// The record as received, redacted where it could be parsed, cut at 4 kB for the page.
    pub raw: String,
}
