//! The HTTP doors: routes, middleware, and what every handler has at hand.

pub mod api;
pub mod auth;
mod doorbell;
mod evidence;
mod exports;
mod files;
pub mod health;
mod imports;
pub mod ingest;
pub mod middleware;
mod operation;
pub mod pages;
mod pipelines;
mod postback;
mod problem;
pub mod router;
mod serve;
mod state;
mod tail;

pub use operation::Operation;
pub use problem::Problem;
pub use serve::serve;
pub use state::AppState;
