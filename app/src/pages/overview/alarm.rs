//! What is alarming: open findings by severity, and how many came on each day.

use chrono::TimeDelta;
use contract::findings::{FindingFilter, FindingRow, Severity as Grade};
use contract::overview::Overview;
use leptos::prelude::*;

use crate::components::chart::{DayStack, Fill, Series};
use crate::components::{Cell, Column, DataTable, Icon, Status, TableKind, Tone, When};
use crate::format::{count, day, number};
use crate::layout::Section;
use crate::pages::findings;
use crate::paths;

/// Draws the region.
pub fn draw(overview: &Overview) -> AnyView {
    let all: i64 = overview.severities.iter().map(|(_, n)| n).sum();
    let days = days(overview);
    let severities = overview
        .severities
        .iter()
        .map(|(severity, n)| tile(*severity, *n))
        .collect_view();
    let worst = if overview.findings.is_empty() {
        view! { <p><Status tone=Tone::Ok icon=Icon::Ok>"No finding is open"</Status></p> }
            .into_any()
    } else {
        let rows = overview
            .findings
            .iter()
            .take(4)
            .map(|row| one(row, overview))
            .collect_view();
        let columns = vec![
            Column::new("Worst now"),
            Column::new("Open since").numeric(),
        ];
        view! { <DataTable caption="Worst findings" columns kind=TableKind::Mini>{rows}</DataTable> }.into_any()
    };
    view! {
        <Section id="h-al" title="Open findings" note="new per day, last 30 days" more=format!("All {}", number(all)) href=paths::findings() class="ov-alarm">
            <ul class="sevs">{severities}</ul>
            {days}
            {worst}
        </Section>
    }
    .into_any()
}

fn tile(severity: Grade, n: i64) -> AnyView {
    let level = findings::level(severity);
    let filter = FindingFilter {
        severity: vec![severity],
        ..FindingFilter::default()
    };
    view! {
        <li><a href=findings::address(&filter)><b>{number(n)}</b><Status tone=level.status() icon=level.icon()>{level.word()}</Status></a></li>
    }
    .into_any()
}

fn days(overview: &Overview) -> AnyView {
    let today = overview.now.date_naive();
    let labels = (0..overview.opened.len())
        .rev()
        .map(|back| {
            day(
                today - TimeDelta::days(i64::try_from(back).unwrap_or_default()),
                today,
            )
        })
        .collect();
    let series = vec![
        Series::new(
            "Critical",
            Fill::Crit,
            overview.opened.iter().map(|d| d.0).collect(),
        ),
        Series::new(
            "High",
            Fill::High,
            overview.opened.iter().map(|d| d.1).collect(),
        ),
        Series::new(
            "Medium and low",
            Fill::Warn,
            overview.opened.iter().map(|d| d.2).collect(),
        ),
    ];
    let total: i64 = overview.opened.iter().map(|d| d.0 + d.1 + d.2).sum();
    let description = format!("{} opened in 30 days.", count(total, "finding"));
    view! { <DayStack id="opened" title="New findings per day by severity, last 30 days" description days=labels series/> }.into_any()
}

fn one(row: &FindingRow, overview: &Overview) -> AnyView {
    let (row, now) = (row.clone(), overview.now);
    let about = row
        .identity
        .as_ref()
        .map(|(_, name)| name.clone())
        .unwrap_or_default();
    view! {
        <tr>
            <Cell class="c-main"><a class="ident-name" href=findings::opened(row.id)>{row.title.clone()}</a><span class="sub">{about}</span></Cell>
            <Cell class="num"><When at=row.opened_at now/></Cell>
        </tr>
    }
    .into_any()
}
