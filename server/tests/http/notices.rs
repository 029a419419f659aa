//! The page of who is told of findings, as a browser without scripts uses it.

use contract::access::Role;
use http::StatusCode;

use crate::world::World;

#[tokio::test]
async fn a_webhook_is_named_on_the_page_and_its_secret_is_drawn_nowhere() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Security).await;
    let post = "/settings/notifications?do=notices/set";
    let form = |webhook: &str, secret: &str| {
        format!(
            "input[team]=&input[at_once]=high&input[digest_hour]=8&input[quiet_from]=&input[quiet_to]=\
             &input[webhook]={webhook}&input[webhook_secret]={secret}&input[webhook_from]=medium&input[webhook_only]=on"
        )
    };
    let wrong = form("hooks.example", "a-secret-word");
    let refused = world.form(post, Some(&cookie), &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Write the whole address"));
    assert!(refused.body.contains(r#"value="hooks.example""#));
    assert!(!refused.body.contains("a-secret-word"), "{}", refused.body);
    let right = form("https://hooks.example/services/tok-1", "a-secret-word");
    let done = world.form(post, Some(&cookie), &right).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let auditor = world.signed_in(Role::Auditor).await;
    let shown = world.page("/settings/notifications", Some(&auditor)).await;
    let words = "https://hooks.example: medium and worse, signed, instead of mail";
    assert!(shown.body.contains(words), "{}", shown.body);
    assert!(!shown.body.contains("tok-1") && !shown.body.contains("a-secret-word"));
}
