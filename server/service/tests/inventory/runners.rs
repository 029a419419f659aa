//! Lists of runners against a real database: what many rows cost, what several rows say of one; and what events tell.

use chrono::{DateTime, Utc};
use contract::identities::Platform;
use contract::ids::EventId;
use contract::imports::{ImportOutcome, ImportReport};
use contract::runners::{RunnerKind, RunnerRow};
use domain::event::sighting::Sighting;
use domain::import::Hint;
use serde_json::{Value, json};
use service::imports::{Input, run};
use service::ingest::{self, Limits};
use service::{Op, detect, feed, runners};
use store::detect::RunnerSeen;
use store::testing::{count, script, texts};
use uuid::Uuid;

use crate::house::{House, INES, open};
use crate::touched::source;

const HEAD: &str =
    "name,platform,owner,hosted,ephemeral,group,labels,repositories,last_seen,online\n";
/// Records that an import compares and saves at once.
const CHUNK: i64 = 500;

async fn import(house: &House, rows: &str) -> ImportReport {
    let op = house.as_person(INES);
    let text = format!("{HEAD}{rows}");
    let input = Input {
        file: "runners.csv",
        bytes: text.as_bytes(),
        hint: Hint::at(op.now),
        dry_run: false,
        skip_problems: false,
        kept: None,
    };
    let report = run(&op, &input, &|_| {}).await.expect("imported");
    assert_eq!(report.problems, []);
    report
}

/// How many rows created, updated and left alone.
fn totals(report: &ImportReport) -> [i64; 3] {
    use ImportOutcome::{Create, Unchanged, Update};
    [Create, Update, Unchanged].map(|outcome| report.total(outcome))
}

/// Has the database count the statements that write runners.
async fn counted(house: &House) {
    let sql = "CREATE TABLE statements (n bigint NOT NULL);
        INSERT INTO statements VALUES (0);
        CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN UPDATE statements SET n = n + 1; RETURN NULL; END $$;
        CREATE TRIGGER counts AFTER INSERT OR UPDATE ON runners FOR EACH STATEMENT EXECUTE FUNCTION count_statement();
        CREATE TRIGGER counts AFTER INSERT OR UPDATE ON runner_repositories
            FOR EACH STATEMENT EXECUTE FUNCTION count_statement();";
    script(&house.services.db, sql.to_owned()).await;
}

/// The statements since this was asked last.
async fn statements(house: &House) -> i64 {
    let n = count(&house.services.db, "SELECT n FROM statements".into()).await;
    script(&house.services.db, "UPDATE statements SET n = 0".into()).await;
    n
}

async fn known(house: &House) -> Vec<RunnerRow> {
    let list = runners::list(&house.as_person(INES), "", None, None)
        .await
        .expect("listed");
    let mut rows = list.page.rows;
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

#[tokio::test]
async fn ten_thousand_runners_cost_a_handful_of_statements_for_each_chunk() {
    const ROWS: i64 = 10_000;
    let Some(house) = open().await else { return };
    counted(&house).await;
    let row = |n: i64, online: &str| {
        let served = n % 50;
        format!(
            "box-{n},github,acme,no,no,default,linux;x64,acme/app-{served},2026-11-20T08:00:00Z,{online}\n"
        )
    };
    let file = |online: &str| -> String { (0..ROWS).map(|n| row(n, online)).collect() };
    let most = 3 * ROWS / CHUNK;
    let first = import(&house, &file("online")).await;
    assert_eq!(totals(&first), [ROWS, 0, 0]);
    let cost = statements(&house).await;
    assert!((1..=most).contains(&cost), "{cost} statements");
    let sql = "SELECT count(*) FROM runners r JOIN runner_repositories p ON p.runner_id = r.id
        WHERE p.repository = 'acme/app-' || substr(r.name, 5)::int % 50
            AND r.labels = '{linux,x64}' AND r.online AND r.seen AND r.ephemeral = false";
    assert_eq!(count(&house.services.db, sql.into()).await, ROWS);
    house.wait(1);
    let again = import(&house, &file("online")).await;
    assert_eq!(totals(&again), [0, 0, ROWS]);
    let cost = statements(&house).await;
    assert!((1..=most).contains(&cost), "{cost} statements");
    let listed = "SELECT count(*) FROM runners WHERE listed_at = '2026-11-22T10:00:00Z' AND last_seen = '2026-11-20T08:00:00Z'";
    assert_eq!(count(&house.services.db, listed.into()).await, ROWS);
    let changed = import(&house, &file("offline")).await;
    assert_eq!(totals(&changed), [0, ROWS, 0]);
    let gone = "SELECT count(*) FROM runners WHERE NOT online".to_owned();
    assert_eq!(count(&house.services.db, gone).await, ROWS);
}

#[tokio::test]
async fn several_rows_about_the_platforms_own_are_one_runner() {
    let Some(house) = open().await else { return };
    // Named anew for each job: one by their labels. The later row is right; what a row leaves out stays.
    let rows = "runner-1,github,acme,yes,,,ubuntu-24.04,acme/shop,2026-11-10T08:00:00Z,online\n\
        runner-2,github,acme,yes,,large,ubuntu-24.04,acme/shop;acme/app,2026-11-12T08:00:00Z,\n\
        runner-3,github,acme,yes,,large,ubuntu-24.04,acme/app,2026-11-08T08:00:00Z,offline\n";
    let report = import(&house, rows).await;
    assert_eq!(totals(&report), [1, 2, 0]);
    let told: Vec<Vec<&str>> = report
        .lines
        .iter()
        .map(|line| {
            line.changes
                .iter()
                .map(|(field, ..)| field.as_str())
                .collect()
        })
        .collect();
    // What is changed comes first.
    assert_eq!(
        told,
        [vec!["group", "repositories"], vec!["online"], vec![]]
    );
    let [one]: [RunnerRow; 1] = known(&house).await.try_into().expect("one runner");
    let RunnerRow {
        name,
        kind,
        group,
        mut repositories,
        online,
        first_seen,
        last_seen,
        ..
    } = one;
    repositories.sort_unstable();
    assert_eq!(
        (name.as_str(), kind),
        ("hosted: ubuntu-24.04", RunnerKind::Hosted)
    );
    assert_eq!((group.as_str(), online), ("large", Some(false)));
    assert_eq!(repositories, ["acme/app", "acme/shop"]);
    assert_eq!(
        (first_seen, last_seen),
        (at("2026-11-08T08:00:00Z"), at("2026-11-12T08:00:00Z"))
    );
    // Seen before and after: the stretch only grows, and a list without times moves nothing.
    let later = "runner-9,github,acme,yes,,,ubuntu-24.04,,2026-11-18T08:00:00Z,\n\
        runner-10,github,acme,yes,,,ubuntu-24.04,,,\n";
    assert_eq!(totals(&import(&house, later).await), [0, 0, 2]);
    let rows = known(&house).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].first_seen, rows[0].last_seen),
        (at("2026-11-08T08:00:00Z"), at("2026-11-18T08:00:00Z"))
    );
    assert_eq!(
        (rows[0].group.as_str(), rows[0].online),
        ("large", Some(false))
    );
}

#[tokio::test]
async fn a_runner_nobody_has_seen_has_the_time_of_its_listing_until_somebody_does() {
    let Some(house) = open().await else { return };
    let row = |seen: &str| format!("box-1,gitlab,acme,no,,,docker,acme/app,{seen},\n");
    import(&house, &row("")).await;
    let listed = house.as_person(INES).now;
    let rows = known(&house).await;
    assert_eq!((rows[0].seen, rows[0].first_seen), (false, listed));
    house.wait(1);
    import(&house, &row("2026-11-02T08:00:00Z")).await;
    let rows = known(&house).await;
    assert_eq!(rows.len(), 1);
    assert!(rows[0].seen);
    assert_eq!(
        (rows[0].first_seen, rows[0].last_seen),
        (at("2026-11-02T08:00:00Z"), at("2026-11-02T08:00:00Z"))
    );
    assert_eq!(rows[0].listed_at, Some(house.as_person(INES).now));
}

/// A record of GitHub's audit log: the only one that says whose the machine is, and whether it is made for one job.
fn prepared(run: u32, said: &Value) -> Value {
    let mut record = json!({
        "@timestamp": format!("2026-11-20T10:{run:02}:00Z"), "_document_id": format!("prepared-{run}"),
        "action": "workflows.prepared_workflow_job", "actor": "mona", "repo": "acme/shop", "repo_id": 2, "org_id": 1,
        "workflow_run_id": run, "head_branch": "main", "head_sha": "c2b54496aa", "runner_name": "big-box",
        "runner_labels": ["linux"],
    });
    for (key, value) in said.as_object().expect("fields") {
        record[key] = value.clone();
    }
    record
}

/// A webhook about a job of the same machine, silent on both.
fn completed(run: u32) -> Value {
    json!({"action": "completed", "repository": {"full_name": "acme/shop", "node_id": "n"},
        "workflow_job": {"id": run, "run_id": run, "name": "build", "conclusion": "success",
            "completed_at": format!("2026-11-20T10:{run:02}:30Z"), "labels": ["linux"], "runner_name": "big-box"}})
}

/// Delivers records and has detection keep what it learnt of them: one batch.
async fn watched(house: &House, source: &Op, records: &[Value]) {
    let body = serde_json::to_vec(records).expect("JSON");
    let receipt = ingest::accept(source, body, &Limits::default())
        .await
        .expect("taken");
    assert_eq!(receipt.accepted, records.len(), "{receipt:?}");
    while feed::sequence(&house.system()).await.expect("sequenced") > 0 {}
    detect::catch_up(&house.system()).await.expect("judged");
}

/// What is known of the runners: name, whether the platform's, whether made for one job, runs.
async fn flags(house: &House) -> Vec<String> {
    let mut conn = house.services.db.acquire().await.expect("conn");
    let sql = "SELECT concat_ws('|', name, COALESCE(hosted::text, '?'), COALESCE(ephemeral::text, '?'), runs)
        FROM runners ORDER BY name";
    texts(&mut conn, sql).await
}

#[tokio::test]
async fn what_was_said_of_a_runner_stays_when_later_events_of_its_batch_are_silent() {
    let Some(house) = open().await else { return };
    let op = source(&house).await;
    let said = json!({"is_hosted_runner": false, "ephemeral": true});
    let batch = [prepared(1, &said), completed(2), completed(3)];
    watched(&house, &op, &batch).await;
    assert_eq!(flags(&house).await, ["big-box|false|true|3"]);
    assert_eq!(known(&house).await[0].kind, RunnerKind::Ephemeral);
}

#[tokio::test]
async fn what_was_said_of_a_runner_stays_over_silent_batches_until_something_else_is_said() {
    let Some(house) = open().await else { return };
    let op = source(&house).await;
    watched(&house, &op, &[completed(1)]).await;
    assert_eq!(flags(&house).await, ["big-box|?|?|1"]);
    let said = json!({"is_hosted_runner": false, "ephemeral": true});
    watched(&house, &op, &[prepared(2, &said)]).await;
    assert_eq!(flags(&house).await, ["big-box|false|true|2"]);
    watched(&house, &op, &[completed(3), completed(4)]).await;
    assert_eq!(flags(&house).await, ["big-box|false|true|4"]);
    // Told of one of the two only: the other stays. The last word counts.
    let built_anew = json!({"ephemeral": false});
    watched(&house, &op, &[prepared(5, &built_anew), completed(6)]).await;
    assert_eq!(flags(&house).await, ["big-box|false|false|6"]);
    assert_eq!(known(&house).await[0].kind, RunnerKind::Persistent);
}

#[tokio::test]
async fn the_first_word_is_carried_over_a_batch_whatever_comes_after_it() {
    let Some(house) = open().await else { return };
    let seen = |minute: u32, hosted, ephemeral| RunnerSeen {
        sighting: Sighting {
            platform: Platform::GithubActions,
            owner: "acme".into(),
            name: "hosted: ubuntu-24.04".into(),
            hosted,
            ephemeral,
            group: String::new(),
            labels: vec!["ubuntu-24.04".into()],
            repository: None,
            run: minute.to_string(),
        },
        at: at(&format!("2026-11-20T08:{minute:02}:00Z")),
        event: EventId(Uuid::from_u128(u128::from(minute))),
    };
    let note = async |batch: &[RunnerSeen]| {
        let mut tx = house.services.db.begin().await.expect("tx");
        store::detect::note_runners(&mut tx, batch)
            .await
            .expect("noted");
        tx.commit().await.expect("commit");
        flags(&house).await
    };
    // Each by itself, in one batch and over the next.
    let batch = [seen(1, Some(true), None), seen(2, None, None)];
    assert_eq!(note(&batch).await, ["hosted: ubuntu-24.04|true|?|2"]);
    let batch = [seen(3, None, Some(true)), seen(4, None, None)];
    assert_eq!(note(&batch).await, ["hosted: ubuntu-24.04|true|true|4"]);
    let batch = [seen(5, None, None)];
    assert_eq!(note(&batch).await, ["hosted: ubuntu-24.04|true|true|5"]);
    assert_eq!(known(&house).await[0].kind, RunnerKind::Hosted);
}
