//! Sign-in by OpenID Connect against an in-process provider, honest and otherwise.

use contract::access::Role;
use domain::access::Actor;
use http::StatusCode;
use serde_json::json;

use crate::provider::{Manners, Provider};
use crate::world::{Answer, World};

/// Goes to the provider; the cookie and the address sent to.
async fn begin(world: &World, to: &str) -> (String, String) {
    let answer = world.page(&format!("/auth/oidc?to={to}"), None).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    (
        answer.cookie().unwrap(),
        answer.header("location").to_owned(),
    )
}

/// There and back: the answer to the provider's redirect.
async fn there_and_back(world: &World, provider: &Provider, to: &str) -> (String, Answer) {
    let (cookie, address) = begin(world, to).await;
    let back = provider.visit(&address).await;
    let answer = world.page(&back, Some(&cookie)).await;
    (cookie, answer)
}

/// The problem a refused sign-in comes back with.
fn problem(answer: &Answer) -> String {
    assert!(
        answer.header("location").starts_with("/sign-in?problem="),
        "{} {}",
        answer.status,
        answer.header("location")
    );
    answer
        .header("location")
        .split(['=', '&'])
        .nth(1)
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn an_honest_sign_in_gives_roles_rotates_the_session_and_returns_to_the_page() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    let (before, answer) = there_and_back(&world, &provider, "%2Factivity%3Fq%3Dx").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/activity?q=x")
    );
    let after = answer.cookie().unwrap();
    assert_ne!(
        before, after,
        "the session keeps the id it had before sign-in"
    );
    assert_eq!(
        world.page("/settings", Some(&before)).await.status,
        StatusCode::SEE_OTHER,
        "the old id still works"
    );
    let page = world.page("/settings", Some(&after)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("Ines Varga") && page.body.contains("Security"),
        "{}",
        page.body
    );

    let call = &provider.token_calls()[0];
    assert!(call["code_verifier"].len() >= 43, "PKCE");
    let record = service::activity::list(
        &world.cli(),
        &contract::activity::ActivityFilter::default(),
        None,
    )
    .await
    .unwrap();
    assert_eq!(record.page.rows[0].action, "person.signed_in");
}

#[tokio::test]
async fn groups_and_e_mail_may_come_from_the_user_info() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    provider.behave(Manners {
        claims: json!({}),
        info: json!({ "email": "ines@acme.example", "email_verified": true, "groups": ["security", "other"] }),
        ..Manners::default()
    });
    let (_, answer) = there_and_back(&world, &provider, "/").await;
    assert_eq!(answer.header("location"), "/", "{}", answer.body);
}

#[tokio::test]
async fn roles_follow_the_groups_at_each_sign_in_and_none_means_no_entry() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    let (_, answer) = there_and_back(&world, &provider, "/").await;
    let session = answer.cookie().unwrap();
    provider.behave(Manners {
        claims: json!({ "email": "ines@acme.example", "email_verified": true, "groups": ["no-such"] }),
        ..Manners::default()
    });
    let (_, answer) = there_and_back(&world, &provider, "/").await;
    assert_eq!(problem(&answer), "no-role");
    // The earlier session is still hers, but her roles are gone at once.
    assert_eq!(
        world.page("/activity", Some(&session)).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn nothing_that_does_not_fit_is_believed() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    let lies = [
        (
            "forged",
            Manners {
                forged: true,
                ..Manners::default()
            },
            "untrusted",
        ),
        (
            "unsigned",
            Manners {
                unsigned: true,
                ..Manners::default()
            },
            "untrusted",
        ),
        (
            "audience",
            with(json!({ "aud": "another-client" })),
            "untrusted",
        ),
        (
            "issuer",
            with(json!({ "iss": "https://evil.example" })),
            "untrusted",
        ),
        ("nonce", with(json!({ "nonce": "replayed" })), "untrusted"),
        ("no nonce", with(json!({ "nonce": null })), "untrusted"),
        (
            "expired",
            with(json!({ "exp": 1_000_000_000 })),
            "untrusted",
        ),
        ("no e-mail", with(json!({ "email": null })), "no-email"),
        (
            "redirect",
            Manners {
                redirects: true,
                ..Manners::default()
            },
            "stale",
        ),
    ];
    for (what, manners, expected) in lies {
        provider.behave(manners);
        let (_, answer) = there_and_back(&world, &provider, "/").await;
        assert_eq!(problem(&answer), expected, "{what}");
        let cookie = answer.cookie().unwrap_or_default();
        assert_eq!(
            world.page("/settings", Some(&cookie)).await.status,
            StatusCode::SEE_OTHER,
            "{what}"
        );
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a literal reads better without a reference"
)]
fn with(lie: serde_json::Value) -> Manners {
    let mut manners = Manners::default();
    for (name, value) in lie.as_object().unwrap() {
        manners.claims[name] = value.clone();
    }
    manners
}

#[tokio::test]
async fn an_answer_to_somebody_elses_sign_in_is_refused() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    let (cookie, address) = begin(&world, "/").await;
    let back = provider.visit(&address).await;
    // Without the session that began it (an attacker's code in the victim's browser).
    assert_eq!(problem(&world.page(&back, None).await), "stale");
    // With the right session but another state.
    let forged = back.replace("&state=", "&state=x");
    assert_eq!(problem(&world.page(&forged, Some(&cookie)).await), "stale");
    // The state was used up by the failed try: a second one does not help.
    assert_eq!(problem(&world.page(&back, Some(&cookie)).await), "stale");
    assert!(
        provider.token_calls().is_empty(),
        "a code was sent to the provider"
    );
}

#[tokio::test]
async fn a_code_is_redeemed_once_and_a_mixed_up_issuer_never() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    let (cookie, address) = begin(&world, "/").await;
    let back = provider.visit(&address).await;
    let mixed = format!("{back}&iss=https%3A%2F%2Fevil.example");
    assert_eq!(
        problem(&world.page(&mixed, Some(&cookie)).await),
        "untrusted"
    );
    assert!(provider.token_calls().is_empty());
    let (cookie, address) = begin(&world, "/").await;
    let back = provider.visit(&address).await;
    world.page(&back, Some(&cookie)).await;
    assert_eq!(problem(&world.page(&back, Some(&cookie)).await), "stale");
}

#[tokio::test]
async fn a_refusal_and_a_silent_provider_are_said_on_the_sign_in_page() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    let (cookie, address) = begin(&world, "/").await;
    let back = provider.visit(&address).await;
    let denied = back.replace("code=code-0", "error=access_denied");
    let answer = world.page(&denied, Some(&cookie)).await;
    assert_eq!(problem(&answer), "denied");
    let page = world.page(answer.header("location"), None).await;
    assert!(
        page.body.contains("The sign-in was not completed")
            && page.body.contains(answer.header("x-request-id")),
        "{}",
        page.body
    );

    let broken = Provider::start().await;
    broken.behave(Manners {
        broken: true,
        ..Manners::default()
    });
    let world = broken.world().await.unwrap();
    assert_eq!(
        problem(&world.page("/auth/oidc", None).await),
        "unavailable"
    );
}

#[tokio::test]
async fn changed_keys_are_fetched_again() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    let (_, answer) = there_and_back(&world, &provider, "/").await;
    assert_eq!(answer.header("location"), "/");
    provider.rotate();
    let (_, answer) = there_and_back(&world, &provider, "/").await;
    assert_eq!(
        problem(&answer),
        "untrusted",
        "asked again within the half minute that keeps forgers from making us ask"
    );
}

#[tokio::test]
async fn nobody_takes_over_somebody_of_the_roll() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    // Somebody who signs in with another account has this address already.
    world.person("ines", &[Role::Admin]).await;
    let (_, answer) = there_and_back(&world, &provider, "/").await;
    assert_eq!(problem(&answer), "taken");
}

#[tokio::test]
async fn sign_in_returns_to_our_own_pages_only() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    for to in [
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
        "%2F%09%2Fevil.example",
        "javascript%3Aalert(1)",
        "%2Fauth%2Fsign-out",
    ] {
        let (_, answer) = there_and_back(&world, &provider, to).await;
        assert_eq!(answer.header("location"), "/", "{to}");
    }
}

#[tokio::test]
async fn teams_follow_the_groups() {
    let provider = Provider::start().await;
    let Some(world) = provider.world().await else {
        return;
    };
    provider.behave(with(json!({ "groups": ["security", "team-payments"] })));
    there_and_back(&world, &provider, "/").await;
    let record = service::activity::list(
        &world.cli(),
        &contract::activity::ActivityFilter::default(),
        None,
    )
    .await
    .unwrap();
    let id = record.page.rows[0].object.1.parse().unwrap();
    let actor = service::session::actor(&world.services.system("test"), id)
        .await
        .unwrap();
    // There is no such team in an empty organisation: the group alone makes none.
    let Actor::Person(person) = actor else {
        panic!("{actor:?}")
    };
    assert!(person.teams.is_empty());
}
