//! The form that prepares a campaign: empty, of a template, or of a search of the inventory.

use contract::campaigns::{CampaignInput, CampaignPolicy, CampaignStart, PolicyForm};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{policy, population};
use crate::api::campaigns::{CreateCampaign, begin_campaign};
use crate::components::{Button, ButtonKind, ButtonLink, Notice, TextArea, TextField, Tone};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem, Split};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::text;

/// What stands in the form: what was typed, or what it begins with.
fn typed(create: Posted<CreateCampaign>, start: &CampaignStart, search: &str) -> CampaignInput {
    if !create.sent() {
        return CampaignInput {
            filter: if search.is_empty() {
                start.input.filter.clone()
            } else {
                population::of_search(search)
            },
            only_due: start.input.only_due && search.is_empty(),
            ..start.input.clone()
        };
    }
    let field = |name: &str| create.typed(name).unwrap_or_default();
    CampaignInput {
        name: field("name"),
        notes: field("notes"),
        due_on: field("due_on"),
        only_due: create.typed("only_due").is_some(),
        filter: population::narrowed(
            &field("search"),
            &create.typed_all("kind"),
            &create.typed_all("environment"),
            &create.typed_all("tier"),
            create.typed("privileged").is_some(),
        ),
        ..CampaignInput::default()
    }
}

/// Draws the form.
#[component]
pub fn NewCampaignPage() -> impl IntoView {
    let create = Posted::<CreateCampaign>::new();
    let query = use_query_map();
    let template = move || query.with(|params| text(params, "template"));
    let data = Resource::new(template, begin_campaign);
    loaded(data, move |viewer, start| {
        let search = query.with_untracked(|params| text(params, "search"));
        let form = typed(create, &start, &search);
        let templates = templates(&start);
        view! {
            <Frame viewer=frame_viewer(&viewer) title="New campaign" section=RailItem::Campaigns crumb=Crumb::new("Campaigns", paths::campaigns())>
                <DetailHead title="New campaign" lead="Nothing is frozen and nobody is asked until you start it."/>
                <Split label="After that" side=side(templates)>
                    <Block id="new" title="Who is asked, and by when">{fields(&form, &start, create)}</Block>
                </Split>
            </Frame>
        }
        .into_any()
    })
}

fn templates(start: &CampaignStart) -> AnyView {
    (!start.templates.is_empty())
        .then(|| {
            let items = start
                .templates
                .iter()
                .map(|name| view! { <li><a href=paths::new_campaign_of(name)>{name.clone()}</a></li> })
                .collect_view();
            view! { <Block id="h-templates" title="Begin with a template"><ul class="plain">{items}</ul></Block> }
        })
        .into_any()
}

fn side(templates: AnyView) -> AnyView {
    view! {
        {templates}
        <Block id="h-then" title="What happens then">
            <p class="muted">"You see the preview: every identity it would ask about, its reviewer, and why that person."</p>
            <p class="muted after">"When you start it, each identity is frozen as it is that moment, and its reviewer is asked."</p>
        </Block>
    }
    .into_any()
}

fn fields(form: &CampaignInput, start: &CampaignStart, create: Posted<CreateCampaign>) -> AnyView {
    let error = |field: &str| create.of_field(field);
    let general =
        error("filter").map(|message| view! { <Notice tone=Tone::Warn>{message}</Notice> });
    let failed = create.error();
    let failed = failed.filter(|failed| !matches!(failed, AppError::Invalid(_)));
    let failed = failed.map(|failed| {
        view! { <Notice tone=Tone::Crit title=failed.title() urgent=true>{failed.to_string()}</Notice> }
    });
    let rules = policy::typed(create, &PolicyForm::of(&start.input.policy));
    let folded = start.input.policy == CampaignPolicy::default() && !create.sent();
    let rules = policy::fields(&rules, folded, error);
    let people = population::fields(&form.filter, form.only_due);
    let (errors, form) = (
        (error("name"), error("due_on"), error("notes")),
        form.clone(),
    );
    view! {
        {failed}{general}
        <PostForm to=create attr:class="form">
            <TextField name="name" label="Name" hint="What auditors will call it: Q1 2027 access review" value=form.name error=errors.0 required=true max_length=100/>
            <TextField name="due_on" label="Answers are due by the end of" kind="date" value=form.due_on error=errors.1 required=true/>
            <TextArea name="notes" label="What reviewers should know" value=form.notes error=errors.2/>
            {people}
            {rules}
            <p class="btn-row after">
                <Button kind=ButtonKind::Primary>"See the preview"</Button>
                <ButtonLink href=paths::campaigns() kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
            </p>
        </PostForm>
    }
    .into_any()
}
