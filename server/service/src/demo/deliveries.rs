//! The sources' deliveries of the demo: each night every source sends what happened since its last one.

use std::collections::BTreeMap;
use std::iter::Peekable;

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Actor;
use domain::demo::Organisation;
use domain::demo::events::Records;
use tokio::task::JoinSet;

use crate::ports::fixed::FixedClock;
use crate::{Error, OpKind, Result, Services};

/// Days before today in which sources deliver daily; before that, in longer steps.
const DAILY: i64 = 35;
/// Days between two deliveries before that.
const STEP: i64 = 5;

/// What is still to be delivered, and by whom.
pub(super) struct Deliveries<'a> {
    now: DateTime<Utc>,
    records: Peekable<Records<'a>>,
    sources: BTreeMap<&'static str, Actor>,
    /// Events taken so far.
    pub accepted: usize,
}

impl<'a> Deliveries<'a> {
    pub fn of(acme: &'a Organisation) -> Self {
        Self {
            now: acme.now,
            records: acme.events().peekable(),
            sources: BTreeMap::new(),
            accepted: 0,
        }
    }

    /// Signs a source in with the token it was given.
    pub async fn connect(
        &mut self,
        services: &Services,
        slug: &'static str,
        token: &str,
    ) -> Result<()> {
        let actor = crate::ingest::authenticate(services, slug, token).await?;
        self.sources.insert(slug, actor);
        Ok(())
    }

    /// The next midnight after which something is to be delivered.
    pub fn next_night(&mut self) -> Option<DateTime<Utc>> {
        let next = self.records.peek()?.at;
        let midnight = next
            .date_naive()
            .succ_opt()?
            .and_time(chrono::NaiveTime::MIN)
            .and_utc();
        let step = if self.now - midnight > TimeDelta::days(DAILY) {
            STEP - 1
        } else {
            0
        };
        Some(midnight + TimeDelta::days(step))
    }

    /// Delivers everything that happened before `until`.
    pub async fn run(
        &mut self,
        services: &Services,
        clock: &FixedClock,
        until: DateTime<Utc>,
    ) -> Result<()> {
        let mut bodies: BTreeMap<&'static str, Vec<u8>> = BTreeMap::new();
        while let Some(record) = self.records.next_if(|record| record.at < until) {
            let body = bodies.entry(record.source).or_default();
            serde_json::to_writer(&mut *body, &record.body)
                .map_err(|error| Error::Internal(error.to_string()))?;
            body.push(b'\n');
        }
        clock.set(until);
        let mut running = JoinSet::new();
        for (slug, body) in bodies {
            let Some(actor) = self.sources.get(slug) else {
                continue;
            };
            let op = services.op(actor.clone(), OpKind::Request, format!("demo-{slug}"));
            running.spawn(async move {
                crate::ingest::accept(&op, body, &crate::ingest::Limits::default()).await
            });
        }
        while let Some(done) = running.join_next().await {
            let receipt = done.map_err(|error| Error::Internal(error.to_string()))??;
            if let Some(first) = receipt.rejected.first() {
                return Err(Error::Internal(format!(
                    "a record of the demo was refused: {}",
                    first.reason
                )));
            }
            self.accepted += receipt.accepted;
        }
        while crate::feed::sequence(&services.system("sequencer")).await? > 0 {}
        crate::detect::catch_up(&services.system("detection")).await?;
        Ok(())
    }
}
