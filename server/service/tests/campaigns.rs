//! The whole life of a campaign against a real database, and the ways it must not go.

#[path = "campaigns/house.rs"]
mod house;

use std::io::Cursor;

use contract::campaigns::{CampaignState, DecisionKind, ItemState, ReassignInput};
use domain::evidence::{keys, verify};
use house::{ADAM, House, INES, JONAS, MIRA, NADIA, OTTO, WHY, identity, person};
use service::{Error, campaigns, evidence};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn a_campaign_goes_from_draft_to_a_pack_that_verifies() {
    let Some(house) = House::build().await else {
        return;
    };
    let draft = house.draft().await;
    let preview = campaigns::preview(&house.op(INES), draft)
        .await
        .expect("preview");
    assert_eq!(
        (preview.count, preview.rows.len(), preview.blocked),
        (5, 5, None)
    );
    assert_eq!(
        preview.query,
        "All active identities whose review is due by 30 November 2026"
    );
    assert!(
        preview
            .questions
            .iter()
            .any(|q| q.starts_with("1 without an owner")),
        "{:?}",
        preview.questions
    );

    let before = house.activity().await;
    assert_eq!(
        campaigns::start(&house.op(INES), draft)
            .await
            .expect("start"),
        5
    );
    assert_eq!(
        house.activity().await,
        before + 1,
        "one entry for the whole start"
    );

    house.pass(3);
    let first = house.item(draft, 1).await.id;
    let mut input = house.answer(first, DecisionKind::Approve).await;
    input.reason = "ok".into();
    let filler = campaigns::decide(&house.op(JONAS), input.clone())
        .await
        .expect_err("filler");
    assert!(
        matches!(&filler, Error::Invalid(fields) if fields[0].field == "reason"),
        "{filler}"
    );
    input.reason = WHY.into();
    let entries = house.activity().await;
    let done = campaigns::decide(&house.op(JONAS), input)
        .await
        .expect("approve");
    assert_eq!(
        house.activity().await,
        entries + 1,
        "one entry for one answer"
    );
    assert_eq!(done.sentence, "Approved payments-api · deploy.");
    let modify = house
        .answer(house.item(draft, 4).await.id, DecisionKind::Modify)
        .await;
    campaigns::decide(&house.op(NADIA), modify)
        .await
        .expect("modify");
    let revoke = house
        .answer(house.item(draft, 5).await.id, DecisionKind::Revoke)
        .await;
    campaigns::decide(&house.op(INES), revoke)
        .await
        .expect("revoke");

    house.pass(26);
    let early = evidence::seal(&house.op(INES), draft)
        .await
        .expect_err("not closed");
    assert!(
        early
            .to_string()
            .contains("only a closed one can be sealed"),
        "{early}"
    );
    let tally = campaigns::close(&house.op(INES), draft)
        .await
        .expect("close");
    assert_eq!(
        (
            tally.approve,
            tally.modify,
            tally.revoke,
            tally.not_reviewed
        ),
        (1, 1, 1, 2)
    );
    let sealed = evidence::seal(&house.op(INES), draft).await.expect("seal");
    let again = evidence::seal(&house.op(INES), draft)
        .await
        .expect_err("final");
    assert!(matches!(again, Error::Conflict(_)), "{again}");

    let entries = house.activity().await;
    let (name, bytes) = evidence::export(&house.op(OTTO), draft)
        .await
        .expect("an auditor may read");
    assert_eq!(
        (name.as_str(), house.activity().await),
        ("evidence-q4-2026-access-review.zip", entries + 1)
    );
    assert_eq!(i64::try_from(bytes.len()).expect("size"), sealed.bytes);
    let (_, pem, _) = evidence::public_keys(&house.op(OTTO))
        .await
        .expect("keys")
        .remove(0);
    let public = keys::public_from_pem(&pem).expect("pem");
    let report = verify(Cursor::new(&bytes), Some(&public)).expect("verifies");
    assert_eq!(
        (report.items, report.answers, report.outcomes),
        (5, 3, tally)
    );
    assert_eq!(keys::key_id(&public), sealed.key_id);

    let mut cut = bytes.clone();
    cut[bytes.len() / 2] ^= 1;
    assert!(verify(Cursor::new(cut), Some(&public)).is_err());
    let reviewed = "SELECT count(*) FROM identities WHERE last_reviewed_at IS NOT NULL AND next_review_at > '2027-02-01'";
    assert_eq!(
        store::testing::count(&house.db, reviewed.to_owned()).await,
        2,
        "approved and modified ones are due later"
    );
    let key = house.keys.join("evidence.pem");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(key).expect("key").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn nobody_is_asked_about_their_own_work() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let mine = house.item(id, 1).await;
    assert_eq!(mine.reviewer.id, person(JONAS));
    let created = house.item(id, 2).await;
    assert_eq!(
        created.reviewer.id,
        person(MIRA),
        "the backup answers, the owner created the key"
    );
    let changed = house.item(id, 3).await;
    assert_eq!(
        changed.reviewer.id,
        person(MIRA),
        "a team member answers, the owner changed the permissions"
    );
    let orphan = house.item(id, 5).await;
    assert_eq!(orphan.reviewer.id, person(INES));

    let input = house.answer(created.id, DecisionKind::Approve).await;
    let refused = campaigns::decide(&house.op(JONAS), input)
        .await
        .expect_err("own work");
    assert_eq!(
        refused.to_string(),
        "You cannot decide on this one, because you created the credential “key 2”. It goes to somebody else."
    );
    let handed = ReassignInput {
        item: created.id,
        to: person(JONAS),
        reason: WHY.into(),
    };
    let refused = campaigns::reassign(&house.op(ADAM), handed)
        .await
        .expect_err("their work");
    assert!(
        refused.to_string().starts_with("Jonas Hale cannot decide"),
        "{refused}"
    );
    let (view, _) = campaigns::review_item(&house.op(MIRA), created.id)
        .await
        .expect("view");
    assert_eq!(
        view.trail,
        ["The owner, Jonas Hale, created the credential “key 2”."]
    );
}

#[tokio::test]
async fn a_changed_identity_is_shown_before_it_is_decided_on() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 4).await.id;
    let shown = house.answer(item, DecisionKind::Revoke).await;
    house
        .sql(&format!(
            "INSERT INTO permissions (id, identity_id, system, action, resource, privileged, created_at)
             VALUES (gen_random_uuid(), '{}', 'aws', 'kms:Decrypt', 'key/ledger', true, now())",
            identity(4)
        ))
        .await;
    let refused = campaigns::decide(&house.op(NADIA), shown)
        .await
        .expect_err("drift");
    assert!(
        matches!(&refused, Error::Conflict(why) if why.contains("changed since it was frozen")),
        "{refused}"
    );
    let (view, _) = campaigns::review_item(&house.op(NADIA), item)
        .await
        .expect("view");
    assert_eq!(view.drift.len(), 1);
    assert!(
        view.drift[0].sentence.starts_with("It can now"),
        "{:?}",
        view.drift
    );
    let progress = campaigns::view(&house.op(INES), id)
        .await
        .expect("campaign");
    assert_eq!((progress.row.drifted, progress.drifted.len()), (1, 1));

    let seen = house.answer(item, DecisionKind::Revoke).await;
    assert!(seen.seen_current_hash.is_some());
    campaigns::decide(&house.op(NADIA), seen)
        .await
        .expect("after viewing");
    let progress = campaigns::view(&house.op(INES), id)
        .await
        .expect("campaign");
    assert_eq!(progress.row.drifted, 0, "it was decided on as it is now");
}

#[tokio::test]
async fn of_two_people_at_once_one_wins_and_the_other_is_told() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 1).await.id;
    let (by_owner, by_security) = (house.op(JONAS), house.op(INES));
    let approve = house.answer(item, DecisionKind::Approve).await;
    let revoke = house.answer(item, DecisionKind::Revoke).await;
    let (a, b) = tokio::join!(
        campaigns::decide(&by_owner, approve),
        campaigns::decide(&by_security, revoke)
    );
    let told: Vec<Error> = [a, b].into_iter().filter_map(Result::err).collect();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].to_string().contains("decided this in the meantime"),
        "{}",
        told[0]
    );
    let (view, _) = campaigns::review_item(&house.op(INES), item)
        .await
        .expect("view");
    assert_eq!(view.history.len(), 1);

    let mut change = house.answer(item, DecisionKind::Modify).await;
    change.reason = format!("{WHY}, on second thought");
    campaigns::decide(&house.op(JONAS), change)
        .await
        .expect("a decision may be changed until the close");
    let (view, _) = campaigns::review_item(&house.op(INES), item)
        .await
        .expect("view");
    assert_eq!(
        (view.history.len(), view.decision.map(|d| d.decision)),
        (2, Some(DecisionKind::Modify))
    );
}

#[tokio::test]
async fn an_answer_and_the_close_at_once_leave_one_truth() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 1).await.id;
    let input = house.answer(item, DecisionKind::Approve).await;
    let (owner, manager) = (house.op(JONAS), house.op(INES));
    let (decided, closed) = tokio::join!(
        campaigns::decide(&owner, input),
        campaigns::close(&manager, id)
    );
    let tally = closed.expect("the close goes through");
    assert_eq!(tally.items(), 5);
    let row = house.item(id, 1).await;
    match decided {
        Ok(_) => assert_eq!((tally.approve, row.state), (1, ItemState::Decided)),
        Err(error) => {
            assert!(error.to_string().contains("closed"), "{error}");
            assert_eq!((tally.approve, row.state), (0, ItemState::NotReviewed));
        }
    }
    let late = house.answer(item, DecisionKind::Revoke).await;
    assert!(
        campaigns::decide(&house.op(JONAS), late).await.is_err(),
        "nothing changes after the close"
    );
}

#[tokio::test]
async fn dont_know_asks_the_next_of_the_chain() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 4).await.id;
    let mut asked = house.answer(item, DecisionKind::DontKnow).await;
    asked.reason = "Who runs this now?".into();
    let done = campaigns::decide(&house.op(NADIA), asked)
        .await
        .expect("asked");
    assert_eq!(
        done.sentence,
        "Did not know about checkout-web · deploy. It went to Ines Varga."
    );
    let row = house.item(id, 4).await;
    assert_eq!(
        (row.state, row.reviewer.id, row.decision),
        (ItemState::Open, person(INES), None)
    );
    let (view, _) = campaigns::review_item(&house.op(INES), item)
        .await
        .expect("view");
    assert_eq!(view.history[0].reason, "Who runs this now?");
    let last = house.answer(item, DecisionKind::DontKnow).await;
    let done = campaigns::decide(&house.op(INES), last)
        .await
        .expect("asked");
    assert!(
        done.sentence.ends_with("Nobody is left to ask."),
        "{}",
        done.sentence
    );
    let row = house.item(id, 4).await;
    assert_eq!(
        (row.state, row.decision),
        (ItemState::Decided, Some(DecisionKind::DontKnow))
    );
}

#[tokio::test]
async fn answers_are_taken_back_and_items_handed_on_with_a_reason() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 1).await.id;
    let input = house.answer(item, DecisionKind::Approve).await;
    campaigns::decide(&house.op(JONAS), input)
        .await
        .expect("approve");
    campaigns::withdraw(&house.op(JONAS), item)
        .await
        .expect("taken back");
    assert_eq!(house.item(id, 1).await.state, ItemState::Open);
    let hand = |reason: &str| ReassignInput {
        item,
        to: person(NADIA),
        reason: reason.into(),
    };
    assert!(
        campaigns::reassign(&house.op(INES), hand("ok"))
            .await
            .is_err()
    );
    campaigns::reassign(&house.op(INES), hand(WHY))
        .await
        .expect("handed on");
    let row = house.item(id, 1).await;
    assert_eq!(row.reviewer.id, person(NADIA));
    let (view, _) = campaigns::review_item(&house.op(NADIA), item)
        .await
        .expect("theirs now");
    assert!(view.trail[0].contains(WHY) && view.history.len() == 1);
    assert!(campaigns::review_item(&house.op(MIRA), item).await.is_err());
}

#[tokio::test]
async fn each_role_sees_and_does_only_what_is_theirs() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 1).await.id;
    assert_eq!(
        campaigns::items(&house.op(JONAS), id)
            .await
            .expect("own")
            .len(),
        1
    );
    assert_eq!(
        campaigns::items(&house.op(OTTO), id)
            .await
            .expect("all")
            .len(),
        5
    );
    assert_eq!(
        campaigns::my_reviews(&house.op(MIRA)).await.expect("mine")[0].open,
        2
    );
    assert!(matches!(
        campaigns::review_item(&house.op(NADIA), item).await,
        Err(Error::NotFound(_))
    ));
    let (view, _) = campaigns::review_item(&house.op(OTTO), item)
        .await
        .expect("an auditor reads");
    assert!(view.refused.is_some());
    let input = house.answer(item, DecisionKind::Approve).await;
    assert!(matches!(
        campaigns::decide(&house.op(OTTO), input.clone()).await,
        Err(Error::Refused(_))
    ));
    assert!(matches!(
        campaigns::decide(&house.op(NADIA), input.clone()).await,
        Err(Error::Forbidden(_))
    ));
    assert!(matches!(
        campaigns::decide(&house.op(ADAM), input).await,
        Err(Error::Forbidden(_))
    ));
    for n in [JONAS, OTTO] {
        assert!(matches!(
            campaigns::close(&house.op(n), id).await,
            Err(Error::Refused(_))
        ));
        assert!(matches!(
            campaigns::cancel(&house.op(n), id, WHY).await,
            Err(Error::Refused(_))
        ));
        assert!(matches!(
            evidence::seal(&house.op(n), id).await,
            Err(Error::Refused(_))
        ));
    }
    assert!(matches!(
        evidence::export(&house.op(JONAS), id).await,
        Err(Error::Refused(_))
    ));
    assert!(matches!(
        evidence::export(&house.op(OTTO), id).await,
        Err(Error::Conflict(_))
    ));
    assert!(campaigns::list(&house.nobody()).await.is_err());
    assert!(campaigns::view(&house.nobody(), id).await.is_err());
}

#[tokio::test]
async fn a_second_campaign_knows_the_first() {
    let Some(house) = House::build().await else {
        return;
    };
    let first = house.started().await;
    let input = house
        .answer(house.item(first, 4).await.id, DecisionKind::Approve)
        .await;
    campaigns::decide(&house.op(NADIA), input)
        .await
        .expect("approve");
    campaigns::close(&house.op(INES), first)
        .await
        .expect("close");
    evidence::seal(&house.op(INES), first).await.expect("seal");
    house.pass(90);
    house
        .sql(&format!(
            "UPDATE identities SET backup_owner_id = '{}' WHERE id = '{}'",
            person(MIRA),
            identity(4)
        ))
        .await;
    let input = contract::campaigns::CampaignInput {
        name: "Q1 2027 access review".into(),
        due_on: "2027-02-28".into(),
        only_due: true,
        ..Default::default()
    };
    let second = campaigns::create(&house.op(INES), input.clone())
        .await
        .expect("draft");
    assert!(matches!(
        campaigns::create(&house.op(INES), input).await,
        Err(Error::Invalid(_))
    ));
    campaigns::start(&house.op(INES), second)
        .await
        .expect("start");
    let row = house.item(second, 4).await;
    assert!(row.changed);
    let (view, _) = campaigns::review_item(&house.op(NADIA), row.id)
        .await
        .expect("view");
    assert_eq!(
        view.changes[0].sentence,
        "The backup owner is now Mira Kestrel."
    );
    assert_eq!(
        (view.reviews.len(), view.reviews[0].decision),
        (1, DecisionKind::Approve)
    );
    let (first_in_queue, _) = campaigns::review_item(&house.op(INES), row.id)
        .await
        .expect("view");
    assert_eq!(first_in_queue.place.0, 1);
}

#[tokio::test]
async fn an_empty_house_and_wrong_input_are_told_plainly() {
    let Some(house) = House::build().await else {
        return;
    };
    house.sql("DELETE FROM permissions; DELETE FROM credentials; UPDATE identities SET state = 'removed'").await;
    assert!(
        campaigns::list(&house.op(INES))
            .await
            .expect("list")
            .is_empty()
    );
    assert!(
        campaigns::my_reviews(&house.op(JONAS))
            .await
            .expect("mine")
            .is_empty()
    );
    let id = house.draft().await;
    let preview = campaigns::preview(&house.op(INES), id)
        .await
        .expect("preview");
    assert_eq!((preview.count, preview.blocked.is_some()), (0, true));
    let empty = campaigns::start(&house.op(INES), id)
        .await
        .expect_err("empty");
    assert!(empty.to_string().contains("nothing to review"), "{empty}");
    let wrong = campaigns::create(
        &house.op(INES),
        contract::campaigns::CampaignInput::default(),
    )
    .await;
    let Err(Error::Invalid(fields)) = wrong else {
        panic!("must be refused")
    };
    assert_eq!(
        fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(),
        ["name", "due_on"]
    );
    campaigns::cancel(&house.op(INES), id, "")
        .await
        .expect("a draft needs no reason");
    let view = campaigns::view(&house.op(INES), id).await.expect("view");
    assert_eq!(view.row.state, CampaignState::Cancelled);
    assert!(matches!(
        campaigns::view(
            &house.op(INES),
            contract::ids::CampaignId(uuid::Uuid::nil())
        )
        .await,
        Err(Error::NotFound(_))
    ));
}

#[tokio::test]
async fn an_item_whose_identity_vanished_is_gone_not_unreviewed() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    house
        .sql(&format!(
            "UPDATE identities SET state = 'removed' WHERE id = '{}'",
            identity(5)
        ))
        .await;
    let tally = campaigns::close(&house.op(INES), id).await.expect("close");
    assert_eq!((tally.gone, tally.not_reviewed), (1, 4));
    assert_eq!(house.item(id, 5).await.state, ItemState::Gone);
}

#[tokio::test]
async fn two_starts_at_once_freeze_once() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.draft().await;
    let (one, two) = (house.op(INES), house.op(ADAM));
    let (a, b) = tokio::join!(campaigns::start(&one, id), campaigns::start(&two, id));
    assert_eq!(
        [a.is_ok(), b.is_ok()].into_iter().filter(|ok| *ok).count(),
        1
    );
    let items =
        store::testing::count(&house.db, "SELECT count(*) FROM campaign_items".to_owned()).await;
    assert_eq!(items, 5);
}
