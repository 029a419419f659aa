//! Imports: uploading a file, looking at what it would change, confirming it, and what was imported before.

mod detail;
mod list;
mod mapping;
mod report;

pub use detail::ImportPage;
pub use list::{ImportsPage, Problem};

use contract::imports::ImportProgress;

use crate::format::{count, number};

/// How far an import is, in words.
pub fn words(progress: &ImportProgress) -> String {
    match progress.of {
        Some(of) => format!(
            "{} of {} read",
            number(progress.rows.min(of)),
            count(of, "row")
        ),
        None => format!("{} read", count(progress.rows, "row")),
    }
}
