//! The only room that says sqlx. One file per area, free functions over a connection or transaction,
//! private row structs, keyset paging. No judgement: `domain` judges. No authorisation: `service` does.

pub mod activity;
pub mod db;
pub mod queue;
pub mod search;
pub mod session;
pub mod sessions;
pub mod sign_in;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tokens;

pub use db::{Conn, Db, Error, MIGRATOR, Result, Tx};
