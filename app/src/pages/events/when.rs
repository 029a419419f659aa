//! When events happened: bars over the window, and the window itself.

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use contract::events::EventList;
use leptos::prelude::*;

use super::address::{Asked, field};
use crate::components::chart::{Bucket, Fill, Legend, LegendItem, Tick, TimeHistogram};
use crate::components::{LinkItem, TimeRange};
use crate::format;
use crate::paths;

/// Windows one can choose: words and hours.
const WINDOWS: &[(&str, i64)] = &[
    ("1 h", 1),
    ("24 h", 24),
    ("7 d", 168),
    ("30 d", 720),
    ("1 y", 8_784),
];
/// The window when none is chosen.
const USUAL: i64 = 168;

/// Draws the histogram region.
pub(super) fn region(asked: &Asked, list: &EventList) -> AnyView {
    let total = list.page.total.unwrap_or_default();
    let failed: i64 = list.histogram.iter().map(|bar| bar.failed).sum();
    let window = format!(
        "{} to {}, {} a bar",
        format::day_minute_of(list.from, list.now),
        format::day_minute_of(list.to, list.now),
        format::span(list.bar_seconds)
    );
    let ranged = asked.filter.from.is_some() || asked.filter.to.is_some();
    let presets = WINDOWS
        .iter()
        .map(|(word, hours)| {
            LinkItem::new(*word, asked.clone().within(*hours).to_string())
                .current(!ranged && asked.hours.unwrap_or(USUAL) == *hours)
        })
        .collect();
    let buckets: Vec<Bucket> = list
        .histogram
        .iter()
        .map(|bar| Bucket {
            success: bar.ok,
            failure: bar.failed,
            unknown: 0,
        })
        .collect();
    let start = list.histogram.first().map_or(list.from, |bar| bar.at);
    let end = list.histogram.last().map_or(list.to, |bar| {
        bar.at + chrono::TimeDelta::seconds(list.bar_seconds)
    });
    let description = describe(list, total, failed);
    let legend = vec![
        LegendItem::new(Fill::Second, "not failed"),
        LegendItem::new(Fill::Crit, "failure").value(format::number(failed)),
    ];
    view! {
        <section class="histo" aria-labelledby="histo-h">
            <div class="histo-head">
                <h2 id="histo-h">{format::count(total, "event")}</h2>
                <span class="muted small">{window}</span>
                <Legend items=legend/>
                <TimeRange
                    id="range"
                    action=paths::events()
                    presets
                    from=field(list.from)
                    to=field(list.to)
                    keep=asked.kept_by_range()
                />
            </div>
            <TimeHistogram
                id="histo"
                title=format!("Events, {} a bar", format::span(list.bar_seconds))
                description
                whole=(start, end)
                buckets
                ticks=ticks(list)
                form="range"
            />
        </section>
    }
    .into_any()
}

fn describe(list: &EventList, total: i64, failed: i64) -> String {
    if total == 0 {
        return "No event happened in this window.".to_owned();
    }
    let busiest = list.histogram.iter().max_by_key(|bar| bar.ok + bar.failed);
    let busiest = busiest.map_or(String::new(), |bar| {
        format!(
            " Most in one bar: {}, from {}.",
            format::number(bar.ok + bar.failed),
            format::day_minute_of(bar.at, list.now)
        )
    });
    format!(
        "{}, {} of them failed.{busiest}",
        format::count(total, "event"),
        format::number(failed)
    )
}

/// About seven words below the bars: days where the window holds several, else times of day.
fn ticks(list: &EventList) -> Vec<Tick> {
    let starts: Vec<DateTime<Utc>> = list.histogram.iter().map(|bar| bar.at).collect();
    labels(&starts, list.to - list.from, list.now)
}

fn labels(starts: &[DateTime<Utc>], window: TimeDelta, now: DateTime<Utc>) -> Vec<Tick> {
    let days = window.num_hours() > 50;
    let room = (starts.len() / 7).max(1);
    let mut ticks: Vec<Tick> = Vec::new();
    for (bucket, at) in starts.iter().enumerate() {
        let begins = if days {
            bucket
                .checked_sub(1)
                .is_some_and(|before| starts[before].date_naive() != at.date_naive())
        } else {
            at.minute() == 0
        };
        let free = ticks.last().is_none_or(|last| bucket - last.bucket >= room);
        if begins && free && bucket + room / 2 <= starts.len() {
            ticks.push(Tick {
                bucket,
                label: label(*at, days, now),
                strong: false,
            });
        }
    }
    ticks
}

fn label(at: DateTime<Utc>, days: bool, now: DateTime<Utc>) -> String {
    if days || (at.hour() == 0 && at.minute() == 0) {
        format::day(at.date_naive(), now.date_naive())
    } else {
        at.format("%H:%M").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bar: TimeDelta, bars: i32) -> Vec<String> {
        let now: DateTime<Utc> = "2026-11-21T03:56:00Z".parse().expect("a moment");
        let start: DateTime<Utc> = "2026-11-14T03:00:00Z".parse().expect("a moment");
        let starts: Vec<DateTime<Utc>> = (0..bars).map(|n| start + bar * n).collect();
        labels(&starts, bar * bars, now)
            .into_iter()
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn a_week_is_told_by_its_days() {
        assert_eq!(
            said(TimeDelta::hours(3), 56),
            ["15 Nov", "16 Nov", "17 Nov", "18 Nov", "19 Nov", "20 Nov"]
        );
    }

    #[test]
    fn a_day_is_told_by_its_hours() {
        assert_eq!(
            said(TimeDelta::minutes(30), 48)[..3],
            ["03:00", "06:00", "09:00"]
        );
    }
}
