//! How far a campaign is: by day against the deadline, by team, who has not begun, what drifted.

use chrono::{DateTime, Utc};
use contract::campaigns::{
    CampaignState, CampaignView, DriftedItem, ReviewerProgress, TeamProgress,
};
use leptos::prelude::*;

use super::list::legend;
use crate::components::chart::{Bar, BurnUp, BurnUpData, Fill, Legend, LegendItem, Part};
use crate::components::{
    ButtonKind, ButtonLater, ButtonLink, Cell, Column, DataTable, DialogLink, Gate, Gates, Icon,
    MaybeWhen, Person, RowHead, Status, TableKind, Team, Tone,
};
use crate::format::{counted, number};
use crate::layout::{Ledger, Section};
use crate::pages::reviews::facts::change;
use crate::paths;

/// Draws the progress tab.
pub fn tab(view: &CampaignView) -> AnyView {
    let waiting = view.teams.iter().filter(|team| team.decided == 0).count();
    let note = match (view.row.state, waiting) {
        (CampaignState::Active, 0) => "every team has begun".to_owned(),
        (CampaignState::Active, n) => format!(
            "{} not begun",
            counted(i64::try_from(n).unwrap_or(0), "team has", "teams have")
        ),
        _ => String::new(),
    };
    let drifted = (!view.drifted.is_empty()).then(|| drifted(view));
    let sealing = match view.row.state {
        CampaignState::Sealed => "How it was sealed",
        _ => "Before it can be sealed",
    };
    let (burn, gates, teams, people) = (burn_up(view), gates(view), teams(view), people(view));
    view! {
        <Ledger class="cp">
            {burn}
            <Section id="h-gates" title=sealing class="cp-gate">{gates}</Section>
            <Section id="h-teams" title="By team" note=note>{legend()}{teams}</Section>
            {drifted}
            <Section id="h-people" title="By reviewer" note="most open first">{people}</Section>
        </Ledger>
    }
    .into_any()
}

fn burn_up(view: &CampaignView) -> Option<AnyView> {
    let start = view.row.started_at?;
    let end = view.row.closed_at.unwrap_or(view.now).min(view.now);
    let done = by_day(
        &view.burn_up,
        start,
        end.min(view.row.due_at.max(start)),
        view.row.decided,
    );
    let expected = pace(view, start);
    let forecast = forecast(view, &done);
    let total = view.row.items;
    let mut items = vec![LegendItem::new(Fill::Line, "Decided").value(number(view.row.decided))];
    let mut said = format!("{} of {} decided.", number(view.row.decided), number(total));
    if view.row.state == CampaignState::Active {
        items
            .push(LegendItem::new(Fill::Goal, "Even pace to the deadline").value(number(expected)));
        said.push_str(" An even pace would be ");
        said.push_str(&number(expected));
        said.push('.');
    }
    if let Some(forecast) = forecast {
        items.push(
            LegendItem::new(Fill::Forecast, "At the pace of the last seven days").value(format!(
                "{} of {}",
                number(forecast),
                number(total)
            )),
        );
        said.push_str(" At the pace of the last seven days ");
        said.push_str(&number(forecast));
        said.push_str(" would be decided by the deadline.");
    }
    let data = BurnUpData {
        start,
        deadline: view.row.due_at.max(start),
        now: end,
        total,
        done,
        forecast,
        over: view.row.closed_at.is_some(),
    };
    Some(
        view! {
            <Section id="h-burn" title="Decisions against the deadline" note="weekends shaded" class="cp-burn">
                <figure class="chart"><Legend items/><BurnUp id="burn" title="Decisions against the deadline" description=said data/></figure>
            </Section>
        }
        .into_any(),
    )
}

/// Decided in all at the end of each day since the start, the last figure being the present one.
fn by_day(
    points: &[(DateTime<Utc>, i64)],
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    decided: i64,
) -> Vec<i64> {
    let days = (end.date_naive() - start.date_naive())
        .num_days()
        .clamp(0, 400);
    let mut out: Vec<i64> = (0..=days)
        .map(|day| {
            let date = start.date_naive() + chrono::Days::new(u64::try_from(day).unwrap_or(0));
            points
                .iter()
                .rev()
                .find(|(at, _)| at.date_naive() <= date)
                .map_or(0, |(_, done)| *done)
        })
        .collect();
    if let Some(last) = out.last_mut() {
        *last = decided;
    }
    out
}

fn pace(view: &CampaignView, start: DateTime<Utc>) -> i64 {
    let whole = (view.row.due_at - start).num_minutes().max(1);
    let gone = (view.now - start).num_minutes().clamp(0, whole);
    view.row.items * gone / whole
}

fn forecast(view: &CampaignView, done: &[i64]) -> Option<i64> {
    if view.row.state != CampaignState::Active || view.now >= view.row.due_at || done.len() < 2 {
        return None;
    }
    let back = done.len().saturating_sub(8);
    let days = i64::try_from(done.len() - 1 - back).unwrap_or(1).max(1);
    let gained = done.last()? - done.get(back)?;
    let left = (view.row.due_at - view.now).num_hours();
    Some((view.row.decided + gained * left / (24 * days)).min(view.row.items))
}

fn gates(view: &CampaignView) -> AnyView {
    let row = view.row.clone();
    let open = row.items - row.decided - row.not_reviewed - row.gone;
    let closed = matches!(
        row.state,
        CampaignState::Remediating | CampaignState::Sealed
    );
    let sealed = row.state == CampaignState::Sealed;
    let first = match (open, closed) {
        (0, false) => "Every item has a decision.".to_owned(),
        (0, true) if row.not_reviewed == 0 => "Closed with a decision on every item.".to_owned(),
        (0, true) => format!(
            "Closed; {} without a decision: not reviewed, never approved.",
            counted(row.not_reviewed, "item", "items")
        ),
        (n, _) => format!(
            "{} no decision. At the close they become “not reviewed”, never approved.",
            counted(n, "item has", "items have")
        ),
    };
    let drift = (row.state == CampaignState::Active).then(|| {
        let among = if view.compared < row.items {
            format!("Of the first {} in review order, ", number(view.compared))
        } else {
            String::new()
        };
        let words = match (row.drifted, among.is_empty()) {
            (0, true) => "No identity changed since it was frozen or decided on.".to_owned(),
            (0, false) => format!("{among}none changed since it was frozen or decided on."),
            (n, _) => format!(
                "{among}{} since; the reviewer sees the difference before deciding.",
                counted(n, "item changed", "items changed")
            ),
        };
        view! { <Gate done=row.drifted == 0>{words}</Gate> }
    });
    let button = match (row.state, view.may_manage) {
        (CampaignState::Active, true) => view! { <DialogLink id="cancel" kind=ButtonKind::Quiet small=true>"Cancel the campaign"</DialogLink> }.into_any(),
        (CampaignState::Active, false) => view! { <ButtonLater icon=Icon::Seal>"Sealed after it is closed"</ButtonLater> }.into_any(),
        (CampaignState::Remediating, true) if view.open_tasks > 0 => view! { <ButtonLink href=paths::campaign_tab(row.id, "remediation")>"See what is open"</ButtonLink> }.into_any(),
        (CampaignState::Remediating, true) => view! { <DialogLink id="seal" kind=ButtonKind::Primary icon=Icon::Seal>"Seal the evidence"</DialogLink> }.into_any(),
        _ => ().into_any(),
    };
    let tasks = closed.then(|| {
        let words = match view.open_tasks {
            0 => "Every revoke and modify is proven or waived.".to_owned(),
            n => format!(
                "{} neither proven nor waived.",
                counted(n, "revoke or modify is", "revokes and modifies are")
            ),
        };
        view! { <Gate done=view.open_tasks == 0>{words}</Gate> }
    });
    let seal = if sealed {
        "The evidence is sealed."
    } else {
        "The evidence is not sealed yet."
    };
    view! {
        <Gates>
            <Gate done=open == 0>{first}</Gate>
            {drift}
            <Gate done=true>"Every item has a reviewer; the chain of each is in the evidence."</Gate>
            <Gate done=true>"Population frozen, query and count stored."</Gate>
            <Gate done=closed>{if closed { "The campaign is closed." } else { "The campaign is not closed yet." }}</Gate>
            {tasks}
            <Gate done=sealed>{seal}</Gate>
        </Gates>
        {button}
    }
    .into_any()
}

fn teams(view: &CampaignView) -> AnyView {
    let columns = vec![
        Column::new("Team"),
        Column::new("Decisions").hidden().class("bar-cell"),
        Column::new("Decided").numeric(),
        Column::new("Drifted").numeric(),
        Column::new("Last decision"),
    ];
    let running = view.row.state == CampaignState::Active;
    let rows = view
        .teams
        .iter()
        .map(|team| team_row(team, running, view.now))
        .collect_view();
    view! { <DataTable caption="Progress by team, most open first" columns=columns kind=TableKind::MiniTight>{rows}</DataTable> }.into_any()
}

fn team_row(team: &TeamProgress, running: bool, now: DateTime<Utc>) -> AnyView {
    let team = team.clone();
    let bar = if team.decided == 0 && running {
        view! { <Status tone=Tone::Warn icon=Icon::Clock>"Not begun"</Status> }.into_any()
    } else {
        let parts = vec![
            Part::new(Fill::First, team.approved),
            Part::new(Fill::Second, team.modified),
            Part::new(Fill::Third, team.revoked),
            Part::new(Fill::Hatch, team.unknown + team.not_reviewed),
        ];
        let label = format!(
            "{} approve, {} modify, {} revoke, {} don’t know, {} not reviewed, {} in all",
            team.approved, team.modified, team.revoked, team.unknown, team.not_reviewed, team.items
        );
        view! { <Bar parts total=team.items label/> }.into_any()
    };
    let words = format!("{} / {}", number(team.decided), number(team.items));
    let decided = if team.decided == team.items {
        view! { <Status tone=Tone::Ok icon=Icon::Check>{words}</Status> }.into_any()
    } else {
        words.into_any()
    };
    let drifted = if team.drifted > 0 {
        view! { <Status tone=Tone::Warn icon=Icon::Changed>{number(team.drifted)}</Status> }
            .into_any()
    } else {
        view! { <span class="faint">"0"</span> }.into_any()
    };
    view! {
        <tr>
            <RowHead><Team name=team.team.clone()/></RowHead>
            <Cell class="full bar-cell">{bar}</Cell>
            <Cell label="Decided" class="num">{decided}</Cell>
            <Cell label="Drifted" class="num">{drifted}</Cell>
            <Cell label="Last decision" class="fit"><MaybeWhen at=team.last_at now absent="never"/></Cell>
        </tr>
    }
    .into_any()
}

fn people(view: &CampaignView) -> AnyView {
    let columns = vec![
        Column::new("Reviewer"),
        Column::new("Decided").numeric(),
        Column::new("Open").numeric(),
        Column::new("Last decision"),
    ];
    let running = view.row.state == CampaignState::Active;
    let rows = view
        .reviewers
        .iter()
        .map(|r| person_row(r, running, view.now))
        .collect_view();
    view! { <DataTable caption="Progress by reviewer, most open first" columns=columns kind=TableKind::MiniTight>{rows}</DataTable> }.into_any()
}

fn person_row(row: &ReviewerProgress, running: bool, now: DateTime<Utc>) -> AnyView {
    let row = row.clone();
    let last = if row.decided == 0 && running {
        view! { <Status tone=Tone::Warn icon=Icon::Clock>"Not begun"</Status> }.into_any()
    } else {
        view! { <MaybeWhen at=row.last_at now absent="never"/> }.into_any()
    };
    let gone = (!row.reviewer.active)
        .then(|| view! { " "<Status tone=Tone::Warn icon=Icon::User>"has left"</Status> });
    view! {
        <tr>
            <RowHead><Person name=row.reviewer.name.clone()/>{gone}</RowHead>
            <Cell label="Decided" class="num">{format!("{} / {}", number(row.decided), number(row.items))}</Cell>
            <Cell label="Open" class="num">{number(row.items - row.decided)}</Cell>
            <Cell label="Last decision" class="fit">{last}</Cell>
        </tr>
    }
    .into_any()
}

fn drifted(view: &CampaignView) -> AnyView {
    let columns = vec![
        Column::new("Identity"),
        Column::new("What changed").class("c-wide"),
        Column::new("Decision so far"),
        Column::new("Reviewer"),
    ];
    let id = view.row.id;
    let note = counted(view.row.drifted, "item", "items");
    let rows = view
        .drifted
        .clone()
        .into_iter()
        .map(|item: DriftedItem| {
            let decision = item.row.decision.map_or("none yet", |d| d.label());
            let changes = item.changes.iter().take(3).map(change).collect_view();
            let more = (item.changes.len() > 3).then(|| format!("and {} more", item.changes.len() - 3));
            view! {
                <tr>
                    <RowHead class="c-main"><a class="ident-name" href=paths::review_item(id, item.row.id)>{item.row.identity.1.clone()}</a></RowHead>
                    <Cell label="What changed" class="full"><ul class="changes">{changes}</ul>{more}</Cell>
                    <Cell label="Decision so far" class="fit">{decision}</Cell>
                    <Cell label="Reviewer" class="fit">{item.row.reviewer.name.clone()}</Cell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section id="h-drift" title="Drifted since it was frozen or decided" note=note class="cp-drift">
            <DataTable caption="Drifted items" columns=columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Section>
    }
    .into_any()
}
