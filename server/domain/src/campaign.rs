//! Review campaigns: what is frozen, who answers, which answers stand, when the book is shut.
//!
//! Everything here is judgement over values. Loading and saving is `store`'s, one actor's wish is
//! `service`'s. The evidence made of a closed campaign is [`crate::evidence`].

pub mod calendar;
pub mod due;
pub mod item;
pub mod micro;
pub mod order;
pub mod panel;
pub mod policy;
pub mod quality;
pub mod reason;
pub mod recommend;
pub mod remediation;
pub mod remind;
pub mod reviewer;
pub mod silence;
pub mod snapshot;
pub mod state;
pub mod tally;
