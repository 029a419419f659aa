//! Leaving the review while answers are on their way.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{BeforeUnloadEvent, Element, Event, HtmlAnchorElement, MouseEvent};

use super::super::told::Told;
use super::Desk;

impl Desk {
    /// A link, while answers are on their way: first they are confirmed.
    pub(super) fn clicked(&self, event: &MouseEvent) -> Option<()> {
        let plain = event.button() == 0
            && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
        if event.default_prevented() || !plain {
            return None;
        }
        let waiting = self.state.borrow().waiting.len();
        let link = event.target()?.dyn_into::<Element>().ok()?;
        let link: HtmlAnchorElement = link.closest("a[href]").ok()??.dyn_into().ok()?;
        let within_page = link.get_attribute("href")?.starts_with('#');
        if waiting == 0 || within_page || !link.target().is_empty() {
            return None;
        }
        event.prevent_default();
        self.state.borrow_mut().then = Some(link.href());
        self.told.set(Told::Leaving(waiting));
        Some(())
    }

    /// The window is closed or goes elsewhere.
    pub(super) fn leaving(&self, event: &Event) {
        let state = self.state.borrow();
        if state.waiting.is_empty() && state.back.is_empty() {
            return;
        }
        event.prevent_default();
        if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
            event.set_return_value("An answer is not saved yet.");
        }
    }

    /// The browser went back or on to another item: that is a page of its own.
    pub(super) fn moved(&self) {
        let location = window().location();
        let here = self.state.borrow().shown.clone();
        if location.pathname().is_ok_and(|path| path != here) {
            let _ = location.reload();
        }
    }
}
