//! How credentials are held, month by month.

use contract::overview::{Overview, TrendPoint};
use leptos::prelude::*;

use crate::components::chart::{Fill, Legend, LegendItem, MonthStack, Series, Spark, Sparkline};
use crate::format::number;
use crate::layout::Section;
use crate::paths;

/// Draws the trend.
pub fn draw(overview: &Overview) -> AnyView {
    let trend = &overview.trend;
    let months: Vec<String> = trend
        .iter()
        .map(|point| point.day.format("%b").to_string())
        .collect();
    let series = vec![
        one("Federated", Fill::First, trend, |p| p.federated),
        one("Dynamic", Fill::Second, trend, |p| p.dynamic),
        one("Platform-managed", Fill::Fourth, trend, |p| {
            p.platform_managed
        }),
        one("Static", Fill::Third, trend, |p| p.static_),
        one("Hard-coded", Fill::Crit, trend, |p| p.hard_coded),
        one("Unknown", Fill::Hatch, trend, |p| p.unknown),
    ];
    // A step nobody stands on needs no colour.
    let series: Vec<Series> = series
        .into_iter()
        .filter(|row| row.values.iter().any(|value| *value > 0))
        .collect();
    let legend = series.iter().map(entry).collect();
    let description = series
        .iter()
        .map(|s| {
            let (first, last) = ends(s);
            format!(
                "{} went from {} to {}.",
                s.label,
                number(first),
                number(last)
            )
        })
        .collect::<Vec<_>>()
        .join(" ");
    let note = if trend.len() > 1 {
        format!("monthly, last {} months", trend.len())
    } else {
        "today; the trend grows a point a month".to_owned()
    };
    let mean = mean_risk(trend);
    view! {
        <Section id="h-trend" title="How they prove who they are" note class="ov-trend" more="All identities" href=paths::identities()>
            <figure class="chart">
                <Legend items=legend/>
                <MonthStack id="trend" title="Identities by how their credential is held, monthly" description months series/>
            </figure>
            {mean}
        </Section>
    }
    .into_any()
}

/// How the mean risk of an identity went, over the months it was kept.
fn mean_risk(trend: &[TrendPoint]) -> Option<AnyView> {
    let means: Vec<i64> = trend
        .iter()
        .filter(|point| point.identities > 0)
        .filter_map(|point| Some((point.risk? + point.identities / 2) / point.identities))
        .collect();
    let last = *means.last()?;
    let words = match means.first() {
        Some(first) if means.len() > 1 => {
            format!("Mean risk of an identity: {first} then, {last} now.")
        }
        _ => format!("Mean risk of an identity: {last}."),
    };
    let spark = Spark::new(words.clone(), means);
    Some(view! { <p class="small muted legend-in"><Sparkline spark/>{words}</p> }.into_any())
}

fn one(label: &str, fill: Fill, trend: &[TrendPoint], of: fn(&TrendPoint) -> i64) -> Series {
    Series::new(label, fill, trend.iter().map(of).collect())
}

fn ends(series: &Series) -> (i64, i64) {
    let first = series.values.first().copied().unwrap_or_default();
    (first, series.values.last().copied().unwrap_or_default())
}

fn entry(series: &Series) -> LegendItem {
    let (first, last) = ends(series);
    let item = LegendItem::new(series.fill, series.label.clone()).value(number(last));
    if series.values.len() > 1 {
        item.change(last - first)
    } else {
        item
    }
}
