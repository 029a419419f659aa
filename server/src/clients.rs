//! The real forms of what the services know as ports: the system's clock and entropy, the identity provider.

pub mod oidc;
mod system;

pub use system::{SystemClock, SystemEntropy};
