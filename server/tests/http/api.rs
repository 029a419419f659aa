//! The JSON API: its document, its pages, its refusals.

use contract::access::Role;
use http::{Request, StatusCode, header};
use serde_json::Value;
use server::http::api::v1::spec;

use crate::doors::API;
use crate::world::{Answer, World};

const NIL: &str = "00000000-0000-0000-0000-000000000000";

async fn get(world: &World, token: &str, path: &str) -> Answer {
    let request = Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(axum::body::Body::empty())
        .unwrap();
    world.send(request).await
}

fn rows(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// The address of the next page, as a client follows it.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.headers.get(header::LINK)?.to_str().unwrap();
    let address = link.strip_prefix('<')?.split('>').next()?;
    Some(address.trim_start_matches(crate::world::ORIGIN).to_owned())
}

#[test]
fn each_route_has_its_line_in_the_document_and_its_door() {
    let mut told: Vec<String> = spec::ROUTES
        .iter()
        .map(|route| format!("{} /api/v1{} {:?}", route.method, route.path, route.access))
        .map(|line| {
            line.replace("{id}", NIL)
                .replace("{item}", NIL)
                .replace("{slug}", "nobody")
                .replace("{name}", "nobody")
        })
        .collect();
    told.sort();
    let mut there: Vec<String> = API
        .iter()
        .map(|(method, path, access)| format!("{method} {path} {access:?}"))
        .collect();
    there.sort();
    assert_eq!(told, there);
}

/// Every `.rs` file of a folder, and of those in it.
fn sources(folder: &std::path::Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// What stands between a bracket that was opened before and the one that closes it.
fn within(text: &str) -> &str {
    let mut depth = 1;
    let end = text.find(|letter: char| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth == 0
    });
    &text[..end.unwrap()]
}

#[test]
fn each_route_of_the_router_has_its_line() {
    // They are open to anybody, who then has to prove something: their errors are OAuth's.
    let open = ["/token", "/device"];
    let mut text = String::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/api/v1");
    sources(std::path::Path::new(folder), &mut text);
    let (mut found, mut missing) = (0, Vec::new());
    for (at, call) in text.match_indices(".route(") {
        let route = within(&text[at + call.len()..]);
        let path = route.split('"').nth(1).unwrap();
        for method in ["get", "post", "put", "patch", "delete"] {
            let call = format!("{method}(");
            let called = route.match_indices(&call);
            let mut called =
                called.filter(|(at, _)| !route[..*at].ends_with(char::is_alphanumeric));
            if called.next().is_none() || open.contains(&path) {
                continue;
            }
            found += 1;
            let method = method.to_uppercase();
            let told = |line: &&spec::Route| (line.method, line.path) == (&*method, path);
            if !spec::ROUTES.iter().any(|line| told(&line)) {
                missing.push(format!("{method} {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "spec::ROUTES lacks {missing:?}");
    assert_eq!(found, spec::ROUTES.len());
}

#[test]
fn the_document_is_what_is_checked_in() {
    let kept = include_str!("../../openapi.json");
    assert_eq!(
        kept.trim_end(),
        spec::written(),
        "rollcall config openapi > server/openapi.json"
    );
    let document: Value = serde_json::from_str(kept).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    // Every schema that is pointed at is there.
    let names = document["components"]["schemas"].as_object().unwrap();
    let mut pointed = kept.match_indices("#/components/schemas/").peekable();
    assert!(pointed.peek().is_some());
    for (at, found) in pointed {
        let name = kept[at + found.len()..].split('"').next().unwrap();
        assert!(names.contains_key(name), "{name} is nowhere");
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_each_object_by_its_id() {
    let Some(world) = World::new().await else {
        return;
    };
    for name in ["zoe", "Åsa", "ben", "cyd", "dee"] {
        world.person(name, &[Role::Owner]).await;
    }
    let token = world.token("t", &["inventory:read"]).await;
    let all = rows(&get(&world, &token, "/api/v1/people").await);
    assert!(all.len() >= 5);
    let (mut read, mut address) = (Vec::new(), Some("/api/v1/people?limit=2".to_owned()));
    while let Some(path) = address {
        let answer = get(&world, &token, &path).await;
        address = next(&answer);
        let page = rows(&answer);
        assert!(page.len() == 2 || address.is_none());
        assert_eq!(
            address.is_some(),
            !answer.header("x-next-cursor").is_empty()
        );
        read.extend(page);
    }
    assert_eq!(read, all, "each once, in the same order");
    let id = all[0]["id"].as_str().unwrap();
    let one = get(&world, &token, &format!("/api/v1/people/{id}")).await;
    assert_eq!(serde_json::from_str::<Value>(&one.body).unwrap(), all[0]);
}

#[tokio::test]
async fn mistakes_are_named_and_nothing_is_answered_instead() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("t", &["inventory:read", "activity:read"]).await;
    for (path, field) in [
        ("/api/v1/identities?kind=robot", "kind"),
        ("/api/v1/identities?kind=bot&kind=robot", "kind"),
        ("/api/v1/identities?kinds=bot", "kinds"),
        ("/api/v1/identities?sort=colour", "sort"),
        ("/api/v1/identities?unused_days=long", "unused_days"),
        ("/api/v1/identities?limit=5000", "limit"),
        ("/api/v1/identities?after=zz", "after"),
        ("/api/v1/identities?after=616263", "after"),
        ("/api/v1/identities/7", "id"),
        ("/api/v1/findings?severity=extreme", "severity"),
        ("/api/v1/findings?after=616263", "after"),
        ("/api/v1/campaigns?state=active", "state"),
        ("/api/v1/people?after=616263", "after"),
        ("/api/v1/activity?after=616263", "after"),
        ("/api/v1/activity?objects=identity", "objects"),
    ] {
        let answer = get(&world, &token, path).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{path}: {}",
            answer.body
        );
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["errors"][0]["field"], field, "{path}: {problem}");
    }
    for path in ["identities", "findings", "campaigns", "people", "teams"] {
        let answer = get(&world, &token, &format!("/api/v1/{path}/{NIL}")).await;
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{path}: {}",
            answer.body
        );
    }
    // What is understood is answered, empty or not.
    for path in [
        "/api/v1/identities?kind=bot&overdue=true&sort=risk&q=a%20b&unused_days=90&privileged=false",
        "/api/v1/identities?overdue=false&team=none&sort=next_review",
        "/api/v1/findings?severity=critical&state=resolved&team=none",
        "/api/v1/campaigns",
        "/api/v1/activity?object=identity&q=x",
    ] {
        rows(&get(&world, &token, path).await);
    }
}
