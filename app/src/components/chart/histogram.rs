//! Time histogram with a brush; From and To fields do the same without dragging.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::super::text::escape;
use super::figure::{Fill, Series};
use super::months::stacked_paths;
use super::svg::{at, described, real, short};

/// One bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Events that went well.
    pub success: i64,
    /// Events that failed.
    pub failure: i64,
    /// Events whose outcome is unknown.
    pub unknown: i64,
}

/// One word below the bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Which bar it stands under.
    pub bucket: usize,
    /// The word: `12:00`, `Fri 20 Nov`.
    pub label: String,
    /// Whether it begins a day.
    pub strong: bool,
}

/// The chosen range, as shares of the whole width from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brush {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

impl Brush {
    /// Places a range inside the whole; nothing when they do not meet.
    pub fn within(
        range: (DateTime<Utc>, DateTime<Utc>),
        whole: (DateTime<Utc>, DateTime<Utc>),
    ) -> Option<Self> {
        let length = real((whole.1 - whole.0).num_seconds());
        if length <= 0.0 {
            return None;
        }
        let place = |moment: DateTime<Utc>| {
            (real((moment - whole.0).num_seconds()) / length).clamp(0.0, 1.0)
        };
        let brush = Self {
            from: place(range.0),
            to: place(range.1),
        };
        (brush.to > brush.from).then_some(brush)
    }
}

/// Draws the histogram. Dragging over it fills the page's `from` and `to` fields and sends their form.
#[component]
pub fn TimeHistogram(
    /// The chart's id.
    #[prop(into)]
    id: String,
    /// What it shows: `Events per 15 minutes, last 24 hours`.
    #[prop(into)]
    title: String,
    /// What one sees in it, in sentences.
    #[prop(into)]
    description: String,
    /// When the first bar begins and the last one ends.
    whole: (DateTime<Utc>, DateTime<Utc>),
    /// The bars, oldest first.
    buckets: Vec<Bucket>,
    /// The words below.
    ticks: Vec<Tick>,
    /// The chosen range.
    #[prop(optional_no_strip)]
    brush: Option<Brush>,
    /// The id of the form whose `from` and `to` the brush fills.
    #[prop(into)]
    form: String,
) -> impl IntoView {
    let inner = described(&id, &title, &description) + &draw(&buckets, &ticks, brush);
    let labelled_by = format!("{id}-t {id}-d");
    view! {
        <figure class="chart">
            <svg
                height="104"
                role="img"
                aria-labelledby=labelled_by
                data-brush=form
                data-start=whole.0.timestamp().to_string()
                data-end=whole.1.timestamp().to_string()
                inner_html=inner
            ></svg>
        </figure>
    }
    .into_any()
}

fn draw(buckets: &[Bucket], ticks: &[Tick], brush: Option<Brush>) -> String {
    let columns = buckets.len().max(1);
    let highest = buckets
        .iter()
        .map(|b| b.success + b.failure + b.unknown)
        .max()
        .unwrap_or_default()
        .max(1);
    let pick = |value: fn(&Bucket) -> i64| buckets.iter().map(value).collect::<Vec<_>>();
    let series = [
        Series::new("success", Fill::Second, pick(|b| b.success)),
        Series::new("unknown", Fill::Fourth, pick(|b| b.unknown)),
        Series::new("failure", Fill::Crit, pick(|b| b.failure)),
    ];
    let mut out = String::from(r#"<line class="axis" x1="0" x2="100%" y1="84.5" y2="84.5"/>"#);
    let _ = write!(
        out,
        r#"<svg viewBox="0 0 {columns} {highest}" y="4" width="100%" height="80" preserveAspectRatio="none">{}</svg>"#,
        stacked_paths(columns, highest, 0.78, &series)
    );
    if let Some(brush) = brush {
        out.push_str(&draw_brush(brush));
    }
    for (index, tick) in ticks.iter().enumerate() {
        // On a phone every second word, and none that would be cut off at the end.
        let late = tick.bucket * 100 > columns * 88;
        let minor = late || (ticks.len() > 5 && index % 2 == 1);
        let class = match (tick.strong, minor) {
            (true, false) => r#" class="strong""#,
            (true, true) => r#" class="strong minor""#,
            (false, true) => r#" class="minor""#,
            (false, false) => "",
        };
        let _ = write!(
            out,
            r#"<text x="{}%" y="100"{class}>{}</text>"#,
            short(100.0 * at(tick.bucket) / at(columns)),
            escape(&tick.label)
        );
    }
    out
}

fn draw_brush(brush: Brush) -> String {
    let (from, to) = (100.0 * brush.from, 100.0 * brush.to);
    let mut out = format!(
        r#"<rect class="brush" x="{}%" width="{}%" height="84"/>"#,
        short(from),
        short(to - from)
    );
    for edge in [from, to] {
        let x = short(edge);
        let _ = write!(
            out,
            r#"<line class="brush-edge" x1="{x}%" x2="{x}%" y1="0" y2="84"/><svg x="{x}%" y="34" overflow="visible"><rect class="brush-grip" x="-3" width="6" height="16" rx="3"/></svg>"#
        );
    }
    out
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_brush_is_placed_within_the_whole() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let whole = (at("2026-11-20T00:00:00Z"), at("2026-11-21T00:00:00Z"));
        let range = (at("2026-11-20T06:00:00Z"), at("2026-11-20T12:00:00Z"));
        assert_eq!(
            Brush::within(range, whole),
            Some(Brush {
                from: 0.25,
                to: 0.5
            })
        );
        assert_eq!(
            Brush::within(
                (at("2026-11-19T06:00:00Z"), at("2026-11-19T12:00:00Z")),
                whole
            ),
            None
        );
    }

    #[test]
    fn an_empty_histogram_still_has_its_axis() {
        assert!(draw(&[], &[], None).contains("axis"));
    }
}
