//! A small organisation with two teams and six identities, at a moment somebody can move.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use contract::access::Role;
use contract::campaigns::{
    CampaignInput, DecisionInput, DecisionKind, ItemFilter, ItemRow, TaskInput, TaskStep,
};
use contract::ids::{CampaignId, IdentityId, ItemId, PersonId};
use domain::access::{Actor, Person};
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{Op, OpKind, Services, Settings, campaigns};
use store::Db;
use uuid::Uuid;

pub const INES: u128 = 1;
pub const ADAM: u128 = 2;
pub const JONAS: u128 = 3;
pub const MIRA: u128 = 4;
pub const OTTO: u128 = 5;
pub const NADIA: u128 = 6;

pub const WHY: &str = "Needed until the ledger move ends in March, OPS-4417";

pub struct House {
    pub db: Db,
    pub clock: Arc<FixedClock>,
    pub services: Services,
    pub keys: std::path::PathBuf,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.keys);
    }
}

pub fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

pub fn identity(n: u128) -> IdentityId {
    IdentityId(Uuid::from_u128(100 + n))
}

fn roles(n: u128) -> (&'static str, Vec<Role>) {
    match n {
        INES => ("Ines Varga", vec![Role::Security]),
        ADAM => ("Adam Bell", vec![Role::Admin]),
        JONAS => ("Jonas Hale", vec![Role::Owner]),
        MIRA => ("Mira Kestrel", vec![Role::Owner]),
        OTTO => ("Otto Lind", vec![Role::Auditor]),
        _ => ("Nadia Flint", vec![Role::Owner]),
    }
}

impl House {
    pub async fn build() -> Option<Self> {
        let db = store::testing::fresh().await?;
        let now: DateTime<Utc> = "2026-11-02T08:00:00Z".parse().expect("time");
        let clock = Arc::new(FixedClock::new(now));
        let keys = std::env::temp_dir().join(format!(
            "rollcall-keys-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        let services = Services {
            db: db.clone(),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(7)),
            settings: Arc::new(Settings::for_tests(keys.clone())),
        };
        store::testing::script(&db, rows()).await;
        Some(Self {
            db,
            clock,
            services,
            keys,
        })
    }

    pub fn op(&self, n: u128) -> Op {
        let (name, roles) = roles(n);
        let actor = Actor::Person(Person {
            id: person(n),
            name: name.to_owned(),
            roles,
            teams: vec![],
        });
        self.services.op(actor, OpKind::Request, "test")
    }

    pub fn nobody(&self) -> Op {
        self.services.op(Actor::Anonymous, OpKind::Request, "test")
    }

    pub fn pass(&self, days: i64) {
        self.clock.advance(TimeDelta::days(days));
    }

    pub async fn sql(&self, text: &str) {
        store::testing::script(&self.db, text.to_owned()).await;
    }

    pub async fn activity(&self) -> i64 {
        store::testing::count(&self.db, "SELECT count(*) FROM activity".to_owned()).await
    }

    pub async fn draft(&self) -> CampaignId {
        let input = CampaignInput {
            name: "Q4 2026 access review".into(),
            notes: "Look at production first.".into(),
            due_on: "2026-11-30".into(),
            only_due: true,
            ..CampaignInput::default()
        };
        campaigns::create(&self.op(INES), input)
            .await
            .expect("draft")
    }

    pub async fn started(&self) -> CampaignId {
        let id = self.draft().await;
        campaigns::start(&self.op(INES), id).await.expect("started");
        id
    }

    pub async fn item(&self, campaign: CampaignId, n: u128) -> ItemRow {
        let all = campaigns::items(&self.op(INES), campaign, &ItemFilter::default(), None)
            .await
            .expect("items");
        all.page
            .rows
            .into_iter()
            .find(|row| row.identity.0 == identity(n))
            .expect("item")
    }

    /// Settles every open task: the administrator waives what others should do, Security the rest.
    pub async fn waive_all(&self, campaign: CampaignId) {
        let board = campaigns::board(&self.op(INES), campaign, None)
            .await
            .expect("board");
        for task in board.tasks.iter().filter(|task| task.settled_at.is_none()) {
            let waive = TaskInput {
                task: task.id,
                step: TaskStep::Waive,
                text: "The supplier ends the account in May, OPS-77".into(),
                to: None,
            };
            campaigns::step(&self.op(ADAM), &waive)
                .await
                .expect("waived");
        }
    }

    pub async fn answer(&self, item: ItemId, decision: DecisionKind) -> DecisionInput {
        let (view, _) = campaigns::review_item(&self.op(INES), item)
            .await
            .expect("view");
        DecisionInput {
            item,
            decision,
            reason: WHY.into(),
            targets: view.targets.iter().take(1).map(|t| t.key.clone()).collect(),
            hash: view.hash,
            seen_current_hash: view.current_hash,
            seen_answers: view.answers,
            at_once: false,
            shown_at: None,
        }
    }
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Six identities: 1-3 of Payments (Jonas), 4 of Storefront (Nadia), 5 an orphan, 6 reviewed lately. Jonas
/// created a credential of 2 and changed the permissions of 3 last.
fn rows() -> String {
    use std::fmt::Write;
    let mut sql = String::new();
    for n in [INES, ADAM, JONAS, MIRA, OTTO, NADIA] {
        let (name, roles) = roles(n);
        let roles: Vec<String> = roles.iter().map(|role| format!("'{role}'")).collect();
        let _ = write!(
            sql,
            "INSERT INTO people (id, email, name, roles, time_zone, created_at) VALUES ('{}', 'p{n}@acme.test', '{name}', ARRAY[{}], 'Europe/Berlin', '2026-01-01');",
            id(n),
            roles.join(",")
        );
    }
    let _ = write!(
        sql,
        "INSERT INTO teams (id, slug, name, lead_id, created_at) VALUES ('{0}', 'payments', 'Payments', '{2}', '2026-01-01'), ('{1}', 'storefront', 'Storefront', NULL, '2026-01-01');
         INSERT INTO team_members VALUES ('{0}', '{2}'), ('{0}', '{3}'), ('{1}', '{4}');",
        id(50), id(51), id(JONAS), id(MIRA), id(NADIA)
    );
    for (n, name, team, owner, next) in [
        (
            1,
            "payments-api · deploy",
            Some(50),
            Some(JONAS),
            "2026-11-10",
        ),
        (
            2,
            "ledger-worker · release",
            Some(50),
            Some(JONAS),
            "2026-11-10",
        ),
        (3, "payout-batch · run", Some(50), Some(JONAS), "2026-11-10"),
        (
            4,
            "checkout-web · deploy",
            Some(51),
            Some(NADIA),
            "2026-11-10",
        ),
        (5, "legacy-gateway", None, None, "2026-10-01"),
        (6, "refund-worker", Some(50), Some(JONAS), "2027-01-20"),
    ] {
        let some = |n: Option<u128>| n.map_or("NULL".to_owned(), |n| format!("'{}'", id(n)));
        let _ = write!(
            sql,
            "INSERT INTO identities (id, name, kind, platform, state, purpose, environments, tier, team_id, owner_id, backup_owner_id, created_at, updated_at, next_review_at, risk)
             VALUES ('{0}', '{name}', 'pipeline', 'github_actions', 'active', 'Deploys {name}', ARRAY['production'], 'high', {1}, {2}, {3}, '2026-01-01', '2026-01-01', '{next}', {4});
             INSERT INTO permissions (id, identity_id, system, action, resource, environment, privileged, granted_at, changed_by, created_at)
             VALUES ('{5}', '{0}', 'aws', 'ecs:UpdateService', 'service/prod/{n}', 'production', {6}, '2026-02-01', {7}, '2026-02-01');
             INSERT INTO credentials (id, identity_id, credential_type, label, reference, issued_at, created_by, created_at)
             VALUES ('{8}', '{0}', 'api_key', 'key {n}', 'ref-{n}', '2026-10-20', {9}, '2026-10-20');
             INSERT INTO event_days SELECT '{10}', '{0}', d::date, 2, 0 FROM generate_series('2026-08-01'::date, '2026-12-31', '1 day') d;",
            identity(n),
            some(team),
            some(owner),
            if n == 2 { format!("'{}'", id(MIRA)) } else { "NULL".into() },
            n * 10,
            id(200 + n),
            n == 1,
            if n == 3 { format!("'{}'", id(JONAS)) } else { "NULL".into() },
            id(300 + n),
            if n == 2 { format!("'{}'", id(JONAS)) } else { "NULL".into() },
            id(400),
        );
    }
    sql
}
