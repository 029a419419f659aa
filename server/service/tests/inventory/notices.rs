//! Telling people of findings: once, the right ones, at the right hour; and again when one opens again or gets worse.

use contract::notices::NoticeRuleInput;
use service::ports::{Letter, Pigeonhole};
use service::{Error, messages, notices};

use crate::house::{DANA, House, INES, JONAS, PAYMENTS, open};

/// Opens a finding now, of an identity or of nobody's.
async fn finding(
    house: &House,
    n: u32,
    severity: &str,
    identity: Option<contract::ids::IdentityId>,
) {
    let identity = identity.map_or_else(|| "NULL".to_owned(), |id| format!("'{id}'"));
    let now = house.system().now.to_rfc3339();
    let sql = format!(
        r#"INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, identity_id, title, evidence, opened_at, seen_at)
           VALUES (gen_random_uuid(), 'test-{n}', 'unused_permission', 'detection', '{severity}', 'likely', {identity}, 'Finding {n}',
               '[{{"label":"test","value":"{n}"}}]', '{now}', '{now}')"#
    );
    store::testing::script(&house.services.db, sql).await;
}

/// What is sent when the jobs run now.
async fn sent(house: &House) -> Vec<Letter> {
    let post = Pigeonhole::default();
    notices::tell(&house.system()).await.expect("told");
    messages::deliver(&house.system(), &post)
        .await
        .expect("delivered");
    post.letters()
}

/// The identity's own posture findings are not what these tests are about.
async fn quiet_house() -> Option<(House, contract::ids::IdentityId)> {
    let house = open().await?;
    let id = house
        .active(|form| form.backup_owner = DANA.to_string())
        .await;
    store::testing::script(&house.services.db, "DELETE FROM findings".to_owned()).await;
    Some((house, id))
}

#[tokio::test]
async fn the_owner_is_told_at_once_of_what_is_bad_and_next_morning_of_the_rest() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    for (n, severity) in [(1, "high"), (2, "medium"), (3, "low")] {
        finding(&house, n, severity, Some(id)).await;
    }
    let now = sent(&house).await;
    assert_eq!(now.len(), 1);
    assert_eq!(
        (now[0].to_name.as_str(), now[0].subject.as_str()),
        ("Jonas Hale", "High: Finding 1")
    );
    assert!(now[0].body.contains("/findings?finding="));
    assert!(sent(&house).await.is_empty(), "each once");
    house.clock.advance(chrono::TimeDelta::hours(22));
    let digest = sent(&house).await;
    assert_eq!(digest.len(), 1, "one digest for both");
    assert_eq!(digest[0].subject, "2 new findings, the worst medium");
}

/// Changes the one finding, as judging it again does.
async fn becomes(house: &House, change: &str) {
    let now = house.system().now.to_rfc3339();
    let sql =
        format!("UPDATE findings SET {change}, seen_at = '{now}' WHERE fingerprint = 'test-1'");
    store::testing::script(&house.services.db, sql).await;
}

#[tokio::test]
async fn what_opens_again_or_gets_worse_is_told_again() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    finding(&house, 1, "high", Some(id)).await;
    assert_eq!(sent(&house).await.len(), 1);
    // Long after it was opened first: what was opened then is told no more.
    for (ends, begins) in [
        (
            "state = 'resolved', resolved_at = seen_at",
            "state = 'open', resolved_at = NULL",
        ),
        (
            "state = 'excepted', excepted_until = seen_at + interval '9 days'",
            "state = 'open', excepted_until = NULL",
        ),
    ] {
        becomes(&house, ends).await;
        house.wait(20);
        assert!(sent(&house).await.is_empty(), "it is over");
        becomes(&house, begins).await;
        let again = sent(&house).await;
        assert_eq!(again.len(), 1, "{begins}");
        assert_eq!(again[0].subject, "High: Finding 1");
        assert!(sent(&house).await.is_empty(), "each time once");
    }
    becomes(&house, "severity = 'medium'").await;
    becomes(&house, "severity = 'high'").await;
    assert!(sent(&house).await.is_empty(), "they know how bad it is");
    // Worse than who acknowledged it knew.
    let now = house.system().now.to_rfc3339();
    becomes(
        &house,
        &format!("state = 'acknowledged', handled_at = '{now}'"),
    )
    .await;
    house.wait(1);
    becomes(&house, "severity = 'critical'").await;
    let mut worse: Vec<String> = sent(&house)
        .await
        .into_iter()
        .map(|one| one.to_name)
        .collect();
    worse.sort();
    assert_eq!(worse, ["Ines Varga", "Jonas Hale"]);
    assert!(sent(&house).await.is_empty());
}

#[tokio::test]
async fn what_an_exception_hid_is_told_when_the_exception_is_over() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    finding(&house, 1, "high", Some(id)).await;
    assert_eq!(sent(&house).await.len(), 1);
    becomes(
        &house,
        "detected = true, event_at = seen_at, state = 'excepted', excepted_until = seen_at + interval '30 days'",
    )
    .await;
    house.wait(31);
    service::detect::catch_up(&house.system())
        .await
        .expect("judged");
    assert_eq!(sent(&house).await[0].subject, "High: Finding 1");
    assert!(sent(&house).await.is_empty());
}

#[tokio::test]
async fn critical_goes_to_security_too_and_what_nobody_owns_to_security_alone() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    finding(&house, 1, "critical", Some(id)).await;
    finding(&house, 2, "high", None).await;
    let mut now = sent(&house).await;
    now.sort_by(|a, b| a.to_name.cmp(&b.to_name));
    let told: Vec<(&str, &str)> = now
        .iter()
        .map(|one| (one.to_name.as_str(), one.subject.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("Ines Varga", "2 new findings, the worst critical"),
            ("Jonas Hale", "Critical: Finding 1"),
        ]
    );
    // Whoever has left is not written to: the backup is.
    let sql = format!("UPDATE people SET active = false WHERE id = '{JONAS}'");
    store::testing::script(&house.services.db, sql).await;
    finding(&house, 3, "high", Some(id)).await;
    assert_eq!(sent(&house).await[0].to_name, "Dana Reyes");
}

#[tokio::test]
async fn a_team_has_rules_of_its_own_and_quiet_hours_hold() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    let rule = NoticeRuleInput {
        team: PAYMENTS.to_string(),
        at_once: "medium".into(),
        digest_hour: "8".into(),
        quiet_from: "9".into(),
        quiet_to: "12".into(),
        ..NoticeRuleInput::default()
    };
    let owner = notices::set_rule(&house.as_person(JONAS), &rule).await;
    assert!(matches!(owner, Err(Error::Refused(_))), "{owner:?}");
    let entries = house.entries().await;
    notices::set_rule(&house.as_person(INES), &rule)
        .await
        .expect("set");
    assert_eq!(house.entries().await, entries + 1);
    let kept = notices::rules(&house.as_person(JONAS))
        .await
        .expect("rules");
    assert_eq!(
        (kept.rows.len(), kept.rows[0].rule.quiet, kept.may_manage),
        (1, Some((9, 12)), false)
    );
    // It is ten in the morning: quiet until noon, but not for what is critical.
    finding(&house, 1, "medium", Some(id)).await;
    assert!(sent(&house).await.is_empty());
    finding(&house, 2, "critical", Some(id)).await;
    assert_eq!(sent(&house).await.len(), 2, "the owner and Security");
    house.clock.advance(chrono::TimeDelta::hours(2));
    assert_eq!(sent(&house).await[0].subject, "Medium: Finding 1");
    notices::end_rule(&house.as_person(INES), &rule)
        .await
        .expect("ended");
    let again = notices::end_rule(&house.as_person(INES), &rule).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    let wrong = NoticeRuleInput {
        team: "payments".into(),
        ..rule
    };
    let refused = notices::set_rule(&house.as_person(INES), &wrong).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
}

#[tokio::test]
async fn what_waits_for_the_morning_holds_back_nothing_that_is_due() {
    let Some((house, id)) = quiet_house().await else {
        return;
    };
    for (team, at_once) in [(String::new(), "critical"), (PAYMENTS.to_string(), "low")] {
        let rule = NoticeRuleInput {
            team,
            at_once: at_once.into(),
            digest_hour: "8".into(),
            ..NoticeRuleInput::default()
        };
        notices::set_rule(&house.as_person(INES), &rule)
            .await
            .expect("set");
    }
    // More than is looked at in one go, all of them worse than the one that is due.
    let now = house.system().now.to_rfc3339();
    let many = format!(
        r#"INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, title, evidence, opened_at, seen_at)
           SELECT gen_random_uuid(), 'many-' || n, 'unused_permission', 'detection', 'medium', 'likely', 'Finding ' || n,
               '[{{"label":"test","value":"many"}}]', '{now}', '{now}' FROM generate_series(1, 5100) n"#
    );
    store::testing::script(&house.services.db, many).await;
    finding(&house, 9_001, "low", Some(id)).await;
    let now = sent(&house).await;
    assert_eq!(now.len(), 1, "one letter, to the owner");
    assert_eq!(now[0].to_name, "Jonas Hale");
    assert!(
        now[0].subject.contains("Finding 9001"),
        "{}",
        now[0].subject
    );
}
