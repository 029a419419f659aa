//! Imports: what a file would change, what it did change, and what is wrong with it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

mod page;

pub use page::{
    ImportHint, ImportList, ImportMapping, ImportProgress, ImportRow, ImportState, ImportView,
};

flat_enum! {
    /// The shape of a file.
    ImportFormat {
        Csv = "csv", "CSV";
        Json = "json", "JSON";
        AwsCredentialReport = "aws_credential_report", "AWS credential report";
        AwsAuthorizationDetails = "aws_authorization_details", "AWS account authorization details";
        EntraApplications = "entra_applications", "Entra applications and service principals";
        EntraFederatedCredentials = "entra_federated_credentials", "Entra federated credentials";
        GcpServiceAccounts = "gcp_service_accounts", "Google service accounts";
        GcpServiceAccountKeys = "gcp_service_account_keys", "Google service account keys";
        GithubSecrets = "github_secrets", "GitHub Actions secrets";
        GithubInstallations = "github_installations", "GitHub App installations";
        KubernetesServiceAccounts = "kubernetes_service_accounts", "Kubernetes service accounts";
        GithubRunners = "github_runners", "GitHub Actions runners";
        GitlabRunners = "gitlab_runners", "GitLab runners";
        CodeOwners = "code_owners", "CODEOWNERS file";
    }
}

flat_enum! {
    /// What one row is about.
    ImportKind {
        Identities = "identities", "Identities";
        Credentials = "credentials", "Credentials";
        Permissions = "permissions", "Permissions";
        Trusts = "trusts", "Trusts";
        Teams = "teams", "Teams";
        People = "people", "People";
        Runners = "runners", "Runners";
        CodeOwners = "code_owners", "Code owners";
    }
}

flat_enum! {
    /// What becomes of one row.
    ImportOutcome {
        Create = "create", "New";
        Update = "update", "Changed";
        Unchanged = "unchanged", "Unchanged";
        Conflict = "conflict", "Conflict";
    }
}

/// Something that is wrong with a row; the row is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProblem {
    /// Which list of the document it stands in; empty where there is only one.
    pub list: String,
    /// Row as a spreadsheet counts (the header is row 1); in JSON the place in its list from 1; 0 is the whole file.
    pub row: u64,
    /// The column or field; empty where it is the row as a whole.
    pub field: String,
    /// What is wrong and what would be right. Never repeats a secret.
    pub message: String,
}

impl std::fmt::Display for ImportProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.list.is_empty() {
            write!(f, "{} ", self.list)?;
        }
        if self.row > 0 {
            write!(f, "row {}: ", self.row)?;
        }
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// What one row does, for the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLine {
    /// Which list of the document it stands in; empty where there is only one.
    pub list: String,
    /// Row, counted as in [`ImportProblem`].
    pub row: u64,
    /// What it is about.
    pub kind: ImportKind,
    /// What becomes of it.
    pub outcome: ImportOutcome,
    /// What it is called.
    pub name: String,
    /// The identity it leads to, where there is one already.
    pub identity: Option<crate::ids::IdentityId>,
    /// Changed fields: name, before, after.
    pub changes: Vec<(String, String, String)>,
    /// Why it is a conflict; empty otherwise.
    pub reason: String,
}

/// How many rows of a kind do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCount {
    /// What they are about.
    pub kind: ImportKind,
    /// New.
    pub create: i64,
    /// Changed.
    pub update: i64,
    /// As they are already.
    pub unchanged: i64,
    /// Left out, because they contradict what stands in the roll.
    pub conflict: i64,
}

/// What a file would do, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The file's name.
    pub file: String,
    /// Its shape.
    pub format: ImportFormat,
    /// Whether it was saved. False for a dry run, and when a problem refused the whole file.
    pub applied: bool,
    /// Rows read, bad ones included.
    pub rows: i64,
    /// Counts per kind; kinds that do not occur are left out.
    pub counts: Vec<ImportCount>,
    /// The first rows that change something or cannot be taken.
    pub lines: Vec<ImportLine>,
    /// The first problems.
    pub problems: Vec<ImportProblem>,
    /// All problems, those left out of the list too.
    pub problem_count: i64,
    /// What was left out on purpose, and columns that were not taken.
    pub notes: Vec<String>,
    /// Which field each column was taken for: column, field. Only for tables.
    pub mapping: Vec<(String, String)>,
    /// When.
    pub at: DateTime<Utc>,
}

impl ImportReport {
    /// Rows of an outcome, over all kinds.
    pub fn total(&self, outcome: ImportOutcome) -> i64 {
        self.counts
            .iter()
            .map(|count| match outcome {
                ImportOutcome::Create => count.create,
                ImportOutcome::Update => count.update,
                ImportOutcome::Unchanged => count.unchanged,
                ImportOutcome::Conflict => count.conflict,
            })
            .sum()
    }
}
