//! The choice of a file.

use leptos::prelude::*;

use super::super::Maybe;
use super::{around, optional_mark};

/// Draws the choice of a file. Its form sends in parts (`enctype="multipart/form-data"`).
#[component]
pub fn FileField(
    /// The field's name, and its id.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What to choose.
    #[prop(optional, into)]
    hint: Maybe,
    /// What is wrong, and what was kept.
    #[prop(optional, into)]
    error: Maybe,
    /// Endings and types the browser offers first: `.csv,.json`.
    #[prop(optional, into)]
    accept: Maybe,
    /// Whether one must be chosen.
    #[prop(optional)]
    required: bool,
    /// Whether several may be.
    #[prop(optional)]
    multiple: bool,
) -> impl IntoView {
    let around = around(&name, hint, error);
    view! {
        <div class="field">
            <label for=name.clone()>{label}{optional_mark(required)}</label>
            {around.hint}
            <input
                id=name.clone()
                name=name
                type="file"
                accept=accept.take()
                required=required
                multiple=multiple
                aria-describedby=around.described_by
                aria-invalid=around.invalid
            />
            {around.error}
        </div>
    }
    .into_any()
}
