//! Sending: one batch of one destination, from its place to what the receiver acknowledged.
//!
//! The destination's row is locked while its batch is on the way, so two senders never send the same; a sender that is
//! killed leaves the place as it was. What comes twice is therefore inside the last batch that was not acknowledged.

use contract::destinations::{DestinationKind, DestinationState};
use contract::ids::DestinationId;
use domain::access::Access;
use domain::push::s3::{self, Signer};
use domain::push::{self, Item, Verdict};
use domain::siem::{Row, syslog};
use store::Tx;
use store::destinations::Kept;
use store::feed::Slice;

use super::make::selection;
use super::{one, secret};
use crate::ports::{Carrier, Reply};
use crate::{Error, Op, Result};

/// Times the indexers are asked whether they have it.
const ASKED: usize = 10;

/// What became of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// Another sender has it, or it is gone.
    Elsewhere,
    /// Nothing was there to send.
    Nothing,
    /// So many rows were acknowledged or set aside, or none was found so far; more may be there.
    Rows(usize),
    /// It failed; it is tried again later.
    Later(String),
}

/// Destinations whose turn it is.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due(op: &Op) -> Result<Vec<DestinationId>> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::destinations::due(&mut conn, op.now).await?)
}

/// How far a batch came.
#[derive(Debug, Default)]
struct Progress {
    /// Last position that is done with.
    position: Option<i64>,
    sent: i64,
    aside: Vec<(i64, String)>,
    /// Why it went no further: seconds asked for, and what was said.
    stopped: Option<(Option<i64>, String)>,
}

/// Sends the next batch of a destination.
///
/// # Errors
/// When the database does not do its part; nothing is noted then, and the batch comes again.
pub async fn deliver(op: &Op, carrier: &dyn Carrier, id: DestinationId) -> Result<Delivered> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    if !store::destinations::claim(&mut tx, id).await? {
        return Ok(Delivered::Elsewhere);
    }
    let kept = one(op, &mut tx, id).await?;
    if kept.row.state == DestinationState::Paused {
        return Ok(Delivered::Nothing);
    }
    let head = store::feed::head(&mut tx, kept.row.stream).await?;
    let stopped = if head.epoch != kept.epoch {
        Some("the database was restored: rewind the destination to where it shall go on")
    } else if kept.outrun || kept.row.position + 1 < head.earliest {
        Some("rows it has not sent are past their retention: rewind it to where it shall go on")
    } else {
        None
    };
    if let Some(why) = stopped {
        return later(op, tx, &kept, None, why.to_owned()).await;
    }
    let limit = push::batch(kept.row.failures);
    let again = store::destinations::again(&mut tx, id, limit).await?;
    if !again.is_empty() {
        return send_again(op, carrier, tx, &kept, &again).await;
    }
    let after = kept.row.position;
    let last = after.saturating_add(op.settings().feed_places);
    let rows = read(&mut tx, &kept, (after, last), limit).await?;
    let looked = last.min(head.position);
    if rows.is_empty() {
        if after >= looked {
            return Ok(Delivered::Nothing);
        }
        // Nothing of its filter up to here: it need not be looked through again.
        store::destinations::advance(&mut tx, id, looked, 0, op.now).await?;
        tx.commit().await.map_err(store::Error::from)?;
        let more = looked < head.position;
        return Ok(if more {
            Delivered::Rows(0)
        } else {
            Delivered::Nothing
        });
    }
    let mut progress = send(op, carrier, &kept, &rows).await?;
    if i64::try_from(rows.len()).is_ok_and(|rows| rows < limit) && progress.stopped.is_none() {
        // After these, nothing more of its filter up to there.
        progress.position = progress.position.max(Some(looked));
    }
    finish(op, tx, &kept, progress).await
}

/// Rows after one position and up to another.
async fn read(tx: &mut Tx, kept: &Kept, (after, last): (i64, i64), limit: i64) -> Result<Vec<Row>> {
    let filter = selection(kept.row.stream, &kept.row.filter)
        .map_err(|(_, why)| Error::Internal(format!("a destination's filter: {why}")))?;
    let slice = Slice {
        after,
        last,
        since: None,
        until: None,
        limit,
        raw: false,
    };
    crate::feed::rows(tx, &slice, &filter).await
}

/// Sends rows that were set aside; its place stays where it is.
async fn send_again(
    op: &Op,
    carrier: &dyn Carrier,
    mut tx: Tx,
    kept: &Kept,
    positions: &[i64],
) -> Result<Delivered> {
    let id = kept.row.id;
    let mut rows = Vec::new();
    let mut gone = Vec::new();
    for position in positions {
        let found = read(&mut tx, kept, (position - 1, *position), 1).await?;
        match found.into_iter().next() {
            Some(row) => rows.push(row),
            None => gone.push((*position, "the row is past its retention".to_owned())),
        }
    }
    let progress = send(op, carrier, kept, &rows).await?;
    let aside: Vec<i64> = progress
        .aside
        .iter()
        .map(|(position, _)| *position)
        .collect();
    let taken: Vec<i64> = rows
        .iter()
        .map(Row::position)
        .filter(|position| progress.position.is_some_and(|last| *position <= last))
        .filter(|position| !aside.contains(position))
        .collect();
    let done = taken.len() + aside.len() + gone.len();
    store::destinations::take_back(&mut tx, id, &taken).await?;
    gone.extend(progress.aside);
    store::destinations::set_aside(&mut tx, id, &gone, op.now).await?;
    if let Some((asked, why)) = progress.stopped {
        return later(op, tx, kept, asked, why).await;
    }
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Delivered::Rows(done))
}

async fn finish(op: &Op, mut tx: Tx, kept: &Kept, progress: Progress) -> Result<Delivered> {
    let id = kept.row.id;
    let done = usize::try_from(progress.sent).unwrap_or(0) + progress.aside.len();
    if !progress.aside.is_empty() {
        store::destinations::set_aside(&mut tx, id, &progress.aside, op.now).await?;
    }
    if let Some(position) = progress.position {
        store::destinations::advance(&mut tx, id, position, progress.sent, op.now).await?;
    }
    if let Some((asked, why)) = progress.stopped {
        return later(op, tx, kept, asked, why).await;
    }
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Delivered::Rows(done))
}

async fn later(
    op: &Op,
    mut tx: Tx,
    kept: &Kept,
    asked: Option<i64>,
    why: String,
) -> Result<Delivered> {
    let [chance] = op.random::<1>();
    let at = op.now + push::wait(kept.row.failures, asked, chance);
    store::destinations::fail(&mut tx, kept.row.id, &why, at).await?;
    tx.commit().await.map_err(store::Error::from)?;
    tracing::warn!(
        destination = kept.row.name,
        why,
        "a destination did not take its rows"
    );
    Ok(Delivered::Later(why))
}

/// Sends rows in order. A batch that is refused as a whole is halved until the row is found that it is about.
async fn send(op: &Op, carrier: &dyn Carrier, kept: &Kept, rows: &[Row]) -> Result<Progress> {
    let secret = secret(op, kept)?;
    let mut progress = Progress::default();
    let mut waiting = push::together(kept.row.kind, rows);
    waiting.reverse();
    while let Some(rows) = waiting.pop() {
        if rows.is_empty() {
            continue;
        }
        match carry(op, carrier, kept, &secret, rows).await {
            Verdict::Taken => progress.taken(rows),
            Verdict::Again(asked, why) => {
                progress.stopped = Some((asked, why));
                break;
            }
            Verdict::Refused(why) => match rows {
                [row] => progress.refused(row, why),
                rows => {
                    let (first, second) = rows.split_at(rows.len() / 2);
                    waiting.extend([second, first]);
                }
            },
            Verdict::Each(items) => {
                if !progress.each(rows, items) {
                    break;
                }
            }
        }
    }
    Ok(progress)
}

impl Progress {
    fn taken(&mut self, rows: &[Row]) {
        self.sent += i64::try_from(rows.len()).unwrap_or(0);
        self.position = rows.last().map(Row::position).or(self.position);
    }

    fn refused(&mut self, row: &Row, why: String) {
        self.aside.push((row.position(), why));
        self.position = Some(row.position());
    }

    /// In order, up to the first that must come again; whether there was none.
    fn each(&mut self, rows: &[Row], items: Vec<Item>) -> bool {
        if items.len() != rows.len() {
            self.stopped = Some((
                None,
                "the answer tells of another number of rows".to_owned(),
            ));
            return false;
        }
        for (row, item) in rows.iter().zip(items) {
            match item {
                Item::Taken => self.taken(std::slice::from_ref(row)),
                Item::Refused(why) => self.refused(row, why),
                Item::Again(why) => {
                    self.stopped = Some((None, why));
                    return false;
                }
            }
        }
        true
    }
}

/// Sends one batch and reads the answer.
async fn carry(op: &Op, carrier: &dyn Carrier, kept: &Kept, secret: &str, rows: &[Row]) -> Verdict {
    let row = &kept.row;
    let sent = match row.kind {
        DestinationKind::Webhook => {
            let body = push::webhook(rows, row.format, row.stream, op.now);
            let id = push::batch_id(row.id.0, rows);
            let at = op.now.timestamp();
            let headers = vec![
                ("content-type", "application/json".to_owned()),
                ("webhook-signature", push::signature(secret, &id, at, &body)),
                ("webhook-timestamp", at.to_string()),
                ("webhook-id", id),
            ];
            carrier.post(&row.address, headers, body).await
        }
        DestinationKind::Splunk => return splunk(carrier, kept, secret, rows).await,
        DestinationKind::Elastic => {
            let mut headers = vec![("content-type", "application/x-ndjson".to_owned())];
            if !secret.is_empty() {
                headers.push(("authorization", format!("ApiKey {secret}")));
            }
            let url = format!("{}/_bulk", row.address.trim_end_matches('/'));
            carrier
                .post(&url, headers, push::elastic(rows, row.format, &row.index))
                .await
        }
        DestinationKind::Syslog => {
            let mut body = Vec::new();
            for one in rows {
                syslog::frame(one, row.format, "rollcall", &mut body);
            }
            return written(carrier.stream(&row.address, body).await);
        }
        DestinationKind::Folder => {
            let name = object(kept, rows);
            let body = push::compressed(rows, row.format);
            return written(carrier.file(&row.address, name, body).await);
        }
        DestinationKind::Bucket => {
            let url = format!(
                "{}/{}",
                row.address.trim_end_matches('/'),
                object(kept, rows)
            );
            let body = push::compressed(rows, row.format);
            match Signer::read(secret, &row.index).zip(apart(&url)) {
                None => Err("the secret is not KEY=SECRET, or the address is none".to_owned()),
                Some((signer, (host, path))) => {
                    let kind = [("content-type", "application/gzip".to_owned())];
                    let headers = signer.put(host, path, &body, &kind, op.now);
                    carrier.put(&url, headers, body).await
                }
            }
        }
    };
    answered(row.kind, sent)
}

/// The name of the file that holds these rows: the same whenever the same rows are sent.
fn object(kept: &Kept, rows: &[Row]) -> String {
    let ends = [rows.first(), rows.last()].map(|row| row.map_or(0, Row::position));
    let hour = rows.first().map(Row::published).unwrap_or_default();
    s3::name(kept.row.stream.as_str(), hour, ends[0], ends[1])
}

/// Host and path of an address, as they are signed.
fn apart(url: &str) -> Option<(&str, &str)> {
    let rest = url.split_once("://")?.1;
    let slash = rest.find('/')?;
    Some(rest.split_at(slash))
}

fn answered(kind: DestinationKind, sent: std::result::Result<Reply, String>) -> Verdict {
    match sent {
        Ok(reply) => push::judge(kind, reply.status, reply.retry_after, &reply.body),
        Err(why) => Verdict::Again(None, why),
    }
}

fn written(sent: std::result::Result<(), String>) -> Verdict {
    match sent {
        Ok(()) => Verdict::Taken,
        Err(why) => Verdict::Again(None, why),
    }
}

/// Splunk: taken by the collector; with acknowledgement, only when the indexers have it.
async fn splunk(carrier: &dyn Carrier, kept: &Kept, secret: &str, rows: &[Row]) -> Verdict {
    let row = &kept.row;
    let base = row.address.trim_end_matches('/');
    let channel = row.id.to_string();
    let headers = || {
        vec![
            ("authorization", format!("Splunk {secret}")),
            ("content-type", "application/json".to_owned()),
            ("x-splunk-request-channel", channel.clone()),
        ]
    };
    let url = format!("{base}/services/collector/event");
    let body = push::splunk(rows, row.format, row.stream, &row.index);
    let reply = match carrier.post(&url, headers(), body).await {
        Ok(reply) => reply,
        Err(why) => return Verdict::Again(None, why),
    };
    let verdict = push::judge(row.kind, reply.status, reply.retry_after, &reply.body);
    let number = serde_json::from_slice::<serde_json::Value>(&reply.body)
        .ok()
        .and_then(|answer| answer.get("ackId")?.as_i64());
    if verdict != Verdict::Taken || !row.acknowledged {
        return verdict;
    }
    let Some(number) = number else {
        return Verdict::Again(
            None,
            "the collector gives no ackId: switch indexer acknowledgement on".to_owned(),
        );
    };
    let url = format!("{base}/services/collector/ack?channel={channel}");
    for _ in 0..ASKED {
        let ask = serde_json::json!({ "acks": [number] })
            .to_string()
            .into_bytes();
        if let Ok(reply) = carrier.post(&url, headers(), ask).await {
            let answer: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            if answer["acks"][number.to_string()] == serde_json::Value::Bool(true) {
                return Verdict::Taken;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    Verdict::Again(
        None,
        "the indexers have not acknowledged in time".to_owned(),
    )
}
