//! Burn-up: decisions against the deadline, with the even pace and an honest forecast.

use std::fmt::Write;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use leptos::prelude::*;

use super::figure::{AsTable, Fill, Series};
use super::svg::{at, described, real, short};
use crate::format::number;

const TOP: f64 = 12.0;
const PLOT: f64 = 200.0;
const LEFT: f64 = 5.0;
const WIDTH: f64 = 94.0;

/// What a burn-up shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BurnUpData {
    /// When it began.
    pub start: DateTime<Utc>,
    /// When it must be done.
    pub deadline: DateTime<Utc>,
    /// The present moment, as the server knew it.
    pub now: DateTime<Utc>,
    /// How much there is.
    pub total: i64,
    /// What is done at the end of each day since the start, the last figure being now.
    pub done: Vec<i64>,
    /// What would be done by the deadline at the present pace.
    pub forecast: Option<i64>,
    /// Whether it is over: its last figure is not today's.
    pub over: bool,
}

impl BurnUpData {
    fn span_days(&self) -> f64 {
        (real((self.deadline - self.start).num_minutes()) / 1440.0).max(1.0)
    }

    fn now_days(&self) -> f64 {
        (real((self.now - self.start).num_minutes()) / 1440.0).clamp(0.0, self.span_days())
    }

    /// Places a moment, in days since the start, on the width in percent.
    fn x(&self, days: f64) -> f64 {
        LEFT + WIDTH * days / self.span_days()
    }

    fn y(&self, done: i64) -> f64 {
        TOP + PLOT * (1.0 - real(done) / real(self.total.max(1)))
    }
}

/// Draws a burn-up.
#[component]
pub fn BurnUp(
    /// The chart's id.
    #[prop(into)]
    id: String,
    /// What it shows, with its window.
    #[prop(into)]
    title: String,
    /// What one sees in it, in sentences.
    #[prop(into)]
    description: String,
    /// The figures.
    data: BurnUpData,
) -> impl IntoView {
    let inner = described(&id, &title, &description) + &draw(&data);
    let labelled_by = format!("{id}-t {id}-d");
    let columns = (0..data.done.len())
        .map(|day| day_name(data.start + TimeDelta::days(i64::try_from(day).unwrap_or_default())))
        .collect();
    let rows = vec![Series::new("Decided", Fill::Line, data.done)];
    view! {
        <svg height="236" role="img" aria-labelledby=labelled_by inner_html=inner></svg>
        <AsTable label=title corner="Day" columns rows/>
    }
    .into_any()
}

fn day_name(moment: DateTime<Utc>) -> String {
    moment.format("%-d %b").to_string()
}

fn draw(data: &BurnUpData) -> String {
    let (end, step) = super::svg::scale(data.total);
    let mut out = String::new();
    let bottom = short(TOP + PLOT);
    let _ = write!(
        out,
        r#"<line class="axis" x1="0" x2="100%" y1="{bottom}" y2="{bottom}"/>"#
    );
    let mut lines: Vec<i64> = (1..=end / step)
        .map(|line| line * step)
        .filter(|value| value + step * 3 / 4 < data.total)
        .collect();
    lines.push(data.total);
    for value in lines {
        let y = data.y(value);
        let _ = write!(
            out,
            r#"<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/><text x="0" y="{1}">{2}</text>"#,
            short(y),
            short(y + 13.0),
            number(value)
        );
    }
    out.push_str(&weekends(data));
    out.push_str(&curves(data));
    out.push_str(&present(data));
    out.push_str(&dates(data));
    out
}

fn weekends(data: &BurnUpData) -> String {
    let mut out = String::new();
    let mut date = data.start.date_naive();
    while date <= data.deadline.date_naive() {
        if date.weekday() == Weekday::Sat {
            let from = days_from(data, date).max(0.0);
            let to = (days_from(data, date) + 2.0).min(data.span_days());
            if to > from {
                let _ = write!(
                    out,
                    r#"<rect class="weekend" x="{}%" y="{TOP}" width="{}%" height="{PLOT}"/>"#,
                    short(data.x(from)),
                    short(data.x(to) - data.x(from))
                );
            }
        }
        date = date + Days::new(1);
    }
    out
}

fn days_from(data: &BurnUpData, date: NaiveDate) -> f64 {
    let midnight = date
        .and_hms_opt(0, 0, 0)
        .map_or(data.start, |moment| moment.and_utc());
    real((midnight - data.start).num_minutes()) / 1440.0
}

/// Draws goal, forecast and what was done in a box of `span` days by `total`.
fn curves(data: &BurnUpData) -> String {
    let (span, total, now) = (data.span_days(), data.total.max(1), data.now_days());
    let up = |done: i64| total - done.clamp(0, total);
    let mut path = format!("M0 {total}");
    let last = data.done.len().saturating_sub(1);
    for (day, done) in data.done.iter().enumerate() {
        let x = if day == last {
            now
        } else {
            at(day + 1).min(now)
        };
        let _ = write!(path, "L{} {}", short(x), up(*done));
    }
    let current = data.done.last().copied().unwrap_or_default();
    let forecast = data
        .forecast
        .filter(|_| now < span)
        .map_or_else(String::new, |done| {
            format!(
                r#"<path class="line-fore" vector-effect="non-scaling-stroke" d="M{} {}L{} {}"/>"#,
                short(now),
                up(current),
                short(span),
                up(done)
            )
        });
    format!(
        r#"<svg x="{LEFT}%" y="{TOP}" width="{WIDTH}%" height="{PLOT}" viewBox="0 0 {span} {total}" preserveAspectRatio="none"><path class="area-1" d="{path}V{total}H0z"/><path class="line-goal" vector-effect="non-scaling-stroke" d="M0 {total}L{span} 0"/>{forecast}<path class="line-1" vector-effect="non-scaling-stroke" d="{path}"/></svg>"#,
        span = short(span),
    )
}

fn present(data: &BurnUpData) -> String {
    let done = data.done.last().copied().unwrap_or_default();
    let x = data.x(data.now_days());
    let y = data.y(done);
    let (word_x, anchor) = if x > 30.0 {
        (x - 1.45, "end")
    } else {
        (x + 1.45, "start")
    };
    format!(
        r#"<line class="line-now" x1="{x}%" x2="{x}%" y1="{TOP}" y2="{bottom}"/><circle class="d1" cx="{x}%" cy="{y}" r="3.5"/><text class="strong" x="{word_x}%" y="{word_y}" text-anchor="{anchor}">{words} {when}</text>"#,
        when = if data.over { "at the close" } else { "today" },
        x = short(x),
        y = short(y),
        bottom = short(TOP + PLOT),
        word_x = short(word_x),
        word_y = short((y - 8.0).max(TOP + 10.0)),
        words = number(done),
    )
}

fn dates(data: &BurnUpData) -> String {
    let span = data.span_days();
    let mut out = String::new();
    let every = if span > 60.0 { 14 } else { 7 };
    let mut day = 0_u32;
    while f64::from(day) < span - f64::from(every) / 2.0 {
        let minor = if (day / every).is_multiple_of(2) {
            ""
        } else {
            r#" class="minor""#
        };
        let _ = write!(
            out,
            r#"<text x="{}%" y="230"{minor}>{}</text>"#,
            short(data.x(f64::from(day))),
            day_name(data.start + TimeDelta::days(i64::from(day)))
        );
        day += every;
    }
    let _ = write!(
        out,
        r#"<text x="99%" y="230" text-anchor="end">{}</text>"#,
        data.deadline.format("%-d %b, %H:%M")
    );
    out
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn data() -> BurnUpData {
        BurnUpData {
            start: "2026-11-02T08:00:00Z".parse().unwrap(),
            deadline: "2026-11-30T18:00:00Z".parse().unwrap(),
            now: "2026-11-04T08:00:00Z".parse().unwrap(),
            total: 141,
            done: vec![3, 9, 15],
            forecast: Some(127),
            over: false,
        }
    }

    #[test]
    fn four_weekends_are_shaded() {
        assert_eq!(weekends(&data()).matches("weekend").count(), 4);
    }

    #[test]
    fn the_line_ends_now_and_the_forecast_at_the_deadline() {
        let drawn = curves(&data());
        assert!(drawn.contains("L2 126V141H0z"), "{drawn}");
        assert!(drawn.contains("M2 126L28.42 14"), "{drawn}");
    }

    #[test]
    fn a_campaign_that_has_not_begun_draws_no_forecast() {
        let mut data = data();
        data.now = data.start;
        data.done = vec![];
        data.forecast = None;
        assert!(!draw(&data).contains("line-fore"));
        assert!(draw(&data).contains("0 today"));
        data.over = true;
        assert!(draw(&data).contains("0 at the close"));
    }
}
