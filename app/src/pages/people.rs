//! People: who signs in, and what they own.

use contract::ids::PersonId;
use contract::people::{PeopleList, PersonView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::identities::table::table;
use super::teams::{choice, members};
use crate::api::people::{NoteDeparture, list_people, load_person};
use crate::components::{
    Button, ButtonKind, Dialog, DialogBody, DialogFoot, DialogLink, EmptyState, Icon, MaybeWhen,
    Notice, Pager, Tag, Team, TextArea, Tone,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
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
    let depart = Posted::<NoteDeparture>::new();
    loaded(data, move |viewer, person| {
        let action = person
            .may_manage
            .then(|| departure(&person, depart))
            .into_any();
        let failed = depart
            .error()
            .filter(|error| !matches!(error, AppError::Invalid(_)))
            .map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> });
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title=person.row.person.name.clone()
                section=RailItem::Teams
                crumb=Crumb::new("People", paths::people())
                action
            >
                {failed}
                {one(person)}
            </Frame>
        }
        .into_any()
    })
}

/// The way to say that somebody left, or is back.
fn departure(view: &PersonView, to: Posted<NoteDeparture>) -> AnyView {
    let here = view.row.person.active;
    let name = &view.row.person.name;
    let (word, title, says) = if here {
        (
            "Has left",
            format!("{name} has left?"),
            "They can no longer sign in and their sessions end. Their open review items go to the next who answers; each identity they own gets a finding, and its backup owner stands in.",
        )
    } else {
        (
            "Is back",
            format!("{name} is back?"),
            "They can sign in again, and what they own is theirs again.",
        )
    };
    let again = to.error().is_some();
    let typed = to.typed("input[reason]").filter(|_| again);
    let person = view.row.person.id.to_string();
    let kind = if here {
        ButtonKind::Danger
    } else {
        ButtonKind::Primary
    };
    view! {
        <DialogLink id="departure">{word}"…"</DialogLink>
        <Dialog id="departure" title again>
            <PostForm to>
                <DialogBody>
                    <p class="muted">{says}</p>
                    <input type="hidden" name="input[person]" value=person/>
                    <input type="hidden" name="input[left]" value=here.to_string()/>
                    <TextArea name="input[reason]" id="departure-reason" label="Reason" hint="How it is known; read by the auditor." value=typed error=to.of_field("reason") required=true/>
                </DialogBody>
                <DialogFoot><Button kind>{word}</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
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
    let stands_in = (!view.stands_in.is_empty()).then(|| {
        let count = i64::try_from(view.stands_in.len()).unwrap_or_default();
        let rows = table(&view.stands_in, "Identities stood in for, highest risk first".to_owned(), None, view.now);
        view! {
            <Block id="h-duty" title="Stands in for" note=counted(count, "identity whose owner has left", "identities whose owner has left")>
                <p class="muted">"Until somebody else is named, the backup owner answers: reviews come here, and each one needs a new owner."</p>
                {rows}
            </Block>
        }
    });
    view! {
        <DetailHead title=row.person.name.clone() icon=Icon::User badges=gone>
            <Facts>
                <Fact label="E-mail">{row.email}</Fact>
                <Fact label="Roles">{roles}</Fact>
                <Fact label="Teams">{teams}</Fact>
                <Fact label="Last sign-in"><MaybeWhen at=row.last_sign_in_at now=view.now absent="never"/></Fact>
            </Facts>
        </DetailHead>
        {stands_in}
        <Block id="h-owned" title="Owns" note>{owned}</Block>
    }
    .into_any()
}
