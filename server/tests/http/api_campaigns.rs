//! Reviews as machines follow them: every answer of a campaign, items handed on, what silence would bring, who was told,
//! and the figures of past campaigns. To answer is a person's.

use chrono::TimeDelta;
use contract::access::Role;
use contract::campaigns::{DecisionInput, DecisionKind};
use contract::ids::{CampaignId, ItemId};
use domain::access::{Actor, Person};
use http::StatusCode;
use serde_json::{Value, json};
use service::campaigns;

use crate::api_imports::post;
use crate::campaigns::{WHY, review, unanswered};
use crate::machines::{call, get};
use crate::world::World;

async fn revoke(world: &World, by: &Person, item: ItemId, why: &str) {
    let op = world.op(Actor::Person(by.clone()));
    let (view, _) = campaigns::review_item(&op, item).await.unwrap();
    let input = DecisionInput {
        item,
        decision: DecisionKind::Revoke,
        reason: why.into(),
        targets: Vec::new(),
        hash: view.hash,
        seen_current_hash: view.current_hash,
        seen_answers: view.answers,
        at_once: false,
        shown_at: None,
    };
    campaigns::decide(&op, input).await.unwrap();
}

#[tokio::test]
async fn every_answer_of_a_campaign_is_read_page_by_page() {
    let Some(world) = World::new().await else {
        return;
    };
    let vera = world.person("vera", &[Role::Security]).await;
    let owner = world.person("olga", &[Role::Owner]).await;
    let (id, items) = review(&world, &vera, &owner).await;
    let token = world.token("t", &["inventory:read"]).await;
    let path = format!("/api/v1/campaigns/{id}/decisions");
    assert_eq!(get(&world, &token, &path).await.json(), json!([]));
    revoke(&world, &owner, items[0], WHY).await;
    world.advance(TimeDelta::minutes(5));
    let why = "The invoices are sent by the new system since October";
    revoke(&world, &owner, items[1], why).await;
    let all = get(&world, &token, &path).await.json();
    assert_eq!(all.as_array().unwrap().len(), 2, "{all}");
    for (row, (item, reason)) in [(items[0], WHY), (items[1], why)].into_iter().enumerate() {
        let row = &all[row];
        assert_eq!(row["item_id"], item.to_string());
        assert_eq!(
            (&row["decision"], &row["reason"]),
            (&json!("revoke"), &json!(reason))
        );
        assert_eq!(
            (&row["by"]["name"], &row["number"]),
            (&json!("olga"), &json!(1))
        );
        assert!(row["identity_name"].as_str().unwrap().starts_with("bot "));
    }
    let first = get(&world, &token, &format!("{path}?limit=1")).await;
    assert_eq!(first.json(), json!([all[0]]));
    let after = first.header("x-next-cursor");
    let second = get(&world, &token, &format!("{path}?limit=1&after={after}")).await;
    assert_eq!(second.json(), json!([all[1]]));
    assert_eq!(second.header("x-next-cursor"), "");
    let wrong = get(&world, &token, &format!("{path}?after=616263")).await;
    assert_eq!(
        wrong.json()["errors"][0]["field"],
        "after",
        "{}",
        wrong.body
    );
    let nobody = format!("/api/v1/campaigns/{}/decisions", uuid::Uuid::nil());
    let none = get(&world, &token, &nobody).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.body);

    // Who was told of it stands beside it.
    let path = format!("/api/v1/campaigns/{id}/messages");
    world.advance(TimeDelta::days(25));
    service::messages::remind(&world.services.system("remind"))
        .await
        .unwrap();
    // A token of nobody does not live that long.
    let token = world.token("later", &["inventory:read"]).await;
    let told = get(&world, &token, &path).await.json();
    let to: Vec<&Value> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["to"])
        .collect();
    assert_eq!(to, ["olga"], "{told}");
    let writer = world.token("w", &["campaigns:write"]).await;
    let refused = get(&world, &writer, &path).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
}

#[tokio::test]
async fn an_open_item_is_handed_on_by_who_manages_campaigns() {
    let Some(world) = World::new().await else {
        return;
    };
    let vera = world.person("vera", &[Role::Security]).await;
    let owner = world.person("olga", &[Role::Owner]).await;
    let (id, items) = review(&world, &vera, &owner).await;
    let token = world.token("t", &["campaigns:write"]).await;
    let path = |campaign: CampaignId, item: ItemId| {
        format!("/api/v1/campaigns/{campaign}/items/{item}/reassignment")
    };
    let mine = path(id, items[0]);
    let wish = json!({ "to": vera.id, "reason": WHY });
    let before = world.entries().await;
    for (address, wish, status, field) in [
        (&mine, json!({ "to": vera.id }), 400, "reason"),
        (
            &mine,
            json!({ "to": vera.id, "reason": "ok" }),
            422,
            "reason",
        ),
        (
            &mine,
            json!({ "to": uuid::Uuid::nil(), "reason": WHY }),
            422,
            "to",
        ),
    ] {
        let refused = post(&world, &token, address, wish).await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], field);
    }
    let elsewhere = path(CampaignId(uuid::Uuid::nil()), items[0]);
    let refused = post(&world, &token, &elsewhere, wish.clone()).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.body);
    let stale = [("if-match", "\"0\"")];
    let refused = call(&world, &token, "POST", &mine, wish.clone(), &stale).await;
    assert_eq!(
        refused.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        refused.body
    );
    let reader = world.token("r", &["inventory:read"]).await;
    let refused = post(&world, &reader, &mine, wish.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert_eq!(world.entries().await - before, 1, "the token's own making");

    // An item is frozen whole: who may not read it hears where it stands, and nothing more.
    let handed = post(&world, &token, &mine, wish.clone()).await;
    assert_eq!(handed.status, StatusCode::OK, "{}", handed.body);
    assert_eq!(handed.json(), json!({ "state": "open" }));
    assert_eq!(world.entries().await - before, 2);
    let both = world
        .token("b", &["campaigns:write", "inventory:read"])
        .await;
    let whole = post(&world, &both, &path(id, items[2]), wish).await;
    assert_eq!(whole.json()["reviewer"]["name"], "vera", "{}", whole.body);
    let address = format!("/api/v1/campaigns/{id}/items/{}", items[0]);
    let item = get(&world, &both, &address).await.json();
    assert_eq!(item["reviewer"]["name"], "vera", "{item}");
    // What is answered is not handed on.
    revoke(&world, &owner, items[1], WHY).await;
    let late = json!({ "to": vera.id, "reason": "She keeps the invoices from December on" });
    let late = post(&world, &token, &path(id, items[1]), late).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
}

#[tokio::test]
async fn who_runs_campaigns_and_reads_none_hears_where_they_stand() {
    let Some(world) = World::new().await else {
        return;
    };
    let vera = world.person("vera", &[Role::Security]).await;
    let owner = world.person("olga", &[Role::Owner]).await;
    let (id, items) = review(&world, &vera, &owner).await;
    revoke(&world, &owner, items[0], WHY).await;
    let writer = world.token("w", &["campaigns:write"]).await;
    let both = world
        .token("b", &["campaigns:write", "inventory:read"])
        .await;
    let path = format!("/api/v1/campaigns/{id}");
    let refused = get(&world, &writer, &path).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    let closed = post(&world, &writer, &format!("{path}/close"), Value::Null).await;
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.body);
    assert_eq!(closed.json(), json!({ "state": "remediating" }));

    let tasks = get(&world, &both, "/api/v1/tasks").await.json();
    let task = format!("/api/v1/tasks/{}", tasks[0]["id"].as_str().unwrap());
    let refused = get(&world, &writer, &task).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    let steps = format!("{task}/steps");
    let ticket = json!({ "step": "ticket", "text": "SEC-4471" });
    let noted = post(&world, &writer, &steps, ticket).await;
    assert_eq!(noted.status, StatusCode::OK, "{}", noted.body);
    assert_eq!(noted.json(), json!({ "state": "ticketed" }));
    let ticket = json!({ "step": "ticket", "text": "SEC-4472" });
    let whole = post(&world, &both, &steps, ticket).await.json();
    assert_eq!(
        (&whole["ticket"], &whole["identity_name"]),
        (&json!("SEC-4472"), &tasks[0]["identity_name"]),
        "{whole}"
    );
    let done = json!([{ "task": tasks[0]["id"], "step": "apply" }]);
    let done = post(&world, &writer, "/api/v1/tasks/steps", done)
        .await
        .json();
    assert_eq!(
        (&done[0]["status"], &done[0]["state"]),
        (&json!(200), &json!("applied")),
        "{done}"
    );
}

#[tokio::test]
async fn what_silence_brings_tells_whether_a_second_person_is_waited_for() {
    let Some(world) = World::new().await else {
        return;
    };
    let vera = world.person("vera", &[Role::Security]).await;
    let id = unanswered(&world, &vera).await;
    let token = world.token("t", &["campaigns:write"]).await;
    let path = format!("/api/v1/campaigns/{id}/silence");
    let silence = get(&world, &token, &path).await.json();
    assert_eq!(
        (&silence["count"], &silence["cap"]),
        (&json!(6), &json!(1)),
        "{silence}"
    );
    assert_eq!(silence["waits_for_another"], false);
    assert_eq!(silence["identities"][0]["name"], "bot 1");
    let op = world.op(Actor::Person(vera.clone()));
    campaigns::lift_cap(&op, id, WHY).await.unwrap();
    let silence = get(&world, &token, &path).await.json();
    assert_eq!(silence["lifted_by"], "vera");
    assert_eq!(silence["waits_for_another"], true);
    let reader = world.token("r", &["inventory:read"]).await;
    let refused = get(&world, &reader, &path).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);

    let report = get(&world, &reader, "/api/v1/campaign-reports")
        .await
        .json();
    assert_eq!(report.as_array().unwrap().len(), 1, "{report}");
    assert_eq!(report[0]["campaign"], "A review nobody answers");
    assert_eq!(
        (&report[0]["items"], &report[0]["not_reviewed"]),
        (&json!(6), &json!(6))
    );
    assert_eq!(report[0]["median_seconds_on_item"], Value::Null);
}

#[tokio::test]
async fn a_draft_is_looked_at_before_it_is_started() {
    let Some(world) = World::new().await else {
        return;
    };
    let token = world.token("t", &["campaigns:write"]).await;
    world.person("vera", &[Role::Security]).await;
    let mut tx = world.services.db.begin().await.unwrap();
    store::testing::execute(
        &mut tx,
        "INSERT INTO identities (id, name, kind, platform, state, purpose, created_at, updated_at)
         VALUES (gen_random_uuid(), 'bot', 'bot', 'aws', 'active', 'Sends the invoices', '2026-11-20', '2026-11-20')",
    )
    .await;
    tx.commit().await.unwrap();
    let wish = json!({ "name": "Bots", "due_on": "2026-12-20", "kind": ["bot"] });
    let made = post(&world, &token, "/api/v1/campaigns", wish).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = format!("/api/v1/campaigns/{}", made.json()["id"].as_str().unwrap());
    let preview = get(&world, &token, &format!("{path}/preview")).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let preview = preview.json();
    let items = preview["items"].as_array().unwrap();
    let bot = items.iter().find(|item| item["identity_name"] == "bot");
    let bot = bot.unwrap_or_else(|| panic!("{preview}"));
    assert_eq!(
        bot["reviewer"]["name"], "vera",
        "nobody else answers for it"
    );
    assert_eq!(bot["hop"], "security");
    assert_eq!(preview["count"], items.len(), "{preview}");
    assert_eq!(preview["blocked"], Value::Null);
    // No source sees anything here: its start has to say why that is accepted.
    let gaps = preview["gaps"].as_array().unwrap();
    assert!(!gaps.is_empty() && gaps.iter().all(|gap| gap["accepted"].is_null()));
    let silent = post(
        &world,
        &token,
        &format!("{path}/start"),
        json!({ "gaps": "" }),
    )
    .await;
    assert!(silent.status.is_client_error(), "{}", silent.body);
    let started = post(
        &world,
        &token,
        &format!("{path}/start"),
        json!({ "gaps": WHY }),
    )
    .await;
    assert_eq!(
        started.json(),
        json!({ "state": "active" }),
        "{}",
        started.body
    );
}
