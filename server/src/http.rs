//! The HTTP doors: routes, middleware, and what every handler has at hand.

mod files;
pub mod health;
pub mod pages;
pub mod router;
mod serve;
mod state;

pub use serve::serve;
pub use state::AppState;
