//! One function per thing an actor can do: authorise, load, judge, save, audit, enqueue, commit.
//!
//! Every door (page, server function, JSON handler, job, command) calls these and nothing below.
//! Each function takes an [`Op`] first and authorises before it touches the database.

pub mod activity;
pub mod break_glass;
pub mod campaigns;
mod csv;
pub mod demo;
pub mod destinations;
pub mod detect;
pub mod devices;
pub mod doctor;
pub mod error;
pub mod events;
pub mod evidence;
pub mod feed;
pub mod findings;
pub mod health;
pub mod hooks;
pub mod idempotency;
pub mod identities;
pub mod imports;
pub mod ingest;
pub mod jobs;
mod keyfile;
pub mod messages;
pub mod notices;
pub mod op;
pub mod overview;
pub mod people;
pub mod ports;
pub mod posture;
pub mod reference;
pub mod rotation;
pub mod runners;
pub mod search;
pub mod session;
pub mod settings;
pub mod sources;
pub mod stories;
pub mod tokens;
pub mod trust;
pub mod workload;

pub use domain::access::{Actor, Refusal};
pub use error::Error;
pub use op::{Op, OpKind, Services};
pub use ports::{Clock, Entropy};
pub use settings::Settings;

/// Result of every service function.
pub type Result<T> = std::result::Result<T, Error>;
