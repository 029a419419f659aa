//! Imports by machines: a file is sent as it is, looked at, mapped, confirmed or discarded, as on the page.

use axum::body::Body;
use contract::ids::ImportId;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use store::testing::count;

use crate::machines::{call, get};
use crate::world::{Answer, World};

pub const SHEET: &str = "external_id,name,platform,purpose,environment\n\
svc-1,ledger export,aws,Exports the ledger every night,production\n\
svc-2,data loader,gcp,Loads the warehouse,staging\n";

async fn send(
    world: &World,
    token: &str,
    query: &str,
    file: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::post(format!("/api/v1/imports{query}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/octet-stream");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Body::from(file.to_owned());
    world.send(request.body(body).unwrap()).await
}

/// Sends a file; where it is from then on.
pub async fn sent(world: &World, token: &str, file: &str) -> String {
    let made = send(world, token, "?file=sheet.csv", file, &[]).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    format!("/api/v1/imports/{}", made.json()["id"].as_str().unwrap())
}

pub async fn post(world: &World, token: &str, path: &str, body: Value) -> Answer {
    call(world, token, "POST", path, body, &[]).await
}

async fn rows(world: &World, sql: &str) -> i64 {
    count(&world.services.db, sql.to_owned()).await
}

const IDENTITIES: &str = "SELECT count(*) FROM identities";
const PARTS: &str = "SELECT count(*) FROM import_parts";

#[tokio::test]
async fn a_file_is_sent_looked_at_and_confirmed() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("loader", &["inventory:write"]).await;
    // A token is on the roll itself.
    let already = rows(&world, IDENTITIES).await;
    let path = sent(&world, &token, SHEET).await;
    let preview = get(&world, &token, &path).await;
    let tag = preview.header("etag").to_owned();
    let view = preview.json();
    assert_eq!(view["state"], "ready", "{view}");
    assert_eq!(view["file"], "sheet.csv");
    assert_eq!(view["report"]["applied"], false);
    assert_eq!(view["report"]["counts"][0]["kind"], "identities");
    assert_eq!(view["report"]["counts"][0]["create"], 2);
    assert_eq!(view["report"]["lines"][0]["name"], "ledger export");
    assert_eq!(view["report"]["lines"][0]["row"], 2);
    assert_eq!(
        rows(&world, IDENTITIES).await,
        already,
        "a preview saves nothing"
    );
    let confirmation = format!("{path}/confirmation");
    let stale = call(
        &world,
        &token,
        "POST",
        &confirmation,
        json!({}),
        &[("if-match", "\"of another day\"")],
    )
    .await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let saved = call(
        &world,
        &token,
        "POST",
        &confirmation,
        json!({}),
        &[("if-match", &tag)],
    )
    .await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    assert_eq!(saved.json()["state"], "saved");
    assert_eq!(saved.json()["report"]["applied"], true);
    assert_eq!(rows(&world, IDENTITIES).await, already + 2);
    assert_eq!(rows(&world, PARTS).await, 0, "nothing of the file is kept");
    let record = "SELECT count(*) FROM activity WHERE action IN ('import.uploaded', 'import.confirmed', 'inventory.imported') \
        AND actor_kind = 'token' AND actor_name = 'loader'";
    assert_eq!(rows(&world, record).await, 3, "all in the token's name");
    let again = post(&world, &token, &confirmation, json!({})).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    assert_eq!(rows(&world, IDENTITIES).await, already + 2);
}

#[tokio::test]
async fn imports_are_listed_page_by_page() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("loader", &["inventory:write"]).await;
    let first = sent(&world, &token, SHEET).await;
    world.advance(chrono::TimeDelta::minutes(1));
    let second = sent(&world, &token, SHEET).await;
    let page = get(&world, &token, "/api/v1/imports?limit=1").await;
    let id = |answer: &Answer| {
        format!(
            "/api/v1/imports/{}",
            answer.json()[0]["id"].as_str().unwrap()
        )
    };
    assert_eq!(id(&page), second, "newest first");
    assert_eq!(page.json()[0]["totals"]["create"], 2, "{}", page.body);
    assert_eq!(page.json()[0]["by"], "loader");
    let next = format!(
        "/api/v1/imports?limit=1&after={}",
        page.header("x-next-cursor")
    );
    let last = get(&world, &token, &next).await;
    assert_eq!(id(&last), first);
    assert_eq!(last.header("x-next-cursor"), "");
    let odd = get(&world, &token, "/api/v1/imports?after=00").await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    assert_eq!(odd.json()["errors"][0]["field"], "after");
}

#[tokio::test]
async fn foreign_headers_are_mapped_and_what_is_not_wanted_is_discarded() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("loader", &["inventory:write"]).await;
    let file = "Dienst,Ort,Zweck\nshop,aws,Deploys the shop\nshop 2,moon,Deploys it too\n";
    let path = sent(&world, &token, file).await;
    let view = get(&world, &token, &path).await.json();
    assert_eq!(view["columns"][0]["column"], "Dienst", "{view}");
    assert!(
        view["report"]["problem_count"].as_i64().unwrap() > 0,
        "{view}"
    );
    let confirmation = format!("{path}/confirmation");
    let refused = post(&world, &token, &confirmation, json!({})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    let columns = |last: &str| {
        json!({ "kind": "identities", "columns": [
            { "column": "Dienst", "field": "name" },
            { "column": "Ort", "field": "platform" },
            { "column": "Zweck", "field": last },
        ] })
    };
    let mapping = format!("{path}/mapping");
    let twice = post(&world, &token, &mapping, columns("name")).await;
    assert_eq!(
        twice.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        twice.body
    );
    let read = post(&world, &token, &mapping, columns("purpose")).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.body);
    let view = read.json();
    assert_eq!(
        (&view["state"], &view["kind"]),
        (&json!("ready"), &json!("identities"))
    );
    assert_eq!(view["report"]["problems"][0]["row"], 3, "{view}");
    assert_eq!(view["report"]["problems"][0]["field"], "platform", "{view}");
    let bad = post(&world, &token, &confirmation, json!({})).await;
    assert_eq!(
        bad.status,
        StatusCode::CONFLICT,
        "the moon is still no platform"
    );
    let discarded = post(&world, &token, &format!("{path}/discard"), Value::Null).await;
    assert_eq!(
        discarded.status,
        StatusCode::NO_CONTENT,
        "{}",
        discarded.body
    );
    assert_eq!(
        get(&world, &token, &path).await.json()["state"],
        "discarded"
    );
    assert_eq!(rows(&world, PARTS).await, 0);
    let skipping = json!({ "skip_problems": true });
    let late = post(&world, &token, &confirmation, skipping.clone()).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    // The good rows of a bad file, when that is said.
    let path = sent(&world, &token, file).await;
    post(
        &world,
        &token,
        &format!("{path}/mapping"),
        columns("purpose"),
    )
    .await;
    let saved = post(&world, &token, &format!("{path}/confirmation"), skipping).await;
    assert_eq!(saved.json()["state"], "saved", "{}", saved.body);
    let shops = "SELECT count(*) FROM identities WHERE name LIKE 'shop%'";
    assert_eq!(rows(&world, shops).await, 1);
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_and_kept_nowhere() {
    let limits = [("ROLLCALL_IMPORT_MIB", "1")];
    let Some(world) = World::with(&limits, |_| {}).await else {
        return;
    };
    let token = world.token("loader", &["inventory:write"]).await;
    for (query, file, status, field) in [
        ("?file=a.csv", "", 422, "file"),
        ("?king=identities", SHEET, 400, "king"),
        ("?kind=robots", SHEET, 400, "kind"),
        ("?kind=identities&kind=teams", SHEET, 400, "kind"),
        ("?format=xlsx", SHEET, 400, "format"),
    ] {
        let refused = send(&world, &token, query, file, &[]).await;
        assert_eq!(refused.status.as_u16(), status, "{query}: {}", refused.body);
        let named = refused.json()["errors"][0]["field"].clone();
        assert_eq!(named, field, "{query}");
    }
    let long = "x".repeat(1024 * 1024 + 1);
    for headers in [&[] as &[_], &[("idempotency-key", "long")]] {
        let refused = send(&world, &token, "?file=long.csv", &long, headers).await;
        assert_eq!(
            refused.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{}",
            refused.body
        );
    }
    let reader = world.token("reader", &["inventory:read"]).await;
    let refused = send(&world, &reader, "?file=a.csv", SHEET, &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(rows(&world, "SELECT count(*) FROM imports").await, 0);
    let body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    let secret = format!("name,platform,remarks\nshop,aws,{}{body}\n", "ghp_");
    let path = sent(&world, &token, &secret).await;
    let view = get(&world, &token, &path).await;
    assert_eq!(view.json()["state"], "refused", "{}", view.body);
    assert_eq!(view.json()["report"]["problems"][0]["row"], 2);
    assert!(!view.body.contains(body));
    assert_eq!(rows(&world, PARTS).await, 0, "it was not put aside");
    for odd in ["na\0me,platform\nshop,aws\n", r#"{"na\u0000me": [{}]}"#] {
        let path = sent(&world, &token, odd).await;
        let view = get(&world, &token, &path).await.json();
        assert_eq!(view["report"]["problem_count"], 1, "{view}");
    }
}

#[tokio::test]
async fn a_long_file_is_done_by_the_job_and_sent_twice_is_there_once() {
    use std::fmt::Write as _;
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("loader", &["inventory:write"]).await;
    let mut file = String::from("name,platform,purpose\n");
    // Longer than a form may be.
    for n in 0..3_500 {
        writeln!(
            file,
            "bulk {n},aws,Row number {n} of a file that is too long to wait for and longer than what a form may hold so that it comes by the door for files and not by the usual one"
        )
        .unwrap();
    }
    assert!(file.len() > 512 * 1024, "{}", file.len());
    let key = [("idempotency-key", "bulk")];
    let made = send(&world, &token, "?file=bulk.csv", &file, &key).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let again = send(&world, &token, "?file=bulk.csv", &file, &key).await;
    assert_eq!(
        (again.header("idempotency-replayed"), &again.body),
        ("true", &made.body)
    );
    assert_eq!(rows(&world, "SELECT count(*) FROM imports").await, 1);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/imports/{id}");
    let view = get(&world, &token, &path).await.json();
    assert_eq!(
        (&view["state"], &view["rows"]),
        (&json!("checking"), &json!(3_500))
    );
    let early = post(&world, &token, &format!("{path}/confirmation"), json!({})).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    let id: ImportId = id.parse().unwrap();
    let work = async || {
        service::imports::files::work(&world.services, id)
            .await
            .unwrap()
    };
    assert_eq!(work().await, "done");
    let saving = post(&world, &token, &format!("{path}/confirmation"), json!({})).await;
    assert_eq!(saving.json()["state"], "saving", "{}", saving.body);
    assert_eq!(work().await, "done");
    let view = get(&world, &token, &path).await.json();
    assert_eq!(view["state"], "saved", "{view}");
    assert_eq!(view["report"]["counts"][0]["create"], 3_500);
}
