//! The feed's cursors (opaque to the reader, bound to one database, one epoch and one filter), and its pace.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use contract::events::{EventKind, Outcome};
use contract::feed::FeedStream;
use contract::findings::{FindingClass, FindingState, Severity};
use contract::ids::IdentityId;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How the feed keeps up with what is received, by how long the first waiting event has waited. An event is placed
/// within a second or so; a bulk load of 100,000 within half a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Less than 60 seconds.
    Well,
    /// 60 seconds to 5 minutes: look at it. Nothing is lost, readers see events later.
    Behind,
    /// More than 5 minutes: no sequencer does its work.
    Stalled,
}

impl Pace {
    /// Judges by the wait of the first event.
    pub fn of(oldest: TimeDelta) -> Self {
        if oldest > TimeDelta::minutes(5) {
            Self::Stalled
        } else if oldest >= TimeDelta::seconds(60) {
            Self::Behind
        } else {
            Self::Well
        }
    }

    /// Its word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Behind => "behind",
            Self::Stalled => "stalled",
        }
    }
}

/// What a reader asked to see; empty lists mean everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedFilter {
    /// Source slugs.
    pub source: Vec<String>,
    /// Kinds.
    pub kind: Vec<EventKind>,
    /// Outcomes.
    pub outcome: Vec<Outcome>,
    /// Identities.
    pub identity: Vec<IdentityId>,
    /// Slugs of the teams the events' identities are of; set for readers that see no others.
    pub team: Vec<String>,
}

impl FeedFilter {
    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn whole(&self) -> serde_json::Value {
        let mut whole = serde_json::json!([
            sorted(&self.source),
            sorted(&self.kind),
            sorted(&self.outcome),
            sorted(&self.identity)
        ]);
        if !self.team.is_empty()
            && let Some(list) = whole.as_array_mut()
        {
            list.push(serde_json::json!(sorted(&self.team)));
        }
        whole
    }
}

fn sorted<T: ToString>(values: &[T]) -> Vec<String> {
    let mut words: Vec<String> = values.iter().map(ToString::to_string).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// What a reader of the changes of findings asked to see; empty lists mean everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeFilter {
    /// Severities.
    pub severity: Vec<Severity>,
    /// Classes.
    pub class: Vec<FindingClass>,
    /// Rules.
    pub rule: Vec<String>,
    /// States after the change.
    pub state: Vec<FindingState>,
    /// Identities.
    pub identity: Vec<IdentityId>,
    /// Slugs of teams; set for readers that see no others.
    pub team: Vec<String>,
}

/// What a reader of the record asked to see; empty lists mean everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// Kinds of object.
    pub object: Vec<String>,
    /// Actions.
    pub action: Vec<String>,
}

/// A feed, and what of it somebody asked to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Events.
    Events(FeedFilter),
    /// Changes of findings.
    Findings(ChangeFilter),
    /// Our own record.
    Activity(EntryFilter),
}

impl Default for Selection {
    fn default() -> Self {
        Self::Events(FeedFilter::default())
    }
}

impl From<FeedFilter> for Selection {
    fn from(filter: FeedFilter) -> Self {
        Self::Events(filter)
    }
}

impl Selection {
    /// Everything of a feed.
    pub fn all(stream: FeedStream) -> Self {
        match stream {
            FeedStream::Events => Self::Events(FeedFilter::default()),
            FeedStream::Findings => Self::Findings(ChangeFilter::default()),
            FeedStream::Activity => Self::Activity(EntryFilter::default()),
        }
    }

    /// Which feed it is of.
    pub fn stream(&self) -> FeedStream {
        match self {
            Self::Events(_) => FeedStream::Events,
            Self::Findings(_) => FeedStream::Findings,
            Self::Activity(_) => FeedStream::Activity,
        }
    }

    /// A short hash of feed and filter, the same in whatever order the values were written.
    pub fn hash(&self) -> String {
        let whole = match self {
            Self::Events(filter) => filter.whole(),
            Self::Findings(filter) => serde_json::json!([
                "findings",
                sorted(&filter.severity),
                sorted(&filter.class),
                sorted(&filter.rule),
                sorted(&filter.state),
                sorted(&filter.identity),
                sorted(&filter.team)
            ]),
            Self::Activity(filter) => {
                serde_json::json!(["activity", sorted(&filter.object), sorted(&filter.action)])
            }
        };
        hex::encode(&Sha256::digest(whole.to_string())[..8])
    }

    /// The same for a reader that sees the rows of these teams only; none means all. The record tells of everybody: who
    /// is narrowed may not read it at all.
    #[must_use]
    pub fn of_teams(mut self, teams: &[String]) -> Self {
        match &mut self {
            Self::Events(filter) => filter.team = teams.to_vec(),
            Self::Findings(filter) => filter.team = teams.to_vec(),
            Self::Activity(_) => {}
        }
        self
    }

    /// Takes the words of one of its filters; `false` when it has no such filter.
    ///
    /// # Errors
    /// The first word it does not know.
    pub fn narrow(&mut self, name: &str, words: &[&str]) -> Result<bool, String> {
        match (self, name) {
            (Self::Events(filter), "source") => add(&mut filter.source, words)?,
            (Self::Events(filter), "kind" | "type") => add(&mut filter.kind, words)?,
            (Self::Events(filter), "outcome") => add(&mut filter.outcome, words)?,
            (Self::Events(filter), "identity") => add(&mut filter.identity, words)?,
            (Self::Findings(filter), "severity") => add(&mut filter.severity, words)?,
            (Self::Findings(filter), "class") => add(&mut filter.class, words)?,
            (Self::Findings(filter), "rule") => add(&mut filter.rule, words)?,
            (Self::Findings(filter), "state") => add(&mut filter.state, words)?,
            (Self::Findings(filter), "identity") => add(&mut filter.identity, words)?,
            (Self::Activity(filter), "object") => add(&mut filter.object, words)?,
            (Self::Activity(filter), "action") => add(&mut filter.action, words)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Names of its filters.
    pub fn names(&self) -> &'static [&'static str] {
        match self {
            Self::Events(_) => &["source", "type", "outcome", "identity"],
            Self::Findings(_) => &["severity", "class", "rule", "state", "identity"],
            Self::Activity(_) => &["object", "action"],
        }
    }
}

fn add<T: std::str::FromStr>(list: &mut Vec<T>, words: &[&str]) -> Result<(), String> {
    for word in words {
        list.push(word.parse().map_err(|_| (*word).to_owned())?);
    }
    Ok(())
}

/// Why a cursor is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCursor {
    /// Not a cursor of this server, or altered.
    #[error("is not a cursor of this server")]
    Unreadable,
    /// Of another filter.
    #[error(
        "belongs to another filter; start again without it or ask with the filter it was made for"
    )]
    OtherFilter,
    /// Of another life of the database: what it points at is gone.
    #[error("belongs to a feed that is gone")]
    OtherEpoch,
}

/// Where a cursor resumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// After this position.
    pub position: i64,
    /// Number of the last removal of old events it knew of: a later one may have taken what it has not read.
    pub purge: i64,
}

/// Writes the cursor that resumes at a place. Before anything was removed it is written as it was before removals were
/// known.
pub fn seal(key: &[u8], epoch: Uuid, place: Place, filter: &Selection) -> String {
    let (epoch, position, hash) = (epoch.simple(), place.position, filter.hash());
    let text = match place.purge {
        0 => format!("v1:{epoch}:{position}:{hash}"),
        purge => format!("v2:{epoch}:{position}:{hash}:{purge}"),
    };
    let signature = mac(key, &text).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode(format!("{text}:{}", hex::encode(&signature[..16])))
}

/// Reads a cursor's place.
///
/// # Errors
/// [`BadCursor`]; another epoch is told before the signature is looked at, so that a reader of a restored database
/// learns that it must start again rather than that its cursor is nonsense. Nothing of an unsigned cursor is used.
pub fn open(key: &[u8], epoch: Uuid, cursor: &str, filter: &Selection) -> Result<Place, BadCursor> {
    let bytes = URL_SAFE_NO_PAD
        .decode(cursor)
        .map_err(|_| BadCursor::Unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| BadCursor::Unreadable)?;
    let (signed, signature) = text.rsplit_once(':').ok_or(BadCursor::Unreadable)?;
    let parts: Vec<&str> = signed.split(':').collect();
    let (of_epoch, position, of_filter, purge) = match parts.as_slice() {
        ["v1", epoch, position, filter] => (epoch, position, filter, "0"),
        ["v2", epoch, position, filter, purge] => (epoch, position, filter, *purge),
        _ => return Err(BadCursor::Unreadable),
    };
    let of_epoch = Uuid::try_parse(of_epoch).map_err(|_| BadCursor::Unreadable)?;
    let number = |text: &str| text.parse().map_err(|_| BadCursor::Unreadable);
    let (position, purge): (i64, i64) = (number(position)?, number(purge)?);
    let signature = hex::decode(signature)
        .ok()
        .filter(|bytes| bytes.len() == 16)
        .ok_or(BadCursor::Unreadable)?;
    if of_epoch != epoch {
        return Err(BadCursor::OtherEpoch);
    }
    mac(key, signed)
        .verify_truncated_left(&signature)
        .map_err(|_| BadCursor::Unreadable)?;
    if *of_filter != filter.hash() {
        return Err(BadCursor::OtherFilter);
    }
    if position < 0 || purge < 0 {
        Err(BadCursor::Unreadable)
    } else {
        Ok(Place { position, purge })
    }
}

fn mac(key: &[u8], text: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"a key of this database";

    #[test]
    fn the_pace_is_judged_by_the_longest_wait() {
        for (seconds, pace) in [
            (0, Pace::Well),
            (59, Pace::Well),
            (60, Pace::Behind),
            (300, Pace::Behind),
            (301, Pace::Stalled),
        ] {
            assert_eq!(Pace::of(TimeDelta::seconds(seconds)), pace, "{seconds} s");
        }
    }

    #[test]
    fn a_cursor_opens_where_it_was_made() {
        let epoch = Uuid::from_u128(7);
        let filter = Selection::Events(FeedFilter {
            kind: vec![EventKind::Deployment, EventKind::Other],
            ..FeedFilter::default()
        });
        let place = Place {
            position: 42,
            purge: 0,
        };
        let cursor = seal(KEY, epoch, place, &filter);
        let turned = Selection::Events(FeedFilter {
            kind: vec![EventKind::Other, EventKind::Deployment],
            ..FeedFilter::default()
        });
        assert_eq!(open(KEY, epoch, &cursor, &turned), Ok(place));
        let later = Place { purge: 7, ..place };
        assert_eq!(
            open(KEY, epoch, &seal(KEY, epoch, later, &filter), &turned),
            Ok(later)
        );
        for other in FeedStream::ALL {
            assert_eq!(
                open(KEY, epoch, &cursor, &Selection::all(*other)),
                Err(BadCursor::OtherFilter)
            );
        }
        assert_eq!(
            open(KEY, Uuid::from_u128(8), &cursor, &filter),
            Err(BadCursor::OtherEpoch)
        );
        assert_eq!(
            open(b"another key", epoch, &cursor, &filter),
            Err(BadCursor::Unreadable)
        );
    }

    #[test]
    fn altered_cursors_are_refused() {
        let epoch = Uuid::from_u128(7);
        let filter = Selection::default();
        let place = Place {
            position: 42,
            purge: 7,
        };
        let cursor = seal(KEY, epoch, place, &filter);
        let text =
            String::from_utf8(URL_SAFE_NO_PAD.decode(&cursor).expect("base64")).expect("text");
        let forged = URL_SAFE_NO_PAD.encode(text.replace(":42:", ":43:"));
        let newer = URL_SAFE_NO_PAD.encode(text.replace(":7:", ":8:"));
        for bad in [
            "",
            "x",
            "%%%",
            forged.as_str(),
            newer.as_str(),
            &cursor[..cursor.len() - 4],
            "djE6",
        ] {
            assert_eq!(
                open(KEY, epoch, bad, &filter),
                Err(BadCursor::Unreadable),
                "{bad}"
            );
        }
    }
}
