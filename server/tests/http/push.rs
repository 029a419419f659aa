//! Pushing to receivers that behave and receivers that do not: every row arrives, in order, and repeats stay inside the
//! last batch that was not acknowledged.

use std::io::Read as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use chrono::TimeDelta;
use contract::destinations::{DestinationInput, DestinationRow, DestinationState};
use contract::sources::SourceInput;
use serde_json::{Value, json};
use server::clients::outbound::Outbound;
use service::Settings;
use service::destinations::{self, Delivered};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::world::World;

/// What a receiver says next; the last is said for ever.
pub type Script = Vec<fn(&[u8]) -> Response>;

/// What came: where to, with which headers, and the body.
type Taken = (Uri, HeaderMap, Vec<u8>);

#[derive(Clone)]
pub struct Receiver {
    pub address: String,
    script: Arc<Mutex<Script>>,
    /// Bodies it said yes to, and the headers they came with.
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Receiver {
    pub async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script)),
            taken: Arc::default(),
        };
        let router = Router::new().fallback(hear).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub fn bodies(&self) -> Vec<String> {
        let taken = self.taken.lock().unwrap();
        taken
            .iter()
            .map(|(_, _, body)| String::from_utf8(body.clone()).unwrap())
            .collect()
    }
}

async fn hear(
    State(receiver): State<Receiver>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let say = {
        let mut script = receiver.script.lock().unwrap();
        if script.len() > 1 {
            script.remove(0)
        } else {
            script[0]
        }
    };
    let answer = say(&body);
    if answer.status().is_success() {
        receiver
            .taken
            .lock()
            .unwrap()
            .push((uri, headers, body.to_vec()));
    }
    answer
}

pub fn yes(_: &[u8]) -> Response {
    StatusCode::OK.into_response()
}

fn broken(_: &[u8]) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn busy(_: &[u8]) -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "90")]).into_response()
}

/// Will not have the row whose vendor id is 7.
fn picky(body: &[u8]) -> Response {
    let poison = String::from_utf8_lossy(body).contains("\"vendor_id\":\"7\"");
    if poison {
        (StatusCode::BAD_REQUEST, "I do not like 7").into_response()
    } else {
        yes(body)
    }
}

fn collector(body: &[u8]) -> Response {
    if body.starts_with(b"{\"acks\"") {
        json!({ "acks": { "3": true } }).to_string().into_response()
    } else {
        json!({ "text": "Success", "code": 0, "ackId": 3 })
            .to_string()
            .into_response()
    }
}

fn bulk(body: &[u8]) -> Response {
    let rows = body.split(|byte| *byte == b'\n').count() / 2;
    let statuses = [201, 409, 400, 201];
    let items: Vec<Value> = (0..rows)
        .map(|n| json!({ "create": { "status": statuses[n], "error": { "type": "x" } } }))
        .collect();
    json!({ "errors": true, "items": items })
        .to_string()
        .into_response()
}

/// A world with so many events in the feed, in which destinations may be on this machine.
pub async fn world_of(events: usize) -> Option<World> {
    world(events).await
}

async fn world(events: usize) -> Option<World> {
    world_with(events, |_| {}).await
}

async fn world_with(events: usize, change: impl FnOnce(&mut Settings)) -> Option<World> {
    let folder =
        std::env::temp_dir().join(format!("rollcall-push-{}-{events}", std::process::id()));
    let world = World::with(&[], |settings| {
        settings.outbound = vec!["127.0.0.0/8".into()];
        settings.key_dir = folder.join("keys");
        change(settings);
    })
    .await?;
    deliver(&world, 0..events).await;
    Some(world)
}

pub async fn deliver(world: &World, ids: std::ops::Range<usize>) {
    let slug = format!("own-{}", ids.start);
    let input = SourceInput {
        name: slug.clone(),
        slug: slug.clone(),
        ..SourceInput::default()
    };
    let made = service::sources::create(&world.cli(), &input)
        .await
        .unwrap();
    let line = |n| {
        format!(
            "{{\"action\":\"deploy\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{n}\"}}\n"
        )
    };
    let body: String = ids.map(line).collect();
    let actor = service::ingest::authenticate(&world.services, &slug, &made.token)
        .await
        .unwrap();
    service::ingest::accept(
        &world.op(actor),
        body.into_bytes(),
        &service::ingest::Limits::default(),
    )
    .await
    .unwrap();
    while service::feed::sequence(&world.services.system("sequencer"))
        .await
        .unwrap()
        > 0
    {}
}

pub async fn destination(
    world: &World,
    kind: &str,
    address: &str,
    more: impl FnOnce(&mut DestinationInput),
) -> DestinationRow {
    let mut input = DestinationInput {
        name: kind.into(),
        kind: kind.into(),
        address: address.into(),
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
        ..DestinationInput::default()
    };
    more(&mut input);
    destinations::create(&world.cli(), &input).await.unwrap()
}

pub async fn turn(world: &World, row: &DestinationRow) -> Delivered {
    let carrier = Outbound::new(&world.services.settings);
    destinations::deliver(&world.services.system("sender"), &carrier, row.id)
        .await
        .unwrap()
}

pub async fn stands(world: &World, row: &DestinationRow) -> DestinationRow {
    destinations::view(&world.cli(), row.id).await.unwrap()
}

#[tokio::test]
async fn a_webhook_that_fails_gets_everything_in_the_end() {
    let Some(world) = world(20).await else { return };
    let receiver = Receiver::start(vec![broken, busy, yes]).await;
    let row = destination(&world, "webhook", &receiver.address, |_| {}).await;
    assert!(matches!(turn(&world, &row).await, Delivered::Later(why) if why.starts_with("500")));
    let failed = stands(&world, &row).await;
    assert_eq!((failed.position, failed.failures, failed.lag), (0, 1, 20));
    assert!(
        destinations::due(&world.services.system("s"))
            .await
            .unwrap()
            .is_empty(),
        "it waits"
    );
    world.advance(TimeDelta::seconds(2));
    assert_eq!(
        destinations::due(&world.services.system("s"))
            .await
            .unwrap(),
        [row.id]
    );
    assert!(matches!(turn(&world, &row).await, Delivered::Later(_)));
    // It asked for ninety seconds.
    world.advance(TimeDelta::seconds(89));
    assert!(
        destinations::due(&world.services.system("s"))
            .await
            .unwrap()
            .is_empty()
    );
    world.advance(TimeDelta::hours(1));
    assert_eq!(turn(&world, &row).await, Delivered::Rows(20));
    assert_eq!(turn(&world, &row).await, Delivered::Nothing);
    let whole = stands(&world, &row).await;
    assert_eq!(
        (
            whole.position,
            whole.sent,
            whole.failures,
            whole.trouble.as_str()
        ),
        (20, 20, 0, "")
    );
    let taken = receiver.taken.lock().unwrap();
    let (_, headers, body) = &taken[0];
    let said = |name: &str| headers[name].to_str().unwrap().to_owned();
    let right = domain::push::signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        &said("webhook-id"),
        said("webhook-timestamp").parse().unwrap(),
        body,
    );
    assert_eq!(said("webhook-signature"), right);
    let data: Value = serde_json::from_slice(body).unwrap();
    let positions: Vec<_> = data["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["pos"].as_i64().unwrap())
        .collect();
    assert_eq!(positions, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_row_that_is_refused_holds_up_no_other() {
    let Some(world) = world(21).await else { return };
    let receiver = Receiver::start(vec![picky]).await;
    let row = destination(&world, "webhook", &receiver.address, |_| {}).await;
    assert_eq!(turn(&world, &row).await, Delivered::Rows(21));
    let dead = destinations::dead_letters(&world.cli(), row.id, None, 10)
        .await
        .unwrap()
        .rows;
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason, "400 I do not like 7");
    let positions: Vec<i64> = receiver
        .bodies()
        .iter()
        .flat_map(|body| {
            serde_json::from_str::<Value>(body).unwrap()["data"]
                .as_array()
                .unwrap()
                .clone()
        })
        .map(|row| row["pos"].as_i64().unwrap())
        .collect();
    let expected: Vec<i64> = (1..=21)
        .filter(|position| *position != dead[0].position)
        .collect();
    assert_eq!(positions, expected, "each once, in order");
    // It has changed its mind: what was set aside is sent again.
    *receiver.script.lock().unwrap() = vec![yes];
    let before = world.entries().await;
    assert_eq!(
        destinations::redrive(&world.cli(), row.id).await.unwrap(),
        1
    );
    assert_eq!(world.entries().await, before + 1);
    assert_eq!(turn(&world, &row).await, Delivered::Rows(1));
    let whole = stands(&world, &row).await;
    assert_eq!((whole.dead, whole.position), (0, 21));
    let last: Value = serde_json::from_str(receiver.bodies().last().unwrap()).unwrap();
    assert_eq!(last["data"][0]["pos"], dead[0].position);
}

#[tokio::test]
async fn a_rare_filter_is_looked_for_a_stretch_at_a_time() {
    let Some(world) = world_with(3, |settings| settings.feed_places = 10).await else {
        return;
    };
    deliver(&world, 3..97).await;
    deliver(&world, 97..100).await;
    let receiver = Receiver::start(vec![yes]).await;
    let row = destination(&world, "webhook", &receiver.address, |input| {
        input.filter = vec![("source".into(), "own-0,own-97".into())];
    })
    .await;
    let mut turns = vec![turn(&world, &row).await];
    // Where nothing more of it was found, it is not looked again.
    assert_eq!(stands(&world, &row).await.position, 10);
    while turns.last() != Some(&Delivered::Nothing) {
        turns.push(turn(&world, &row).await);
    }
    let found: Vec<Delivered> = [3, 0, 0, 0, 0, 0, 0, 0, 0, 3]
        .map(Delivered::Rows)
        .into_iter()
        .chain([Delivered::Nothing])
        .collect();
    assert_eq!(turns, found);
    assert_eq!(stands(&world, &row).await.position, 100);
    let positions: Vec<i64> = receiver
        .bodies()
        .iter()
        .map(|body| serde_json::from_str::<Value>(body).unwrap())
        .flat_map(|body| body["data"].as_array().unwrap().clone())
        .map(|row| row["pos"].as_i64().unwrap())
        .collect();
    assert_eq!(positions, [1, 2, 3, 98, 99, 100]);
}

#[tokio::test]
async fn a_sender_that_is_killed_repeats_only_its_last_batch() {
    let Some(world) = world(700).await else {
        return;
    };
    // The second batch never gets its answer.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let receiver = Receiver::start(vec![yes]).await;
    let row = destination(&world, "webhook", &receiver.address, |_| {}).await;
    assert_eq!(turn(&world, &row).await, Delivered::Rows(500));
    let mute = listener.local_addr().unwrap();
    let mut tx = world.services.db.begin().await.unwrap();
    store::testing::execute(
        &mut tx,
        &format!("UPDATE destinations SET address = 'http://{mute}'"),
    )
    .await;
    tx.commit().await.unwrap();
    let services = world.services.clone();
    let id = row.id;
    let sender = tokio::spawn(async move {
        let carrier = Outbound::new(&services.settings);
        destinations::deliver(&services.system("sender"), &carrier, id).await
    });
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut some = [0; 64];
    stream.read_exact(&mut some).await.unwrap();
    // While it is on the way nobody else sends it.
    assert_eq!(turn(&world, &row).await, Delivered::Elsewhere);
    sender.abort();
    assert!(sender.await.unwrap_err().is_cancelled());
    let mut tx = world.services.db.begin().await.unwrap();
    store::testing::execute(
        &mut tx,
        &format!("UPDATE destinations SET address = '{}'", receiver.address),
    )
    .await;
    tx.commit().await.unwrap();
    assert_eq!(turn(&world, &row).await, Delivered::Rows(200));
    let mut seen = Vec::new();
    for body in receiver.bodies() {
        let data: Value = serde_json::from_str(&body).unwrap();
        seen.extend(
            data["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["pos"].as_i64().unwrap()),
        );
    }
    assert_eq!(seen, (1..=700).collect::<Vec<_>>());
}

#[tokio::test]
async fn splunk_has_it_when_its_indexers_say_so() {
    let Some(world) = world(5).await else { return };
    let receiver = Receiver::start(vec![collector]).await;
    let row = destination(&world, "splunk", &receiver.address, |input| {
        input.acknowledged = true;
        input.index = "rollcall".into();
        input.format = "cef".into();
    })
    .await;
    assert_eq!(turn(&world, &row).await, Delivered::Rows(5));
    let taken = receiver.taken.lock().unwrap();
    let (uri, headers, body) = &taken[0];
    assert_eq!(uri.path(), "/services/collector/event");
    assert_eq!(
        headers["authorization"],
        "Splunk whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    );
    assert!(headers.contains_key("x-splunk-request-channel"));
    let events: Vec<Value> = serde_json::Deserializer::from_slice(body)
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(events.len(), 5);
    assert!(events[0]["event"].as_str().unwrap().starts_with("CEF:0|"));
    assert_eq!(
        (events[0]["index"].as_str(), events[0]["time"].as_str()),
        (Some("rollcall"), Some("1793491200.000"))
    );
    assert_eq!(taken[1].0.path(), "/services/collector/ack");
}

#[tokio::test]
async fn elastic_is_believed_row_by_row() {
    let Some(world) = world(4).await else { return };
    let receiver = Receiver::start(vec![bulk]).await;
    let row = destination(&world, "elastic", &receiver.address, |input| {
        input.index = "logs-rollcall-default".into();
        input.format = "ecs".into();
    })
    .await;
    assert_eq!(turn(&world, &row).await, Delivered::Rows(4));
    let stands = stands(&world, &row).await;
    assert_eq!((stands.position, stands.sent, stands.dead), (4, 3, 1));
    let body = receiver.bodies().remove(0);
    assert!(body.ends_with('\n'));
    let first: Value = serde_json::from_str(body.lines().next().unwrap()).unwrap();
    assert_eq!(first["create"]["_index"], "logs-rollcall-default");
}

#[tokio::test]
async fn syslog_is_framed_and_files_are_whole() {
    let Some(world) = world(6).await else { return };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let row = destination(&world, "syslog", &address, |_| {}).await;
    let read = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.unwrap();
        all
    };
    let (delivered, mut rest) = tokio::join!(turn(&world, &row), read);
    assert_eq!(delivered, Delivered::Rows(6));
    let mut frames = 0;
    while !rest.is_empty() {
        let space = rest.iter().position(|byte| *byte == b' ').unwrap();
        let length: usize = std::str::from_utf8(&rest[..space])
            .unwrap()
            .parse()
            .unwrap();
        let message = rest[space + 1..space + 1 + length].to_vec();
        assert!(message.starts_with(
            b"<110>1 2026-11-01T00:00:00.000000Z rollcall rollcall - event [rollcall@32473 id="
        ));
        rest.drain(..space + 1 + length);
        frames += 1;
    }
    assert_eq!(frames, 6);
    let row = destination(&world, "folder", "nightly", |_| {}).await;
    assert_eq!(turn(&world, &row).await, Delivered::Rows(6));
    let folder = world
        .services
        .settings
        .key_dir
        .parent()
        .unwrap()
        .join("exports/nightly");
    // By the hour in which they were published.
    let folder = folder.join(crate::world::start().format("%Y/%m/%d/%H").to_string());
    let files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(&files[0]).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text.lines().count(), 6);
    let data = world.services.settings.key_dir.parent().unwrap();
    std::fs::remove_dir_all(data).ok();
}

#[tokio::test]
async fn it_is_paused_and_put_back_by_its_name() {
    let Some(world) = world(3).await else { return };
    let receiver = Receiver::start(vec![yes]).await;
    let row = destination(&world, "webhook", &receiver.address, |input| {
        input.from_now = true;
    })
    .await;
    assert_eq!(turn(&world, &row).await, Delivered::Nothing);
    destinations::set_state(&world.cli(), row.id, DestinationState::Paused)
        .await
        .unwrap();
    assert!(
        destinations::due(&world.services.system("s"))
            .await
            .unwrap()
            .is_empty()
    );
    destinations::set_state(&world.cli(), row.id, DestinationState::Running)
        .await
        .unwrap();
    assert!(
        destinations::rewind(&world.cli(), row.id, 1, "another")
            .await
            .is_err()
    );
    destinations::rewind(&world.cli(), row.id, 1, "webhook")
        .await
        .unwrap();
    assert_eq!(turn(&world, &row).await, Delivered::Rows(2));
    // After a restore it does not guess where to go on.
    let mut tx = world.services.db.begin().await.unwrap();
    store::testing::execute(&mut tx, "UPDATE feed_head SET epoch = gen_random_uuid()").await;
    tx.commit().await.unwrap();
    assert!(matches!(turn(&world, &row).await, Delivered::Later(why) if why.contains("restored")));
    destinations::remove(&world.cli(), row.id).await.unwrap();
}

#[tokio::test]
async fn an_object_store_holds_files_by_hour_signed_for() {
    let Some(world) = world(12).await else { return };
    let receiver = Receiver::start(vec![broken, yes]).await;
    let address = format!("{}/bucket/rollcall", receiver.address);
    let row = destination(&world, "bucket", &address, |input| {
        input.secret = "AKIAIOSFODNN7EXAMPLE=wJalrXUtnFEMI".into();
        input.index = "eu-central-1".into();
    })
    .await;
    assert!(matches!(turn(&world, &row).await, Delivered::Later(_)));
    world.advance(TimeDelta::minutes(5));
    assert_eq!(turn(&world, &row).await, Delivered::Rows(12));
    let (uri, headers, body) = receiver.taken.lock().unwrap().last().unwrap().clone();
    let hour = crate::world::start().format("%Y/%m/%d/%H");
    assert_eq!(
        uri.path(),
        format!(
            "/bucket/rollcall/{hour}/events-{:020}-{:020}.ndjson.gz",
            1, 12
        )
    );
    let signed = headers["authorization"].to_str().unwrap();
    assert!(
        signed.contains("/eu-central-1/s3/aws4_request")
            && signed.contains("SignedHeaders=content-type;host;"),
        "{signed}"
    );
    let mut text = String::new();
    flate2::read::GzDecoder::new(body.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text.lines().count(), 12);
    let wrong = DestinationInput {
        name: "w".into(),
        kind: "bucket".into(),
        address: "https://s3.example.com".into(),
        secret: "no pair".into(),
        ..DestinationInput::default()
    };
    let refused = destinations::create(&world.cli(), &wrong).await;
    let Err(service::Error::Invalid(fields)) = refused else {
        panic!("{refused:?}")
    };
    let fields: Vec<&str> = fields.iter().map(|wrong| wrong.field.as_str()).collect();
    assert_eq!(fields, ["address", "secret"]);
}

#[tokio::test]
async fn a_receiver_that_hangs_up_in_the_middle_is_sent_to_again() {
    let Some(world) = world(5).await else { return };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let row = destination(&world, "webhook", &address, |_| {}).await;
    let hang_up = async {
        // Half of an answer, and the line is dead.
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut some = [0; 64];
        stream.read_exact(&mut some).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(
            &mut stream,
            b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{",
        )
        .await
        .unwrap();
    };
    let (delivered, ()) = tokio::join!(turn(&world, &row), hang_up);
    assert!(matches!(delivered, Delivered::Later(_)), "{delivered:?}");
    assert_eq!(stands(&world, &row).await.position, 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let Some(world) = world(2).await else { return };
    let inside = Receiver::start(vec![yes]).await;
    let to = inside.address.clone();
    let router = Router::new().fallback(move || async move {
        (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let row = destination(&world, "webhook", &address, |_| {}).await;
    assert!(matches!(turn(&world, &row).await, Delivered::Later(why) if why.starts_with("307")));
    assert!(inside.taken.lock().unwrap().is_empty());
}
