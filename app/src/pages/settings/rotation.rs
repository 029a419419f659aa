//! Rotation limits: what each type allows, and what was set in its place for a tier, a team or one identity.

use contract::identities::{
    CredentialType, DefaultLimit, PolicyList, PolicyRow, PolicyScope, RiskTier,
};
use leptos::prelude::*;

use crate::api::rotation::{EndPolicy, SetPolicy, list_policies};
use crate::components::{
    Button, ButtonKind, Cell, Choice, Column, DataTable, Dialog, DialogBody, DialogFoot,
    DialogLink, EmptyState, Notice, RowHead, SelectField, TableKind, Tag, TextArea, TextField,
    Tone, When,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::format::count;
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the page.
#[component]
pub fn RotationPage() -> impl IntoView {
    let set = Posted::<SetPolicy>::new();
    let end = Posted::<EndPolicy>::new();
    let data = Resource::new(|| (), |()| list_policies());
    loaded(data, move |viewer, list| {
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title="Rotation limits"
                section=RailItem::Settings
                crumb=Crumb::new("Settings", paths::settings())
            >
                <DetailHead title="Rotation limits" lead="How old a credential may grow before it has to be rotated."/>
                {failed(end.error())}
                {policies(&list, end)}
                {list.may_manage.then(|| form(&list, set))}
                {defaults(&list.defaults)}
            </Frame>
        }
        .into_any()
    })
}

fn failed(error: Option<AppError>) -> Option<AnyView> {
    error
        .filter(|error| !matches!(error, AppError::Invalid(_)))
        .map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> }.into_any())
}

fn policies(list: &PolicyList, end: Posted<EndPolicy>) -> AnyView {
    if list.policies.is_empty() {
        return view! {
            <Block id="h-set" title="Set in place of the types’ own">
                <EmptyState title="No limit was set" text="Every credential goes by the limit of its type."/>
            </Block>
        }
        .into_any();
    }
    let mut columns = vec![
        Column::new("For whom"),
        Column::new("Type"),
        Column::new("Limit"),
        Column::new("Reason"),
        Column::new("Set by"),
    ];
    if list.may_manage {
        columns.push(Column::new("End").hidden());
    }
    let rows = list
        .policies
        .iter()
        .map(|policy| row(policy, list, end))
        .collect_view();
    view! {
        <Block id="h-set" title="Set in place of the types’ own" note="the nearest counts: identity, then team, then tier; a named type before any type">
            <DataTable caption="Rotation limits that were set" columns kind=TableKind::List>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn row(policy: &PolicyRow, list: &PolicyList, end: Posted<EndPolicy>) -> AnyView {
    let whom = match &policy.scope {
        PolicyScope::Tier(tier) => {
            let tier = format!("{} tier", tier.label());
            view! { {tier}<small class="sub">"every identity of it"</small> }.into_any()
        }
        PolicyScope::Team(team) => {
            view! { <a href=paths::team(&team.slug)>{team.name.clone()}</a><small class="sub">"every identity of the team"</small> }.into_any()
        }
        PolicyScope::Identity(id, name) => {
            view! { <a href=paths::identity(*id)>{name.clone()}</a><small class="sub">"this identity"</small> }.into_any()
        }
    };
    let kind = match policy.credential_type {
        Some(kind) => view! { <Tag>{kind.label()}</Tag> }.into_any(),
        None => view! { <span class="muted">"every stored one"</span> }.into_any(),
    };
    let (days, reason, by, at) = (
        count(policy.days, "day"),
        policy.reason.clone(),
        policy.set_by.clone(),
        policy.set_at,
    );
    let action = list.may_manage.then(|| {
        let dialog = end_dialog(policy, end);
        view! { <Cell label="End">{dialog}</Cell> }
    });
    let now = list.now;
    view! {
        <tr>
            <RowHead class="c-main">{whom}</RowHead>
            <Cell label="Type" class="fit">{kind}</Cell>
            <Cell label="Limit" class="fit">{days}</Cell>
            <Cell label="Reason" class="full">{reason}</Cell>
            <Cell label="Set by">{by}<small class="sub"><When at now/></small></Cell>
            {action}
        </tr>
    }
    .into_any()
}

fn end_dialog(policy: &PolicyRow, end: Posted<EndPolicy>) -> AnyView {
    let id = policy.id.to_string();
    let again = end.error().is_some() && end.came_from("id", &id);
    let typed = end.typed("reason").filter(|_| again);
    let wrong = end.of_field("reason").filter(|_| again);
    view! {
        <DialogLink id=format!("end-{id}") kind=ButtonKind::Quiet small=true>"End"</DialogLink>
        <Dialog id=format!("end-{id}") title="End this limit?" again>
            <PostForm to=end>
                <DialogBody>
                    <p class="muted">"The next nearest limit, or the type’s own, counts again at once."</p>
                    <input type="hidden" name="id" value=id.clone()/>
                    <TextArea name="reason" id=format!("end-reason-{id}") label="Reason" hint="Read by the auditor." value=typed error=wrong required=true/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>"End it"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn form(list: &PolicyList, set: Posted<SetPolicy>) -> AnyView {
    let failing = set.error().is_some();
    let typed = move |name: &str| set.typed(&format!("input[{name}]")).filter(|_| failing);
    let wrong = move |name: &str| set.of_field(name);
    let tiers = RiskTier::ALL
        .iter()
        .map(|tier| Choice::new(tier.as_str(), tier.label()))
        .collect::<Vec<_>>();
    let teams = list
        .teams
        .iter()
        .map(|team| Choice::new(team.id.to_string(), team.name.clone()))
        .collect::<Vec<_>>();
    let types = list
        .defaults
        .iter()
        .filter(|limit| limit.days.is_some())
        .map(|limit| {
            Choice::new(
                limit.credential_type.as_str(),
                limit.credential_type.label(),
            )
        })
        .collect::<Vec<_>>();
    view! {
        <Block id="h-new" title="Set a limit" note="Holds from now on; everybody it is for is judged again within seconds">
            {failed(set.error())}
            <PostForm to=set attr:class="stack">
                <SelectField name="input[tier]" id="policy-tier" label="For a tier" options=tiers prompt="No tier" value=typed("tier") error=wrong("tier") hint="Fill exactly one of tier, team and identity."/>
                <SelectField name="input[team]" id="policy-team" label="For a team" options=teams prompt="No team" value=typed("team") error=wrong("team")/>
                <TextField name="input[identity]" id="policy-identity" label="For one identity" hint="Its name as its page shows it." value=typed("identity") error=wrong("identity")/>
                <SelectField name="input[credential_type]" id="policy-type" label="Credential type" options=types prompt="Every stored one" value=typed("credential_type") error=wrong("credential_type")/>
                <TextField name="input[days]" id="policy-days" label="Longest age in days" hint="1 to 730" inputmode="numeric" value=typed("days") error=wrong("days") required=true/>
                <TextArea name="input[reason]" id="policy-reason" label="Reason" hint="Read by the auditor, and shown beside every credential it holds for." value=typed("reason") error=wrong("reason") required=true/>
                <Button kind=ButtonKind::Primary>"Set the limit"</Button>
            </PostForm>
        </Block>
    }
    .into_any()
}

fn defaults(defaults: &[DefaultLimit]) -> AnyView {
    let rows = defaults
        .iter()
        .map(|limit| {
            let (days, overlap) = match limit.days {
                Some(days) => (count(days, "day"), count(limit.overlap_days, "day")),
                None => ("nothing stored".to_owned(), "not needed".to_owned()),
            };
            let kind: CredentialType = limit.credential_type;
            view! { <tr><RowHead class="c-main">{kind.label()}</RowHead><Cell label="Limit" class="fit">{days}</Cell><Cell label="Overlap" class="fit">{overlap}</Cell></tr> }
        })
        .collect_view();
    let columns = vec![
        Column::new("Type"),
        Column::new("Limit"),
        Column::new("Overlap"),
    ];
    view! {
        <Block id="h-defaults" title="The types’ own" note="where nobody set another">
            <DataTable caption="Rotation limits of the types" columns kind=TableKind::Mini>{rows}</DataTable>
        </Block>
    }
    .into_any()
}
