//! Heat strips: one row of days. Height is volume, hatching is silence.

use std::fmt::Write;

use leptos::prelude::*;

use super::svg::{at, short};

/// What a source said on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StripDay {
    /// The usual volume.
    Usual,
    /// Less than half of it.
    Low,
    /// Nothing was received: a gap.
    Silent,
    /// Before the source existed.
    Before,
}

impl StripDay {
    /// Tells usual days from quiet and silent ones: against the middle of the days that spoke. The last day is today,
    /// which is not over, so it is never silent; days before the first word are before the source.
    pub fn of_counts(counts: &[i64]) -> Vec<Self> {
        let mut spoken: Vec<i64> = counts.iter().copied().filter(|count| *count > 0).collect();
        spoken.sort_unstable();
        let usual = spoken.get(spoken.len() / 2).copied().unwrap_or_default();
        let first = counts
            .iter()
            .position(|count| *count > 0)
            .unwrap_or(counts.len());
        counts
            .iter()
            .enumerate()
            .map(|(day, count)| match *count {
                _ if day < first => Self::Before,
                0 if day + 1 == counts.len() => Self::Low,
                0 => Self::Silent,
                count if count * 2 < usual => Self::Low,
                _ => Self::Usual,
            })
            .collect()
    }
}

/// Draws what a source said, day by day.
#[component]
pub fn HeatStrip(
    /// The text alternative: `Vault audit: a gap in the last 30 days`.
    #[prop(into)]
    label: String,
    /// The days, oldest first.
    days: Vec<StripDay>,
) -> impl IntoView {
    let inner = draw(&days);
    view! { <svg class="strip" height="14" role="img" aria-label=label inner_html=inner></svg> }
        .into_any()
}

fn draw(days: &[StripDay]) -> String {
    let total = at(days.len().max(1));
    let mut out = String::new();
    let mut begin = 0;
    for run in days.chunk_by(|left, right| left == right) {
        let end = begin + run.len();
        let drawn = match run[0] {
            StripDay::Usual => r#"class="s1""#,
            StripDay::Low => r#"class="s2""#,
            StripDay::Silent => "class=\"gap\" stroke=\"url(#hatch)\"",
            StripDay::Before => r#"class="s0""#,
        };
        let _ = write!(
            out,
            r#"<line {drawn} x1="{}%" x2="{}%" pathLength="{}"/>"#,
            short(100.0 * at(begin) / total),
            short(100.0 * at(end) / total),
            run.len() * 10
        );
        begin = end;
    }
    out
}

/// Whether something was used on a day.
pub type DayUse = bool;

/// Draws on which days something was used.
#[component]
pub fn UseStrip(
    /// The text alternative: `Days with at least one run: 25 of 90`.
    #[prop(into)]
    label: String,
    /// The days, oldest first.
    days: Vec<DayUse>,
) -> impl IntoView {
    let inner = draw_use(&days);
    view! { <svg class="strip days" height="14" role="img" aria-label=label inner_html=inner></svg> }.into_any()
}

fn draw_use(days: &[DayUse]) -> String {
    let total = at(days.len().max(1));
    let mut out = format!(
        r#"<line class="s0" x2="100%" pathLength="{}"/>"#,
        days.len()
    );
    let mut begin = 0;
    for run in days.chunk_by(|left, right| left == right) {
        let end = begin + run.len();
        if run[0] {
            let _ = write!(
                out,
                r#"<line class="on" x1="{}%" x2="{}%" pathLength="{}"/>"#,
                short(100.0 * at(begin) / total),
                short(100.0 * at(end) / total),
                run.len()
            );
        }
        begin = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_apart() {
        use StripDay::{Before, Low, Silent, Usual};
        assert_eq!(
            StripDay::of_counts(&[0, 0, 10, 12, 0, 3, 0]),
            [Before, Before, Usual, Usual, Silent, Low, Low]
        );
        assert_eq!(StripDay::of_counts(&[0, 0]), [Before, Before]);
    }

    #[test]
    fn equal_days_are_one_line() {
        let days = [
            StripDay::Usual,
            StripDay::Usual,
            StripDay::Silent,
            StripDay::Usual,
        ];
        let drawn = draw(&days);
        assert_eq!(drawn.matches("<line").count(), 3);
        assert!(
            drawn.contains("x1=\"50%\" x2=\"75%\" pathLength=\"10\""),
            "{drawn}"
        );
    }
}
