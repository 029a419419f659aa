//! Decisions by button and key: which one was pressed, whether it lacks its reason, how the reason is left.

use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, HtmlFormElement, KeyboardEvent};

use super::document::{self, FORM};

/// Remembers which decision was pressed: it is what Ctrl and Enter sends.
pub fn choose(form: &HtmlFormElement, button: &HtmlElement) {
    if let Ok(Some(before)) = form.query_selector("[data-chosen]") {
        let _ = before.remove_attribute("data-chosen");
    }
    let _ = button.set_attribute("data-chosen", "");
}

/// Why the decision needs a reason, where none is written. The server judges; this only spares the way.
pub fn missing_reason(button: &HtmlElement) -> Option<String> {
    let why = button.get_attribute("data-needs-reason")?;
    let field = document::reason()?;
    field.value().trim().is_empty().then_some(why)
}

/// In the field of the reason: Ctrl and Enter sends the decision chosen, Escape leaves the field.
pub fn pressed(event: &KeyboardEvent) -> Option<()> {
    let field = event.target()?.dyn_into::<HtmlElement>().ok()?;
    let form = field.closest(FORM).ok()??;
    let in_reason = field.get_attribute("name").as_deref() == Some("reason");
    if in_reason && event.key() == "Escape" {
        field.blur().ok()?;
    }
    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.repeat() {
        let button = form.query_selector("[data-chosen]").ok()??;
        event.prevent_default();
        button.dyn_into::<HtmlElement>().ok()?.click();
    }
    Some(())
}
