//! When events happened: bars over the window, and the window itself.

use chrono::{DateTime, Timelike, Utc};
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
        format::day_minute(list.from),
        format::day_minute(list.to),
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
            format::day_minute(bar.at)
        )
    });
    format!(
        "{}, {} of them failed.{busiest}",
        format::count(total, "event"),
        format::number(failed)
    )
}

/// About six words below the bars, at bars that begin a day or a whole number of hours.
fn ticks(list: &EventList) -> Vec<Tick> {
    let bars = list.histogram.len();
    let step = (bars / 6).max(1);
    let days = list.bar_seconds >= 21_600;
    let mut last: Option<usize> = None;
    let mut ticks = Vec::new();
    for (bucket, bar) in list.histogram.iter().enumerate() {
        let round = if days {
            bar.at.hour() == 0 || list.bar_seconds > 86_400
        } else {
            bar.at.minute() == 0
        };
        let room = last.is_none_or(|last| bucket - last >= step) && bucket + step / 2 <= bars;
        if round && room {
            last = Some(bucket);
            ticks.push(Tick {
                bucket,
                label: label(bar.at, days),
                strong: bar.at.hour() == 0 && !days,
            });
        }
    }
    ticks
}

fn label(at: DateTime<Utc>, days: bool) -> String {
    if days || at.hour() == 0 && at.minute() == 0 {
        at.format("%a %-d %b").to_string()
    } else {
        at.format("%H:%M").to_string()
    }
}
