//! Form fields: label, hint, control, error beside it. What was typed is kept.
//!
//! Each field's id is its name unless `id` says otherwise; the error is tied to the control by
//! `aria-describedby` and `aria-invalid`.

use leptos::prelude::*;

mod choices;
mod file;

use super::text::escape;
use super::{Glyph, Icon, Maybe};
pub use choices::{Check, CheckboxGroup, Choice, RadioGroup};
pub use file::FileField;

/// The ids and elements that stand around a control.
struct Around {
    hint: Option<AnyView>,
    error: Option<AnyView>,
    described_by: Option<String>,
    invalid: Option<&'static str>,
}

fn around(id: &str, hint: Maybe, error: Maybe) -> Around {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described_by = [
        hint.is_some().then(|| hint_id.clone()),
        error.is_some().then(|| error_id.clone()),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" ");
    Around {
        invalid: error.is_some().then_some("true"),
        described_by: (!described_by.is_empty()).then_some(described_by),
        hint: hint.take().map(|hint| view! { <span class="hint" id=hint_id>{hint}</span> }.into_any()),
        error: error.take().map(|error| {
            view! { <p class="error" id=error_id><Glyph icon=Icon::Critical/><span>{error}</span></p> }.into_any()
        }),
    }
}

/// Draws a one-line field.
#[component]
pub fn TextField(
    /// The field's name.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its id; the name when absent.
    #[prop(optional, into)]
    id: Maybe,
    /// What to write here.
    #[prop(optional, into)]
    hint: Maybe,
    /// What is wrong, and what was kept.
    #[prop(optional, into)]
    error: Maybe,
    /// What stands in it.
    #[prop(optional, into)]
    value: Maybe,
    /// `text`, `email`, `date`, `search`, `url`, `number`.
    #[prop(default = "text")]
    kind: &'static str,
    /// Whether it must be filled.
    #[prop(optional)]
    required: bool,
    /// The browser's own completion.
    #[prop(optional, into)]
    autocomplete: Maybe,
    /// An example; never the label.
    #[prop(optional, into)]
    placeholder: Maybe,
    /// The keyboard on a phone: `numeric`.
    #[prop(optional, into)]
    inputmode: Maybe,
    /// The most characters.
    #[prop(optional)]
    max_length: Option<u32>,
) -> impl IntoView {
    let id = id.take().unwrap_or_else(|| name.clone());
    let around = around(&id, hint, error);
    view! {
        <div class="field">
            <label for=id.clone()>{label}{optional_mark(required)}</label>
            {around.hint}
            <input
                id=id
                name=name
                type=kind
                value=value.take()
                required=required
                autocomplete=autocomplete.take()
                placeholder=placeholder.take()
                inputmode=inputmode.take()
                maxlength=max_length.map(|most| most.to_string())
                aria-describedby=around.described_by
                aria-invalid=around.invalid
            />
            {around.error}
        </div>
    }
    .into_any()
}

/// Draws a field of several lines.
#[component]
pub fn TextArea(
    /// The field's name.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its id; the name when absent.
    #[prop(optional, into)]
    id: Maybe,
    /// What to write here.
    #[prop(optional, into)]
    hint: Maybe,
    /// What is wrong, and what was kept.
    #[prop(optional, into)]
    error: Maybe,
    /// What stands in it.
    #[prop(optional, into)]
    value: Maybe,
    /// Whether it must be filled.
    #[prop(optional)]
    required: bool,
    /// How many lines are shown.
    #[prop(default = 3)]
    rows: u32,
) -> impl IntoView {
    let id = id.take().unwrap_or_else(|| name.clone());
    let around = around(&id, hint, error);
    // As markup, not as a text child: a text child would put a space into the empty field.
    let content = escape(value.get().unwrap_or_default());
    view! {
        <div class="field">
            <label for=id.clone()>{label}{optional_mark(required)}</label>
            {around.hint}
            <textarea
                id=id
                name=name
                rows=rows.to_string()
                required=required
                aria-describedby=around.described_by
                aria-invalid=around.invalid
                inner_html=content
            ></textarea>
            {around.error}
        </div>
    }
    .into_any()
}

/// Draws a choice of one among many.
#[component]
pub fn SelectField(
    /// The field's name.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// The options.
    options: Vec<Choice>,
    /// The chosen value.
    #[prop(optional, into)]
    value: Maybe,
    /// The words of an empty first option: `Choose a team`.
    #[prop(optional, into)]
    prompt: Maybe,
    /// Its id; the name when absent.
    #[prop(optional, into)]
    id: Maybe,
    /// How to choose.
    #[prop(optional, into)]
    hint: Maybe,
    /// What is wrong, and what was kept.
    #[prop(optional, into)]
    error: Maybe,
    /// Whether one must be chosen.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let id = id.take().unwrap_or_else(|| name.clone());
    let around = around(&id, hint, error);
    let chosen = value.take().unwrap_or_default();
    let prompt = prompt
        .take()
        .map(|words| view! { <option value="">{words}</option> });
    let options = options
        .into_iter()
        .map(|option| view! { <option selected=option.value == chosen value=option.value>{option.label}</option> })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}{optional_mark(required)}</label>
            {around.hint}
            <select
                id=id
                name=name
                required=required
                aria-describedby=around.described_by
                aria-invalid=around.invalid
            >
                {prompt}
                {options}
            </select>
            {around.error}
        </div>
    }
    .into_any()
}

fn optional_mark(required: bool) -> Option<AnyView> {
    (!required).then(|| view! { <span class="optional">" (optional)"</span> }.into_any())
}
