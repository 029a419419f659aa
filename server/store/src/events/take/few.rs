//! A few events, by one INSERT: it is one message, where a COPY is several.

use chrono::{DateTime, Utc};
use contract::identities::Environment;
use contract::ids::SourceId;
use uuid::Uuid;

use super::NewEvent;
use crate::{Result, Tx};

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
    joins: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a [NewEvent<'_>]) -> Self {
        let mut columns = Self::default();
        for new in batch {
            columns.push(new);
        }
        columns
    }

    fn push(&mut self, new: &'a NewEvent<'_>) {
        let event = new.event;
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
        self.stages
            .push(event.mapped_environment().map(Environment::as_str));
        self.identities
            .push(new.identity.as_ref().map(|found| found.0.0));
        for (place, column) in self.matched.iter_mut().enumerate() {
            column.push(new.identity.as_ref().map(|found| found.1[place].as_str()));
        }
        self.raws.push(new.raw);
        self.joins.push(new.joins);
    }
}

/// Inserts new events.
pub(super) async fn insert(
    tx: &mut Tx,
    source: SourceId,
    received_at: DateTime<Utc>,
    batch: &[NewEvent<'_>],
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
             source_ip, identity_id, matched, raw, stage, joins)
         SELECT $1, $2, n.id, n.vendor_id, n.id_kind, n.occurred_at, n.kind, n.outcome, n.action, n.format,
             n.actor, n.issuer, n.subject, n.principal, n.role, n.repository, n.git_ref, n.commit, n.run_id,
             n.environment, n.target, n.source_ip, n.identity_id,
             CASE WHEN n.m1 IS NULL THEN NULL ELSE ARRAY[n.m1, n.m2, n.m3] END, n.raw::json, n.stage, n.joins::json
         FROM UNNEST($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[],
             $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
             $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::uuid[], $24::text[], $25::text[],
             $26::text[], $27::text[], $28::text[], $29::text[])
           AS n (id, vendor_id, id_kind, occurred_at, kind, outcome, action, format, actor, issuer, subject, principal,
             role, repository, git_ref, commit, run_id, environment, target, source_ip, identity_id, m1, m2, m3, raw, stage, joins)",
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
        &c.joins as _,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
