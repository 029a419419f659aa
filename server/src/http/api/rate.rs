//! How often a token may ask: a generic cell rate for each, told in the headers pollers know.
//!
//! Counted in this process; several processes allow as many times as much.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

/// Keys kept before those that are full again are forgotten.
const MANY: usize = 10_000;

type Limiter =
    RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// One rate for everybody, counted by key. Cheap to clone.
#[derive(Clone)]
pub struct Rate {
    limiter: Arc<Limiter>,
    limit: NonZeroU32,
}

/// What is left, in the words of the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    limit: u32,
    remaining: u32,
    /// Seconds until it is whole again, or until one request is allowed when none is left.
    seconds: u64,
}

impl Rate {
    /// So many requests in a minute, all of them at once if need be.
    pub fn per_minute(limit: u32) -> Self {
        let limit = NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN);
        let limiter = RateLimiter::keyed(Quota::per_minute(limit)).with_middleware();
        Self {
            limiter: Arc::new(limiter),
            limit,
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// When none is left; what is told then.
    pub fn count(&self, key: &str) -> Result<Left, Left> {
        if self.limiter.len() > MANY {
            self.limiter.retain_recent();
        }
        let limit = self.limit.get();
        match self.limiter.check_key(&key.to_owned()) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = u64::from(limit.saturating_sub(remaining));
                Ok(Left {
                    limit,
                    remaining,
                    seconds: (used * 60).div_ceil(u64::from(limit)),
                })
            }
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.limiter.clock().now());
                Err(Left {
                    limit,
                    remaining: 0,
                    seconds: wait.as_secs() + 1,
                })
            }
        }
    }
}

impl Left {
    /// Seconds to wait.
    pub fn seconds(self) -> u64 {
        self.seconds
    }

    /// Okta's spelling and GitHub's; the reset is a time, in seconds since 1970.
    pub fn tell(self, headers: &mut HeaderMap, now: i64) {
        let reset = now.saturating_add(i64::try_from(self.seconds).unwrap_or(i64::MAX));
        for (names, value) in [
            (
                ["x-rate-limit-limit", "x-ratelimit-limit"],
                i64::from(self.limit),
            ),
            (
                ["x-rate-limit-remaining", "x-ratelimit-remaining"],
                i64::from(self.remaining),
            ),
            (["x-rate-limit-reset", "x-ratelimit-reset"], reset),
        ] {
            for name in names {
                headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_rate() {
        let rate = Rate::per_minute(2);
        assert_eq!(rate.count("a").map(|left| left.remaining), Ok(1));
        assert_eq!(rate.count("a").map(|left| left.remaining), Ok(0));
        let refused = rate.count("a");
        assert!(refused.is_err_and(|left| (1..=31).contains(&left.seconds)));
        assert!(rate.count("b").is_ok());
    }
}
