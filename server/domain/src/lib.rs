//! Pure judgement: what is so, what follows, what may be done. No async, no I/O, no SQL, no clock,
//! no randomness; time and entropy are arguments. Sockets live in `server`, SQL in `store`.

pub mod access;
pub mod activity;
pub mod campaign;
pub mod canonical;
pub mod coverage;
pub mod delivery;
pub mod demo;
pub mod detect;
pub mod event;
pub mod evidence;
pub mod feed;
pub mod finding;
pub mod identity;
pub mod import;
pub mod network;
pub mod page;
pub mod push;
pub mod siem;
pub mod sign_in;
pub mod token;
pub mod trust;
