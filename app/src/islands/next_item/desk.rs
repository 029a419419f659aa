//! The review page in one window: the item in sight, those fetched ahead, and the answers on their way.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::mem;
use std::rc::Rc;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{
    BeforeUnloadEvent, Element, Event, HtmlAnchorElement, HtmlFormElement, MouseEvent, SubmitEvent,
};

use super::document::{self, FORM, Page, Reply, ask};
use super::keys::{choose, missing_reason, pressed};
use super::order;
use super::told::Told;

/// How many items are fetched ahead: whoever answers quickly finds the one after the next as well.
const AHEAD: usize = 2;

/// An answer that is not confirmed.
struct Answer {
    /// The item's address.
    path: String,
    /// The item's name.
    name: String,
    /// Where the form goes.
    target: String,
    /// The form, encoded.
    form: String,
    /// The item as it was answered; absent while it is still in sight.
    page: Option<Page>,
}

/// Where the review stands in this window.
#[derive(Default)]
struct State {
    /// The address of the item in sight.
    shown: String,
    /// It was sent back and is being put right.
    mending: bool,
    /// It is answered, and the next one is not here yet.
    held: bool,
    /// Items fetched ahead, or left for one that was sent back; by address.
    shelf: HashMap<String, Page>,
    /// Items being fetched.
    coming: HashSet<String>,
    /// Answers on their way, oldest first.
    waiting: VecDeque<Answer>,
    /// The oldest of them was sent.
    sent: bool,
    /// Items whose answers were confirmed in this window.
    saved: HashSet<String>,
    /// Items sent back that are not in sight again.
    back: VecDeque<String>,
    /// Where the person wants to go once all is confirmed.
    then: Option<String>,
}

impl State {
    fn is_settled(&self, item: &str) -> bool {
        self.saved.contains(item) || self.waiting.iter().any(|answer| answer.path == item)
    }

    /// Open items in the order they come.
    fn next(&self) -> Vec<String> {
        let open = document::open_items();
        let queue = order::after(&open, &self.shown, |item| {
            self.is_settled(item) || self.back.iter().any(|back| back == item)
        });
        self.back.iter().cloned().chain(queue).collect()
    }

    /// Keeps what was just taken off the screen: with its answer, or for when it comes again.
    fn put_away(&mut self, path: String, page: Page) {
        match self.waiting.iter_mut().find(|answer| answer.path == path) {
            Some(answer) => answer.page = Some(page),
            None if self.saved.contains(&path) => {}
            None => {
                self.shelf.insert(path, page);
            }
        }
    }
}

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

    /// Sends the oldest answer, unless one is on its way: each is judged after those before it.
    fn send(&self) {
        let (target, form) = {
            let mut state = self.state.borrow_mut();
            if state.sent {
                return;
            }
            let Some(answer) = state.waiting.front() else {
                return;
            };
            let request = (answer.target.clone(), answer.form.clone());
            state.sent = true;
            request
        };
        let desk = self.clone();
        spawn_local(async move {
            let reply = ask(&target, Some(&form)).await;
            desk.answered(reply.ok());
            desk.send();
        });
    }

    /// What came of the oldest answer.
    fn answered(&self, reply: Option<Reply>) {
        let answer = {
            let mut state = self.state.borrow_mut();
            state.sent = false;
            state.waiting.pop_front()
        };
        let Some(answer) = answer else { return };
        let item = answer
            .path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        match reply {
            Some(reply) if reply.done.as_deref() == Some(item.as_str()) => {
                self.saved(answer, &reply);
            }
            Some(reply) => match Page::of(&reply.document) {
                Some(page) if page.item().as_deref() == Some(item.as_str()) => {
                    let words = (Told::Back(answer.name.clone()), Told::Later(answer.name));
                    self.sent_back(answer.path, Some((page, reply.address)), words);
                }
                _ => self.unclear(answer),
            },
            None => self.unclear(answer),
        }
    }

    /// The server has committed it.
    fn saved(&self, answer: Answer, reply: &Reply) {
        let done = reply.done.clone().unwrap_or_default();
        let (rest, held, then) = {
            let mut state = self.state.borrow_mut();
            state.saved.insert(answer.path);
            let rest = state.waiting.len();
            let then = if rest == 0 { state.then.take() } else { None };
            (rest, state.held, then)
        };
        if let Some(then) = then {
            return leave_for(&then);
        }
        document::refresh(&reply.document);
        if held && !self.advance() && rest == 0 {
            return leave_for(&reply.address);
        }
        self.acknowledge(&done);
        self.mark();
        if rest > 0 {
            self.tell_saving();
        } else {
            self.told.set(Told::Saved(answer.name));
        }
    }

    /// Names the item decided last in the window's address, as the server does, now that it is; what is being put right
    /// keeps its own.
    fn acknowledge(&self, done: &str) {
        let state = self.state.borrow();
        if state.mending {
            return;
        }
        let address = format!("{}?done={done}", state.shown);
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    }

    /// No answer of ours came: what was typed comes back as it was.
    fn unclear(&self, answer: Answer) {
        let page = answer.page.map(|page| (page, answer.path.clone()));
        let words = Told::Unclear(answer.name);
        self.sent_back(answer.path, page, (words.clone(), words));
    }

    /// An answer was not taken: its item comes back now, or after the one in sight where the person is writing or
    /// putting another right. Without a page it never left.
    fn sent_back(&self, path: String, page: Option<(Page, String)>, words: (Told, Told)) {
        let (now, later) = words;
        // Whoever wanted to go on elsewhere did not know of this yet.
        self.state.borrow_mut().then = None;
        let Some((page, address)) = page else {
            let mut state = self.state.borrow_mut();
            (state.held, state.mending) = (false, true);
            drop(state);
            document::release();
            document::to_reason();
            return self.told.set(now);
        };
        let left = {
            let mut state = self.state.borrow_mut();
            let busy = !state.held && (state.mending || document::is_typing());
            if busy {
                state.back.push_back(path.clone());
                state.shelf.insert(path, page);
                drop(state);
                self.mark();
                return self.told.set(later);
            }
            (state.held, state.mending) = (false, true);
            mem::replace(&mut state.shown, path.clone())
        };
        // The very item in sight, answered and held, is replaced; any other one is kept.
        if left == path {
            page.put();
            self.mark();
        } else {
            self.show(page, left);
        }
        go_on(&address);
        document::to_reason();
        self.told.set(now);
        self.fetch_ahead();
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

    // == Leaving

    /// A link, while answers are on their way: first they are confirmed.
    fn clicked(&self, event: &MouseEvent) -> Option<()> {
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
    fn leaving(&self, event: &Event) {
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
    fn moved(&self) {
        let location = window().location();
        let here = self.state.borrow().shown.clone();
        if location.pathname().is_ok_and(|path| path != here) {
            let _ = location.reload();
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

fn leave_for(address: &str) {
    let _ = window().location().assign(address);
}
