//! The items of a campaign: facets, table, page.

use chrono::{DateTime, Utc};
use contract::campaigns::{CampaignView, ItemFilter, ItemList, ItemRow, ItemState};
use contract::ids::CampaignId;
use leptos::prelude::*;

use super::filter::{self, OfCampaign};
use crate::components::{
    Browse, ButtonLink, Cell, Column, Count, DataTable, EmptyState, FacetBar, FacetSearch, Glyph,
    Icon, MaybeWhen, Pager, Results, RowHead, Status, TableKind, Tone, Toolbar, facet_chips,
    facet_groups,
};
use crate::format::{count, number};
use crate::pages::reviews::queue::glyph;
use crate::paths;

/// Draws the items tab.
pub fn tab(view: &CampaignView, list: ItemList, filter: &ItemFilter, further: bool) -> AnyView {
    if list.all == 0 {
        return view! { <EmptyState title="No item here is yours to see"/> }.into_any();
    }
    let id = view.row.id;
    let asked = OfCampaign(id, filter.clone());
    let total = list.page.total.unwrap_or_default();
    let search = view! { <FacetSearch label="Identity" value=filter.q.clone()/> }.into_any();
    let groups = facet_groups(&list.facets, &asked);
    let keep = vec![("tab".to_owned(), "items".to_owned())];
    let results = results(view, list, &asked, further);
    view! {
        <Browse>
            <FacetBar
                action=paths::campaign(id)
                groups
                keep
                search
                done=format!("Show {}", count(total, "item"))
            />
            <Results label="Items">{results}</Results>
        </Browse>
    }
    .into_any()
}

fn results(view: &CampaignView, list: ItemList, asked: &OfCampaign, further: bool) -> AnyView {
    let total = list.page.total.unwrap_or_default();
    let counted = view! { <Count shown=total of=Some(list.all) noun="items"/> }.into_any();
    let everything = filter::address(asked.0, &ItemFilter::default()).to_string();
    let chips = facet_chips(&list.facets, asked);
    let toolbar = view! { <Toolbar count=counted chips clear=everything.clone()/> };
    if list.page.rows.is_empty() {
        return view! {
            {toolbar}
            <EmptyState title="No item fits these filters" text="Take one of the filters away, or look for a part of the name.">
                <ButtonLink href=everything>"Show all items"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let here = filter::address(asked.0, &asked.1);
    let next = list.page.next;
    let next = next.map(|cursor| here.clone().with("after", cursor).to_string());
    let shown = i64::try_from(list.page.rows.len()).unwrap_or_default();
    let text = if further {
        format!("{} more of {}", number(shown), number(total))
    } else {
        format!("1 to {} of {}", number(shown), number(total))
    };
    view! {
        {toolbar}
        {table(asked.0, list.page.rows, view.now)}
        <Pager text first=further.then(|| here.to_string()) next/>
    }
    .into_any()
}

fn table(id: CampaignId, rows: Vec<ItemRow>, now: DateTime<Utc>) -> AnyView {
    let columns = vec![
        Column::new("Identity"),
        Column::new("Team").gives_way(2),
        Column::new("Reviewer"),
        Column::new("Advice").gives_way(2),
        Column::new("Outcome"),
        Column::new("Risk").numeric(),
        Column::new("When").gives_way(5),
    ];
    let body = rows
        .into_iter()
        .map(|row| {
            let outcome = outcome(&row);
            let team = row.team.unwrap_or_else(|| "no team".to_owned());
            let privileged = row.privileged_production.then(|| view! { " "<Glyph icon=Icon::Lock/><span class="vh">"privileged in production"</span> });
            view! {
                <tr>
                    <RowHead class="c-main">
                        <a class="ident-name" href=paths::review_item(id, row.id)>{row.identity.1.clone()}</a>{privileged}
                        <small class="sub">{row.hint.clone()}</small>
                    </RowHead>
                    <Cell label="Team" class="fit c-2">{team}</Cell>
                    <Cell label="Reviewer" class="fit">{row.reviewer.name.clone()}</Cell>
                    <Cell label="Advice" class="fit c-2">{row.advice.label()}</Cell>
                    <Cell label="Outcome" class="fit">{outcome}</Cell>
                    <Cell label="Risk" class="num">{row.risk}</Cell>
                    <Cell label="When" class="fit c-5"><MaybeWhen at=row.decided_at now absent="not decided"/></Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <DataTable caption="Items, changed first, then by risk" columns=columns kind=TableKind::Tight>{body}</DataTable> }.into_any()
}

fn outcome(row: &ItemRow) -> AnyView {
    let (tone, words) = match (row.state, row.decision) {
        (ItemState::Decided, Some(decision)) => (Tone::Plain, decision.label()),
        (ItemState::NotReviewed, _) => (Tone::Warn, "Not reviewed"),
        (ItemState::Gone, _) => (Tone::Plain, "Gone"),
        _ => (Tone::Plain, "Open"),
    };
    view! { <Status tone icon=glyph(row)>{words}</Status> }.into_any()
}
