//! Runs as stories against a real database: found over sources and identities, checked, and what is missing told.

#![expect(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "tests; records are written in place"
)]

use std::sync::Arc;

use contract::findings::{FindingClass, FindingFilter};
use contract::sources::SourceInput;
use contract::stories::{ChainStep, LinkStanding, StoryFound, StoryView};
use domain::access::Actor;
use serde_json::{Value, json};
use service::ingest::{self, Limits};
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{
    Error, Op, OpKind, Services, Settings, findings, identities, runners, sources, stories,
};

const SUBJECT: &str = "repo:octo@1/api@2:environment:production";
const PROVIDER: &str =
    "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";

async fn services() -> Option<Services> {
    Some(Services {
        db: store::testing::fresh().await?,
        clock: Arc::new(FixedClock::new("2026-08-01T14:00:00Z".parse().unwrap())),
        entropy: Arc::new(SeededEntropy::new(7)),
        settings: Arc::new(Settings::for_tests(std::env::temp_dir())),
    })
}

fn shell(services: &Services) -> Op {
    let user = "test".into();
    services.op(Actor::Cli { user }, OpKind::Cli, "test")
}

async fn deliver(services: &Services, slug: &str, records: &[Value]) {
    let input = SourceInput {
        name: slug.into(),
        slug: slug.into(),
        ..SourceInput::default()
    };
    let made = sources::create(&shell(services), &input).await.unwrap();
    let actor = ingest::authenticate(services, slug, &made.token)
        .await
        .unwrap();
    let op = services.op(actor, OpKind::Request, "test");
    let body = serde_json::to_vec(records).unwrap();
    let receipt = ingest::accept(&op, body, &Limits::default()).await.unwrap();
    assert_eq!(
        (receipt.accepted, receipt.rejected.len()),
        (records.len(), 0),
        "{receipt:?}"
    );
    while service::feed::sequence(&shell(services)).await.unwrap() > 0 {}
    service::detect::catch_up(&shell(services)).await.unwrap();
}

/// The same server at another time.
fn at(services: &Services, time: &str) -> Services {
    Services {
        clock: Arc::new(FixedClock::new(time.parse().unwrap())),
        ..services.clone()
    }
}

/// Checks the trails at a time: runs looked at, and links they lack.
async fn check(services: &Services, time: &str) -> (usize, usize) {
    let checked = stories::check_trails(&shell(&at(services, time)))
        .await
        .unwrap();
    (checked.runs, checked.gaps)
}

fn run(action: &str, minute: u32, id: u32, extra: Value) -> Value {
    let mut record = json!({
        "@timestamp": format!("2026-08-01T10:{minute:02}:00Z"), "_document_id": format!("d-{action}-{id}-{minute}"),
        "action": format!("workflows.{action}"), "actor": "mona", "repo": "octo/api", "repo_id": 2, "org_id": 1,
        "workflow_run_id": id, "head_branch": "main", "head_sha": "c2b54496aa",
    });
    for (key, value) in extra.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

fn aws(name: &str, minute: u32, who: Value, extra: Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.11", "eventTime": format!("2026-08-01T10:{minute:02}:30Z"), "eventSource": "sts.amazonaws.com",
        "eventName": name, "eventID": format!("e-{name}-{minute}"), "userIdentity": who, "recipientAccountId": "111122223333",
    });
    for (key, value) in extra.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

fn hub() -> Vec<Value> {
    vec![
        run("created_workflow_run", 0, 77, json!({})),
        run(
            "prepared_workflow_job",
            1,
            77,
            json!({"environment_name": "production", "secrets_passed": ["TOKEN"],
            "is_hosted_runner": true, "runner_name": "GitHub Actions 3", "runner_labels": ["ubuntu-24.04"]}),
        ),
        run(
            "approve_workflow_job",
            2,
            77,
            json!({"actor": "hubot", "environment_name": "production"}),
        ),
        run(
            "completed_workflow_run",
            9,
            77,
            json!({"conclusion": "success"}),
        ),
    ]
}

fn cloud() -> Vec<Value> {
    let token = json!({"type": "WebIdentityUser", "userName": SUBJECT, "identityProvider": PROVIDER,
        "principalId": format!("{PROVIDER}:sts.amazonaws.com:{SUBJECT}")});
    let session = |key: &str| {
        json!({"type": "AssumedRole", "accessKeyId": key, "accountId": "111122223333",
        "arn": "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy", "userName": "deploy"}}})
    };
    vec![
        aws(
            "AssumeRoleWithWebIdentity",
            3,
            token,
            json!({"requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/deploy"},
            "responseElements": {"credentials": {"accessKeyId": "ASIA1"}, "assumedRoleUser": {"arn": "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions"}}}),
        ),
        aws(
            "UpdateService",
            5,
            session("ASIA1"),
            json!({"eventSource": "ecs.amazonaws.com", "requestParameters": {"service": "api"}}),
        ),
        // Another key: another run's.
        aws(
            "UpdateService",
            6,
            session("ASIA9"),
            json!({"eventSource": "ecs.amazonaws.com", "eventID": "foreign"}),
        ),
    ]
}

async fn story(services: &Services, name: &str) -> StoryView {
    match stories::story(&shell(services), name, None).await.unwrap() {
        StoryFound::One(story) => *story,
        StoryFound::Several(repositories) => panic!("{repositories:?}"),
    }
}

#[tokio::test]
async fn a_run_is_told_over_two_sources_by_token_and_key() {
    let Some(services) = services().await else {
        return;
    };
    deliver(&services, "hub", &hub()).await;
    deliver(&services, "cloud", &cloud()).await;
    let told = story(&services, "octo/api#77").await;
    assert!(told.production && told.gaps == 0, "{:?}", told.chain);
    let steps: Vec<ChainStep> = told.chain.iter().map(|link| link.step).collect();
    assert_eq!(steps, ChainStep::ALL);
    assert!(
        told.chain
            .iter()
            .all(|link| link.standing == LinkStanding::Proven && link.event.is_some())
    );
    let because: Vec<&str> = told
        .events
        .iter()
        .map(|event| event.because.as_str())
        .collect();
    assert_eq!(
        because.iter().filter(|why| why.contains("ASIA1")).count(),
        1,
        "{because:?}"
    );
    assert!(
        !because.iter().any(|why| why.contains("ASIA9")),
        "{because:?}"
    );
    assert_eq!(told.events.len(), 6);
    // The id alone is enough while only one repository has it.
    assert_eq!(story(&services, "77").await, told);
    for nothing in ["octo/api#78", "octo/other#77"] {
        let none = stories::story(&shell(&services), nothing, None).await;
        assert!(matches!(none, Err(Error::NotFound(_))), "{nothing}");
    }
    assert!(matches!(
        stories::story(&shell(&services), "no run", None).await,
        Err(Error::Invalid(_))
    ));
    // The machine it ran on is in the inventory.
    let machines = runners::list(&shell(&services), "", None, None)
        .await
        .unwrap();
    let names: Vec<&str> = machines
        .page
        .rows
        .iter()
        .map(|runner| runner.name.as_str())
        .collect();
    assert_eq!(names, ["hosted: ubuntu-24.04"]);
    assert_eq!(
        (
            machines.page.rows[0].runs,
            machines.page.rows[0].repositories.as_slice()
        ),
        (1, &["octo/api".to_owned()][..])
    );
}

#[tokio::test]
async fn what_a_days_deployments_lack_is_a_finding_for_each_link() {
    let Some(services) = services().await else {
        return;
    };
    // The cloud is silent: nobody sees which role was taken and what was deployed.
    deliver(&services, "hub", &hub()).await;
    let day = stories::day(&shell(&services), Some("2026-08-01".parse().unwrap()))
        .await
        .unwrap();
    assert_eq!((day.runs.len(), day.runs[0].gaps), (1, 2), "{:?}", day.runs);
    assert_eq!(
        check(&services, "2026-08-01T15:59:00Z").await,
        (0, 0),
        "its other sources have two hours"
    );
    assert_eq!(check(&services, "2026-08-01T16:01:00Z").await, (1, 2));
    assert_eq!(
        check(&services, "2026-08-01T18:01:00Z").await,
        (0, 0),
        "each receipt once"
    );
    let filter = FindingFilter {
        class: vec![FindingClass::Detection],
        rule: vec!["trail_gap".into()],
        ..FindingFilter::default()
    };
    let list = findings::list(&shell(&services), &filter, None)
        .await
        .unwrap();
    let mut titles: Vec<String> = list.page.rows.iter().map(|row| row.title.clone()).collect();
    titles.sort_unstable();
    assert_eq!(
        titles,
        [
            "Production deployments whose cloud role no event proves",
            "Production deployments whose deployment no event proves",
        ]
    );
    assert!(list.page.rows.iter().all(|row| !row.events.is_empty()
        && row.evidence.iter().any(|(_, value)| value == "octo/api#77")));
    let empty = stories::day(&shell(&services), Some("2020-01-01".parse().unwrap()))
        .await
        .unwrap();
    assert!(empty.runs.is_empty());
}

#[tokio::test]
async fn a_listed_runner_is_the_one_that_events_tell_of() {
    let Some(services) = services().await else {
        return;
    };
    let list = json!({"total_count": 2, "runners": [
        {"id": 23, "name": "big-box", "os": "linux", "status": "online", "busy": true, "ephemeral": false,
            "labels": [{"id": 5, "name": "self-hosted", "type": "read-only"}]},
        {"id": 24, "name": "mac-1", "os": "macos", "status": "offline", "busy": false,
            "labels": [{"id": 5, "name": "self-hosted", "type": "read-only"}, {"id": 6, "name": "macOS", "type": "read-only"}]}]})
    .to_string();
    let import = async |dry_run: bool| {
        let op = shell(&services);
        let input = service::imports::Input {
            file: "runners.json",
            bytes: list.as_bytes(),
            hint: domain::import::Hint {
                subject: Some("octo".into()),
                ..domain::import::Hint::at(op.now)
            },
            dry_run,
            skip_problems: false,
            kept: None,
        };
        let report = service::imports::run(&op, &input, &|_| {}).await.unwrap();
        assert_eq!(report.problems, []);
        let [count] = report.counts.as_slice() else {
            panic!("{:?}", report.counts);
        };
        (count.create, count.update, count.unchanged)
    };
    let known = async || {
        let list = runners::list(&shell(&services), "", None, None)
            .await
            .unwrap();
        let mut rows = list.page.rows;
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        rows
    };
    assert_eq!(import(true).await, (2, 0, 0));
    assert!(known().await.is_empty(), "a preview saves nothing");
    assert_eq!(import(false).await, (2, 0, 0));
    let rows = known().await;
    let told: Vec<(&str, bool, Option<bool>, bool)> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.seen, row.online, row.event.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            ("big-box", true, Some(true), false),
            ("mac-1", false, Some(false), false)
        ]
    );

    let job = |id: u32, runner: &str, labels: &[&str]| {
        json!({"action": "completed", "repository": {"full_name": "octo/api", "node_id": "n"},
            "workflow_job": {"id": id, "run_id": id, "name": "build", "conclusion": "success",
                "completed_at": "2026-08-01T10:00:00Z", "labels": labels, "runner_name": runner}})
    };
    deliver(
        &services,
        "hooks",
        &[
            job(1, "big-box", &["self-hosted"]),
            job(2, "mac-1", &["self-hosted", "macOS"]),
        ],
    )
    .await;
    let rows = known().await;
    assert_eq!(rows.len(), 2, "the same machines");
    for row in &rows {
        assert_eq!((row.seen, row.runs), (true, 1), "{row:?}");
        assert!(row.event.is_some(), "{row:?}");
        assert_eq!(row.repositories, ["octo/api"]);
    }
    assert_eq!(
        rows[0].kind,
        contract::runners::RunnerKind::Persistent,
        "the list says so"
    );
    let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(
        rows[0].last_seen,
        at("2026-08-01T14:00:00Z"),
        "online when it was listed"
    );
    assert_eq!(
        rows[1].last_seen,
        at("2026-08-01T10:00:00Z"),
        "the list had not seen it"
    );
    assert_eq!(import(false).await, (0, 0, 2), "nothing new");
}

#[tokio::test]
async fn an_identitys_latest_runs_lead_to_their_stories() {
    let Some(services) = services().await else {
        return;
    };
    let mut records = hub();
    records.push(run("created_workflow_run", 20, 78, json!({})));
    records.push(run(
        "completed_workflow_run",
        30,
        78,
        json!({"conclusion": "failure"}),
    ));
    deliver(&services, "hub", &records).await;
    let mut conn = services.db.acquire().await.unwrap();
    let whose = store::testing::texts(
        &mut conn,
        "SELECT DISTINCT identity_id::text FROM events WHERE run_id = '78' AND identity_id IS NOT NULL",
    )
    .await;
    drop(conn);
    let [whose] = whose.as_slice() else {
        panic!("one pipeline: {whose:?}");
    };
    let view = identities::view(&shell(&services), whose.parse().unwrap())
        .await
        .unwrap();
    let runs: Vec<(&str, i64, bool)> = view
        .recent_runs
        .iter()
        .map(|run| (run.run_id.as_str(), run.failed, run.production))
        .collect();
    assert_eq!(runs, [("78", 1, false), ("77", 0, true)]);
    for run in &view.recent_runs {
        let told = story(&services, &format!("{}#{}", run.repository, run.run_id)).await;
        assert!(!told.events.is_empty(), "{run:?}");
    }
}

/// A deployment to production of a repository.
fn deployment(repository: &str, minute: u32, id: u32) -> Value {
    // Of its own: one id is one repository, whatever its name.
    let repo_id = 100 * minute + id;
    run(
        "prepared_workflow_job",
        minute,
        id,
        json!({"repo": repository, "repo_id": repo_id, "environment_name": "production"}),
    )
}

#[tokio::test]
async fn a_page_of_a_day_reads_its_own_runs_and_the_pages_give_each_once() {
    let Some(services) = services().await else {
        return;
    };
    // Two begin at the same moment, two have the same id: neither time nor id alone says where a page ended.
    let records = [
        deployment("octo/api", 1, 77),
        deployment("octo/web", 1, 78),
        deployment("octo/jobs", 30, 77),
        deployment("octo/shop", 30, 79),
    ];
    deliver(&services, "hub", &records).await;
    let op = shell(&services);
    let day = Some("2026-08-01".parse().unwrap());
    let whole = stories::day(&op, day).await.unwrap().runs;
    let all: Vec<(String, String)> = whole
        .iter()
        .map(|run| (run.repository.clone(), run.run_id.clone()))
        .collect();
    assert_eq!(all.len(), 4, "{all:?}");
    for limit in [1, 3, 4] {
        let mut rows = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = stories::page(&op, day, after.as_deref(), limit)
                .await
                .unwrap();
            assert!(i64::try_from(page.rows.len()).unwrap() <= limit);
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(rows, whole, "pages of {limit}");
    }
    let first = stories::page(&op, day, None, 1).await.unwrap();
    let next = first.next.as_deref();
    let other = stories::page(&op, Some("2026-07-31".parse().unwrap()), next, 1).await;
    assert!(matches!(other, Err(Error::Invalid(_))), "{other:?}");
    // Without a day the cursor's own goes on, on any other day as well.
    let on = stories::page(&op, None, next, 1).await.unwrap();
    assert_eq!(on.rows, whole[1..2]);

    // What is not on the page is not read: it could not be.
    let (repository, run_id) = &all[0];
    let damage = format!(
        "UPDATE events SET kind = 'unheard of' WHERE NOT (repository = '{repository}' AND run_id = '{run_id}')"
    );
    store::testing::script(&services.db, damage).await;
    assert_eq!(stories::page(&op, day, None, 1).await.unwrap(), first);
    assert!(stories::day(&op, day).await.is_err());
}

/// A job of run 77 is let into production.
fn released(minute: u32) -> Value {
    let production = json!({"environment_name": "production"});
    run("prepared_workflow_job", minute, 77, production)
}

#[tokio::test]
async fn trails_are_checked_in_the_order_in_which_deployments_were_received() {
    let Some(services) = services().await else {
        return;
    };
    deliver(&services, "hub", &[released(1)]).await;
    assert_eq!(check(&services, "2026-08-01T17:00:00Z").await.0, 1);
    // The log of a day long past is fetched three nights later; nobody checked meanwhile.
    let night = at(&services, "2026-08-04T02:00:00Z");
    let late: Vec<Value> = (0..3)
        .map(|id| deployment(&format!("octo/web{id}"), 10, 100 + id))
        .collect();
    deliver(&night, "late", &late).await;
    assert_eq!(check(&services, "2026-08-04T03:00:00Z").await.0, 0);
    assert_eq!(check(&services, "2026-08-09T12:00:00Z").await.0, 3);
    assert_eq!(check(&services, "2026-08-09T13:00:00Z").await.0, 0);
    // What is told of a run once more is waited for anew, and looked at once.
    let again = at(&services, "2026-08-10T10:00:00Z");
    deliver(&again, "again", &[released(2)]).await;
    let last = at(&services, "2026-08-10T11:30:00Z");
    deliver(&last, "last", &[released(3)]).await;
    assert_eq!(check(&services, "2026-08-10T12:30:00Z").await.0, 0);
    assert_eq!(check(&services, "2026-08-10T13:31:00Z").await.0, 1);
}

#[tokio::test]
async fn what_is_due_comes_in_pages_none_of_which_leaves_anything_out() {
    let Some(services) = services().await else {
        return;
    };
    let records: Vec<Value> = (0..5)
        .map(|id| deployment(&format!("octo/api{id}"), 1 + id, 70 + id))
        .collect();
    deliver(&services, "hub", &records).await;
    let mut conn = services.db.acquire().await.unwrap();
    let before = "2026-08-01T18:00:00Z".parse().unwrap();
    let mut place = ("2026-08-01T00:00:00Z".parse().unwrap(), uuid::Uuid::nil());
    let mut runs = Vec::new();
    loop {
        let (page, last) = store::stories::due(&mut conn, place, before, 2)
            .await
            .unwrap();
        assert!(page.len() <= 2);
        runs.extend(page.into_iter().map(|run| run.run_id));
        match last {
            Some(last) => place = last,
            None => break,
        }
    }
    runs.sort_unstable();
    assert_eq!(runs, ["70", "71", "72", "73", "74"]);
}

/// What GitLab's hooks tell of a pipeline's job, and of a deployment of a job.
fn gitlab_job(pipeline: u32, job: u32) -> Value {
    json!({"object_kind": "build", "ref": "main", "tag": false, "sha": "2293ada6", "build_id": job, "build_name": "deploy",
        "build_status": "success", "build_finished_at": "2026-08-01T10:05:00Z", "pipeline_id": pipeline,
        "project": gitlab_project(), "user": {"username": "mona"}, "runner": {"id": 9, "description": "shell-1"}})
}

fn gitlab_deployment(job: u32, minute: u32) -> Value {
    json!({"object_kind": "deployment", "status": "success", "status_changed_at": format!("2026-08-01 10:{minute:02}:00 +0000"),
        "deployment_id": job, "deployable_id": job, "environment": "production", "project": gitlab_project(),
        "short_sha": "2293ada6", "user": {"username": "mona"}, "ref": "main"})
}

fn gitlab_project() -> Value {
    json!({"id": 2, "path_with_namespace": "octo/shop", "web_url": "https://gitlab.example.com/octo/shop"})
}

#[tokio::test]
async fn a_deployment_is_of_its_jobs_pipeline_or_shows_that_it_is_of_none() {
    let Some(services) = services().await else {
        return;
    };
    let records = [
        gitlab_job(77, 796),
        gitlab_deployment(796, 6),
        gitlab_deployment(800, 30),
    ];
    deliver(&services, "gitlab", &records).await;
    let op = shell(&services);
    let day = Some("2026-08-01".parse().unwrap());
    let runs = stories::day(&op, day).await.unwrap().runs;
    let names: Vec<&str> = runs.iter().map(|run| run.run_id.as_str()).collect();
    assert_eq!(names, ["", "77"], "newest first: {runs:?}");
    let standings = |place: usize| {
        let chain = &runs[place].chain;
        let missing = chain
            .iter()
            .filter(|link| link.standing == LinkStanding::Missing);
        missing.map(|link| link.step).collect::<Vec<_>>()
    };
    assert_eq!(
        standings(0),
        [
            ChainStep::Person,
            ChainStep::Runner,
            ChainStep::CloudRole,
            ChainStep::Environment
        ]
    );
    assert_eq!(standings(1), [ChainStep::CloudRole, ChainStep::Environment]);
    let told: Vec<&str> = runs
        .iter()
        .flat_map(|run| &run.chain)
        .map(|link| link.says.as_str())
        .collect();
    assert!(!told.iter().any(|says| says.contains("GitHub")), "{told:?}");
    // One after the other gives the same, and the whole is a finding.
    let first = stories::page(&op, day, None, 1).await.unwrap();
    assert_eq!(first.rows, runs[..1]);
    let next = stories::page(&op, day, first.next.as_deref(), 1)
        .await
        .unwrap();
    assert_eq!((next.rows.as_slice(), next.next), (&runs[1..], None));
    assert_eq!(check(&services, "2026-08-01T16:01:00Z").await, (2, 6));
    let filter = FindingFilter {
        class: vec![FindingClass::Detection],
        rule: vec!["trail_gap".into()],
        ..FindingFilter::default()
    };
    let list = findings::list(&op, &filter, None).await.unwrap();
    let named = |row: &contract::findings::FindingRow| {
        let mut evidence = row.evidence.iter();
        evidence.any(|(_, value)| value == "octo/shop, without a run")
    };
    let gap = list.page.rows.iter().find(|row| named(row));
    assert!(gap.is_some(), "{:?}", list.page.rows);
}

#[tokio::test]
async fn a_deployment_of_the_commit_of_a_run_that_was_on_is_told_once() {
    let Some(services) = services().await else {
        return;
    };
    deliver(&services, "hub", &hub()).await;
    let status = |id: u32, time: &str| {
        json!({"action": "created", "repository": {"full_name": "octo/api", "node_id": "n", "id": 2},
            "deployment": {"id": id, "sha": "c2b54496aa", "environment": "production"},
            "deployment_status": {"state": "success", "environment": "production", "created_at": time, "creator": {"login": "argo"}}})
    };
    let hooks = [
        status(1, "2026-08-01T10:08:00Z"),
        status(2, "2026-08-01T13:00:00Z"),
    ];
    deliver(&services, "hooks", &hooks).await;
    let day = Some("2026-08-01".parse().unwrap());
    let runs = stories::day(&shell(&services), day).await.unwrap().runs;
    let names: Vec<&str> = runs.iter().map(|run| run.run_id.as_str()).collect();
    assert_eq!(names, ["", "77"], "the run was over at one: {runs:?}");
}

#[tokio::test]
async fn a_busy_tenant_hides_nothing_of_a_run() {
    let Some(services) = services().await else {
        return;
    };
    let sign_in = |id: u32| {
        json!({"time": format!("2026-08-01T09:{:02}:{:02}Z", 50 + id / 600, id / 10 % 60), "category": "ServicePrincipalSignInLogs",
            "operationName": "Sign-in activity", "resultType": "0", "resourceId": "/tenants/t/providers/Microsoft.aadiam",
            "properties": {"id": format!("s-{id}"), "servicePrincipalId": "sp", "federatedCredentialId": "fic-other", "uniqueTokenIdentifier": format!("u-{id}")}})
    };
    let crowd: Vec<Value> = (0..3_100).map(sign_in).collect();
    deliver(&services, "entra", &crowd).await;
    deliver(&services, "hub", &hub()).await;
    deliver(&services, "cloud", &cloud()).await;
    let told = story(&services, "octo/api#77").await;
    assert!(!told.cut && told.gaps == 0, "{:?}", told.chain);
    assert_eq!(told.events.len(), 6);
}

#[tokio::test]
async fn where_more_happened_than_is_read_nothing_is_told_as_missing() {
    let Some(services) = services().await else {
        return;
    };
    let push = |id: u32| {
        json!({"@timestamp": format!("2026-08-01T09:59:{:02}Z", id % 60), "_document_id": format!("p-{id}"),
            "action": "git.push", "actor": "mona", "repo": "octo/api", "repo_id": 2, "org_id": 1})
    };
    let crowd: Vec<Value> = (0..3_100).map(push).collect();
    deliver(&services, "git", &crowd).await;
    deliver(&services, "hub", &hub()).await;
    let told = story(&services, "octo/api#77").await;
    assert!(told.cut, "{:?}", told.chain);
    let of = |step: ChainStep| told.chain.iter().find(|link| link.step == step).unwrap();
    assert_eq!(
        of(ChainStep::Person).standing,
        LinkStanding::Proven,
        "its own events come first"
    );
    let role = of(ChainStep::CloudRole);
    assert_eq!(role.standing, LinkStanding::Doubtful);
    assert!(
        role.says.starts_with("Could not be looked through"),
        "{role:?}"
    );
    assert!(told.gaps > 0, "it is not complete either");
    assert_eq!(check(&services, "2026-08-01T16:01:00Z").await, (1, 0));
}
