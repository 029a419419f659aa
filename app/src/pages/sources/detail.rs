//! One source: coverage, how to send to it, what it was refused, and a new token.

use chrono::NaiveDate;
use contract::sources::{SourceCreated, SourceRow, SourceView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::connect;
use super::list::{state, strip};
use crate::api::sources::{RenewSourceToken, get_source};
use crate::components::{
    Button, ButtonKind, ButtonLink, CodeView, Dialog, DialogBody, DialogFoot, DialogLink,
    EmptyState, Glyph, Icon, Identifier, KeyValue, KeyValues, Language, MaybeWhen, Notice, Tone,
    When,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::format;
use crate::layout::{Block, Crumb, Frame, RailItem, Split};
use crate::loaded::{Panel, frame_viewer, loaded};
use crate::paths;
use crate::query::Address;

/// Draws one source.
#[component]
pub fn SourcePage() -> impl IntoView {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("slug").unwrap_or_default());
    let renew = Posted::<RenewSourceToken>::new();
    let data = Resource::new(slug, get_source);
    loaded(data, move |viewer, source| {
        let (title, page) = (source.row.name.clone(), body(&source, renew));
        view! {
            <Frame viewer=frame_viewer(&viewer) title=title.clone() section=RailItem::Sources crumb=Crumb::new("Sources", paths::sources())>
                <div class="detail-head"><h1>{title}</h1></div>
                {renew.value().map(|answer| told(&answer))}
                {page}
            </Frame>
        }
        .into_any()
    })
}

/// The token, this once, or why there is none.
pub(super) fn told(answer: &Result<SourceCreated, AppError>) -> AnyView {
    match answer {
        Ok(created) => {
            let value = created.token.clone();
            view! {
                <Notice tone=Tone::Warn title="Copy this token now." urgent=true>
                    "Only its hash is kept, so it cannot be shown again. "
                    <Identifier value what="token"/>
                </Notice>
            }
            .into_any()
        }
        Err(error) => view! { <Panel error=error.clone()/> }.into_any(),
    }
}

fn body(source: &SourceView, renew: Posted<RenewSourceToken>) -> AnyView {
    let side = view! {
        {figures(source)}
        {source.may_manage.then(|| token(source, renew))}
    }
    .into_any();
    let recipe = connect::recipe(source.row.format, &source.url);
    let rejects = rejects(source);
    view! {
        <Split label="About this source" side>
            <Block id="connect" title="Send to it" note="twice does no harm: what was seen before is counted and left alone">
                {recipe}
            </Block>
            {rejects}
        </Split>
    }
    .into_any()
}

fn figures(source: &SourceView) -> AnyView {
    let (row, now) = (source.row.clone(), source.now);
    let events = Address::new(paths::events())
        .with("source", &row.slug)
        .to_string();
    let (strip, state) = (strip(&row), state(&row, now));
    let format = row.format.map_or(
        "Told from the content",
        contract::events::EventFormat::label,
    );
    let usual = row.usual.map_or_else(
        || "not known".to_owned(),
        |usual| format::count(usual, "event"),
    );
    let today = format::count(row.days.last().copied().unwrap_or_default(), "event");
    let gaps = silent(&row);
    let blind = blind(&row);
    view! {
        {blind}
        <Block id="coverage" title="Coverage" note="by receipt, last 30 days">
            {strip}
            <div class="after">
                <KeyValues>
                    <KeyValue label="State">{state}</KeyValue>
                    <KeyValue label="Last delivery"><MaybeWhen at=row.last_received_at now absent="never"/></KeyValue>
                    <KeyValue label="Newest event"><MaybeWhen at=row.last_event_at now absent="none"/></KeyValue>
                    <KeyValue label="Usual day">{usual}</KeyValue>
                    <KeyValue label="Today so far">{today}</KeyValue>
                    <KeyValue label="Silent">{gaps}</KeyValue>
                    <KeyValue label="Events taken"><a href=events>{format::number(row.accepted)}</a></KeyValue>
                    <KeyValue label="Seen before">{format::number(row.duplicates)}</KeyValue>
                    <KeyValue label="Refused">{format::number(row.rejected)}</KeyValue>
                    <KeyValue label="Format">{format}</KeyValue>
                </KeyValues>
            </div>
        </Block>
    }
    .into_any()
}

/// The days of silence, in words.
pub(super) fn silent(row: &SourceRow) -> String {
    if row.last_received_at.is_none() {
        return "never heard".to_owned();
    }
    if row.gaps.is_empty() {
        return "on no day of the last 30".to_owned();
    }
    let day = |day: NaiveDate| day.format("%-d %b").to_string();
    let gaps: Vec<String> = row
        .gaps
        .iter()
        .map(|(from, to)| {
            if from == to {
                day(*from)
            } else {
                format!("{} to {}", day(*from), day(*to))
            }
        })
        .collect();
    gaps.join(", ")
}

/// What it cannot see: where it is blind, silence says nothing.
fn blind(row: &SourceRow) -> AnyView {
    let sentences = row
        .blind
        .iter()
        .cloned()
        .map(|sentence| view! { <p class="muted">{sentence}</p> })
        .collect_view();
    view! { <Block id="blind" title="What it cannot see">{sentences}</Block> }.into_any()
}

fn token(source: &SourceView, renew: Posted<RenewSourceToken>) -> AnyView {
    let (slug, hint) = (source.row.slug.clone(), source.row.token_hint.clone());
    view! {
        <Block id="token" title="Token">
            <p class="muted">"Begins with "<code>{hint}</code>". Only its hash is kept."</p>
            <p class="btn-row after"><DialogLink id="renew" small=true>"Make a new token"</DialogLink></p>
        </Block>
        <Dialog id="renew" title="Make a new token?">
            <PostForm to=renew>
                <DialogBody>
                    <p>"The present token stops working at once. Whatever sends with it is refused until it has the new one; nothing it kept is lost."</p>
                    <input type="hidden" name="slug" value=slug/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Danger>"Make a new token"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn rejects(source: &SourceView) -> AnyView {
    if source.rejects.is_empty() {
        let events = Address::new(paths::events())
            .with("source", &source.row.slug)
            .to_string();
        return view! {
            <Block id="rejects" title="Refused records">
                <EmptyState title="Nothing was refused" text="Records that cannot be read are kept here with the reason; they never hold up the rest of their delivery.">
                    <ButtonLink href=events>"See its events"</ButtonLink>
                </EmptyState>
            </Block>
        }
        .into_any();
    }
    let now = source.now;
    let rows = source
        .rejects
        .iter()
        .enumerate()
        .map(|(place, reject)| {
            let language = if reject.raw.trim_start().starts_with('{') { Language::Json } else { Language::Plain };
            let (reason, at, code) = (reject.reason.clone(), reject.received_at, reject.raw.clone());
            let record = format!("record {}, ", reject.index);
            let note = format::bytes(u64::try_from(code.len()).unwrap_or_default());
            view! {
                <details class="reject">
                    <summary><Glyph icon=Icon::ChevronRight/><b>{reason}</b>" "<span class="faint small">{record}<When at now/></span></summary>
                    <CodeView id=format!("reject-{place}") code language note/>
                </details>
            }
        })
        .collect_view();
    let note = format!(
        "newest {} of {}",
        source.rejects.len(),
        format::number(source.row.rejected)
    );
    view! {
        <Block id="rejects" title="Refused records" note>
            {rows}
        </Block>
    }
    .into_any()
}
