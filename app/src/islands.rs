//! The parts that live in the browser. All else is a document: drawn by the server, the same with and without
//! scripts. What belongs here: what must answer while a person types or watches. An island asks the server only
//! through server functions, or by the pages and forms a person without scripts would use, and the page around it
//! works without it.

mod found;
mod next_item;

pub use found::FindAsTyped;
pub use next_item::NextItem;
