//! Every campaign, newest first.

use contract::access::{Role, Viewer};
use contract::campaigns::{CampaignRow, CampaignState};
use leptos::prelude::*;

use super::state;
use crate::api::campaigns::list_campaigns;
use crate::components::chart::{Bar, Fill, Legend, LegendItem, Part};
use crate::components::{
    ButtonKind, ButtonLink, Cell, Column, DataTable, EmptyState, Icon, RowHead, TableKind,
};
use crate::format::number;
use crate::layout::{Block, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Whether the viewer may run campaigns.
pub fn runs(viewer: &Viewer) -> bool {
    viewer
        .roles
        .iter()
        .any(|role| matches!(role, Role::Admin | Role::Security))
}

/// Draws the list.
#[component]
pub fn CampaignsPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| list_campaigns());
    loaded(data, move |viewer, rows| {
        let body = body(&rows, &viewer);
        let frame = frame_viewer(&viewer);
        if runs(&viewer) {
            let action = view! { <ButtonLink href=paths::new_campaign() kind=ButtonKind::Primary icon=Icon::Plus>"New"<span class="wide-only">" campaign"</span></ButtonLink> }.into_any();
            view! { <Frame viewer=frame title="Campaigns" section=RailItem::Campaigns action=action>{body}</Frame> }.into_any()
        } else {
            view! { <Frame viewer=frame title="Campaigns" section=RailItem::Campaigns>{body}</Frame> }.into_any()
        }
    })
}

/// Templates for those who run campaigns, figures for those who read evidence.
fn ways(viewer: &Viewer) -> AnyView {
    let templates = runs(viewer)
        .then(|| view! { <ButtonLink href=paths::templates() small=true>"Templates"</ButtonLink> });
    let reads = runs(viewer) || viewer.roles.contains(&Role::Auditor);
    let report =
        reads.then(|| view! { <ButtonLink href=paths::report() small=true>"Reports"</ButtonLink> });
    reads
        .then(|| view! { <p class="btn-row">{templates}{report}</p> })
        .into_any()
}

fn body(rows: &[CampaignRow], viewer: &Viewer) -> AnyView {
    let (runs, ways) = (runs(viewer), ways(viewer));
    if rows.is_empty() {
        let next = runs.then(|| view! { <ButtonLink href=paths::new_campaign() kind=ButtonKind::Primary>"Prepare a campaign"</ButtonLink> });
        return view! {
            <EmptyState title="No campaign yet" text="In a campaign every owner decides on what is theirs: approve, modify, revoke. Its sealed evidence can be checked by anybody.">
                {next}
            </EmptyState>
            {ways}
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Campaign"),
        Column::new("State"),
        Column::new("Decisions").class("bar-wide"),
        Column::new("Decided").numeric(),
        Column::new("Due"),
        Column::new("Sealed").gives_way(4),
    ];
    let note = format!(
        "{}, newest first",
        crate::format::count(i64::try_from(rows.len()).unwrap_or(0), "campaign")
    );
    let rows = rows.iter().map(row).collect_view();
    view! {
        <Block id="campaigns" title="Access reviews" note=note>
            {ways}
            {legend()}
            <DataTable caption="Campaigns, newest first" columns=columns kind=TableKind::MiniCards>
                {rows}
            </DataTable>
        </Block>
    }
    .into_any()
}

/// What the parts of a bar mean.
pub fn legend() -> AnyView {
    let items = vec![
        LegendItem::new(Fill::First, "approve"),
        LegendItem::new(Fill::Second, "modify"),
        LegendItem::new(Fill::Third, "revoke"),
        LegendItem::new(Fill::Hatch, "don’t know or not reviewed"),
        LegendItem::new(Fill::Track, "open"),
    ];
    view! { <Legend items/> }.into_any()
}

fn row(row: &CampaignRow) -> AnyView {
    let row = row.clone();
    let bar = if matches!(row.state, CampaignState::Draft | CampaignState::Preview) {
        view! { <span class="faint">"not started"</span> }.into_any()
    } else {
        let parts = vec![
            Part::new(Fill::First, row.approved),
            Part::new(Fill::Second, row.modified),
            Part::new(Fill::Third, row.revoked),
            Part::new(Fill::Hatch, row.unknown + row.not_reviewed + row.gone),
        ];
        let label = format!(
            "{} approve, {} modify, {} revoke, {} don’t know, {} not reviewed",
            row.approved, row.modified, row.revoked, row.unknown, row.not_reviewed
        );
        view! { <Bar parts total=row.items label/> }.into_any()
    };
    let day = |at: chrono::DateTime<chrono::Utc>| at.format("%-d %b %Y").to_string();
    let sealed = row.sealed_at.map_or_else(
        || view! { <span class="faint">"not yet"</span> }.into_any(),
        |at| day(at).into_any(),
    );
    view! {
        <tr>
            <RowHead class="c-main"><a class="ident-name" href=paths::campaign(row.id)>{row.name.clone()}</a></RowHead>
            <Cell label="State" class="fit">{state::status(row.state)}</Cell>
            <Cell class="full bar-wide">{bar}</Cell>
            <Cell label="Decided" class="num">{format!("{} / {}", number(row.decided), number(row.items))}</Cell>
            <Cell label="Due" class="fit">{day(row.due_at)}</Cell>
            <Cell label="Sealed" class="fit c-4">{sealed}</Cell>
        </tr>
    }
    .into_any()
}
