//! The real forms of what the services know as ports: the system's clock and entropy, the identity provider,
//! the issuers of tokens that deliver events.

pub mod issuers;
pub mod oidc;
mod system;

pub use system::{SystemClock, SystemEntropy};
