//! Who was told what, when and how: reminders and escalations of a campaign.

use contract::campaigns::CampaignView;
use contract::messages::{MessageRow, MessageState};
use leptos::prelude::*;

use crate::components::{
    Cell, Column, DataTable, EmptyState, Icon, RowHead, Status, TableKind, Tone, When,
};
use crate::format::count;
use crate::layout::{Ledger, Section};

/// Draws the messages of a campaign, oldest first.
pub fn tab(view: &CampaignView, rows: Vec<MessageRow>) -> AnyView {
    if rows.is_empty() {
        return view! { <EmptyState title="Nobody was written to yet" text="Reviewers with open items are reminded seven days, two days and twelve hours before, when it is due, then every day; from the first day overdue their lead is told, from the third Security."/> }.into_any();
    }
    let note = count(i64::try_from(rows.len()).unwrap_or(0), "message");
    let columns = vec![
        Column::new("To"),
        Column::new("What"),
        Column::new("Written"),
        Column::new("How").gives_way(2),
        Column::new("Became of it"),
    ];
    let now = view.now;
    let body = rows
        .into_iter()
        .map(|row| {
            let (tone, icon) = match row.state {
                MessageState::Sent => (Tone::Ok, Icon::Check),
                MessageState::Waiting => (Tone::Plain, Icon::Clock),
                MessageState::Failed => (Tone::Warn, Icon::Fail),
                MessageState::NoChannel => (Tone::Plain, Icon::Unknown),
            };
            let problem = (!row.problem.is_empty())
                .then(|| view! { <small class="sub">{row.problem.clone()}</small> });
            view! {
                <tr>
                    <RowHead class="c-main">{row.to}<small class="sub">{row.address}</small></RowHead>
                    <Cell label="What" class="full">{row.subject}</Cell>
                    <Cell label="Written" class="fit"><When at=row.at now/></Cell>
                    <Cell label="How" class="fit c-2">{row.channel.label()}</Cell>
                    <Cell label="Became of it" class="fit"><Status tone icon>{row.state.label()}</Status>{problem}</Cell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Ledger class="cp">
            <Section id="h-messages" title="Who was told, when and how" note=note>
                <DataTable caption="Messages, oldest first" columns=columns kind=TableKind::MiniCards>{body}</DataTable>
            </Section>
        </Ledger>
    }
    .into_any()
}
