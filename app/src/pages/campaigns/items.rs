//! The items of a campaign as a table.

use contract::campaigns::{CampaignView, ItemRow, ItemState};
use leptos::prelude::*;

use crate::components::{
    Cell, Column, DataTable, EmptyState, Glyph, Icon, MaybeWhen, RowHead, Status, TableKind, Tone,
};
use crate::format::number;
use crate::layout::Block;
use crate::pages::reviews::queue::glyph;
use crate::paths;

/// Draws the items tab.
pub fn table(view: &CampaignView, rows: &[ItemRow]) -> AnyView {
    if rows.is_empty() {
        return view! { <EmptyState title="No item here is yours to see"/> }.into_any();
    }
    let shown = i64::try_from(rows.len()).unwrap_or(0);
    let note = if shown < view.row.items {
        format!(
            "first {} of {}, in review order",
            number(shown),
            number(view.row.items)
        )
    } else {
        "changed first, then risk".to_owned()
    };
    let columns = vec![
        Column::new("Identity"),
        Column::new("Team").gives_way(3),
        Column::new("Reviewer"),
        Column::new("Advice").gives_way(4),
        Column::new("Outcome"),
        Column::new("Risk").numeric(),
        Column::new("When").gives_way(5),
    ];
    let id = view.row.id;
    let now = view.now;
    let body = rows
        .iter()
        .cloned()
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
                    <Cell label="Team" class="fit c-3">{team}</Cell>
                    <Cell label="Reviewer" class="fit">{row.reviewer.name.clone()}</Cell>
                    <Cell label="Advice" class="fit c-4">{row.advice.label()}</Cell>
                    <Cell label="Outcome" class="fit">{outcome}</Cell>
                    <Cell label="Risk" class="num">{row.risk}</Cell>
                    <Cell label="When" class="fit c-5"><MaybeWhen at=row.decided_at now absent="not decided"/></Cell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Block id="items" title="Items" note=note>
            <DataTable caption="Items, changed first, then by risk" columns=columns kind=TableKind::Tight>{body}</DataTable>
        </Block>
    }
    .into_any()
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
