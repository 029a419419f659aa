//! Deliveries in, feed out, over HTTP.

use std::io::Write as _;

use axum::body::Body;
use contract::sources::SourceInput;
use http::{Request, StatusCode, header};

use crate::world::{Answer, World};

async fn source(world: &World) -> String {
    let input = SourceInput {
        name: "Own".into(),
        slug: "own".into(),
        format: String::new(),
        ..SourceInput::default()
    };
    service::sources::create(&world.cli(), &input)
        .await
        .unwrap()
        .token
}

async fn deliver(world: &World, token: &str, body: Vec<u8>) -> Answer {
    let request = Request::post("/ingest/v1/own")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        // GitLab says form for JSON: the content decides.
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.send(request.body(Body::from(body)).unwrap()).await
}

fn events(from: usize, to: usize) -> Vec<u8> {
    let line = |n| {
        format!(
            "{{\"action\":\"deploy\",\"kind\":\"deployment\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{n}\"}}\n"
        )
    };
    (from..to)
        .map(line)
        .collect::<Vec<_>>()
        .concat()
        .into_bytes()
}

async fn read(world: &World, token: &str, path: &str) -> Answer {
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    world.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_delivery_is_answered_record_by_record() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = source(&world).await;
    let mut body = events(0, 2);
    body.extend_from_slice(b"nonsense\n");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&body).unwrap();
    let gzip = gzip.finish().unwrap();
    let answer = deliver(&world, &token, gzip.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.json()["accepted"], 2);
    assert_eq!(answer.json()["rejected"][0]["index"], 2);
    assert_eq!(answer.json()["rejected"][0]["reason"], "not a JSON object");
    let again = deliver(&world, &token, gzip.clone()).await;
    assert_eq!(
        (
            again.json()["accepted"].as_i64(),
            again.json()["duplicates"].as_i64()
        ),
        (Some(0), Some(2))
    );
    assert_eq!(
        deliver(&world, &token, Vec::new()).await.status,
        StatusCode::OK
    );
    assert_eq!(
        deliver(&world, &token, gzip[..20].to_vec()).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn only_the_sources_own_token_opens_its_door() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = source(&world).await;
    let api = world.token("splunk", &["feed:read"]).await;
    for wrong in ["", "rcs_wrong", &token[..token.len() - 1], &api] {
        let answer = deliver(&world, wrong, events(0, 1)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let request =
        Request::post("/ingest/v1/other").header(header::AUTHORIZATION, format!("Bearer {token}"));
    assert_eq!(
        world
            .send(request.body(Body::from("{}")).unwrap())
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        read(&world, &token, "/api/v1/events").await.status,
        StatusCode::UNAUTHORIZED,
        "not an API token"
    );
}

#[tokio::test]
async fn a_delivery_that_grows_too_large_is_refused_whole() {
    let Some(world) = World::with(
        &[
            ("ROLLCALL_INGEST_MIB", "1"),
            ("ROLLCALL_INGEST_UNPACKED_MIB", "1"),
        ],
        |_| {},
    )
    .await
    else {
        return;
    };
    let token = source(&world).await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![b' '; 4 << 20]).unwrap();
    assert_eq!(
        deliver(&world, &token, gzip.finish().unwrap()).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn the_feed_is_read_in_pages() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = source(&world).await;
    deliver(&world, &token, events(0, 5)).await;
    service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap();
    let api = world.token("splunk", &["feed:read"]).await;
    let first = read(
        &world,
        &api,
        "/api/v1/events?limit=3&filter%5Bkind%5D=deployment",
    )
    .await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    let positions = |answer: &Answer| -> Vec<i64> {
        answer
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["pos"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(positions(&first), [1, 2, 3]);
    let row = &first.json()[0];
    assert_eq!(
        (row["vendor_id"].as_str(), row["source"].as_str()),
        (Some("0"), Some("own"))
    );
    assert!(row["id"] == row["uuid"] && row["published"].as_str().unwrap().len() == 24);
    let cursor = first.header("x-next-cursor").to_owned();
    let links: Vec<_> = first
        .headers
        .get_all("link")
        .iter()
        .map(|link| link.to_str().unwrap().to_owned())
        .collect();
    let next = links
        .iter()
        .find(|link| link.contains("rel=\"next\""))
        .unwrap();
    assert_eq!(
        *next,
        format!(
            "<http://127.0.0.1:3000/api/v1/events?limit=3&filter%5Bkind%5D=deployment&after={cursor}>; rel=\"next\""
        )
    );
    let path = format!("/api/v1/events?limit=3&filter%5Bkind%5D=deployment&after={cursor}");
    let last = read(&world, &api, &path).await;
    assert_eq!(positions(&last), [4, 5]);
    assert!(
        !last
            .headers
            .get_all("link")
            .iter()
            .any(|link| link.to_str().unwrap().contains("next"))
    );
    let resume = format!(
        "/api/v1/events?filter%5Bkind%5D=deployment&after={}",
        last.header("x-next-cursor")
    );
    let empty = read(&world, &api, &resume).await;
    assert_eq!(
        (
            empty.body.as_str(),
            empty.header("x-next-cursor").is_empty()
        ),
        ("[]", false)
    );
    // What comes later is read from where one was.
    deliver(&world, &token, events(5, 6)).await;
    service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap();
    assert_eq!(positions(&read(&world, &api, &resume).await), [6]);
}

#[tokio::test]
async fn the_feed_refuses_in_words_and_without_links() {
    let Some(world) = World::new().await else {
        return;
    };
    let api = world.token("splunk", &["feed:read"]).await;
    let other = world.token("auditor", &["activity:read"]).await;
    let cursor = read(&world, &api, "/api/v1/events")
        .await
        .header("x-next-cursor")
        .to_owned();
    assert_eq!(
        read(&world, &other, "/api/v1/events").await.status,
        StatusCode::FORBIDDEN
    );
    for (path, status) in [
        ("/api/v1/events?after=".to_owned(), StatusCode::BAD_REQUEST),
        (
            "/api/v1/events?after=garbage".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        ("/api/v1/events?limit=0".to_owned(), StatusCode::BAD_REQUEST),
        (
            "/api/v1/events?limit=1001".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        ("/api/v1/events?limit=x".to_owned(), StatusCode::BAD_REQUEST),
        (
            "/api/v1/events?since=yesterday".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        (
            "/api/v1/events?filter%5Bcolour%5D=red".to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        (
            format!("/api/v1/events?filter%5Bkind%5D=other&after={cursor}"),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let answer = read(&world, &api, &path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        assert!(answer.headers.get("link").is_none(), "{path}");
    }
    let mut tx = world.services.db.begin().await.unwrap();
    store::testing::execute(&mut tx, "UPDATE feed_head SET epoch = gen_random_uuid()").await;
    tx.commit().await.unwrap();
    let gone = read(&world, &api, &format!("/api/v1/events?after={cursor}")).await;
    assert_eq!(gone.status, StatusCode::GONE);
    let earliest = gone.json()["earliest_cursor"].as_str().unwrap().to_owned();
    assert_eq!(
        read(&world, &api, &format!("/api/v1/events?after={earliest}"))
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn every_usual_way_to_present_a_token_works() {
    let Some(world) = World::new().await else {
        return;
    };
    let api = world.token("splunk", &["feed:read"]).await;
    for (name, value) in [
        ("authorization", format!("Bearer {api}")),
        ("authorization", format!("SSWS {api}")),
        ("authorization", format!("token {api}")),
        ("x-api-key", api.clone()),
    ] {
        let request = Request::get("/api/v1/events").header(name, value.clone());
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {value}");
    }
    let nobody = world
        .send(Request::get("/api/v1/events").body(Body::empty()).unwrap())
        .await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}
