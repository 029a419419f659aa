//! What is read of the document; every other field is left where it is.

#![expect(
    clippy::struct_field_names,
    reason = "the vendor's names, so that serde finds them"
)]

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Role {
    #[serde(default)]
    pub path: String,
    pub role_name: String,
    pub arn: String,
    pub create_date: DateTime<Utc>,
    #[serde(default)]
    pub assume_role_policy_document: Value,
    #[serde(default)]
    pub role_policy_list: Vec<Inline>,
    #[serde(default)]
    pub attached_managed_policies: Vec<Attached>,
    #[serde(default)]
    pub tags: Vec<Tag>,
    pub role_last_used: Option<LastUsed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct User {
    pub user_name: String,
    pub arn: String,
    pub create_date: DateTime<Utc>,
    #[serde(default)]
    pub user_policy_list: Vec<Inline>,
    #[serde(default)]
    pub group_list: Vec<String>,
    #[serde(default)]
    pub attached_managed_policies: Vec<Attached>,
    #[serde(default)]
    pub tags: Vec<Tag>,
    /// Not in the command's own output, but scripts join `list-access-keys` in under one of these.
    #[serde(default)]
    pub access_keys: Vec<AccessKey>,
    #[serde(default)]
    pub access_key_metadata: Vec<AccessKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AccessKey {
    pub access_key_id: String,
    pub status: Option<String>,
    pub create_date: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Group {
    pub group_name: String,
    #[serde(default)]
    pub group_policy_list: Vec<Inline>,
    #[serde(default)]
    pub attached_managed_policies: Vec<Attached>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Policy {
    pub arn: String,
    #[serde(default)]
    pub policy_version_list: Vec<Version>,
}

impl Policy {
    /// The document in force.
    pub fn current(&self) -> Option<&Value> {
        self.policy_version_list
            .iter()
            .find(|version| version.is_default_version)
            .map(|version| &version.document)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Version {
    #[serde(default)]
    pub document: Value,
    #[serde(default)]
    pub is_default_version: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Inline {
    #[serde(default)]
    pub policy_document: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attached {
    pub policy_name: String,
    pub policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    pub key: String,
    pub value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LastUsed {
    pub last_used_date: Option<DateTime<Utc>>,
}
