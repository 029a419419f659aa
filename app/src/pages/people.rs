//! People: who signs in, and what they own.

use contract::ids::PersonId;
use contract::people::{PeopleList, PersonView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::identities::table::table;
use super::teams::{choice, members};
use crate::api::people::{list_people, load_person};
use crate::components::{EmptyState, Icon, MaybeWhen, Pager, Tag, Team};
use crate::error::AppError;
use crate::format::{counted, number};
use crate::layout::{Block, Crumb, DetailHead, Fact, Facts, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::{Address, text};

/// Draws everybody, by name.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = use_query_map();
    let after =
        move || query.with(|params| Some(text(params, "after")).filter(|after| !after.is_empty()));
    let data = Resource::new(after, list_people);
    loaded(data, move |viewer, list| {
        let further = untrack(after).is_some();
        view! {
            <Frame viewer=frame_viewer(&viewer) title="People" section=RailItem::Teams>{choice(true)}{page(list, further)}</Frame>
        }
        .into_any()
    })
}

fn page(list: PeopleList, further: bool) -> AnyView {
    let next = list.page.next.map(|cursor| {
        Address::new(paths::people())
            .with("after", cursor)
            .to_string()
    });
    let pager = (further || next.is_some()).then(|| {
        let shown = i64::try_from(list.page.rows.len()).unwrap_or_default();
        view! { <Pager text=format!("{} on this page", number(shown)) first=further.then(paths::people) next/> }
    });
    view! { {members(&list.page.rows, list.now)}{pager} }.into_any()
}

/// Draws one person.
#[component]
pub fn PersonPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || {
        params
            .with(|params| params.get("id"))
            .and_then(|id| id.parse::<PersonId>().ok())
    };
    let data = Resource::new(id, |id| async move {
        match id {
            Some(id) => load_person(id).await,
            None => Err(AppError::NotFound(
                "This address names nobody. It may be mistyped.".to_owned(),
            )),
        }
    });
    loaded(data, move |viewer, person| {
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title=person.row.person.name.clone()
                section=RailItem::Teams
                crumb=Crumb::new("People", paths::people())
            >
                {one(person)}
            </Frame>
        }
        .into_any()
    })
}

fn one(view: PersonView) -> AnyView {
    let row = view.row;
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
    let gone = if row.person.active {
        ().into_any()
    } else {
        view! { <Tag>"has left"</Tag> }.into_any()
    };
    let note = counted(row.owned, "identity", "identities");
    let owned = if view.owned.is_empty() {
        view! { <EmptyState title="Owns no identity" text="Nothing would be left without an owner if this person left."/> }.into_any()
    } else {
        table(
            &view.owned,
            "Identities owned, highest risk first".to_owned(),
            None,
            view.now,
        )
    };
    view! {
        <DetailHead title=row.person.name.clone() icon=Icon::User badges=gone>
            <Facts>
                <Fact label="E-mail">{row.email}</Fact>
                <Fact label="Roles">{roles}</Fact>
                <Fact label="Teams">{teams}</Fact>
                <Fact label="Last sign-in"><MaybeWhen at=row.last_sign_in_at now=view.now absent="never"/></Fact>
            </Facts>
        </DetailHead>
        <Block id="h-owned" title="Owns" note>{owned}</Block>
    }
    .into_any()
}
