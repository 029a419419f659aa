//! From request to removal: who may, what is demanded, what is recorded.

use contract::identities::{IdentityState, Transition};
use service::Error;

use crate::house::{self, AIKO, DANA, INES, JONAS, request, take};

#[tokio::test]
async fn a_request_becomes_active_by_somebody_elses_approval_and_each_step_is_recorded_once() {
    let Some(house) = house::open().await else {
        return;
    };
    let before = house.entries().await;
    let id = service::identities::request(&house.as_person(JONAS), &request())
        .await
        .expect("requested");
    assert_eq!(house.entries().await, before + 1);

    let view = service::identities::view(&house.as_person(JONAS), id)
        .await
        .expect("view");
    assert_eq!(view.row.state, IdentityState::Requested);
    assert!(view.row.privileged);
    assert_eq!(
        view.row.subject,
        "repo:acme/payments-api:environment:production"
    );
    assert_eq!(view.transitions, [], "an owner approves nothing");

    let ines = house.as_person(INES);
    let state = service::identities::change_state(&ines, &take(id, Transition::Approve))
        .await
        .expect("approved");
    assert_eq!(state, IdentityState::Active);
    assert_eq!(house.entries().await, before + 2);
    let view = service::identities::view(&ines, id).await.expect("view");
    assert_eq!(view.approved_by.expect("approver").id, INES);
    assert!(view.row.next_review_at.is_some());
    assert_eq!(view.history.len(), 2);
    assert_eq!(
        view.row.risk,
        view.risk_reasons.iter().map(|r| r.points).sum::<i32>()
    );
    assert_eq!(
        view.permissions[0].sentence,
        "Replace any running ECS service in production"
    );
}

#[tokio::test]
async fn the_requester_cannot_approve_whatever_their_roles() {
    let Some(house) = house::open().await else {
        return;
    };
    let ines = house.as_person(INES);
    let id = service::identities::request(&ines, &request())
        .await
        .expect("requested");
    let refused = service::identities::change_state(&ines, &take(id, Transition::Approve)).await;
    assert!(matches!(refused, Err(Error::Forbidden(why)) if why.contains("somebody else")));
    let view = service::identities::view(&ines, id).await.expect("view");
    assert_eq!(view.transitions, [Transition::Reject]);
}

#[tokio::test]
async fn a_wrong_request_names_each_field_and_saves_nothing() {
    let Some(house) = house::open().await else {
        return;
    };
    house.active(|_| {}).await;
    let before = house.entries().await;
    let jonas = house.as_person(JONAS);
    let refused = service::identities::request(&jonas, &request()).await;
    let Err(Error::Invalid(errors)) = refused else {
        panic!("{refused:?}")
    };
    assert!(
        errors
            .iter()
            .any(|e| e.field == "selectors" && e.message.contains("payments-api")),
        "{errors:?}"
    );

    let mut form = request();
    form.selectors = "repository acme/other".into();
    let Err(Error::Invalid(errors)) = service::identities::request(&jonas, &form).await else {
        panic!("the name is taken")
    };
    assert_eq!(errors[0].field, "name");
    let shown = service::identities::check_request(&jonas, &form)
        .await
        .expect("checked");
    assert_eq!(shown, errors);

    form.name = "another one".into();
    form.team = house::DATA.to_string();
    form.owner = uuid::Uuid::nil().to_string();
    let Err(Error::Invalid(errors)) = service::identities::request(&jonas, &form).await else {
        panic!("another team's")
    };
    let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["team", "owner"]);
    assert_eq!(house.entries().await, before);
}

#[tokio::test]
async fn owners_change_only_what_their_team_owns_and_auditors_nothing() {
    let Some(house) = house::open().await else {
        return;
    };
    let id = house.active(|_| {}).await;
    let suspend = take(id, Transition::Suspend);
    let dana = service::identities::change_state(&house.as_person(DANA), &suspend).await;
    assert!(matches!(dana, Err(Error::Forbidden(_))));
    let aiko = service::identities::change_state(&house.as_person(AIKO), &suspend).await;
    assert!(matches!(aiko, Err(Error::Refused(_))));
    assert!(
        !service::identities::view(&house.as_person(DANA), id)
            .await
            .expect("read-only")
            .may_edit
    );
    service::identities::change_state(&house.as_person(JONAS), &suspend)
        .await
        .expect("suspended");
}

#[tokio::test]
async fn decommissioning_is_watched_before_removal_and_can_be_taken_back() {
    let Some(house) = house::open().await else {
        return;
    };
    let id = house.active(|_| {}).await;
    let act = async |transition| {
        service::identities::change_state(&house.as_person(JONAS), &take(id, transition)).await
    };
    act(Transition::Decommission).await.expect("disabled");
    assert!(
        matches!(act(Transition::Remove).await, Err(Error::Conflict(why)) if why.contains("watched until"))
    );
    act(Transition::Reactivate).await.expect("back");
    act(Transition::Decommission).await.expect("disabled again");
    house.wait(31);
    assert_eq!(
        act(Transition::Remove).await.expect("removed"),
        IdentityState::Removed
    );
    assert!(matches!(
        act(Transition::Suspend).await,
        Err(Error::Conflict(_))
    ));
    let view = service::identities::view(&house.as_person(JONAS), id)
        .await
        .expect("view");
    assert_eq!(view.row.next_review_at, None);
}

#[tokio::test]
async fn a_missing_fact_is_named_beside_its_field() {
    let Some(house) = house::open().await else {
        return;
    };
    let id = house.active(|_| {}).await;
    let mut input = take(id, Transition::Decommission);
    input.ticket = "later".into();
    let refused = service::identities::change_state(&house.as_person(INES), &input).await;
    assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].field == "ticket"));
    input.ticket = format!("{}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let refused = service::identities::change_state(&house.as_person(INES), &input).await;
    assert!(matches!(refused, Err(Error::Invalid(errors)) if !errors[0].message.contains("a1B2")));
}
