//! Form fields: label, hint, control, error beside it. What was typed is kept.
//!
//! Each field's id is its name unless `id` says otherwise; the error is tied to the control by
//! `aria-describedby` and `aria-invalid`.

use leptos::prelude::*;

use super::text::escape;
use super::{Glyph, Icon, Maybe};

/// One option of a select, radio or checkbox group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The value that is sent.
    pub value: String,
    /// The words.
    pub label: String,
    /// A second, quieter line.
    pub hint: Option<String>,
}

impl Choice {
    /// Names an option.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
        }
    }

    /// Adds a second, quieter line.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

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

/// Draws a group of checkboxes under one name.
#[component]
pub fn CheckboxGroup(
    /// The fields' name.
    #[prop(into)]
    name: String,
    /// What is chosen.
    #[prop(into)]
    legend: String,
    /// The options.
    options: Vec<Choice>,
    /// The chosen values.
    #[prop(optional)]
    chosen: Vec<String>,
    /// How to choose.
    #[prop(optional, into)]
    hint: Maybe,
    /// What is wrong.
    #[prop(optional, into)]
    error: Maybe,
) -> impl IntoView {
    choices("checkbox", &name, legend, options, &chosen, hint, error)
}

/// Draws a group of radio buttons.
#[component]
pub fn RadioGroup(
    /// The fields' name.
    #[prop(into)]
    name: String,
    /// What is chosen.
    #[prop(into)]
    legend: String,
    /// The options.
    options: Vec<Choice>,
    /// The chosen value.
    #[prop(optional, into)]
    value: Maybe,
    /// How to choose.
    #[prop(optional, into)]
    hint: Maybe,
    /// What is wrong.
    #[prop(optional, into)]
    error: Maybe,
) -> impl IntoView {
    let chosen: Vec<String> = value.take().into_iter().collect();
    choices("radio", &name, legend, options, &chosen, hint, error)
}

fn choices(
    kind: &'static str,
    name: &str,
    legend: String,
    options: Vec<Choice>,
    chosen: &[String],
    hint: Maybe,
    error: Maybe,
) -> AnyView {
    let around = around(name, hint, error);
    let options = options
        .into_iter()
        .map(|option| {
            let checked = chosen.contains(&option.value);
            let hint = option
                .hint
                .map(|hint| view! { <small class="hint">{hint}</small> });
            view! {
                <label class="check">
                    <input type=kind name=name.to_owned() value=option.value checked=checked/>
                    <span>{option.label}{hint}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field choices" aria-describedby=around.described_by>
            <legend>{legend}</legend>
            {around.hint}
            {options}
            {around.error}
        </fieldset>
    }
    .into_any()
}

/// Draws a single checkbox with its words.
#[component]
pub fn Check(
    /// The field's name.
    #[prop(into)]
    name: String,
    /// The value that is sent when it is ticked.
    #[prop(default = "on".to_owned(), into)]
    value: String,
    /// Whether it is ticked.
    #[prop(optional)]
    checked: bool,
    /// Words.
    children: Children,
) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name=name value=value checked=checked/>
            <span>{children()}</span>
        </label>
    }
    .into_any()
}

fn optional_mark(required: bool) -> Option<AnyView> {
    (!required).then(|| view! { <span class="optional">" (optional)"</span> }.into_any())
}
