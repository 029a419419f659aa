//! The reference of the JSON API, as its page shows it.

use serde::{Deserialize, Serialize};

/// Everything, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The server's public address.
    pub url: String,
    /// Routes by what they are about, in order of name.
    pub areas: Vec<Area>,
}

/// Routes about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Plural noun, e.g. `identities`.
    pub name: String,
    /// Its routes.
    pub routes: Vec<RouteView>,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteView {
    /// Method.
    pub method: String,
    /// Path, with `/api/v1`.
    pub path: String,
    /// What it does.
    pub about: String,
    /// Scope it needs; empty where it needs none.
    pub scope: String,
    /// Parameters: name, where (`query`, `path`, `header`), and what it is.
    pub parameters: Vec<FieldView>,
    /// Fields of the body.
    pub body: Vec<FieldView>,
    /// Fields of the answer.
    pub answer: Vec<FieldView>,
    /// Statuses it may answer, and when.
    pub statuses: Vec<(String, String)>,
}

/// A parameter or a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// Its type, in a word or two.
    pub kind: String,
    /// What it is.
    pub about: String,
}
