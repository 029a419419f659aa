//! Buttons, links that look like buttons, and copying.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe};

/// How a button weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// One of several.
    #[default]
    Plain,
    /// The one action of a page or form.
    Primary,
    /// Beside the point: cancel, export.
    Quiet,
    /// Irreversible.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Primary => "primary",
            Self::Quiet => "quiet",
            Self::Danger => "danger",
        }
    }
}

pub(super) fn button_class(kind: ButtonKind, small: bool) -> String {
    format!("btn {}{}", kind.class(), if small { " sm" } else { "" })
}

/// Draws a button inside a form; it submits unless `kind_of` says `button`.
#[component]
pub fn Button(
    /// How it weighs.
    #[prop(optional)]
    kind: ButtonKind,
    /// Its icon.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Whether it stands in a table or toolbar.
    #[prop(optional)]
    small: bool,
    /// Whether it cannot be used now.
    #[prop(optional)]
    disabled: bool,
    /// `submit`, `button` or `reset`.
    #[prop(default = "submit")]
    kind_of: &'static str,
    /// The field's name, when the button carries a value.
    #[prop(optional, into)]
    name: Maybe,
    /// The field's value.
    #[prop(optional, into)]
    value: Maybe,
    /// Where the form goes by this button instead of its own way: `form::target_of`.
    #[prop(optional, into)]
    instead: Maybe,
    /// Words.
    children: Children,
) -> impl IntoView {
    let icon = icon.map(|icon| view! { <Glyph icon/> });
    view! {
        <button class=button_class(kind, small) type=kind_of name=name.take() value=value.take() formaction=instead.take() disabled=disabled>
            {icon}
            <span>{children()}</span>
        </button>
    }
    .into_any()
}

/// Draws a link that looks like a button.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How it weighs.
    #[prop(optional)]
    kind: ButtonKind,
    /// Its icon.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Whether it stands in a table or toolbar.
    #[prop(optional)]
    small: bool,
    /// Whether the browser must fetch it itself: exports, downloads, places outside the application's routes.
    #[prop(optional)]
    external: bool,
    /// The name of the file it saves, for downloads.
    #[prop(optional, into)]
    download: Maybe,
    /// Words.
    children: Children,
) -> impl IntoView {
    let icon = icon.map(|icon| view! { <Glyph icon/> });
    let rel = external.then_some("external");
    view! {
        <a class=button_class(kind, small) href=href rel=rel download=download.take()>
            {icon}
            <span>{children()}</span>
        </a>
    }
    .into_any()
}

/// Draws what will be a button once something else is done: `Sign off after 9 more`.
#[component]
pub fn ButtonLater(
    /// Its icon.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Words that say what is missing.
    children: Children,
) -> impl IntoView {
    let icon = icon.map(|icon| view! { <Glyph icon/> });
    view! { <span class="btn" aria-disabled="true">{icon}<span>{children()}</span></span> }
        .into_any()
}

/// Draws the small copy button; without a script it is not there.
#[component]
pub fn CopyButton(
    /// The exact text to copy.
    #[prop(into)]
    text: String,
    /// What it is: `Copy subject`.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <button class="copy js-only" type="button" data-copy-text=text aria-label=label>
            <Glyph icon=Icon::Copy/>
        </button>
    }
    .into_any()
}
