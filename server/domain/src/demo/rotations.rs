//! What people did with what the roll keeps. Rotations: one proven, one under way, one whose old key lives on. Limits,
//! the way out for the day the pipeline is down, and words about an identity that somebody put right.

use chrono::{DateTime, TimeDelta, Utc};

use super::Organisation;

/// One rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The identity's name.
    pub identity: &'static str,
    /// Days before today on which it was recorded.
    pub days_ago: i64,
    /// Days both are valid.
    pub overlap: i64,
    /// What tells the new one.
    pub reference: &'static str,
    /// Whether the old one is used on and on.
    pub lingers: bool,
}

/// A limit that security set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The team, by its slug; an identity otherwise.
    pub team: Option<&'static str>,
    /// The identity's name.
    pub identity: Option<&'static str>,
    /// Type word.
    pub credential_type: &'static str,
    /// Longest age, in days.
    pub days: u32,
    /// Why.
    pub reason: &'static str,
}

/// Every rotation that was recorded.
pub const ROTATIONS: &[Rotation] = &[
    Rotation {
        identity: "acme-release[bot]",
        days_ago: 45,
        overlap: 30,
        reference: "SHA256:q1Vd8mKp3xTnYw6RzLh0aBcEfGjUoSi2W4Z7D9N5kXM",
        lingers: false,
    },
    Rotation {
        identity: "promo-mailer",
        days_ago: 20,
        overlap: 7,
        reference: "AKIAQ2PROMOMAIL5EX42",
        lingers: true,
    },
    Rotation {
        identity: "receipt-signer",
        days_ago: 3,
        overlap: 7,
        reference: "AKIAQ2RECEIPTS9EX17A",
        lingers: false,
    },
];

/// Every limit that was set.
pub const LIMITS: &[Limit] = &[
    Limit {
        team: Some("platform"),
        identity: None,
        credential_type: "signing_key",
        days: 180,
        reason: "App keys of the platform sign releases of every team; twice a year is enough work and often enough.",
    },
    Limit {
        team: None,
        identity: Some("status-page-agent"),
        credential_type: "api_key",
        days: 180,
        reason: "The supplier issues keys by hand, twice a year; the contract says so.",
    },
];

/// A change of what an identity says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// The identity's name.
    pub identity: &'static str,
    /// Days before today.
    pub days_ago: i64,
    /// Tags, separated by commas.
    pub tags: &'static str,
    /// One link a line.
    pub links: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// The way out for the day the pipeline is down, and the days before today of its mark and of its last drill.
pub const GLASS: (&str, i64, i64) = ("emergency-admin", 300, 120);

/// Every change.
pub const EDITS: &[Edit] = &[
    Edit {
        identity: "payments-api · deploy · production",
        days_ago: 31,
        tags: "pci, card-data",
        links: "Repository https://github.com/acme/payments-api\nRunbook https://wiki.acme.example/payments/deploy",
        reason: "The auditor asks which identities touch card data; the tag answers that.",
    },
    Edit {
        identity: "ledger-worker · release · production",
        days_ago: 24,
        tags: "pci",
        links: "Runbook https://wiki.acme.example/ledger/release",
        reason: "On call could not find the runbook during the last release.",
    },
    Edit {
        identity: "emergency-admin",
        days_ago: 118,
        tags: "break-glass",
        links: "Runbook https://wiki.acme.example/platform/way-out",
        reason: "The drill showed that nobody finds the runbook in a hurry.",
    },
];

impl Organisation {
    /// Rotations recorded after `from` and up to `to`, with the moment of each.
    pub fn rotations(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Vec<(Rotation, DateTime<Utc>)> {
        let mut all: Vec<_> = ROTATIONS
            .iter()
            .map(|one| (*one, self.now - TimeDelta::days(one.days_ago)))
            .filter(|(_, at)| *at > from && *at <= to)
            .collect();
        all.sort_by_key(|(_, at)| *at);
        all
    }
}
