//! Forms post to their own page: what was wrong comes back beside what was typed; what was done redirects; what is
//! shown once is shown in that one answer.

use contract::access::Role;

use crate::doors::SERVER_FUNCTIONS;
use crate::world::World;

const MAKE: &str = "/settings/tokens?after=&do=tokens/create";

#[tokio::test]
async fn a_refused_form_comes_back_as_it_was_typed() {
    let Some(world) = World::new().await else {
        return;
    };
    let admin = world.signed_in(Role::Admin).await;
    let before = world.entries().await;
    let body = "name=Splunk+%3Cb%3E&scopes[0]=activity:read&days=400";
    let answer = world.form(MAKE, Some(&admin), body).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let page = &answer.body;
    assert!(
        page.contains(r#"value="Splunk &lt;b&gt;""#),
        "the name stands there again"
    );
    assert!(
        page.contains("Choose 1 to 90 days"),
        "the field says what is wrong"
    );
    assert!(
        page.contains(r#"value="400""#),
        "the wrong figure stands there"
    );
    assert_eq!(world.entries().await, before, "nothing happened");
}

#[tokio::test]
async fn what_is_shown_once_is_in_the_answer_and_nowhere_else() {
    let Some(world) = World::new().await else {
        return;
    };
    let admin = world.signed_in(Role::Admin).await;
    let answer = world
        .form(
            MAKE,
            Some(&admin),
            "name=Splunk&scopes[0]=feed:read&days=30",
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let page = &answer.body;
    let at = page.find("<code>rct_").expect("the token is shown") + "<code>".len();
    let token: String = page[at..].chars().take_while(|c| *c != '<').collect();
    assert!(token.len() > 40, "all of it");
    let again = world.page("/settings/tokens", Some(&admin)).await.body;
    assert!(
        again.contains("Splunk") && !again.contains(&token),
        "and not again"
    );
}

#[tokio::test]
async fn what_was_done_leads_back_to_the_page() {
    let Some(world) = World::new().await else {
        return;
    };
    let admin = world.signed_in(Role::Admin).await;
    world
        .form(
            MAKE,
            Some(&admin),
            "name=Splunk&scopes[0]=feed:read&days=30",
        )
        .await;
    let page = world.page("/settings/tokens", Some(&admin)).await.body;
    let at = page
        .find(r#"name="id" value=""#)
        .expect("it can be revoked")
        + r#"name="id" value=""#.len();
    let id = &page[at..at + 36];
    let answer = world
        .form(
            "/settings/tokens?after=x&do=tokens/revoke",
            Some(&admin),
            &format!("id={id}"),
        )
        .await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(answer.header("location"), "/settings/tokens?after=x");
}

#[tokio::test]
async fn a_post_authorises_as_its_function_does() {
    let Some(world) = World::new().await else {
        return;
    };
    let auditor = world.signed_in(Role::Auditor).await;
    let before = world.entries().await;
    let body = "name=Splunk&scopes[0]=feed:read&days=30";
    let answer = world.form(MAKE, Some(&auditor), body).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    let answer = world.form(MAKE, None, body).await;
    assert_eq!(
        answer.status, 303,
        "somebody not signed in goes to the sign-in page"
    );
    assert!(answer.header("location").starts_with("/sign-in"));
    assert_eq!(world.entries().await, before);
}

#[tokio::test]
async fn a_post_to_nothing_is_refused() {
    let Some(world) = World::new().await else {
        return;
    };
    let admin = world.signed_in(Role::Admin).await;
    let answer = world
        .form("/settings/tokens?do=no/such", Some(&admin), "name=x")
        .await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    let answer = world.form("/settings/tokens", Some(&admin), "name=x").await;
    assert_eq!(answer.status, 405);
    let answer = world.form(MAKE, Some(&admin), "days=soon").await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert!(
        answer.body.contains("New token"),
        "the page is drawn around what is wrong"
    );
}

#[test]
fn every_server_function_can_be_named_by_a_form() {
    for door in SERVER_FUNCTIONS {
        let words = door.path.strip_prefix("/api/ui/").unwrap();
        assert!(
            words
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'/'),
            "{words}: `?do=` takes lower case letters and dashes"
        );
    }
}
