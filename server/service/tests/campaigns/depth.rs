//! Several reviewers, stages, groups, absences, gaps, and what follows a decision.

use contract::campaigns::{
    AbsenceInput, BulkInput, CampaignInput, CampaignPolicy, CampaignState, DecisionKind,
    ItemOutcome, ItemState, Panel, PerTier, Quorum, ReassignInput, StagePlan, StageRule, TaskInput,
    TaskRow, TaskState, TaskStep,
};
use contract::ids::CampaignId;
use service::{Error, campaigns, evidence};

use crate::house::{ADAM, House, INES, JONAS, MIRA, NADIA, WHY, identity, person};

async fn with(house: &House, policy: CampaignPolicy) -> CampaignId {
    let input = CampaignInput {
        name: "Q4 2026 access review".into(),
        due_on: "2026-11-30".into(),
        only_due: true,
        policy,
        ..CampaignInput::default()
    };
    let id = campaigns::create(&house.op(INES), input)
        .await
        .expect("draft");
    campaigns::start(&house.op(INES), id).await.expect("start");
    id
}

fn panel(quorum: Quorum) -> CampaignPolicy {
    CampaignPolicy {
        panel: PerTier::all(Panel {
            reviewers: 2,
            quorum,
        }),
        ..CampaignPolicy::default()
    }
}

#[tokio::test]
async fn where_all_must_agree_one_refusal_decides_and_one_approval_does_not() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = with(&house, panel(Quorum::DenyWins)).await;
    let item = house.item(id, 1).await;
    assert_eq!(
        item.answers,
        Some((0, 2)),
        "owner and a second one are asked"
    );
    let mine = |n| {
        let op = house.op(n);
        async move { campaigns::queue(&op, id).await.expect("queue") }
    };
    assert!(mine(MIRA).await.open.iter().any(|row| row.id == item.id));
    let input = house.answer(item.id, DecisionKind::Approve).await;
    let done = campaigns::decide(&house.op(JONAS), input)
        .await
        .expect("first");
    assert!(
        done.sentence.ends_with("1 of 2 have answered."),
        "{}",
        done.sentence
    );
    assert_eq!(house.item(id, 1).await.state, ItemState::Open);
    assert!(
        !mine(JONAS).await.open.iter().any(|row| row.id == item.id),
        "what one has answered leaves their queue"
    );
    let input = house.answer(item.id, DecisionKind::Revoke).await;
    campaigns::decide(&house.op(MIRA), input)
        .await
        .expect("second");
    let row = house.item(id, 1).await;
    assert_eq!(
        (row.state, row.decision),
        (ItemState::Decided, Some(DecisionKind::Revoke))
    );
    campaigns::withdraw(&house.op(MIRA), item.id)
        .await
        .expect("back");
    assert_eq!(house.item(id, 1).await.answers, Some((1, 2)));
}

#[tokio::test]
async fn the_first_answer_of_several_clears_the_others_queues() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = with(&house, panel(Quorum::AnyOne)).await;
    let item = house.item(id, 1).await.id;
    let waiting = |n| {
        let op = house.op(n);
        async move {
            let queue = campaigns::queue(&op, id).await.expect("queue");
            queue.open.iter().any(|row| row.id == item)
        }
    };
    assert!(waiting(JONAS).await && waiting(MIRA).await);
    let input = house.answer(item, DecisionKind::Approve).await;
    campaigns::decide(&house.op(MIRA), input)
        .await
        .expect("decided");
    assert!(!waiting(JONAS).await && !waiting(MIRA).await);
}

#[tokio::test]
async fn a_stage_is_signed_off_and_what_its_rule_names_goes_on() {
    let Some(house) = House::build().await else {
        return;
    };
    let stage = |reviewers, advance| StagePlan { reviewers, advance };
    let policy = CampaignPolicy {
        stages: vec![
            stage(
                StageRule::Chain,
                vec![ItemOutcome::Revoke, ItemOutcome::NotReviewed],
            ),
            stage(StageRule::Security, vec![]),
        ],
        ..CampaignPolicy::default()
    };
    let id = with(&house, policy).await;
    for (n, who, decision) in [
        (1, JONAS, DecisionKind::Approve),
        (4, NADIA, DecisionKind::Revoke),
    ] {
        let input = house.answer(house.item(id, n).await.id, decision).await;
        campaigns::decide(&house.op(who), input)
            .await
            .expect("decided");
    }
    let gone_on = campaigns::advance(&house.op(INES), id)
        .await
        .expect("advance");
    assert_eq!(gone_on, 4, "the revoke and three without an answer");
    let revoked = house.item(id, 4).await;
    assert_eq!(
        (revoked.state, revoked.reviewer.id),
        (ItemState::Open, person(INES))
    );
    let approved = house.item(id, 1).await;
    assert_eq!(approved.state, ItemState::Decided);
    let late = house.answer(approved.id, DecisionKind::Revoke).await;
    let refused = campaigns::decide(&house.op(JONAS), late)
        .await
        .expect_err("final");
    assert!(refused.to_string().contains("signed off"), "{refused}");
    let last = campaigns::advance(&house.op(INES), id)
        .await
        .expect_err("last");
    assert!(matches!(last, Error::Conflict(_)), "{last}");
    let tally = campaigns::close(&house.op(INES), id).await.expect("close");
    assert_eq!(
        (tally.approve, tally.revoke, tally.not_reviewed),
        (1, 1, 3),
        "silence in the second stage takes no refusal back, and approves nothing"
    );
}

#[tokio::test]
async fn an_item_is_handed_on_twice_and_never_to_somebody_kept_out() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 4).await.id;
    let hand = |by, to| {
        let op = house.op(by);
        let input = ReassignInput {
            item,
            to: person(to),
            reason: WHY.into(),
        };
        async move { campaigns::reassign(&op, input).await }
    };
    let foreign = hand(JONAS, MIRA).await.expect_err("not theirs");
    assert!(matches!(foreign, Error::Forbidden(_)), "{foreign}");
    hand(NADIA, MIRA)
        .await
        .expect("whoever has it may hand it on");
    hand(INES, JONAS).await.expect("second");
    let third = hand(INES, MIRA).await.expect_err("third");
    assert!(third.to_string().contains("twice"), "{third}");
    let own = house.item(id, 2).await.id;
    let input = ReassignInput {
        item: own,
        to: person(JONAS),
        reason: WHY.into(),
    };
    let refused = campaigns::reassign(&house.op(INES), input)
        .await
        .expect_err("own work");
    assert!(
        refused.to_string().contains("created the credential"),
        "{refused}"
    );
}

#[tokio::test]
async fn one_answer_for_a_group_is_counted_reasoned_and_never_covers_what_is_privileged() {
    let Some(house) = House::build().await else {
        return;
    };
    house
        .sql("UPDATE identities SET owner_id = (SELECT id FROM people WHERE name = 'Nadia Flint'), backup_owner_id = NULL")
        .await;
    let id = house.started().await;
    let rows = campaigns::queue(&house.op(NADIA), id).await.expect("queue");
    let group = rows
        .open
        .iter()
        .find(|row| !row.privileged_production)
        .expect("an ordinary item")
        .clone();
    let alike = rows
        .open
        .iter()
        .filter(|row| !row.privileged_production && row.advice == group.advice)
        .count();
    let input = BulkInput {
        campaign: id,
        advice: group.advice,
        tier: contract::identities::RiskTier::High,
        decision: DecisionKind::Approve,
        reason: WHY.into(),
        count: 99,
    };
    let wrong = campaigns::decide_group(&house.op(NADIA), &input)
        .await
        .expect_err("count");
    assert!(
        matches!(&wrong, Error::Invalid(fields) if fields[0].field == "count"),
        "{wrong}"
    );
    house
        .sql(&format!(
            "UPDATE identities SET purpose = 'Something new' WHERE id = '{}'",
            group.identity.0
        ))
        .await;
    let input = BulkInput {
        count: i64::try_from(alike).expect("small"),
        ..input
    };
    let entries = house.activity().await;
    let done = campaigns::decide_group(&house.op(NADIA), &input)
        .await
        .expect("group");
    assert_eq!(house.activity().await, entries + 1);
    assert_eq!(
        (done.decided, done.left_out.len()),
        (i64::try_from(alike).expect("small") - 1, 1),
        "what drifted is left out: {done:?}"
    );
    let privileged = house.item(id, 1).await;
    assert_eq!(
        privileged.state,
        ItemState::Open,
        "privileged in production"
    );
    let bulk = "SELECT count(*) FROM item_decisions WHERE bulk";
    assert_eq!(
        store::testing::count(&house.db, bulk.to_owned()).await,
        done.decided
    );
}

#[tokio::test]
async fn whoever_is_away_is_stood_in_for_now_and_at_the_start() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    assert_eq!(house.item(id, 4).await.reviewer.id, person(NADIA));
    let absence = |from: &str, until: &str| AbsenceInput {
        deputy: person(MIRA),
        from: from.into(),
        until: until.into(),
    };
    let backwards = absence("2026-11-05", "2026-11-04");
    assert!(
        campaigns::be_away(&house.op(NADIA), &backwards)
            .await
            .is_err()
    );
    let moved = campaigns::be_away(&house.op(NADIA), &absence("2026-11-02", "2026-11-20"))
        .await
        .expect("away");
    assert_eq!(
        (moved, house.item(id, 4).await.reviewer.id),
        (1, person(MIRA))
    );
    let (view, _) = campaigns::review_item(&house.op(INES), house.item(id, 4).await.id)
        .await
        .expect("view");
    assert!(
        view.trail
            .iter()
            .any(|hop| hop.contains("away until 20 Nov 2026")),
        "{:?}",
        view.trail
    );
    campaigns::be_back(&house.op(NADIA)).await.expect("back");
    let again = campaigns::be_back(&house.op(NADIA)).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn a_gap_in_what_the_sources_see_is_acknowledged_before_the_start() {
    let Some(house) = House::build().await else {
        return;
    };
    house.sql("DELETE FROM event_days").await;
    let id = house.draft().await;
    let preview = campaigns::preview(&house.op(INES), id)
        .await
        .expect("preview");
    assert_eq!(preview.gaps.len(), 1, "{:?}", preview.gaps);
    let refused = campaigns::start(&house.op(INES), id)
        .await
        .expect_err("gap");
    assert!(
        refused.to_string().contains("not acknowledged"),
        "{refused}"
    );
    let filler = campaigns::accept(&house.op(INES), id, "ok")
        .await
        .expect_err("filler");
    assert!(matches!(filler, Error::Invalid(_)), "{filler}");
    campaigns::accept(&house.op(INES), id, WHY)
        .await
        .expect("accepted");
    let view = campaigns::view(&house.op(INES), id).await.expect("view");
    assert_eq!(view.row.state, CampaignState::Preview);
    assert!(view.preview.expect("preview").gaps[0].accepted.is_some());
    campaigns::start(&house.op(INES), id)
        .await
        .expect("started");
}

#[tokio::test]
async fn the_same_reason_again_and_again_is_refused_kindly() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 1).await.id;
    let input = house.answer(item, DecisionKind::Approve).await;
    // Five others already got these words from the same person.
    house
        .sql(&format!(
            "INSERT INTO campaign_items (id, campaign_id, identity_id, identity_name, reviewer_id, reviewer_hop, snapshot, hash, recommendation, advice, frozen_at)
             SELECT gen_random_uuid(), campaign_id, gen_random_uuid(), 'copy ' || n, reviewer_id, reviewer_hop, snapshot, hash, recommendation, advice, frozen_at
             FROM campaign_items, generate_series(1, 5) n WHERE id = '{item}';
             INSERT INTO item_decisions (id, item_id, decision, shown_hash, followed_advice, decided_by, decided_by_name, decided_at, number, reason_key)
             SELECT gen_random_uuid(), id, 'approve', hash, true, reviewer_id, 'Jonas Hale', frozen_at, 1, 'neededuntiltheledgermoveendsinmarchops4417'
             FROM campaign_items WHERE identity_name LIKE 'copy %'"
        ))
        .await;
    let refused = campaigns::decide(&house.op(JONAS), input.clone())
        .await
        .expect_err("pasted");
    assert!(refused.to_string().contains("5 other items"), "{refused}");
    let own = contract::campaigns::DecisionInput {
        reason: "The payments team ships with it twice a week".into(),
        ..input
    };
    campaigns::decide(&house.op(JONAS), own)
        .await
        .expect("own words");
}

async fn task(house: &House, id: CampaignId, n: u128) -> TaskRow {
    let board = campaigns::board(&house.op(INES), id, None)
        .await
        .expect("board");
    let found = board
        .tasks
        .into_iter()
        .find(|task| task.identity.0 == identity(n));
    found.expect("a task")
}

fn step(task: &TaskRow, step: TaskStep, text: &str) -> TaskInput {
    TaskInput {
        task: task.id,
        step,
        text: text.into(),
        to: None,
    }
}

#[tokio::test]
async fn nothing_is_sealed_before_what_was_decided_is_proven_or_waived() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let modify = house
        .answer(house.item(id, 4).await.id, DecisionKind::Modify)
        .await;
    campaigns::decide(&house.op(NADIA), modify)
        .await
        .expect("modify");
    let mut revoke = house
        .answer(house.item(id, 5).await.id, DecisionKind::Revoke)
        .await;
    revoke.at_once = true;
    campaigns::decide(&house.op(INES), revoke)
        .await
        .expect("revoke");
    let now = task(&house, id, 5).await;
    assert_eq!(now.state, TaskState::Decided, "at once: before the close");
    campaigns::close(&house.op(INES), id).await.expect("close");
    let system = || house.services.system("test");
    let blocked = evidence::seal(&house.op(INES), id).await.expect_err("open");
    assert!(
        blocked.to_string().contains("2 of what was decided"),
        "{blocked}"
    );

    // The modify is proven by the roll: an import took the permission away.
    let board = campaigns::board(&house.op(INES), id, Some(task(&house, id, 4).await.id))
        .await
        .expect("board");
    let (_, patch) = board.patch.expect("what carries it out");
    assert!(patch.json.contains("\"before\"") && !patch.commands.is_empty());
    assert_eq!(
        campaigns::settle(&system()).await.expect("settle").verified,
        0
    );
    assert!(task(&house, id, 4).await.proof.contains("still holds"));
    house
        .sql(&format!(
            "DELETE FROM permissions WHERE identity_id = '{}'",
            identity(4)
        ))
        .await;
    assert_eq!(
        campaigns::settle(&system()).await.expect("settle").verified,
        1
    );
    assert_eq!(task(&house, id, 4).await.state, TaskState::Verified);

    // The revoke is somebody's word until silence proves it.
    let revoke = task(&house, id, 5).await;
    let no_ticket = campaigns::step(&house.op(INES), &step(&revoke, TaskStep::Ticket, " ")).await;
    assert!(matches!(no_ticket, Err(Error::Invalid(_))));
    for one in [
        step(&revoke, TaskStep::Ticket, "OPS-9"),
        step(&revoke, TaskStep::Apply, ""),
    ] {
        campaigns::step(&house.op(INES), &one).await.expect("step");
    }
    let own = campaigns::step(&house.op(INES), &step(&revoke, TaskStep::Waive, WHY)).await;
    assert!(
        matches!(own, Err(Error::Forbidden(_))),
        "nobody waives their own"
    );
    assert_eq!(
        campaigns::settle(&system()).await.expect("settle").verified,
        0
    );
    house.pass(15);
    assert_eq!(
        campaigns::settle(&system()).await.expect("settle").verified,
        1
    );
    let proven = task(&house, id, 5).await;
    assert!(proven.proof.contains("Not used on"), "{}", proven.proof);
    evidence::seal(&house.op(INES), id).await.expect("sealed");

    // It is used all the same: a critical finding, and the task is open again.
    house.pass(3);
    house
        .sql(&format!(
            "UPDATE identities SET last_used_at = '2026-11-19T12:00:00Z' WHERE id = '{}'",
            identity(5)
        ))
        .await;
    assert_eq!(
        campaigns::settle(&system()).await.expect("settle").reopened,
        1
    );
    let again = task(&house, id, 5).await;
    assert_eq!((again.state, again.reopened), (TaskState::Decided, 1));
    let critical = "SELECT count(*) FROM findings WHERE rule = 'revoked_but_used' AND severity = 'critical' AND state = 'open'";
    assert_eq!(
        store::testing::count(&house.db, critical.to_owned()).await,
        1
    );
    assert_eq!(
        campaigns::settle(&system()).await.expect("settle").reopened,
        0
    );
}

#[tokio::test]
async fn silence_is_a_finding_never_an_approval_and_somebody_else_waives() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let revoke = house
        .answer(house.item(id, 4).await.id, DecisionKind::Revoke)
        .await;
    campaigns::decide(&house.op(NADIA), revoke)
        .await
        .expect("revoke");
    let tally = campaigns::close(&house.op(INES), id).await.expect("close");
    assert_eq!((tally.not_reviewed, tally.approve), (4, 0));
    service::posture::recompute_touched(&house.services.system("test"))
        .await
        .expect("judged");
    let silent =
        "SELECT count(*) FROM findings WHERE rule = 'unanswered_review' AND state = 'open'";
    assert_eq!(store::testing::count(&house.db, silent.to_owned()).await, 4);
    let revoke = task(&house, id, 4).await;
    let waive = step(
        &revoke,
        TaskStep::Waive,
        "The supplier ends the account in May, OPS-77",
    );
    let owner = campaigns::step(&house.op(NADIA), &waive).await;
    assert!(owner.is_err(), "not whoever should do it");
    campaigns::step(&house.op(ADAM), &waive)
        .await
        .expect("somebody else");
    evidence::seal(&house.op(INES), id).await.expect("sealed");
}
