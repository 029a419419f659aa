//! Who answers for them, and what is overdue.

use contract::identities::IdentityFilter;
use contract::overview::{OverdueRow, Overview};
use contract::people::TeamRow;
use leptos::prelude::*;

use crate::components::chart::{Bar, Fill, Part};
use crate::components::{Cell, Column, DataTable, RowHead, Status, TableKind, Team, Tone};
use crate::components::{Icon, Maybe, Owner};
use crate::format::{count, number};
use crate::layout::Section;
use crate::pages::identities::address;
use crate::pages::teams;
use crate::paths;

/// Draws the teams with what they answer for.
pub fn draw(overview: &Overview) -> AnyView {
    let most = overview
        .teams
        .iter()
        .map(|team| team.identities)
        .max()
        .unwrap_or_default();
    let rows = overview
        .teams
        .iter()
        .map(|team| row(team, most))
        .collect_view();
    let unowned = IdentityFilter {
        team: vec!["none".to_owned()],
        ..IdentityFilter::default()
    };
    let unowned = address::of(&unowned);
    let nobody = nobody(overview.today.unowned, most, unowned.clone());
    let note = crate::format::counted(overview.today.identities, "identity", "identities");
    let more = (overview.today.unowned > 0)
        .then(|| format!("{} without an owner", number(overview.today.unowned)));
    let columns = vec![
        Column::new("Team"),
        Column::new("Of which static").class("wide-only bar-wide"),
        Column::new("Identities").numeric(),
        Column::new("Static").numeric(),
        Column::new("Overdue").numeric(),
    ];
    view! {
        <Section id="h-own" title="Who answers for them" note more href=unowned class="ov-own">
            <DataTable caption="Teams, most identities first" columns kind=TableKind::Mini>{rows}{nobody}</DataTable>
        </Section>
    }
    .into_any()
}

/// Those without a team or an owner, as the last row; they may stand in a team's row too.
fn nobody(unowned: i64, most: i64, href: String) -> Option<AnyView> {
    (unowned > 0).then(|| {
        let parts = vec![Part::new(Fill::Hatch, unowned)];
        let none = || view! { <Cell class="num"><span class="faint">"–"</span></Cell> };
        view! {
            <tr>
                <RowHead><Owner team=Maybe::default()/></RowHead>
                <Cell class="wide-only"><Bar parts total=most/></Cell>
                <Cell class="num"><a class="plain" href=href>{number(unowned)}</a></Cell>
                {none()}
                {none()}
            </tr>
        }
        .into_any()
    })
}

fn row(team: &TeamRow, most: i64) -> AnyView {
    let (inventory, overdue) = (
        teams::inventory(&team.team.slug),
        teams::overdue(team.overdue),
    );
    let team = team.clone();
    let parts = vec![
        Part::new(Fill::Second, team.identities - team.static_credentials),
        Part::new(Fill::Third, team.static_credentials),
    ];
    view! {
        <tr>
            <RowHead><Team name=team.team.name.clone() href=paths::team(&team.team.slug)/></RowHead>
            <Cell class="wide-only"><Bar parts total=most/></Cell>
            <Cell class="num"><a class="plain" href=inventory>{number(team.identities)}</a></Cell>
            <Cell class="num">{number(team.static_credentials)}</Cell>
            <Cell class="num">{overdue}</Cell>
        </tr>
    }
    .into_any()
}

/// Draws what is overdue, longest first.
pub fn overdue(overview: &Overview) -> AnyView {
    let all = overview.today.reviews_overdue + overview.today.rotations_overdue;
    let soon = format!("{} due within 14 days.", count_due(overview.due_soon));
    if overview.overdue.is_empty() {
        return view! {
            <Section id="h-due" title="Overdue" class="ov-due">
                <p><Status tone=Tone::Ok icon=Icon::Ok>"Nothing is overdue"</Status></p>
                <p class="small muted">{soon}</p>
            </Section>
        }
        .into_any();
    }
    let rows = overview
        .overdue
        .iter()
        .take(6)
        .map(|row| overdue_row(row, overview))
        .collect_view();
    let columns = vec![
        Column::new("Identity"),
        Column::new("Owner"),
        Column::new("Over by").numeric(),
    ];
    view! {
        <Section id="h-due" title="Overdue" more=format!("All {}", number(all)) href=address::of(&address::overdue()) class="ov-due">
            <DataTable caption="Overdue, longest first" columns kind=TableKind::Mini>{rows}</DataTable>
            <p class="small muted">{soon}</p>
        </Section>
    }
    .into_any()
}

fn count_due(soon: i64) -> String {
    match soon {
        0 => "No review or rotation falls".to_owned(),
        1 => "1 review or rotation falls".to_owned(),
        some => format!("{} reviews and rotations fall", number(some)),
    }
}

fn overdue_row(row: &OverdueRow, overview: &Overview) -> AnyView {
    let row = row.clone();
    let days = (overview.now - row.due_at).num_days().max(1);
    let what = if row.what == "rotation" {
        "Rotation"
    } else {
        "Quarterly review"
    };
    view! {
        <tr>
            <Cell class="c-main"><a class="ident-name" href=paths::identity(row.identity)>{row.name.clone()}</a><span class="sub">{what}</span></Cell>
            <Cell><Owner team=row.team.clone()/></Cell>
            <Cell class="num"><Status tone=Tone::Crit icon=Icon::Clock>{count(days, "day")}</Status></Cell>
        </tr>
    }
    .into_any()
}
