//! From draft to evidence.

use std::io::Cursor;

use contract::campaigns::{CampaignState, DecisionKind, ItemState};
use domain::evidence::{keys, verify};
use service::{Error, campaigns, evidence};

use crate::house::{ADAM, House, INES, JONAS, MIRA, NADIA, OTTO, WHY, identity, person};

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
    house.waive_all(draft).await;
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
    campaigns::start_accepting(&house.op(INES), second, WHY)
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
