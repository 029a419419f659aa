//! What it did: events by day, and the newest ones.

use chrono::TimeDelta;
use contract::events::{EventRow, Outcome};
use contract::identities::IdentityView;
use leptos::prelude::*;

use crate::components::chart::{DayStack, Fill, Legend, LegendItem, Series};
use crate::components::{Cell, Column, DataTable, EmptyState, Icon, Status, TableKind, Tone, When};
use crate::format::{count, day, number};
use crate::layout::Block;
use crate::paths;

/// Draws the tab.
pub fn draw(view: &IdentityView) -> AnyView {
    view! { {histogram(view)}{runs(view)}{newest(view)} }.into_any()
}

/// The runs it acted in last, each leading to its story.
fn runs(view: &IdentityView) -> Option<AnyView> {
    let now = view.now;
    let rows = view.recent_runs.iter().cloned().map(|run| {
        let href = paths::run(&run.repository, &run.run_id);
        let place = run.production.then_some(", in production");
        let ending = if run.failed == 0 {
            view! { <Status tone=Tone::Ok icon=Icon::Ok>"None failed"</Status> }.into_any()
        } else {
            let words = format!("{} failed", number(run.failed));
            view! { <Status tone=Tone::Crit icon=Icon::Fail>{words}</Status> }.into_any()
        };
        view! {
            <tr>
                <Cell class="fit" label="When"><When at=run.at now/></Cell>
                <Cell class="c-main"><a href=href>{format!("{}#{}", run.repository, run.run_id)}</a><span class="sub">{count(run.events, "event")}" of this identity"{place}</span></Cell>
                <Cell class="fit" label="Outcome">{ending}</Cell>
            </tr>
        }
    });
    let columns = vec![
        Column::new("When"),
        Column::new("Run"),
        Column::new("Outcome"),
    ];
    (!view.recent_runs.is_empty()).then(|| {
        let rows = rows.collect_view();
        view! {
            <Block id="h-runs" title="Latest runs" note="each as one story">
                <DataTable caption="Latest runs" columns kind=TableKind::MiniCards>{rows}</DataTable>
            </Block>
        }
        .into_any()
    })
}

fn histogram(view: &IdentityView) -> AnyView {
    let today = view.now.date_naive();
    let days = (0..view.daily_events.len())
        .rev()
        .map(|back| {
            day(
                today - TimeDelta::days(i64::try_from(back).unwrap_or_default()),
                today,
            )
        })
        .collect();
    let well: Vec<i64> = view.daily_events.iter().map(|(well, _)| *well).collect();
    let failed: Vec<i64> = view
        .daily_events
        .iter()
        .map(|(_, failed)| *failed)
        .collect();
    let (all_well, all_failed) = (well.iter().sum::<i64>(), failed.iter().sum::<i64>());
    let description = format!(
        "{} in 90 days, of which {} failed.",
        count(all_well + all_failed, "event"),
        number(all_failed)
    );
    let series = vec![
        Series::new("Success or unknown", Fill::Second, well),
        Series::new("Failure", Fill::Crit, failed),
    ];
    view! {
        <Block id="h-days" title="Events" note="per day, last 90 days" more="All events" href=paths::events_of(view.row.id)>
            <Legend items=vec![
                LegendItem::new(Fill::Second, "Success or unknown").value(number(all_well)),
                LegendItem::new(Fill::Crit, "Failure").value(number(all_failed)),
            ]/>
            <DayStack id="days" title="Events per day, last 90 days" description days series/>
        </Block>
    }
    .into_any()
}

fn newest(view: &IdentityView) -> AnyView {
    if view.recent_events.is_empty() {
        let text = if view.covered {
            "A source covers its platform and has told of nothing."
        } else {
            "No source covers its platform: silence says nothing about its use."
        };
        return view! { <EmptyState title="No event names it" text/> }.into_any();
    }
    let rows = view
        .recent_events
        .iter()
        .map(|event| row(event, view))
        .collect_view();
    let columns = vec![
        Column::new("When"),
        Column::new("What happened"),
        Column::new("Outcome"),
        Column::new("Source"),
    ];
    view! {
        <Block id="h-newest" title="Newest" more="All events" href=paths::events_of(view.row.id)>
            <DataTable caption="Newest events" columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn row(event: &EventRow, view: &IdentityView) -> AnyView {
    let event = event.clone();
    let now = view.now;
    let (tone, icon) = match event.outcome {
        Outcome::Success => (Tone::Ok, Icon::Ok),
        Outcome::Failure => (Tone::Crit, Icon::Fail),
        Outcome::Unknown => (Tone::Unknown, Icon::Unknown),
    };
    view! {
        <tr>
            <Cell class="fit" label="When"><When at=event.occurred_at now/></Cell>
            <Cell class="c-main"><a href=paths::event(event.id)>{event.sentence.clone()}</a><span class="sub">{event.action.clone()}</span></Cell>
            <Cell class="fit" label="Outcome"><Status tone icon>{event.outcome.label()}</Status></Cell>
            <Cell class="fit" label="Source">{event.source.1.clone()}</Cell>
        </tr>
    }
    .into_any()
}
