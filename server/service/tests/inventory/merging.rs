//! A merge and a delivery at the same moment: one waits for the other, and no event stays with who is gone.

use contract::ids::IdentityId;
use service::ingest::{self, Limits};
use service::{Op, identities};
use store::Tx;
use store::testing::{count, execute};
use tokio::task::JoinHandle;

use crate::discovered::{self, WHY, merge};
use crate::house::{House, INES};
use crate::touched::source;

/// How the names are locked: shared by deliveries, alone by a merge (`pg_locks.mode`).
const DELIVERY: &str = "ShareLock";
const MERGE: &str = "ExclusiveLock";

/// The discovered identity, the registered one it really is, and a source that tells of its use.
async fn two(house: &House) -> (IdentityId, IdentityId, Op) {
    let from = discovered::id(house, "acme/shop release").await;
    let into = discovered::id(house, "shop build").await;
    let op = source(house).await;
    deliver(&op, 1).await.expect("taken");
    assert_eq!(
        events_of(house, from).await,
        (1, 1),
        "it answers to its name"
    );
    (from, into, op)
}

/// Delivers a use of the discovered identity's name; a later number is a later one.
async fn deliver(op: &Op, number: u32) -> service::Result<usize> {
    let event = format!(
        "{{\"kind\":\"credential_assumption\",\"outcome\":\"success\",\"action\":\"AssumeRole\",\
         \"occurred_at\":\"2026-11-20T09:0{number}:00Z\",\"vendor_id\":\"{number}\",\
         \"issuer\":\"https://token.actions.githubusercontent.com\",\"subject\":\"repo:acme/shop:environment:release\"}}"
    );
    let receipt = ingest::accept(op, event.into_bytes(), &Limits::default()).await?;
    Ok(receipt.accepted)
}

/// An identity's events, and what the counts by day say.
async fn events_of(house: &House, id: IdentityId) -> (i64, i64) {
    let events = format!("SELECT count(*) FROM events WHERE identity_id = '{id}'");
    let days = format!(
        "SELECT COALESCE(sum(succeeded + failed), 0)::bigint FROM event_day_counts WHERE identity_id = '{id}'"
    );
    let db = &house.services.db;
    (count(db, events).await, count(db, days).await)
}

/// Keeps the row of an identity: whoever changes it, as both do, comes no further and cannot commit.
async fn keep(house: &House, id: IdentityId) -> Tx {
    let mut tx = house.services.db.begin().await.expect("tx");
    let sql = format!("SELECT id FROM identities WHERE id = '{id}' FOR UPDATE");
    execute(&mut tx, &sql).await;
    tx
}

/// Goes on once the names are locked in a mode, or are waited for.
async fn until<T>(house: &House, mode: &str, granted: bool, task: &JoinHandle<T>) {
    let sql = format!(
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE a.datname = current_database() AND l.locktype = 'advisory' AND l.objid = 7269
             AND l.mode = '{mode}' AND l.granted = {granted}"
    );
    while count(&house.services.db, sql.clone()).await == 0 {
        assert!(!task.is_finished(), "{mode} was never held or waited for");
        tokio::task::yield_now().await;
    }
}

/// Everything is with the one that stays.
async fn assert_stays(house: &House, from: IdentityId, into: IdentityId, events: i64) {
    assert_eq!(events_of(house, into).await, (events, events));
    assert_eq!(events_of(house, from).await, (0, 0));
    let all = "SELECT count(*) FROM events".to_owned();
    assert_eq!(count(&house.services.db, all).await, events);
    let gone = format!("SELECT count(*) FROM identities WHERE id = '{from}'");
    assert_eq!(count(&house.services.db, gone).await, 0);
}

#[tokio::test]
async fn a_delivery_waits_for_a_merge_and_what_it_brings_is_the_survivors() {
    let Some(house) = discovered::house().await else {
        return;
    };
    let (from, into, source) = two(&house).await;
    let kept = keep(&house, from).await;
    let ines = house.as_person(INES);
    let merging =
        tokio::spawn(async move { identities::merge(&ines, &merge(from, into, WHY)).await });
    until(&house, MERGE, true, &merging).await;
    let delivering = tokio::spawn(async move { deliver(&source, 2).await });
    until(&house, DELIVERY, false, &delivering).await;
    assert!(!merging.is_finished() && !delivering.is_finished());
    kept.rollback().await.expect("let go");
    assert_eq!(merging.await.expect("ends").expect("joined"), into);
    assert_eq!(delivering.await.expect("ends").expect("taken"), 1);
    assert_stays(&house, from, into, 2).await;
}

#[tokio::test]
async fn a_merge_waits_for_a_delivery_and_takes_over_what_it_brought() {
    let Some(house) = discovered::house().await else {
        return;
    };
    let (from, into, source) = two(&house).await;
    let kept = keep(&house, from).await;
    let delivering = tokio::spawn(async move { deliver(&source, 2).await });
    until(&house, DELIVERY, true, &delivering).await;
    let ines = house.as_person(INES);
    let merging =
        tokio::spawn(async move { identities::merge(&ines, &merge(from, into, WHY)).await });
    until(&house, MERGE, false, &merging).await;
    assert!(!merging.is_finished() && !delivering.is_finished());
    kept.rollback().await.expect("let go");
    assert_eq!(delivering.await.expect("ends").expect("taken"), 1);
    assert_eq!(merging.await.expect("ends").expect("joined"), into);
    assert_stays(&house, from, into, 2).await;
}

#[tokio::test]
async fn two_deliveries_hold_the_same_names_at_once() {
    let Some(house) = discovered::house().await else {
        return;
    };
    let (from, _, source) = two(&house).await;
    let mut held = house.services.db.begin().await.expect("tx");
    store::selectors::hold_names(&mut held).await.expect("held");
    assert_eq!(deliver(&source, 2).await.expect("taken"), 1);
    held.rollback().await.expect("let go");
    assert_eq!(events_of(&house, from).await, (2, 2));
}
