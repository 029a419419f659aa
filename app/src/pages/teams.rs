//! Teams: who answers together, and how they stand.

use contract::people::{PersonRow, TeamRow, TeamView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::api::people::{list_teams, load_team};
use crate::components::{
    ButtonLink, Cell, Column, DataTable, EmptyState, Icon, LinkItem, MaybeWhen, Person, Segmented,
    Status, Tag, Team, Tone,
};
use crate::format::number;
use crate::layout::{Block, Crumb, DetailHead, Fact, Facts, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::Address;

/// The choice between teams and people, above both lists.
pub fn choice(people: bool) -> AnyView {
    let items = vec![
        LinkItem::new("Teams", paths::teams()).current(!people),
        LinkItem::new("People", paths::people()).current(people),
    ];
    view! { <p class="row above"><Segmented items label="Teams or people"/></p> }.into_any()
}

/// Draws every team.
#[component]
pub fn TeamsPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| list_teams());
    loaded(data, move |viewer, teams| {
        let body = if teams.is_empty() {
            view! { <EmptyState title="No teams yet" text="Teams come from the groups of your sign-in provider. They appear once somebody of a mapped group has signed in."/> }.into_any()
        } else {
            table(&teams)
        };
        view! { <Frame viewer=frame_viewer(&viewer) title="Teams" section=RailItem::Teams>{choice(false)}{body}</Frame> }
            .into_any()
    })
}

fn table(teams: &[TeamRow]) -> AnyView {
    let columns = vec![
        Column::new("Team"),
        Column::new("Lead"),
        Column::new("Members").numeric(),
        Column::new("Identities").numeric(),
        Column::new("Static").numeric(),
        Column::new("Overdue").numeric(),
    ];
    let rows = teams.iter().map(row).collect_view();
    view! { <DataTable caption="Teams, most identities first" columns>{rows}</DataTable> }
        .into_any()
}

fn row(row: &TeamRow) -> AnyView {
    let (inventory, overdue) = (inventory(&row.team.slug), overdue(row.overdue));
    let row = row.clone();
    let lead = match &row.lead {
        Some(lead) => {
            view! { <Person name=lead.name.clone() href=paths::person(lead.id)/> }.into_any()
        }
        None => view! { <span class="faint">"nobody named"</span> }.into_any(),
    };
    view! {
        <tr>
            <Cell class="c-main"><Team name=row.team.name.clone() href=paths::team(&row.team.slug)/></Cell>
            <Cell label="Lead">{lead}</Cell>
            <Cell label="Members" class="num">{number(row.members)}</Cell>
            <Cell label="Identities" class="num"><a class="plain" href=inventory>{number(row.identities)}</a></Cell>
            <Cell label="Static" class="num">{number(row.static_credentials)}</Cell>
            <Cell label="Overdue" class="num">{overdue}</Cell>
        </tr>
    }
    .into_any()
}

/// Draws a count of overdue things: none is quiet.
pub fn overdue(count: i64) -> AnyView {
    match count {
        0 => view! { <span class="faint">"0"</span> }.into_any(),
        some => {
            view! { <Status tone=Tone::Warn icon=Icon::Clock>{number(some)}</Status> }.into_any()
        }
    }
}

/// The identities of a team.
pub fn inventory(slug: &str) -> String {
    Address::new(paths::identities())
        .with("team", slug)
        .to_string()
}

/// Draws one team.
#[component]
pub fn TeamPage() -> impl IntoView {
    let params = use_params_map();
    let data = Resource::new(
        move || params.with(|params| params.get("slug")).unwrap_or_default(),
        load_team,
    );
    loaded(data, move |viewer, team| {
        let action =
            view! { <ButtonLink href=inventory(&team.row.team.slug)>"Its identities"</ButtonLink> }
                .into_any();
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title=team.row.team.name.clone()
                section=RailItem::Teams
                crumb=Crumb::new("Teams", paths::teams())
                action
            >
                {one(&team)}
            </Frame>
        }
        .into_any()
    })
}

fn one(view: &TeamView) -> AnyView {
    let row = view.row.clone();
    let (inventory, overdue) = (inventory(&row.team.slug), overdue(row.overdue));
    let lead = match &row.lead {
        Some(lead) => {
            view! { <Person name=lead.name.clone() href=paths::person(lead.id)/> }.into_any()
        }
        None => view! { <span class="faint">"nobody named"</span> }.into_any(),
    };
    let members = members(&view.members, view.now);
    view! {
        <DetailHead title=row.team.name.clone() icon=Icon::Team>
            <Facts>
                <Fact label="Lead">{lead}</Fact>
                <Fact label="Identities"><a href=inventory>{number(row.identities)}</a></Fact>
                <Fact label="Held by a static credential">{number(row.static_credentials)}</Fact>
                <Fact label="Overdue reviews or rotations">{overdue}</Fact>
            </Facts>
        </DetailHead>
        <Block id="h-members" title="Members">{members}</Block>
    }
    .into_any()
}

/// Draws people as a table.
pub fn members(people: &[PersonRow], now: chrono::DateTime<chrono::Utc>) -> AnyView {
    if people.is_empty() {
        return view! { <EmptyState title="Nobody belongs here yet" text="People join by the groups of their sign-in."/> }.into_any();
    }
    let columns = vec![
        Column::new("Name"),
        Column::new("E-mail").gives_way(4),
        Column::new("Roles"),
        Column::new("Teams").gives_way(3),
        Column::new("Owns").numeric(),
        Column::new("Last sign-in").gives_way(2),
    ];
    let rows = people
        .iter()
        .map(|person| member(person, now))
        .collect_view();
    view! { <DataTable caption="People, by name" columns>{rows}</DataTable> }.into_any()
}

fn member(row: &PersonRow, now: chrono::DateTime<chrono::Utc>) -> AnyView {
    let row = row.clone();
    let gone = (!row.person.active).then(|| view! { " "<Tag>"has left"</Tag> });
    let roles: Vec<&str> = row.roles.iter().map(|role| role.label()).collect();
    let roles = if roles.is_empty() {
        "none".to_owned()
    } else {
        roles.join(", ")
    };
    let teams = row
        .teams
        .iter()
        .map(|team| view! { <Team name=team.name.clone() href=paths::team(&team.slug)/>" " })
        .collect_view();
    let none = row
        .teams
        .is_empty()
        .then(|| view! { <span class="faint">"none"</span> });
    view! {
        <tr>
            <Cell class="c-main"><Person name=row.person.name.clone() href=paths::person(row.person.id)/>{gone}</Cell>
            <Cell label="E-mail" class="c-4 full"><span class="muted">{row.email.clone()}</span></Cell>
            <Cell label="Roles" class="fit">{roles}</Cell>
            <Cell label="Teams" class="c-3">{teams}{none}</Cell>
            <Cell label="Owns" class="num">{number(row.owned)}</Cell>
            <Cell label="Last sign-in" class="c-2 fit"><MaybeWhen at=row.last_sign_in_at now absent="never"/></Cell>
        </tr>
    }
    .into_any()
}
