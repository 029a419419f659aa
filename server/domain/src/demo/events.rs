//! Twelve months of raw vendor records, day by day, so that only one day is ever in memory.
//!
//! Each identity acts its line of the roster out; people change settings; a few things go wrong. Shapes are the
//! vendors' own where Rollcall reads them, and Rollcall's canonical JSON elsewhere.

mod canonical;
mod cloudtrail;
mod code_host;
mod governance;
mod incidents;
mod rhythm;
mod run;
mod strangers;
mod thefts;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use contract::events::EventFormat;
use serde_json::Value;

use super::Organisation;
use super::dice::Dice;

/// Days of history.
pub const DAYS: i64 = 365;

/// Hours for which Vault's log has been silent: the gap the coverage ledger shows.
const VAULT_SILENT: i64 = 31;

/// A connection of the demo.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The word in its address.
    pub slug: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Format it sends.
    pub format: EventFormat,
}

/// Every connection.
pub const SOURCES: &[Source] = &[
    source("github-audit", "GitHub audit log", EventFormat::GithubAudit),
    source(
        "aws-cloudtrail",
        "AWS CloudTrail, 4 accounts",
        EventFormat::AwsCloudtrail,
    ),
    source("gitlab", "GitLab pipelines", EventFormat::Rollcall),
    source(
        "gcp-audit",
        "Google Cloud audit logs",
        EventFormat::Rollcall,
    ),
    source("entra-sign-ins", "Entra sign-ins", EventFormat::Rollcall),
    source(
        "kubernetes-audit",
        "Kubernetes audit, production",
        EventFormat::Rollcall,
    ),
    source("vault-audit", "Vault audit", EventFormat::Rollcall),
];

const fn source(slug: &'static str, name: &'static str, format: EventFormat) -> Source {
    Source { slug, name, format }
}

/// One raw record.
#[derive(Debug, Clone)]
pub struct Record {
    /// Slug of the source that delivers it.
    pub source: &'static str,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The record as the vendor would send it.
    pub body: Value,
}

/// One day being written.
pub(super) struct Day<'a> {
    organisation: &'a Organisation,
    /// Days before today.
    ago: i64,
    /// Its midnight.
    start: DateTime<Utc>,
    records: Vec<Record>,
}

impl Day<'_> {
    fn push(&mut self, source: &'static str, at: DateTime<Utc>, body: Value) {
        self.records.push(Record { source, at, body });
    }

    fn is_weekend(&self) -> bool {
        self.start.weekday().number_from_monday() > 5
    }

    fn dice(&self, name: &str) -> Dice {
        Dice::of(name, self.start.timestamp() / 86_400)
    }
}

/// The records, oldest first.
pub struct Records<'a> {
    organisation: &'a Organisation,
    /// Days before today still to come, today included.
    left: i64,
    day: std::vec::IntoIter<Record>,
}

impl<'a> Records<'a> {
    pub(super) fn of(organisation: &'a Organisation) -> Self {
        Self {
            organisation,
            left: DAYS,
            day: Vec::new().into_iter(),
        }
    }

    fn next_day(&mut self) -> Vec<Record> {
        self.left -= 1;
        let now = self.organisation.now;
        let midnight = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
        let mut day = Day {
            organisation: self.organisation,
            ago: self.left,
            start: midnight - TimeDelta::days(self.left),
            records: Vec::new(),
        };
        for identity in &self.organisation.identities {
            run::act(identity, &mut day);
        }
        governance::act(&mut day);
        strangers::act(&mut day);
        incidents::act(&mut day);
        thefts::act(&mut day);
        let silent = now - TimeDelta::hours(VAULT_SILENT);
        day.records.retain(|record| {
            record.at < now && (record.source != "vault-audit" || record.at < silent)
        });
        day.records.sort_by_key(|record| record.at);
        day.records
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            if let Some(record) = self.day.next() {
                return Some(record);
            }
            if self.left == 0 {
                return None;
            }
            self.day = self.next_day().into_iter();
        }
    }
}
