//! A small house: two teams, four people, a clock that stands still.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use contract::access::Role;
use contract::identities::{IdentityRequest, Transition, TransitionInput};
use contract::ids::{IdentityId, PersonId, TeamId};
use contract::people::TeamRef;
use domain::access::{Actor, Person};
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{Op, OpKind, Services, Settings};
use store::people::NewPerson;
use uuid::Uuid;

/// Everything a test needs.
pub struct House {
    /// What operations stand on.
    pub services: Services,
    /// The clock to move.
    pub clock: Arc<FixedClock>,
}

/// Security.
pub const INES: PersonId = PersonId(Uuid::from_u128(1));
/// Owner in payments.
pub const JONAS: PersonId = PersonId(Uuid::from_u128(2));
/// Owner in data.
pub const DANA: PersonId = PersonId(Uuid::from_u128(3));
/// Auditor.
pub const AIKO: PersonId = PersonId(Uuid::from_u128(4));
/// Payments.
pub const PAYMENTS: TeamId = TeamId(Uuid::from_u128(11));
/// Data.
pub const DATA: TeamId = TeamId(Uuid::from_u128(12));

/// The house, or nothing where there is no database.
pub async fn open() -> Option<House> {
    let db = store::testing::fresh().await?;
    let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().expect("a time");
    let clock = Arc::new(FixedClock::new(now));
    let mut tx = db.begin().await.expect("tx");
    for (id, name, role) in [
        (INES, "Ines Varga", Role::Security),
        (JONAS, "Jonas Hale", Role::Owner),
        (DANA, "Dana Reyes", Role::Owner),
        (AIKO, "Aiko Brandt", Role::Auditor),
    ] {
        let person = NewPerson {
            id,
            name: name.into(),
            email: format!("{}@acme.example", name.replace(' ', ".").to_lowercase()),
            roles: vec![role],
            active: true,
            time_zone: "UTC".into(),
            demo_story: None,
        };
        store::people::insert(&mut tx, &person, now)
            .await
            .expect("person");
    }
    for (id, slug, name, member) in [
        (PAYMENTS, "payments", "Payments", JONAS),
        (DATA, "data", "Data", DANA),
    ] {
        let team = TeamRef {
            id,
            slug: slug.into(),
            name: name.into(),
        };
        store::teams::insert(&mut tx, &team, Some(member), &[member], now)
            .await
            .expect("team");
    }
    tx.commit().await.expect("commit");
    let services = Services {
        db,
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(7)),
        settings: Arc::new(Settings::for_tests(std::env::temp_dir())),
    };
    Some(House { services, clock })
}

impl House {
    /// An operation of one of the four.
    pub fn as_person(&self, id: PersonId) -> Op {
        let (name, role, teams) = match id {
            INES => ("Ines Varga", Role::Security, vec![]),
            JONAS => ("Jonas Hale", Role::Owner, vec![PAYMENTS]),
            DANA => ("Dana Reyes", Role::Owner, vec![DATA]),
            _ => ("Aiko Brandt", Role::Auditor, vec![]),
        };
        let person = Person {
            id,
            name: name.into(),
            roles: vec![role],
            teams,
        };
        self.services
            .op(Actor::Person(person), OpKind::Request, "test")
    }

    /// An operation of Rollcall itself.
    pub fn system(&self) -> Op {
        self.services.system("test")
    }

    /// Days go by.
    pub fn wait(&self, days: i64) {
        self.clock.advance(TimeDelta::days(days));
    }

    /// How many entries the record has.
    pub async fn entries(&self) -> i64 {
        let mut conn = self.services.db.acquire().await.expect("conn");
        store::activity::head(&mut conn).await.expect("head").0
    }

    /// An identity that Jonas asked for and Ines approved.
    pub async fn active(&self, change: impl FnOnce(&mut IdentityRequest)) -> IdentityId {
        let mut form = request();
        change(&mut form);
        let id = service::identities::request(&self.as_person(JONAS), &form)
            .await
            .expect("requested");
        service::identities::change_state(&self.as_person(INES), &take(id, Transition::Approve))
            .await
            .expect("approved");
        id
    }
}

/// A complete request of payments.
pub fn request() -> IdentityRequest {
    IdentityRequest {
        name: "payments-api · deploy · production".into(),
        purpose: "Deploys the payments API to production".into(),
        ticket: "PAY-1182".into(),
        justification: "Releases are done by hand today, which takes an hour each".into(),
        team: PAYMENTS.to_string(),
        owner: JONAS.to_string(),
        environments: vec!["production".into()],
        permissions: "aws ecs:UpdateService * production".into(),
        selectors: "oidc_subject token.actions.githubusercontent.com repo:acme/payments-api:environment:production".into(),
        ..IdentityRequest::default()
    }
}

/// A transition with every fact given.
pub fn take(identity: IdentityId, transition: Transition) -> TransitionInput {
    TransitionInput {
        identity,
        transition,
        reason: "The project was closed in spring".into(),
        ticket: "OPS-7".into(),
        team: Some(PAYMENTS),
        owner: Some(JONAS),
        purpose: String::new(),
    }
}
