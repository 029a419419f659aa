//! The owner's twenty minutes: what waits for the viewer, and one item after the other.

mod absence;
pub mod address;
mod bar;
pub mod facts;
pub mod groups;
pub mod item;
pub mod mine;
pub mod queue;
mod reasons;
pub mod start;
