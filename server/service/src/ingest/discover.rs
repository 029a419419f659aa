//! Entering what events show and nobody registered. One delivery at a time lists new names, so that two that meet the
//! same stranger make one identity of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::identities::Environment;
use contract::ids::{IdentityId, SourceId};
use domain::event::discovery::Discovery;
use domain::event::selectors::{Selector, coarse};
use serde_json::json;
use store::Tx;
use store::selectors::Entering;

use super::prepare::Prepared;
use super::resolve::{Directory, Match};
use crate::op::Done;
use crate::{Op, Result};

/// A stranger: what it is believed to be, where it was seen, in which records.
struct Stranger<'a> {
    guess: Discovery,
    first: &'a Prepared,
    environments: BTreeSet<Environment>,
    records: Vec<usize>,
}

/// Enters every stranger of a delivery and fills in whom its records belong to.
pub(super) async fn discover(
    op: &Op,
    tx: &mut Tx,
    source: SourceId,
    records: &[&Prepared],
    found: &mut [Option<Match>],
) -> Result<()> {
    let strangers = strangers(records, found);
    if strangers.is_empty() {
        return Ok(());
    }
    store::selectors::lock_discovery(tx).await?;
    // Another delivery may have entered them while this one waited for the lock.
    let directory = Directory::load(
        tx,
        strangers.values().map(|stranger| &stranger.guess.selector),
    )
    .await?;
    let mut entered = Vec::new();
    for stranger in strangers.into_values() {
        let selector = stranger.guess.selector.clone();
        let matched = if let Some(matched) = directory.find(&selector) {
            matched
        } else {
            let (id, name) = enter(op, tx, source, &stranger).await?;
            entered.push((id, name, stranger.guess.evidence.clone()));
            let (kind, issuer, value) = selector;
            (id, Arc::new([kind.as_str().to_owned(), issuer, value]))
        };
        for record in stranger.records {
            found[record] = Some(matched.clone());
        }
    }
    if !entered.is_empty() {
        let ids: Vec<IdentityId> = entered.iter().map(|found| found.0).collect();
        store::queue::enqueue(tx, "posture", &json!({ "identities": ids }), None, op.now).await?;
    }
    for (id, name, evidence) in entered {
        let summary = format!("Discovered {name}: {evidence}");
        op.record(
            tx,
            Done::new("identity.discovered", "identity", &id, name, summary),
        )
        .await?;
    }
    Ok(())
}

fn strangers<'a>(
    records: &[&'a Prepared],
    found: &[Option<Match>],
) -> BTreeMap<Selector, Stranger<'a>> {
    let mut strangers: BTreeMap<Selector, Stranger<'a>> = BTreeMap::new();
    for (place, record) in records
        .iter()
        .enumerate()
        .filter(|(place, _)| found[*place].is_none())
    {
        let Some(guess) = record.event.discovery() else {
            continue;
        };
        // With and without numeric ids it is one stranger.
        let (kind, issuer, value) = &guess.selector;
        let key = (*kind, issuer.clone(), coarse(value));
        let stranger = strangers.entry(key).or_insert_with(|| Stranger {
            guess: guess.clone(),
            first: record,
            environments: BTreeSet::new(),
            records: Vec::new(),
        });
        // The numbered form says more; the earliest record is the evidence.
        if guess.selector.2.len() > stranger.guess.selector.2.len() {
            stranger.guess.selector = guess.selector.clone();
        }
        if record.event.occurred_at < stranger.first.event.occurred_at {
            stranger.first = record;
            stranger.guess.evidence.clone_from(&guess.evidence);
        }
        stranger
            .environments
            .extend(record.event.mapped_environment());
        stranger.records.push(place);
    }
    strangers
}

async fn enter(
    op: &Op,
    tx: &mut Tx,
    source: SourceId,
    stranger: &Stranger<'_>,
) -> Result<(IdentityId, String)> {
    let id = IdentityId(op.new_id());
    let event = &stranger.first.event;
    let evidence = json!({
        "evidence": stranger.guess.evidence,
        "source": source,
        "vendor_id": event.vendor_id,
        "action": event.action,
        "occurred_at": event.occurred_at,
        "events": stranger.records.len(),
    });
    let environments: Vec<Environment> = stranger.environments.iter().copied().collect();
    let entering = Entering {
        id,
        selector_id: op.new_id(),
        guess: &stranger.guess,
        environments: &environments,
        evidence: &evidence,
    };
    let name = store::selectors::enter(tx, &entering, op.now).await?;
    Ok((id, name))
}
