//! Decision bar: equal buttons, each with its key; advice is an outline and a word, never the default.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe};

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The value that is sent.
    pub value: String,
    /// The word.
    pub label: String,
    /// The key, one lower-case letter.
    pub key: char,
    /// The icon.
    pub icon: Icon,
    /// Whether it is the recommended one.
    pub advised: bool,
    /// Whether it was sent and not taken: sending again sends it.
    pub chosen: bool,
    /// Why it takes a reason; absent where it does not.
    pub needs_reason: Option<String>,
}

/// Draws the bar; it stands inside the form it submits.
#[component]
pub fn DecisionBar(
    /// What is decided on, for assistive technology.
    #[prop(into)]
    label: String,
    /// The name the decision is sent under.
    #[prop(default = "decision")]
    name: &'static str,
    /// The decisions.
    decisions: Vec<Decision>,
    /// What was decided last, and the way back.
    #[prop(optional)]
    undo: Option<AnyView>,
    /// The item before.
    #[prop(optional, into)]
    previous: Maybe,
    /// The item after.
    #[prop(optional, into)]
    next: Maybe,
) -> impl IntoView {
    let buttons = decisions
        .into_iter()
        .map(|decision| button(name, decision))
        .collect_view();
    view! {
        <div class="decide" role="group" aria-label=label>
            <div class="decide-main">{buttons}</div>
            <div class="undo" data-fresh="undo">{undo}</div>
            <nav class="row" aria-label="Items">
                {previous.take().map(|href| step(href, "Previous", "k"))}
                {next.take().map(|href| step(href, "Next", "j"))}
                <a class="icon-btn" href="#keys" rel="external" data-dialog="#keys" data-key="?" aria-label="Keys">
                    <Glyph icon=Icon::Help/>
                </a>
            </nav>
        </div>
    }
    .into_any()
}

fn button(name: &'static str, decision: Decision) -> AnyView {
    let class = if decision.advised {
        "decide-btn advised"
    } else {
        "decide-btn"
    };
    let advice = decision.advised.then(|| view! { <em>"recommended"</em> });
    let key = decision.key.to_string();
    let shown = decision.key.to_uppercase().to_string();
    view! {
        <button
            class=class
            type="submit"
            name=name
            value=decision.value
            data-key=key.clone()
            data-chosen=decision.chosen.then_some("")
            data-needs-reason=decision.needs_reason
            aria-keyshortcuts=key
        >
            <Glyph icon=decision.icon/>
            {decision.label}
            {advice}
            <kbd aria-hidden="true">{shown}</kbd>
        </button>
    }
    .into_any()
}

fn step(href: String, word: &'static str, key: &'static str) -> AnyView {
    let (before, after) = match key {
        "k" => (Some(view! { <Glyph icon=Icon::ChevronLeft/> }), None),
        _ => (None, Some(view! { <Glyph icon=Icon::ChevronRight/> })),
    };
    view! {
        <a class="btn quiet" href=href data-key=key aria-keyshortcuts=key>
            {before}
            {word}
            {after}
            <kbd aria-hidden="true">{key.to_uppercase()}</kbd>
        </a>
    }
    .into_any()
}

/// Draws the dialog that explains the keys.
#[component]
pub fn KeysDialog(
    /// Key and meaning.
    keys: Vec<(String, String)>,
) -> impl IntoView {
    let rows = keys
        .into_iter()
        .map(|(key, meaning)| view! { <dt><kbd>{key}</kbd></dt><dd>{meaning}</dd> })
        .collect_view();
    view! {
        <super::Dialog id="keys" title="Keys">
            <super::DialogBody><dl class="kv">{rows}</dl></super::DialogBody>
            <super::DialogFoot cancel="Close"/>
        </super::Dialog>
    }
    .into_any()
}
