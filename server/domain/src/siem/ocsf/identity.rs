//! An identity of the inventory: 5003 User Inventory Info.

use serde_json::{Value, json};

use super::{INFORMATIONAL, Record, metadata, object};
use crate::siem::Snapshot;
use crate::siem::vendor::cloud_of;

const USER_INVENTORY: u32 = 5003;
const COLLECT: u32 = 2;

/// Writes an identity.
pub fn record(row: &Snapshot) -> Value {
    let identity = &row.identity;
    let cloud = cloud_of(identity.platform);
    let profiles = cloud.map_or(Value::Null, |_| json!(["cloud"]));
    let team = identity
        .team
        .as_ref()
        .map(|team| json!([{ "uid": team.id.0, "name": team.name, "type": "team" }]));
    Record::begin(USER_INVENTORY, COLLECT, INFORMATIONAL, row.taken)
        .set("message", identity.purpose.as_str())
        .set(
            "metadata",
            metadata(
                (identity.id.0, 0, row.taken),
                vec![("log_name", json!("inventory")), ("profiles", profiles)],
            ),
        )
        .set(
            "cloud",
            cloud.map(|provider| json!({ "provider": provider })),
        )
        .set(
            "user",
            object([
                ("uid", json!(identity.id.0)),
                ("uid_alt", json!(identity.subject)),
                ("name", json!(identity.name)),
                ("type_id", json!(4)),
                ("type", json!("Service")),
                ("groups", team.unwrap_or_default()),
                ("risk_score", json!(identity.risk)),
            ]),
        )
        .set(
            "unmapped",
            serde_json::to_value(identity).unwrap_or_default(),
        )
        .end()
}
