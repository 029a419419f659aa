//! How much may be under way at once: memory stays bounded however many senders come together.
//!
//! A body takes its room before it is read and gives it back with the answer; who finds none is told to come again
//! (429 with `Retry-After`), which every shipper does. Deliveries that have arrived are read and kept by a few hands,
//! in the order of their arrival: more at once would only hold more of them unpacked in memory.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::Problem;

/// Largest bodies that fit in together.
const BODIES: usize = 8;
/// What one permit of the room stands for, in bytes.
const GRAIN: usize = 1024;
/// Seconds after which a sender may try again.
const AGAIN: u32 = 2;

/// The gate of one process.
#[derive(Debug, Clone)]
pub struct Gate {
    room: Arc<Semaphore>,
    hands: Arc<Semaphore>,
    /// Largest body, in bytes: what one that does not tell its length is taken for.
    largest: usize,
}

impl Gate {
    /// A gate for bodies of up to so many bytes.
    pub fn new(largest: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            room: Arc::new(Semaphore::new(grains(largest) * BODIES)),
            hands: Arc::new(Semaphore::new(cores.max(2))),
            largest,
        }
    }

    /// Room for the body these headers announce, until it is dropped.
    ///
    /// # Errors
    /// The answer 429 when there is none now.
    pub fn enter(&self, headers: &HeaderMap) -> Result<OwnedSemaphorePermit, Box<Response>> {
        let announced = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse().ok())
            .unwrap_or(self.largest)
            .min(self.largest);
        let permits = u32::try_from(grains(announced)).unwrap_or(u32::MAX);
        self.room
            .clone()
            .try_acquire_many_owned(permits)
            .map_err(|_| Box::new(full()))
    }

    /// Waits for a hand.
    pub async fn hand(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed.
        self.hands.clone().acquire_owned().await.ok()
    }
}

fn grains(bytes: usize) -> usize {
    bytes.div_ceil(GRAIN).max(1)
}

fn full() -> Response {
    let problem = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "More deliveries are under way than this server holds in memory. Nothing of this one was kept; send it again.",
    );
    let mut response = problem.into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, AGAIN.into());
    response
}
