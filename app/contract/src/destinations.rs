//! Destinations: where rows of the feeds are pushed to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Page;
use crate::feed::{FeedFormat, FeedStream};
use crate::ids::DestinationId;

flat_enum! {
    /// What receives.
    DestinationKind {
        Webhook = "webhook", "Webhook (Standard Webhooks)";
        Splunk = "splunk", "Splunk HTTP Event Collector";
        Elastic = "elastic", "Elasticsearch bulk";
        Syslog = "syslog", "Syslog over TCP or TLS (RFC 5424)";
        Bucket = "bucket", "Object store (S3)";
        Folder = "folder", "Files in a folder";
    }
}

flat_enum! {
    /// Whether it is sent to.
    DestinationState {
        Running = "running", "Running";
        Paused = "paused", "Paused";
    }
}

/// A destination as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationRow {
    /// Its id.
    pub id: DestinationId,
    /// Its name.
    pub name: String,
    /// What receives.
    pub kind: DestinationKind,
    /// Address: a URL, `host:port` of syslog, or a folder.
    pub address: String,
    /// Data stream of Elastic, index of Splunk; empty where none.
    pub index: String,
    /// Splunk: wait for the indexers' acknowledgement.
    pub acknowledged: bool,
    /// Which feed.
    pub stream: FeedStream,
    /// Its filter: name and words with commas, as in the API.
    pub filter: Vec<(String, String)>,
    /// In whose words.
    pub format: FeedFormat,
    /// Whether it is sent to.
    pub state: DestinationState,
    /// Everything up to here was acknowledged.
    pub position: i64,
    /// How many rows the feed is ahead.
    pub lag: i64,
    /// Rows sent since it was made.
    pub sent: i64,
    /// Rows set aside, waiting to be sent again.
    pub dead: i64,
    /// Failures in a row.
    pub failures: i32,
    /// Not before this it is tried again.
    pub retry_at: Option<DateTime<Utc>>,
    /// What the last failure was.
    pub trouble: String,
    /// When rows were last acknowledged.
    pub sent_at: Option<DateTime<Utc>>,
    /// Rows a minute, over the last five.
    pub per_minute: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What makes a destination.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DestinationInput {
    /// Its name.
    pub name: String,
    /// Kind word.
    pub kind: String,
    /// Address: a URL, `host:port` of syslog, or a folder.
    pub address: String,
    /// Secret: the signing secret of a webhook, the token of Splunk, the API key of Elastic.
    pub secret: String,
    /// Data stream of Elastic, index of Splunk.
    pub index: String,
    /// Splunk: wait for the indexers' acknowledgement.
    pub acknowledged: bool,
    /// Feed word; events when empty.
    pub stream: String,
    /// Filter: name and words with commas, as in the API.
    pub filter: Vec<(String, String)>,
    /// Format word; native when empty.
    pub format: String,
    /// Begin with what comes from now on, not with the first row there is.
    pub from_now: bool,
}

/// A row that a destination would not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its position in the feed.
    pub position: i64,
    /// What the destination said.
    pub reason: String,
    /// When it was set aside.
    pub at: DateTime<Utc>,
    /// Whether it waits to be sent again.
    pub again: bool,
}

/// Every destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationList {
    /// The rows, by name.
    pub rows: Vec<DestinationRow>,
    /// Whether this viewer may change them.
    pub may_manage: bool,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// One destination with the rows it would not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationView {
    /// As it stands.
    pub row: DestinationRow,
    /// Rows it would not take.
    pub letters: Page<DeadLetter>,
    /// Whether this viewer may change it.
    pub may_manage: bool,
    /// The moment it was read.
    pub now: DateTime<Utc>,
}

/// What the form of a destination sends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DestinationForm {
    /// Its name.
    pub name: String,
    /// Kind word.
    pub kind: String,
    /// Address: a URL, `host:port` of syslog, or a folder.
    pub address: String,
    /// Secret.
    pub secret: String,
    /// Data stream of Elastic, index of Splunk, region of an object store.
    pub index: String,
    /// Ticked: wait for Splunk's indexers.
    pub acknowledged: Vec<String>,
    /// Feed word.
    pub stream: String,
    /// Filter: one `name=words` a line.
    pub filter: String,
    /// Format word.
    pub format: String,
    /// Ticked: begin with what comes from now on.
    pub from_now: Vec<String>,
}
