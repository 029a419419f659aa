//! One folder per area, one page per file; private parts stand beside their page.

pub mod not_found;
pub mod search;
