//! Events: kept once, by month, and read by the explorer.

pub mod explore;
mod fields;
mod months;
pub mod retention;
mod take;
mod usage;

pub(crate) use fields::{FIELDS, event};
pub use months::ensure_months;
pub use take::{NewEvent, Quarantined, claim_keys, insert, note_delivery, quarantine};
pub use usage::{fold_days, note_use};
