//! Findings put together by identity or by rule.

use chrono::{DateTime, Utc};
use contract::findings::{FindingFilter, FindingGroup, FindingGrouping};
use leptos::prelude::*;

use super::{facets, row::level};
use crate::components::{Cell, Column, DataTable, LinkItem, Segmented, Severity, When};
use crate::format::number;
use crate::paths;

/// Draws the choice between the list and its groups.
pub fn choice(filter: &FindingFilter, by: Option<FindingGrouping>) -> AnyView {
    let mut items =
        vec![LinkItem::new("One by one", facets::list(filter).to_string()).current(by.is_none())];
    for grouping in FindingGrouping::ALL {
        let href = facets::list(filter).with("group", grouping).to_string();
        items.push(LinkItem::new(grouping.label(), href).current(by == Some(*grouping)));
    }
    view! { <Segmented items label="How findings are put together"/> }.into_any()
}

/// Draws the groups.
pub fn table(groups: Vec<FindingGroup>, filter: &FindingFilter, now: DateTime<Utc>) -> AnyView {
    let columns = vec![
        Column::new("Findings of"),
        Column::new("Severities"),
        Column::new("Latest"),
    ];
    let rows = groups
        .into_iter()
        .map(|group| row(group, filter, now))
        .collect_view();
    view! { <DataTable caption="Findings put together, the worst first" columns>{rows}</DataTable> }
        .into_any()
}

fn row(group: FindingGroup, filter: &FindingFilter, now: DateTime<Utc>) -> AnyView {
    let severities = group
        .severities
        .iter()
        .map(|(severity, count)| {
            view! { <Severity level=level(*severity)/>" "{number(*count)}" " }
        })
        .collect_view();
    let mut inside = filter.clone();
    if let Some(rule) = group.rule {
        inside.rule = vec![rule];
    }
    let own = group.identity.map(|(id, _)| {
        inside.identity = Some(id);
        view! { <a class="sub plain" href=paths::identity(id)>"The identity"</a> }
    });
    let href = facets::list(&inside).to_string();
    let name = if group.name.is_empty() {
        "Nobody on the roll".to_owned()
    } else {
        group.name
    };
    view! {
        <tr>
            <Cell class="c-main"><a class="ident-name" href=href>{name}</a>{own}</Cell>
            <Cell class="fit" label="Severities">{severities}</Cell>
            <Cell class="fit" label="Latest"><When at=group.latest now/></Cell>
        </tr>
    }
    .into_any()
}
