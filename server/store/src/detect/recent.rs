//! What this process took in a moment ago, so that judging it does not mean reading it back.
//!
//! Detection follows close behind ingest, and reading an event back costs the database and the reader about a tenth of
//! what taking it in did. What is not here (another process took it, the process began anew, there was no room) is read
//! from the database as ever: nothing depends on this but speed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::EventId;

use super::Told;

/// Events kept at most. One is about 1.6 KiB.
const MOST: usize = 20_000;
/// How long they are: what nobody asked for by then was judged by somebody else.
const LONGEST: TimeDelta = TimeDelta::seconds(60);

/// Events that were committed and wait for detection.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    events: HashMap<EventId, Told>,
    /// Deliveries in the order they came, with what they brought.
    deliveries: VecDeque<(DateTime<Utc>, Vec<EventId>)>,
}

impl Recent {
    /// Keeps what a delivery brought, once it is committed. Where there is no room for all of it, none is kept: the
    /// older is asked for sooner.
    pub fn put(&self, received_at: DateTime<Utc>, events: Vec<Told>) {
        let mut held = self.held();
        held.forget(received_at - LONGEST);
        if events.is_empty() || held.events.len() + events.len() > MOST {
            return;
        }
        let ids = events.iter().map(|told| told.id).collect();
        held.deliveries.push_back((received_at, ids));
        held.events
            .extend(events.into_iter().map(|told| (told.id, told)));
    }

    /// Takes those of these events that are here, each at its place in the list.
    pub(super) fn take(&self, ids: impl Iterator<Item = EventId>) -> Vec<Option<Told>> {
        let mut held = self.held();
        ids.map(|id| held.events.remove(&id)).collect()
    }

    /// Who panicked with the lock left whole events behind: they are moved, never changed.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn forget(&mut self, before: DateTime<Utc>) {
        while let Some((_, ids)) = self.deliveries.pop_front_if(|(at, _)| *at < before) {
            for id in ids {
                self.events.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::events::{EventFormat, IdKind};
    use domain::event::Event;
    use uuid::Uuid;

    use super::*;

    fn told(n: u128, at: DateTime<Utc>) -> Told {
        let id = (IdKind::Vendor, n.to_string());
        Told {
            id: EventId(Uuid::from_u128(n)),
            received_at: at,
            identity: None,
            event: Box::new(Event::new(EventFormat::Rollcall, "deploy".into(), at, id)),
        }
    }

    fn ids(numbers: impl Iterator<Item = u128>) -> impl Iterator<Item = EventId> {
        numbers.map(|n| EventId(Uuid::from_u128(n)))
    }

    #[test]
    fn each_event_is_handed_out_once_and_at_its_place() {
        let (recent, now) = (Recent::default(), DateTime::UNIX_EPOCH);
        recent.put(now, vec![told(1, now), told(2, now)]);
        let taken = recent.take(ids([2, 3].into_iter()));
        assert_eq!(taken, [Some(told(2, now)), None]);
        let rest = recent.take(ids(1..4));
        assert_eq!(rest, [Some(told(1, now)), None, None]);
    }

    #[test]
    fn what_has_no_room_is_not_kept_and_what_is_old_is_forgotten() {
        let (recent, now) = (Recent::default(), DateTime::UNIX_EPOCH);
        let most = MOST as u128;
        recent.put(now, (0..most).map(|n| told(n, now)).collect());
        recent.put(now + LONGEST, vec![told(most, now)]);
        assert_eq!(recent.take(ids(most..=most)), [None]);
        assert_eq!(recent.take(ids(5..6)), [Some(told(5, now))]);
        let later = now + LONGEST + TimeDelta::microseconds(1);
        recent.put(later, vec![told(most, later)]);
        assert_eq!(recent.take(ids(6..7)), [None]);
        assert_eq!(recent.take(ids(most..=most)), [Some(told(most, later))]);
        assert!(recent.held().events.is_empty());
    }
}
