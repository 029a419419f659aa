//! An identity and what hangs on it, as the rows say it.

use chrono::{DateTime, NaiveDate, Utc};
use contract::identities::RiskReason;
use contract::ids::{IdentityId, PersonId, TeamId};
use domain::campaign::snapshot::{Exception, Finding, FrozenPerson, Selector};
use uuid::Uuid;

/// A person with whether they are still here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPerson {
    /// Their id.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Still here.
    pub active: bool,
}

/// A permission's row.
#[derive(Debug, Clone)]
pub struct LoadedPermission {
    /// Its id.
    pub id: Uuid,
    /// System.
    pub system: String,
    /// Action.
    pub action: String,
    /// Resource.
    pub resource: String,
    /// Environment word.
    pub environment: Option<String>,
    /// Privileged.
    pub privileged: bool,
    /// Granted.
    pub granted_at: Option<DateTime<Utc>>,
    /// Last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Who changed it last.
    pub changed_by: Option<FrozenPerson>,
}

/// A credential's row.
#[derive(Debug, Clone)]
pub struct LoadedCredential {
    /// Its id.
    pub id: Uuid,
    /// Type word.
    pub credential_type: String,
    /// Label.
    pub label: String,
    /// Reference.
    pub reference: String,
    /// Issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// Expires.
    pub expires_at: Option<DateTime<Utc>>,
    /// Rotated.
    pub rotated_at: Option<DateTime<Utc>>,
    /// Last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Who created it.
    pub created_by: Option<FrozenPerson>,
    /// Days a policy allows instead of the type's own.
    pub limit: Option<i32>,
    /// Until when it is valid beside the newer one that retires it.
    pub overlap_until: Option<DateTime<Utc>>,
    /// The platform that keeps it rotates it.
    pub managed: bool,
}

/// A trust's row.
#[derive(Debug, Clone)]
pub struct LoadedTrust {
    /// Its id.
    pub id: Uuid,
    /// Language word.
    pub language: String,
    /// Target.
    pub target: String,
    /// Document.
    pub document: String,
    /// Who it admits.
    pub admits: String,
}

/// One identity with its rows.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its id.
    pub id: IdentityId,
    /// Name.
    pub name: String,
    /// Kind word.
    pub kind: String,
    /// Platform word.
    pub platform: String,
    /// State word.
    pub state: String,
    /// Purpose.
    pub purpose: String,
    /// Environment words.
    pub environments: Vec<String>,
    /// Tier word.
    pub tier: String,
    /// Owning team: id and name.
    pub team: Option<(TeamId, String)>,
    /// Owner.
    pub owner: Option<LoadedPerson>,
    /// Backup owner.
    pub backup: Option<LoadedPerson>,
    /// Entered the roll.
    pub created_at: DateTime<Utc>,
    /// Last seen.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Risk.
    pub risk: i32,
    /// Its reasons.
    pub risk_reasons: Vec<RiskReason>,
    /// Permissions.
    pub permissions: Vec<LoadedPermission>,
    /// Credentials.
    pub credentials: Vec<LoadedCredential>,
    /// Trusts.
    pub trusts: Vec<LoadedTrust>,
    /// Selectors.
    pub selectors: Vec<Selector>,
    /// Open findings.
    pub findings: Vec<Finding>,
    /// What is excepted; where it is a whole rule, its title is left empty.
    pub exceptions: Vec<Exception>,
    /// Events a day: day and count.
    pub days: Vec<(NaiveDate, i64)>,
}
