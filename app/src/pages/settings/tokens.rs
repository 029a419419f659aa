//! API tokens: the list, a form that shows a new one once, and revoking.

use chrono::{DateTime, Utc};
use contract::access::{Role, Viewer};
use contract::tokens::{Scope, TokenCreated, TokenList, TokenRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::tokens::{CreateToken, RevokeToken, list_tokens};
use crate::components::{
    Badge, Button, ButtonKind, Cell, CheckboxGroup, Choice, Column, CopyButton, DataTable, Dialog,
    DialogBody, DialogFoot, DialogLink, EmptyState, Icon, MaybeWhen, Notice, Pager, RowHead,
    TableKind, Tag, TextField, Tone, When,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::{Address, text};

/// Draws the page.
#[component]
pub fn TokensPage() -> impl IntoView {
    let query = use_query_map();
    let create = Posted::<CreateToken>::new();
    let revoke = Posted::<RevokeToken>::new();
    let asked = move || {
        let after = query.with(|params| text(params, "after"));
        (!after.is_empty()).then_some(after)
    };
    let data = Resource::new(asked, list_tokens);
    loaded(data, move |viewer, list| {
        let may = viewer.roles.contains(&Role::Admin);
        view! {
            <Frame viewer=frame_viewer(&viewer) title="API tokens" section=RailItem::Settings>
                {revoke.error().map(|error| failed(&error))}
                {may.then(|| new_token(create))}
                {tokens(&viewer, list, revoke)}
            </Frame>
        }
        .into_any()
    })
}

fn failed(error: &AppError) -> AnyView {
    let (title, words) = (error.title(), error.to_string());
    view! { <Notice tone=Tone::Crit urgent=true title=title>{words}</Notice> }.into_any()
}

fn new_token(create: Posted<CreateToken>) -> AnyView {
    view! {
        <Block id="new" title="New token" note="It is shown once; only a hash of it is stored">
            {create.value().and_then(Result::ok).map(|made| shown_once(&made))}
            {form(create, create.error().as_ref())}
        </Block>
    }
    .into_any()
}

fn shown_once(made: &TokenCreated) -> AnyView {
    let title = format!("Token for {}: copy it now", made.row.name);
    let (shown, copied) = (made.token.clone(), made.token.clone());
    view! {
        <Notice tone=Tone::Ok title=title>
            <code>{shown}</code>
            <CopyButton text=copied label="Copy the token"/>
            " It is not shown again."
        </Notice>
    }
    .into_any()
}

fn form(create: Posted<CreateToken>, error: Option<&AppError>) -> AnyView {
    let of = |field: &str| error.and_then(|error| error.of_field(field));
    let (wrong_name, wrong_scopes, wrong_days) = (of("name"), of("scopes"), of("days"));
    let (wrong_teams, wrong_networks) = (of("teams"), of("networks"));
    let typed = |field: &str| error.and_then(|_| create.typed(field)).unwrap_or_default();
    let (teams, networks) = (typed("teams"), typed("networks"));
    let general = error
        .filter(|error| !matches!(error, AppError::Invalid(_)))
        .map(failed);
    let (name, chosen, days) = if error.is_some() {
        (
            create.typed("name").unwrap_or_default(),
            create.typed_all("scopes"),
            create.typed("days").unwrap_or_default(),
        )
    } else {
        (
            String::new(),
            vec![Scope::FeedRead.to_string()],
            "30".to_owned(),
        )
    };
    let scopes = Scope::ALL
        .iter()
        .map(|scope| Choice::new(scope.as_str(), scope.label()))
        .collect::<Vec<_>>();
    view! {
        {general}
        <PostForm to=create attr:class="stack">
            <TextField name="name" label="What it is for" hint="The machine that will hold it: Splunk, nightly export" value=name error=wrong_name required=true max_length=80/>
            <CheckboxGroup name="scopes[]" legend="What it may do" options=scopes chosen=chosen error=wrong_scopes/>
            <TextField name="days" label="Days until it stops working" hint="1 to 90" kind="number" value=days error=wrong_days/>
            <TextField name="teams" label="Only these teams" hint="Slugs with commas; empty: everybody’s rows" value=teams error=wrong_teams/>
            <TextField name="networks" label="Only from these networks" hint="Such as 192.0.2.0/24, with commas; empty: from anywhere" value=networks error=wrong_networks/>
            <Button kind=ButtonKind::Primary>"Make the token"</Button>
        </PostForm>
    }
    .into_any()
}

fn tokens(viewer: &Viewer, list: TokenList, revoke: Posted<RevokeToken>) -> AnyView {
    let TokenList { page, now } = list;
    if page.rows.is_empty() {
        return view! { <EmptyState title="No token yet" text="A SIEM that reads the event feed needs one."/> }.into_any();
    }
    let may = viewer.roles.contains(&Role::Admin);
    let mut columns = vec![
        Column::new("What for"),
        Column::new("May"),
        Column::new("State"),
        Column::new("Last used"),
        Column::new("Made by").gives_way(1),
    ];
    if may {
        columns.push(Column::new("Revoke").hidden());
    }
    let next = page.next.map(|cursor| {
        Address::new(paths::tokens())
            .with("after", cursor)
            .to_string()
    });
    let rows = page
        .rows
        .into_iter()
        .map(|token| row(token, now, may.then_some(revoke)))
        .collect_view();
    view! {
        <Block id="tokens" title="Tokens" note="Newest first">
            <DataTable caption="API tokens" columns kind=TableKind::List>{rows}</DataTable>
            <Pager text="" next/>
        </Block>
    }
    .into_any()
}

fn row(token: TokenRow, now: DateTime<Utc>, revoke: Option<Posted<RevokeToken>>) -> AnyView {
    let works = token.revoked_at.is_none() && token.expires_at > now;
    let scopes = token
        .scopes
        .iter()
        .map(|scope| {
            let word = scope.as_str();
            view! { <Tag>{word}</Tag> }
        })
        .collect_view();
    let action = revoke.map(|revoke| {
        let dialog = works.then(|| revoke_dialog(&token, revoke));
        view! { <Cell label="Revoke">{dialog}</Cell> }
    });
    let (state, hint) = (state(&token, now), format!("{}…", token.hint));
    let (used, made) = (token.last_used_at, token.created_at);
    view! {
        <tr>
            <RowHead class="c-main">{token.name}<small class="sub"><code>{hint}</code></small></RowHead>
            <Cell label="May">{scopes}</Cell>
            <Cell label="State">{state}</Cell>
            <Cell label="Last used"><MaybeWhen at=used now absent="never"/></Cell>
            <Cell label="Made by">{token.created_by}<small class="sub"><When at=made now/></small></Cell>
            {action}
        </tr>
    }
    .into_any()
}

fn state(token: &TokenRow, now: DateTime<Utc>) -> AnyView {
    match token.revoked_at {
        Some(at) => view! { <Badge icon=Icon::Ban>"Revoked"</Badge><small class="sub"><When at now/></small> }.into_any(),
        None if token.expires_at <= now => view! { <Badge icon=Icon::Clock tone=Tone::Warn>"Expired"</Badge> }.into_any(),
        None => {
            let days = (token.expires_at - now).num_days();
            view! { <Badge icon=Icon::Ok tone=Tone::Ok>"Works"</Badge><small class="sub">{format!("{days} days left")}</small> }.into_any()
        }
    }
}

fn revoke_dialog(token: &TokenRow, revoke: Posted<RevokeToken>) -> AnyView {
    let id = format!("revoke-{}", token.id);
    let title = format!("Revoke {}?", token.name);
    let token = token.id.to_string();
    view! {
        <DialogLink id=id.clone() kind=ButtonKind::Quiet small=true>"Revoke"</DialogLink>
        <Dialog id title>
            <PostForm to=revoke>
                <input type="hidden" name="id" value=token/>
                <DialogBody>"It stops working at once and for good; whoever holds it is refused from then on. Make a new one first if something still reads with it."</DialogBody>
                <DialogFoot><Button kind=ButtonKind::Danger>"Revoke"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}
