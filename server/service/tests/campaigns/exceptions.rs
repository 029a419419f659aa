//! What somebody expects of an identity is shown to whoever reviews it next, as it was when the campaign began.

use contract::campaigns::FrozenException;
use contract::findings::{ExceptionScope, FindingAction, FindingInput};
use contract::ids::FindingId;
use service::{campaigns, findings};
use uuid::Uuid;

use crate::house::{House, INES, NADIA, WHY, identity};

fn finding(n: u128) -> FindingId {
    FindingId(Uuid::from_u128(900 + n))
}

/// A detection on the fourth identity; a judgement of posture would be made anew.
async fn found(house: &House, n: u128, rule: &str, title: &str) {
    house
        .sql(&format!(
            "INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, identity_id, title, evidence, opened_at, seen_at, detected)
             VALUES ('{}', 'f{n}', '{rule}', 'detection', 'medium', 'likely', '{}', '{title}', '[[\"role\", \"x\"]]', '2026-11-01', '2026-11-01', true)",
            finding(n).0,
            identity(4)
        ))
        .await;
}

async fn change(
    house: &House,
    n: u128,
    action: FindingAction,
    days: Option<i64>,
    scope: ExceptionScope,
) {
    let input = FindingInput {
        finding: finding(n),
        action,
        note: WHY.into(),
        days,
        scope,
        to: String::new(),
    };
    findings::change(&house.op(INES), &input)
        .await
        .expect("changed");
}

#[tokio::test]
async fn an_exception_is_shown_in_the_next_campaign_and_stays_as_it_was_frozen() {
    let Some(house) = House::build().await else {
        return;
    };
    found(&house, 1, "unusual_role", "Took the role billing-export").await;
    found(
        &house,
        2,
        "first_secret_access",
        "Read a secret for the first time",
    )
    .await;
    found(&house, 3, "two_networks", "Used from two networks at once").await;
    found(&house, 4, "old_key_used", "The old key was used").await;
    change(
        &house,
        1,
        FindingAction::Except,
        Some(60),
        ExceptionScope::Finding,
    )
    .await;
    change(
        &house,
        2,
        FindingAction::Except,
        Some(90),
        ExceptionScope::Identity,
    )
    .await;
    // This one is over when the campaign begins, though nobody has looked at it since.
    change(
        &house,
        3,
        FindingAction::Except,
        Some(1),
        ExceptionScope::Finding,
    )
    .await;
    let began = house.op(INES).now;
    house.pass(2);

    let campaign = house.started().await;
    let item = house.item(campaign, 4).await;
    let seen = async || {
        let (view, _) = campaigns::review_item(&house.op(NADIA), item.id)
            .await
            .expect("view");
        let mut open: Vec<String> = view.findings.into_iter().map(|(_, title)| title).collect();
        open.retain(|title| {
            title.starts_with("Used from")
                || title.starts_with("The old key")
                || title.starts_with("Took")
                || title.starts_with("Read")
        });
        open.sort();
        (open, view.exceptions)
    };
    let excepted = |title: &str, scope, days| FrozenException {
        title: title.to_owned(),
        scope,
        reason: WHY.to_owned(),
        by: Some("Ines Varga".to_owned()),
        until: began + chrono::TimeDelta::days(days),
    };
    let rule = domain::detect::rule("first_secret_access").expect("a rule");
    let expected = (
        vec![
            "The old key was used".to_owned(),
            "Used from two networks at once".to_owned(),
        ],
        vec![
            excepted("Took the role billing-export", ExceptionScope::Finding, 60),
            excepted(rule.name, ExceptionScope::Identity, 90),
        ],
    );
    assert_eq!(seen().await, expected);

    // Taken back meanwhile: the item tells what was frozen.
    change(
        &house,
        1,
        FindingAction::Reopen,
        None,
        ExceptionScope::Finding,
    )
    .await;
    assert_eq!(seen().await, expected);
    // Another identity's reviewer is told of nothing.
    let other = house.item(campaign, 1).await;
    let (view, _) = campaigns::review_item(&house.op(INES), other.id)
        .await
        .expect("view");
    assert!(view.exceptions.is_empty(), "{:?}", view.exceptions);
}
