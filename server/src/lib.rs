//! The doors and the wiring: sockets, clock ticks, the shell, the environment.
//!
//! What belongs here: HTTP routes and middleware, commands, jobs' timing, configuration, real clients.
//! What does not: judgement (`domain`), SQL (`store`), what an actor may do (`service`), pixels (`app`).

pub mod cli;
pub mod clients;
pub mod cluster;
pub mod config;
pub mod http;
pub mod jobs;
mod log;
