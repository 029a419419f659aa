//! The edit form: what an identity says of itself, as it shall stand, and why it changes.

use contract::FieldError;
use contract::identities::{EditInput, Environment, IdentityView, RequestChoices, RiskTier};
use contract::ids::IdentityId;
use contract::people::PersonRef;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::api::identities::{EditIdentity, load_identity, load_request_choices};
use crate::components::{
    Button, ButtonKind, ButtonLink, CheckboxGroup, Choice, Notice, SelectField, TextArea,
    TextField, Tone,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem, Split};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the form.
#[component]
pub fn EditPage() -> impl IntoView {
    let params = use_params_map();
    let edit = Posted::<EditIdentity>::new();
    let asked = move || {
        params
            .with(|params| params.get("id"))
            .and_then(|id| id.parse::<IdentityId>().ok())
    };
    let data = Resource::new(asked, |id| async move {
        let id = id.ok_or_else(|| {
            AppError::NotFound("This address names no identity. It may be mistyped.".to_owned())
        })?;
        let choices = load_request_choices().await?;
        Ok::<_, AppError>((load_identity(id).await?, choices))
    });
    loaded(data, move |viewer, (view, choices)| {
        let name = view.row.name.clone();
        let head = format!("Edit {name}");
        let body = if view.may_edit {
            let form = filled(&view, edit);
            draw(&view, &choices, &form, edit)
        } else {
            view! { <Notice tone=Tone::Warn title="This identity is another team’s.">"Its owner or security can edit it."</Notice> }.into_any()
        };
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title=head.clone()
                section=RailItem::Identities
                crumb=Crumb::new(name, paths::identity(view.row.id))
            >
                <DetailHead title=head lead="What stands here is changed at once; who, when and why stay in its history."/>
                {body}
            </Frame>
        }
        .into_any()
    })
}

/// What stands in the form: what was typed, else what stands in the roll.
fn filled(view: &IdentityView, edit: Posted<EditIdentity>) -> EditInput {
    let typed =
        |name: &str, otherwise: String| edit.typed(&format!("input[{name}]")).unwrap_or(otherwise);
    let lines = |all: Vec<String>| all.join("\n");
    let selectors = view
        .selectors
        .iter()
        .map(|s| {
            let words = [s.kind.as_str(), &s.issuer, &s.value];
            words
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let environments = if edit.error().is_some() {
        edit.typed_all("input[environments]")
    } else {
        view.row
            .environments
            .iter()
            .map(|place| place.as_str().to_owned())
            .collect()
    };
    let id = |id: Option<String>| id.unwrap_or_default();
    EditInput {
        identity: view.row.id.to_string(),
        version: view.version,
        name: typed("name", view.row.name.clone()),
        purpose: typed("purpose", view.row.purpose.clone()),
        ticket: typed("ticket", view.ticket.clone()),
        justification: typed("justification", view.justification.clone()),
        environments,
        tier: typed("tier", view.row.tier.to_string()),
        team: typed("team", id(view.row.team.as_ref().map(|t| t.id.to_string()))),
        owner: typed(
            "owner",
            id(view.row.owner.as_ref().map(|p| p.id.to_string())),
        ),
        backup_owner: typed(
            "backup_owner",
            id(view.backup_owner.as_ref().map(|p| p.id.to_string())),
        ),
        tags: typed("tags", view.tags.join(", ")),
        links: typed(
            "links",
            lines(
                view.links
                    .iter()
                    .map(|(label, to)| format!("{label} {to}"))
                    .collect(),
            ),
        ),
        selectors: typed("selectors", lines(selectors)),
        reason: typed("reason", String::new()),
    }
}

fn draw(
    view: &IdentityView,
    choices: &RequestChoices,
    form: &EditInput,
    edit: Posted<EditIdentity>,
) -> AnyView {
    let errors = match edit.error() {
        Some(AppError::Invalid(errors)) => errors,
        _ => Vec::new(),
    };
    let failed = edit
        .error()
        .filter(|error| !matches!(error, AppError::Invalid(_)))
        .map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> });
    let count = i64::try_from(errors.len()).unwrap_or_default();
    let wrong = (count > 0).then(|| {
        let title = format!("{} another look.", crate::format::counted(count, "field needs", "fields need"));
        view! { <Notice tone=Tone::Crit title urgent=true>"Nothing was saved; what you typed is still here."</Notice> }
    });
    let version = form.version.to_string();
    let identity = form.identity.clone();
    let back = paths::identity(view.row.id);
    let fields = view! {
        <input type="hidden" name="input[identity]" value=identity/>
        <input type="hidden" name="input[version]" value=version/>
        {what(form, &errors)}
        {who(view, choices, form, &errors)}
        {names(form, &errors)}
        {why(form, &errors)}
    };
    view! {
        {failed}
        {wrong}
        <Split label="About this form" side=aside(view)>
            <PostForm to=edit attr:class="stack">
                {fields}
                <p class="btn-row">
                    <Button kind=ButtonKind::Primary>"Save"</Button>
                    <ButtonLink href=back kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
                </p>
            </PostForm>
        </Split>
    }
    .into_any()
}

fn aside(view: &IdentityView) -> AnyView {
    let (tier, why) = view.suggested_tier.clone();
    let differs = (tier != view.row.tier)
        .then(|| format!("It is {} now.", view.row.tier.label().to_lowercase()));
    view! {
        <Block id="h-tier" title="Suggested tier">
            <p><b>{tier.label()}</b>". "{why}" "{differs}</p>
        </Block>
        <Block id="h-record" title="What is kept">
            <p class="muted">"Each changed field stands in the history with what it was and what it is, who changed it and why."</p>
        </Block>
    }
    .into_any()
}

fn of(errors: &[FieldError], field: &str) -> Option<String> {
    errors
        .iter()
        .find(|error| error.field == field)
        .map(|error| error.message.clone())
}

fn what(form: &EditInput, errors: &[FieldError]) -> AnyView {
    let places = Environment::ALL
        .iter()
        .map(|place| Choice::new(place.as_str(), place.label()))
        .collect::<Vec<_>>();
    let tiers = RiskTier::ALL
        .iter()
        .map(|tier| Choice::new(tier.as_str(), tier.label()))
        .collect::<Vec<_>>();
    let fields = view! {
        <TextField name="input[name]" id="name" label="Name" value=form.name.clone() error=of(errors, "name") required=true max_length=120/>
        <TextField name="input[purpose]" id="purpose" label="Purpose" hint="What it is for, in a sentence." value=form.purpose.clone() error=of(errors, "purpose") max_length=300/>
        <CheckboxGroup name="input[environments][]" legend="Environments" options=places chosen=form.environments.clone() error=of(errors, "environments")/>
        <SelectField name="input[tier]" id="tier" label="Risk tier" options=tiers value=form.tier.clone() hint="How much damage it could do. Beside the form stands what its reach suggests." error=of(errors, "tier") required=true/>
        <TextField name="input[tags]" id="tags" label="Tags" hint="Separated by commas." value=form.tags.clone() error=of(errors, "tags")/>
        <TextArea name="input[links]" id="links" label="Links" hint="One a line: a label, then its web address. Such as “Runbook https://wiki.example/run”." value=form.links.clone() error=of(errors, "links")/>
    };
    view! { <Block id="h-what" title="What it is">{fields}</Block> }.into_any()
}

fn who(
    view: &IdentityView,
    choices: &RequestChoices,
    form: &EditInput,
    errors: &[FieldError],
) -> AnyView {
    let mut teams: Vec<Choice> = choices
        .teams
        .iter()
        .map(|team| Choice::new(team.id.to_string(), team.name.clone()))
        .collect();
    // What stands there may stay, also where the viewer could not choose it.
    if let Some(team) = &view.row.team
        && !choices.teams.iter().any(|other| other.id == team.id)
    {
        teams.push(Choice::new(team.id.to_string(), team.name.clone()));
    }
    let people = |stands: Option<&PersonRef>| {
        let mut all: Vec<Choice> = choices
            .people
            .iter()
            .map(|person| Choice::new(person.id.to_string(), person.name.clone()))
            .collect();
        if let Some(person) = stands
            && !choices.people.iter().any(|other| other.id == person.id)
        {
            all.push(Choice::new(
                person.id.to_string(),
                format!("{} (has left)", person.name),
            ));
        }
        all
    };
    let likely = view
        .suggested_owners
        .iter()
        .map(|one| format!("{}, {}", one.person.name, one.source))
        .collect::<Vec<_>>();
    let likely = (!likely.is_empty()).then(|| format!("Suggested: {}.", likely.join("; ")));
    let fields = view! {
        <SelectField name="input[team]" id="team" label="Owning team" options=teams value=form.team.clone() prompt="Nobody" error=of(errors, "team")/>
        <SelectField name="input[owner]" id="owner" label="Owner" options=people(view.row.owner.as_ref()) value=form.owner.clone() prompt="Nobody" hint=likely error=of(errors, "owner")/>
        <SelectField name="input[backup_owner]" id="backup_owner" label="Backup owner" options=people(view.backup_owner.as_ref()) value=form.backup_owner.clone() prompt="Nobody" hint="Who is asked when the owner is away or leaves." error=of(errors, "backup_owner")/>
    };
    view! { <Block id="h-who" title="Who answers for it">{fields}</Block> }.into_any()
}

fn names(form: &EditInput, errors: &[FieldError]) -> AnyView {
    let fields = view! {
        <TextArea name="input[selectors]" id="selectors" label="Selectors" hint="How events name it, one a line: kind, issuer where there is one, name." value=form.selectors.clone() error=of(errors, "selectors") rows=4/>
    };
    view! { <Block id="h-selectors" title="How events find it">{fields}</Block> }.into_any()
}

fn why(form: &EditInput, errors: &[FieldError]) -> AnyView {
    let fields = view! {
        <TextField name="input[ticket]" id="ticket" label="Ticket of its creation" value=form.ticket.clone() error=of(errors, "ticket")/>
        <TextArea name="input[justification]" id="justification" label="Business justification" value=form.justification.clone() error=of(errors, "justification")/>
        <TextArea name="input[reason]" id="reason" label="Why you change this" hint="Read by the auditor." value=form.reason.clone() error=of(errors, "reason") required=true/>
    };
    view! { <Block id="h-why" title="Why">{fields}</Block> }.into_any()
}
