//! Rollcall's own record: who did what, hash-chained, newest first.

use chrono::{DateTime, Utc};
use contract::activity::{ActivityFilter, ActivityList, ActivityView, AnchorRow, OBJECT_KINDS};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use crate::api::activity::list_activity;
use crate::components::{
    Browse, Cell, Chip, Column, Count, DataTable, EmptyState, FacetBar, FacetGroup, FacetOption,
    FacetSearch, Mid, Pager, Results, RowHead, TableKind, Toolbar, When,
};
use crate::layout::{Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::{Address, text, words};

/// Draws the record.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        query.with(|params| {
            let filter = filter(params);
            let after = text(params, "after");
            (filter, (!after.is_empty()).then_some(after))
        })
    };
    let data = Resource::new(asked, |(filter, after)| list_activity(filter, after));
    loaded(data, move |viewer, list| {
        let (filter, after) = untrack(asked);
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Activity" section=RailItem::Activity>
                <Browse>
                    <FacetBar action=paths::activity() groups=vec![facet(&filter)] search=search(&filter) keep=kept(&filter)/>
                    <Results label="Entries">{results(&filter, after.is_some(), list)}</Results>
                </Browse>
            </Frame>
        }
        .into_any()
    })
}

/// The filter an address holds.
pub fn filter(params: &ParamsMap) -> ActivityFilter {
    ActivityFilter {
        q: text(params, "q"),
        object: words(params, "object"),
        action: words(params, "action"),
    }
}

/// The record under a filter, at its newest entries.
pub fn address(filter: &ActivityFilter) -> Address {
    Address::new(paths::activity())
        .with("q", &filter.q)
        .with_each("object", &filter.object)
        .with_each("action", &filter.action)
}

fn facet(filter: &ActivityFilter) -> FacetGroup {
    let options = OBJECT_KINDS
        .iter()
        .map(|(word, label)| FacetOption {
            value: (*word).to_owned(),
            label: (*label).to_owned(),
            count: None,
            checked: filter.object.iter().any(|chosen| chosen == word),
        })
        .collect();
    FacetGroup {
        name: "object".to_owned(),
        legend: "About".to_owned(),
        options,
    }
}

fn search(filter: &ActivityFilter) -> AnyView {
    view! { <FacetSearch label="Words, name or request id" value=filter.q.clone()/> }.into_any()
}

fn kept(filter: &ActivityFilter) -> Vec<(String, String)> {
    filter
        .action
        .iter()
        .map(|action| ("action".to_owned(), action.clone()))
        .collect()
}

fn chips(filter: &ActivityFilter) -> Vec<Chip> {
    let mut chips = Vec::new();
    let without = |change: &dyn Fn(&mut ActivityFilter)| {
        let mut rest = filter.clone();
        change(&mut rest);
        address(&rest).to_string()
    };
    if !filter.q.is_empty() {
        chips.push(Chip {
            label: "Words".to_owned(),
            value: filter.q.clone(),
            remove: without(&|rest| rest.q.clear()),
        });
    }
    for object in &filter.object {
        let label = OBJECT_KINDS
            .iter()
            .find(|(word, _)| word == object)
            .map_or(object.as_str(), |(_, label)| label);
        chips.push(Chip {
            label: "About".to_owned(),
            value: label.to_lowercase(),
            remove: without(&|rest| rest.object.retain(|other| other != object)),
        });
    }
    for action in &filter.action {
        chips.push(Chip {
            label: "Action".to_owned(),
            value: action.clone(),
            remove: without(&|rest| rest.action.retain(|other| other != action)),
        });
    }
    chips
}

/// Where the head of the record stands outside, and since when.
fn anchored(last: &AnchorRow, now: DateTime<Utc>) -> AnyView {
    let at = last.at;
    let words = format!(
        "Anchored outside ({}) at entry {} ",
        last.place, last.position
    );
    view! { <p class="anchored muted">{words}<When at now/>". "<code>"rollcall anchor --check FILE"</code>" compares."</p> }
        .into_any()
}

fn results(filter: &ActivityFilter, later: bool, list: ActivityList) -> AnyView {
    let ActivityList {
        page,
        anchored: last,
        now,
    } = list;
    let anchored = last.map(|last| anchored(&last, now));
    let shown = i64::try_from(page.rows.len()).unwrap_or(0);
    let all = address(filter).to_string();
    let next = page
        .next
        .map(|cursor| address(filter).with("after", cursor).to_string());
    let range = match (page.rows.first(), page.rows.last()) {
        (Some(first), Some(last)) => format!(
            "Entries {} to {}, newest first",
            first.position, last.position
        ),
        _ => String::new(),
    };
    let noun = if shown == 1 {
        "entry on this page"
    } else {
        "entries on this page"
    };
    let toolbar = view! {
        <Toolbar count=view! { <Count shown noun/> }.into_any() chips=chips(filter) clear=paths::activity()/>
    };
    if page.rows.is_empty() {
        return view! {
            {toolbar}
            {anchored}
            <EmptyState title="Nothing like this was done" text="The record holds every change made in Rollcall, from the first day on.">
                <a class="btn" href=paths::activity()>"See everything"</a>
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::new("What"),
        Column::new("Who"),
        Column::new("When"),
        Column::new("Action").gives_way(1),
        Column::new("Place in the chain").gives_way(2),
    ];
    let rows = page
        .rows
        .into_iter()
        .map(|entry| row(entry, filter, now))
        .collect_view();
    view! {
        {toolbar}
        {anchored}
        <DataTable caption="Activity" columns kind=TableKind::List>{rows}</DataTable>
        <Pager text=range first=later.then_some(all) next first_label="Newest" next_label="Older"/>
    }
    .into_any()
}

fn row(
    entry: ActivityView,
    filter: &ActivityFilter,
    now: chrono::DateTime<chrono::Utc>,
) -> AnyView {
    let only = ActivityFilter {
        action: vec![entry.action.clone()],
        ..filter.clone()
    };
    let changes = entry
        .changes
        .into_iter()
        .filter(|(_, before, after)| !(before.is_empty() && after.is_empty()))
        .map(|(field, before, after)| view! { <small class="sub">{change(&field, &before, &after)}</small> })
        .collect_view();
    let (kind, name) = entry.actor;
    let kind = Some(kind.label()).filter(|kind| *kind != name);
    let kind = kind.map(|kind| view! { <small class="sub">{kind}</small> });
    let (what, only) = (
        object(&entry.object, entry.summary),
        address(&only).to_string(),
    );
    let request = (!entry.request_id.is_empty())
        .then(|| view! { <small class="sub"><Mid value=entry.request_id/></small> });
    view! {
        <tr id=format!("p{}", entry.position)>
            <RowHead class="c-main">{what}{changes}</RowHead>
            <Cell label="Who" class="fit">{name}{kind}</Cell>
            <Cell label="When" class="fit"><When at=entry.at now/></Cell>
            <Cell label="Action"><a href=only><code>{entry.action}</code></a>{request}</Cell>
            <Cell label="Place in the chain" class="num">{entry.position}<small class="sub"><Mid value=entry.hash/></small></Cell>
        </tr>
    }
    .into_any()
}

/// The sentence, as a link to what it speaks of where that has a page.
fn object((kind, id, _): &(String, String, String), summary: String) -> AnyView {
    let href = match (kind.as_str(), id.parse::<uuid::Uuid>()) {
        ("identity", Ok(id)) => paths::identity(id.into()),
        ("campaign", Ok(id)) => paths::campaign(id.into()),
        ("person", Ok(id)) => paths::person(id.into()),
        ("token", _) => paths::tokens(),
        _ => return summary.into_any(),
    };
    view! { <a href=href>{summary}</a> }.into_any()
}

/// One change in words: the field's name without its underscores, fingerprints by their beginning.
fn change(field: &str, before: &str, after: &str) -> String {
    let is_hash = field.ends_with("hash");
    let field = match field {
        "frozen_hash" => "fingerprint".to_owned(),
        "current_hash" => "fingerprint now".to_owned(),
        other => other.replace('_', " "),
    };
    let value = |text: &str| match text {
        "dont_know" => "don’t know".to_owned(),
        hash if is_hash => hash.chars().take(12).collect::<String>() + "…",
        other => other.to_owned(),
    };
    match (before, after) {
        ("", after) => format!("{field}: {}", value(after)),
        (before, "") => format!("{field}: no longer {}", value(before)),
        (before, after) => format!("{field}: {} → {}", value(before), value(after)),
    }
}

#[cfg(test)]
mod tests {
    use super::change;

    #[test]
    fn a_change_is_told_in_words() {
        let hash = "dbf45164cee3697718c44edb0d611c93";
        assert_eq!(
            change("frozen_hash", "", hash),
            "fingerprint: dbf45164cee3…"
        );
        assert_eq!(
            change("decision", "approve", "dont_know"),
            "decision: approve → don’t know"
        );
        assert_eq!(
            change("backup_owner", "Ada", ""),
            "backup owner: no longer Ada"
        );
    }
}
