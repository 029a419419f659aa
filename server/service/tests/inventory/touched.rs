//! Whom events touch is judged anew within seconds, not by the next morning.

use contract::findings::{FindingFilter, FindingRow, FindingState, Severity};
use contract::identities::Transition;
use contract::sources::SourceInput;
use service::ingest::{self, Limits};
use service::{Op, OpKind, posture, sources};

use crate::house::{self, House, INES, take};

pub async fn source(house: &House) -> Op {
    let input = SourceInput {
        name: "GitHub".into(),
        slug: "github".into(),
        format: String::new(),
        ..SourceInput::default()
    };
    let made = sources::create(&house.system(), &input)
        .await
        .expect("made");
    let actor = ingest::authenticate(&house.services, "github", &made.token)
        .await
        .expect("let in");
    house.services.op(actor, OpKind::Request, "test")
}

fn use_of_it(id: u32, at: &str) -> Vec<u8> {
    format!(
        "{{\"kind\":\"credential_assumption\",\"outcome\":\"success\",\"action\":\"AssumeRole\",\"occurred_at\":\"{at}\",\
         \"vendor_id\":\"{id}\",\"issuer\":\"https://token.actions.githubusercontent.com\",\
         \"subject\":\"repo:acme/payments-api:environment:production\"}}"
    )
    .into_bytes()
}

pub async fn deliver(op: &Op, id: u32, at: &str) {
    let receipt = ingest::accept(op, use_of_it(id, at), &Limits::default())
        .await
        .expect("taken");
    assert_eq!(receipt.accepted, 1);
}

async fn zombies(house: &House) -> usize {
    zombie_rows(house).await.len()
}

async fn zombie_rows(house: &House) -> Vec<FindingRow> {
    let filter = FindingFilter {
        rule: vec!["zombie_use".into()],
        ..FindingFilter::default()
    };
    let op = house.as_person(INES);
    let list = service::findings::list(&op, &filter, None).await;
    list.expect("listed").page.rows
}

#[tokio::test]
async fn use_after_the_end_is_found_without_waiting_for_the_night() {
    let Some(house) = house::open().await else {
        return;
    };
    let id = house.active(|_| {}).await;
    let op = source(&house).await;
    let touched = async || {
        posture::recompute_touched(&house.system())
            .await
            .expect("judges")
    };
    deliver(&op, 1, "2026-11-21T09:00:00Z").await;
    assert_eq!(touched().await, 1, "its first use");
    deliver(&op, 2, "2026-11-21T09:30:00Z").await;
    assert_eq!(touched().await, 0, "the same day says nothing new");
    service::identities::change_state(&house.as_person(INES), &take(id, Transition::Decommission))
        .await
        .expect("disabled");
    assert_eq!(zombies(&house).await, 0);
    house.wait(1);
    deliver(&op, 3, "2026-11-22T08:00:00Z").await;
    assert_eq!(zombies(&house).await, 0, "nobody has judged yet");
    assert_eq!(touched().await, 1);
    assert_eq!(zombies(&house).await, 1);
    deliver(&op, 4, "2026-11-22T08:01:00Z").await;
    assert_eq!(touched().await, 1, "each use after the end counts");
    let found = &zombie_rows(&house).await[0];
    assert_eq!(
        (found.severity, found.controls[0].as_str(), found.detected),
        (Severity::Critical, "T1078.004", false)
    );
    // The very events since its end, newest last, and none of those before it.
    assert_eq!(cited(&house, found).await, ["3", "4"]);
}

/// Vendor's ids of the events a finding cites, in its order.
async fn cited(house: &House, found: &FindingRow) -> Vec<String> {
    let mut ids = Vec::new();
    for event in &found.events {
        let mut conn = house.services.db.acquire().await.expect("connection");
        let sql = format!("SELECT vendor_id FROM events WHERE id = '{event}'");
        ids.extend(store::testing::texts(&mut conn, Box::leak(sql.into_boxed_str())).await);
    }
    ids
}

#[tokio::test]
async fn what_was_only_tried_after_the_end_and_refused_is_said_as_that() {
    let Some(house) = house::open().await else {
        return;
    };
    let id = house.active(|_| {}).await;
    let op = source(&house).await;
    deliver(&op, 1, "2026-11-21T09:00:00Z").await;
    service::identities::change_state(&house.as_person(INES), &take(id, Transition::Decommission))
        .await
        .expect("disabled");
    house.wait(1);
    let refused = String::from_utf8(use_of_it(2, "2026-11-22T08:00:00Z"))
        .expect("text")
        .replace("credential_assumption", "authentication_failure")
        .replace("\"success\"", "\"failure\"");
    ingest::accept(&op, refused.into_bytes(), &Limits::default())
        .await
        .expect("taken");
    posture::recompute_touched(&house.system())
        .await
        .expect("judges");
    let tried = &zombie_rows(&house).await[0];
    assert_eq!(tried.severity, Severity::Medium);
    assert!(
        tried.title.starts_with("Tried and was refused after"),
        "{}",
        tried.title
    );
    assert_eq!(cited(&house, tried).await, ["2"]);
    // One that gets through makes it what it is: the same finding, at its full weight.
    deliver(&op, 3, "2026-11-22T08:01:00Z").await;
    posture::recompute_touched(&house.system())
        .await
        .expect("judges");
    let used = &zombie_rows(&house).await[0];
    assert_eq!((used.id, used.state), (tried.id, FindingState::Open));
    assert_eq!(used.severity, Severity::Critical);
    assert_eq!(cited(&house, used).await, ["2", "3"]);
}

#[tokio::test]
async fn whoever_stands_on_the_list_several_times_is_judged_once() {
    let Some(house) = house::open().await else {
        return;
    };
    let mut ids = Vec::new();
    for n in 0..3 {
        let id = house
            .active(|form| {
                form.name = format!("app-{n} · deploy · production");
                form.selectors = format!(
                    "oidc_subject token.actions.githubusercontent.com repo:acme/app-{n}:environment:production"
                );
            })
            .await;
        ids.push(id.0);
    }
    ids.sort_unstable();
    let judged = async || {
        posture::recompute_touched(&house.system())
            .await
            .expect("judges")
    };
    judged().await;
    let listed = async || {
        let all = "SELECT count(*) FROM identity_touches".to_owned();
        store::testing::count(&house.services.db, all).await
    };
    // A hundred times each, in turn: more rows than one turn takes identities.
    let touch = format!(
        "INSERT INTO identity_touches (identity_id)
         SELECT (ARRAY['{}', '{}', '{}']::uuid[])[1 + n % 3] FROM generate_series(0, 299) n",
        ids[0], ids[1], ids[2]
    );
    store::testing::script(&house.services.db, touch.clone()).await;
    let mut tx = house.services.db.begin().await.expect("tx");
    let taken = store::findings::facts::take_touched(&mut tx, 2)
        .await
        .expect("taken");
    assert_eq!(taken.len(), 2, "{taken:?}");
    assert!(taken[0] < taken[1] && taken.iter().all(|id| ids.contains(id)));
    // What is added before they are judged stays on the list, and so does who was not taken.
    let again = format!(
        "INSERT INTO identity_touches (identity_id) VALUES ('{}')",
        taken[0]
    );
    store::testing::script(&house.services.db, again).await;
    tx.commit().await.expect("commit");
    assert_eq!(listed().await, 101);
    assert_eq!(judged().await, 2);
    assert_eq!(listed().await, 0);
    store::testing::script(&house.services.db, touch).await;
    assert_eq!(judged().await, 3, "each once in a turn");
    assert_eq!((listed().await, judged().await), (0, 0));
}

/// A use of each of 600 unregistered subjects: more than one chunk of the nightly run holds.
fn strangers(day: usize) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut lines = String::new();
    for n in 0..600 {
        let _ = writeln!(
            lines,
            "{{\"kind\":\"deployment\",\"outcome\":\"success\",\"action\":\"deploy\",\"occurred_at\":\"2026-11-{day:02}T09:00:00Z\",\
             \"vendor_id\":\"s{n}-{day}\",\"issuer\":\"https://token.actions.githubusercontent.com\",\
             \"subject\":\"repo:acme/app-{n}:ref:refs/heads/main\"}}"
        );
    }
    lines.into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_judges_the_same_identities_waits_instead_of_being_refused() {
    let Some(house) = house::open().await else {
        return;
    };
    let op = source(&house).await;
    let op = std::sync::Arc::new(op);
    let deliver = |day| {
        let op = op.clone();
        async move {
            let receipt = ingest::accept(&op, strangers(day), &Limits::default()).await?;
            assert_eq!(receipt.accepted, 600);
            Ok(())
        }
    };
    deliver(10).await.expect("taken");
    let mut work = tokio::task::JoinSet::new();
    for day in 11..17 {
        // Deliveries lock whom they touch in order of id, and so must whoever judges them.
        work.spawn(deliver(day));
        let judge = house.system();
        work.spawn(async move { posture::recompute_all(&judge).await.map(|_| ()) });
        let judge = house.system();
        work.spawn(async move { posture::recompute_touched(&judge).await.map(|_| ()) });
    }
    for done in work.join_all().await {
        done.expect("nobody is refused");
    }
}
