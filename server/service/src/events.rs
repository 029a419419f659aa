//! The explorer: pages of events with counts, facets and bars, and one event with its raw record.

mod export;
pub(crate) mod retention;
mod tail;

use chrono::{DateTime, TimeDelta, Utc};
use contract::events::{
    EventFilter, EventKind, EventList, EventRow, EventView, HistogramBar, Outcome,
};
use contract::identities::{Environment, SelectorKind};
use contract::ids::EventId;
use contract::{FacetValue, Page};
use domain::access::Access;
use domain::event::sentence;
use domain::page::cut;
use store::events::explore::{self, Facet, Mark, Stored};

use crate::{Error, Op, Result};

pub use export::{ExportPage, Exported, csv_head, csv_rows, export_page};
pub use retention::{Purged, purge};
pub use tail::{Told, newest, told_since};

/// Rows of one page.
const PAGE: i64 = 50;
/// What is shown when no range is asked for.
const DEFAULT_HOURS: i64 = 7 * 24;
/// Lengths a bar may have, in seconds: a minute to four weeks.
const BARS: &[i64] = &[
    60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_419_200,
];
/// Bars a histogram has at most.
const MOST_BARS: i64 = 120;

/// A page of the explorer after a cursor. `hours` is the window up to now; a range in the filter wins.
///
/// # Errors
/// [`Error::Invalid`] when the cursor or the range makes no sense.
pub async fn list(
    op: &Op,
    mut filter: EventFilter,
    hours: Option<i64>,
    after: Option<&str>,
) -> Result<EventList> {
    op.require(Access::ViewEvents)?;
    let mark = after.map(read_mark).transpose()?;
    let mut conn = op.db().acquire().await?;
    let (from, to) = range(op.now, &filter, hours)?;
    (filter.from, filter.to) = (Some(from), Some(to));
    let rows = explore::page(&mut conn, &filter, mark, PAGE + 1).await?;
    let Page { rows, next, .. } = cut(rows, PAGE, write_mark);
    let total = explore::count(&mut conn, &filter).await?;
    let bar_seconds = bar_seconds((to - from).num_seconds());
    let histogram = explore::histogram(&mut conn, &filter, bar_seconds).await?;
    let mut facets = Vec::new();
    for facet in Facet::ALL {
        let values = explore::facet(&mut conn, &filter, facet).await?;
        facets.push((facet.name().to_owned(), labelled(facet, values)));
    }
    Ok(EventList {
        now: op.now,
        page: Page {
            rows: rows.iter().map(row).collect(),
            next,
            total: Some(total),
        },
        from,
        to,
        histogram: filled(from, to, bar_seconds, &histogram),
        bar_seconds,
        facets,
    })
}

/// One event with its fields and raw record.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn get(op: &Op, id: EventId) -> Result<EventView> {
    op.require(Access::ViewEvents)?;
    let mut conn = op.db().acquire().await?;
    let stored = explore::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("event"))?;
    let fields = match serde_json::to_value(&stored.event) {
        Ok(serde_json::Value::Object(map)) => map
            .into_iter()
            .map(|(name, value)| {
                (
                    name,
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned),
                )
            })
            .collect(),
        _ => Vec::new(),
    };
    let matched = stored.matched.as_deref().and_then(|matched| {
        let [kind, _, value] = matched else {
            return None;
        };
        let label = kind
            .parse::<SelectorKind>()
            .map_or_else(|_| kind.clone(), |kind| kind.label().to_owned());
        Some((label, value.clone()))
    });
    Ok(EventView {
        row: row(&stored),
        fields,
        matched,
        run: stored
            .event
            .repository
            .clone()
            .zip(stored.event.run_id.clone()),
        raw: stored.raw.clone().unwrap_or_default(),
        hash: stored
            .published
            .as_ref()
            .map(|published| hex::encode(&published.2)),
    })
}

/// A row of the explorer.
pub(crate) fn row(stored: &Stored) -> EventRow {
    let event = &stored.event;
    EventRow {
        id: stored.id,
        occurred_at: event.occurred_at,
        received_at: stored.received_at,
        published_at: stored.published.as_ref().map(|published| published.1),
        position: stored.published.as_ref().map(|published| published.0),
        kind: event.kind,
        outcome: event.outcome,
        action: event.action.clone(),
        sentence: sentence::sentence(event),
        source: stored.source.clone(),
        format: event.format,
        identity: stored.identity.clone(),
        subject: event.subject.clone().or_else(|| event.principal.clone()),
        environment: event.mapped_environment(),
        source_ip: event.source_ip.clone(),
        actor: event.actor.clone(),
        target: event.target.clone(),
    }
}

fn range(
    now: DateTime<Utc>,
    filter: &EventFilter,
    hours: Option<i64>,
) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    // Up to the next whole minute, so that what arrives now is inside.
    let to = filter.to.unwrap_or(now + TimeDelta::minutes(1));
    let window = TimeDelta::hours(hours.unwrap_or(DEFAULT_HOURS).clamp(1, 24 * 800));
    let from = filter.from.unwrap_or(to - window);
    if from >= to {
        return Err(Error::field("from", "The range must begin before it ends."));
    }
    Ok((from, to))
}

fn bar_seconds(range: i64) -> i64 {
    BARS.iter()
        .copied()
        .find(|bar| range / bar <= MOST_BARS)
        .unwrap_or(BARS[BARS.len() - 1])
}

/// Puts empty bars where nothing happened.
fn filled(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    seconds: i64,
    bars: &[HistogramBar],
) -> Vec<HistogramBar> {
    let first = from.timestamp().div_euclid(seconds);
    let last = (to.timestamp() - 1).div_euclid(seconds);
    (first..=last)
        .take(1_000)
        .filter_map(|place| {
            let at = DateTime::from_timestamp(place * seconds, 0)?;
            let bar = bars.iter().find(|bar| bar.at == at);
            Some(bar.cloned().unwrap_or(HistogramBar {
                at,
                ok: 0,
                failed: 0,
            }))
        })
        .collect()
}

fn labelled(facet: Facet, values: Vec<(String, String, i64)>) -> Vec<FacetValue> {
    let label = |value: &str, name: &str| match facet {
        Facet::Kind => value
            .parse::<EventKind>()
            .map(|kind| kind.label().to_owned()),
        Facet::Outcome => value
            .parse::<Outcome>()
            .map(|outcome| outcome.label().to_owned()),
        Facet::Environment => value
            .parse::<Environment>()
            .map(|environment| environment.label().to_owned()),
        Facet::Source => Ok(name.to_owned()),
    };
    values
        .into_iter()
        .map(|(value, name, count)| FacetValue {
            label: label(&value, &name).unwrap_or_else(|_| value.clone()),
            value,
            count,
        })
        .collect()
}

fn write_mark(stored: &Stored) -> String {
    format!(
        "{}-{}",
        stored.event.occurred_at.timestamp_micros(),
        stored.id.0.simple()
    )
}

fn read_mark(cursor: &str) -> Result<Mark> {
    let parsed = cursor.rsplit_once('-').and_then(|(micros, id)| {
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        Some((at, id.parse().ok()?))
    });
    parsed.ok_or_else(|| {
        Error::field(
            "after",
            "This page's address is damaged; start again from the newest event.",
        )
    })
}

/// Folds what deliveries counted into the days they counted, a stretch at a time; exact before, after and meanwhile. Says
/// how many counts of days it changed.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn fold_days(op: &Op) -> Result<u64> {
    op.require(Access::Operate)?;
    let mut all = 0;
    loop {
        let mut tx = op.db().begin().await?;
        let days = store::events::fold_days(&mut tx).await?;
        tx.commit().await.map_err(store::Error::from)?;
        if days == 0 {
            return Ok(all);
        }
        all += days;
    }
}

/// Makes the event tables' months from the present one to the third ahead, and returns how many were missing.
///
/// # Errors
/// When the database refuses.
pub async fn make_months(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let months = (0..4).map(|ahead| op.now + chrono::Months::new(ahead));
    Ok(store::events::ensure_months(op.db(), months).await?)
}
