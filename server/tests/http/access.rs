//! Every door, as nobody and as each role, against the access table of `domain`.

use axum::body::Body as HttpBody;
use contract::access::Role;
use contract::tokens::Scope;
use domain::access::{Access, Actor, Person, require};
use http::{Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;

use crate::doors::{API, Behind, Body, Door, INGEST, PLAIN, SERVER_FUNCTIONS};
use crate::world::{Answer, World, ours};

/// Doors open to anybody. This number may only shrink.
const OPEN: usize = 1;

#[test]
fn every_server_function_has_its_line_and_no_line_is_stale() {
    let there: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
    let missing: Vec<_> = there
        .iter()
        .filter(|path| !SERVER_FUNCTIONS.iter().any(|door| door.path == **path))
        .collect();
    let stale: Vec<_> = SERVER_FUNCTIONS
        .iter()
        .map(|door| door.path)
        .filter(|path| !there.contains(path))
        .collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "doors.rs lacks {missing:#?} and has too much {stale:#?}"
    );
}

#[test]
fn the_list_of_open_doors_only_shrinks() {
    let open = SERVER_FUNCTIONS
        .iter()
        .filter(|door| door.behind == Behind::Open)
        .count();
    let open = open
        + PLAIN
            .iter()
            .filter(|(_, _, behind)| *behind == Behind::Open)
            .count();
    assert!(
        open <= OPEN,
        "{open} doors are open to anybody; authorise instead"
    );
}

#[tokio::test]
async fn each_server_function_lets_in_whom_the_table_says_and_nobody_else() {
    let Some(world) = World::new().await else {
        return;
    };
    let mut wrong = Vec::new();
    for (who, cookie) in everybody(&world).await {
        for door in SERVER_FUNCTIONS {
            let answer = call(&world, door, cookie.as_deref()).await;
            judge(door.path, door.behind, who, &answer, &mut wrong);
        }
        for (method, path, behind) in PLAIN {
            // Signing out is real: each on a session of its own.
            let cookie = match who {
                Some(role) => Some(world.signed_in(role).await),
                None => None,
            };
            let request = ours(Request::builder().method(*method).uri(*path));
            let request = cookie.iter().fold(request, |request, cookie| {
                request.header(header::COOKIE, cookie)
            });
            let answer = world.send(request.body(HttpBody::empty()).unwrap()).await;
            judge(path, *behind, who, &answer, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn each_json_route_lets_in_the_scope_the_table_says_and_no_other() {
    let Some(world) = World::new().await else {
        return;
    };
    let mut wrong = Vec::new();
    let mut tokens = Vec::new();
    for scope in Scope::ALL {
        tokens.push((scope, world.token(scope.as_str(), &[scope.as_str()]).await));
    }
    for (method, path, access) in API {
        let answer = with_token(&world, method, path, None).await;
        if answer.status != StatusCode::UNAUTHORIZED {
            wrong.push(format!("{method} {path} as nobody: {}", answer.status));
        }
        for (scope, token) in &tokens {
            let answer = with_token(&world, method, path, Some(token)).await;
            let allowed = access.scope() == Some(**scope);
            if allowed == (answer.status == StatusCode::FORBIDDEN) {
                wrong.push(format!("{method} {path} {scope}: {}", answer.status));
            }
        }
        // A person's cookie opens nothing here.
        let cookie = world.signed_in(Role::Admin).await;
        let request = Request::builder()
            .method(*method)
            .uri(*path)
            .header(header::COOKIE, cookie);
        let answer = world.send(request.body(HttpBody::empty()).unwrap()).await;
        if answer.status != StatusCode::UNAUTHORIZED {
            wrong.push(format!("{method} {path} with a cookie: {}", answer.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn only_its_own_token_delivers_to_a_source() {
    let Some(world) = World::new().await else {
        return;
    };
    let source = |slug: &str| contract::sources::SourceInput {
        name: slug.into(),
        slug: slug.into(),
        format: String::new(),
        ..contract::sources::SourceInput::default()
    };
    let own = service::sources::create(&world.cli(), &source("github"))
        .await
        .unwrap()
        .token;
    let other = service::sources::create(&world.cli(), &source("other"))
        .await
        .unwrap()
        .token;
    let api = world
        .token("api", &["feed:read", "inventory:read", "activity:read"])
        .await;
    let cookie = world.signed_in(Role::Admin).await;
    for path in INGEST {
        for token in [None, Some("nonsense"), Some(other.as_str()), Some(&api)] {
            let answer = with_token(&world, "POST", path, token).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{path} {token:?}: {}",
                answer.body
            );
        }
        let request = ours(Request::post(*path)).header(header::COOKIE, &cookie);
        let answer = world
            .send(request.body(HttpBody::from("[]")).unwrap())
            .await;
        assert_eq!(
            answer.status,
            StatusCode::UNAUTHORIZED,
            "{path} with a cookie"
        );
        let answer = with_token(&world, "POST", path, Some(&own)).await;
        assert!(
            answer.status.is_success(),
            "{path}: {} {}",
            answer.status,
            answer.body
        );
    }
    // And a source's token opens nothing else.
    for (method, path, _) in API {
        let answer = with_token(&world, method, path, Some(&own)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn somebody_who_left_is_nobody() {
    let Some(world) = World::new().await else {
        return;
    };
    let stranger = contract::ids::PersonId(world.cli().new_id());
    let actor = service::session::actor(&world.services.system("test"), stranger)
        .await
        .unwrap();
    assert_eq!(actor, Actor::Anonymous);
}

/// Nobody, and one signed-in person for each role.
async fn everybody(world: &World) -> Vec<(Option<Role>, Option<String>)> {
    let mut everybody = vec![(None, None)];
    for role in Role::ALL {
        everybody.push((Some(*role), Some(world.signed_in(*role).await)));
    }
    everybody
}

async fn call(world: &World, door: &Door, cookie: Option<&str>) -> Answer {
    let mut request = ours(Request::post(door.path)).header(header::ACCEPT, "application/json");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let (kind, body) = match door.body {
        Body::Form(body) => ("application/x-www-form-urlencoded", body),
        Body::Json(body) => ("application/json", body),
        Body::None => ("application/x-www-form-urlencoded", ""),
    };
    let request = request.header(header::CONTENT_TYPE, kind);
    world
        .send(request.body(HttpBody::from(body)).unwrap())
        .await
}

async fn with_token(world: &World, method: &str, path: &str, token: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    world.send(request.body(HttpBody::empty()).unwrap()).await
}

fn judge(path: &str, behind: Behind, who: Option<Role>, answer: &Answer, wrong: &mut Vec<String>) {
    let expected = match (behind, who) {
        (Behind::Open, _) => None,
        (Behind::Table(_), None) => Some(StatusCode::UNAUTHORIZED),
        (Behind::Table(access), Some(role)) => {
            (!may(role, access)).then_some(StatusCode::FORBIDDEN)
        }
    };
    let refused = matches!(
        answer.status,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
    );
    let fine = match expected {
        Some(status) => answer.status == status,
        // Let in: whatever else it says, it is not a refusal, and not an input the test wrote wrongly.
        None => {
            !refused
                && !answer.body.contains("could not be read")
                && !answer.status.is_server_error()
        }
    };
    if !fine {
        let who = who.map_or("nobody", Role::as_str);
        wrong.push(format!(
            "{path} as {who}: {} instead of {expected:?}: {}",
            answer.status,
            answer.body.chars().take(200).collect::<String>()
        ));
    }
}

fn may(role: Role, access: Access) -> bool {
    let person = Person {
        id: contract::ids::PersonId(uuid::Uuid::nil()),
        name: String::new(),
        roles: vec![role],
        teams: vec![],
    };
    require(&Actor::Person(person), access).is_ok()
}
