//! Editing: every field with what it was and what it is, a reason, and nobody's work overwritten.

use contract::identities::{EditInput, IdentityView};
use contract::ids::IdentityId;
use service::{Error, identities};

use crate::house::{AIKO, DANA, DATA, House, INES, JONAS, open, request};

const WHY: &str = "The service was split in two last month";

async fn view(house: &House, id: IdentityId) -> IdentityView {
    identities::view(&house.as_person(AIKO), id)
        .await
        .expect("there")
}

/// The form as the page fills it.
async fn form(house: &House, id: IdentityId) -> EditInput {
    let view = view(house, id).await;
    let selectors: Vec<String> = view
        .selectors
        .iter()
        .map(|s| format!("{} {} {}", s.kind, s.issuer, s.value))
        .collect();
    EditInput {
        identity: id.to_string(),
        version: view.version,
        name: view.row.name,
        purpose: view.row.purpose,
        ticket: view.ticket,
        justification: view.justification,
        environments: view
            .row
            .environments
            .iter()
            .map(ToString::to_string)
            .collect(),
        tier: view.row.tier.to_string(),
        team: view.row.team.map(|t| t.id.to_string()).unwrap_or_default(),
        owner: view.row.owner.map(|p| p.id.to_string()).unwrap_or_default(),
        backup_owner: String::new(),
        tags: String::new(),
        links: String::new(),
        selectors: selectors.join("\n"),
        reason: WHY.into(),
    }
}

#[tokio::test]
async fn a_change_stands_in_the_history_as_it_was_and_as_it_is() {
    let Some(house) = open().await else { return };
    let id = house.active(|_| {}).await;
    let edit = EditInput {
        tier: "low".into(),
        tags: "PCI, web".into(),
        links: "Runbook https://wiki.example/run".into(),
        backup_owner: DANA.to_string(),
        environments: vec!["staging".into()],
        selectors: "aws_role arn:aws:iam::471982203366:role/shop".into(),
        ..form(&house, id).await
    };
    let entries = house.entries().await;
    identities::edit(&house.as_person(JONAS), &edit)
        .await
        .expect("edited");
    assert_eq!(house.entries().await, entries + 1);
    let after = view(&house, id).await;
    assert_eq!(after.tags, ["pci", "web"]);
    assert_eq!(after.links[0].0, "Runbook");
    assert_eq!(after.selectors.len(), 1);
    assert_eq!(
        after.row.subject, "arn:aws:iam::471982203366:role/shop",
        "kept columns follow"
    );
    let newest = &after.history[0];
    assert_eq!(newest.by, "Jonas Hale");
    let told = |field: &str| {
        newest
            .changes
            .iter()
            .find(|(name, ..)| name == field)
            .map(|(_, before, after)| (before.as_str(), after.as_str()))
    };
    assert_eq!(told("tier"), Some(("Critical", "Low")));
    assert_eq!(told("backup owner"), Some(("", "Dana Reyes")));
    assert_eq!(told("environments"), Some(("Production", "Staging")));
    assert_eq!(told("reason"), Some(("", WHY)));
    assert_eq!(told("name"), None, "what did not change is not told");
    assert_eq!(
        after.suggested_tier.0.as_str(),
        "high",
        "privileged, but not in production"
    );
}

#[tokio::test]
async fn a_stale_form_and_an_empty_edit_change_nothing() {
    let Some(house) = open().await else { return };
    let id = house.active(|_| {}).await;
    let stale = EditInput {
        tags: "late".into(),
        ..form(&house, id).await
    };
    let first = EditInput {
        tags: "first".into(),
        ..stale.clone()
    };
    identities::edit(&house.as_person(INES), &first)
        .await
        .expect("edited");
    let refused = identities::edit(&house.as_person(JONAS), &stale).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    assert_eq!(view(&house, id).await.tags, ["first"]);
    let same = EditInput {
        tags: "first".into(),
        ..form(&house, id).await
    };
    let refused = identities::edit(&house.as_person(JONAS), &same).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
}

#[tokio::test]
async fn each_wrong_field_is_named_and_others_may_not() {
    let Some(house) = open().await else { return };
    let id = house.active(|_| {}).await;
    house
        .active(|form| {
            form.name = "ledger · deploy".into();
            form.selectors = "aws_role arn:aws:iam::471982203366:role/ledger".into();
        })
        .await;
    let good = EditInput {
        tags: "web".into(),
        ..form(&house, id).await
    };
    for (field, edit) in [
        (
            "reason",
            EditInput {
                reason: String::new(),
                ..good.clone()
            },
        ),
        (
            "name",
            EditInput {
                name: "ledger · deploy".into(),
                ..good.clone()
            },
        ),
        (
            "owner",
            EditInput {
                owner: String::new(),
                ..good.clone()
            },
        ),
        (
            "owner",
            EditInput {
                owner: DATA.to_string(),
                ..good.clone()
            },
        ),
        (
            "team",
            EditInput {
                team: DATA.to_string(),
                ..good.clone()
            },
        ),
        (
            "selectors",
            EditInput {
                selectors: "aws_role arn:aws:iam::471982203366:role/ledger".into(),
                ..good.clone()
            },
        ),
    ] {
        let error = identities::edit(&house.as_person(JONAS), &edit)
            .await
            .expect_err("refused");
        let Error::Invalid(wrong) = &error else {
            panic!("{error}")
        };
        assert_eq!(wrong[0].field, field, "{error}");
    }
    let other = identities::edit(&house.as_person(DANA), &good).await;
    assert!(matches!(other, Err(Error::Forbidden(_))), "{other:?}");
    let auditor = identities::edit(&house.as_person(AIKO), &good).await;
    assert!(matches!(auditor, Err(Error::Refused(_))), "{auditor:?}");
    assert_eq!(view(&house, id).await.tags, Vec::<String>::new());
}

#[tokio::test]
async fn adoption_and_imports_stand_in_the_same_history_in_words() {
    let Some(house) = open().await else { return };
    let id = house.active(|_| {}).await;
    let sql = format!(
        "INSERT INTO identity_changes (id, identity_id, at, actor_kind, actor_name, action, summary, changes, request_id)
         VALUES (gen_random_uuid(), '{id}', '2026-11-22T00:00:00Z', 'cli', 'root', 'identity.updated', 'Updated by roll.csv',
             '[[\"purpose\", \"old\", \"new\"]]', 'r')"
    );
    store::testing::script(&house.services.db, sql).await;
    let history = view(&house, id).await.history;
    assert_eq!(
        history[0].summary, "Updated by roll.csv",
        "newest first, whoever wrote it"
    );
    assert_eq!(history[0].position, None);
    assert!(history[1].position > history[2].position);
    assert_eq!(history.len(), 3, "asked for, approved, imported");
    assert_eq!(request().name, view(&house, id).await.row.name);
}
