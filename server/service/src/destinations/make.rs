//! Making a destination: what was typed or sent, judged whole, and saved with its secret encrypted.

use contract::FieldError;
use contract::destinations::{
    DestinationForm, DestinationInput, DestinationKind, DestinationRow, DestinationState,
};
use contract::feed::{FeedFormat, FeedStream};
use contract::ids::DestinationId;
use domain::access::Access;
use domain::delivery;
use domain::feed::Selection;
use domain::push::s3::Signer;
use store::destinations::Kept;

use super::KEY;
use crate::op::Done;
use crate::{Error, Op, Result};

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
            KEY.key(op)?.bytes(),
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
pub(super) fn selection(
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
