//! Who acts: pipelines with a repository each, services with a key, workloads in a cluster.

use chrono::{DateTime, Utc};
use contract::events::{EventFormat, EventKind, IdKind, Outcome};
use contract::identities::{IdentityKind, IdentityState};
use contract::ids::IdentityId;
use domain::detect::Known;
use domain::event::Event;
use uuid::Uuid;

use crate::{IDENTITIES, life};

/// Pipelines, services; the rest are workloads.
pub const PIPELINES: usize = 300;
pub const SERVICES: usize = 60;

/// A sequence of numbers that is the same every time (splitmix64).
pub struct Dice(u64);

impl Dice {
    pub fn of(one: u64, other: u64) -> Self {
        Self(one.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ other.wrapping_mul(0xbf58_476d_1ce4_e5b9))
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }

    pub fn seconds(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(to - from).unwrap())).unwrap()
    }

    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }
}

/// What is so of everybody.
pub struct Company {
    pub one: Vec<One>,
}

/// One identity.
#[expect(clippy::struct_excessive_bools, reason = "habits of a test's identity")]
pub struct One {
    pub n: usize,
    pub id: IdentityId,
    pub kind: IdentityKind,
    pub repository: String,
    pub role: String,
    /// Whether it deploys to production, and whether somebody approves that.
    pub production: bool,
    pub approved: bool,
    /// Deploys tags, not a branch.
    pub tags: bool,
    /// Applies infrastructure: changes trusts and permissions by routine.
    pub terraform: bool,
    /// Its secrets are new all the time.
    pub restless: bool,
    /// Runs on machines of its own that are thrown away.
    pub ephemeral: bool,
    /// Runs on one machine that never is.
    pub persistent: bool,
    /// The day on which it appears.
    pub since: i64,
    /// The day on which its key is rotated; three days both are used.
    pub rotates: Option<i64>,
    /// The day on which it moves to another network.
    pub moves: Option<i64>,
}

impl Company {
    pub fn new() -> Self {
        Self {
            one: (0..IDENTITIES).map(One::new).collect(),
        }
    }

    /// What the roll says of everybody.
    pub fn known(&self) -> Vec<(IdentityId, Known)> {
        let known = |one: &One| Known {
            name: format!("identity {}", one.n),
            kind: one.kind,
            state: IdentityState::Active,
            break_glass: false,
            declared: match one.kind {
                IdentityKind::Pipeline => vec![(one.repository.clone(), None)],
                _ => Vec::new(),
            },
            keys: (0..3).map(|generation| one.key(generation)).collect(),
            tickets: life::tickets_of(one.n),
            records: Vec::new(),
        };
        self.one.iter().map(|one| (one.id, known(one))).collect()
    }

    /// The n-th pipeline that deploys to production under four eyes.
    pub fn approved(&self, n: usize) -> &One {
        let plain = |one: &&One| one.approved && !one.tags && !one.terraform && !one.restless;
        self.one.iter().filter(plain).nth(n).unwrap()
    }

    /// The n-th pipeline that does nothing special.
    pub fn plain(&self, n: usize) -> &One {
        let plain = |one: &&One| {
            one.kind == IdentityKind::Pipeline
                && one.production
                && !one.tags
                && !one.terraform
                && !one.restless
                && !one.ephemeral
                && !one.persistent
                && one.since == 0
        };
        self.one.iter().filter(plain).nth(n).unwrap()
    }

    /// The n-th service.
    pub fn service(&self, n: usize) -> &One {
        &self.one[PIPELINES + n]
    }
}

impl One {
    fn new(n: usize) -> Self {
        let pipeline = n < PIPELINES;
        let service = !pipeline && n < PIPELINES + SERVICES;
        let kind = if pipeline {
            IdentityKind::Pipeline
        } else if service {
            IdentityKind::ServiceAccount
        } else {
            IdentityKind::Workload
        };
        Self {
            n,
            id: IdentityId(Uuid::from_u128(0x1000 + u128::try_from(n).unwrap())),
            kind,
            repository: format!("acme/app-{n}"),
            role: format!("arn:aws:iam::111122223333:role/ci-app-{n}"),
            production: pipeline && n.is_multiple_of(2),
            approved: pipeline && n.is_multiple_of(4),
            tags: pipeline && n % 10 == 6,
            terraform: pipeline && n % 60 == 7,
            restless: pipeline && n % 50 == 11,
            ephemeral: pipeline && n % 15 == 3,
            persistent: pipeline && n % 60 == 13,
            since: if n % 40 == 39 { crate::LEARNING + 9 } else { 0 },
            rotates: (service && n % 10 == 4)
                .then(|| crate::LEARNING + 4 + i64::try_from(n % 7).unwrap()),
            moves: (service && n % 20 == 8).then_some(crate::LEARNING + 12),
        }
    }

    pub fn key(&self, generation: usize) -> String {
        format!("AKIA{:04}G{generation}", self.n)
    }

    pub fn subject(&self) -> String {
        let context = if self.production {
            "environment:production"
        } else {
            "ref:refs/heads/main"
        };
        format!("repo:{}:{context}", self.repository)
    }
}

/// An event of a format, at a time.
pub fn event(format: EventFormat, kind: EventKind, action: &str, at: DateTime<Utc>) -> Event {
    let mut event = Event::new(
        format,
        action.to_owned(),
        at,
        (IdKind::Vendor, String::new()),
    );
    event.kind = kind;
    event.outcome = Outcome::Success;
    event
}
