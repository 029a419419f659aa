use std::io::Cursor;

use chrono::{DateTime, TimeDelta};
use contract::activity::ActorKind;
use contract::campaigns::{Advice, DecisionKind, ItemState, ReviewerHop};
use contract::ids::{CampaignId, IdentityId, ItemId, PersonId};
use uuid::Uuid;

use super::*;
use crate::campaign::item::Decision;
use crate::campaign::recommend::{Before, recommend};
use crate::campaign::reviewer::Assignment;
use crate::campaign::snapshot::tests::{snapshot, time};
use crate::evidence::format::Coverage;

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(crate) fn header(population: u64) -> Header {
    Header {
        id: CampaignId(Uuid::from_u128(77)),
        name: "Q4 2026 access review".into(),
        organisation: "Acme <Corp>".into(),
        notes: "Look at production first.".into(),
        query: "Active identities due for review by 30 November 2026".into(),
        filter: serde_json::json!({"state": ["active"]}),
        population,
        created_by: "Ines Varga".into(),
        sealed_by: "Ines Varga".into(),
        created_at: time(-30),
        started_at: time(-28),
        due_at: time(0),
        closed_at: time(0),
        sealed_at: DateTime::from_timestamp(1_796_000_001, 5_000).expect("time"),
        policy: serde_json::Value::Null,
        gaps: vec![],
        controls: vec![],
        coverage: vec![Coverage {
            source: "GitHub".into(),
            last_event_at: Some(time(0)),
            days: 90,
            events: 12_345,
            gaps: vec![(time(-9).date_naive(), time(-8).date_naive())],
            cannot_see: vec!["Git clones <b> are not in it.".into()],
        }],
    }
}

pub(crate) fn record(n: u128) -> Record {
    let mut it = snapshot();
    it.identity = IdentityId(Uuid::from_u128(n));
    it.name = format!("payments-{n} · deploy");
    let recommendation = recommend(&it, &Before::default());
    let decision = match n % 5 {
        0 => None,
        1 => Some(DecisionKind::Revoke),
        _ => Some(DecisionKind::Approve),
    };
    let by = PersonId(Uuid::from_u128(1));
    Record {
        item: ItemId(Uuid::from_u128(1_000 + n)),
        state: if decision.is_some() {
            ItemState::Decided
        } else {
            ItemState::NotReviewed
        },
        decision,
        privileged_production: it.privileged_production(),
        content_hash: it.content_hash(),
        recommendation,
        changes: vec![],
        reviews: vec![],
        assignment: Assignment {
            reviewer: by,
            name: "Jonas Hale".into(),
            hop: ReviewerHop::Owner,
            trail: vec![],
        },
        history: decision
            .map(|decision| Decision {
                decision,
                reason: "=cmd|' /C calc'!A0 is what an attacker types".into(),
                targets: vec![],
                by,
                by_name: "Jonas Hale".into(),
                at: time(-3),
                frozen_hash: it.content_hash(),
                current_hash: None,
                advice: Advice::Approve,
                followed: decision == DecisionKind::Approve,
                bulk: false,
                at_once: false,
                stage: 1,
                seconds: Some(12),
            })
            .into_iter()
            .collect(),
        snapshot: it,
    }
}

pub(crate) fn entries(count: i64) -> Vec<(Entry, [u8; 32])> {
    let mut previous = [7; 32];
    (41..41 + count)
        .map(|position| {
            let entry = Entry {
                position,
                at: time(-28) + TimeDelta::hours(position),
                actor_kind: ActorKind::Person,
                actor_id: Uuid::from_u128(1).to_string(),
                actor_name: "Jonas Hale".into(),
                action: "item.decided".into(),
                object_kind: "item".into(),
                object_id: position.to_string(),
                object_name: "payments é “x”".into(),
                summary: "Approved payments".into(),
                changes: vec![],
                request_id: "r".into(),
            };
            previous = entry.hash(&previous);
            (entry, previous)
        })
        .collect()
}

/// A whole pack of `n` items, as bytes.
pub(crate) fn pack(n: u64) -> Vec<u8> {
    let key = key(1);
    let mut writer = Writer::begin(Cursor::new(Vec::new()), header(n), &key).expect("begin");
    for section in [Section::Items, Section::ItemsTable, Section::Decisions] {
        writer.section(section).expect("section");
        for i in 1..=n {
            writer.record(&record(u128::from(i))).expect("record");
        }
    }
    writer.section(Section::Remediation).expect("remediation");
    for i in 1..=n {
        let record = record(u128::from(i));
        if let Some(decision @ (DecisionKind::Modify | DecisionKind::Revoke)) = record.decision {
            let mut cells = vec![String::new(); 14];
            cells[0] = record.item.to_string();
            cells[2] = decision.to_string();
            writer.cells(cells).expect("task");
        }
    }
    writer.section(Section::Messages).expect("messages");
    for i in 1..=3 {
        let mut cells = vec![String::new(); 9];
        cells[1] = format!("Person {i}");
        writer.cells(cells).expect("message");
    }
    writer.section(Section::Activity).expect("activity");
    for (entry, hash) in entries(6) {
        writer.entry([7; 32], entry, &hash).expect("entry");
    }
    writer.finish().expect("finish").1.into_inner()
}

#[test]
fn the_same_campaign_gives_the_same_bytes() {
    assert_eq!(pack(7), pack(7));
}

#[test]
fn what_is_not_the_population_is_not_sealed() {
    let key = key(1);
    let mut writer = Writer::begin(Cursor::new(Vec::new()), header(2), &key).expect("begin");
    assert!(matches!(
        writer.section(Section::Decisions),
        Err(WriteError::Order)
    ));
    writer.section(Section::Items).expect("items");
    writer.record(&record(1)).expect("one");
    assert!(matches!(
        writer.section(Section::ItemsTable),
        Err(WriteError::Population {
            population: 2,
            written: 1
        })
    ));
}

#[test]
fn items_that_change_between_the_passes_are_not_sealed() {
    let key = key(1);
    let mut writer = Writer::begin(Cursor::new(Vec::new()), header(1), &key).expect("begin");
    writer.section(Section::Items).expect("items");
    writer.record(&record(1)).expect("one");
    writer.section(Section::ItemsTable).expect("table");
    writer.record(&record(2)).expect("another");
    assert!(matches!(
        writer.section(Section::Decisions),
        Err(WriteError::PassesDiffer)
    ));
}

#[test]
fn a_broken_record_is_not_sealed() {
    let key = key(1);
    let mut writer = Writer::begin(Cursor::new(Vec::new()), header(0), &key).expect("begin");
    for section in [
        Section::Items,
        Section::ItemsTable,
        Section::Decisions,
        Section::Remediation,
        Section::Messages,
        Section::Activity,
    ] {
        writer.section(section).expect("section");
    }
    let mut all = entries(3);
    all.remove(1);
    let outcome: Result<Vec<()>, WriteError> = all
        .into_iter()
        .map(|(entry, hash)| writer.entry([7; 32], entry, &hash))
        .collect();
    assert!(matches!(outcome, Err(WriteError::Activity(_))));
}
