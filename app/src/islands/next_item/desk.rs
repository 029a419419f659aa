//! The review page in one window: the item in sight, those fetched ahead, and the answers on their way.

mod answers;
mod leaving;
mod state;

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{HtmlFormElement, SubmitEvent};

use super::document::{self, FORM, Page, ask};
use super::keys::{choose, missing_reason, pressed};
use super::told::Told;
use state::{Answer, State};

/// How many items are fetched ahead: whoever answers quickly finds the one after the next as well.
const AHEAD: usize = 2;

/// The review page in this window.
#[derive(Clone)]
pub struct Desk {
    state: Rc<RefCell<State>>,
    told: RwSignal<Told>,
}

impl Desk {
    /// Takes the page over, where it shows an item that can be answered.
    pub fn open(told: RwSignal<Told>) {
        let Ok(shown) = window().location().pathname() else {
            return;
        };
        if document::find("form.review .decide-btn").is_none() {
            return;
        }
        let sent_back = document::find("form.review [data-chosen]").is_some();
        let state = State {
            shown,
            mending: sent_back,
            ..State::default()
        };
        let desk = Self {
            state: Rc::new(RefCell::new(state)),
            told,
        };
        if sent_back {
            document::to_reason();
        }
        desk.listen();
        desk.fetch_ahead();
        if let Some(place) = document::find("[data-next-item]") {
            let _ = place.set_attribute("data-ready", "");
        }
    }

    fn listen(&self) {
        let desk = self.clone();
        window_event_listener(ev::submit, move |event| {
            desk.submitted(&event);
        });
        let desk = self.clone();
        window_event_listener(ev::click, move |event| {
            desk.clicked(&event);
        });
        window_event_listener(ev::keydown, |event| {
            pressed(&event);
        });
        let desk = self.clone();
        window_event_listener_untyped("beforeunload", move |event| desk.leaving(&event));
        let desk = self.clone();
        window_event_listener_untyped("popstate", move |_| desk.moved());
    }

    // == Answering

    /// A form is sent. Whatever is not as expected leaves it to the browser.
    fn submitted(&self, event: &SubmitEvent) -> Option<()> {
        if event.default_prevented() {
            return None;
        }
        let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
        if !form.matches(FORM).unwrap_or(false) {
            return self.other_form(event, &form);
        }
        let button = event.submitter()?;
        let decision = button
            .get_attribute("value")
            .filter(|_| button.get_attribute("name").as_deref() == Some("decision"))?;
        if self.state.borrow().held {
            event.prevent_default();
            return None;
        }
        choose(&form, &button);
        if let Some(why) = missing_reason(&button) {
            event.prevent_default();
            document::to_reason();
            self.told.set(Told::Needed(why));
            return None;
        }
        let path = self.state.borrow().shown.clone();
        let answer = Answer {
            target: format!("{path}{}", form.get_attribute("action")?),
            form: document::encoded(&form, ("decision", &decision))?,
            name: document::name(),
            path,
            page: None,
        };
        event.prevent_default();
        self.state.borrow_mut().waiting.push_back(answer);
        if !self.advance() {
            self.state.borrow_mut().held = true;
            document::hold();
        }
        self.tell_saving();
        self.send();
        Some(())
    }

    /// Another form of the page: it would leave before the answers on their way are confirmed.
    fn other_form(&self, event: &SubmitEvent, form: &HtmlFormElement) -> Option<()> {
        let waiting = self.state.borrow().waiting.len();
        if waiting == 0 || form.closest("main").ok()?.is_none() {
            return None;
        }
        event.prevent_default();
        self.told.set(Told::Saving(waiting));
        Some(())
    }

    /// Puts the next item in sight, if it is here.
    fn advance(&self) -> bool {
        let (page, left, mending) = {
            let mut state = self.state.borrow_mut();
            let Some(next) = state.next().into_iter().next() else {
                return false;
            };
            let Some(page) = state.shelf.remove(&next) else {
                return false;
            };
            let mending = state.back.front() == Some(&next);
            if mending {
                state.back.pop_front();
            }
            state.mending = mending;
            state.held = false;
            (page, mem::replace(&mut state.shown, next), mending)
        };
        self.show(page, left);
        let address = self.state.borrow().shown.clone();
        go_on(&address);
        if mending {
            document::to_reason();
        } else {
            document::to_top();
        }
        self.fetch_ahead();
        true
    }

    /// Puts a page in sight and keeps the one that was.
    fn show(&self, page: Page, left: String) {
        if let Some(before) = page.put() {
            self.state.borrow_mut().put_away(left, before);
        }
        self.mark();
    }

    // == Fetching

    /// Fetches the items that come next.
    fn fetch_ahead(&self) {
        let wanted: Vec<String> = {
            let mut state = self.state.borrow_mut();
            let next = state.next().into_iter().take(AHEAD);
            let wanted: Vec<String> = next
                .filter(|item| !state.shelf.contains_key(item) && !state.coming.contains(item))
                .collect();
            state.coming.extend(wanted.iter().cloned());
            wanted
        };
        for item in wanted {
            let desk = self.clone();
            spawn_local(async move {
                let page = ask(&item, None).await.ok();
                let page = page.and_then(|reply| Page::of(&reply.document));
                desk.arrived(item, page);
            });
        }
    }

    /// An item fetched ahead is here, or could not be had: then the server leads there after the answer.
    fn arrived(&self, item: String, page: Option<Page>) {
        let held = {
            let mut state = self.state.borrow_mut();
            state.coming.remove(&item);
            if let Some(page) = page.filter(|_| !state.is_settled(&item)) {
                state.shelf.entry(item).or_insert(page);
            }
            state.held
        };
        if held {
            self.advance();
        }
    }

    // == Telling

    fn tell_saving(&self) {
        self.told
            .set(Told::Saving(self.state.borrow().waiting.len()));
        self.mark();
    }

    fn mark(&self) {
        let state = self.state.borrow();
        document::mark(&state.shown, |item, open| {
            if state.waiting.iter().any(|answer| answer.path == item) {
                return Some("saving…");
            }
            (open && state.saved.contains(item)).then_some("saved")
        });
    }
}

/// Makes this the address of the window, with a step back to the one before.
fn go_on(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
    }
}
