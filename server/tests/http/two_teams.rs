//! A token of one team never sees another's rows: every route of the API's own document is asked for, as a list and row by
//! row, in every format; so a new route is asked too.

use std::collections::BTreeSet;

use axum::body::Body;
use contract::feed::FeedFormat;
use contract::sources::SourceInput;
use contract::tokens::TokenInput;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::machines::{call, get};
use crate::world::{Answer, World};

/// Rows of each team.
const EACH: usize = 25;
/// Routes that are open to a token of a team and tell of no team at all.
const OF_NOBODY: &[&str] = &["/api/v1/openapi.json"];
/// Doors that are open to anybody, and places a reader keeps for its team: what a token of a team may change.
const ITS_OWN: &[&str] = &[
    "/api/v1/device",
    "/api/v1/token",
    "/api/v1/consumers/{name}",
    "/api/v1/consumers/{name}/ack",
    "/api/v1/consumers/{name}/next",
];
const NIL: &str = "00000000-0000-7000-8000-000000000000";

/// Two teams with so many identities each, and with what these hold.
pub async fn teams(world: &World, each: usize) {
    let mut tx = world.services.db.begin().await.unwrap();
    for team in ["payments", "zebra"] {
        let sql = format!(
            "INSERT INTO teams (id, slug, name, created_at) VALUES (gen_random_uuid(), '{team}', '{team}', now())"
        );
        store::testing::execute(&mut tx, &sql).await;
        let sql = format!(
            "INSERT INTO identities (id, name, kind, platform, state, team_id, created_at, updated_at)
             SELECT gen_random_uuid(), '{team} ' || n, 'bot', 'aws', 'active', (SELECT id FROM teams WHERE slug = '{team}'), now(), now()
             FROM generate_series(1, {each}) n"
        );
        store::testing::execute(&mut tx, &sql).await;
        let of = format!("FROM identities n WHERE n.name LIKE '{team} %'");
        for sql in [
            format!(
                "INSERT INTO credentials (id, identity_id, credential_type, label, created_at) SELECT gen_random_uuid(), n.id, 'api_key', n.name || ' key', now() {of}"
            ),
            format!(
                "INSERT INTO permissions (id, identity_id, system, action, resource, created_at) SELECT gen_random_uuid(), n.id, 'aws', 's3:GetObject', n.name || ' bucket', now() {of}"
            ),
            format!(
                "INSERT INTO selectors (id, identity_id, kind, value, created_at) SELECT gen_random_uuid(), n.id, 'oidc_subject', n.name || ' subject', now() {of}"
            ),
            format!(
                "INSERT INTO trusts (id, identity_id, language, target, document, updated_at) SELECT gen_random_uuid(), n.id, 'aws', n.name || ' role', '{{}}', now() {of}"
            ),
        ] {
            store::testing::execute(&mut tx, &sql).await;
        }
    }
    tx.commit().await.unwrap();
    service::posture::recompute_all(&world.services.system("posture"))
        .await
        .unwrap();
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
}

/// Two teams with an identity each, and a token that reads and writes the inventory.
pub async fn roll() -> Option<(World, String)> {
    let world = World::new().await?;
    teams(&world, 1).await;
    let token = world
        .token("t", &["inventory:read", "inventory:write"])
        .await;
    Some((world, token))
}

/// An event of each of these identities.
async fn events(world: &World, each: usize) {
    let input = SourceInput {
        name: "Own".into(),
        slug: "own".into(),
        ..SourceInput::default()
    };
    let source = service::sources::create(&world.cli(), &input)
        .await
        .unwrap();
    let line = |team: &str, n: usize| {
        format!(
            "{{\"action\":\"deploy\",\"kind\":\"deployment\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{team}-{n}\"}}\n"
        )
    };
    let body: String = (1..=each)
        .flat_map(|n| [line("payments", n), line("zebra", n)])
        .collect();
    let request = Request::post("/ingest/v1/own")
        .header(header::AUTHORIZATION, format!("Bearer {}", source.token));
    let answer = world.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let whose = "UPDATE events e SET identity_id = n.id FROM identities n WHERE n.name = replace(e.vendor_id, '-', ' ')";
    store::testing::script(&world.services.db, whose.to_owned()).await;
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
}

async fn narrow(world: &World, teams: &[&str]) -> String {
    let input = TokenInput {
        name: format!("only {}", teams.join(" ")),
        scopes: contract::tokens::Scope::ALL
            .iter()
            .map(ToString::to_string)
            .collect(),
        teams: teams.iter().map(|team| (*team).to_owned()).collect(),
        ..TokenInput::default()
    };
    service::tokens::create(&world.cli(), input)
        .await
        .unwrap()
        .token
}

/// Makes a consumer of the events.
async fn consumer(world: &World, token: &str, name: &str) -> Answer {
    let path = format!("/api/v1/consumers/{name}/next?limit=1");
    let handed = call(world, token, "POST", &path, Value::Null, &[]).await;
    assert_eq!(handed.status, StatusCode::OK, "{}", handed.body);
    handed
}

/// Both teams with their rows, events and a reader each, a token of everybody and one of the first team.
async fn both() -> Option<(World, String, String)> {
    let world = World::new().await?;
    teams(&world, EACH).await;
    events(&world, EACH).await;
    let scopes: Vec<&str> = contract::tokens::Scope::ALL
        .iter()
        .map(|scope| scope.as_str())
        .collect();
    let all = world.token("all", &scopes).await;
    let mine = narrow(&world, &["payments"]).await;
    let theirs = narrow(&world, &["zebra"]).await;
    consumer(&world, &mine, "payments-reader").await;
    consumer(&world, &theirs, "zebra-reader").await;
    Some((world, all, mine))
}

/// Every route of the document: method and path.
async fn routes(world: &World, token: &str) -> Vec<(String, String)> {
    let document = get(world, token, "/api/v1/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    let routes = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys();
        methods.map(move |method| (method.to_uppercase(), path.clone()))
    });
    routes.collect()
}

/// The addresses a path stands for: itself, or one for each row of the list before its braces.
async fn addresses(world: &World, token: &str, path: &str) -> Vec<String> {
    let Some((list, rest)) = path.split_once("/{") else {
        return vec![path.to_owned()];
    };
    let (name, rest) = rest.split_once('}').unwrap();
    let rest = rest.replace("{item}", NIL);
    let rows = get(world, token, &format!("{list}?limit=1000"))
        .await
        .json();
    let rows = rows.as_array().cloned().unwrap_or_default();
    let ids = rows.iter().filter_map(|row| row[name].as_str());
    let mut found: Vec<String> = ids.map(|id| format!("{list}/{id}{rest}")).collect();
    if found.is_empty() {
        found.push(format!("{list}/{NIL}{rest}"));
    }
    found
}

/// Ways to ask for the same.
fn ways(path: &str) -> Vec<String> {
    if path.contains('{') {
        return vec![String::new(), "?fields=id".to_owned()];
    }
    let ways = [
        "",
        "?limit=1000",
        "?team=zebra",
        "?team=none",
        "?order=published",
        "?envelope=1&raw=true",
        "?limit=2",
        "?fields=id,name",
    ];
    let formats = FeedFormat::ALL
        .iter()
        .map(|format| format!("?limit=1000&format={format}"));
    ways.into_iter().map(str::to_owned).chain(formats).collect()
}

/// Everything there is, as lines.
async fn everything(world: &World, token: &str, path: &str) -> Answer {
    let lines = [("accept", "application/x-ndjson")];
    let path = format!("{path}?limit=all");
    call(world, token, "GET", &path, Value::Null, &lines).await
}

#[tokio::test]
async fn a_token_of_a_team_never_sees_anothers_rows() {
    let Some((world, all, mine)) = both().await else {
        return;
    };
    let mut hollow = Vec::new();
    for (method, path) in routes(&world, &all).await {
        if method != "GET" {
            continue;
        }
        let (mut refused, mut theirs, mut own) = (true, false, false);
        for address in addresses(&world, &all, &path).await {
            let mut of_zebra = false;
            // Not every format has the names that tell the teams apart.
            for way in ["", "?limit=1000&format=native"] {
                let whole = get(&world, &all, &format!("{address}{way}")).await;
                of_zebra |= whole.body.contains("zebra");
            }
            theirs |= of_zebra;
            for way in ways(&path) {
                let seen = get(&world, &mine, &format!("{address}{way}")).await;
                assert!(
                    !seen.body.contains("zebra"),
                    "{address}{way}: {}",
                    seen.body
                );
                refused &= seen.status == StatusCode::FORBIDDEN;
                own |= seen.status == StatusCode::OK && seen.body.contains("payments");
                // A row of the other team alone is not there; a list is, without it.
                if of_zebra && path.contains('{') && way.is_empty() {
                    let hidden =
                        matches!(seen.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN);
                    assert!(hidden, "{address}: {}", seen.status);
                }
            }
            let seen = everything(&world, &mine, &address).await;
            assert!(!seen.body.contains("zebra"), "{address}: {}", seen.body);
        }
        // Nothing is proven where nothing was to be seen.
        if !(refused || theirs && own || OF_NOBODY.contains(&path.as_str())) {
            hollow.push(path);
        }
    }
    assert!(
        hollow.is_empty(),
        "no row of either team was met: {hollow:?}"
    );
}

#[tokio::test]
async fn pages_and_consumers_of_a_team_hold_its_rows_and_all_of_them() {
    let Some((world, all, mine)) = both().await else {
        return;
    };
    for list in [
        "identities",
        "credentials",
        "permissions",
        "selectors",
        "trusts",
        "findings",
    ] {
        let mut seen = BTreeSet::new();
        let mut path = format!("/api/v1/{list}?limit=7");
        loop {
            let page = get(&world, &mine, &path).await;
            for row in page.json().as_array().unwrap() {
                assert!(seen.insert(row["id"].as_str().unwrap().to_owned()), "twice");
            }
            let link = page.header("link");
            if link.is_empty() {
                break;
            }
            let next = link.trim_start_matches('<').split('>').next().unwrap();
            path = next.trim_start_matches(crate::world::ORIGIN).to_owned();
        }
        let whole = format!("/api/v1/{list}?limit=1000&team=payments");
        let whole = get(&world, &all, &whole).await.json();
        let whole = whole.as_array().unwrap().iter();
        let whole: BTreeSet<String> = whole
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(whole.len() >= EACH, "{list}");
        assert_eq!(seen, whole, "{list}");
    }
    for stream in ["events", "findings"] {
        let path = format!("/api/v1/consumers/mine-{stream}/next?limit=1000&stream={stream}");
        let handed = call(&world, &mine, "POST", &path, Value::Null, &[]).await;
        assert_eq!(handed.status, StatusCode::OK, "{}", handed.body);
        assert!(!handed.body.contains("zebra"), "{}", handed.body);
        let rows = handed.json()[stream].as_array().unwrap().len();
        assert!(rows >= EACH, "{stream}: {rows}");
    }
    let record = "/api/v1/consumers/mine-activity/next?stream=activity";
    let refused = call(&world, &mine, "POST", record, Value::Null, &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
}

#[tokio::test]
async fn a_consumer_is_of_the_teams_of_who_made_it() {
    let Some((world, all, mine)) = both().await else {
        return;
    };
    let input = TokenInput {
        name: "colleague".into(),
        scopes: vec!["feed:read".into()],
        teams: vec!["payments".into()],
        ..TokenInput::default()
    };
    let colleague = service::tokens::create(&world.cli(), input)
        .await
        .unwrap()
        .token;
    let two = narrow(&world, &["zebra", "payments"]).await;
    let own = consumer(&world, &two, "of-two").await;
    consumer(&world, &all, "of-all").await;
    let seen = async |token: &str| -> Vec<String> {
        let list = get(&world, token, "/api/v1/consumers").await;
        assert_eq!(list.status, StatusCode::OK, "{}", list.body);
        let rows = list.json();
        let names = rows.as_array().unwrap().iter();
        names
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let whole = ["of-all", "of-two", "payments-reader", "zebra-reader"];
    assert_eq!(seen(&all).await, whole);
    assert_eq!(seen(&two).await, whole[1..]);
    assert_eq!(seen(&mine).await, ["payments-reader"]);
    assert_eq!(seen(&colleague).await, ["payments-reader"]);
    // The next page begins after the last that is seen.
    let page = get(&world, &two, "/api/v1/consumers?limit=2").await;
    let after = page.header("x-next-cursor").to_owned();
    let path = format!("/api/v1/consumers?limit=2&after={after}");
    let rest = get(&world, &two, &path).await;
    assert_eq!(rest.json().as_array().unwrap().len(), 1, "{}", rest.body);
    let ack = json!({ "ack": own.json()["ack"] });
    for (token, name, status) in [
        (&mine, "of-two", StatusCode::NOT_FOUND),
        (&mine, "zebra-reader", StatusCode::NOT_FOUND),
        (&two, "of-two", StatusCode::NO_CONTENT),
    ] {
        let path = format!("/api/v1/consumers/{name}/ack");
        let said = call(&world, token, "POST", &path, ack.clone(), &[]).await;
        assert_eq!(said.status, status, "{name}: {}", said.body);
    }
    for (token, name, status) in [
        (&mine, "zebra-reader", StatusCode::NOT_FOUND),
        (&two, "of-all", StatusCode::NOT_FOUND),
        (&colleague, "payments-reader", StatusCode::NO_CONTENT),
        (&all, "zebra-reader", StatusCode::NO_CONTENT),
    ] {
        let path = format!("/api/v1/consumers/{name}");
        let said = call(&world, token, "DELETE", &path, Value::Null, &[]).await;
        assert_eq!(said.status, status, "{name}: {}", said.body);
    }
}

#[tokio::test]
async fn a_token_of_a_team_changes_nothing() {
    let Some((world, all, mine)) = both().await else {
        return;
    };
    let path = "/api/v1/consumers/everybody";
    let next = format!("{path}/next?limit=1");
    let handed = call(&world, &all, "POST", &next, Value::Null, &[]).await;
    let ack = json!({ "ack": handed.json()["ack"] });
    let before = world.entries().await;
    for (method, address, body, status) in [
        (
            "DELETE",
            path.to_owned(),
            Value::Null,
            StatusCode::NOT_FOUND,
        ),
        ("POST", format!("{path}/ack"), ack, StatusCode::NOT_FOUND),
        ("POST", next, Value::Null, StatusCode::CONFLICT),
    ] {
        let refused = call(&world, &mine, method, &address, body, &[]).await;
        assert_eq!(
            refused.status, status,
            "{method} {address}: {}",
            refused.body
        );
    }
    for (method, path) in routes(&world, &all).await {
        if method == "GET" || ITS_OWN.contains(&path.as_str()) {
            continue;
        }
        for address in addresses(&world, &all, &path).await.iter().take(3) {
            let refused = call(&world, &mine, &method, address, json!({}), &[]).await;
            assert_eq!(
                refused.status,
                StatusCode::FORBIDDEN,
                "{method} {address}: {}",
                refused.body
            );
        }
    }
    assert_eq!(world.entries().await, before);
}
