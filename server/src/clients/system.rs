//! The one place that asks the machine for the time and for unpredictable bytes.

use chrono::{DateTime, Utc};
use rand::RngCore as _;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl service::Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one system clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The machine's entropy.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl service::Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        rand::rngs::OsRng.fill_bytes(buffer);
    }
}
