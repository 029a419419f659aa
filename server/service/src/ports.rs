//! What the world has in two forms: the real one in `server::clients`, the fake beside it in tests.

use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;
}

/// Gives unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// A token, and what it must be.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The token as it was sent.
    pub token: &'a str,
    /// Who must have issued it.
    pub issuer: &'a str,
    /// Whom it must be meant for.
    pub audience: &'a str,
    /// The present moment.
    pub now: DateTime<Utc>,
}

/// Verified claims, or why there are none.
pub type Believed<'a> =
    Pin<Box<dyn Future<Output = Result<Map<String, Value>, String>> + Send + 'a>>;

/// Knows issuers' keys and judges tokens by them.
pub trait Issuers: Send + Sync {
    /// Signature, issuer, audience and times of a token; its claims when all of them are right.
    fn claims<'a>(&'a self, asked: Asked<'a>) -> Believed<'a>;
}

/// Knows no issuer: no token is believed.
#[derive(Debug, Clone, Copy)]
pub struct NoIssuers;

impl Issuers for NoIssuers {
    fn claims<'a>(&'a self, _: Asked<'a>) -> Believed<'a> {
        Box::pin(async { Err("no issuer is known here".to_owned()) })
    }
}

/// What was answered to what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Seconds to wait, where it says so.
    pub retry_after: Option<i64>,
    /// Body, cut to what anybody reads of it.
    pub body: Vec<u8>,
}

/// An answer, or why there is none.
pub type Carried<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// Carries rows out of the house. Addresses that lead inside are refused unless the configuration allows them.
pub trait Carrier: Send + Sync {
    /// Posts a body. Redirects are not followed.
    fn post<'a>(
        &'a self,
        url: &'a str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Carried<'a, Reply>;

    /// Puts a body at an address. Redirects are not followed.
    fn put<'a>(
        &'a self,
        url: &'a str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Carried<'a, Reply>;

    /// Writes frames to `host:port` over TCP, or to `tls://host:port` over TLS, and waits until they left; the receiver
    /// says nothing back.
    fn stream<'a>(&'a self, address: &'a str, body: Vec<u8>) -> Carried<'a, ()>;

    /// Keeps a file as it is, whole or not at all, under the folder of exports.
    fn file<'a>(&'a self, folder: &'a str, name: String, body: Vec<u8>) -> Carried<'a, ()>;
}

/// A line on its way to a place outside; what kept it.
pub type Anchoring<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// A place outside where the head of the record is written.
pub trait Anchorage: Send + Sync {
    /// Its stable word.
    fn name(&self) -> &'static str;

    /// Writes a line there; done when it is safe there. `id` and `at` name this writing, where the place signs.
    fn put(&self, line: String, id: uuid::Uuid, at: DateTime<Utc>) -> Anchoring<'_>;
}

/// A message as it is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The message's id: a receiver that has seen it knows it again.
    pub id: uuid::Uuid,
    /// To whom.
    pub to_name: String,
    /// Their address; empty for a webhook.
    pub address: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// The present moment.
    pub at: DateTime<Utc>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// The other side has it.
    Taken,
    /// Nothing is configured that could take it.
    NoChannel,
    /// The other side will never take it; why.
    Refused(String),
    /// Not now; why.
    Later(String),
}

/// A message on its way.
pub type Posting<'a> = Pin<Box<dyn Future<Output = Posted> + Send + 'a>>;

/// Takes messages out of the house.
pub trait Post: Send + Sync {
    /// By e-mail.
    fn mail(&self, letter: Letter) -> Posting<'_>;

    /// To the configured webhook.
    fn webhook(&self, letter: Letter) -> Posting<'_>;
}

/// Keeps every letter instead of sending it: for tests.
#[derive(Debug, Default)]
pub struct Pigeonhole(std::sync::Mutex<Vec<Letter>>);

impl Pigeonhole {
    /// Every letter so far, in order.
    pub fn letters(&self) -> Vec<Letter> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, letter: Letter) -> Posted {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(letter);
        Posted::Taken
    }
}

impl Post for Pigeonhole {
    fn mail(&self, letter: Letter) -> Posting<'_> {
        Box::pin(async move { self.keep(letter) })
    }

    fn webhook(&self, letter: Letter) -> Posting<'_> {
        Box::pin(async move { self.keep(letter) })
    }
}

/// A clock that stands still until it is moved, and counted entropy: for tests and the demo seed.
pub mod fixed {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use chrono::{DateTime, TimeDelta, Utc};
    use sha2::{Digest, Sha256};

    /// A clock somebody sets.
    #[derive(Debug)]
    pub struct FixedClock(Mutex<DateTime<Utc>>);

    impl FixedClock {
        /// Stands at `now`.
        pub fn new(now: DateTime<Utc>) -> Self {
            Self(Mutex::new(now))
        }

        /// Moves to `now`.
        pub fn set(&self, now: DateTime<Utc>) {
            *self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = now;
        }

        /// Moves on.
        pub fn advance(&self, by: TimeDelta) {
            *self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) += by;
        }
    }

    impl super::Clock for FixedClock {
        fn now(&self) -> DateTime<Utc> {
            *self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        }
    }

    /// Entropy that repeats itself for one seed: ids of the demo organisation are the same on each machine.
    #[derive(Debug)]
    pub struct SeededEntropy {
        seed: u64,
        counter: AtomicU64,
    }

    impl SeededEntropy {
        /// Starts from a seed.
        pub const fn new(seed: u64) -> Self {
            Self {
                seed,
                counter: AtomicU64::new(0),
            }
        }
    }

    impl super::Entropy for SeededEntropy {
        fn fill(&self, buffer: &mut [u8]) {
            for chunk in buffer.chunks_mut(32) {
                let mut sha = Sha256::new();
                sha.update(self.seed.to_be_bytes());
                sha.update(self.counter.fetch_add(1, Ordering::Relaxed).to_be_bytes());
                chunk.copy_from_slice(&sha.finalize()[..chunk.len()]);
            }
        }
    }
}
