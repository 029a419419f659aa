//! Webhooks of the rules of who is told: one post a finding and rule, the right ones, signed, at the right hour.

use std::sync::Arc;

use chrono::TimeDelta;
use contract::ids::IdentityId;
use contract::notices::NoticeRuleInput;
use domain::delivery::{Standard, standard};
use service::messages::Sent;
use service::ports::Pigeonhole;
use service::{Error, Settings, feed, hooks, messages, notices};

use crate::house::{DANA, House, INES, JONAS, PAYMENTS, open};
use crate::receiver::{Came, Receiver};

const ADDRESS: &str = "https://hooks.example/services/tok-1";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A house without findings, and an identity of payments, whose lead is Jonas.
async fn quiet_house() -> Option<(House, IdentityId)> {
    let house = open().await?;
    let id = house
        .active(|form| form.backup_owner = DANA.to_string())
        .await;
    sql(&house, "DELETE FROM findings").await;
    Some((house, id))
}

async fn sql(house: &House, sql: &str) {
    store::testing::script(&house.services.db, sql.to_owned()).await;
}

async fn count(house: &House, what: &str) -> i64 {
    store::testing::count(&house.services.db, format!("SELECT count(*) FROM {what}")).await
}

/// Opens a finding now, of an identity or of nobody's.
async fn finding(house: &House, n: u32, severity: &str, identity: Option<IdentityId>) {
    let identity = identity.map_or_else(|| "NULL".to_owned(), |id| format!("'{id}'"));
    let now = house.system().now.to_rfc3339();
    let insert = format!(
        r#"INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, identity_id, title, evidence, opened_at, seen_at)
           VALUES (gen_random_uuid(), 'test-{n}', 'unused_permission', 'detection', '{severity}', 'likely', {identity}, 'Finding {n}',
               '[["test","{n}"]]', '{now}', '{now}')"#
    );
    sql(house, &insert).await;
}

fn rule(team: &str, at_once: &str) -> NoticeRuleInput {
    NoticeRuleInput {
        team: team.to_owned(),
        at_once: at_once.into(),
        digest_hour: "8".into(),
        webhook: ADDRESS.into(),
        webhook_secret: SECRET.into(),
        ..NoticeRuleInput::default()
    }
}

async fn set(house: &House, rule: &NoticeRuleInput) {
    notices::set_rule(&house.as_person(INES), rule)
        .await
        .expect("set");
}

/// What the jobs do now.
async fn run(house: &House, receiver: &Receiver) -> Sent {
    while feed::sequence(&house.system()).await.expect("sequenced") > 0 {}
    hooks::queue(&house.system()).await.expect("queued");
    hooks::deliver(&house.system(), receiver)
        .await
        .expect("delivered")
}

#[tokio::test]
async fn a_finding_is_posted_once_for_its_rule_however_many_people_hear_of_it() {
    let Some((mut house, id)) = quiet_house().await else {
        return;
    };
    let mut settings = Settings::for_tests(std::env::temp_dir());
    settings.outlets.webhook_url = Some("https://everybody.example/hook".into());
    house.services.settings = Arc::new(settings);
    finding(&house, 1, "critical", Some(id)).await;
    house.clock.advance(TimeDelta::minutes(1));
    set(&house, &rule(&PAYMENTS.to_string(), "high")).await;
    finding(&house, 2, "critical", Some(id)).await;
    let receiver = Receiver::answering(204);
    assert_eq!(run(&house, &receiver).await.sent, 1, "not what was before");
    assert_eq!(run(&house, &receiver).await, Sent::default(), "once");
    let came = &receiver.came()[0];
    assert_eq!(came.address, ADDRESS);
    let change = came.change();
    assert_eq!(change["title"], "Finding 2");
    assert_eq!(change["change"], "opened");
    assert_eq!(change["severity"], "critical");
    let sent = Standard {
        id: &came.headers["webhook-id"],
        timestamp: &came.headers["webhook-timestamp"],
        signature: &came.headers["webhook-signature"],
    };
    standard(SECRET, &came.body, sent, house.system().now).expect("signed");
    // The owner and Security are told by mail of both; the configured webhook once of each.
    let post = Pigeonhole::default();
    assert_eq!(notices::tell(&house.system()).await.expect("told"), 2);
    messages::deliver(&house.system(), &post)
        .await
        .expect("delivered");
    let (hooked, mailed): (Vec<_>, Vec<_>) = post
        .letters()
        .into_iter()
        .partition(|letter| letter.address.is_empty());
    assert_eq!((hooked.len(), mailed.len()), (2, 2));
    assert_ne!(hooked[0].subject, hooked[1].subject);
    // Whoever hears of it later makes no other post.
    sql(&house, "DELETE FROM finding_notices").await;
    notices::tell(&house.system()).await.expect("told again");
    let posts = count(&house, "messages WHERE channel = 'webhook'").await;
    assert_eq!(posts, 2);
}

#[tokio::test]
async fn severity_team_and_quiet_hours_are_the_rules_own() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    let own = NoticeRuleInput {
        webhook_from: "medium".into(),
        quiet_from: "9".into(),
        quiet_to: "12".into(),
        ..rule(&PAYMENTS.to_string(), "critical")
    };
    set(&house, &own).await;
    let everybody = NoticeRuleInput {
        webhook: "https://everybody.example/".into(),
        webhook_secret: String::new(),
        ..rule("", "critical")
    };
    set(&house, &everybody).await;
    // It is ten in the morning: quiet until noon, but not for what is critical.
    for (n, severity) in [(1, "low"), (2, "medium"), (3, "high"), (4, "critical")] {
        finding(&house, n, severity, Some(id)).await;
    }
    finding(&house, 5, "high", None).await;
    finding(&house, 6, "critical", None).await;
    let receiver = Receiver::answering(200);
    run(&house, &receiver).await;
    let mut came = receiver.came();
    came.sort_by_key(Came::title);
    let told: Vec<(String, &str, bool)> = came
        .iter()
        .map(|one| {
            let signed = one.headers.contains_key("webhook-signature");
            (one.title(), one.address.as_str(), signed)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Finding 4".to_owned(), ADDRESS, true),
            ("Finding 6".to_owned(), "https://everybody.example/", false),
        ]
    );
    // What was closed meanwhile is told no more.
    let closed =
        "UPDATE findings SET state = 'resolved', resolved_at = seen_at WHERE title = 'Finding 3'";
    sql(&house, closed).await;
    house.clock.advance(TimeDelta::hours(2));
    let noon = Receiver::answering(200);
    run(&house, &noon).await;
    assert_eq!(noon.titles(), ["Finding 2"]);
}

#[tokio::test]
async fn what_becomes_worse_or_comes_back_is_posted_and_what_fails_is_tried_again() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    set(&house, &rule("", "high")).await;
    finding(&house, 1, "low", Some(id)).await;
    finding(&house, 2, "high", Some(id)).await;
    let down = Receiver::answering(503);
    let tried = run(&house, &down).await;
    assert_eq!((tried.later, down.titles()), (1, vec!["Finding 2".into()]));
    sql(
        &house,
        "UPDATE findings SET severity = 'high' WHERE title = 'Finding 1'",
    )
    .await;
    house.clock.advance(TimeDelta::minutes(10));
    let tried = run(&house, &down).await;
    assert_eq!(tried.later, 1, "one try a webhook that does not answer");
    let rows = notices::rules(&house.as_person(INES))
        .await
        .expect("rules")
        .rows;
    let hook = rows[0].webhook.as_ref().expect("a webhook");
    assert_eq!(hook.trouble, "503");
    house.clock.advance(TimeDelta::minutes(10));
    let up = Receiver::answering(200);
    assert_eq!(run(&house, &up).await.sent, 2);
    let of = |came: &[Came], title: &str| {
        let one = came.iter().find(|one| one.title() == title);
        one.map(|one| one.headers["webhook-id"].clone())
    };
    let first = of(&up.came(), "Finding 2");
    assert_eq!(first, of(&down.came(), "Finding 2"), "the same at each try");
    assert!(of(&up.came(), "Finding 1").is_some());
    let closed =
        "UPDATE findings SET state = 'resolved', resolved_at = seen_at WHERE title = 'Finding 2'";
    sql(&house, closed).await;
    house.clock.advance(TimeDelta::hours(1));
    let now = house.system().now.to_rfc3339();
    let again = format!(
        "UPDATE findings SET state = 'open', opened_at = '{now}', resolved_at = NULL WHERE title = 'Finding 2'"
    );
    sql(&house, &again).await;
    let back = Receiver::answering(400);
    assert_eq!(run(&house, &back).await.failed, 1, "refused for good");
    assert_ne!(of(&back.came(), "Finding 2"), first);
    house.clock.advance(TimeDelta::hours(1));
    assert_eq!(run(&house, &back).await, Sent::default());
}

#[tokio::test]
async fn a_secret_stays_with_its_address_and_is_told_nobody() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    let all = rule("", "low");
    assert!(!format!("{all:?}").contains("hooks.example") && !format!("{all:?}").contains(SECRET));
    let owner = notices::set_rule(&house.as_person(JONAS), &all).await;
    assert!(matches!(owner, Err(Error::Refused(_))), "{owner:?}");
    let entries = house.entries().await;
    set(&house, &all).await;
    assert_eq!(house.entries().await, entries + 1);
    let kept = notices::rules(&house.as_person(JONAS))
        .await
        .expect("rules");
    let shown = serde_json::to_string(&kept).expect("JSON");
    assert!(shown.contains("https://hooks.example\""), "{shown}");
    for hidden in ["tok-1", SECRET] {
        assert!(!shown.contains(hidden), "{shown}");
        let told = format!("activity a WHERE a::text LIKE '%{hidden}%'");
        assert_eq!(count(&house, &told).await, 0, "{hidden}");
    }
    let bare =
        format!("notice_hooks WHERE position(convert_to('{SECRET}', 'UTF8') IN secret_sealed) > 0");
    assert_eq!(count(&house, &bare).await, 0);
    let signed = async |address: &str| {
        let change = NoticeRuleInput {
            webhook: address.to_owned(),
            webhook_secret: String::new(),
            ..rule("", "low")
        };
        set(&house, &change).await;
        let rows = notices::rules(&house.as_person(INES)).await.expect("rules");
        rows.rows[0].webhook.as_ref().map(|hook| hook.signed)
    };
    assert_eq!(signed(ADDRESS).await, Some(true));
    assert_eq!(signed("https://elsewhere.example/").await, Some(false));
    assert_eq!(signed("").await, None);
    finding(&house, 1, "critical", Some(id)).await;
    let receiver = Receiver::answering(200);
    assert_eq!(run(&house, &receiver).await, Sent::default());
}

#[tokio::test]
async fn a_webhook_may_stand_instead_of_mail_and_wrong_ones_are_named() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    let wrong = NoticeRuleInput {
        digest_hour: "24".into(),
        webhook: "http://10.0.0.7/hook".into(),
        webhook_secret: "short".into(),
        ..rule("", "high")
    };
    let refused = notices::set_rule(&house.as_person(INES), &wrong).await;
    let Err(Error::Invalid(errors)) = refused else {
        panic!("{refused:?}")
    };
    let fields: Vec<&str> = errors.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["digest_hour", "webhook", "webhook_secret"]);
    assert!(errors.iter().all(|one| !one.message.contains("short")));
    let only = NoticeRuleInput {
        webhook_only: "on".into(),
        ..rule(&PAYMENTS.to_string(), "high")
    };
    set(&house, &only).await;
    finding(&house, 1, "critical", Some(id)).await;
    assert_eq!(notices::tell(&house.system()).await.expect("told"), 0);
    let receiver = Receiver::answering(200);
    run(&house, &receiver).await;
    assert_eq!(receiver.titles(), ["Finding 1"]);
    notices::end_rule(&house.as_person(INES), &only)
        .await
        .expect("ended");
    assert_eq!(count(&house, "notice_hooks").await, 0);
    assert_eq!(notices::tell(&house.system()).await.expect("told"), 2);
}
