//! Reports across campaigns: on time, by team, how long, and what became of revokes.

use contract::campaigns::{CampaignReport, ReportRow, TeamReport};
use leptos::prelude::*;

use super::list::legend;
use crate::api::campaigns::load_report;
use crate::components::chart::{Bar, Fill, Part};
use crate::components::{
    ButtonLink, Cell, Column, DataTable, EmptyState, Icon, RowHead, TableKind,
};
use crate::format::number;
use crate::layout::{Crumb, DetailHead, Frame, Ledger, RailItem, Section};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the report.
#[component]
pub fn ReportPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_report());
    loaded(data, move |viewer, report| {
        let crumb = Crumb::new("Campaigns", paths::campaigns());
        let body = body(&report);
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Reports" section=RailItem::Campaigns crumb=crumb>
                <DetailHead title="Reports" lead="On time or not, by campaign and team; only what has ended counts."/>
                {body}
            </Frame>
        }
        .into_any()
    })
}

fn body(report: &CampaignReport) -> AnyView {
    if report.campaigns.is_empty() {
        return view! { <EmptyState title="No campaign has ended yet" text="When answers have ended, their figures stand here, newest first."/> }.into_any();
    }
    let (campaigns, teams) = (campaigns(&report.campaigns), teams(&report.teams));
    view! {
        <Ledger class="cp">
            <Section id="r-campaigns" title="Campaign by campaign" note="newest first">
                {campaigns}
                <p class="muted small">"Proven in time counts what had to be carried out; what somebody waived with a reason stands apart."</p>
                <p class="btn-row after"><ButtonLink href=paths::report_csv() icon=Icon::Download external=true small=true>"As CSV"</ButtonLink></p>
            </Section>
            <Section id="r-teams" title="Decisions by team" note="over all of them">{legend()}{teams}</Section>
        </Ledger>
    }
    .into_any()
}

fn campaigns(rows: &[ReportRow]) -> AnyView {
    let columns = vec![
        Column::new("Campaign"),
        Column::new("On time").class("bar-wide"),
        Column::new("Decided before it was due").numeric(),
        Column::new("Not reviewed").numeric(),
        Column::new("Median on an item").numeric().gives_way(3),
        Column::new("Proven in time").numeric(),
    ];
    let body = rows
        .iter()
        .map(|row| {
            let row = row.clone();
            let share = share(row.on_time, row.items);
            let parts = vec![
                Part::new(Fill::First, row.on_time),
                Part::new(Fill::Second, row.decided - row.on_time),
                Part::new(Fill::Hatch, row.not_reviewed),
            ];
            let label = format!(
                "{} on time, {} late, {} not reviewed",
                row.on_time,
                row.decided - row.on_time,
                row.not_reviewed
            );
            let median = row
                .median_seconds
                .map_or_else(|| "unknown".to_owned(), |n| format!("{n} s"));
            let asked = row.tasks - row.waived;
            let proven = format!("{} of {}", number(row.verified_in_time), number(asked));
            let waived = (row.waived > 0)
                .then(|| view! { <small class="sub">{format!("{} waived", number(row.waived))}</small> });
            view! {
                <tr>
                    <RowHead class="c-main"><a class="ident-name" href=paths::campaign(row.campaign.0)>{row.campaign.1.clone()}</a></RowHead>
                    <Cell class="full bar-wide"><Bar parts total=row.items label/></Cell>
                    <Cell label="Decided before it was due" class="num">{share}</Cell>
                    <Cell label="Not reviewed" class="num">{number(row.not_reviewed)}</Cell>
                    <Cell label="Median on an item" class="num c-3">{median}</Cell>
                    <Cell label="Proven in time" class="num">{proven}{waived}</Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <DataTable caption="Campaigns whose answers have ended, newest first" columns=columns kind=TableKind::MiniCards>{body}</DataTable> }.into_any()
}

fn share(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "none".to_owned();
    }
    format!("{} %", part * 100 / whole)
}

fn teams(rows: &[TeamReport]) -> AnyView {
    let columns = vec![
        Column::new("Team"),
        Column::new("Decisions").hidden().class("bar-cell"),
        Column::new("Items").numeric(),
        Column::new("Revoked").numeric(),
        Column::new("Not reviewed").numeric(),
    ];
    let body = rows
        .iter()
        .map(|row| {
            let row = row.clone();
            let parts = vec![
                Part::new(Fill::First, row.approved),
                Part::new(Fill::Second, row.modified),
                Part::new(Fill::Third, row.revoked),
                Part::new(Fill::Hatch, row.unknown + row.not_reviewed),
            ];
            let label = format!(
                "{} approve, {} modify, {} revoke, {} not reviewed",
                row.approved, row.modified, row.revoked, row.not_reviewed
            );
            view! {
                <tr>
                    <RowHead>{row.team.clone()}</RowHead>
                    <Cell class="full bar-cell"><Bar parts total=row.items label/></Cell>
                    <Cell label="Items" class="num">{number(row.items)}</Cell>
                    <Cell label="Revoked" class="num">{number(row.revoked)}</Cell>
                    <Cell label="Not reviewed" class="num">{number(row.not_reviewed)}</Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <DataTable caption="Decisions by team" columns=columns kind=TableKind::MiniTight>{body}</DataTable> }.into_any()
}
