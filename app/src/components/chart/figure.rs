//! What stands around a chart: legend, series, table.

use leptos::prelude::*;

use super::super::{Glyph, Icon};

/// How an area is filled. Unknown is hatched, what is missing shows the track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The first accent step: what we count.
    First,
    /// The second accent step.
    Second,
    /// The neutral.
    Third,
    /// The light neutral.
    Fourth,
    /// Unknown.
    Hatch,
    /// Critical, failure.
    Crit,
    /// High.
    High,
    /// Medium.
    Warn,
    /// Usual volume in a strip.
    Quiet,
    /// Low volume in a strip.
    Low,
    /// What is not there.
    Track,
    /// A drawn line.
    Line,
    /// A dashed goal.
    Goal,
    /// A dotted forecast.
    Forecast,
}

impl Fill {
    /// The class of its legend key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::First => "key k-d1",
            Self::Second => "key k-d2",
            Self::Third => "key k-d3",
            Self::Fourth => "key k-d4",
            Self::Hatch => "key k-hatch",
            Self::Crit => "key k-crit",
            Self::High => "key k-high",
            Self::Warn => "key k-warn",
            Self::Quiet => "key k-quiet",
            Self::Low => "key k-low",
            Self::Track => "key k-track",
            Self::Line => "key k-line",
            Self::Goal => "key k-goal",
            Self::Forecast => "key k-fore",
        }
    }

    /// The attribute that fills a shape with it.
    pub(super) const fn attribute(self) -> &'static str {
        match self {
            Self::First | Self::Line | Self::Forecast => r#"class="d1""#,
            Self::Second => r#"class="d2""#,
            Self::Third | Self::Goal => r#"class="d3""#,
            Self::Fourth => r#"class="d4""#,
            Self::Hatch => "fill=\"url(#hatch)\"",
            Self::Crit => r#"class="d-crit""#,
            Self::High => r#"class="d-high""#,
            Self::Warn => r#"class="d-warn""#,
            Self::Quiet | Self::Low => r#"class="d-quiet""#,
            Self::Track => r#"class="d-track""#,
        }
    }
}

/// One row of figures over the columns of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its name.
    pub label: String,
    /// How it is filled.
    pub fill: Fill,
    /// One figure for each column.
    pub values: Vec<i64>,
}

impl Series {
    /// Names a row of figures.
    pub fn new(label: impl Into<String>, fill: Fill, values: Vec<i64>) -> Self {
        Self {
            label: label.into(),
            fill,
            values,
        }
    }

    pub(super) fn value(&self, index: usize) -> i64 {
        self.values.get(index).copied().unwrap_or_default().max(0)
    }
}

/// One entry of a legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendItem {
    /// The fill it explains.
    pub fill: Fill,
    /// Its words.
    pub label: String,
    /// The figure now, bold.
    pub value: Option<String>,
    /// How it changed: `+58`.
    pub change: Option<String>,
}

impl LegendItem {
    /// Explains a fill.
    pub fn new(fill: Fill, label: impl Into<String>) -> Self {
        Self {
            fill,
            label: label.into(),
            value: None,
            change: None,
        }
    }

    /// Adds the figure now.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// Adds how it changed, with its sign.
    #[must_use]
    pub fn change(mut self, change: i64) -> Self {
        let sign = if change > 0 { "+" } else { "" };
        self.change = Some(format!("{sign}{}", crate::format::number(change)));
        self
    }
}

/// Draws a legend.
#[component]
pub fn Legend(
    /// The entries.
    items: Vec<LegendItem>,
) -> impl IntoView {
    let items = items
        .into_iter()
        .map(|item| {
            let value = item.value.map(|value| view! { " "<b>{value}</b> });
            let change = item.change.map(|change| view! { " "{change} });
            view! { <li><i class=item.fill.key()></i><span>{item.label}{value}{change}</span></li> }
        })
        .collect_view();
    view! { <ul class="legend">{items}</ul> }.into_any()
}

/// Draws the figures of a chart as a table behind a toggle.
#[component]
pub fn AsTable(
    /// What the table is: `Credential trend`.
    #[prop(into)]
    label: String,
    /// What the columns are: `Month`.
    #[prop(into)]
    corner: String,
    /// The columns.
    columns: Vec<String>,
    /// The rows.
    rows: Vec<Series>,
) -> impl IntoView {
    let heads = columns
        .iter()
        .map(|column| view! { <th scope="col">{column.clone()}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|row| {
            let cells = (0..columns.len())
                .map(|index| {
                    row.values
                        .get(index)
                        .map_or_else(String::new, |value| crate::format::number(*value))
                })
                .map(|value| view! { <td>{value}</td> })
                .collect_view();
            view! { <tr><th scope="row">{row.label}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <details class="as-table">
            <summary><Glyph icon=Icon::ChevronRight/>"Show as table"</summary>
            <div tabindex="0" role="region" aria-label=format!("{label}, table")>
                <table>
                    <thead><tr><th scope="col">{corner}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
