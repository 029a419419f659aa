//! Facts: everything a rule may know of one identity. Gathered by `service`, judged here.

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{
    CredentialType, Environment, IdentityKind, IdentityState, Kept, Platform, TrustLanguage,
};
use contract::ids::{CredentialId, EventId, IdentityId, TrustId};

use crate::identity::permission;
use crate::identity::rotation::{self, Rotation};
use crate::trust::{self, Summary};

/// Days without use after which something counts as unused.
pub const UNUSED_DAYS: i64 = 90;

/// One identity as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The moment of judgement.
    pub now: DateTime<Utc>,
    /// Its id.
    pub id: IdentityId,
    /// Its name.
    pub name: String,
    /// Kind.
    pub kind: IdentityKind,
    /// Platform.
    pub platform: Platform,
    /// Lifecycle state.
    pub state: IdentityState,
    /// Since when it is in that state.
    pub state_since: DateTime<Utc>,
    /// When it entered the roll.
    pub created_at: DateTime<Utc>,
    /// Purpose; empty when unknown.
    pub purpose: String,
    /// Where it acts; empty when unknown.
    pub environments: Vec<Environment>,
    /// Owning team's name.
    pub team: Option<String>,
    /// Owner.
    pub owner: Option<Keeper>,
    /// Backup owner.
    pub backup_owner: Option<Keeper>,
    /// Last approval in a sealed campaign.
    pub last_reviewed_at: Option<DateTime<Utc>>,
    /// When the next review is due.
    pub next_review_at: Option<DateTime<Utc>>,
    /// Credentials held.
    pub credentials: Vec<Credential>,
    /// Permissions held.
    pub permissions: Vec<Permission>,
    /// Who may become it.
    pub trusts: Vec<Trust>,
    /// Tests kept with its trusts.
    pub trust_tests: Vec<TrustTest>,
    /// When it was seen in an event.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Events in the last 90 days.
    pub events: i64,
    /// The latest events of something nobody registered, newest last; not asked for of any other.
    pub latest_events: Vec<EventId>,
    /// Uses after it was disabled or removed.
    pub used_after_end: Option<LateUse>,
    /// Since when a source has been telling about its platform; absent when none does.
    pub covered_since: Option<DateTime<Utc>>,
    /// Since when a source has been telling about each platform one tells about.
    pub coverage: Vec<(Platform, DateTime<Utc>)>,
    /// Names of the outside world it claims and another identity holds.
    pub conflicts: Vec<Conflict>,
    /// Self-hosted runners its jobs ran on in the last week, where a source tells; absent when none does.
    pub runners: Option<Vec<Runner>>,
    /// What is known of it as a break-glass identity; absent when it is none.
    pub break_glass: Option<BreakGlass>,
    /// What came of its reviews; absent when it was in no campaign yet.
    pub reviews: Option<Reviews>,
}

/// What was done with something after its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateUse {
    /// Events since the end.
    pub uses: i64,
    /// Those of them that were refused: attempts and not use. A run or a deployment that failed has run.
    pub refused: i64,
    /// The last one.
    pub last: DateTime<Utc>,
    /// The latest of them, newest last.
    pub events: Vec<EventId>,
}

impl LateUse {
    /// Whether it was only tried, and refused each time.
    pub const fn is_refused(&self) -> bool {
        self.uses > 0 && self.refused == self.uses
    }
}

/// What came of an identity's reviews.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reviews {
    /// It was revoked, that was proven, and then it was used: what happened, in a sentence.
    pub used_after_revoke: Option<String>,
    /// A revocation was decided in the last review, whatever became of it.
    pub revoked: bool,
    /// The last campaign that ended without an answer about it, and when; absent once somebody answered later.
    pub unanswered: Option<(String, DateTime<Utc>)>,
}

/// A name that two identities claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Kind and value.
    pub selector: String,
    /// Name of the identity that holds it.
    pub holder: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A self-hosted runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// Its name.
    pub name: String,
    /// Different runs it served.
    pub runs: i64,
    /// When it served last.
    pub last: DateTime<Utc>,
}

/// A break-glass identity's uses and drills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakGlass {
    /// Since when it is one.
    pub since: DateTime<Utc>,
    /// Each day it was used, with the ticket it was matched to.
    pub uses: Vec<GlassUse>,
    /// When it was last drilled, and whether that worked.
    pub last_drill: Option<(DateTime<Utc>, bool)>,
}

/// One day of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlassUse {
    /// When it was used first on that day.
    pub at: DateTime<Utc>,
    /// Events of the day.
    pub events: i64,
    /// The ticket, once matched.
    pub ticket: Option<String>,
}

/// Somebody who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    /// Full name.
    pub name: String,
    /// False once they left.
    pub active: bool,
}

/// A credential reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// Type.
    pub credential_type: CredentialType,
    /// What people call it.
    pub label: String,
    /// Key id or fingerprint; empty when unknown.
    pub reference: String,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When its secret last changed.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When it stops working by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last seen in use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it entered the roll.
    pub known_since: DateTime<Utc>,
    /// The longest age its policy allows, where that is not the type's own.
    pub limit: Option<Limit>,
    /// The rotation that retires it, where one is under way.
    pub retiring: Option<Retiring>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Where it is kept.
    pub kept: Kept,
    /// Names of other identities that show the same reference.
    pub shared_with: Vec<String>,
    /// What events show of its use after it was retired or revoked, as far back as is looked; absent when they show none.
    pub late: Option<LateUse>,
}

/// An age limit that somebody set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Days.
    pub days: u64,
    /// For what, and why.
    pub because: String,
}

/// A credential that a newer one replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retiring {
    /// Until when both are valid.
    pub overlap_until: DateTime<Utc>,
    /// What the newer one is called.
    pub successor: String,
    /// When the newer one was first used.
    pub successor_used_at: Option<DateTime<Utc>>,
}

/// A permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// System.
    pub system: String,
    /// Raw action.
    pub action: String,
    /// Raw resource.
    pub resource: String,
    /// Where it holds.
    pub environment: Option<Environment>,
    /// Could do lasting harm.
    pub privileged: bool,
    /// When it was granted or became known.
    pub known_since: DateTime<Utc>,
    /// When it was last seen in use.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A token that must, or must not, be able to become the identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustTest {
    /// What people call it.
    pub name: String,
    /// It must be let in; else it must be refused.
    pub allow: bool,
    /// The claims, as JSON.
    pub claims: String,
}

/// A trust document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Its id.
    pub id: TrustId,
    /// Language.
    pub language: TrustLanguage,
    /// What it guards.
    pub target: String,
    /// As the vendor prints it.
    pub document: String,
    /// What it says, once it was asked.
    pub read: std::sync::OnceLock<Summary>,
}

impl Trust {
    /// What the document says; read once, however many rules ask.
    pub fn summary(&self) -> &Summary {
        self.read
            .get_or_init(|| trust::summarise(self.language, &self.document))
    }
}

impl Credential {
    /// Where its rotation stands, by its policy.
    pub fn rotation(&self, now: DateTime<Utc>) -> Rotation {
        rotation::judge_with(
            &rotation::Held {
                credential_type: self.credential_type,
                issued_at: self.issued_at,
                rotated_at: self.rotated_at,
                limit: self.limit.as_ref().map(|limit| limit.days),
                overlap_until: self
                    .retiring
                    .as_ref()
                    .map(|retiring| retiring.overlap_until),
                revoked: self.is_revoked(),
                managed: self.kept == Kept::Platform,
            },
            now,
        )
    }

    /// Whether it no longer works.
    pub const fn is_revoked(&self) -> bool {
        self.revoked_at.is_some()
    }
}

impl Facts {
    /// Whether it can act at all: what is only asked for, refused or gone is not judged for its posture.
    pub const fn is_live(&self) -> bool {
        matches!(
            self.state,
            IdentityState::Active | IdentityState::Suspended | IdentityState::Discovered
        )
    }

    /// Whether somebody took it into the roll and it may act.
    pub const fn is_registered(&self) -> bool {
        matches!(self.state, IdentityState::Active | IdentityState::Suspended)
    }

    /// Whether it acts in production.
    pub fn in_production(&self) -> bool {
        self.environments.contains(&Environment::Production)
    }

    /// Whether it holds a privileged permission.
    pub fn is_privileged(&self) -> bool {
        self.permissions
            .iter()
            .any(|permission| permission.privileged)
    }

    /// Whole days since a moment.
    pub fn days_since(&self, moment: DateTime<Utc>) -> i64 {
        (self.now - moment).num_days()
    }

    /// Since when a source has told about a system, by the word permissions name it by.
    pub fn system_covered_since(&self, system: &str) -> Option<DateTime<Utc>> {
        let platform = permission::platform(system)?;
        self.coverage
            .iter()
            .find(|(covered, _)| *covered == platform)
            .map(|(_, since)| *since)
    }

    /// The moment before which a use is too long ago.
    pub fn unused_before(&self) -> DateTime<Utc> {
        self.now - TimeDelta::days(UNUSED_DAYS)
    }
}

/// A date as evidence shows it.
pub fn day(moment: DateTime<Utc>) -> String {
    moment.format("%-d %b %Y").to_string()
}

/// `n` days in words.
pub fn days(n: i64) -> String {
    if n == 1 {
        "1 day".to_owned()
    } else {
        format!("{n} days")
    }
}

#[cfg(test)]
impl Facts {
    /// A calm identity at a fixed moment: nothing fires, everything is known.
    pub(crate) fn calm() -> Self {
        let at = |text: &str| text.parse().expect("a time");
        Self {
            now: at("2026-11-21T00:00:00Z"),
            id: IdentityId(uuid::Uuid::from_u128(1)),
            name: "shop · deploy · production".into(),
            kind: IdentityKind::Pipeline,
            platform: Platform::GithubActions,
            state: IdentityState::Active,
            state_since: at("2026-01-10T00:00:00Z"),
            created_at: at("2026-01-10T00:00:00Z"),
            purpose: "Deploys the shop to production".into(),
            environments: vec![Environment::Production],
            team: Some("Storefront".into()),
            owner: Some(Keeper {
                name: "Mira Kestrel".into(),
                active: true,
            }),
            backup_owner: None,
            last_reviewed_at: Some(at("2026-10-10T00:00:00Z")),
            next_review_at: Some(at("2027-01-08T00:00:00Z")),
            credentials: vec![Credential::of(CredentialType::OidcFederation)],
            permissions: vec![Permission {
                system: "aws".into(),
                action: "ecs:UpdateService".into(),
                resource: "*".into(),
                environment: Some(Environment::Production),
                privileged: true,
                known_since: at("2026-01-10T00:00:00Z"),
                last_used_at: Some(at("2026-11-20T00:00:00Z")),
            }],
            trusts: vec![Trust::github("repo:acme@1/shop@2:environment:production")],
            last_used_at: Some(at("2026-11-20T00:00:00Z")),
            events: 120,
            latest_events: Vec::new(),
            used_after_end: None,
            covered_since: Some(at("2025-11-21T00:00:00Z")),
            coverage: vec![
                (Platform::GithubActions, at("2025-11-21T00:00:00Z")),
                (Platform::Aws, at("2025-11-21T00:00:00Z")),
            ],
            conflicts: vec![],
            runners: Some(vec![]),
            break_glass: None,
            trust_tests: Vec::new(),
            reviews: Some(Reviews::default()),
        }
    }
}

#[cfg(test)]
impl Credential {
    /// A credential of a type, issued twenty days before the calm moment.
    pub(crate) fn of(credential_type: CredentialType) -> Self {
        Self {
            id: CredentialId(uuid::Uuid::from_u128(11)),
            credential_type,
            label: credential_type.label().into(),
            reference: "ref-1".into(),
            issued_at: Some("2026-11-01T00:00:00Z".parse().expect("a time")),
            rotated_at: None,
            expires_at: None,
            last_used_at: Some("2026-11-20T00:00:00Z".parse().expect("a time")),
            known_since: "2026-11-01T00:00:00Z".parse().expect("a time"),
            limit: None,
            retiring: None,
            revoked_at: None,
            kept: Kept::Store,
            shared_with: vec![],
            late: None,
        }
    }
}

#[cfg(test)]
impl Trust {
    /// An AWS trust that admits a GitHub subject pattern.
    pub(crate) fn github(pattern: &str) -> Self {
        Self {
            id: TrustId(uuid::Uuid::from_u128(21)),
            language: TrustLanguage::Aws,
            target: "arn:aws:iam::471982203366:role/shop".into(),
            read: std::sync::OnceLock::new(),
            document: format!(
                r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::471982203366:oidc-provider/token.actions.githubusercontent.com"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringLike":{{"token.actions.githubusercontent.com:sub":"{pattern}"}}}}}}]}}"#
            ),
        }
    }
}
