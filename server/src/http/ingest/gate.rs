//! How much may be under way at once: memory stays bounded however many senders come together.
//!
//! Bodies have three rooms, so that whoever has proved itself always finds its own. A sender that its head proves, and
//! that tells how long its body is, takes room for all of it before any is read. One that does not tell takes room as the
//! body comes; so does one that only its body can prove (a signature), in a room apart, where the senders of one address
//! have one largest body's worth together. Room is given back with the answer; who finds none is told to come again (429
//! with `Retry-After`), which every shipper does. Deliveries that have arrived are read and kept by a few hands, in the
//! order of their arrival: more at once would only hold more of them unpacked in memory. Nobody waits for a hand so long
//! that its sender has given up meanwhile.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use futures::StreamExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::Problem;
use crate::http::problem::usual;

/// Largest bodies that fit together into the room of proven senders that tell the length.
const TOLD: usize = 4;
/// Into that of proven senders that do not.
const UNTOLD: usize = 2;
/// Into that of senders that nothing proves before their body was read.
const UNPROVEN: usize = 2;
/// What one permit of a room stands for, in bytes.
const GRAIN: usize = 1024;
/// What a body takes before any of it has come, where its length is not told or not to be relied on, in bytes.
const FIRST: usize = 64 * 1024;

/// How long a delivery that has arrived waits for a hand. GitHub gives up ten seconds after it began to send, and sends
/// nothing twice by itself: it must hear that nothing was kept.
const PATIENCE: Duration = Duration::from_secs(8);

/// What unproven senders hold together, in grains, by address; one whose address is not known counts as one more.
type Addresses = Arc<Mutex<HashMap<Option<IpAddr>, usize>>>;

/// The gate of one process.
#[derive(Debug, Clone)]
pub struct Gate {
    told: Arc<Semaphore>,
    untold: Arc<Semaphore>,
    unproven: Arc<Semaphore>,
    addresses: Addresses,
    hands: Arc<Semaphore>,
    /// How long anybody waits for one of them.
    patience: Duration,
    /// Largest body, in bytes.
    largest: usize,
}

impl Gate {
    /// A gate for bodies of up to so many bytes.
    pub fn new(largest: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let room = |bodies: usize| Arc::new(Semaphore::new(grains(largest) * bodies));
        Self {
            told: room(TOLD),
            untold: room(UNTOLD),
            unproven: room(UNPROVEN),
            addresses: Addresses::default(),
            hands: Arc::new(Semaphore::new(cores.max(2))),
            patience: PATIENCE,
            largest,
        }
    }

    /// The length these headers announce, in bytes, where they do.
    ///
    /// # Errors
    /// The answer 413 when it is more than a body may have.
    pub(super) fn announced(&self, headers: &HeaderMap) -> Result<Option<usize>, Problem> {
        let Some(length) = headers.get(header::CONTENT_LENGTH) else {
            return Ok(None);
        };
        let length = length.to_str().unwrap_or_default();
        let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        match length.parse::<usize>() {
            Ok(length) if length <= self.largest => Ok(Some(length)),
            Err(_) if !digits => Ok(None),
            // Or a number too large to be read.
            _ => Err(usual(StatusCode::PAYLOAD_TOO_LARGE)),
        }
    }

    /// Whether a proven sender would find room now: asked before it is proven, which may cost a look at an issuer's keys.
    ///
    /// # Errors
    /// The answer 429 when it would not.
    pub(super) fn peek(&self, announced: Option<usize>) -> Result<(), Problem> {
        let (room, bytes) = self.proven_room(announced);
        if room.available_permits() < grains(bytes) {
            return Err(full());
        }
        Ok(())
    }

    /// Room for a sender that is proven.
    ///
    /// # Errors
    /// The answer 429 when there is none: others were quicker since [`Gate::peek`].
    pub(super) fn proven(&self, announced: Option<usize>) -> Result<Room, Problem> {
        let (room, bytes) = self.proven_room(announced);
        Ok(Room {
            permit: take(room, grains(bytes))?,
            of: room.clone(),
            share: None,
            announced,
            largest: self.largest,
        })
    }

    fn proven_room(&self, announced: Option<usize>) -> (&Arc<Semaphore>, usize) {
        match announced {
            Some(length) => (&self.told, length),
            None => (&self.untold, FIRST.min(self.largest)),
        }
    }

    /// Room for a sender that only its body can prove. What it announces is not relied on: it costs nothing to announce.
    ///
    /// # Errors
    /// The answer 429 when there is none, or none for its address.
    pub(super) fn unproven(&self, from: Option<IpAddr>) -> Result<Room, Problem> {
        let mut share = Share {
            all: self.addresses.clone(),
            address: from.map(network),
            held: 0,
            most: grains(self.largest),
        };
        let first = grains(FIRST.min(self.largest));
        share.add(first)?;
        Ok(Room {
            permit: take(&self.unproven, first)?,
            of: self.unproven.clone(),
            share: Some(share),
            announced: None,
            largest: self.largest,
        })
    }

    /// Waits for a hand.
    ///
    /// # Errors
    /// The answer 429 when none is free in time.
    pub(super) async fn hand(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let hand = tokio::time::timeout(self.patience, self.hands.clone().acquire_owned());
        match hand.await {
            Ok(Ok(hand)) => Ok(hand),
            // The semaphore is never closed: it was the time.
            Ok(Err(_)) | Err(_) => Err(full()),
        }
    }
}

/// Room for one body, until it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    permit: OwnedSemaphorePermit,
    of: Arc<Semaphore>,
    share: Option<Share>,
    announced: Option<usize>,
    largest: usize,
}

impl Room {
    /// Reads a body into it, taking more room as more comes than was announced.
    ///
    /// # Errors
    /// The answer 413 when it is too large, 429 when there is no more room, 400 when it breaks off.
    pub(super) async fn read(&mut self, body: Body) -> Result<Vec<u8>, Problem> {
        let mut all = Vec::with_capacity(self.announced.unwrap_or_default());
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| usual(StatusCode::BAD_REQUEST))?;
            let length = all.len() + chunk.len();
            if length > self.largest {
                return Err(usual(StatusCode::PAYLOAD_TOO_LARGE));
            }
            self.hold(length)?;
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    fn hold(&mut self, bytes: usize) -> Result<(), Problem> {
        let more = grains(bytes).saturating_sub(self.permit.num_permits());
        if more == 0 {
            return Ok(());
        }
        if let Some(share) = &mut self.share {
            share.add(more)?;
        }
        self.permit.merge(take(&self.of, more)?);
        Ok(())
    }
}

/// What one unproven sender holds of what its address may.
#[derive(Debug)]
struct Share {
    all: Addresses,
    address: Option<IpAddr>,
    held: usize,
    most: usize,
}

impl Share {
    fn add(&mut self, grains: usize) -> Result<(), Problem> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let held = all.get(&self.address).copied().unwrap_or_default();
        if held + grains > self.most {
            return Err(full());
        }
        all.insert(self.address, held + grains);
        self.held += grains;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let held = all.get(&self.address).copied().unwrap_or_default();
        match held.saturating_sub(self.held) {
            0 => all.remove(&self.address),
            left => all.insert(self.address, left),
        };
    }
}

/// What counts as one address: of IPv6 the network that a single host is given.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn take(room: &Arc<Semaphore>, grains: usize) -> Result<OwnedSemaphorePermit, Problem> {
    room.clone()
        .try_acquire_many_owned(permits(grains))
        .map_err(|_| full())
}

fn grains(bytes: usize) -> usize {
    bytes.div_ceil(GRAIN).max(1)
}

fn permits(grains: usize) -> u32 {
    u32::try_from(grains).unwrap_or(u32::MAX)
}

fn full() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "More deliveries are under way than this server holds in memory. Nothing of this one was kept; send it again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1024 * 1024;

    fn pieces(count: usize, size: usize) -> Body {
        let pieces = (0..count).map(move |_| Ok::<_, std::io::Error>(vec![b'x'; size]));
        Body::from_stream(futures::stream::iter(pieces))
    }

    fn free(gate: &Gate) -> [usize; 3] {
        [&gate.told, &gate.untold, &gate.unproven].map(|room| room.available_permits() * GRAIN)
    }

    #[tokio::test]
    async fn room_is_taken_as_a_body_comes_and_given_back_whole() {
        let gate = Gate::new(MIB);
        let mut room = gate.proven(None).expect("room");
        assert_eq!(free(&gate), [4 * MIB, 2 * MIB - FIRST, 2 * MIB]);
        let read = room.read(pieces(3, 100_000)).await.expect("fits");
        assert_eq!(read, vec![b'x'; 300_000]);
        assert_eq!(
            free(&gate)[1],
            2 * MIB - 300_000usize.div_ceil(GRAIN) * GRAIN
        );
        drop(room);
        let mut room = gate.proven(Some(300_000)).expect("room");
        let before = free(&gate);
        assert_eq!(before[0], 4 * MIB - 300_000usize.div_ceil(GRAIN) * GRAIN);
        room.read(pieces(3, 100_000)).await.expect("fits");
        assert_eq!(free(&gate), before, "all of it was taken before");
        drop(room);
        let mut room = gate.unproven(None).expect("room");
        let why = room.read(pieces(3, 400_000)).await.expect_err("too large");
        assert_eq!(why.status, StatusCode::PAYLOAD_TOO_LARGE);
        drop(room);
        assert_eq!(free(&gate), [4 * MIB, 2 * MIB, 2 * MIB]);
    }

    #[tokio::test]
    async fn unproven_senders_of_an_address_hold_one_largest_body_together() {
        let gate = Gate::new(MIB);
        let [first, second, third] =
            ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(|text| text.parse().ok());
        let mut one = gate.unproven(first).expect("room");
        let mut two = gate.unproven(first).expect("room");
        one.read(pieces(1, 700_000)).await.expect("fits");
        let why = two.read(pieces(1, 700_000)).await.expect_err("no more");
        assert_eq!(why.status, StatusCode::TOO_MANY_REQUESTS);
        drop(two);
        let mut other = gate.unproven(second).expect("room");
        other.read(pieces(1, MIB)).await.expect("fits");
        let mut last = gate.unproven(third).expect("room");
        last.read(pieces(1, MIB))
            .await
            .expect_err("the room is full");
        drop((one, other, last));
        assert!(
            gate.addresses.lock().expect("not poisoned").is_empty(),
            "nobody is remembered who holds nothing"
        );
        assert_eq!(free(&gate)[2], 2 * MIB);
    }

    #[tokio::test]
    async fn a_delivery_waits_for_a_hand_no_longer_than_its_sender_does() {
        let gate = Gate {
            patience: Duration::ZERO,
            ..Gate::new(MIB)
        };
        let mut busy = Vec::new();
        while gate.hands.available_permits() > 0 {
            busy.push(gate.hand().await.expect("a hand is free"));
        }
        let why = gate.hand().await.expect_err("none is free");
        assert_eq!(why.status, StatusCode::TOO_MANY_REQUESTS);
        let answer = axum::response::IntoResponse::into_response(why);
        assert!(answer.headers().contains_key(header::RETRY_AFTER));
        drop(busy.pop());
        drop(gate.hand().await.expect("one is free again"));
        assert!(Gate::new(MIB).patience < Duration::from_secs(10));
    }

    #[test]
    fn an_address_is_a_host_and_the_network_that_a_host_is_given() {
        let same = |one: &str, other: &str| {
            network(one.parse().expect("address")) == network(other.parse().expect("address"))
        };
        assert!(same("2001:db8:0:1::1", "2001:db8:0:1:ffff::2"));
        assert!(!same("2001:db8:0:1::1", "2001:db8:0:2::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
    }

    #[test]
    fn a_length_is_believed_or_too_large() {
        let gate = Gate::new(MIB);
        let announced = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::CONTENT_LENGTH,
                header::HeaderValue::from_static(value),
            );
            gate.announced(&headers).map_err(|problem| problem.status)
        };
        assert_eq!(announced("0"), Ok(Some(0)));
        assert_eq!(announced("1048576"), Ok(Some(MIB)));
        assert_eq!(announced("soon"), Ok(None));
        for length in ["1048577", "99999999999999999999999999"] {
            assert_eq!(announced(length), Err(StatusCode::PAYLOAD_TOO_LARGE));
        }
        assert_eq!(gate.announced(&HeaderMap::new()).ok(), Some(None));
    }
}
