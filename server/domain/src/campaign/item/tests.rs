use contract::campaigns::ReviewerHop;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::campaign::snapshot::tests::time;

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn assignment(n: u128) -> Assignment {
    Assignment {
        reviewer: person(n),
        name: format!("P{n}"),
        hop: ReviewerHop::Owner,
        trail: vec![],
    }
}

fn reviewer(n: u128) -> Reviewer {
    Reviewer {
        id: person(n),
        name: format!("P{n}"),
        security: n == 5,
    }
}

fn item(advice: Advice, privileged_production: bool) -> Item {
    Item {
        id: ItemId(Uuid::nil()),
        hash: "h1".into(),
        privileged_production,
        advice,
        targets: ["permission:1", "rotate:2"]
            .map(|key| ModifyTarget {
                key: key.into(),
                sentence: String::new(),
                before: "before".into(),
                after: String::new(),
            })
            .to_vec(),
        assignment: assignment(1),
        exclusions: vec![Exclusion {
            person: person(9),
            name: String::new(),
            because: "created the credential “k”".into(),
        }],
        state: State::Open,
        history: vec![],
        panel: None,
        handed: 0,
        stage: 1,
        signed_off: false,
    }
}

fn answer(decision: DecisionKind, reason: &str) -> Answer {
    Answer {
        decision,
        reason: reason.into(),
        targets: vec![],
        seen_hash: "h1".into(),
        seen_current_hash: None,
        seen_answers: 0,
        at_once: false,
        bulk: false,
        seconds: None,
        same_reason: 0,
    }
}

fn now() -> Current {
    Current {
        hash: "h1".into(),
        changes: vec![],
    }
}

const WHY: &str = "Needed until the ledger move ends, OPS-4417";

#[test]
fn reasons_are_demanded_where_the_rules_say_so() {
    use DecisionKind::{Approve, DontKnow, Modify, Revoke};
    for (decision, advice, privileged, needed) in [
        (Approve, Advice::Approve, false, false),
        (Approve, Advice::Approve, true, true),
        (Approve, Advice::Modify, false, true),
        (Approve, Advice::LookCloser, false, true),
        (Modify, Advice::Modify, true, false),
        (Modify, Advice::Approve, false, true),
        (Revoke, Advice::Revoke, false, true),
        (DontKnow, Advice::Revoke, true, false),
    ] {
        let mut given = answer(decision, "");
        if decision == Modify {
            given.targets = vec!["permission:1".into()];
        }
        let outcome = item(advice, privileged).decide(&reviewer(1), &given, &now(), time(0));
        assert_eq!(outcome.is_err(), needed, "{decision} {advice} {privileged}");
        given.reason = WHY.into();
        let outcome = item(advice, privileged).decide(&reviewer(1), &given, &now(), time(0));
        assert_eq!(
            outcome.expect("with a reason").flat_state(),
            ItemState::Decided
        );
    }
}

#[test]
fn nobody_judges_their_own_work_not_even_security() {
    let mut it = item(Advice::Approve, false);
    it.exclusions[0].person = person(5);
    let refused = it.clone().decide(
        &reviewer(5),
        &answer(DecisionKind::Approve, ""),
        &now(),
        time(0),
    );
    let sentence = refused.expect_err("own work").to_string();
    assert_eq!(
        sentence,
        "You cannot decide on this one, because you created the credential “k”. It goes to somebody else."
    );
    assert!(
        matches!(it.clone().may_answer(&reviewer(2)), Err(Refused::NotYours(name)) if name == "P1")
    );
    assert!(matches!(
        it.reassign(assignment(5), WHY, true),
        Err(Refused::TheirWork(..))
    ));
}

#[test]
fn modify_needs_a_target_of_its_own() {
    let mut given = answer(DecisionKind::Modify, "");
    let it = item(Advice::Modify, false);
    assert_eq!(
        it.clone().decide(&reviewer(1), &given, &now(), time(0)),
        Err(Refused::NoTarget)
    );
    given.targets = vec!["permission:99".into()];
    assert!(matches!(
        it.clone().decide(&reviewer(1), &given, &now(), time(0)),
        Err(Refused::ForeignTarget(_))
    ));
    given.targets = vec!["rotate:2".into()];
    let decided = it
        .decide(&reviewer(1), &given, &now(), time(0))
        .expect("decided");
    assert_eq!(
        decided.decision().map(|d| d.targets[0].before.as_str()),
        Some("before")
    );
}

#[test]
fn drift_is_shown_before_it_is_accepted_and_both_hashes_are_kept() {
    let drifted = Current {
        hash: "h2".into(),
        changes: vec![Change {
            sentence: "It can now decrypt.".into(),
            before: None,
            after: Some("kms".into()),
        }],
    };
    let it = item(Advice::Approve, false);
    let mut given = answer(DecisionKind::Approve, "");
    let refused = it
        .clone()
        .decide(&reviewer(1), &given, &drifted, time(0))
        .expect_err("drift");
    assert!(
        matches!(refused, Refused::Drifted { current_hash, changes } if current_hash == "h2" && changes.len() == 1)
    );
    given.seen_current_hash = Some("h1.5".into());
    assert!(
        it.clone()
            .decide(&reviewer(1), &given, &drifted, time(0))
            .is_err()
    );
    given.seen_current_hash = Some("h2".into());
    let decided = it
        .decide(&reviewer(1), &given, &drifted, time(0))
        .expect("after viewing");
    let decision = decided.decision().expect("in force");
    assert_eq!(
        (
            decision.frozen_hash.as_str(),
            decision.current_hash.as_deref()
        ),
        ("h1", Some("h2"))
    );
}

#[test]
fn a_second_answer_is_told_of_the_first_and_history_keeps_both() {
    let first = item(Advice::Approve, false)
        .decide(
            &reviewer(1),
            &answer(DecisionKind::Approve, ""),
            &now(),
            time(0),
        )
        .expect("first");
    let mut second = answer(DecisionKind::Revoke, WHY);
    let told = first
        .clone()
        .decide(&reviewer(5), &second, &now(), time(1))
        .expect_err("overtaken");
    assert_eq!(
        told.to_string(),
        "P1 decided this in the meantime: approve. Look at it before you change it."
    );
    second.seen_answers = 1;
    let changed = first
        .decide(&reviewer(5), &second, &now(), time(1))
        .expect("knowingly");
    assert_eq!(changed.history.len(), 2);
    assert_eq!(
        changed.decision().map(|d| d.decision),
        Some(DecisionKind::Revoke)
    );
}

#[test]
fn dont_know_opens_the_item_for_the_next_reviewer() {
    let asked = item(Advice::Approve, true)
        .decide(
            &reviewer(1),
            &answer(DecisionKind::DontKnow, "who uses it?"),
            &now(),
            time(0),
        )
        .expect("asked");
    let next = asked.pass_on(assignment(2)).expect("passed on");
    assert_eq!(
        (
            next.flat_state(),
            next.assignment.reviewer,
            next.history.len()
        ),
        (ItemState::Open, person(2), 1)
    );
    assert!(next.decision().is_none());
}

#[test]
fn an_answer_can_be_taken_back_by_whoever_gave_it() {
    let decided = item(Advice::Approve, false)
        .decide(
            &reviewer(1),
            &answer(DecisionKind::Approve, ""),
            &now(),
            time(0),
        )
        .expect("decided");
    assert!(matches!(
        decided.clone().withdraw(&reviewer(5)),
        Err(Refused::Overtaken { .. })
    ));
    let open = decided.withdraw(&reviewer(1)).expect("taken back");
    assert_eq!(
        (open.flat_state(), open.history.len()),
        (ItemState::Open, 1)
    );
    assert_eq!(open.withdraw(&reviewer(1)), Err(Refused::Nothing));
}

fn decision() -> impl Strategy<Value = DecisionKind> {
    proptest::sample::select(DecisionKind::ALL.to_vec())
}

proptest! {
    #[test]
    fn whatever_is_answered_every_item_ends_with_exactly_one_outcome(
        answers in proptest::collection::vec((decision(), 0u128..10, any::<bool>(), any::<bool>(), 0usize..4), 0..8),
        gone in any::<bool>(),
    ) {
        let mut it = item(Advice::Modify, true);
        for (n, (kind, by, reasoned, fresh, seen)) in answers.into_iter().enumerate() {
            let given = Answer {
                targets: vec!["permission:1".into()],
                seen_answers: if fresh { it.history.len() } else { seen },
                at_once: false,
                bulk: false,
                seconds: None,
                same_reason: 0,
                ..answer(kind, if reasoned { WHY } else { "ok" })
            };
            let before = it.clone();
            if let Ok(next) = it.clone().decide(&reviewer(by), &given, &now(), time(i64::try_from(n).unwrap_or(0))) {
                prop_assert_eq!(next.history.len(), before.history.len() + 1);
                prop_assert_eq!(&next.history[..before.history.len()], &before.history[..]);
                prop_assert!(excluded(&before.exclusions, person(by)).is_none());
                it = next;
            }
        }
        let it = if gone { it.vanish() } else { it };
        let it = it.close();
        prop_assert!(it.flat_state() != ItemState::Open);
        prop_assert_eq!(it.flat_state() == ItemState::Decided, it.decision().is_some());
        let mut tally = crate::campaign::tally::Tally::default();
        tally.add(it.flat_state(), it.decision().map(|d| d.decision));
        prop_assert_eq!((tally.items(), tally.open), (1, 0));
    }
}
