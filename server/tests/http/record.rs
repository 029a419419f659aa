//! The pages on which an identity's record is kept, as a browser without scripts uses them: each role, bad input, and
//! what was pasted by mistake.

use contract::access::Role;
use contract::identities::{IdentityRequest, Transition, TransitionInput};
use contract::ids::{IdentityId, TeamId};
use contract::people::TeamRef;
use domain::access::{Actor, Person};
use http::StatusCode;
use service::identities;

use crate::world::{World, start};

const WHY: &str = "reason]=The+supplier+changes+keys+once+a+quarter";

/// An active pipeline with one access key, owned by somebody in a team.
async fn pipeline(world: &World) -> (IdentityId, Person) {
    let jonas = world.person("jonas", &[Role::Owner]).await;
    let team = TeamRef {
        id: TeamId(world.cli().new_id()),
        slug: "payments".into(),
        name: "Payments".into(),
    };
    let mut tx = world.services.db.begin().await.unwrap();
    store::teams::insert(&mut tx, &team, Some(jonas.id), &[jonas.id], start())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let jonas = Person {
        teams: vec![team.id],
        ..jonas
    };
    let form = IdentityRequest {
        name: "payments-api · deploy · production".into(),
        purpose: "Deploys the payments API to production".into(),
        ticket: "PAY-1182".into(),
        justification: "Releases are done by hand today, which takes an hour each".into(),
        team: team.id.to_string(),
        owner: jonas.id.to_string(),
        environments: vec!["production".into()],
        permissions: "aws ecs:UpdateService * production".into(),
        selectors: "oidc_subject token.actions.githubusercontent.com repo:acme@1/payments-api@2:environment:production".into(),
        credential_type: "cloud_access_key".into(),
        credential_reference: "AKIAIOSFODNN7EXAMPLE".into(),
        ..IdentityRequest::default()
    };
    let id = identities::request(&world.op(Actor::Person(jonas.clone())), &form)
        .await
        .unwrap();
    let approve = TransitionInput {
        identity: id,
        transition: Transition::Approve,
        reason: String::new(),
        ticket: String::new(),
        team: None,
        owner: None,
        purpose: String::new(),
    };
    identities::change_state(&world.cli(), &approve)
        .await
        .unwrap();
    (id, jonas)
}

async fn credential(world: &World, id: IdentityId) -> String {
    let view = identities::view(&world.cli(), id).await.unwrap();
    view.credentials[0].id.to_string()
}

#[tokio::test]
async fn a_rotation_is_recorded_on_its_page_and_a_secret_comes_back_in_no_answer() {
    let Some(world) = World::new().await else {
        return;
    };
    let (id, jonas) = pipeline(&world).await;
    let cookie = world.cookie(jonas.id).await;
    let (page, held) = (
        format!("/identities/{id}?tab=credentials"),
        credential(&world, id).await,
    );
    let shown = world.page(&page, Some(&cookie)).await.body;
    assert!(shown.contains("Record a rotation"));
    assert!(
        shown.contains("repo:acme@1/payments-api@2:environment:production"),
        "the trust document is ready"
    );

    let post = format!("{page}&do=rotation/record");
    let secret = format!("wJalrXUtnFEMI%2FK7MDENG%2F{}", "bPxRfiCYEXAMPLEKEY");
    let before = world.entries().await;
    let body =
        format!("input[credential]={held}&input[reference]={secret}&input[overlap_days]=400");
    let refused = world.form(&post, Some(&cookie), &body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .body
            .contains("This looks like an AWS secret access key")
    );
    assert!(
        refused.body.contains(r#"value="400""#),
        "the rest stands there again"
    );
    assert!(
        refused.body.contains("0 to 30 days"),
        "all that is wrong is said at once"
    );
    assert!(
        !refused.body.contains("bPxRfiCYEXAMPLEKEY"),
        "the secret is in no answer"
    );
    assert_eq!(world.entries().await, before);

    let body = format!(
        "input[credential]={held}&input[reference]=AKIAI44QH8DHBEXAMPLE&input[overlap_days]=10"
    );
    let done = world.form(&post, Some(&cookie), &body).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(done.header("location"), page);
    let shown = world.page(&page, Some(&cookie)).await.body;
    for words in [
        "Both valid",
        "AKIAI44QH8DHBEXAMPLE",
        "gives way to a newer one",
        "Rotation of",
    ] {
        assert!(shown.contains(words), "{words}");
    }
}

#[tokio::test]
async fn who_may_not_change_it_sees_it_without_forms() {
    let Some(world) = World::new().await else {
        return;
    };
    let (id, _) = pipeline(&world).await;
    let held = credential(&world, id).await;
    for role in [Role::Auditor, Role::Owner] {
        let cookie = world.signed_in(role).await;
        for tab in ["", "?tab=credentials", "?tab=history"] {
            let answer = world
                .page(&format!("/identities/{id}{tab}"), Some(&cookie))
                .await;
            assert_eq!(answer.status, StatusCode::OK, "{role} {tab}");
            for form in ["do=rotation/", "do=break-glass/", "/edit\""] {
                assert!(
                    !answer.body.contains(form),
                    "{role} is offered {form} on {tab}"
                );
            }
        }
        let post = format!("/identities/{id}?tab=credentials&do=rotation/revoke");
        let body = format!("input[credential]={held}&input[{WHY}");
        let refused = world.form(&post, Some(&cookie), &body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role}");
    }
    let auditor = world.signed_in(Role::Auditor).await;
    let edit = world
        .page(&format!("/identities/{id}/edit"), Some(&auditor))
        .await;
    assert_eq!(edit.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn limits_are_set_on_their_page_by_security_and_seen_by_everybody() {
    let Some(world) = World::new().await else {
        return;
    };
    for role in Role::ALL.iter().copied() {
        let cookie = world.signed_in(role).await;
        let answer = world.page("/settings/rotation", Some(&cookie)).await;
        assert_eq!(answer.status, StatusCode::OK, "{role}");
        assert!(answer.body.contains("No limit was set"), "{role}");
        let keeper = matches!(role, Role::Admin | Role::Security);
        assert_eq!(answer.body.contains("Set a limit"), keeper, "{role}");
    }
    let cookie = world.signed_in(Role::Security).await;
    let post = "/settings/rotation?do=rotation/set-policy";
    let body = format!("input[tier]=critical&input[days]=soon&input[{WHY}");
    let refused = world.form(post, Some(&cookie), &body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("1 to 730 days") && refused.body.contains(r#"value="soon""#));
    let body = format!(
        "input[tier]=critical&input[team]=&input[identity]=&input[credential_type]=&input[days]=30&input[{WHY}"
    );
    let done = world.form(post, Some(&cookie), &body).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let auditor = world.signed_in(Role::Auditor).await;
    let shown = world.page("/settings/rotation", Some(&auditor)).await.body;
    assert!(shown.contains("Critical tier") && shown.contains("once a quarter"));
}

#[tokio::test]
async fn an_edit_goes_to_the_history_and_a_wrong_one_comes_back() {
    let Some(world) = World::new().await else {
        return;
    };
    let (id, jonas) = pipeline(&world).await;
    let cookie = world.cookie(jonas.id).await;
    let page = format!("/identities/{id}/edit");
    let form = world.page(&page, Some(&cookie)).await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(
        form.body.contains("Suggested tier")
            && form.body.contains("payments-api · deploy · production")
    );
    let version = identities::view(&world.cli(), id).await.unwrap().version;
    let team = jonas.teams[0];
    let body = |tags: &str, reason: &str| {
        format!(
            "input[identity]={id}&input[version]={version}&input[name]=payments-api+%C2%B7+deploy+%C2%B7+production\
             &input[purpose]=Deploys+the+payments+API+to+production&input[ticket]=PAY-1182\
             &input[justification]=Releases+are+done+by+hand+today,+which+takes+an+hour+each\
             &input[environments][0]=production&input[tier]=critical&input[team]={team}&input[owner]={}\
             &input[backup_owner]=&input[tags]={tags}&input[links]=\
             &input[selectors]=oidc_subject+token.actions.githubusercontent.com+repo:acme@1/payments-api@2:environment:production\
             &input[reason]={reason}",
            jonas.id
        )
    };
    let post = format!("{page}?do=identities/edit");
    let refused = world
        .form(&post, Some(&cookie), &body("card-data", "ok"))
        .await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.body
    );
    assert!(
        refused.body.contains("1 field needs another look") && refused.body.contains("card-data")
    );
    let done = world
        .form(
            &post,
            Some(&cookie),
            &body("card-data", "The+auditor+asks+which+ones+touch+cards"),
        )
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let history = world
        .page(done.header("location"), Some(&cookie))
        .await
        .body;
    assert!(
        history.contains("card-data") && history.contains("The auditor asks"),
        "before, after and why"
    );
}
