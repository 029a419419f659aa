//! The evidence pack of a sealed campaign: a zip anybody can check with the public key alone.
//!
//! Writing is streaming and deterministic: the same campaign gives the same bytes. Checking is offline
//! and separates three questions: who signed it, whether it is unchanged (integrity), and whether it is
//! whole (completeness). No clock, no file system, no keys of its own: all are arguments.

mod container;
pub mod format;
mod guide;
pub mod keys;
pub mod problem;
mod summary;
pub mod table;
pub mod verify;
pub mod write;

pub use format::{Coverage, Header, Manifest, Record};
pub use problem::{Concern, Problem, Refused};
pub use verify::{Report, verify};
pub use write::{Section, WriteError, Writer};
