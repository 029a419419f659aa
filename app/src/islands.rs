//! The parts that live in the browser. All else is a document: drawn by the server, the same with and without
//! scripts. What belongs here: what must answer while a person types or watches. An island asks the server only
//! through server functions, and the page around it works without it.

mod found;

pub use found::FindAsTyped;
