//! Counting whole days from the rollup that ingest keeps (`event_day_counts`, exact), and what is left of a range at its ends
//! from the events themselves.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, Utc};
use contract::events::{EventFilter, Outcome};
use sqlx::{Postgres, QueryBuilder, Row as _};

use crate::{Conn, Result};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// A range cut into whole days, and what is left before and after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    /// First whole day, and the day after the last.
    days: (NaiveDate, NaiveDate),
    /// What is left, at most two ranges.
    ends: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Cut {
    /// Cuts a range; `None` where no whole day lies in it from `floor` on.
    fn of(from: DateTime<Utc>, to: DateTime<Utc>, floor: Option<NaiveDate>) -> Option<Self> {
        let begun = from.date_naive();
        let first = if midnight(begun) == from {
            begun
        } else {
            begun.checked_add_days(Days::new(1))?
        };
        let first = floor.map_or(first, |floor| first.max(floor));
        let last = to.date_naive();
        if first >= last {
            return None;
        }
        let ends = [(from, midnight(first)), (midnight(last), to)];
        Some(Self {
            days: (first, last),
            ends: ends.into_iter().filter(|(from, to)| from < to).collect(),
        })
    }

    /// The filter for each of what is left.
    pub(super) fn ends(&self, filter: &EventFilter) -> Vec<EventFilter> {
        self.ends
            .iter()
            .map(|(from, to)| EventFilter {
                from: Some(*from),
                to: Some(*to),
                ..filter.clone()
            })
            .collect()
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Whether the rollup knows what a filter asks for: it keeps source, identity and whether an event failed.
fn knows(filter: &EventFilter) -> bool {
    filter.kind.is_empty()
        && filter.environment.is_empty()
        && filter.q.trim().is_empty()
        && (filter.outcome.is_empty() || only_failed(filter))
}

fn only_failed(filter: &EventFilter) -> bool {
    !filter.outcome.is_empty() && filter.outcome.iter().all(|end| *end == Outcome::Failure)
}

/// Cuts a filter's range; `None` where it has to be counted from the events alone. Days of months that are past their
/// retention are counted from the events, as they are listed: the rollup still knows what is gone.
pub(super) async fn cut(conn: &mut Conn, filter: &EventFilter) -> Result<Option<Cut>> {
    let (Some(from), Some(to)) = (filter.from, filter.to) else {
        return Ok(None);
    };
    if !knows(filter) {
        return Ok(None);
    }
    let purged = sqlx::query_scalar!("SELECT max(month) FROM event_purges")
        .fetch_one(conn)
        .await?;
    let floor = purged.and_then(|month| month.checked_add_months(Months::new(1)));
    Ok(Cut::of(from, to, floor))
}

/// Events of the whole days that did not fail and that did, by the start of their bar of `seconds`, a multiple of a day.
pub(super) async fn bars(
    conn: &mut Conn,
    filter: &EventFilter,
    cut: &Cut,
    seconds: i64,
) -> Result<BTreeMap<i64, (i64, i64)>> {
    let mut query =
        QueryBuilder::<Postgres>::new("SELECT (floor(extract(epoch FROM d.day::timestamp) / ");
    query.push_bind(seconds).push(") * ").push_bind(seconds);
    query.push(
        ")::bigint, sum(d.succeeded)::bigint, sum(d.failed)::bigint FROM event_day_counts d WHERE d.day >= ",
    );
    query.push_bind(cut.days.0);
    query.push(" AND d.day < ").push_bind(cut.days.1);
    if let Some(identity) = filter.identity {
        query.push(" AND d.identity_id = ").push_bind(identity.0);
    }
    if !filter.source.is_empty() {
        query.push(" AND d.source_id IN (SELECT id FROM sources WHERE slug = ANY(");
        query.push_bind(filter.source.clone()).push("))");
    }
    query.push(" GROUP BY 1");
    let only_failed = only_failed(filter);
    let rows = query.build().fetch_all(conn).await?;
    let mut bars = BTreeMap::new();
    for row in &rows {
        let (ok, failed): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
        let ok = if only_failed { 0 } else { ok };
        if ok + failed > 0 {
            bars.insert(row.try_get(0)?, (ok, failed));
        }
    }
    Ok(bars)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_range_is_cut_into_whole_days_and_its_ends() {
        let cut = Cut::of(at("2026-08-01T10:00:00Z"), at("2026-08-05T07:30:00Z"), None);
        assert_eq!(
            cut,
            Some(Cut {
                days: (day("2026-08-02"), day("2026-08-05")),
                ends: vec![
                    (at("2026-08-01T10:00:00Z"), at("2026-08-02T00:00:00Z")),
                    (at("2026-08-05T00:00:00Z"), at("2026-08-05T07:30:00Z")),
                ],
            })
        );
        let whole = Cut::of(at("2026-08-01T00:00:00Z"), at("2026-08-03T00:00:00Z"), None);
        assert_eq!(whole.map(|cut| cut.ends), Some(Vec::new()));
        for (from, to) in [
            ("2026-08-01T10:00:00Z", "2026-08-01T23:00:00Z"),
            ("2026-08-01T10:00:00Z", "2026-08-02T23:59:59Z"),
        ] {
            assert_eq!(Cut::of(at(from), at(to), None), None, "no whole day");
        }
        // What was removed by retention is not counted from what is left of it.
        let later = Cut::of(
            at("2026-07-20T00:00:00Z"),
            at("2026-08-05T00:00:00Z"),
            Some(day("2026-08-01")),
        )
        .expect("days are left");
        assert_eq!(later.days.0, day("2026-08-01"));
        assert_eq!(
            later.ends,
            [(at("2026-07-20T00:00:00Z"), at("2026-08-01T00:00:00Z"))]
        );
        let all_gone = Cut::of(
            at("2026-07-20T00:00:00Z"),
            at("2026-08-05T00:00:00Z"),
            Some(day("2026-09-01")),
        );
        assert_eq!(all_gone, None);
    }

    #[test]
    fn only_what_the_rollup_knows_is_asked_of_it() {
        let filter = EventFilter::default();
        assert!(knows(&filter));
        let failed = |outcome: Vec<Outcome>| EventFilter {
            outcome,
            ..EventFilter::default()
        };
        assert!(knows(&failed(vec![Outcome::Failure])));
        assert!(!knows(&failed(vec![Outcome::Success])));
        assert!(!knows(&failed(vec![Outcome::Failure, Outcome::Unknown])));
        let searched = EventFilter {
            q: "deploy".into(),
            ..EventFilter::default()
        };
        assert!(!knows(&searched));
    }
}
