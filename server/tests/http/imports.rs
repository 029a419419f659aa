//! Import by page, without a script: upload, preview, mapping, confirmation, and what is refused.

use axum::body::Body;
use chrono::TimeDelta;
use contract::access::Role;
use contract::ids::ImportId;
use http::{Request, StatusCode, header};
use store::testing::count;

use crate::world::{Answer, World, ours};

const SHEET: &str = "external_id,name,platform,purpose,environment\n\
svc-1,ledger export,aws,Exports the ledger every night,production\n\
svc-2,data loader,gcp,Loads the warehouse,staging\n";

/// A form with a file as a browser sends it.
async fn upload(world: &World, cookie: &str, name: &str, file: &[u8]) -> Answer {
    let mut body = Vec::new();
    let part = |head: &str| format!("--limit\r\nContent-Disposition: form-data; {head}\r\n");
    body.extend(part(&format!("name=\"file\"; filename=\"{name}\"")).bytes());
    body.extend(b"Content-Type: text/csv\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n");
    for field in ["format", "kind", "subject"] {
        body.extend(part(&format!("name=\"{field}\"")).bytes());
        body.extend(b"\r\n\r\n");
    }
    body.extend(b"--limit--\r\n");
    let request = ours(Request::post("/imports/upload"))
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit");
    world.send(request.body(Body::from(body)).unwrap()).await
}

/// Uploads a file and returns the address of its page.
async fn uploaded(world: &World, cookie: &str, file: &str) -> String {
    let answer = upload(world, cookie, "sheet.csv", file.as_bytes()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let to = answer.header("location").to_owned();
    assert!(to.starts_with("/imports/"), "{to}");
    to
}

async fn post(world: &World, cookie: &str, page: &str, what: &str, more: &str) -> Answer {
    let id = page.rsplit('/').next().unwrap();
    let body = format!("id={id}{more}");
    world
        .form(&format!("{page}?do=imports/{what}"), Some(cookie), &body)
        .await
}

async fn rows(world: &World, sql: &str) -> i64 {
    count(&world.services.db, sql.to_owned()).await
}

const IDENTITIES: &str = "SELECT count(*) FROM identities";
const PARTS: &str = "SELECT count(*) FROM import_parts";

#[tokio::test]
async fn a_file_is_previewed_confirmed_and_gone_and_its_report_stays() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Security).await;
    let page = uploaded(&world, &cookie, SHEET).await;
    let preview = world.page(&page, Some(&cookie)).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    for words in [
        "What it would change",
        "Waits for you",
        "ledger export",
        "Save the import",
        "makes 2 changes in one step",
    ] {
        assert!(preview.body.contains(words), "{words}");
    }
    assert_eq!(rows(&world, IDENTITIES).await, 0, "a preview saves nothing");
    assert_eq!(rows(&world, PARTS).await, 1, "and the file waits");
    let saved = post(&world, &cookie, &page, "confirm", "").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(saved.header("location"), page);
    assert_eq!(rows(&world, IDENTITIES).await, 2);
    assert_eq!(rows(&world, PARTS).await, 0, "nothing of the file is kept");
    let result = world.page(&page, Some(&cookie)).await.body;
    assert!(result.contains("What it changed") && result.contains("2 new"));
    let list = world.page("/imports", Some(&cookie)).await.body;
    assert!(list.contains("sheet.csv") && list.contains("Saved"));
    // Twice is once: what is saved does not wait any more.
    let again = post(&world, &cookie, &page, "confirm", "").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("does not wait for you any more"));
    assert_eq!(rows(&world, IDENTITIES).await, 2);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Security).await;
    let page = uploaded(&world, &cookie, SHEET).await;
    post(&world, &cookie, &page, "confirm", "").await;
    let page = uploaded(&world, &cookie, SHEET).await;
    let preview = world.page(&page, Some(&cookie)).await.body;
    assert!(preview.contains("saving it changes nothing"), "{preview}");
}

#[tokio::test]
async fn a_row_that_cannot_be_taken_is_named_and_the_rest_needs_a_word() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Security).await;
    let file = format!("{SHEET}svc-3,third,nowhere,=HYPERLINK(\"x\"),moon\n");
    let page = uploaded(&world, &cookie, &file).await;
    let preview = world.page(&page, Some(&cookie)).await.body;
    assert!(preview.contains("Row 4"), "{preview}");
    assert!(preview.contains("“nowhere” is not one of"));
    let refused = post(&world, &cookie, &page, "confirm", "").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused
            .body
            .contains("Some rows of this file cannot be taken")
    );
    assert_eq!(rows(&world, IDENTITIES).await, 0, "no half import");
    let saved = post(&world, &cookie, &page, "confirm", "&skip_problems=true").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(rows(&world, IDENTITIES).await, 2);
}

#[tokio::test]
async fn a_secret_refuses_the_file_and_stands_nowhere_afterwards() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Security).await;
    let body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    let secret = format!("{}{body}", "ghp_");
    // In a column nothing reads, too.
    let file = format!("name,platform,remarks\nshop,aws,{secret}\n");
    let page = uploaded(&world, &cookie, &file).await;
    let refused = world.page(&page, Some(&cookie)).await.body;
    assert!(
        refused.contains("Refused") && refused.contains("Row 2"),
        "{refused}"
    );
    assert!(refused.contains("remarks") && refused.contains("a GitHub token"));
    assert!(!refused.contains(body));
    assert_eq!(rows(&world, PARTS).await, 0, "it was not put aside");
    for table in ["imports", "activity", "jobs"] {
        let sql = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{body}%'");
        assert_eq!(rows(&world, &sql).await, 0, "{table}");
    }
    let confirmed = post(&world, &cookie, &page, "confirm", "").await;
    assert_eq!(confirmed.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn foreign_headers_are_mapped_and_checked_anew() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Security).await;
    let file = "Dienst,Ort,Zweck\nshop,aws,Deploys the shop\n";
    let page = uploaded(&world, &cookie, file).await;
    let preview = world.page(&page, Some(&cookie)).await.body;
    assert!(preview.contains("Nothing in this file can be taken as it is read now"));
    assert!(preview.contains("Dienst") && preview.contains("How it is read"));
    let mapping = "&input[format]=&input[kind]=identities&input[subject]=\
        &input[column][0]=Dienst&input[field][0]=name&input[column][1]=Ort&input[field][1]=platform\
        &input[column][2]=Zweck&input[field][2]=name";
    let wrong = post(&world, &cookie, &page, "remap", mapping).await;
    assert_eq!(
        wrong.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        wrong.body
    );
    assert!(wrong.body.contains("both taken for name"));
    let mapping = mapping.replace("[2]=name", "[2]=purpose");
    let right = post(&world, &cookie, &page, "remap", &mapping).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
    let preview = world.page(&page, Some(&cookie)).await.body;
    assert!(preview.contains("makes 1 change in one step"), "{preview}");
    post(&world, &cookie, &page, "confirm", "").await;
    let purposes = "SELECT count(*) FROM identities WHERE purpose = 'Deploys the shop'";
    assert_eq!(rows(&world, purposes).await, 1);
}

#[tokio::test]
async fn what_is_too_long_empty_or_broken_is_told_on_the_form() {
    let Some(world) = World::with(&[("ROLLCALL_IMPORT_MIB", "1")], |settings| {
        settings.import_bytes = 1024 * 1024;
    })
    .await
    else {
        return;
    };
    let cookie = world.signed_in(Role::Security).await;
    let before = world.entries().await;
    let long = format!("{SHEET}{}", "x".repeat(1024 * 1024));
    let answer = upload(&world, &cookie, "long.csv", long.as_bytes()).await;
    assert_eq!(answer.header("location"), "/imports?problem=too-large");
    let form = world
        .page("/imports?problem=too-large", Some(&cookie))
        .await;
    assert!(form.body.contains("longer than 1 MiB"), "{}", form.body);
    let answer = upload(&world, &cookie, "", b"").await;
    assert_eq!(answer.header("location"), "/imports?problem=nothing");
    let request = ours(Request::post("/imports/upload"))
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit");
    let body =
        "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nname,pl";
    let answer = world.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.header("location"), "/imports?problem=broken");
    assert_eq!(world.entries().await, before, "nothing happened");
    assert_eq!(rows(&world, "SELECT count(*) FROM imports").await, 0);
}

#[tokio::test]
async fn a_long_file_is_done_by_the_job_and_its_progress_is_streamed() {
    use std::fmt::Write as _;
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Security).await;
    let mut file = String::from("name,platform,purpose\n");
    for n in 0..4_000 {
        writeln!(
            file,
            "bulk {n},aws,Row number {n} of a file that is too long to wait for"
        )
        .unwrap();
    }
    let page = uploaded(&world, &cookie, &file).await;
    let waits = world.page(&page, Some(&cookie)).await.body;
    assert!(
        waits.contains("Being checked") && waits.contains("0 of 4,000 rows read"),
        "{waits}"
    );
    assert!(waits.contains("Look again"), "the way on without a script");
    let id: ImportId = page.rsplit('/').next().unwrap().parse().unwrap();
    let stream = async { world.page(&format!("{page}/progress"), Some(&cookie)).await };
    let job = service::imports::files::work(&world.services, id);
    let (told, done) = tokio::join!(stream, job);
    assert_eq!(done.unwrap(), "done");
    assert_eq!(told.header("content-type"), "text/event-stream");
    assert!(told.body.contains("event: progress"), "{}", told.body);
    assert!(told.body.contains("\"max\":4000"), "{}", told.body);
    assert!(told.body.contains("event: done"), "{}", told.body);
    assert_eq!(
        service::imports::files::work(&world.services, id)
            .await
            .unwrap(),
        "done already"
    );
    let preview = world.page(&page, Some(&cookie)).await.body;
    assert!(preview.contains("makes 4,000 changes in one step"));
}

#[tokio::test]
async fn a_file_nobody_confirms_is_forgotten() {
    let Some(world) = World::new().await else {
        return;
    };
    let cookie = world.signed_in(Role::Security).await;
    let page = uploaded(&world, &cookie, SHEET).await;
    world.advance(TimeDelta::hours(3));
    let sweep = || async {
        service::imports::files::sweep(&world.services.system("test"))
            .await
            .unwrap()
    };
    assert_eq!(sweep().await, 0);
    world.advance(TimeDelta::hours(2));
    assert_eq!(sweep().await, 1);
    assert_eq!(rows(&world, PARTS).await, 0);
    // The session of five hours ago is over.
    let cookie = world.signed_in(Role::Security).await;
    let expired = world.page(&page, Some(&cookie)).await.body;
    assert!(expired.contains("Nobody confirmed it in time"), "{expired}");
}
