//! Reviewing: who is asked, what is taken, who sees what.

use contract::campaigns::{DecisionKind, ItemFilter, ItemState, ReassignInput};
use service::{Error, campaigns, evidence};

use crate::house::{ADAM, House, INES, JONAS, MIRA, NADIA, OTTO, WHY, identity, person};

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
    let everything = ItemFilter::default();
    let seen = campaigns::items(&house.op(JONAS), id, &everything, None).await;
    assert_eq!(seen.expect("own").page.rows.len(), 1);
    let seen = campaigns::items(&house.op(OTTO), id, &everything, None).await;
    assert_eq!(seen.expect("all").page.rows.len(), 5);
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
async fn the_answers_of_a_whole_campaign_are_for_who_reads_its_evidence() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 4).await.id;
    let input = house.answer(item, DecisionKind::Approve).await;
    campaigns::decide(&house.op(NADIA), input)
        .await
        .expect("decided");
    let page = campaigns::answers(&house.op(OTTO), id, None, 10)
        .await
        .expect("an auditor sees them");
    assert_eq!((page.rows.len(), page.next), (1, None));
    let answer = &page.rows[0];
    assert_eq!((answer.item, answer.number), (item, 1));
    assert_eq!(answer.decision.decision, DecisionKind::Approve);
    assert_eq!(answer.decision.by.id, person(NADIA));
    let refused = campaigns::answers(&house.op(NADIA), id, None, 10)
        .await
        .expect_err("an owner sees their own, item by item");
    assert!(matches!(refused, Error::Refused(_)), "{refused}");
    let wrong = campaigns::answers(&house.op(OTTO), id, Some("abc"), 10)
        .await
        .expect_err("no cursor");
    assert!(matches!(wrong, Error::Invalid(_)), "{wrong}");
}
