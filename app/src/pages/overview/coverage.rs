//! What the sources cover: a figure above is only as good as this.

use contract::overview::{CoverageRow, Overview};
use leptos::prelude::*;

use crate::components::chart::{Fill, HeatStrip, Legend, LegendItem, StripDay};
use crate::components::{
    ButtonLink, Cell, Column, DataTable, EmptyState, Icon, RowHead, Status, TableKind, Tone,
    Unknown, When,
};
use crate::format::number;
use crate::layout::Section;
use crate::paths;

/// Hours of silence after which a source counts as silent.
const SILENT_HOURS: i64 = 24;

/// Draws the region.
pub fn draw(overview: &Overview) -> AnyView {
    if overview.coverage.is_empty() {
        return view! {
            <Section id="h-cov" title="What the sources cover" class="ov-cover">
                <EmptyState title="No source is connected" text="Without one, use and silence are unknown.">
                    <ButtonLink href=paths::new_source()>"Add a source"</ButtonLink>
                </EmptyState>
            </Section>
        }
        .into_any();
    }
    let rows = overview
        .coverage
        .iter()
        .map(|row| source(row, overview))
        .collect_view();
    let columns = vec![
        Column::new("Source"),
        Column::new("Last 30 days").class("bar-wide"),
        Column::new("Last spoke"),
        Column::new("Events, 30 days").numeric(),
    ];
    let legend = vec![
        LegendItem::new(Fill::Quiet, "usual volume"),
        LegendItem::new(Fill::Low, "less than half"),
        LegendItem::new(Fill::Hatch, "nothing about a known identity"),
    ];
    view! {
        <Section id="h-cov" title="What the sources cover" note="a figure above is only as good as this" more="Sources" href=paths::sources() class="ov-cover">
            <DataTable caption="Sources and their coverage" columns kind=TableKind::MiniTight>{rows}</DataTable>
            <Legend items=legend/>
        </Section>
    }
    .into_any()
}

fn source(row: &CoverageRow, overview: &Overview) -> AnyView {
    let (row, now) = (row.clone(), overview.now);
    let days = StripDay::of_counts(&row.days);
    let gaps = days.iter().filter(|day| **day == StripDay::Silent).count();
    let label = match gaps {
        0 => format!("{}: no gap in the last 30 days", row.name),
        1 => format!("{}: 1 silent day in the last 30", row.name),
        some => format!("{}: {some} silent days in the last 30", row.name),
    };
    let total = row.days.iter().sum();
    let spoke = match row.last_event_at {
        None => view! { <Unknown word="Never"/> }.into_any(),
        Some(at) if (now - at).num_hours() >= SILENT_HOURS => {
            view! { <Status tone=Tone::Warn icon=Icon::High>"Silent since "<When at now/></Status> }
                .into_any()
        }
        Some(at) => {
            view! { <Status tone=Tone::Ok icon=Icon::Ok><When at now/></Status> }.into_any()
        }
    };
    view! {
        <tr>
            <RowHead><a class="plain" href=paths::source(&row.slug)>{row.name.clone()}</a></RowHead>
            <Cell class="at-strip"><HeatStrip label days/></Cell>
            <Cell class="at-end" label="Last spoke">{spoke}</Cell>
            <Cell class="num" label="Events, 30 days">{number(total)}</Cell>
        </tr>
    }
    .into_any()
}
