//! Detection against a real database: the feed in order, each event once, findings that stay what they are.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "detect/changed.rs"]
mod changed;

use std::fmt::Write as _;
use std::sync::Arc;

use contract::findings::{
    ExceptionScope, FindingAction, FindingClass, FindingFilter, FindingGrouping, FindingInput,
    FindingRow, FindingState, Severity,
};
use contract::sources::SourceInput;
use domain::access::Actor;
use service::detect::Pace;
use service::ingest::{self, Limits, Proof};
use service::ports::NoIssuers;
use service::ports::fixed::{FixedClock, SeededEntropy};
use service::{Op, OpKind, Services, Settings, detect, feed, findings, posture, sources};
use store::Db;

fn services(db: Db) -> Services {
    Services {
        db,
        clock: Arc::new(FixedClock::new("2026-11-21T00:00:00Z".parse().unwrap())),
        entropy: Arc::new(SeededEntropy::new(7)),
        settings: Arc::new(Settings::for_tests(std::env::temp_dir())),
    }
}

fn shell(services: &Services) -> Op {
    let user = "test".into();
    services.op(Actor::Cli { user }, OpKind::Cli, "test")
}

async fn deliver(services: &Services, op: &Op, lines: String) {
    ingest::accept(op, lines.into_bytes(), &Limits::default())
        .await
        .unwrap();
    while feed::sequence(&shell(services)).await.unwrap() > 0 {}
}

/// A pipeline takes a role, once on a day of October.
fn takes(day: u32, role: &str) -> String {
    format!(
        "{{\"kind\":\"credential_assumption\",\"outcome\":\"success\",\"action\":\"assume\",\"occurred_at\":\"2026-10-{day:02}T09:00:00Z\",\
         \"vendor_id\":\"{day}-{role}\",\"issuer\":\"https://token.actions.githubusercontent.com\",\
         \"subject\":\"repo:acme/shop:environment:production\",\"repository\":\"acme/shop\",\"role\":\"{role}\"}}\n"
    )
}

async fn detections(services: &Services) -> Vec<FindingRow> {
    let filter = FindingFilter {
        class: vec![FindingClass::Detection],
        rule: vec!["unusual_role".into(), "failed_oidc_validation".into()],
        ..FindingFilter::default()
    };
    let list = findings::list(&shell(services), &filter, None)
        .await
        .unwrap();
    list.page.rows
}

async fn start() -> Option<(Services, Op)> {
    start_at(Pace::default()).await
}

async fn start_at(detection: Pace) -> Option<(Services, Op)> {
    let services = services(store::testing::fresh().await?);
    let settings = Settings {
        detection,
        ..Settings::for_tests(std::env::temp_dir())
    };
    let services = Services {
        settings: Arc::new(settings),
        ..services
    };
    let input = SourceInput {
        name: "CI".into(),
        slug: "ci".into(),
        ..SourceInput::default()
    };
    let made = sources::create(&shell(&services), &input).await.unwrap();
    let actor = ingest::authenticate(&services, "ci", &made.token)
        .await
        .unwrap();
    let op = services.op(actor, OpKind::Request, "test");
    Some((services, op))
}

#[tokio::test]
async fn an_unusual_role_is_found_once_with_the_event_and_what_is_usual() {
    let Some((services, op)) = start().await else {
        return;
    };
    let mut lines = String::new();
    for day in 1..=20 {
        lines.push_str(&takes(day, "deploy"));
    }
    deliver(&services, &op, lines).await;
    let first = detect::catch_up(&shell(&services)).await.unwrap();
    assert_eq!((first.places, first.findings), (20, 0));
    assert_eq!(
        detect::catch_up(&shell(&services)).await.unwrap().places,
        0,
        "each event once"
    );
    deliver(&services, &op, takes(21, "admin")).await;
    let second = detect::catch_up(&shell(&services)).await.unwrap();
    assert_eq!((second.places, second.findings), (1, 1));

    let found = detections(&services).await;
    assert_eq!(found.len(), 1);
    let one = &found[0];
    assert_eq!(one.rule, "unusual_role");
    assert!(
        one.identity.is_some() && !one.rationale.is_empty() && one.controls[0] == "T1078.004",
        "{one:?}"
    );
    assert!(
        one.detail.contains("deploy since 1 Oct 2026"),
        "{}",
        one.detail
    );
    let mut conn = services.db.acquire().await.unwrap();
    let role = "SELECT e.role FROM events e JOIN findings f ON e.id = ANY(f.events) WHERE f.rule = 'unusual_role'";
    assert_eq!(store::testing::texts(&mut conn, role).await, ["admin"]);
    drop(conn);

    // The nightly judgement of how things are does not resolve what happened.
    posture::recompute_all(&shell(&services)).await.unwrap();
    assert_eq!(detections(&services).await.len(), 1);
    // The whole feed again, as after a restore of the head: nothing twice.
    let mut conn = services.db.acquire().await.unwrap();
    store::testing::texts(
        &mut conn,
        "UPDATE detection_head SET position = 0 RETURNING 'reset'",
    )
    .await;
    store::testing::texts(
        &mut conn,
        "WITH gone AS (DELETE FROM baselines RETURNING 1) SELECT count(*)::text FROM gone",
    )
    .await;
    drop(conn);
    assert_eq!(
        detect::catch_up(&shell(&services)).await.unwrap().findings,
        1
    );
    let again = detections(&services).await;
    assert_eq!((again.len(), again[0].id), (1, one.id));
}

#[tokio::test]
async fn refused_tokens_of_nobody_are_one_finding_and_four_processes_count_each_event_once() {
    let Some((services, op)) = start().await else {
        return;
    };
    let mut lines = String::new();
    for number in 0..4100 {
        let _ = writeln!(
            lines,
            "{{\"kind\":\"authentication_failure\",\"outcome\":\"failure\",\"action\":\"assume\",\
             \"occurred_at\":\"2026-11-20T{:02}:{:02}:00Z\",\"vendor_id\":\"{number}\",\"reason\":\"AccessDenied\",\
             \"issuer\":\"https://token.actions.githubusercontent.com\",\"subject\":\"repo:evil/shop:ref:refs/heads/main\"}}",
            number / 180,
            number / 3 % 60
        );
    }
    deliver(&services, &op, lines).await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let services = services.clone();
            tokio::spawn(async move { detect::catch_up(&shell(&services)).await.unwrap() })
        })
        .collect();
    let mut places = 0;
    for task in tasks {
        places += task.await.unwrap().places;
    }
    // Whoever comes while another has not kept what it learnt reads the same again; only one of them keeps it.
    assert!((4100..=4 * 4100).contains(&places), "{places}");
    let found = detections(&services).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let attempts = found[0]
        .evidence
        .iter()
        .find(|(label, _)| label == "Attempts")
        .unwrap();
    assert!(
        attempts.1.starts_with("1367 on 20 Nov 2026"),
        "{attempts:?}"
    );
}

#[tokio::test]
async fn what_was_judged_and_not_kept_when_a_process_died_is_judged_again_and_counted_once() {
    let Some((services, op)) = start().await else {
        return;
    };
    let mut lines = String::new();
    for day in 1..=20 {
        lines.push_str(&takes(day, "deploy"));
    }
    for number in 0..1200 {
        let line = takes(20, "deploy");
        lines.push_str(&line.replace("20-deploy", &format!("more-{number}")));
    }
    deliver(&services, &op, lines + &takes(21, "admin")).await;
    // Nothing can be kept while somebody else holds the table; findings can be told.
    let mut other = services.db.begin().await.unwrap();
    store::testing::execute(&mut other, "LOCK TABLE baselines IN EXCLUSIVE MODE").await;
    let told = {
        let services = services.clone();
        tokio::spawn(async move { detect::turn(&shell(&services)).await })
    };
    let mut conn = services.db.acquire().await.unwrap();
    let judged = "SELECT judged::text FROM detection_head";
    while store::testing::texts(&mut conn, judged).await != ["1221"] {
        assert!(!told.is_finished());
        tokio::task::yield_now().await;
    }
    told.abort();
    assert!(told.await.unwrap_err().is_cancelled());
    let kept = "SELECT position::text FROM detection_head";
    assert_eq!(store::testing::texts(&mut conn, kept).await, ["0"]);
    drop(other);
    let before = detections(&services).await;
    assert_eq!(before.len(), 1);

    let again = detect::catch_up(&shell(&services)).await.unwrap();
    assert_eq!(again.places, 1221);
    assert_eq!(detections(&services).await, before);
    assert_eq!(store::testing::texts(&mut conn, kept).await, ["1221"]);
    let times = "SELECT times::text FROM baselines WHERE aspect = 'role' AND value = 'deploy'";
    assert_eq!(store::testing::texts(&mut conn, times).await, ["1220"]);
}

#[tokio::test]
async fn the_same_is_found_and_learnt_however_much_is_judged_at_once() {
    let mut told = Vec::new();
    let paces = [
        Pace::default(),
        Pace {
            batch: 7,
            held: 20,
            most: 1_000,
        },
        // Full after each batch.
        Pace {
            batch: 5,
            held: 1_000,
            most: 1,
        },
    ];
    for detection in paces {
        let Some((services, op)) = start_at(detection).await else {
            return;
        };
        let mut lines = String::new();
        for day in 1..=24 {
            // The run of one day is told of after its job took its token, that of another never.
            let (run, takes) = (run(day), takes(day, "deploy"));
            lines.push_str(&match day {
                21 => takes + &run,
                22 => takes,
                _ => run + &takes,
            });
        }
        deliver(&services, &op, lines + &takes(24, "admin")).await;
        let judged = detect::catch_up(&shell(&services)).await.unwrap();
        assert_eq!(judged.places, 48);
        let later = Services {
            clock: Arc::new(FixedClock::new("2026-11-21T00:31:00Z".parse().unwrap())),
            ..services.clone()
        };
        detect::catch_up(&shell(&later)).await.unwrap();
        let mut conn = services.db.acquire().await.unwrap();
        let mut all = Vec::new();
        for sql in [
            "SELECT rule || ' ' || title || ' ' || detail || ' ' || event_at || ' ' || cardinality(events) FROM findings WHERE detected ORDER BY 1",
            "SELECT aspect || ' ' || value || ' ' || first_seen || ' ' || last_seen || ' ' || times FROM baselines ORDER BY 1",
            "SELECT count(*)::text FROM detections_waiting",
            "SELECT judged || ' ' || position FROM detection_head",
        ] {
            all.push(store::testing::texts(&mut conn, sql).await);
        }
        assert!(all[0].len() >= 2 && all[1].len() > 20, "{all:?}");
        told.push(all);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
}

/// A run of the shop, and the token its job takes.
fn run(day: u32) -> String {
    format!(
        "{{\"kind\":\"pipeline_run\",\"outcome\":\"unknown\",\"action\":\"workflows.created_workflow_run\",\
         \"occurred_at\":\"2026-10-{day:02}T08:59:00Z\",\"vendor_id\":\"run-{day}\",\"actor\":\"mona\",\
         \"repository\":\"acme/shop\",\"run_id\":\"{day}\",\"ref\":\"refs/heads/main\"}}\n"
    )
}

#[tokio::test]
async fn a_use_without_a_run_waits_for_it_over_restarts_and_is_found_when_none_is_told_of() {
    let Some((services, op)) = start().await else {
        return;
    };
    let mut lines = String::new();
    for day in 1..=20 {
        lines.push_str(&run(day));
        lines.push_str(&takes(day, "deploy"));
    }
    deliver(&services, &op, lines).await;
    detect::catch_up(&shell(&services)).await.unwrap();
    // The same pipeline, on two days without a run; the one of the 23rd is told of late.
    deliver(&services, &op, takes(22, "deploy") + &takes(23, "deploy")).await;
    assert_eq!(
        detect::catch_up(&shell(&services)).await.unwrap().findings,
        0,
        "both wait"
    );
    deliver(&services, &op, run(23)).await;
    assert_eq!(
        detect::catch_up(&shell(&services)).await.unwrap().findings,
        0
    );
    let later = Services {
        clock: Arc::new(FixedClock::new("2026-11-21T00:31:00Z".parse().unwrap())),
        ..services.clone()
    };
    let over = detect::catch_up(&shell(&later)).await.unwrap();
    assert_eq!((over.places, over.findings), (0, 1));
    let mut conn = services.db.acquire().await.unwrap();
    let told = "SELECT rule || ' ' || event_at::date FROM findings WHERE rule = 'outside_pipeline'";
    assert_eq!(
        store::testing::texts(&mut conn, told).await,
        ["outside_pipeline 2026-10-22"]
    );
    let left = "SELECT count(*)::text FROM detections_waiting";
    assert_eq!(store::testing::texts(&mut conn, left).await, ["0"]);
}

#[tokio::test]
async fn what_was_resolved_opens_again_for_a_new_event_only() {
    let Some((services, op)) = start().await else {
        return;
    };
    let mut lines = String::new();
    for day in 1..=20 {
        lines.push_str(&takes(day, "deploy"));
    }
    deliver(&services, &op, lines + &takes(21, "admin")).await;
    detect::catch_up(&shell(&services)).await.unwrap();
    let mut conn = services.db.acquire().await.unwrap();
    let resolve = "UPDATE findings SET state = 'resolved', resolved_at = '2026-10-25' WHERE rule = 'unusual_role' RETURNING state";
    assert_eq!(
        store::testing::texts(&mut conn, resolve).await,
        ["resolved"]
    );
    // The head was lost: the feed is read again.
    let again = "WITH gone AS (DELETE FROM baselines) UPDATE detection_head SET position = 0 RETURNING 'again'";
    store::testing::texts(&mut conn, again).await;
    drop(conn);
    detect::catch_up(&shell(&services)).await.unwrap();
    assert_eq!(
        detections(&services).await,
        [],
        "the same event changes nothing"
    );
}

fn acts(finding: &FindingRow, action: FindingAction) -> FindingInput {
    FindingInput {
        finding: finding.id,
        action,
        note: "The release of the payment service needs it".into(),
        days: Some(30),
        scope: ExceptionScope::Finding,
        to: String::new(),
    }
}

#[tokio::test]
async fn a_detection_is_given_away_resolved_and_expected_of_an_identity() {
    let Some((services, op)) = start().await else {
        return;
    };
    let mut lines = String::new();
    for day in 1..=20 {
        lines.push_str(&takes(day, "deploy"));
    }
    deliver(&services, &op, lines + &takes(21, "admin")).await;
    let shell = shell(&services);
    detect::catch_up(&shell).await.unwrap();
    let one = detections(&services).await.remove(0);

    let nobody = FindingInput {
        to: "nobody@example.org".into(),
        ..acts(&one, FindingAction::Assign)
    };
    let refused = findings::change(&shell, &nobody).await;
    assert!(
        matches!(refused, Err(service::Error::Invalid(_))),
        "{refused:?}"
    );

    let state = findings::change(&shell, &acts(&one, FindingAction::Resolve))
        .await
        .unwrap();
    assert_eq!(state, FindingState::Resolved);
    posture::recompute_all(&shell).await.unwrap();
    assert_eq!(detections(&services).await, [], "it stays resolved");
    findings::change(&shell, &acts(&one, FindingAction::Reopen))
        .await
        .unwrap();

    // Whatever the rule finds on this identity is expected: what is open now, and what comes.
    let wide = FindingInput {
        scope: ExceptionScope::Identity,
        ..acts(&one, FindingAction::Except)
    };
    assert_eq!(
        findings::change(&shell, &wide).await.unwrap(),
        FindingState::Excepted
    );
    deliver(&services, &op, takes(22, "breakglass")).await;
    detect::catch_up(&shell).await.unwrap();
    assert_eq!(detections(&services).await, []);
    let excepted = FindingFilter {
        state: vec![FindingState::Excepted],
        ..FindingFilter::default()
    };
    let list = findings::list(&shell, &excepted, None).await.unwrap();
    assert_eq!(list.page.rows.len(), 2, "{:?}", list.page.rows);
    let groups = findings::grouped(&shell, &excepted, FindingGrouping::Rule)
        .await
        .unwrap();
    assert_eq!(
        (groups.len(), groups[0].name.as_str()),
        (1, "Role it never took before")
    );
    assert_eq!(
        groups[0]
            .severities
            .iter()
            .map(|(_, count)| count)
            .sum::<i64>(),
        2
    );
    let groups = findings::grouped(&shell, &excepted, FindingGrouping::Identity)
        .await
        .unwrap();
    assert_eq!((groups.len(), &groups[0].identity), (1, &one.identity));

    let story = findings::story(&shell, one.id).await.unwrap();
    assert_eq!(story.events.len(), 1);
    let deeds: Vec<&str> = story
        .deeds
        .iter()
        .map(|(_, _, what)| what.split(' ').next().unwrap())
        .collect();
    assert_eq!(deeds, ["Excepted", "Reopened", "Resolved"]);
}

#[tokio::test]
async fn a_forged_token_at_a_sources_door_is_a_finding() {
    let Some((services, _)) = start().await else {
        return;
    };
    let door = "a.b.c";
    let refused = ingest::authenticate(&services, "ci", door).await;
    assert!(refused.is_err());
    let filter = FindingFilter {
        rule: vec!["refused_delivery".into()],
        ..FindingFilter::default()
    };
    let list = findings::list(&shell(&services), &filter, None)
        .await
        .unwrap();
    let one = &list.page.rows[0];
    assert_eq!(
        (list.page.rows.len(), one.class),
        (1, FindingClass::Detection)
    );
    assert!(
        one.detail.contains("The token is not this source's") && one.title.ends_with("CI"),
        "{one:?}"
    );
    assert_eq!(one.controls[0], "T1550.001");
}

/// Findings and changes of findings that refusals became.
async fn refusals(services: &Services) -> (i64, i64) {
    let count = async |sql: &str| store::testing::count(&services.db, sql.to_owned()).await;
    let changes =
        "SELECT count(*) FROM finding_queue WHERE finding ->> 'rule' = 'refused_delivery'";
    (
        count("SELECT count(*) FROM findings WHERE rule = 'refused_delivery'").await,
        count(changes).await,
    )
}

#[tokio::test]
async fn a_harmless_refusal_hides_no_attack_of_the_same_second() {
    let Some((services, _)) = start().await else {
        return;
    };
    let nothing = Proof::default();
    let refused = ingest::prove(&services, &NoIssuers, "ci", &nothing, b"").await;
    assert!(refused.is_err());
    assert_eq!(refusals(&services).await, (0, 0), "nothing was shown");
    for _ in 0..2 {
        assert!(
            ingest::authenticate(&services, "ci", "a.b.c")
                .await
                .is_err()
        );
        assert_eq!(refusals(&services).await, (1, 1));
    }
    // Nor one attack another.
    let forged = format!("sha256={}", "0".repeat(64));
    let signed = Proof {
        github: Some(&forged),
        ..Proof::default()
    };
    let refused = ingest::prove(&services, &NoIssuers, "ci", &signed, b"").await;
    assert!(refused.is_err());
    assert_eq!(refusals(&services).await, (2, 2));
}

#[tokio::test]
async fn a_flood_at_a_door_is_a_finding_that_seldom_changes() {
    let Some((services, _)) = start().await else {
        return;
    };
    let clock = Arc::new(FixedClock::new("2026-11-21T00:00:00Z".parse().unwrap()));
    let services = Services {
        clock: clock.clone(),
        ..services
    };
    for _ in 0..300 {
        assert!(
            ingest::authenticate(&services, "ci", "a.b.c")
                .await
                .is_err()
        );
        clock.advance(chrono::TimeDelta::seconds(1));
    }
    // New, ten or more, a hundred or more.
    assert_eq!(refusals(&services).await, (1, 3));
    let seen = "SELECT count(*) FROM findings WHERE rule = 'refused_delivery' AND seen_at = '2026-11-21T00:04:00Z'";
    assert_eq!(
        store::testing::count(&services.db, seen.to_owned()).await,
        1,
        "it is seen each minute"
    );
}

/// What AWS tells of a trust somebody changed by hand.
const CHANGED: &str = r#"{"eventVersion":"1.08","eventTime":"2026-11-20T09:00:00Z","eventSource":"iam.amazonaws.com",
"eventName":"UpdateAssumeRolePolicy","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","eventID":"change-1",
"recipientAccountId":"111122223333","readOnly":false,"eventType":"AwsApiCall",
"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/kofi","accountId":"111122223333","userName":"kofi"},
"requestParameters":{"roleName":"shop-deploy","policyDocument":"{}"}}"#;

#[tokio::test]
async fn a_trust_changed_without_a_ticket_is_found_from_what_the_cloud_tells() {
    let Some((services, op)) = start().await else {
        return;
    };
    // Another change of a trust, which names its ticket.
    let ticketed = "{\"kind\":\"trust_change\",\"outcome\":\"success\",\"action\":\"UpdateAssumeRolePolicy\",\
         \"occurred_at\":\"2026-11-20T10:00:00Z\",\"vendor_id\":\"change-2\",\"actor\":\"kofi\",\
         \"target\":\"shop-release\",\"ticket\":\"OPS-17\"}";
    deliver(&services, &op, format!("{CHANGED}\n{ticketed}\n")).await;
    let judged = detect::catch_up(&shell(&services)).await.unwrap();
    assert_eq!(judged.places, 2);
    let filter = FindingFilter {
        rule: vec!["unticketed_change".into()],
        ..FindingFilter::default()
    };
    let list = findings::list(&shell(&services), &filter, None)
        .await
        .unwrap();
    let rows = list.page.rows;
    // The other is found as well: nothing in Rollcall mentions its ticket.
    assert_eq!(rows.len(), 2, "{rows:?}");
    let about = |name: &str| rows.iter().find(|row| row.title.contains(name)).unwrap();
    let other = about("shop-release");
    assert!(
        other
            .detail
            .contains("names OPS-17, which nothing in Rollcall mentions"),
        "{}",
        other.detail
    );
    let one = about("shop-deploy");
    assert_eq!(
        (one.severity, one.controls[0].as_str()),
        (Severity::High, "T1098")
    );
    assert!(
        one.title.starts_with("Trust of")
            && one.title.contains("shop-deploy")
            && one.title.ends_with("changed without a ticket"),
        "{}",
        one.title
    );
    assert!(
        one.detail.contains("UpdateAssumeRolePolicy") && one.detail.contains("carries no ticket"),
        "{}",
        one.detail
    );
    let mut conn = services.db.acquire().await.unwrap();
    let cited = "SELECT e.vendor_id FROM events e JOIN findings f ON e.id = ANY(f.events) WHERE f.rule = 'unticketed_change'";
    let mut cited = store::testing::texts(&mut conn, cited).await;
    cited.sort_unstable();
    assert_eq!(cited, ["change-1", "change-2"]);
}
