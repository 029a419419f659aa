//! Walking the feed from its first place to its head, and naming the first place that does not hold.

use chrono::{DateTime, Utc};
use contract::ids::{EventId, SourceId};

use super::{digest, link};
use crate::event::Event;

/// A place of the feed, and the event that stands on it.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Position, 1 the first.
    pub position: i64,
    /// When it was published.
    pub published: DateTime<Utc>,
    /// The chain's hash up to here.
    pub hash: Vec<u8>,
    /// Id of the event.
    pub id: EventId,
    /// The event as it is kept; `None` when it is gone.
    pub kept: Option<Kept>,
    /// Whether its month was removed by its source's retention: then its hash is taken as it is kept.
    pub purged: bool,
}

/// An event as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its source.
    pub source: SourceId,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// Canonical fields.
    pub event: Event,
    /// The redacted record, JSON text.
    pub raw: String,
}

/// Why a feed does not hold. Each names the first position that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A position is missing.
    #[error("position {0} is missing")]
    Missing(i64),
    /// The event of a position is gone.
    #[error("the event at position {0} is gone")]
    Gone(i64),
    /// What is kept does not give the hash that was kept for it.
    #[error("position {0} does not hold: its event was changed, or it was put in another's place")]
    Changed(i64),
    /// Published before the one before it.
    #[error("position {0} was published before the one before it")]
    Earlier(i64),
    /// The head names another end than the last place.
    #[error("the feed ends at position {last}, but its head says {head}")]
    Tail {
        /// The last place there is.
        last: i64,
        /// What the head says.
        head: i64,
    },
    /// The head keeps another hash than the last place.
    #[error("the head does not hold the hash of position {0}, the last")]
    Head(i64),
}

/// A walk along the chain: holds one hash, however long the feed.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    position: i64,
    hash: [u8; 32],
    published: Option<DateTime<Utc>>,
}

impl Walk {
    /// A walk that begins after a place, with the hash that was kept of it: what was before is past its retention.
    pub fn after(position: i64, hash: [u8; 32]) -> Self {
        Self {
            position,
            hash,
            published: None,
        }
    }

    /// Last position that held.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// Takes the next place.
    ///
    /// # Errors
    /// When it does not follow from everything before it.
    pub fn step(&mut self, place: &Placed) -> Result<(), Broken> {
        let position = self.position + 1;
        if place.position != position {
            return Err(Broken::Missing(position));
        }
        let hash = self.hash_of(place)?;
        if self
            .published
            .is_some_and(|before| place.published < before)
        {
            return Err(Broken::Earlier(position));
        }
        *self = Self {
            position,
            hash,
            published: Some(place.published),
        };
        Ok(())
    }

    /// The hash a place must have; where its event is past its retention, the one that it has: the next must follow.
    fn hash_of(&self, place: &Placed) -> Result<[u8; 32], Broken> {
        let position = place.position;
        let stored = place.hash.as_slice();
        let Some(kept) = &place.kept else {
            let hash = stored.try_into().map_err(|_| Broken::Changed(position))?;
            return if place.purged {
                Ok(hash)
            } else {
                Err(Broken::Gone(position))
            };
        };
        let digest = digest(
            place.id,
            kept.source,
            kept.received_at,
            &kept.event,
            &kept.raw,
        );
        let hash = link(&self.hash, position, &digest);
        if hash == stored {
            Ok(hash)
        } else {
            Err(Broken::Changed(position))
        }
    }

    /// Ends the walk at the head.
    ///
    /// # Errors
    /// When the head names another end.
    pub fn end(&self, head: i64, hash: &[u8]) -> Result<(), Broken> {
        if head != self.position {
            return Err(Broken::Tail {
                last: self.position,
                head,
            });
        }
        if hash != self.hash {
            return Err(Broken::Head(head));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use contract::events::{EventFormat, IdKind};
    use uuid::Uuid;

    use super::*;

    fn feed(length: i64) -> Vec<Placed> {
        let at = DateTime::from_timestamp(1_700_000_000, 0).expect("valid time");
        let mut hash = [0; 32];
        (1..=length)
            .map(|position| {
                let id = EventId(Uuid::from_u128(position.unsigned_abs().into()));
                let kept = Kept {
                    source: SourceId(Uuid::from_u128(7)),
                    received_at: at,
                    event: Event::new(
                        EventFormat::Rollcall,
                        format!("a{position}"),
                        at,
                        (IdKind::Vendor, position.to_string()),
                    ),
                    raw: format!("{{\"n\":{position}}}"),
                };
                let digest = digest(id, kept.source, at, &kept.event, &kept.raw);
                hash = link(&hash, position, &digest);
                Placed {
                    position,
                    published: at,
                    hash: hash.to_vec(),
                    id,
                    kept: Some(kept),
                    purged: false,
                }
            })
            .collect()
    }

    fn walk(feed: &[Placed], head: (i64, &[u8])) -> Result<(), Broken> {
        let mut walk = Walk::default();
        feed.iter().try_for_each(|place| walk.step(place))?;
        walk.end(head.0, head.1)
    }

    #[test]
    fn a_whole_feed_holds_and_every_change_is_named_by_its_position() {
        let whole = feed(5);
        let hash = whole[4].hash.clone();
        let head = (5, hash.as_slice());
        assert_eq!(walk(&whole, head), Ok(()));
        let changed = |change: fn(&mut Vec<Placed>)| {
            let mut other = whole.clone();
            change(&mut other);
            walk(&other, head)
        };
        assert_eq!(
            changed(|feed| drop(feed.remove(2))),
            Err(Broken::Missing(3))
        );
        assert_eq!(changed(|feed| feed[3].kept = None), Err(Broken::Gone(4)));
        assert_eq!(
            changed(|feed| feed[1].kept.as_mut().expect("kept").raw.push(' ')),
            Err(Broken::Changed(2))
        );
        assert_eq!(
            changed(|feed| feed[0].kept.as_mut().expect("kept").event.actor = Some("x".into())),
            Err(Broken::Changed(1))
        );
        assert_eq!(
            changed(|feed| feed[4].published -= chrono::TimeDelta::seconds(1)),
            Err(Broken::Earlier(5))
        );
        assert_eq!(
            changed(|feed| {
                let other = feed[3].kept.clone();
                feed[2].kept = other;
            }),
            Err(Broken::Changed(3))
        );
        assert_eq!(
            changed(|feed| drop(feed.pop())),
            Err(Broken::Tail { last: 4, head: 5 })
        );
        assert_eq!(walk(&whole, (5, &[1; 32])), Err(Broken::Head(5)));
    }

    #[test]
    fn what_is_past_its_retention_is_passed_and_the_rest_still_holds() {
        let whole = feed(5);
        let hash = whole[4].hash.clone();
        let head = (5, hash.as_slice());
        let mut purged = whole.clone();
        for place in [1, 2] {
            purged[place].kept = None;
            purged[place].purged = true;
        }
        assert_eq!(walk(&purged, head), Ok(()));
        // Whoever forges the hash of what is gone is found at the next that is kept.
        purged[2].hash = vec![9; 32];
        assert_eq!(walk(&purged, head), Err(Broken::Changed(4)));

        let base: [u8; 32] = whole[2].hash.clone().try_into().expect("32 bytes");
        let mut later = Walk::after(3, base);
        assert_eq!(
            whole[3..].iter().try_for_each(|place| later.step(place)),
            Ok(())
        );
        assert_eq!(later.end(5, &hash), Ok(()));
        let mut wrong = Walk::after(3, [1; 32]);
        assert_eq!(wrong.step(&whole[3]), Err(Broken::Changed(4)));
    }
}
