//! The real forms of what the services know as ports: the system's clock and entropy, the identity provider,
//! the issuers of tokens that deliver events, the way out to destinations.

pub mod issuers;
pub mod oidc;
pub mod outbound;
mod system;

pub use system::{SystemClock, SystemEntropy};
