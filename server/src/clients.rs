//! The real forms of what the services know as ports: the system's clock and entropy, the identity provider,
//! the issuers of tokens that deliver events, the way out to destinations.

pub mod anchor;
pub mod issuers;
pub mod oidc;
pub mod outbound;
pub mod post;
mod system;

pub use system::{SystemClock, SystemEntropy};
