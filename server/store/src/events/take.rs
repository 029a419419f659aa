//! Taking a delivery in: keys first (what is new?), then rows, then counts. All in the caller's transaction.
//!
//! Locks are always taken in the same order (keys by vendor id, then the rest), so that the same batch sent twice at
//! once waits for itself and never deadlocks.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use contract::events::IngestReceipt;
use contract::ids::{EventId, IdentityId, SourceId};
use domain::event::Event;
use uuid::Uuid;

use crate::{Result, Tx};

/// An event about to be kept.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Its id.
    pub id: EventId,
    /// What was read from it.
    pub event: Event,
    /// The redacted record, JSON text.
    pub raw: String,
    /// Digest for the feed's chain.
    pub digest: [u8; 32],
    /// Whom it resolved to, with the selector that matched: kind, issuer, value.
    pub identity: Option<(IdentityId, [String; 3])>,
}

/// A record about to be quarantined.
#[derive(Debug, Clone)]
pub struct Quarantined {
    /// Id of the row.
    pub id: Uuid,
    /// Zero-based place in the delivery.
    pub index: i32,
    /// Why it was not taken.
    pub reason: String,
    /// The record as received, redacted and cut.
    pub raw: String,
}

/// Claims vendor ids for a source and returns those that are new. The ids must not repeat.
///
/// # Errors
/// When the database refuses.
pub async fn claim_keys(
    tx: &mut Tx,
    source: SourceId,
    mut keys: Vec<(&str, DateTime<Utc>)>,
) -> Result<HashSet<String>> {
    // One order for everybody: two transactions claiming the same ids cannot wait for each other in a circle.
    keys.sort_unstable();
    let ids: Vec<String> = keys.iter().map(|key| key.0.to_owned()).collect();
    let times: Vec<DateTime<Utc>> = keys.iter().map(|key| key.1).collect();
    let new = sqlx::query_scalar!(
        "INSERT INTO event_keys (source_id, vendor_id, occurred_at)
         SELECT $1, k.vendor_id, k.occurred_at
         FROM UNNEST($2::text[], $3::timestamptz[]) WITH ORDINALITY AS k (vendor_id, occurred_at, place)
         ORDER BY k.place
         ON CONFLICT DO NOTHING RETURNING vendor_id",
        source.0,
        &ids,
        &times
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(new.into_iter().collect())
}

/// Columns of a batch, one array each: what `UNNEST` takes.
#[derive(Default)]
struct Columns<'a> {
    ids: Vec<Uuid>,
    vendor_ids: Vec<&'a str>,
    id_kinds: Vec<&'a str>,
    times: Vec<DateTime<Utc>>,
    kinds: Vec<&'a str>,
    outcomes: Vec<&'a str>,
    actions: Vec<&'a str>,
    formats: Vec<&'a str>,
    texts: [Vec<Option<&'a str>>; 12],
    stages: Vec<Option<&'a str>>,
    identities: Vec<Option<Uuid>>,
    matched: [Vec<Option<&'a str>>; 3],
    raws: Vec<&'a str>,
    digests: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a [NewEvent]) -> Self {
        let mut columns = Self::default();
        for new in batch {
            columns.push(new);
        }
        columns
    }

    fn push(&mut self, new: &'a NewEvent) {
        let event = &new.event;
        self.ids.push(new.id.0);
        self.vendor_ids.push(&event.vendor_id);
        self.id_kinds.push(event.id_kind.as_str());
        self.times.push(event.occurred_at);
        self.kinds.push(event.kind.as_str());
        self.outcomes.push(event.outcome.as_str());
        self.actions.push(&event.action);
        self.formats.push(event.format.as_str());
        let texts = [
            &event.actor,
            &event.issuer,
            &event.subject,
            &event.principal,
            &event.role,
            &event.repository,
            &event.git_ref,
            &event.commit,
            &event.run_id,
            &event.environment,
            &event.target,
            &event.source_ip,
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.push(text.as_deref());
        }
        self.stages.push(
            event
                .mapped_environment()
                .map(contract::identities::Environment::as_str),
        );
        self.identities
            .push(new.identity.as_ref().map(|found| found.0.0));
        for (place, column) in self.matched.iter_mut().enumerate() {
            column.push(new.identity.as_ref().map(|found| found.1[place].as_str()));
        }
        self.raws.push(&new.raw);
        self.digests.push(&new.digest);
    }
}

/// Inserts new events and enqueues each for the feed.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &mut Tx,
    source: SourceId,
    received_at: DateTime<Utc>,
    batch: &[NewEvent],
) -> Result<()> {
    let c = Columns::of(batch);
    let [
        actor,
        issuer,
        subject,
        principal,
        role,
        repository,
        git_ref,
        commit,
        run_id,
        environment,
        target,
        source_ip,
    ] = &c.texts;
    sqlx::query!(
        "INSERT INTO events (source_id, received_at, id, vendor_id, id_kind, occurred_at, kind, outcome, action, format,
             actor, issuer, subject, principal, role, repository, git_ref, commit, run_id, environment, target,
             source_ip, identity_id, matched, raw, stage)
         SELECT $1, $2, n.id, n.vendor_id, n.id_kind, n.occurred_at, n.kind, n.outcome, n.action, n.format,
             n.actor, n.issuer, n.subject, n.principal, n.role, n.repository, n.git_ref, n.commit, n.run_id,
             n.environment, n.target, n.source_ip, n.identity_id,
             CASE WHEN n.m1 IS NULL THEN NULL ELSE ARRAY[n.m1, n.m2, n.m3] END, n.raw::json, n.stage
         FROM UNNEST($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[],
             $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
             $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::uuid[], $24::text[], $25::text[],
             $26::text[], $27::text[], $28::text[])
           AS n (id, vendor_id, id_kind, occurred_at, kind, outcome, action, format, actor, issuer, subject, principal,
             role, repository, git_ref, commit, run_id, environment, target, source_ip, identity_id, m1, m2, m3, raw, stage)",
        source.0,
        received_at,
        &c.ids,
        &c.vendor_ids as _,
        &c.id_kinds as _,
        &c.times,
        &c.kinds as _,
        &c.outcomes as _,
        &c.actions as _,
        &c.formats as _,
        actor as _,
        issuer as _,
        subject as _,
        principal as _,
        role as _,
        repository as _,
        git_ref as _,
        commit as _,
        run_id as _,
        environment as _,
        target as _,
        source_ip as _,
        &c.identities as _,
        &c.matched[0] as _,
        &c.matched[1] as _,
        &c.matched[2] as _,
        &c.raws as _,
        &c.stages as _,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO feed_queue (source_id, event_id, occurred_at, digest)
         SELECT $1, n.id, n.occurred_at, n.digest
         FROM UNNEST($2::uuid[], $3::timestamptz[], $4::bytea[]) AS n (id, occurred_at, digest)",
        source.0,
        &c.ids,
        &c.times,
        &c.digests as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps records that could not be taken.
///
/// # Errors
/// When the database refuses.
pub async fn quarantine(
    tx: &mut Tx,
    source: SourceId,
    received_at: DateTime<Utc>,
    rows: &[Quarantined],
) -> Result<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let places: Vec<i32> = rows.iter().map(|row| row.index).collect();
    let reasons: Vec<&str> = rows.iter().map(|row| row.reason.as_str()).collect();
    let raws: Vec<&str> = rows.iter().map(|row| row.raw.as_str()).collect();
    sqlx::query!(
        "INSERT INTO quarantine (source_id, received_at, id, index, reason, raw)
         SELECT $1, $2, * FROM UNNEST($3::uuid[], $4::int[], $5::text[], $6::text[])",
        source.0,
        received_at,
        &ids,
        &places,
        &reasons as _,
        &raws as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Adds a delivery to its source's counts. Locks the source's row until commit: call it last.
///
/// # Errors
/// When the database refuses.
pub async fn note_delivery(
    tx: &mut Tx,
    source: SourceId,
    received_at: DateTime<Utc>,
    newest: Option<DateTime<Utc>>,
    receipt: &IngestReceipt,
) -> Result<()> {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (accepted, duplicates, rejected) = (
        count(receipt.accepted),
        count(receipt.duplicates),
        count(receipt.rejected.len()),
    );
    sqlx::query!(
        "INSERT INTO source_days AS d (source_id, day, accepted, duplicates, rejected)
         VALUES ($1, ($2::timestamptz AT TIME ZONE 'UTC')::date, $3, $4, $5)
         ON CONFLICT (source_id, day) DO UPDATE SET accepted = d.accepted + EXCLUDED.accepted,
             duplicates = d.duplicates + EXCLUDED.duplicates, rejected = d.rejected + EXCLUDED.rejected",
        source.0,
        received_at,
        accepted,
        duplicates,
        rejected
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE sources SET accepted = accepted + $2, duplicates = duplicates + $3, rejected = rejected + $4,
             last_event_at = GREATEST(last_event_at, $5), last_received_at = GREATEST(last_received_at, $6)
         WHERE id = $1",
        source.0,
        accepted,
        duplicates,
        rejected,
        newest,
        received_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
