//! The real forms of what the services know as ports: the system's clock and entropy, the identity provider.

mod system;

pub use system::{SystemClock, SystemEntropy};
