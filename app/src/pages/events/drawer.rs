//! One event beside the list: when, from where, whose and why, and the record as it was received.

use chrono::{DateTime, Utc};
use contract::events::EventView;
use leptos::prelude::*;

use super::address::Asked;
use super::rows::outcome;
use crate::components::{
    ButtonLink, CodeView, Drawer, Icon, KeyValue, KeyValues, Language, Mid, Reason, Reasons, Said,
    Unknown, When,
};
use crate::format;
use crate::paths;

/// What stands instead of a secret.
const REDACTED: &str = "[redacted]";

/// Fields that are said elsewhere in the drawer.
const SAID: &[&str] = &["kind", "outcome", "occurred_at", "source_ip", "format"];

/// Fields one can search by: what the explorer's words are looked for in. The issuer is none of them: every word of a
/// platform's name would find all that came from there.
const SEARCHED: &[&str] = &[
    "action",
    "actor",
    "subject",
    "principal",
    "target",
    "role",
    "repository",
    "ref",
    "commit",
    "run id",
    "vendor id",
];

/// Draws the drawer.
pub(super) fn drawer(asked: &Asked, event: &EventView, now: DateTime<Utc>) -> AnyView {
    let close = asked.clone().open(None).to_string();
    let row = event.row.clone();
    let story = event.run.as_ref().map(|(repository, run)| {
        let href = paths::run(repository, run);
        view! { <p class="btn-row"><ButtonLink href small=true>"Its run as one story"</ButtonLink></p> }
    });
    let mark: Vec<String> = event
        .matched
        .iter()
        .map(|matched| matched.1.clone())
        .chain(row.subject.clone())
        .collect();
    let hidden = i64::try_from(event.raw.matches(REDACTED).count()).unwrap_or_default();
    let size = format::bytes(u64::try_from(event.raw.len()).unwrap_or(u64::MAX));
    let note = if hidden == 0 {
        size
    } else {
        format!("{size}, {} redacted", format::count(hidden, "field"))
    };
    let of_kind = find("kind", paths::events_where("kind", row.kind));
    let (facts, why, fields, code) = (
        facts(event, now),
        why(event),
        fields(event),
        event.raw.clone(),
    );
    view! {
        <Drawer id="event" title=row.sentence close>
            <div class="row">
                {outcome(row.outcome)}
                <span class="muted small">{format!("{}, {}", row.kind.label(), row.action)}</span>
                {of_kind}
            </div>
            {facts}
            {story}
            <h3>"Why this identity?"</h3>
            {why}
            <h3>"As read"</h3>
            {fields}
            <h3>"As received"</h3>
            <CodeView id="raw" code language=Language::Json note mark/>
        </Drawer>
    }
    .into_any()
}

fn facts(event: &EventView, now: DateTime<Utc>) -> AnyView {
    let row = event.row.clone();
    let late = format!(
        " {} later",
        format::span((row.received_at - row.occurred_at).num_seconds().max(0))
    );
    let published = match (row.published_at, row.position) {
        (Some(at), Some(position)) => {
            let place = format!(" place {} in the feed", format::number(position));
            view! { <When at now said=Said::Exact/><span class="faint">{place}</span> }.into_any()
        }
        _ => view! { <span class="faint">"waiting for its place in the feed"</span> }.into_any(),
    };
    let from = match row.source_ip {
        Some(address) => {
            let pivot = find("address", paths::events_with(&address));
            view! { <code>{address}</code>{pivot} }.into_any()
        }
        None => {
            view! { <Unknown hint="The source does not say where calls come from"/> }.into_any()
        }
    };
    let environment = match row.environment {
        Some(environment) => {
            let pivot = find(
                "environment",
                paths::events_where("environment", environment),
            );
            view! { {environment.label()}{pivot} }.into_any()
        }
        None => view! { <Unknown hint="The record names no environment"/> }.into_any(),
    };
    let source = paths::source(&row.source.0);
    let of_source = find("source", paths::events_where("source", &row.source.0));
    let format = row.format.label();
    let format = (format != row.source.1).then(|| format!(" {format}"));
    view! {
        <div class="after">
            <KeyValues>
                <KeyValue label="Happened"><When at=row.occurred_at now said=Said::Exact/></KeyValue>
                <KeyValue label="Received">
                    <When at=row.received_at now said=Said::Exact/>
                    <span class="faint">{late}</span>
                </KeyValue>
                <KeyValue label="Published">{published}</KeyValue>
                <KeyValue label="From">{from}</KeyValue>
                <KeyValue label="Environment">{environment}</KeyValue>
                <KeyValue label="Source"><a href=source>{row.source.1}</a><span class="faint">{format}</span>{of_source}</KeyValue>
            </KeyValues>
        </div>
    }
    .into_any()
}

fn why(event: &EventView) -> AnyView {
    let Some((id, name)) = event.row.identity.clone() else {
        return view! {
            <Reasons>
                <Reason icon=Icon::Unknown>"Nobody on the roll. No selector of any identity names who acted; people, the platform itself and refused strangers are not entered."</Reason>
            </Reasons>
        }
        .into_any();
    };
    let how = event.matched.clone().map(|(kind, value)| {
        let before = format!(" Its selector of kind {} is ", kind.to_lowercase());
        view! { {before}<code>{value}</code>"." }
    });
    let (page, all) = (paths::identity(id), paths::events_of(id));
    view! {
        <Reasons>
            <Reason icon=Icon::Check><a href=page><b>{name}</b></a>"."{how}</Reason>
            <Reason icon=Icon::Events><a href=all>"All its events"</a></Reason>
        </Reasons>
    }
    .into_any()
}

fn fields(event: &EventView) -> AnyView {
    let hash = event
        .hash
        .clone()
        .map(|hash| ("chain hash".to_owned(), hash));
    let rows = event
        .fields
        .iter()
        .filter(|(name, _)| !SAID.contains(&name.as_str()))
        .map(|(name, value)| (name.replace('_', " "), value.clone()))
        .chain(hash)
        .map(|(name, value)| {
            let searched = SEARCHED.contains(&name.as_str());
            let pivot = searched.then(|| find(&name, paths::events_with(&value)));
            view! { <KeyValue label=name><Mid value/>{pivot}</KeyValue> }
        })
        .collect_view();
    view! { <KeyValues>{rows}</KeyValues> }.into_any()
}

/// The way to every event with the same value.
fn find(name: &str, href: String) -> AnyView {
    let words = format!("Events with this {name}");
    view! { " "<a class="small" href=href aria-label=words.clone() title=words>"find"</a> }
        .into_any()
}
