//! One source: coverage, how to send to it, what proves its sender, and what it was refused.

use chrono::NaiveDate;
use contract::events::EventKind;
use contract::sources::{Proving, SourceCreated, SourceRow, SourceView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::list::{state, strip};
use super::{attempts, connect, issuer, kept, proof};
use crate::api::sources::{ChangeSource, RenewSourceToken, ReplaySource, TestSource, get_source};
use crate::components::{Identifier, KeyValue, KeyValues, MaybeWhen, Notice, Tone};
use crate::error::AppError;
use crate::form::Posted;
use crate::format;
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem, Split};
use crate::loaded::{Panel, frame_viewer, loaded};
use crate::paths;
use crate::query::Address;

/// What this page posts.
#[derive(Clone, Copy)]
struct Forms {
    renew: Posted<RenewSourceToken>,
    change: Posted<ChangeSource>,
    test: Posted<TestSource>,
    replay: Posted<ReplaySource>,
}

/// Draws one source.
#[component]
pub fn SourcePage() -> impl IntoView {
    let params = use_params_map();
    let slug = move || params.with(|params| params.get("slug").unwrap_or_default());
    let posted = Forms {
        renew: Posted::new(),
        change: Posted::new(),
        test: Posted::new(),
        replay: Posted::new(),
    };
    let data = Resource::new(slug, get_source);
    loaded(data, move |viewer, source| {
        let (title, page) = (source.row.name.clone(), body(&source, posted));
        let answers = attempts::answers(&source.row.slug, posted.test, posted.replay);
        view! {
            <Frame viewer=frame_viewer(&viewer) title=title.clone() section=RailItem::Sources crumb=Crumb::new("Sources", paths::sources())>
                <DetailHead title/>
                {posted.renew.value().map(|answer| told(&answer))}
                {answers}
                {page}
            </Frame>
        }
        .into_any()
    })
}

/// The token, this once, or why there is none.
pub(super) fn told(answer: &Result<SourceCreated, AppError>) -> AnyView {
    match answer {
        Ok(created) if created.token.is_empty() => view! {
            <Notice tone=Tone::Ok title="The secret is kept, encrypted.">"It is not shown again, here or anywhere."</Notice>
        }
        .into_any(),
        Ok(created) => {
            let value = created.token.clone();
            view! {
                <Notice tone=Tone::Warn title="Copy this token now." urgent=true>
                    "It is not stored, so it cannot be shown again. "
                    <Identifier value what="token"/>
                </Notice>
            }
            .into_any()
        }
        Err(error) => view! { <Panel error=error.clone()/> }.into_any(),
    }
}

fn body(source: &SourceView, posted: Forms) -> AnyView {
    let side = view! {
        {figures(source)}
        {proof::block(source, posted.change, posted.renew)}
        {kept::block(source)}
        {attempts::trial(source, posted.test)}
    }
    .into_any();
    let recipe = connect::recipe(source.row.format, &source.url);
    let issuer = (source.row.proving == Proving::Oidc).then(|| issuer::recipe(source));
    let rejects = attempts::rejects(source, posted.replay);
    view! {
        <Split label="About this source" side>
            {issuer}
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
    let kindless = kindless(source);
    view! {
        {blind}
        <Block id="coverage" title="Coverage" note="by receipt, last 30 days">
            {strip}
            // Counted while somebody looks on: read again from this page, and as it was without scripts.
            <div class="after" id="figures" data-again="">
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
                    <KeyValue label="Without a kind">{kindless}</KeyValue>
                    <KeyValue label="Format">{format}</KeyValue>
                </KeyValues>
            </div>
        </Block>
    }
    .into_any()
}

/// Events that were kept though no reader knows their words, with the way to them.
fn kindless(source: &SourceView) -> AnyView {
    let found = source.kindless;
    let of = if found.whole {
        format!(" of {} in 30 days", format::count(found.of, "event"))
    } else {
        format!(
            " of its {} among the newest of all sources",
            format::count(found.of, "event")
        )
    };
    if found.events == 0 {
        return view! { "None"<span class="faint">{of}</span> }.into_any();
    }
    let href = Address::new(paths::events())
        .with("source", &source.row.slug)
        .with("kind", EventKind::Other)
        .with("hours", 30 * 24)
        .to_string();
    view! { <a href=href>{format::number(found.events)}</a><span class="faint">{of}</span> }
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
