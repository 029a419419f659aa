//! Findings, people, teams and the activity record.

use chrono::{DateTime, Utc};
use contract::access::Role;
use contract::activity::{ActivityView, ActorKind};
use contract::findings::{Confidence, FindingClass, FindingRow, FindingState, Severity};
use contract::people::{PersonRow, TeamRow};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{PersonName, TeamName, words};

/// A piece of what a finding rests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Evidence {
    /// What it is.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// A rule's judgement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finding {
    /// Id.
    pub id: Uuid,
    /// The rule's stable word.
    pub rule: String,
    /// Posture or detection.
    #[schema(schema_with = words::class)]
    pub class: FindingClass,
    /// Severity.
    #[schema(schema_with = words::severity)]
    pub severity: Severity,
    /// How sure the rule is.
    #[schema(schema_with = words::confidence)]
    pub confidence: Confidence,
    /// Where in its life it is.
    #[schema(schema_with = words::finding_state)]
    pub state: FindingState,
    /// One line.
    pub title: String,
    /// Why it fired.
    pub detail: String,
    /// Why it matters.
    pub rationale: String,
    /// What to do.
    pub fix: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// Controls it touches, e.g. `OWASP NHI7:2025`.
    pub controls: Vec<String>,
    /// The identity it is about.
    pub identity_id: Option<Uuid>,
    /// That identity's name.
    pub identity_name: Option<String>,
    /// The team that answers.
    pub team: Option<TeamName>,
    /// Since when it stands.
    pub opened_at: DateTime<Utc>,
    /// When it was last seen.
    pub seen_at: DateTime<Utc>,
    /// Until when it is excepted.
    pub excepted_until: Option<DateTime<Utc>>,
    /// What was said when it was acknowledged or excepted.
    pub note: String,
}

impl From<FindingRow> for Finding {
    fn from(row: FindingRow) -> Self {
        let (identity_id, identity_name) = row.identity.map(|(id, name)| (id.0, name)).unzip();
        let evidence = row.evidence.into_iter();
        Self {
            id: row.id.0,
            rule: row.rule,
            class: row.class,
            severity: row.severity,
            confidence: row.confidence,
            state: row.state,
            title: row.title,
            detail: row.detail,
            rationale: row.rationale,
            fix: row.fix,
            evidence: evidence
                .map(|(name, value)| Evidence { name, value })
                .collect(),
            controls: row.controls,
            identity_id,
            identity_name,
            team: row.team.map(Into::into),
            opened_at: row.opened_at,
            seen_at: row.seen_at,
            excepted_until: row.excepted_until,
            note: row.note,
        }
    }
}

/// A team with its figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct Team {
    /// Id.
    pub id: Uuid,
    /// Word in addresses and filters.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Who answers when nobody else does.
    pub lead: Option<PersonName>,
    /// Members.
    pub members: i64,
    /// Identities in use.
    pub identities: i64,
    /// Of these, held by a static credential.
    pub static_credentials: i64,
    /// Of these, with an overdue review or rotation.
    pub overdue: i64,
}

impl From<TeamRow> for Team {
    fn from(row: TeamRow) -> Self {
        Self {
            id: row.team.id.0,
            slug: row.team.slug,
            name: row.team.name,
            lead: row.lead.map(Into::into),
            members: row.members,
            identities: row.identities,
            static_credentials: row.static_credentials,
            overdue: row.overdue,
        }
    }
}

/// Somebody of the roll.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// Id.
    pub id: Uuid,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Whether they are still here.
    pub active: bool,
    /// Roles.
    #[schema(schema_with = words::roles)]
    pub roles: Vec<Role>,
    /// Teams they belong to.
    pub teams: Vec<TeamName>,
    /// Identities they own.
    pub owned: i64,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.person.id.0,
            name: row.person.name,
            email: row.email,
            active: row.person.active,
            roles: row.roles,
            teams: row.teams.into_iter().map(Into::into).collect(),
            owned: row.owned,
            last_sign_in_at: row.last_sign_in_at,
        }
    }
}

/// A changed field.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// Name of the field.
    pub field: String,
    /// Before; empty when there was nothing.
    pub before: String,
    /// After.
    pub after: String,
}

/// An entry of Rollcall's own record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Activity {
    /// Place in the chain, from 1.
    pub position: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Kind of whoever did it.
    #[schema(schema_with = words::actor)]
    pub actor_kind: ActorKind,
    /// Their name.
    pub actor_name: String,
    /// What was done, e.g. `identity.approved`.
    pub action: String,
    /// Kind of what it was done to.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// Its name.
    pub object_name: String,
    /// A sentence.
    pub summary: String,
    /// Changed fields.
    pub changes: Vec<Change>,
    /// Id of the request.
    pub request_id: String,
    /// Hash of the chain up to here, hex.
    pub hash: String,
}

impl From<ActivityView> for Activity {
    fn from(view: ActivityView) -> Self {
        let (actor_kind, actor_name) = view.actor;
        let (object_kind, object_id, object_name) = view.object;
        let changes = view
            .changes
            .into_iter()
            .map(|(field, before, after)| Change {
                field,
                before,
                after,
            });
        Self {
            position: view.position,
            at: view.at,
            actor_kind,
            actor_name,
            action: view.action,
            object_kind,
            object_id,
            object_name,
            summary: view.summary,
            changes: changes.collect(),
            request_id: view.request_id,
            hash: view.hash,
        }
    }
}
