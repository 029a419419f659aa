//! Receivers that are away, slow, or close half of the line: nothing is lost, and nothing comes twice that was acknowledged.

use std::time::Duration;

use chrono::TimeDelta;
use contract::destinations::DestinationRow;
use serde_json::Value;
use server::clients::outbound::Outbound;
use service::destinations::{self, Delivered};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::push::{Receiver, deliver, destination, stands, turn, world_of, yes};
use crate::world::World;

async fn move_to(world: &World, row: &DestinationRow, address: &str) {
    let sql = format!(
        "UPDATE destinations SET address = '{address}' WHERE id = '{}'",
        row.id
    );
    store::testing::script(&world.services.db, sql).await;
}

/// Positions of the rows a receiver took, in the order they came.
fn positions(receiver: &Receiver) -> Vec<i64> {
    let bodies = receiver.bodies();
    let rows = bodies.iter().flat_map(|body| {
        let body: Value = serde_json::from_str(body).unwrap();
        body["data"].as_array().unwrap().clone()
    });
    rows.map(|row| row["pos"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_receiver_that_is_away_for_an_hour_gets_everything_in_order() {
    let Some(world) = world_of(30).await else {
        return;
    };
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let row = destination(&world, "webhook", &address, |_| {}).await;
    let step = TimeDelta::seconds(10);
    let (mut passed, mut tried) = (TimeDelta::zero(), 0);
    while passed < TimeDelta::hours(1) {
        let due = destinations::due(&world.services.system("sender"))
            .await
            .unwrap();
        if due.contains(&row.id) {
            assert!(matches!(turn(&world, &row).await, Delivered::Later(_)));
            tried += 1;
        }
        if passed == TimeDelta::minutes(30) {
            deliver(&world, 30..45).await;
        }
        world.advance(step);
        passed += step;
    }
    // Doubling to five minutes: some at first, then one in each two and a half to five minutes.
    assert!((12..=40).contains(&tried), "{tried}");
    let away = stands(&world, &row).await;
    assert_eq!((away.position, away.dead, away.lag), (0, 0, 45));
    assert_eq!(away.failures, tried);
    assert!(!away.trouble.is_empty());
    let receiver = Receiver::start(vec![yes]).await;
    move_to(&world, &row, &receiver.address).await;
    world.advance(TimeDelta::minutes(5));
    // One row is tried; then everything.
    assert_eq!(turn(&world, &row).await, Delivered::Rows(1));
    assert_eq!(turn(&world, &row).await, Delivered::Rows(44));
    assert_eq!(turn(&world, &row).await, Delivered::Nothing);
    assert_eq!(positions(&receiver), (1..=45).collect::<Vec<_>>());
    let back = stands(&world, &row).await;
    assert_eq!((back.failures, back.lag, back.trouble.as_str()), (0, 0, ""));
}

#[tokio::test]
async fn a_receiver_that_is_slow_or_closes_half_of_the_line_is_sent_to_again() {
    let Some(world) = world_of(5).await else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let row = destination(&world, "webhook", &address, |_| {}).await;
    let carrier = Outbound::new(&world.services.settings).patient(Duration::from_secs(2));
    let sent = async || {
        let op = world.services.system("sender");
        destinations::deliver(&op, &carrier, row.id).await.unwrap()
    };
    // It takes the line and never says a word; the line stays open.
    let (slow, (line, _)) = tokio::join!(sent(), async { listener.accept().await.unwrap() });
    assert!(matches!(slow, Delivered::Later(_)), "{slow:?}");
    assert_eq!(stands(&world, &row).await.position, 0);
    drop(line);
    world.advance(TimeDelta::minutes(1));
    // It reads, and closes its half without an answer.
    let half = async {
        let (mut line, _) = listener.accept().await.unwrap();
        let mut some = [0; 64];
        line.read_exact(&mut some).await.unwrap();
        line.shutdown().await.unwrap();
        line
    };
    let (closed, line) = tokio::join!(sent(), half);
    assert!(matches!(closed, Delivered::Later(_)), "{closed:?}");
    let after = stands(&world, &row).await;
    assert_eq!((after.position, after.failures, after.dead), (0, 2, 0));
    drop(line);
    let receiver = Receiver::start(vec![yes]).await;
    move_to(&world, &row, &receiver.address).await;
    world.advance(TimeDelta::minutes(5));
    assert_eq!(turn(&world, &row).await, Delivered::Rows(5));
    assert_eq!(positions(&receiver), (1..=5).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_syslog_receiver_that_hangs_has_acknowledged_nothing() {
    let Some(world) = world_of(4).await else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let row = destination(&world, "syslog", &address, |_| {}).await;
    let carrier = Outbound::new(&world.services.settings).patient(Duration::from_secs(2));
    let op = world.services.system("sender");
    // The rows fit into the line's own buffers; nobody reads them.
    let hung = destinations::deliver(&op, &carrier, row.id);
    let (hung, line) = tokio::join!(hung, async { listener.accept().await.unwrap() });
    assert!(matches!(hung.unwrap(), Delivered::Later(why) if why.contains("too long")));
    assert_eq!(stands(&world, &row).await.position, 0);
    drop(line);
    world.advance(TimeDelta::minutes(1));
    let read = async {
        let (mut line, _) = listener.accept().await.unwrap();
        let mut all = Vec::new();
        line.read_to_end(&mut all).await.unwrap();
        all
    };
    let (sent, all) = tokio::join!(turn(&world, &row), read);
    assert_eq!(sent, Delivered::Rows(4));
    assert_eq!(
        String::from_utf8(all)
            .unwrap()
            .matches("rollcall@32473")
            .count(),
        4
    );
}
