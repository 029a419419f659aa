//! What reached production on a day, and whether each link of each chain is proven.

use chrono::{NaiveDate, TimeDelta};
use contract::stories::{RunDay, RunRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::marks;
use crate::api::stories::load_runs;
use crate::components::{
    Button, ButtonLink, Cell, ChainMarks, Column, DataTable, EmptyState, Icon, Notice, Said,
    Status, TextField, Tone, When,
};
use crate::format::{count, day as day_words};
use crate::layout::{Block, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::one;

/// Draws the page.
#[component]
pub fn RunsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || query.with(|params| one::<NaiveDate>(params, "day"));
    let data = Resource::new(asked, load_runs);
    loaded(data, move |viewer, day| {
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Production deployments" section=RailItem::Events>
                {head(&day)}
                {body(day)}
            </Frame>
        }
        .into_any()
    })
}

fn head(day: &RunDay) -> AnyView {
    let before = paths::runs_of(day.day - TimeDelta::days(1));
    let after =
        (day.day < day.now.date_naive()).then(|| paths::runs_of(day.day + TimeDelta::days(1)));
    let after = after.map(|href| view! { <ButtonLink href small=true>"Next day"</ButtonLink> });
    view! {
        <form class="row above" action=paths::runs() method="get">
            <TextField name="day" label="Day, UTC" kind="date" value=day.day.to_string()/>
            <Button small=true>"Check the trails"</Button>
            <ButtonLink href=before small=true>"Day before"</ButtonLink>
            {after}
            <ButtonLink href=paths::runners() small=true>"Runners"</ButtonLink>
        </form>
    }
    .into_any()
}

fn body(day: RunDay) -> AnyView {
    if day.runs.is_empty() {
        return view! {
            <EmptyState title="Nothing reached production on this day" text="No event of this day tells of a deployment to production. If there was one, its source is silent: look at the coverage.">
                <ButtonLink href=paths::sources()>"See the sources"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let words = day_words(day.day, day.now.date_naive());
    let incomplete = day.runs.iter().filter(|run| run.gaps > 0).count();
    let (tone, title) = if incomplete == 0 {
        (
            Tone::Ok,
            "Every link of every deployment is proven.".to_owned(),
        )
    } else {
        let all = i64::try_from(day.runs.len()).unwrap_or_default();
        (
            Tone::Warn,
            format!("{incomplete} of {} lack a link.", count(all, "deployment")),
        )
    };
    let cut = day.cut.then_some("There were more; these are the newest.");
    let columns = vec![
        Column::new("First deployed"),
        Column::new("Run"),
        Column::new("Chain"),
        Column::new("Trail"),
    ];
    let now = day.now;
    let rows = day.runs.into_iter().map(|run| row(run, now)).collect_view();
    view! {
        <Notice tone title>{cut}</Notice>
        <Block id="h-runs" title="Deployments to production" note=words>
            <p class="muted small above">"Chain: person, repository, runner, cloud role, environment, deployment."</p>
            <DataTable caption="Production deployments, newest first" columns>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn row(run: RunRow, now: chrono::DateTime<chrono::Utc>) -> AnyView {
    // A deployment that is of no run has no story: its own event is all there is.
    let alone = run.run_id.is_empty();
    let event = run.chain.iter().rev().find_map(|link| link.event);
    let href = match event {
        Some(event) if alone => paths::event(event),
        _ => paths::run(&run.repository, &run.run_id),
    };
    let sub = if alone {
        "No run is known".to_owned()
    } else {
        format!("Run {}", run.run_id)
    };
    let name = if run.repository.is_empty() {
        "A deployment".to_owned()
    } else {
        run.repository
    };
    let links = marks(&run.chain);
    let (tone, icon, word) = match run.gaps {
        0 => (Tone::Ok, Icon::Ok, "Complete".to_owned()),
        1 => (Tone::Warn, Icon::High, "1 link not proven".to_owned()),
        more => (Tone::Warn, Icon::High, format!("{more} links not proven")),
    };
    view! {
        <tr>
            <Cell class="fit" label="First deployed"><When at=run.at now said=Said::Clock/></Cell>
            <Cell class="c-main"><a class="ident-name" href=href>{name}</a><span class="sub">{sub}</span></Cell>
            <Cell class="fit" label="Chain"><ChainMarks links/></Cell>
            <Cell class="fit" label="Trail"><Status tone icon>{word}</Status></Cell>
        </tr>
    }
    .into_any()
}
