//! Rollcall's own canonical JSON: the fields of [`Event`] by their serialised names, for whoever has no native format.
//!
//! `action` and `occurred_at` must be there. `kind` defaults to `other`, `outcome` to `unknown`; without a
//! `vendor_id` (or `id`) one is derived. Unknown fields are kept in the raw record.

use contract::events::{EventFormat, EventKind, IdKind, Outcome};

use super::{Hints, Reject, id};
use crate::event::json::Value;
use crate::event::read::{self, MAX_FIELD};
use crate::event::{ActorNature, Event, selectors};

/// Whether the record looks like canonical JSON.
pub(super) fn detect(record: &Value<'_>) -> bool {
    record.get("occurred_at").is_some()
        && (record.get("action").is_some() || record.get("kind").is_some())
}

/// Reads a record.
pub(super) fn read(record: &Value<'_>, _: &Hints<'_>) -> Result<Event, Reject> {
    let kind = word(record, "kind")?.unwrap_or(EventKind::Other);
    let outcome = word(record, "outcome")?.unwrap_or(Outcome::Unknown);
    let action = text(record, "action")?.ok_or(Reject::Missing("action"))?;
    let occurred_at = super::first_time(record, &["occurred_at"], &Hints::default())?;
    let vendor = match text(record, "vendor_id")? {
        Some(vendor) => Some(vendor),
        None => text(record, "id")?,
    };
    let mut id = id(record, vendor);
    if word::<IdKind>(record, "id_kind")? == Some(IdKind::Derived) {
        id.0 = IdKind::Derived;
    }
    let mut event = Event::new(EventFormat::Rollcall, action, occurred_at, id);
    event.kind = kind;
    event.outcome = outcome;
    event.actor = text(record, "actor")?;
    event.issuer = text(record, "issuer")?;
    event.subject = text(record, "subject")?;
    event.principal = text(record, "principal")?;
    event.role = text(record, "role")?;
    event.repository = text(record, "repository")?;
    event.git_ref = text(record, "ref")?;
    event.commit = text(record, "commit")?;
    event.run_id = text(record, "run_id")?;
    event.environment = text(record, "environment")?;
    event.target = text(record, "target")?;
    event.source_ip = text(record, "source_ip")?;
    event.joins.agent = text(record, "user_agent")?;
    event.joins.ticket = text(record, "ticket")?;
    event.joins.reason = text(record, "reason")?;
    event.joins.actor_nature = nature(&event);
    selectors::apply_subject(&mut event);
    Ok(event)
}

/// A pipeline where a token, a run or a repository says so; a program where only a cloud principal does.
fn nature(event: &Event) -> ActorNature {
    if event.subject.is_some() && event.issuer.is_some()
        || event.run_id.is_some() && event.repository.is_some()
    {
        ActorNature::Pipeline
    } else if event
        .principal
        .as_deref()
        .is_some_and(|principal| principal.contains(":assumed-role/"))
    {
        ActorNature::Program
    } else {
        ActorNature::Unknown
    }
}

fn text(record: &Value<'_>, field: &'static str) -> Result<Option<String>, Reject> {
    match record.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() > MAX_FIELD => Err(Reject::field(
            field,
            format!(
                "is {} bytes long; at most {MAX_FIELD} are taken",
                text.len()
            ),
        )),
        Some(value @ (Value::String(_) | Value::Number(_))) => Ok(read::scalar(value)),
        Some(_) => Err(Reject::field(field, "must be text")),
    }
}

fn word<T: std::str::FromStr + Words>(
    record: &Value<'_>,
    field: &'static str,
) -> Result<Option<T>, Reject> {
    let Some(text) = text(record, field)? else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        Reject::field(
            field,
            format!("`{}` is not one of {}", cut(&text), T::words()),
        )
    })
}

fn cut(text: &str) -> &str {
    &text[..text.char_indices().nth(40).map_or(text.len(), |(at, _)| at)]
}

/// The words an enum knows, for the message.
trait Words {
    fn words() -> String;
}

impl Words for EventKind {
    fn words() -> String {
        Self::ALL
            .iter()
            .map(|word| word.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Words for Outcome {
    fn words() -> String {
        Self::ALL
            .iter()
            .map(|word| word.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Words for IdKind {
    fn words() -> String {
        Self::ALL
            .iter()
            .map(|word| word.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }
}
