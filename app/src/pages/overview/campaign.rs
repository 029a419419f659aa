//! How the current campaign stands, by team.

use contract::campaigns::TeamProgress;
use contract::overview::Overview;
use leptos::prelude::*;

use crate::components::chart::{Bar, Fill, Part};
use crate::components::{
    ButtonLink, Cell, Column, DataTable, EmptyState, Icon, RowHead, Said, Status, TableKind, Team,
    Tone, When,
};
use crate::format::number;
use crate::layout::Section;
use crate::paths;

/// Draws the region.
pub fn draw(overview: &Overview) -> AnyView {
    let Some(campaign) = &overview.campaign else {
        return view! {
            <Section id="h-camp" title="Current review" class="ov-camp">
                <EmptyState title="No campaign is running" text="Owners attest their identities once a quarter. The preview shows who would be asked about what.">
                    <ButtonLink href=paths::new_campaign()>"Plan a review"</ButtonLink>
                </EmptyState>
            </Section>
        }
        .into_any();
    };
    let row = &campaign.row;
    let (due, now) = (row.due_at, overview.now);
    let left = (due - now).num_days();
    let pace = if left < 0 {
        "The deadline has passed".to_owned()
    } else {
        format!("{} left", crate::format::count(left, "day"))
    };
    let rows = overview.campaign_teams.iter().map(team).collect_view();
    let columns = vec![
        Column::new("Team"),
        Column::new("Progress").hidden().class("bar-wide"),
        Column::new("Decided").numeric(),
    ];
    view! {
        <Section id="h-camp" title=row.name.clone() more=format!("{} of {}", number(row.decided), number(row.items)) href=paths::campaign(row.id) class="ov-camp">
            <p class="row small muted"><span>"Due "<When at=due now said=Said::DayMinute/></span><span>{pace}</span></p>
            <DataTable caption="Progress by team" columns kind=TableKind::Mini>{rows}</DataTable>
        </Section>
    }
    .into_any()
}

fn team(progress: &TeamProgress) -> AnyView {
    let progress = progress.clone();
    let decided = format!("{} / {}", number(progress.decided), number(progress.items));
    let bar = if progress.decided == 0 {
        view! { <Status tone=Tone::Warn icon=Icon::Clock>"Not begun"</Status> }.into_any()
    } else {
        view! { <Bar parts=vec![Part::new(Fill::First, progress.decided)] total=progress.items/> }
            .into_any()
    };
    let done = progress.decided >= progress.items;
    let figure = if done {
        view! { <Status tone=Tone::Ok icon=Icon::Check>{decided}</Status> }.into_any()
    } else {
        decided.into_any()
    };
    view! {
        <tr>
            <RowHead><Team name=progress.team.clone()/></RowHead>
            <Cell>{bar}</Cell>
            <Cell class="num">{figure}</Cell>
        </tr>
    }
    .into_any()
}
