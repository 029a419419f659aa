//! What silence brings where the policy suspends: several at once, above a cap that somebody else lifted, and back.

use contract::campaigns::{CampaignInput, CampaignPolicy, PerTier, Silence};
use contract::identities::{Transition, TransitionInput};
use service::{Error, campaigns, identities};

use crate::house::{ADAM, House, INES, JONAS, WHY, identity};

async fn suspended(house: &House) -> i64 {
    let sql = "SELECT count(*) FROM identities WHERE state = 'suspended'";
    store::testing::count(&house.db, sql.to_owned()).await
}

#[tokio::test]
async fn several_are_suspended_once_one_person_lifted_the_cap_and_another_typed_their_number() {
    let Some(house) = House::build().await else {
        return;
    };
    let input = CampaignInput {
        name: "A review nobody answers".into(),
        due_on: "2026-11-30".into(),
        only_due: true,
        policy: CampaignPolicy {
            silence: PerTier::all(Silence::Suspend),
            ..CampaignPolicy::default()
        },
        ..CampaignInput::default()
    };
    let ines = || house.op(INES);
    let id = campaigns::create(&ines(), input).await.expect("draft");
    campaigns::start(&ines(), id).await.expect("started");
    campaigns::close(&ines(), id).await.expect("closed");
    let early = campaigns::silence(&ines(), id).await.expect("list");
    assert_eq!(early.count, 0, "its days of grace have not passed");
    house.pass(36);
    let list = campaigns::silence(&ines(), id).await.expect("list");
    assert_eq!((list.count, list.cap, list.identities.len()), (5, 1, 5));

    let above = campaigns::suspend_silent(&ines(), id, 5).await;
    assert!(matches!(&above, Err(Error::Conflict(_))), "{above:?}");
    let filler = campaigns::lift_cap(&ines(), id, "ok").await;
    assert!(matches!(&filler, Err(Error::Invalid(_))), "{filler:?}");
    campaigns::lift_cap(&ines(), id, WHY).await.expect("lifted");
    let same = campaigns::suspend_silent(&ines(), id, 5).await;
    assert!(matches!(&same, Err(Error::Forbidden(_))), "{same:?}");
    let typo = campaigns::suspend_silent(&house.op(ADAM), id, 4).await;
    assert!(
        matches!(&typo, Err(Error::Invalid(fields)) if fields[0].field == "count"),
        "{typo:?}"
    );
    assert_eq!(suspended(&house).await, 0, "nothing was done until now");

    let entries = house.activity().await;
    let done = campaigns::suspend_silent(&house.op(ADAM), id, 5).await;
    assert_eq!(done.expect("suspended"), 5);
    assert_eq!(suspended(&house).await, 5);
    assert_eq!(house.activity().await, entries + 5, "each in the record");
    let again = campaigns::suspend_silent(&house.op(ADAM), id, 0).await;
    assert!(matches!(&again, Err(Error::Conflict(_))), "{again:?}");

    // Its owner takes it back.
    let back = TransitionInput {
        identity: identity(1),
        transition: Transition::Reactivate,
        reason: WHY.into(),
        ticket: "OPS-12".into(),
        team: None,
        owner: None,
        purpose: String::new(),
    };
    identities::change_state(&house.op(JONAS), &back)
        .await
        .expect("its owner may");
    assert_eq!(suspended(&house).await, 4);
}
