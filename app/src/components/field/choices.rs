//! Choices inside a form: options, checkbox and radio groups, the single checkbox.

use leptos::prelude::*;

use super::super::Maybe;
use super::around;

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
