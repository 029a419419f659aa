//! When an owner leaves: nobody is left without a finding, a backup or a reviewer.

use contract::campaigns::{CampaignInput, ItemFilter, ItemRow};
use contract::findings::FindingFilter;
use contract::ids::{CampaignId, PersonId};
use contract::people::DepartureInput;
use service::ports::Pigeonhole;
use service::{Error, campaigns, identities, messages, people, posture};

use crate::house::{AIKO, DANA, House, INES, JONAS, open};

const WHY: &str = "Their last day was Friday, says the people team";

fn input(person: PersonId, left: bool) -> DepartureInput {
    DepartureInput {
        person,
        left,
        reason: WHY.into(),
    }
}

/// Starts a review of everything. What Jonas made himself he could not judge, so nobody made it here.
async fn review(house: &House) -> CampaignId {
    let sql = "UPDATE credentials SET created_by = NULL; UPDATE permissions SET changed_by = NULL";
    store::testing::script(&house.services.db, sql.to_owned()).await;
    let input = CampaignInput {
        name: "Q4 review".into(),
        due_on: "2026-12-20".into(),
        ..CampaignInput::default()
    };
    let id = campaigns::create(&house.as_person(INES), input)
        .await
        .expect("drafted");
    campaigns::start_accepting(
        &house.as_person(INES),
        id,
        "No source is connected in this test of the roll",
    )
    .await
    .expect("started");
    id
}

async fn items(house: &House, id: CampaignId) -> Vec<ItemRow> {
    campaigns::items(&house.as_person(INES), id, &ItemFilter::default(), None)
        .await
        .expect("lists")
        .page
        .rows
}

async fn orphans(house: &House) -> usize {
    posture::recompute_touched(&house.system())
        .await
        .expect("judged");
    let filter = FindingFilter {
        rule: vec!["inactive_owner".into()],
        ..FindingFilter::default()
    };
    let found = service::findings::list(&house.as_person(INES), &filter, None).await;
    found.expect("lists").page.rows.len()
}

#[tokio::test]
async fn reviews_go_to_the_backup_and_the_orphan_is_a_finding() {
    let Some(house) = open().await else { return };
    let id = house
        .active(|form| form.backup_owner = DANA.to_string())
        .await;
    let campaign = review(&house).await;
    assert_eq!(items(&house, campaign).await[0].reviewer.id, JONAS);
    let entries = house.entries().await;
    people::depart(&house.as_person(INES), &input(JONAS, true))
        .await
        .expect("noted");
    assert_eq!(house.entries().await, entries + 1);
    assert_eq!(items(&house, campaign).await[0].reviewer.id, DANA);
    assert_eq!(orphans(&house).await, 1);
    let dana = people::view(&house.as_person(AIKO), DANA)
        .await
        .expect("there");
    assert_eq!(
        dana.stands_in.iter().map(|row| row.id).collect::<Vec<_>>(),
        [id]
    );
    let viewer = service::session::viewer(&house.as_person(DANA))
        .await
        .expect("there");
    assert_eq!(viewer.stands_in, 1, "the backup is told");
    let post = Pigeonhole::default();
    messages::deliver(&house.system(), &post)
        .await
        .expect("delivered");
    let letters = post.letters();
    assert_eq!(letters.len(), 1, "one letter, to the backup");
    assert_eq!(letters[0].to_name, "Dana Reyes");
    assert!(letters[0].subject.contains("you answer for 1 identity now"));
    assert!(letters[0].body.contains(&format!("/people/{DANA}")));
    people::settle_departures(&house.system())
        .await
        .expect("settles");
    messages::deliver(&house.system(), &post)
        .await
        .expect("delivered");
    assert_eq!(post.letters().len(), 1, "once for each departure");

    people::depart(&house.as_person(INES), &input(JONAS, false))
        .await
        .expect("noted");
    assert_eq!(orphans(&house).await, 0, "what was so is resolved");
    let view = identities::view(&house.as_person(AIKO), id)
        .await
        .expect("there");
    assert!(view.row.owner.expect("an owner").active);
}

#[tokio::test]
async fn a_second_departure_after_a_return_is_written_again() {
    let Some(house) = open().await else { return };
    house
        .active(|form| form.backup_owner = DANA.to_string())
        .await;
    let post = Pigeonhole::default();
    let mut letters = Vec::new();
    for left in [true, false, true] {
        people::depart(&house.as_person(INES), &input(JONAS, left))
            .await
            .expect("noted");
        messages::deliver(&house.system(), &post)
            .await
            .expect("delivered");
        letters.push(post.letters().len());
    }
    assert_eq!(letters, [1, 1, 2], "left, back, left again");
    let all = post.letters();
    assert!(all.iter().all(|letter| letter.to_name == "Dana Reyes"));
    assert_ne!(all[0].id, all[1].id, "a letter of its own");
}

#[tokio::test]
async fn what_an_import_told_is_settled_by_the_job_once() {
    let Some(house) = open().await else { return };
    house.active(|_| {}).await;
    let campaign = review(&house).await;
    let sql = format!("UPDATE people SET active = false WHERE id = '{JONAS}'");
    store::testing::script(&house.services.db, sql).await;
    assert_eq!(
        people::settle_departures(&house.system())
            .await
            .expect("settles"),
        1
    );
    assert_eq!(
        items(&house, campaign).await[0].reviewer.id,
        INES,
        "no backup, no other member: Security"
    );
    assert_eq!(orphans(&house).await, 1);
    let entries = house.entries().await;
    assert_eq!(
        people::settle_departures(&house.system())
            .await
            .expect("settles"),
        0
    );
    assert_eq!(house.entries().await, entries, "and told once");
}

#[tokio::test]
async fn only_security_says_it_and_never_of_themselves() {
    let Some(house) = open().await else { return };
    for person in [JONAS, AIKO] {
        let refused = people::depart(&house.as_person(person), &input(DANA, true)).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
    let oneself = people::depart(&house.as_person(INES), &input(INES, true)).await;
    assert!(matches!(oneself, Err(Error::Forbidden(_))), "{oneself:?}");
    let here = people::depart(&house.as_person(INES), &input(DANA, false)).await;
    assert!(matches!(here, Err(Error::Conflict(_))), "{here:?}");
    let why = DepartureInput {
        reason: "ok".into(),
        ..input(DANA, true)
    };
    let filler = people::depart(&house.as_person(INES), &why).await;
    assert!(matches!(filler, Err(Error::Invalid(_))), "{filler:?}");
}
