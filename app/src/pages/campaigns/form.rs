//! The form that prepares a campaign.

use contract::campaigns::CampaignInput;
use contract::identities::{Environment, IdentityFilter, IdentityKind, RiskTier};
use leptos::prelude::*;

use crate::api::campaigns::CreateCampaign;
use crate::api::session::load_viewer;
use crate::components::{
    Button, ButtonKind, ButtonLink, Check, CheckboxGroup, Choice, Notice, TextArea, TextField, Tone,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem, Split};
use crate::loaded::{frame_viewer, loaded};
use crate::pages::roles;
use crate::paths;

/// What stands in the form: what was typed, or what a quarterly review needs.
fn typed(create: Posted<CreateCampaign>) -> CampaignInput {
    let field = |name: &str| create.typed(name).unwrap_or_default();
    CampaignInput {
        name: field("name"),
        notes: field("notes"),
        due_on: field("due_on"),
        only_due: !create.sent() || create.typed("only_due").is_some(),
        filter: IdentityFilter {
            kind: known(&create.typed_all("kind")),
            environment: known(&create.typed_all("environment")),
            tier: known(&create.typed_all("tier")),
            privileged: create.typed("privileged").map(|_| true),
            ..IdentityFilter::default()
        },
        ..CampaignInput::default()
    }
}

fn known<T: std::str::FromStr>(words: &[String]) -> Vec<T> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

/// Draws the form.
#[component]
pub fn NewCampaignPage() -> impl IntoView {
    let create = Posted::<CreateCampaign>::new();
    let data = Resource::new(
        || (),
        |()| async {
            let viewer = load_viewer().await?;
            if roles::keeps(&viewer) {
                Ok(())
            } else {
                Err(AppError::Forbidden(
                    "Security and administrators run campaigns.".to_owned(),
                ))
            }
        },
    );
    loaded(data, move |viewer, ()| {
        view! {
            <Frame viewer=frame_viewer(&viewer) title="New campaign" section=RailItem::Campaigns crumb=Crumb::new("Campaigns", paths::campaigns())>
                <DetailHead title="New campaign" lead="Nothing is frozen and nobody is asked until you start it."/>
                <Split label="After that" side=side()>
                    <Block id="new" title="Who is asked, and by when">{fields(&typed(create), create)}</Block>
                </Split>
            </Frame>
        }
        .into_any()
    })
}

fn side() -> AnyView {
    view! {
        <Block id="h-then" title="What happens then">
            <p class="muted">"You see the preview: every identity it would ask about, its reviewer, and why that person."</p>
            <p class="muted after">"When you start it, each identity is frozen as it is that moment, and its reviewer is asked."</p>
        </Block>
    }
    .into_any()
}

fn fields(form: &CampaignInput, create: Posted<CreateCampaign>) -> AnyView {
    let error = |field: &str| create.of_field(field);
    let general =
        error("filter").map(|message| view! { <Notice tone=Tone::Warn>{message}</Notice> });
    let failed = create.error();
    let failed = failed.filter(|failed| !matches!(failed, AppError::Invalid(_)));
    let failed = failed.map(|failed| {
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
