//! The explorer: when events happened, what they were, and each one as it was received.

mod address;
mod drawer;
mod rows;
mod tail;
mod views;
mod when;

use contract::events::{EventFilter, EventList, EventView};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use crate::api::events::{get_event, list_events};
use crate::components::{
    Browse, ButtonLink, Chip, Count, EmptyState, Export, FacetBar, FacetSearch, Pager, Results,
    Toolbar, facet_chips, facet_groups,
};
use crate::error::AppError;
use crate::format;
use crate::layout::{Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use address::Asked;

/// The filter an address holds, and its window in hours.
pub fn filter(params: &ParamsMap) -> (EventFilter, Option<i64>) {
    let asked = Asked::read(params);
    (asked.filter, asked.hours)
}

/// A page of events and the one that is open beside it.
type Shown = (EventList, Option<EventView>);

/// Draws the explorer.
#[component]
pub fn EventsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || query.with(Asked::read);
    let data = Resource::new(asked, load);
    loaded(data, move |viewer, (list, open)| {
        let asked = query.with_untracked(Asked::read);
        let (when, browse) = (
            when::region(&asked, &list),
            browse(&asked, &list, open.as_ref()),
        );
        let (views, tail) = (views::draw(&asked), tail::draw(&asked));
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Events" section=RailItem::Events>
                {views}
                {when}
                {tail}
                {browse}
            </Frame>
        }
        .into_any()
    })
}

async fn load(asked: Asked) -> Result<Shown, AppError> {
    let list = list_events(asked.filter.clone(), asked.hours, asked.after.clone()).await?;
    let open = match asked.event {
        Some(id) => Some(get_event(id).await?),
        None => None,
    };
    Ok((list, open))
}

fn browse(asked: &Asked, list: &EventList, open: Option<&EventView>) -> AnyView {
    let total = list.page.total.unwrap_or_default();
    let groups = facet_groups(&list.facets, asked);
    let search = view! { <FacetSearch label="Action, actor, subject, target" value=asked.filter.q.clone()/> }.into_any();
    let with_drawer = open.is_some();
    let shown = list.page.rows.len();
    let table = if shown == 0 {
        let all = Asked::default().to_string();
        view! {
            <EmptyState title="No events here" text="Nothing in this window passes the filters. Widen the window or take a filter away; if a source should have spoken, look at its coverage.">
                <ButtonLink href=all>"Clear the filters"</ButtonLink>
                <ButtonLink href=paths::sources()>"See the sources"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        rows::table(asked, list)
    };
    let toolbar = toolbar(asked, list);
    let drawer = open.map(|event| drawer::drawer(asked, event, list.now));
    let keep = asked.kept();
    let done = format!("Show {}", format::count(total, "event"));
    let pager = view! {
        <Pager
            text=format!("{} of {}", format::number(i64::try_from(shown).unwrap_or_default()), format::number(total))
            first=asked.after.is_some().then(|| asked.clone().at(None).to_string())
            next=list.page.next.clone().map(|next| asked.clone().at(Some(next)).to_string())
            first_label="Newest"
            next_label="Older"
        />
    };
    view! {
        <Browse with_drawer>
            <FacetBar action=paths::events() groups keep search done/>
            <Results label="Events">
                {toolbar}
                {table}
                {pager}
            </Results>
            {drawer}
        </Browse>
    }
    .into_any()
}

fn toolbar(asked: &Asked, list: &EventList) -> AnyView {
    let total = list.page.total.unwrap_or_default();
    let noun = if total == 1 { "event" } else { "events" };
    let count = view! { <Count shown=total noun/> }.into_any();
    let clear = asked.is_filtered().then(|| {
        Asked {
            hours: asked.hours,
            ..Asked::default()
        }
        .to_string()
    });
    let chips = chips(asked, list);
    let runs = paths::runs();
    let export = |format| asked.under(paths::export_events(format)).to_string();
    let (csv, ndjson) = (export("csv"), export("ndjson"));
    let live = tail::choice(asked);
    view! {
        <Toolbar count chips clear>
            <ButtonLink href=runs small=true>"Production deployments"</ButtonLink>
            {live}
            <Export csv ndjson/>
        </Toolbar>
    }
    .into_any()
}

fn chips(asked: &Asked, list: &EventList) -> Vec<Chip> {
    let mut chips = facet_chips(&list.facets, asked);
    if asked.filter.identity.is_some() {
        let name = list
            .page
            .rows
            .iter()
            .find_map(|row| row.identity.clone())
            .map_or("one identity".to_owned(), |found| found.1);
        chips.push(Chip {
            label: "Identity".to_owned(),
            value: name,
            remove: asked.clone().without("identity").to_string(),
        });
    }
    if asked.filter.from.is_some() || asked.filter.to.is_some() {
        let value = format!(
            "{} to {}",
            format::day_minute_of(list.from, list.now),
            format::day_minute_of(list.to, list.now)
        );
        chips.push(Chip {
            label: "Time".to_owned(),
            value,
            remove: asked.clone().without("time").to_string(),
        });
    }
    chips
}
