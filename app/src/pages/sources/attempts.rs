//! Trying a source out, and reading again what it was refused.

use contract::events::IngestReceipt;
use contract::sources::{Replayed, SourceView};
use leptos::prelude::*;

use crate::api::sources::{ReplaySource, TestSource};
use crate::components::{
    Button, ButtonLink, CodeView, EmptyState, Glyph, Icon, Language, Notice, Tone, When,
};
use crate::form::{PostForm, Posted};
use crate::format;
use crate::layout::Block;
use crate::loaded::Panel;
use crate::paths;
use crate::query::Address;

fn events(slug: &str) -> String {
    Address::new(paths::events())
        .with("source", slug)
        .to_string()
}

/// Draws the button that sends a test delivery.
pub(super) fn trial(source: &SourceView, test: Posted<TestSource>) -> Option<AnyView> {
    if !source.may_manage {
        return None;
    }
    let slug = source.row.slug.clone();
    let block = view! {
        <Block id="try" title="Try it">
            <p class="muted">"Sends one event of Rollcall's own through this source: kept, counted and published like any other. It belongs to nobody."</p>
            <PostForm to=test>
                <input type="hidden" name="slug" value=slug/>
                <p class="btn-row after"><Button small=true>"Send a test delivery"</Button></p>
            </PostForm>
        </Block>
    };
    Some(block.into_any())
}

/// Says what became of the test delivery and of reading again.
pub(super) fn answers(
    slug: &str,
    test: Posted<TestSource>,
    replay: Posted<ReplaySource>,
) -> AnyView {
    let tested = test.value().map(|answer| match answer {
        Ok(receipt) => taken(slug, &receipt),
        Err(error) => view! { <Panel error/> }.into_any(),
    });
    let replayed = replay.value().map(|answer| match answer {
        Ok(outcome) => read_again(outcome),
        Err(error) => view! { <Panel error/> }.into_any(),
    });
    view! { {tested}{replayed} }.into_any()
}

fn taken(slug: &str, receipt: &IngestReceipt) -> AnyView {
    let count = format::count(i64::try_from(receipt.accepted).unwrap_or_default(), "event");
    let href = events(slug);
    view! {
        <Notice tone=Tone::Ok title="The test delivery was taken.">
            {count}" kept. "<a href=href>"See it among the events"</a>
        </Notice>
    }
    .into_any()
}

fn read_again(outcome: Replayed) -> AnyView {
    let number = |n: usize| format::number(i64::try_from(n).unwrap_or_default());
    let tone = if outcome.refused + outcome.cut == 0 {
        Tone::Ok
    } else {
        Tone::Info
    };
    let cut = (outcome.cut > 0).then(|| {
        let cut = number(outcome.cut);
        view! { " "{cut}" were kept only in part because they are so long: send them again." }
    });
    let (accepted, duplicates, refused) = (
        number(outcome.accepted),
        number(outcome.duplicates),
        number(outcome.refused),
    );
    view! {
        <Notice tone title="The refused records were read again.">
            {accepted}" taken, "{duplicates}" seen before, "{refused}" still refused."
            {cut}
        </Notice>
    }
    .into_any()
}

/// Draws what was refused, with the reasons.
pub(super) fn rejects(source: &SourceView, replay: Posted<ReplaySource>) -> AnyView {
    if source.rejects.is_empty() {
        let events = events(&source.row.slug);
        return view! {
            <Block id="rejects" title="Refused records">
                <EmptyState title="Nothing is kept back" text="Records that cannot be read are kept here with the reason; they never hold up the rest of their delivery.">
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
        format::number(source.quarantined)
    );
    let again = source.may_manage.then(|| {
        let slug = source.row.slug.clone();
        view! {
            <PostForm to=replay>
                <input type="hidden" name="slug" value=slug/>
                <p class="btn-row after">
                    <Button small=true>"Read them again"</Button>
                    <span class="muted small">"after its format or Rollcall has changed; what can be read now is taken, at most 2,000 at once"</span>
                </p>
            </PostForm>
        }
    });
    view! {
        <Block id="rejects" title="Refused records" note>
            {rows}
            {again}
        </Block>
    }
    .into_any()
}
