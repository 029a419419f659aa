//! Destinations: where rows of the feeds are pushed to, at least once and in order, from a place of their own that moves
//! only when the receiver has acknowledged.

mod deliver;

use contract::destinations::{
    DeadLetter, DestinationForm, DestinationInput, DestinationKind, DestinationList,
    DestinationRow, DestinationState, DestinationView,
};
use contract::feed::{FeedFormat, FeedStream};
use contract::ids::DestinationId;
use contract::{FieldError, Page};
use domain::access::Access;
use domain::delivery;
use domain::feed::Selection;
use domain::push::s3::Signer;
use store::destinations::Kept;

use crate::keyfile::{failed, load_or_make};
use crate::op::Done;
use crate::{Error, Op, Result};

pub use deliver::{Delivered, deliver, due};

/// Name of the key's file in the key folder.
const FILE: &str = "destinations.key";

/// Every destination, with its lag.
///
/// # Errors
/// When the actor may not.
pub async fn list(op: &Op) -> Result<Vec<DestinationRow>> {
    op.require(Access::ViewDestinations)?;
    let mut conn = op.db().acquire().await?;
    let kept = store::destinations::list(&mut conn, None, op.now).await?;
    Ok(kept.into_iter().map(|kept| kept.row).collect())
}

/// One destination.
///
/// # Errors
/// When the actor may not, or there is none.
pub async fn view(op: &Op, id: DestinationId) -> Result<DestinationRow> {
    op.require(Access::ViewDestinations)?;
    let mut conn = op.db().acquire().await?;
    Ok(one(op, &mut conn, id).await?.row)
}

async fn one(op: &Op, conn: &mut store::Conn, id: DestinationId) -> Result<Kept> {
    let mut kept = store::destinations::list(conn, Some(id), op.now).await?;
    kept.pop().ok_or(Error::NotFound("destination"))
}

/// Every destination, and whether the actor may change them.
///
/// # Errors
/// When the actor may not.
pub async fn overview(op: &Op) -> Result<DestinationList> {
    op.require(Access::ViewDestinations)?;
    Ok(DestinationList {
        rows: list(op).await?,
        may_manage: op.require(Access::ManageDestinations).is_ok(),
        now: op.now,
    })
}

/// Rows of a page of what would not be taken.
const PAGE: i64 = 50;

/// One destination with the next rows it would not take.
///
/// # Errors
/// When the actor may not, there is none, or the cursor is not one of ours.
pub async fn whole(op: &Op, id: DestinationId, after: Option<&str>) -> Result<DestinationView> {
    op.require(Access::ViewDestinations)?;
    Ok(DestinationView {
        row: view(op, id).await?,
        letters: dead_letters(op, id, after, PAGE).await?,
        may_manage: op.require(Access::ManageDestinations).is_ok(),
        now: op.now,
    })
}

/// Rows it would not take, in order of position.
///
/// # Errors
/// When the actor may not, or the cursor is not one of ours.
pub async fn dead_letters(
    op: &Op,
    id: DestinationId,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<DeadLetter>> {
    op.require(Access::ViewDestinations)?;
    let unknown = |_| Error::field("after", "is no cursor of this list");
    let after: i64 = after.map_or(Ok(0), str::parse).map_err(unknown)?;
    let mut conn = op.db().acquire().await?;
    one(op, &mut conn, id).await?;
    let mut rows = store::destinations::aside(&mut conn, id, after, limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| row.position.to_string());
    Ok(Page {
        rows,
        next,
        total: None,
    })
}

/// Makes a destination; it is sent to from the next tick on.
///
/// # Errors
/// When the actor may not, a field is wrong, or the name is taken.
pub async fn create(op: &Op, input: &DestinationInput) -> Result<DestinationRow> {
    op.require(Access::ManageDestinations)?;
    let mut row = judge(op, input)?;
    let sealed = match input.secret.trim() {
        "" => None,
        secret => Some(delivery::seal(
            &key(op)?,
            &row.id.to_string(),
            op.random::<12>(),
            secret,
        )),
    };
    let mut tx = op.db().begin().await?;
    let head = store::feed::head(&mut tx, row.stream).await?;
    row.position = if input.from_now {
        head.position
    } else {
        head.earliest - 1
    };
    let kept = Kept {
        row: row.clone(),
        sealed,
        epoch: head.epoch,
        outrun: false,
    };
    match store::destinations::insert(&mut tx, &kept).await {
        Err(store::Error::Constraint(name)) if name == "destinations_name_key" => {
            return Err(Error::field("name", "Another destination has this name."));
        }
        inserted => inserted?,
    }
    let summary = format!(
        "Made the destination {}: {} to {}",
        row.name, row.stream, row.address
    );
    let done = Done::new(
        "destination.created",
        "destination",
        &row.id,
        &row.name,
        summary,
    )
    .change("kind", "", row.kind.as_str())
    .change("format", "", row.format.as_str());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(row)
}

/// Makes a destination as a person typed it.
///
/// # Errors
/// As [`create`].
pub async fn create_typed(op: &Op, form: &DestinationForm) -> Result<DestinationRow> {
    op.require(Access::ManageDestinations)?;
    let mut filter = Vec::new();
    for (number, line) in form.filter.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let Some((name, words)) = line.split_once('=') else {
            let words = format!("Line {} is not name=words.", number + 1);
            return Err(Error::field("filter", words));
        };
        filter.push((name.trim().to_owned(), words.trim().to_owned()));
    }
    let input = DestinationInput {
        name: form.name.clone(),
        kind: form.kind.clone(),
        address: form.address.clone(),
        secret: form.secret.clone(),
        index: form.index.clone(),
        acknowledged: !form.acknowledged.is_empty(),
        stream: form.stream.clone(),
        filter,
        format: form.format.clone(),
        from_now: !form.from_now.is_empty(),
    };
    create(op, &input).await
}

/// Every wrong field at once.
fn judge(op: &Op, input: &DestinationInput) -> Result<DestinationRow> {
    let mut wrong = Vec::new();
    let mut note = |field: &str, message: String| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message,
        });
    };
    let word = |text: &str, usual: &str| {
        if text.is_empty() {
            usual.to_owned()
        } else {
            text.to_owned()
        }
    };
    let kind: DestinationKind = input.kind.parse().unwrap_or_else(|_| {
        note(
            "kind",
            "Choose webhook, splunk, elastic, syslog, bucket or folder.".to_owned(),
        );
        DestinationKind::Webhook
    });
    let stream: FeedStream = word(&input.stream, "events").parse().unwrap_or_else(|_| {
        note("stream", "Choose events, findings or activity.".to_owned());
        FeedStream::Events
    });
    let format: FeedFormat = word(&input.format, "native").parse().unwrap_or_else(|_| {
        note("format", format!("{:?} is no format.", input.format));
        FeedFormat::Native
    });
    let name = input.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 {
        note("name", "Say what it is, in 1 to 80 letters.".to_owned());
    }
    let address = input.address.trim().to_owned();
    if let Some(why) = address_wrong(kind, &address) {
        note("address", why.to_owned());
    }
    if matches!(kind, DestinationKind::Webhook | DestinationKind::Splunk)
        && input.secret.trim().len() < 8
    {
        note(
            "secret",
            "Enter the secret it signs with, or the collector's token.".to_owned(),
        );
    }
    if kind == DestinationKind::Elastic && input.index.trim().is_empty() {
        note(
            "index",
            "Name the data stream, such as logs-rollcall-default.".to_owned(),
        );
    }
    if kind == DestinationKind::Bucket && Signer::read(&input.secret, "").is_none() {
        note(
            "secret",
            "Write it as ACCESS-KEY-ID=SECRET-ACCESS-KEY.".to_owned(),
        );
    }
    if let Err((field, message)) = selection(stream, &input.filter) {
        note(&field, message);
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    Ok(DestinationRow {
        id: DestinationId(op.new_id()),
        name,
        kind,
        address,
        index: input.index.trim().to_owned(),
        acknowledged: input.acknowledged,
        stream,
        filter: input.filter.clone(),
        format,
        state: DestinationState::Running,
        position: 0,
        lag: 0,
        sent: 0,
        dead: 0,
        failures: 0,
        retry_at: None,
        trouble: String::new(),
        sent_at: None,
        per_minute: 0,
        created_by: op.actor.identity().2,
        created_at: op.now,
    })
}

fn address_wrong(kind: DestinationKind, address: &str) -> Option<&'static str> {
    let host = || {
        let bare = address.strip_prefix("tls://").unwrap_or(address);
        let (host, port) = bare.rsplit_once(':')?;
        (!host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)).then_some(())
    };
    let plain = |text: &str| {
        !text.is_empty()
            && text.len() <= 64
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    match kind {
        DestinationKind::Syslog if host().is_none() => {
            Some("Write it as host:port, or tls://host:port.")
        }
        DestinationKind::Folder if !plain(address) => {
            Some("Name a folder inside the data directory's exports: letters, digits, dashes.")
        }
        DestinationKind::Bucket
            if address.splitn(5, '/').count() < 4 || address.contains(['?', '%']) =>
        {
            Some("Write it as https://host/bucket, with a prefix if you like.")
        }
        DestinationKind::Webhook
        | DestinationKind::Splunk
        | DestinationKind::Elastic
        | DestinationKind::Bucket
            if !address.starts_with("https://") && !address.starts_with("http://") =>
        {
            Some("Write the whole address, beginning with https://.")
        }
        _ => None,
    }
}

/// A filter as it was written, understood.
fn selection(
    stream: FeedStream,
    filter: &[(String, String)],
) -> std::result::Result<Selection, (String, String)> {
    let mut selection = Selection::all(stream);
    for (name, value) in filter {
        let words: Vec<&str> = value
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .collect();
        match selection.narrow(name, &words) {
            Ok(true) => {}
            Ok(false) => {
                return Err(("filter".to_owned(), format!("There is no filter {name:?}.")));
            }
            Err(word) => {
                return Err((
                    "filter".to_owned(),
                    format!("{name} does not know {word:?}."),
                ));
            }
        }
    }
    Ok(selection)
}

/// Pauses or resumes.
///
/// # Errors
/// When the actor may not, there is none, or it is so already.
pub async fn set_state(op: &Op, id: DestinationId, state: DestinationState) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let mut tx = op.db().begin().await?;
    let kept = one(op, &mut tx, id).await?;
    if kept.row.state == state {
        return Err(Error::Conflict(format!(
            "{} is {state} already.",
            kept.row.name
        )));
    }
    store::destinations::set_state(&mut tx, id, state).await?;
    let (action, word) = match state {
        DestinationState::Running => ("destination.resumed", "Resumed"),
        DestinationState::Paused => ("destination.paused", "Paused"),
    };
    let summary = format!("{word} the destination {}", kept.row.name);
    op.record(
        &mut tx,
        Done::new(action, "destination", &id, kept.row.name, summary),
    )
    .await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// Puts its place back, or on: everything after `position` is sent, again if it was before.
///
/// # Errors
/// When the actor may not, there is none, the name is not repeated, or there is no such place.
pub async fn rewind(op: &Op, id: DestinationId, position: i64, confirm: &str) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let mut tx = op.db().begin().await?;
    let kept = one(op, &mut tx, id).await?;
    if confirm != kept.row.name {
        let words = format!("Repeat its name, {}, to send rows again.", kept.row.name);
        return Err(Error::field("confirm", words));
    }
    let head = store::feed::head(&mut tx, kept.row.stream).await?;
    if !(head.earliest - 1..=head.position).contains(&position) {
        let words = format!("Choose {} to {}.", head.earliest - 1, head.position);
        return Err(Error::field("position", words));
    }
    store::destinations::rewind(&mut tx, id, head.epoch, position).await?;
    let summary = format!(
        "Put the destination {} to position {position}",
        kept.row.name
    );
    let done = Done::new(
        "destination.rewound",
        "destination",
        &id,
        kept.row.name,
        summary,
    )
    .change(
        "position",
        kept.row.position.to_string(),
        position.to_string(),
    );
    op.record(&mut tx, done).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// [`rewind`] to a place as a person types it.
///
/// # Errors
/// As [`rewind`], and when the place is no number.
pub async fn rewind_typed(op: &Op, id: DestinationId, place: &str, confirm: &str) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let position = place
        .trim()
        .parse()
        .map_err(|_| Error::field("position", "Enter a whole number."))?;
    rewind(op, id, position, confirm).await
}

/// Asks for the rows it would not take to be sent again, before anything else; how many.
///
/// # Errors
/// When the actor may not, or there is no such destination.
pub async fn redrive(op: &Op, id: DestinationId) -> Result<i64> {
    op.require(Access::ManageDestinations)?;
    let mut tx = op.db().begin().await?;
    let kept = one(op, &mut tx, id).await?;
    let count = store::destinations::ask_again(&mut tx, id).await?;
    let summary = format!(
        "Asked for {count} rows to be sent again to {}",
        kept.row.name
    );
    let done = Done::new(
        "destination.redriven",
        "destination",
        &id,
        kept.row.name,
        summary,
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(count)
}

/// Removes a destination when its name is repeated.
///
/// # Errors
/// As [`remove`], or when the name is another.
pub async fn remove_confirmed(op: &Op, id: DestinationId, confirm: &str) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let row = one(op, &mut *op.db().acquire().await?, id).await?.row;
    if confirm != row.name {
        let words = format!("Repeat its name, {}, to remove it.", row.name);
        return Err(Error::field("confirm", words));
    }
    remove(op, id).await
}

/// Removes a destination with what it would not take.
///
/// # Errors
/// When the actor may not, or there is none.
pub async fn remove(op: &Op, id: DestinationId) -> Result<()> {
    op.require(Access::ManageDestinations)?;
    let mut tx = op.db().begin().await?;
    let kept = one(op, &mut tx, id).await?;
    store::destinations::remove(&mut tx, id).await?;
    let summary = format!("Removed the destination {}", kept.row.name);
    let done = Done::new(
        "destination.removed",
        "destination",
        &id,
        kept.row.name,
        summary,
    );
    op.record(&mut tx, done).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// The secret, where there is one.
fn secret(op: &Op, kept: &Kept) -> Result<String> {
    let Some(sealed) = &kept.sealed else {
        return Ok(String::new());
    };
    delivery::open(&key(op)?, &kept.row.id.to_string(), sealed).ok_or_else(|| {
        let path = op.settings().key_dir.join(FILE);
        failed(
            &path,
            "a destination's secret was encrypted with another; make the destination again",
        )
    })
}

fn key(op: &Op) -> Result<Vec<u8>> {
    let key = load_or_make(op, FILE, || hex::encode(op.random::<32>()))?;
    hex::decode(key.trim())
        .ok()
        .filter(|key| key.len() == 32)
        .ok_or_else(|| {
            failed(
                &op.settings().key_dir.join(FILE),
                "it is not 64 hexadecimal digits",
            )
        })
}
