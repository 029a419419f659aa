//! Shared nouns: what both the browser and the server must know by the same name.
//!
//! Typed ids, flat enums, view structs and form inputs. Serde only; no behaviour beyond
//! `Display`/`FromStr`. A judgement belongs in `domain`, SQL in `store`, pixels in `app`.

#[macro_use]
mod flat_enum;

pub mod access;
pub mod activity;
pub mod campaigns;
pub mod destinations;
pub mod events;
pub mod feed;
pub mod findings;
pub mod identities;
pub mod ids;
pub mod imports;
pub mod messages;
pub mod notices;
pub mod overview;
pub mod people;
pub mod pipelines;
pub mod reference;
pub mod runners;
pub mod sources;
pub mod stories;
pub mod tokens;
pub mod trust;

use serde::{Deserialize, Serialize};

/// One page of a keyset-paged list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows of this page, in list order.
    pub rows: Vec<T>,
    /// Opaque cursor of the next page; absent on the last one.
    pub next: Option<String>,
    /// Rows matching the filter over all pages; absent where counting would be slow.
    pub total: Option<i64>,
}

/// One value of a facet with the number of rows it would show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The value as it stands in the address.
    pub value: String,
    /// The value as a person reads it.
    pub label: String,
    /// Rows with this value under the other filters.
    pub count: i64,
}

/// How every refusal of a pasted secret begins. What was typed into a field refused so is never shown again.
pub const SECRET_REFUSED: &str = "This looks like";

/// A message beside one form field. `field` is the form's own name for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the form field.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A word that is not one of an enum's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// The enum's name.
    pub kind: &'static str,
    /// The word that was given.
    pub word: String,
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is not a known {}", self.word, self.kind)
    }
}

impl std::error::Error for UnknownWord {}
