//! What floats: dialog, drawer, toast. All open and close by link, so that no script is needed.

use leptos::context::Provider;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{ButtonKind, Glyph, Icon, Maybe};

/// Draws a native dialog, opened by [`DialogLink`] or by its address.
#[component]
pub fn Dialog(
    /// Its id; the address `#id` opens it without a script.
    #[prop(into)]
    id: String,
    /// What is asked or shown.
    #[prop(into)]
    title: String,
    /// Whether it stands open: its form was sent and needs another look.
    #[prop(optional)]
    again: bool,
    /// [`DialogBody`] and [`DialogFoot`], usually inside one form.
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-h");
    let labelled_by = heading.clone();
    view! {
        <dialog class="dialog" id=id aria-labelledby=labelled_by open=again data-again=again.then_some("")>
            <div class="dialog-head"><h2 id=heading>{title}</h2></div>
            <Provider value=Again(again)>{children()}</Provider>
        </dialog>
    }
    .into_any()
}

/// Whether the dialog around stands open by itself.
#[derive(Clone, Copy)]
struct Again(bool);

/// The way out of a dialog: a link within the page closes one that a link opened; one that came open goes with
/// the page it came with.
fn way_out() -> String {
    if use_context::<Again>().is_some_and(|again| again.0) {
        let location = use_location();
        let search = location.search.get_untracked();
        let and = if search.is_empty() { "" } else { "?" };
        location.pathname.get_untracked() + and + search.trim_start_matches('?')
    } else {
        "#main".to_owned()
    }
}

/// Draws the content of a dialog.
#[component]
pub fn DialogBody(
    /// The content.
    children: Children,
) -> impl IntoView {
    view! { <div class="dialog-body">{children()}</div> }.into_any()
}

/// Draws the foot of a dialog: the way out first, then the action.
#[component]
pub fn DialogFoot(
    /// The words of the way out.
    #[prop(default = "Cancel")]
    cancel: &'static str,
    /// The action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let out = way_out();
    view! {
        <div class="dialog-foot">
            <a class="btn quiet" href=out rel="external" data-close="">{cancel}</a>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// Draws the link that opens a dialog.
#[component]
pub fn DialogLink(
    /// The dialog's id.
    #[prop(into)]
    id: String,
    /// How it weighs.
    #[prop(optional)]
    kind: ButtonKind,
    /// Its icon.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Whether it stands in a table or toolbar.
    #[prop(optional)]
    small: bool,
    /// Words.
    children: Children,
) -> impl IntoView {
    let icon = icon.map(|icon| view! { <Glyph icon/> });
    let target = format!("#{id}");
    view! {
        <a class=super::button::button_class(kind, small) href=target.clone() rel="external" data-dialog=target>
            {icon}
            <span>{children()}</span>
        </a>
    }
    .into_any()
}

/// Draws the part of a confirmation that is typed: the irreversible asks for its own words.
///
/// The browser itself refuses other words (`pattern`), so no script is needed; the server checks again.
#[component]
pub fn ConfirmTyped(
    /// The field's name and id.
    #[prop(into)]
    name: String,
    /// The words to type: `remove 3`.
    #[prop(into)]
    phrase: String,
) -> impl IntoView {
    let pattern: String = phrase.chars().map(literal).collect();
    view! {
        <div class="field confirm">
            <label for=name.clone()>"Type "<b>{phrase}</b>" to go on"</label>
            <input id=name.clone() name=name type="text" required=true pattern=pattern autocomplete="off" spellcheck="false"/>
        </div>
    }
    .into_any()
}

/// Writes a character so that a pattern takes it literally.
fn literal(character: char) -> String {
    if r"^$\.*+?()[]{}|/".contains(character) {
        format!("\\{character}")
    } else {
        character.to_string()
    }
}

/// Draws the drawer beside a list: one row without leaving.
#[component]
pub fn Drawer(
    /// Its id.
    #[prop(into)]
    id: String,
    /// What it shows.
    #[prop(into)]
    title: String,
    /// The list without the drawer.
    #[prop(into)]
    close: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-h");
    let labelled_by = heading.clone();
    view! {
        <section class="drawer" id=id aria-labelledby=labelled_by>
            <div class="drawer-head">
                <h2 id=heading>{title}</h2>
                <a class="icon-btn" href=close aria-label="Close" data-noscroll="" data-key="escape"><Glyph icon=Icon::Cross/></a>
            </div>
            <div class="drawer-body" tabindex="0" role="region" aria-label="Details">{children()}</div>
        </section>
    }
    .into_any()
}

/// Draws what just happened, with the way back.
#[component]
pub fn Toast(
    /// What happened.
    #[prop(into)]
    text: String,
    /// The way back: a form or link, small.
    #[prop(optional)]
    undo: Option<AnyView>,
    /// The same page without the toast, for the dismissal.
    #[prop(optional, into)]
    dismiss: Maybe,
) -> impl IntoView {
    let dismiss = dismiss.take().map(|href| {
        view! { <a class="icon-btn" href=href data-noscroll="" aria-label="Dismiss"><Glyph icon=Icon::Cross/></a> }
    });
    view! {
        <div class="toast" role="status">
            <Glyph icon=Icon::Check/>
            <span>{text}</span>
            {undo}
            {dismiss}
        </div>
    }
    .into_any()
}
