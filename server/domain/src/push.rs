//! What is pushed to a destination: the body its receiver reads, and what the receiver's answer means.
//!
//! Pure: no socket and no clock. One file, because every receiver is a body and a reading of its answer.

pub mod s3;

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use contract::destinations::DestinationKind;
use contract::feed::{FeedFormat, FeedStream};
use flate2::Compression;
use flate2::write::GzEncoder;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::siem::{Row, Written};

/// Longest wait between two attempts, in seconds.
const LONGEST: i64 = 300;
/// Failures in a row after which only one row is tried: the circuit is open.
const OPEN: i32 = 5;
/// Rows of a batch.
const BATCH: i64 = 500;
/// Longest that is kept of what a receiver says.
const SAID: usize = 300;

/// What a receiver's answer means for a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every row was taken.
    Taken,
    /// Try again: seconds it asks for, and what it said.
    Again(Option<i64>, String),
    /// It will not take this batch as it is.
    Refused(String),
    /// By row, in order.
    Each(Vec<Item>),
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// It was taken, or was there already.
    Taken,
    /// Try again.
    Again(String),
    /// It will never be taken.
    Refused(String),
}

/// Rows tried at once: one while the circuit is open.
pub fn batch(failures: i32) -> i64 {
    if failures >= OPEN { 1 } else { BATCH }
}

/// How long to wait after so many failures in a row: doubling up to five minutes, each between half and the whole of it
/// so that many senders do not come at once. What the receiver asks for is waited at least, up to an hour.
pub fn wait(failures: i32, asked: Option<i64>, chance: u8) -> TimeDelta {
    let doubled = 1_i64 << failures.clamp(0, 16);
    let half = doubled.min(LONGEST) * 500;
    let waited = TimeDelta::milliseconds(half + half * i64::from(chance) / 255);
    let asked = TimeDelta::seconds(asked.unwrap_or(0).clamp(0, 3_600));
    waited.max(asked)
}

/// A webhook's body: a batch of rows of one feed.
pub fn webhook(rows: &[Row], format: FeedFormat, stream: FeedStream, at: DateTime<Utc>) -> Vec<u8> {
    let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let mut body =
        format!("{{\"type\":\"rollcall.{stream}\",\"timestamp\":\"{at}\",\"data\":[").into_bytes();
    for (place, row) in rows.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        row.json(format, &mut body);
    }
    body.extend_from_slice(b"]}");
    body
}

/// The id of a batch: the same whenever the same rows are sent to the same destination.
pub fn batch_id(destination: uuid::Uuid, rows: &[Row]) -> String {
    let ends = [rows.first(), rows.last()].map(|row| row.map_or(0, Row::position));
    let text = format!("{}:{}", ends[0], ends[1]);
    format!(
        "msg_{}",
        uuid::Uuid::new_v5(&destination, text.as_bytes()).simple()
    )
}

/// `webhook-signature` of Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. A secret that
/// begins with `whsec_` is base64 after it. <https://www.standardwebhooks.com/>
pub fn signature(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
    let key = secret
        .strip_prefix("whsec_")
        .and_then(|text| STANDARD.decode(text).ok())
        .unwrap_or_else(|| secret.as_bytes().to_vec());
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&key)
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// Splunk's body: objects one after another, neither an array nor commas between them; `time` in seconds.
/// <https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector>
pub fn splunk(rows: &[Row], format: FeedFormat, stream: FeedStream, index: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for row in rows {
        let millis = row.happened().timestamp_millis();
        let mut event = json!({
            "time": format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000)),
            "host": "rollcall", "source": format!("rollcall:{stream}"), "sourcetype": format!("rollcall:{format}"),
            "event": match row.write(format) {
                Written::Json(value) => value,
                Written::Text(text) => Value::String(text),
            },
            "fields": { "rollcall_id": row.id(), "rollcall_pos": row.position() },
        });
        if !index.is_empty() {
            event["index"] = json!(index);
        }
        drop(serde_json::to_writer(&mut body, &event));
        body.push(b'\n');
    }
    body
}

/// Elastic's bulk body: `create` with our id, so that a row that is there already is a conflict and no second row.
/// <https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk>
pub fn elastic(rows: &[Row], format: FeedFormat, index: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for row in rows {
        let action = json!({ "create": { "_index": index, "_id": row.id() } });
        drop(serde_json::to_writer(&mut body, &action));
        body.push(b'\n');
        let document = match row.write(format) {
            Written::Json(mut document) => {
                // A data stream needs a time.
                if document.get("@timestamp").is_none() {
                    document["@timestamp"] =
                        json!(row.happened().to_rfc3339_opts(SecondsFormat::Millis, true));
                }
                document
            }
            Written::Text(text) => json!({
                "@timestamp": row.happened().to_rfc3339_opts(SecondsFormat::Millis, true), "message": text,
            }),
        };
        drop(serde_json::to_writer(&mut body, &document));
        body.push(b'\n');
    }
    body
}

/// Lines of a file.
pub fn lines(rows: &[Row], format: FeedFormat) -> Vec<u8> {
    let mut body = Vec::new();
    for row in rows {
        row.line(format, &mut body);
        body.push(b'\n');
    }
    body
}

/// The same, compressed with gzip. No time is written into it: the same rows are the same bytes.
pub fn compressed(rows: &[Row], format: FeedFormat) -> Vec<u8> {
    let mut file = GzEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    drop(file.write_all(&lines(rows, format)));
    file.finish().unwrap_or_default()
}

/// Rows as they go out together: files hold the rows of one hour, everything else takes a batch as it is.
pub fn together(kind: DestinationKind, rows: &[Row]) -> Vec<&[Row]> {
    if !matches!(kind, DestinationKind::Bucket | DestinationKind::Folder) {
        return vec![rows];
    }
    let hour = |row: &Row| row.published().timestamp().div_euclid(3_600);
    rows.chunk_by(|a, b| hour(a) == hour(b)).collect()
}

/// What an answer by HTTP means.
pub fn judge(kind: DestinationKind, status: u16, retry_after: Option<i64>, body: &[u8]) -> Verdict {
    let said = || {
        let text = String::from_utf8_lossy(body);
        let text: String = text
            .chars()
            .filter(|c| !c.is_control())
            .take(SAID)
            .collect();
        format!("{status} {text}").trim().to_owned()
    };
    match status {
        200..=299 if kind == DestinationKind::Elastic => each(body),
        200..=299 if kind == DestinationKind::Splunk => collected(body).unwrap_or(Verdict::Taken),
        200..=299 => Verdict::Taken,
        // A file that is refused is refused for where it goes, never for a row of it.
        400..=499 if kind == DestinationKind::Bucket => Verdict::Again(retry_after, said()),
        // What is wrong with the body, not with the address, the secret or the hour.
        400 | 413 | 415 | 422 if splunk_says_later(kind, body) => {
            Verdict::Again(retry_after, said())
        }
        400 | 413 | 415 | 422 => Verdict::Refused(said()),
        _ => Verdict::Again(retry_after, said()),
    }
}

/// Splunk's code 0 is success; it answers others with a 200 too.
fn collected(body: &[u8]) -> Option<Verdict> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let code = answer.get("code")?.as_i64()?;
    (code != 0).then(|| Verdict::Again(None, answer.to_string().chars().take(SAID).collect()))
}

/// Codes of a 400 that are no fault of the body: disabled, no token, wrong channel, incorrect index.
fn splunk_says_later(kind: DestinationKind, body: &[u8]) -> bool {
    let code = serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|answer| answer.get("code")?.as_i64());
    kind == DestinationKind::Splunk && code.is_some_and(|code| matches!(code, 1..=4 | 7 | 9..=11))
}

/// Item by item: 201 is new, 409 was there already, 429 and 5xx come again, everything else never will.
fn each(body: &[u8]) -> Verdict {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return Verdict::Again(None, "the answer is no JSON".to_owned());
    };
    if answer["errors"] == Value::Bool(false) {
        return Verdict::Taken;
    }
    let Some(items) = answer["items"].as_array() else {
        return Verdict::Again(None, "the answer has no items".to_owned());
    };
    let item = |item: &Value| {
        let done = &item["create"];
        let said = || {
            done["error"]
                .to_string()
                .chars()
                .take(SAID)
                .collect::<String>()
        };
        match done["status"].as_u64() {
            Some(200..=299 | 409) => Item::Taken,
            Some(429 | 500..) | None => Item::Again(said()),
            Some(_) => Item::Refused(said()),
        }
    };
    Verdict::Each(items.iter().map(item).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes() {
        assert_eq!(wait(0, None, 255), TimeDelta::seconds(1));
        assert_eq!(wait(3, None, 255), TimeDelta::seconds(8));
        assert_eq!(wait(3, None, 0), TimeDelta::seconds(4));
        assert_eq!(wait(60, None, 255), TimeDelta::seconds(300));
        assert_eq!(wait(0, Some(120), 0), TimeDelta::seconds(120));
        assert_eq!(wait(0, Some(1_000_000), 0), TimeDelta::hours(1));
        assert_eq!((batch(0), batch(5)), (500, 1));
    }

    #[test]
    fn a_signature_is_that_of_the_standard() {
        // The example of the specification.
        let sent = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            b"{\"test\": 2432232314}",
        );
        assert_eq!(sent, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn answers_are_read_as_their_receivers_mean_them() {
        use DestinationKind::{Elastic, Splunk, Webhook};
        assert_eq!(judge(Webhook, 204, None, b""), Verdict::Taken);
        assert!(
            matches!(judge(Webhook, 400, None, b"no"), Verdict::Refused(said) if said == "400 no")
        );
        assert!(matches!(
            judge(DestinationKind::Bucket, 400, None, b""),
            Verdict::Again(..)
        ));
        for later in [401, 403, 404, 408, 429, 500, 503] {
            assert!(
                matches!(
                    judge(Webhook, later, Some(7), b""),
                    Verdict::Again(Some(7), _)
                ),
                "{later}"
            );
        }
        assert_eq!(
            judge(Splunk, 200, None, br#"{"text":"Success","code":0}"#),
            Verdict::Taken
        );
        assert!(matches!(
            judge(Splunk, 400, None, br#"{"code":7}"#),
            Verdict::Again(..)
        ));
        assert!(matches!(
            judge(Splunk, 400, None, br#"{"code":6}"#),
            Verdict::Refused(_)
        ));
        let mixed =
            br#"{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":409}},
            {"create":{"status":400,"error":{"type":"mapper"}}},{"create":{"status":429}}]}"#;
        let Verdict::Each(items) = judge(Elastic, 200, None, mixed) else {
            panic!("by item")
        };
        assert_eq!(items[..2], [Item::Taken, Item::Taken]);
        assert!(matches!(&items[2], Item::Refused(said) if said.contains("mapper")));
        assert!(matches!(&items[3], Item::Again(_)));
        assert_eq!(
            judge(Elastic, 200, None, br#"{"errors":false}"#),
            Verdict::Taken
        );
    }
}
