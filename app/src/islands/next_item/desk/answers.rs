//! Answers on their way: sent one at a time, then saved, or sent back with what was typed.

use std::mem;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsValue;

use super::super::document::{self, Page, Reply, ask};
use super::super::told::Told;
use super::state::Answer;
use super::{Desk, go_on};

impl Desk {
    /// Sends the oldest answer, unless one is on its way: each is judged after those before it.
    pub(super) fn send(&self) {
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
}

fn leave_for(address: &str) {
    let _ = window().location().assign(address);
}
