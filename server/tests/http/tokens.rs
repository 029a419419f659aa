//! API tokens: made once, scoped, expiring, revocable, stored hashed.

use axum::body::Body;
use chrono::TimeDelta;
use contract::access::Role;
use contract::tokens::Scope;
use domain::access::Actor;
use http::{Request, StatusCode, header};

use crate::world::World;

#[tokio::test]
async fn a_token_is_who_it_says_until_it_expires_or_is_revoked() {
    let Some(world) = World::new().await else {
        return;
    };
    let owner = world.person("kim", &[Role::Owner]).await;
    let input = contract::tokens::TokenInput {
        name: "splunk".into(),
        scopes: vec!["feed:read".into()],
        owner: Some(owner.id),
        ..Default::default()
    };
    let token = service::tokens::create(&world.cli(), input)
        .await
        .unwrap()
        .token;
    assert!(token.starts_with("rct_"));
    let system = || world.services.system("test");
    let actor = service::tokens::authenticate(&system(), &token, None)
        .await
        .unwrap()
        .actor;
    let Actor::Token {
        id, name, scopes, ..
    } = actor
    else {
        panic!("{actor:?}")
    };
    assert_eq!((name.as_str(), scopes), ("splunk", vec![Scope::FeedRead]));

    world.advance(TimeDelta::days(29));
    assert!(
        service::tokens::authenticate(&system(), &token, None)
            .await
            .is_ok()
    );
    let row = service::tokens::list(&world.cli(), None)
        .await
        .unwrap()
        .page
        .rows
        .remove(0);
    assert_eq!(row.last_used_at, Some(world.cli().now));
    assert!(
        !serde_json::to_string(&row).unwrap().contains(&token),
        "the list shows the token"
    );
    world.advance(TimeDelta::days(1));
    assert!(
        service::tokens::authenticate(&system(), &token, None)
            .await
            .is_err(),
        "expired"
    );

    let second = world.token("elastic", &["feed:read"]).await;
    let row = service::tokens::list(&world.cli(), None)
        .await
        .unwrap()
        .page
        .rows
        .remove(0);
    assert_ne!(row.id, id);
    service::tokens::revoke(&world.cli(), row.id).await.unwrap();
    assert!(
        service::tokens::authenticate(&system(), &second, None)
            .await
            .is_err(),
        "revoked"
    );
    assert!(matches!(
        service::tokens::revoke(&world.cli(), row.id).await,
        Err(service::Error::Conflict(_))
    ));
}

#[tokio::test]
async fn a_wrong_token_is_refused_even_where_none_is_needed() {
    let Some(world) = World::new().await else {
        return;
    };
    for token in [
        "",
        "rct_",
        "rct_0000000000000000000000000000000000000000000000000",
        "' OR 1=1 --",
    ] {
        let request = Request::get("/api/v1/nothing")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer realm=\"rollcall\""
        );
    }
}

#[tokio::test]
async fn wrong_fields_come_back_beside_the_field() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Admin).await;
    let answer = world
        .form(
            "/api/ui/tokens/create",
            Some(&cookie),
            "name=+&scopes[]=everything&days=91",
        )
        .await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        answer.body
    );
    for field in ["name", "scopes", "days"] {
        assert!(
            answer.body.contains(&format!("\"field\":\"{field}\"")),
            "{field} is not in {}",
            answer.body
        );
    }
}
