//! What was seen and never asked for, by machines: the queue, taking in, joining.

use contract::access::Role;
use http::StatusCode;
use serde_json::{Value, json};

use crate::api_imports::{SHEET, post, sent};
use crate::machines::get;
use crate::two_teams::roll;
use crate::world::World;

const WHY: &str = "Found in the list of the platform and confirmed by the team";

/// A token, and two identities that an imported list told of without an owner.
async fn two() -> Option<(World, String, Vec<Value>)> {
    let (world, token) = roll().await?;
    let path = sent(&world, &token, SHEET).await;
    let saved = post(&world, &token, &format!("{path}/confirmation"), json!({})).await;
    assert_eq!(saved.json()["state"], "saved", "{}", saved.body);
    let queue = get(&world, &token, "/api/v1/discovered").await;
    assert_eq!(queue.status, StatusCode::OK, "{}", queue.body);
    let rows = queue.json().as_array().unwrap().clone();
    assert_eq!(rows.len(), 2, "{}", queue.body);
    Some((world, token, rows))
}

#[tokio::test]
async fn the_queue_is_read_and_emptied() {
    let Some((world, token, rows)) = two().await else {
        return;
    };
    let mut names: Vec<&str> = rows
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["data loader", "ledger export"]);
    let first = get(&world, &token, "/api/v1/discovered?limit=1").await;
    assert_eq!(first.json()[0]["id"], rows[0]["id"]);
    let next = first.header("x-next-cursor");
    let next = format!("/api/v1/discovered?limit=1&after={next}");
    let last = get(&world, &token, &next).await;
    assert_eq!(last.json()[0]["id"], rows[1]["id"]);
    assert_eq!(last.header("x-next-cursor"), "");
    let elsewhere = "/api/v1/discovered?repository=acme/shop";
    assert_eq!(get(&world, &token, elsewhere).await.json(), json!([]));

    let team = get(&world, &token, "/api/v1/teams/payments").await.json();
    let owner = world.person("jonas", &[Role::Owner]).await;
    let adoption = |ids: Vec<&Value>, team: &Value| {
        json!({ "ids": ids, "team": team, "owner": owner.id, "ticket": "OPS-8", "reason": WHY,
            "purpose": "Loads the warehouse every night" })
    };
    let adoptions = "/api/v1/discovered/adoptions";
    let before = world.entries().await;
    let nobodys = adoption(vec![&rows[0]["id"]], &json!(uuid::Uuid::nil()));
    let refused = post(&world, &token, adoptions, nobodys).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.body
    );
    assert_eq!(refused.json()["errors"][0]["field"], "team");
    assert_eq!(world.entries().await, before);
    let nil = json!(uuid::Uuid::nil());
    let wish = adoption(vec![&rows[0]["id"], &nil], &team["id"]);
    let became = post(&world, &token, adoptions, wish).await;
    assert_eq!(became.status, StatusCode::OK, "{}", became.body);
    let became = became.json();
    assert_eq!((&became["done"], &became["left"]), (&json!(1), &json!(1)));
    assert_eq!(became["why"].as_array().unwrap().len(), 1, "{became}");
    assert_eq!(world.entries().await - before, 1);
    let path = format!("/api/v1/identities/{}", rows[0]["id"].as_str().unwrap());
    let adopted = get(&world, &token, &path).await.json();
    assert_eq!(adopted["state"], "active", "{adopted}");
    assert_eq!(adopted["team"]["slug"], "payments");
    let left = get(&world, &token, "/api/v1/discovered").await.json();
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
}

#[tokio::test]
async fn what_is_another_is_joined_with_it() {
    let Some((world, token, rows)) = two().await else {
        return;
    };
    let known = get(&world, &token, "/api/v1/identities?team=payments")
        .await
        .json();
    let merges = "/api/v1/discovered/merges";
    let from = &rows[0]["id"];
    let unreasoned = json!({ "from": from, "into": known[0]["id"] });
    let refused = post(&world, &token, merges, unreasoned).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.body
    );
    let nobody = json!({ "from": uuid::Uuid::nil(), "into": known[0]["id"], "reason": WHY });
    let refused = post(&world, &token, merges, nobody).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.body);
    let before = world.entries().await;
    let wish = json!({ "from": from, "name": known[0]["name"], "reason": WHY });
    let joined = post(&world, &token, merges, wish).await;
    assert_eq!(joined.status, StatusCode::OK, "{}", joined.body);
    assert_eq!(joined.json()["id"], known[0]["id"]);
    assert_eq!(world.entries().await - before, 1);
    let left = get(&world, &token, "/api/v1/discovered").await.json();
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
    assert_eq!(left[0]["id"], rows[1]["id"]);
    // It is discovered no more, so it cannot be joined again, or with one that is not registered.
    let other = json!({ "from": known[0]["id"], "into": rows[1]["id"], "reason": WHY });
    let refused = post(&world, &token, merges, other).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
}
