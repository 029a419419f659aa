//! The form that prepares a campaign. What was typed comes back in the address when something is wrong.

use contract::FieldError;
use contract::campaigns::CampaignInput;
use contract::identities::{Environment, IdentityFilter, IdentityKind, RiskTier};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use crate::api::campaigns::{CreateCampaign, check_campaign};
use crate::components::{
    Button, ButtonKind, ButtonLink, Check, CheckboxGroup, Choice, Notice, TextArea, TextField, Tone,
};
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::{Address, text, words};

/// The form's address with what was typed in it.
pub fn address(form: &CampaignInput) -> String {
    Address::new(paths::new_campaign())
        .with("again", "1")
        .with("name", &form.name)
        .with("notes", form.notes.chars().take(1_500).collect::<String>())
        .with("due_on", &form.due_on)
        .with("only_due", if form.only_due { "on" } else { "" })
        .with_each("kind", &form.filter.kind)
        .with_each("environment", &form.filter.environment)
        .with_each("tier", &form.filter.tier)
        .with(
            "privileged",
            if form.filter.privileged == Some(true) {
                "on"
            } else {
                ""
            },
        )
        .to_string()
}

fn typed(params: &ParamsMap) -> CampaignInput {
    let again = params.get("again").is_some();
    CampaignInput {
        name: text(params, "name"),
        notes: text(params, "notes"),
        due_on: text(params, "due_on"),
        // A fresh form proposes what a quarterly review needs.
        only_due: !again || params.get("only_due").is_some(),
        filter: IdentityFilter {
            kind: words(params, "kind"),
            environment: words(params, "environment"),
            tier: words(params, "tier"),
            privileged: params.get("privileged").map(|_| true),
            ..IdentityFilter::default()
        },
    }
}

/// Draws the form.
#[component]
pub fn NewCampaignPage() -> impl IntoView {
    let query = use_query_map();
    let create = Posted::<CreateCampaign>::new();
    let key = move || query.with(|params| (typed(params), params.get("again").is_some()));
    let data = Resource::new(key, |(form, again)| async move {
        let wrong = check_campaign(form.clone()).await?;
        Ok((form, if again { wrong } else { Vec::new() }))
    });
    loaded(data, move |viewer, (form, wrong)| {
        view! {
            <Frame viewer=frame_viewer(&viewer) title="New campaign" section=RailItem::Campaigns>
                <Block id="new" title="Prepare a campaign" note="Nothing is frozen and nobody is asked until you start it.">
                    {fields(&form, &wrong, create)}
                </Block>
            </Frame>
        }
        .into_any()
    })
}

fn fields(form: &CampaignInput, wrong: &[FieldError], create: Posted<CreateCampaign>) -> AnyView {
    let error = |field: &str| {
        wrong
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.clone())
    };
    let general =
        error("filter").map(|message| view! { <Notice tone=Tone::Warn>{message}</Notice> });
    let failed = create.error().map(|failed| {
        view! { <Notice tone=Tone::Crit title=failed.title() urgent=true>{failed.to_string()}</Notice> }
    });
    let kinds = IdentityKind::ALL
        .iter()
        .map(|k| Choice::new(k.as_str(), k.label()))
        .collect::<Vec<_>>();
    let places = Environment::ALL
        .iter()
        .map(|e| Choice::new(e.as_str(), e.label()))
        .collect::<Vec<_>>();
    let tiers = RiskTier::ALL
        .iter()
        .map(|t| Choice::new(t.as_str(), t.label()))
        .collect::<Vec<_>>();
    let chosen =
        |words: Vec<&'static str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let filter = &form.filter;
    let chosen_kinds = chosen(filter.kind.iter().map(|k| k.as_str()).collect());
    let chosen_places = chosen(filter.environment.iter().map(|e| e.as_str()).collect());
    let chosen_tiers = chosen(filter.tier.iter().map(|t| t.as_str()).collect());
    let narrowed = !chosen_kinds.is_empty()
        || !chosen_places.is_empty()
        || !chosen_tiers.is_empty()
        || filter.privileged.is_some();
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
            <Check name="only_due" checked=form.only_due>
                "Only identities whose review is due by then"<small class="hint">"Without it, every active identity is asked about."</small>
            </Check>
            <details open=narrowed>
                <summary>"Narrow it further"</summary>
                <CheckboxGroup name="kind[]" legend="Kind" hint="None ticked: all of them" options=kinds chosen=chosen_kinds/>
                <CheckboxGroup name="environment[]" legend="Acts in" hint="None ticked: anywhere" options=places chosen=chosen_places/>
                <CheckboxGroup name="tier[]" legend="Risk tier" hint="None ticked: all of them" options=tiers chosen=chosen_tiers/>
                <Check name="privileged" checked=form.filter.privileged == Some(true)>"Only those with a privileged permission"</Check>
            </details>
            <p class="btn-row after">
                <Button kind=ButtonKind::Primary>"See the preview"</Button>
                <ButtonLink href=paths::campaigns() kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
            </p>
        </PostForm>
    }
    .into_any()
}
