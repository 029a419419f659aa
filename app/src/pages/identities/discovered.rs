//! The queue of discovered identities: one opened with its evidence and what to do, all of them to tick.

mod opened;

use chrono::{DateTime, Utc};
use contract::identities::{Adopted, DiscoveredList, DiscoveredRow};
use contract::ids::IdentityId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::parts::kind_icon;
use crate::api::discovered::{AdoptDiscovered, MergeDiscovered, list_discovered};
use crate::api::identities::ChangeIdentity;
use crate::components::{
    ButtonLink, Cell, Column, DataTable, EmptyState, Ident, Notice, Pager, Pick, Picks, RowHead,
    SelectCell, TableKind, Tone, Unknown, When,
};
use crate::error::AppError;
use crate::form::Posted;
use crate::format::{count, counted, number};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem, Split};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::{Address, one, text};

/// The form the checkboxes belong to.
const TICKED: &str = "ticked";

/// What this page's forms do.
#[derive(Clone, Copy)]
struct Deeds {
    adopt: Posted<AdoptDiscovered>,
    merge: Posted<MergeDiscovered>,
    change: Posted<ChangeIdentity>,
}

/// Where on the page somebody is.
#[derive(Clone, Default)]
struct Place {
    repository: String,
    after: String,
    open: Option<IdentityId>,
}

impl Place {
    fn address(&self) -> Address {
        Address::new(paths::discovered())
            .with("repository", &self.repository)
            .with("after", &self.after)
    }
}

/// Draws the queue.
#[component]
pub fn DiscoveredPage() -> impl IntoView {
    let query = use_query_map();
    let deeds = Deeds {
        adopt: Posted::new(),
        merge: Posted::new(),
        change: Posted::new(),
    };
    let place = move || {
        query.with(|params| Place {
            repository: text(params, "repository"),
            after: text(params, "after"),
            open: one(params, "open"),
        })
    };
    let asked = move || {
        let place = place();
        let given = |text: String| (!text.is_empty()).then_some(text);
        (given(place.repository), given(place.after))
    };
    let data = Resource::new(asked, |(repository, after)| {
        list_discovered(repository, after)
    });
    loaded(data, move |viewer, list| {
        let place = untrack(place);
        let body = body(&list, &place, deeds);
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title="Discovered"
                section=RailItem::Identities
                crumb=Crumb::new("Identities", paths::identities())
            >
                <DetailHead title="Discovered" lead="Seen in events or imports, and never asked for. Say whose each is, what it really is, or that it is none of ours."/>
                {told(deeds)}
                {body}
            </Frame>
        }
        .into_any()
    })
}

/// What the last form came to.
fn told(deeds: Deeds) -> AnyView {
    let error = deeds
        .adopt
        .error()
        .or_else(|| deeds.merge.error())
        .or_else(|| deeds.change.error());
    if let Some(error) = error {
        return refused(&error);
    }
    match deeds.adopt.value() {
        Some(Ok(became)) => adopted(&became),
        _ => ().into_any(),
    }
}

fn refused(error: &AppError) -> AnyView {
    let (title, words) = (error.title(), error.to_string());
    view! { <Notice tone=Tone::Crit urgent=true title=title>{words}</Notice> }.into_any()
}

fn adopted(became: &Adopted) -> AnyView {
    let done = format!(
        "{} adopted.",
        counted(became.done, "identity", "identities")
    );
    let left = (became.left > 0).then(|| {
        format!(
            " {} left as they were: {}",
            number(became.left),
            became.why.join(" ")
        )
    });
    let tone = if became.left > 0 {
        Tone::Warn
    } else {
        Tone::Ok
    };
    view! { <Notice tone>{done}{left}</Notice> }.into_any()
}

fn body(list: &DiscoveredList, place: &Place, deeds: Deeds) -> AnyView {
    if list.page.rows.is_empty() && place.after.is_empty() {
        let (title, text) = if place.repository.is_empty() {
            (
                "Nobody unknown",
                "Whatever acts in your sources is registered. A stranger appears here with the event that shows it.",
            )
        } else {
            (
                "Nothing of this repository is left",
                "Look at the others, or at the whole queue.",
            )
        };
        return view! {
            <EmptyState title text>
                <ButtonLink href=paths::discovered()>"Show the whole queue"</ButtonLink>
                <ButtonLink href=paths::identities()>"Go to the identities"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let opened = place
        .open
        .and_then(|id| list.page.rows.iter().find(|row| row.id == id))
        .map(|row| opened::draw(row, list, place, deeds));
    let side = side(list, place);
    let adopt = list
        .may_adopt
        .then(|| opened::adopt_ticked(list, deeds.adopt));
    let table = table(list, place);
    view! {
        <Split label="By repository" side>
            {opened}
            {table}
            {adopt}
        </Split>
    }
    .into_any()
}

fn side(list: &DiscoveredList, place: &Place) -> AnyView {
    let all = Place::default().address().to_string();
    let picks = list
        .repositories
        .iter()
        .map(|(repository, of)| {
            let href = Address::new(paths::discovered())
                .with("repository", repository)
                .to_string();
            let (title, hint) = (repository.clone(), counted(*of, "identity", "identities"));
            let current = *repository == place.repository;
            view! { <Pick href title hint current/> }
        })
        .collect_view();
    let has = !list.repositories.is_empty();
    let whole = (!place.repository.is_empty())
        .then(|| view! { <p class="after"><a href=all>"The whole queue"</a></p> });
    view! {
        {has.then(|| view! { <Block id="repositories" title="By repository" note="where several wait"><Picks>{picks}</Picks>{whole}</Block> })}
        <Block id="how" title="What each does">
            <p class="muted"><b>"Adopt"</b>": it is ours. It gets an owner and a purpose, and is reviewed from now on."</p>
            <p class="muted"><b>"Join"</b>": it is one we have, renamed or moved. Its names, events and history come over; nothing forks."</p>
            <p class="muted"><b>"Dismiss"</b>": it is not ours. The reason stays in the record."</p>
        </Block>
    }
    .into_any()
}

fn table(list: &DiscoveredList, place: &Place) -> AnyView {
    let mut columns = vec![
        Column::new("Identity"),
        Column::new("Evidence").gives_way(4),
        Column::new("Events, 90 days").numeric().gives_way(3),
        Column::new("First seen").gives_way(3),
        Column::new("May be the same as").gives_way(2),
        Column::new("May be owned by").gives_way(2),
    ];
    if list.may_adopt {
        columns.insert(0, Column::select());
    }
    let now = list.now;
    let rows = list
        .page
        .rows
        .iter()
        .map(|row| line(row, place, now, list.may_adopt))
        .collect_view();
    let next = list.page.next.as_ref().map(|cursor| {
        Place {
            after: cursor.clone(),
            ..place.clone()
        }
        .address()
        .to_string()
    });
    let first = (!place.after.is_empty()).then(|| {
        Place {
            after: String::new(),
            ..place.clone()
        }
        .address()
        .to_string()
    });
    let note = format!(
        "{} in all, newest first",
        number(list.page.total.unwrap_or_default())
    );
    view! {
        <Block id="queue" title="Waiting" note>
            <DataTable caption="Discovered identities, newest first" columns kind=TableKind::MiniCards>{rows}</DataTable>
            <Pager text="" first next/>
        </Block>
    }
    .into_any()
}

fn line(row: &DiscoveredRow, place: &Place, now: DateTime<Utc>, ticks: bool) -> AnyView {
    let href = place.address().with("open", row.id).to_string() + "#opened";
    let tick = ticks.then(|| {
        let (name, value) = (row.name.clone(), row.id.to_string());
        view! { <SelectCell name value field="input[ids][]" form=TICKED/> }
    });
    let similar = match row.similar.first() {
        Some(found) => {
            let words = format!("{}% alike", found.score);
            let (href, name) = (paths::identity(found.id), found.name.clone());
            view! { <a class="plain" href=href>{name}</a><small class="sub">{words}</small> }
                .into_any()
        }
        None => view! { <span class="faint">"nothing like it"</span> }.into_any(),
    };
    let owner = match row.owners.first() {
        Some(owner) => {
            let (name, source) = (owner.person.name.clone(), owner.source.clone());
            view! { {name}<small class="sub">{source}</small> }.into_any()
        }
        None => view! { <Unknown word="Unknown" hint="Nobody is named by an import, acts in its events or owns what stands beside it"/> }.into_any(),
    };
    let (first_seen, events) = (row.first_seen_at, number(row.events));
    let (icon, name, detail) = (
        kind_icon(row.kind),
        row.name.clone(),
        format!("{}, {}", row.kind.label(), row.platform.label()),
    );
    let (subject, evidence, source) = (
        row.subject.clone(),
        row.evidence.clone(),
        row.source.clone(),
    );
    view! {
        <tr>
            {tick}
            <RowHead class="c-main"><Ident icon name href detail subject/></RowHead>
            <Cell class="c-4" label="Evidence">{evidence}<small class="sub">{source}</small></Cell>
            <Cell class="num c-3" label="Events, 90 days">{events}</Cell>
            <Cell class="fit c-3" label="First seen"><When at=first_seen now/></Cell>
            <Cell class="c-2" label="May be the same as">{similar}</Cell>
            <Cell class="c-2" label="May be owned by">{owner}</Cell>
        </tr>
    }
    .into_any()
}

/// How many events, in words.
fn events(row: &DiscoveredRow) -> String {
    count(row.events, "event") + " in the last 90 days"
}
