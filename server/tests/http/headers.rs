//! Security headers of every kind of answer.

use contract::access::Role;
use http::StatusCode;

use crate::world::World;

#[tokio::test]
async fn every_answer_carries_them() {
    let Some(world) = World::new().await else {
        return;
    };
    let admin = world.signed_in(Role::Admin).await;
    for (path, cookie) in [
        ("/sign-in", None),
        ("/activity", Some(admin.as_str())),
        ("/nothing-here", Some(&admin)),
        ("/healthz", None),
        ("/readyz", None),
        ("/api/v1/nothing", None),
        ("/activity", None),
    ] {
        let answer = world.page(path, cookie).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {path}");
        }
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{path}"
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'"),
            "{path}"
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "there is no TLS here"
        );
    }
}

#[tokio::test]
async fn a_page_runs_only_its_own_scripts() {
    let Some(world) = World::new().await else {
        return;
    };
    let (one, two) = (
        world.page("/sign-in", None).await,
        world.page("/sign-in", None).await,
    );
    assert_eq!(one.status, StatusCode::OK);
    let policy = one.header("content-security-policy");
    assert!(
        !policy.contains("unsafe-inline")
            && !policy.contains("'unsafe-eval'")
            && !policy.contains('*'),
        "{policy}"
    );
    assert!(policy.contains("'wasm-unsafe-eval'"), "{policy}");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .unwrap();
    assert!(nonce.len() >= 22, "{nonce}");
    assert_ne!(
        policy,
        two.header("content-security-policy"),
        "a nonce is used once"
    );
    // Every inline script carries it; none of the attributes that would need 'unsafe-inline' is there.
    for script in one.body.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        assert!(
            tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("src="),
            "<script{tag}>"
        );
    }
    assert!(
        !one.body.contains(" style=\"")
            && !one.body.contains(" onclick=")
            && !one.body.contains("<style"),
        "inline style or handler"
    );
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_stay_there() {
    let env = [("ROLLCALL_PUBLIC_URL", "https://rollcall.example.com")];
    let Some(world) = World::with(&env, |_| {}).await else {
        return;
    };
    let answer = world.page("/sign-in", None).await;
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=31536000")
    );
}
