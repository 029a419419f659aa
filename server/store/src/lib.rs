//! The only room that says sqlx. One file per area, free functions over a connection or transaction,
//! private row structs, keyset paging. No judgement: `domain` judges. No authorisation: `service` does.

pub mod activity;
pub mod anchors;
pub mod break_glass;
pub mod campaigns;
mod conditions;
mod copy;
pub mod db;
pub mod demo;
pub mod destinations;
pub mod detect;
pub mod devices;
pub mod doctor;
pub mod events;
pub mod feed;
pub mod findings;
pub mod hooks;
pub mod idempotency;
pub mod identities;
pub mod imports;
pub mod messages;
pub mod notices;
pub mod overview;
pub mod people;
pub mod pipelines;
pub mod queue;
pub mod rotation;
pub mod runners;
pub mod search;
pub mod selectors;
pub mod session;
pub mod sessions;
pub mod sign_in;
pub mod sources;
pub mod stories;
pub mod teams;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tokens;
pub mod trust;
pub mod workload;

pub use db::{Conn, Db, Error, MIGRATOR, Result, Tx};
