//! Where the review stands in one window.

use std::collections::{HashMap, HashSet, VecDeque};

use super::super::document::{self, Page};
use super::super::order;

/// An answer that is not confirmed.
pub struct Answer {
    /// The item's address.
    pub path: String,
    /// The item's name.
    pub name: String,
    /// Where the form goes.
    pub target: String,
    /// The form, encoded.
    pub form: String,
    /// The item as it was answered; absent while it is still in sight.
    pub page: Option<Page>,
}

/// Where the review stands in this window.
#[derive(Default)]
pub struct State {
    /// The address of the item in sight.
    pub shown: String,
    /// It was sent back and is being put right.
    pub mending: bool,
    /// It is answered, and the next one is not here yet.
    pub held: bool,
    /// Items fetched ahead, or left for one that was sent back; by address.
    pub shelf: HashMap<String, Page>,
    /// Items being fetched.
    pub coming: HashSet<String>,
    /// Answers on their way, oldest first.
    pub waiting: VecDeque<Answer>,
    /// The oldest of them was sent.
    pub sent: bool,
    /// Items whose answers were confirmed in this window.
    pub saved: HashSet<String>,
    /// Items sent back that are not in sight again.
    pub back: VecDeque<String>,
    /// Where the person wants to go once all is confirmed.
    pub then: Option<String>,
}

impl State {
    /// Its answer was confirmed, or is on its way.
    pub fn is_settled(&self, item: &str) -> bool {
        self.saved.contains(item) || self.waiting.iter().any(|answer| answer.path == item)
    }

    /// Open items in the order they come.
    pub fn next(&self) -> Vec<String> {
        let open = document::open_items();
        let queue = order::after(&open, &self.shown, |item| {
            self.is_settled(item) || self.back.iter().any(|back| back == item)
        });
        self.back.iter().cloned().chain(queue).collect()
    }

    /// Keeps what was just taken off the screen: with its answer, or for when it comes again.
    pub fn put_away(&mut self, path: String, page: Page) {
        match self.waiting.iter_mut().find(|answer| answer.path == path) {
            Some(answer) => answer.page = Some(page),
            None if self.saved.contains(&path) => {}
            None => {
                self.shelf.insert(path, page);
            }
        }
    }
}
