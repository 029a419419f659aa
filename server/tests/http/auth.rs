//! Sessions: begun, kept, ended.

use chrono::TimeDelta;
use contract::access::Role;
use http::{StatusCode, header};

use crate::world::World;

#[tokio::test]
async fn pages_send_strangers_to_sign_in_and_back() {
    let Some(world) = World::new().await else {
        return;
    };
    let answer = world.page("/activity?q=a%26b", None).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        answer.header("location"),
        "/sign-in?to=%2Factivity%3Fq%3Da%2526b"
    );
    let answer = world.page("/sign-in", None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let admin = world.signed_in(Role::Admin).await;
    assert_eq!(
        world.page("/activity", Some(&admin)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_at_the_latest_after_its_time() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Auditor).await;
    for _ in 0..16 {
        world.advance(TimeDelta::minutes(40));
        assert_eq!(
            world.page("/settings", Some(&cookie)).await.status,
            StatusCode::OK
        );
    }
    // Used all along, but twelve hours are over.
    world.advance(TimeDelta::minutes(81));
    assert_eq!(
        world.page("/settings", Some(&cookie)).await.status,
        StatusCode::SEE_OTHER
    );

    let cookie = world.signed_in(Role::Auditor).await;
    world.advance(TimeDelta::minutes(61));
    assert_eq!(
        world.page("/settings", Some(&cookie)).await.status,
        StatusCode::SEE_OTHER
    );
    let removed = service::session::sweep(&world.services.system("test"))
        .await
        .unwrap();
    assert_eq!(removed, 2);
}

#[tokio::test]
async fn signing_out_ends_this_session_and_everywhere_ends_all() {
    let Some(world) = World::new().await else {
        return;
    };
    let person = world.person("ines", &[Role::Owner]).await;
    let (here, there, third) = (
        world.cookie(person.id).await,
        world.cookie(person.id).await,
        world.cookie(person.id).await,
    );
    let other = world.signed_in(Role::Admin).await;

    let answer = world.form("/auth/sign-out", Some(&here), "").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/sign-in")
    );
    assert!(
        answer.header("set-cookie").contains("Max-Age=0"),
        "{}",
        answer.header("set-cookie")
    );
    assert_eq!(
        world.page("/settings", Some(&here)).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        world.page("/settings", Some(&there)).await.status,
        StatusCode::OK
    );

    world
        .form("/auth/sign-out-everywhere", Some(&there), "")
        .await;
    for cookie in [&there, &third] {
        assert_eq!(
            world.page("/settings", Some(cookie)).await.status,
            StatusCode::SEE_OTHER
        );
    }
    assert_eq!(
        world.page("/settings", Some(&other)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_planted_or_guessed_cookie_is_worth_nothing() {
    let Some(world) = World::new().await else {
        return;
    };
    for cookie in [
        "rollcall=AAAAAAAAAAAAAAAAAAAAAA",
        "rollcall=../../etc",
        "rollcall=",
        "__Host-rollcall=AAAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert_eq!(
            world.page("/settings", Some(cookie)).await.status,
            StatusCode::SEE_OTHER,
            "{cookie}"
        );
    }
}

#[tokio::test]
async fn personas_are_for_the_demo_only() {
    let Some(world) = World::with(&[], |settings| settings.demo = false).await else {
        return;
    };
    let person = world.person("ines", &[Role::Admin]).await;
    let body = format!("person={}&to=/", person.id);
    let answer = world.form("/auth/persona", None, &body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.cookie().is_none());

    // In the demo too, only personas are: not each person on the roll.
    let Some(world) = World::new().await else {
        return;
    };
    let person = world.person("ines", &[Role::Admin]).await;
    let answer = world
        .form("/auth/persona", None, &format!("person={}", person.id))
        .await;
    assert_eq!(
        (answer.status, answer.cookie()),
        (StatusCode::NOT_FOUND, None)
    );
}

#[tokio::test]
async fn the_cookie_is_bound_as_tightly_as_the_scheme_allows() {
    let Some(world) = World::new().await else {
        return;
    };
    let provider = crate::provider::Provider::start().await;
    let set = provider
        .world_over_tls()
        .await
        .unwrap()
        .page("/auth/oidc?to=/activity", None)
        .await
        .headers;
    let set = set
        .get(header::SET_COOKIE)
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert!(set.starts_with("__Host-rollcall="), "{set}");
    for word in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(word), "{word} is not in {set}");
    }
    assert!(!set.contains("Domain"), "{set}");
    drop(world);
}

#[tokio::test]
async fn a_person_who_signs_in_first_with_several_tabs_at_once_comes_in_with_all_of_them() {
    let Some(world) = World::new().await else {
        return;
    };
    let tabs =
        futures::future::join_all((0..8).map(|_| world.person("otto", &[Role::Owner]))).await;
    assert!(tabs.iter().all(|person| person.id == tabs[0].id));
}
