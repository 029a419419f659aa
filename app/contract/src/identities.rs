//! Identities: what acts without a person, and everything the roll keeps about it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::FacetValue;
use crate::events::EventRow;
use crate::findings::FindingRow;
use crate::ids::{IdentityId, PersonId};
use crate::people::{PersonRef, TeamRef};
use crate::stories::LatestRun;

mod advice;
mod asking;
mod discovered;
mod glass;
mod holdings;
mod rotation;

pub use advice::{AdviceDocument, FederationAdvice};
pub use asking::{EditInput, IdentityRequest, RequestChoices, TransitionInput};
pub use discovered::{
    AdoptInput, Adopted, DiscoveredList, DiscoveredRow, MergeInput, SimilarIdentity, SuggestedOwner,
};
pub use glass::{DrillInput, DrillView, GlassMark, GlassMatch, GlassUseView, GlassView};
pub use holdings::{
    CredentialView, HeldBy, HoldingFilter, PermissionView, RetiringView, SelectorView, TrustView,
};
pub use rotation::{
    DefaultLimit, KeepingInput, PolicyInput, PolicyList, PolicyRow, PolicyScope, RevocationInput,
    RotationInput,
};

flat_enum! {
    /// What sort of thing acts.
    IdentityKind {
        Pipeline = "pipeline", "Pipeline";
        ServiceAccount = "service_account", "Service account";
        Bot = "bot", "Bot";
        Workload = "workload", "Workload";
    }
}

flat_enum! {
    /// Where it lives.
    Platform {
        GithubActions = "github_actions", "GitHub Actions";
        GitlabCi = "gitlab_ci", "GitLab CI";
        AzureDevops = "azure_devops", "Azure DevOps";
        Aws = "aws", "AWS";
        Azure = "azure", "Azure";
        GoogleCloud = "google_cloud", "Google Cloud";
        Kubernetes = "kubernetes", "Kubernetes";
        Vault = "vault", "Vault";
        Okta = "okta", "Okta";
        Other = "other", "Other";
    }
}

flat_enum! {
    /// Lifecycle state. `discovered` was seen in events and never asked for.
    IdentityState {
        Discovered = "discovered", "Discovered";
        Requested = "requested", "Requested";
        Active = "active", "Active";
        Suspended = "suspended", "Suspended";
        Decommissioning = "decommissioning", "Decommissioning";
        Removed = "removed", "Removed";
        Rejected = "rejected", "Rejected";
    }
}

flat_enum! {
    /// How much damage it could do.
    RiskTier {
        Critical = "critical", "Critical";
        High = "high", "High";
        Standard = "standard", "Standard";
        Low = "low", "Low";
    }
}

flat_enum! {
    /// Where it acts.
    Environment {
        Production = "production", "Production";
        Staging = "staging", "Staging";
        Development = "development", "Development";
    }
}

flat_enum! {
    /// How the outside world names it.
    SelectorKind {
        OidcSubject = "oidc_subject", "OIDC subject";
        Repository = "repository", "Repository";
        AwsRole = "aws_role", "AWS role";
        AwsUser = "aws_user", "AWS user";
        AwsAccessKey = "aws_access_key", "AWS access key";
        AzureServicePrincipal = "azure_service_principal", "Service principal";
        AzureFederatedCredential = "azure_federated_credential", "Federated credential";
        GcpServiceAccount = "gcp_service_account", "Google service account";
        KubernetesServiceAccount = "kubernetes_service_account", "Kubernetes service account";
        VaultEntity = "vault_entity", "Vault entity";
        GithubActor = "github_actor", "GitHub actor";
        TokenId = "token_id", "Token id";
    }
}

flat_enum! {
    /// What proves it is itself.
    CredentialType {
        OidcFederation = "oidc_federation", "OIDC federation";
        Dynamic = "dynamic", "Dynamic";
        PersonalAccessToken = "personal_access_token", "Personal access token";
        ApiKey = "api_key", "API key";
        ClientSecret = "client_secret", "Client secret";
        DatabasePassword = "database_password", "Database password";
        SigningKey = "signing_key", "Signing key";
        Certificate = "certificate", "Certificate";
        SshKey = "ssh_key", "SSH key";
        CloudAccessKey = "cloud_access_key", "Cloud access key";
    }
}

flat_enum! {
    /// Where a secret is kept.
    Kept {
        Unknown = "unknown", "Nobody has said";
        Platform = "platform", "The platform makes and rotates it";
        Store = "store", "In a secret store";
        Code = "code", "In code or a pipeline definition";
    }
}

flat_enum! {
    /// The ladder: how well a credential is held, best first.
    CredentialClass {
        Federated = "federated", "Federated";
        Dynamic = "dynamic", "Dynamic";
        PlatformManaged = "platform_managed", "Platform-managed";
        Static = "static", "Static";
        HardCoded = "hard_coded", "Hard-coded";
        Unknown = "unknown", "Unknown";
    }
}

flat_enum! {
    /// Rotation state of a credential, or the worst of an identity's.
    RotationState {
        NotNeeded = "not_needed", "None stored";
        Ok = "ok", "Within limit";
        DueSoon = "due_soon", "Due soon";
        Overdue = "overdue", "Overdue";
        UnknownAge = "unknown_age", "Unknown age";
    }
}

flat_enum! {
    /// How far a rotation with an overlap is, as events tell.
    RotationProof {
        Running = "running", "Both valid";
        Proven = "proven", "Proven";
        OldStillUsed = "old_still_used", "Old one still used";
        NewUnused = "new_unused", "New one not used";
        Unknown = "unknown", "Not proven";
    }
}

flat_enum! {
    /// Where the quarterly review of an identity stands.
    ReviewState {
        Ok = "ok", "Reviewed";
        DueSoon = "due_soon", "Due soon";
        Overdue = "overdue", "Overdue";
        Never = "never", "Never reviewed";
    }
}

flat_enum! {
    /// How a permission became known.
    PermissionSource {
        Declared = "declared", "Declared";
        Imported = "imported", "Imported";
        Observed = "observed", "Observed";
    }
}

flat_enum! {
    /// Whether something was used, as far as the sources can tell.
    Usage {
        Used = "used", "Used";
        Unused = "unused", "Not used";
        Unknown = "unknown", "Unknown";
    }
}

flat_enum! {
    /// In which language a trust is written.
    TrustLanguage {
        Aws = "aws", "AWS trust policy";
        Entra = "entra", "Entra federated credential";
        Gcp = "gcp", "Google Cloud provider";
        Vault = "vault", "Vault JWT role";
        Kubernetes = "kubernetes", "Kubernetes";
    }
}

/// A row of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityRow {
    /// Its id.
    pub id: IdentityId,
    /// Its name, unique in the roll.
    pub name: String,
    /// Kind.
    pub kind: IdentityKind,
    /// Platform.
    pub platform: Platform,
    /// Lifecycle state.
    pub state: IdentityState,
    /// Purpose in a sentence; empty when unknown.
    pub purpose: String,
    /// The most telling selector.
    pub subject: String,
    /// Environments it acts in.
    pub environments: Vec<Environment>,
    /// Owning team.
    pub team: Option<TeamRef>,
    /// Owner.
    pub owner: Option<PersonRef>,
    /// Worst credential class it holds.
    pub credential: CredentialClass,
    /// Worst rotation state of its credentials.
    pub rotation: RotationState,
    /// Whether it holds a privileged permission.
    pub privileged: bool,
    /// Tier.
    pub tier: RiskTier,
    /// Risk score, 0 to 100.
    pub risk: i32,
    /// Open findings.
    pub open_findings: i64,
    /// Last seen in an event.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Last sealed approval.
    pub last_reviewed_at: Option<DateTime<Utc>>,
    /// When the next review is due.
    pub next_review_at: Option<DateTime<Utc>>,
    /// Where the review stands.
    pub review: ReviewState,
}

/// One reason of the risk score; the points add up to the score (capped at 100).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskReason {
    /// Points it adds.
    pub points: i32,
    /// Why.
    pub reason: String,
}

/// One past review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastReview {
    /// Campaign name.
    pub campaign: String,
    /// The decision.
    pub decision: crate::campaigns::DecisionKind,
    /// The reason given.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One thing that was done to an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// A sentence.
    pub summary: String,
    /// Changed fields in words: name, before, after.
    pub changes: Vec<(String, String, String)>,
    /// Place in the record; absent for one of the many that an import changed, which is one entry of the record.
    pub position: Option<i64>,
}

/// An identity with everything its page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdentityView {
    /// The row of the list.
    pub row: IdentityRow,
    /// Ticket of its creation; empty for discovered ones.
    pub ticket: String,
    /// Business justification.
    pub justification: String,
    /// Backup owner.
    pub backup_owner: Option<PersonRef>,
    /// Who asked for it.
    pub requested_by: Option<PersonRef>,
    /// Who approved it.
    pub approved_by: Option<PersonRef>,
    /// When it entered the roll.
    pub created_at: DateTime<Utc>,
    /// Version for optimistic concurrency.
    pub version: i64,
    /// Reasons of the risk score.
    pub risk_reasons: Vec<RiskReason>,
    /// Selectors.
    pub selectors: Vec<SelectorView>,
    /// Credentials.
    pub credentials: Vec<CredentialView>,
    /// Permissions.
    pub permissions: Vec<PermissionView>,
    /// Trust documents.
    pub trusts: Vec<TrustView>,
    /// Newest events.
    pub recent_events: Vec<EventRow>,
    /// Newest runs among its latest events, each a story.
    pub recent_runs: Vec<LatestRun>,
    /// Events per day, oldest first, 90 days to today: (success or unknown, failure).
    pub daily_events: Vec<(i64, i64)>,
    /// Findings that are not resolved.
    pub findings: Vec<FindingRow>,
    /// Past decisions, newest first.
    pub reviews: Vec<PastReview>,
    /// What was done to it in Rollcall, newest first.
    pub history: Vec<HistoryEntry>,
    /// How each static credential could give way to federation.
    pub advice: Vec<FederationAdvice>,
    /// The score of each of the last days, oldest first; the last one is today's.
    pub risk_days: Vec<(NaiveDate, i32)>,
    /// Tags.
    pub tags: Vec<String>,
    /// Links: label and address.
    pub links: Vec<(String, String)>,
    /// Who may own it; only where nobody does, or who did has left.
    pub suggested_owners: Vec<SuggestedOwner>,
    /// The tier its environments and permissions suggest, and why.
    pub suggested_tier: (RiskTier, String),
    /// What is known of it as a break-glass identity; absent when it is none.
    pub break_glass: Option<GlassView>,
    /// Whether this viewer may mark it as break-glass.
    pub may_mark: bool,
    /// Transitions this viewer may take now.
    pub transitions: Vec<Transition>,
    /// Whether this viewer may edit it.
    pub may_edit: bool,
    /// Since when it is in its state.
    pub state_since: DateTime<Utc>,
    /// Why it is in its state; empty where none was demanded.
    pub state_reason: String,
    /// Until when a disabled identity is watched.
    pub watch_until: Option<DateTime<Utc>>,
    /// Whether a source has covered its platform for the last 90 days: otherwise unused is unknown.
    pub covered: bool,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

flat_enum! {
    /// A lifecycle transition as a person asks for it.
    Transition {
        Approve = "approve", "Approve";
        Reject = "reject", "Reject";
        Adopt = "adopt", "Adopt";
        Suspend = "suspend", "Suspend";
        Reactivate = "reactivate", "Reactivate";
        Decommission = "decommission", "Decommission";
        Remove = "remove", "Remove";
        Dismiss = "dismiss", "Dismiss";
    }
}

flat_enum! {
    /// Sort order of the inventory.
    IdentitySort {
        Risk = "risk", "Risk, highest first";
        Name = "name", "Name";
        LastUsed = "last_used", "Last used, newest first";
        NextReview = "next_review", "Next review, soonest first";
    }
}

/// The inventory's filter, exactly as it stands in the address. Several values of one facet are alternatives.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityFilter {
    /// Words searched in name, purpose and selectors.
    pub q: String,
    /// Kinds.
    pub kind: Vec<IdentityKind>,
    /// States; empty means everything but rejected and removed.
    pub state: Vec<IdentityState>,
    /// Platforms.
    pub platform: Vec<Platform>,
    /// Environments.
    pub environment: Vec<Environment>,
    /// Team slugs; `none` means without an owning team or owner.
    pub team: Vec<String>,
    /// Credential classes.
    pub credential: Vec<CredentialClass>,
    /// Rotation states.
    pub rotation: Vec<RotationState>,
    /// Review states.
    pub review: Vec<ReviewState>,
    /// Tiers.
    pub tier: Vec<RiskTier>,
    /// Only privileged (`true`) or only not (`false`).
    pub privileged: Option<bool>,
    /// Only those not seen in an event for this many days.
    pub unused_days: Option<i64>,
    /// Only those whose review or rotation is overdue.
    pub overdue: bool,
    /// Only those this person owns.
    pub owner: Option<PersonId>,
}

/// A page of the inventory with its facets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdentityList {
    /// The rows.
    pub page: crate::Page<IdentityRow>,
    /// Identities over all filters (the "of 152").
    pub all: i64,
    /// Facet name and its values.
    pub facets: Vec<(String, Vec<FacetValue>)>,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}
