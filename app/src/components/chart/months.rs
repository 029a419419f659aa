//! Stacked columns: one for each month, or each day.

use std::fmt::Write;

use leptos::prelude::*;

use super::super::text::escape;
use super::figure::{AsTable, Fill, Series};
use super::svg::{at, described, grid, real, scale, short};

const TOP: f64 = 12.0;
const PLOT: f64 = 252.0;

/// Draws stacked columns by month with grid, hover words and the table behind its toggle.
#[component]
pub fn MonthStack(
    /// The chart's id.
    #[prop(into)]
    id: String,
    /// What it shows, with its window.
    #[prop(into)]
    title: String,
    /// What one sees in it, in sentences.
    #[prop(into)]
    description: String,
    /// The months, oldest first: `Dec`, `Jan`.
    months: Vec<String>,
    /// The figures, from the bottom up.
    series: Vec<Series>,
) -> impl IntoView {
    let inner = described(&id, &title, &description) + &draw_months(&months, &series);
    let labelled_by = format!("{id}-t {id}-d");
    view! {
        <svg height="288" role="img" aria-labelledby=labelled_by inner_html=inner></svg>
        <AsTable label=title corner="Month" columns=months rows=series/>
    }
    .into_any()
}

fn draw_months(months: &[String], series: &[Series]) -> String {
    let highest = (0..months.len())
        .map(|index| total(series, index))
        .max()
        .unwrap_or_default();
    let (end, step) = scale(highest);
    let mut out = grid(TOP, PLOT, end, step);
    let slot = 94.0 / at(months.len().max(1));
    for (index, month) in months.iter().enumerate() {
        let (x, width) = (6.0 + slot * (at(index) + 0.19), slot * 0.62);
        let mut below = 0;
        let mut words = month.clone();
        for row in series {
            let value = row.value(index);
            let _ = write!(words, "\n{} {}", crate::format::number(value), row.label);
            if value == 0 {
                continue;
            }
            let height = (PLOT * real(value) / real(end) - 0.75).max(0.75);
            let y = TOP + PLOT * (1.0 - real(below + value) / real(end));
            let _ = write!(
                out,
                r#"<rect {} x="{}%" y="{}" width="{}%" height="{}"/>"#,
                row.fill.attribute(),
                short(x),
                short(y),
                short(width),
                short(height)
            );
            below += value;
        }
        let strong = if index + 1 == months.len() {
            r#" class="strong""#
        } else {
            ""
        };
        // On a phone every second name gives way, counted back from the present month.
        let minor = if (months.len() - index).is_multiple_of(2) {
            r#" class="minor""#
        } else {
            strong
        };
        let _ = write!(
            out,
            r#"<text x="{}%" y="283" text-anchor="middle"{minor}>{}</text><rect class="hover" x="{}%" y="{TOP}" width="{}%" height="{PLOT}"><title>{}</title></rect>"#,
            short(x + width / 2.0),
            escape(month),
            short(6.0 + slot * at(index)),
            short(slot),
            escape(&words)
        );
    }
    out
}

/// Draws low stacked columns by day, with three dates below.
#[component]
pub fn DayStack(
    /// The chart's id.
    #[prop(into)]
    id: String,
    /// What it shows, with its window.
    #[prop(into)]
    title: String,
    /// What one sees in it, in sentences.
    #[prop(into)]
    description: String,
    /// The days, oldest first.
    days: Vec<String>,
    /// The figures, from the bottom up.
    series: Vec<Series>,
) -> impl IntoView {
    let inner = described(&id, &title, &description) + &draw_days(&days, &series);
    let labelled_by = format!("{id}-t {id}-d");
    view! {
        <figure class="chart">
            <svg height="76" role="img" aria-labelledby=labelled_by inner_html=inner></svg>
            <AsTable label=title corner="Day" columns=days rows=series/>
        </figure>
    }
    .into_any()
}

fn draw_days(days: &[String], series: &[Series]) -> String {
    let highest = (0..days.len())
        .map(|index| total(series, index))
        .max()
        .unwrap_or_default()
        .max(1);
    let columns = days.len().max(1);
    let mut out = format!(
        r#"<svg viewBox="0 0 {columns} {highest}" width="100%" height="56" preserveAspectRatio="none">"#
    );
    out.push_str(&stacked_paths(columns, highest, 0.72, series));
    out.push_str(r#"</svg><line class="axis" x1="0" x2="100%" y1="56.5" y2="56.5"/>"#);
    let name = |index: usize| escape(days.get(index).map_or("", String::as_str));
    let _ = write!(
        out,
        r#"<text x="0" y="72">{}</text><text x="50%" y="72" text-anchor="middle">{}</text><text x="100%" y="72" text-anchor="end">{}</text>"#,
        name(0),
        name(columns / 2),
        name(columns - 1)
    );
    out
}

/// Draws columns as one path for each series, in a box of `columns` by `highest` units.
pub fn stacked_paths(columns: usize, highest: i64, width: f64, series: &[Series]) -> String {
    let mut out = String::new();
    let mut below = vec![0_i64; columns];
    for row in series.iter().filter(|row| row.fill != Fill::Track) {
        let mut path = String::new();
        for (index, below) in below.iter_mut().enumerate() {
            let value = row.value(index);
            if value == 0 {
                continue;
            }
            let _ = write!(
                path,
                "M{index} {}h{}v-{value}h-{}z",
                highest - *below,
                short(width),
                short(width)
            );
            *below += value;
        }
        if !path.is_empty() {
            let _ = write!(out, r#"<path {} d="{path}"/>"#, row.fill.attribute());
        }
    }
    out
}

fn total(series: &[Series], index: usize) -> i64 {
    series.iter().map(|row| row.value(index)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_on_each_other() {
        let series = [
            Series::new("critical", Fill::Crit, vec![0, 2]),
            Series::new("high", Fill::High, vec![1, 1]),
        ];
        let drawn = draw_days(&["1 Nov".into(), "2 Nov".into()], &series);
        assert!(
            drawn.contains(r#"<path class="d-crit" d="M1 3h0.72v-2h-0.72z"/>"#),
            "{drawn}"
        );
        assert!(
            drawn.contains("M0 3h0.72v-1h-0.72zM1 1h0.72v-1h-0.72z"),
            "{drawn}"
        );
    }

    #[test]
    fn foreign_words_are_escaped() {
        let series = [Series::new("<b>", Fill::First, vec![1])];
        let drawn = draw_months(&["<i>".into()], &series);
        assert!(!drawn.contains("<b>") && !drawn.contains("<i>"), "{drawn}");
        assert!(drawn.contains("1 &lt;b&gt;"));
    }
}
