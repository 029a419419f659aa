//! The request for a new identity. It does nothing until somebody else approves it.

use contract::FieldError;
use contract::identities::{
    CredentialType, Environment, IdentityKind, IdentityRequest, Platform, RequestChoices,
    SelectorKind,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::identities::{RequestIdentity, check_request, load_request_choices};
use crate::components::{
    Button, ButtonKind, ButtonLink, CheckboxGroup, Choice, Notice, SelectField, TextArea,
    TextField, Tone,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem, Split};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// What the page needs: the choices, what was typed, and what is wrong with it.
#[derive(Clone, Serialize, Deserialize)]
struct Draft {
    choices: RequestChoices,
    form: IdentityRequest,
    errors: Vec<FieldError>,
}

/// Draws the form.
#[component]
pub fn RequestPage() -> impl IntoView {
    let action = Posted::<RequestIdentity>::new();
    let data = Resource::new(
        move || typed(action).map(|form| (form, secrets(action))),
        load,
    );
    loaded(data, move |viewer, draft| {
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title="Ask for an identity"
                section=RailItem::Identities
                crumb=Crumb::new("Identities", paths::identities())
            >
                <DetailHead title="Ask for an identity" lead="It does nothing until somebody else has approved it."/>
                {failure(action)}
                {summary(&draft.errors)}
                <Split label="After the request" side=steps()>{form(&draft, action)}</Split>
            </Frame>
        }
        .into_any()
    })
}

async fn load(typed: Option<(IdentityRequest, Vec<FieldError>)>) -> Result<Draft, AppError> {
    let choices = load_request_choices().await?;
    let (form, errors) = match typed {
        Some((form, secrets)) => {
            let (form, mut errors) = check_request(form).await?;
            errors.retain(|error| secrets.iter().all(|secret| secret.field != error.field));
            errors.extend(secrets);
            (form, errors)
        }
        None => (IdentityRequest::default(), Vec::new()),
    };
    Ok(Draft {
        choices,
        form,
        errors,
    })
}

/// Which fields held a secret: they come back empty, so that looking at them again would find nothing wrong.
fn secrets(action: Posted<RequestIdentity>) -> Vec<FieldError> {
    match action.error() {
        Some(AppError::Invalid(errors)) => errors
            .into_iter()
            .filter(|error| error.message.starts_with(contract::SECRET_REFUSED))
            .collect(),
        _ => Vec::new(),
    }
}

/// What was typed, when the form comes back.
fn typed(action: Posted<RequestIdentity>) -> Option<IdentityRequest> {
    let field = |name: &str| {
        let typed = action.typed(&format!("form[{name}]"));
        typed.unwrap_or_default()
    };
    action.sent().then(|| IdentityRequest {
        name: field("name"),
        kind: field("kind"),
        platform: field("platform"),
        purpose: field("purpose"),
        ticket: field("ticket"),
        justification: field("justification"),
        team: field("team"),
        owner: field("owner"),
        backup_owner: field("backup_owner"),
        environments: action.typed_all("form[environments]"),
        credential_type: field("credential_type"),
        credential_reference: field("credential_reference"),
        permissions: field("permissions"),
        selectors: field("selectors"),
    })
}

/// Why it was not taken, where that is no field's fault.
fn failure(action: Posted<RequestIdentity>) -> Option<AnyView> {
    let error = action.error();
    let error = error.filter(|error| !matches!(error, AppError::Invalid(_)))?;
    let title = error.title();
    Some(
        view! { <Notice tone=Tone::Crit title urgent=true>{error.to_string()}</Notice> }.into_any(),
    )
}

fn summary(errors: &[FieldError]) -> Option<AnyView> {
    let count = i64::try_from(errors.len()).unwrap_or_default();
    (count > 0).then(|| {
        let title = format!("{} another look.", crate::format::counted(count, "field needs", "fields need"));
        view! { <Notice tone=Tone::Crit title urgent=true>"Nothing was saved; what you typed is still here."</Notice> }.into_any()
    })
}

fn steps() -> AnyView {
    view! {
        <Block id="h-then" title="What happens then">
            <p class="muted">"Security sees the request and approves or rejects it. You cannot approve your own."</p>
            <p class="muted after">"Once it is active, events that carry one of its names resolve to it, its owner reviews it every quarter, and its rotations are watched."</p>
        </Block>
        <Block id="h-never" title="Never paste a secret">
            <p class="muted">"Rollcall keeps references: a key id or a fingerprint. Tokens, passwords and private keys are recognised and refused."</p>
        </Block>
    }
    .into_any()
}

fn form(draft: &Draft, action: Posted<RequestIdentity>) -> AnyView {
    let fields = view! { {what(draft)}{who(draft)}{why(draft)}{how(draft)} };
    view! {
        <PostForm to=action attr:class="stack">
            {fields}
            <p class="btn-row">
                <Button kind=ButtonKind::Primary>"Ask for approval"</Button>
                <ButtonLink href=paths::identities() kind=ButtonKind::Quiet>"Cancel"</ButtonLink>
            </p>
        </PostForm>
    }
    .into_any()
}

fn error(draft: &Draft, field: &str) -> Option<String> {
    draft
        .errors
        .iter()
        .find(|error| error.field == field)
        .map(|error| error.message.clone())
}

fn choices<T: Copy>(
    all: &[T],
    word: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> Vec<Choice> {
    all.iter()
        .map(|value| Choice::new(word(*value), label(*value)))
        .collect()
}

fn what(draft: &Draft) -> AnyView {
    let form = &draft.form;
    let kinds = choices(IdentityKind::ALL, IdentityKind::as_str, IdentityKind::label);
    let platforms = choices(Platform::ALL, Platform::as_str, Platform::label);
    let places = choices(Environment::ALL, Environment::as_str, Environment::label);
    let fields = view! {
        <TextField name="form[name]" id="name" label="Name" hint="Unique, and telling: repository, job, environment. Such as payments-api · deploy · production." value=form.name.clone() error=error(draft, "name") required=true max_length=120/>
        <TextField name="form[purpose]" id="purpose" label="Purpose" hint="What it is for, in a sentence its owner will read every quarter." value=form.purpose.clone() error=error(draft, "purpose") required=true max_length=300/>
        <SelectField name="form[kind]" id="kind" label="Kind" options=kinds value=form.kind.clone() error=error(draft, "kind") required=true/>
        <SelectField name="form[platform]" id="platform" label="Platform" options=platforms value=form.platform.clone() error=error(draft, "platform") required=true/>
        <CheckboxGroup name="form[environments][]" legend="Environments" options=places chosen=form.environments.clone() hint="Where it acts." error=error(draft, "environments")/>
    };
    view! { <Block id="h-what" title="What it is">{fields}</Block> }.into_any()
}

fn who(draft: &Draft) -> AnyView {
    let form = &draft.form;
    let teams = draft
        .choices
        .teams
        .iter()
        .map(|t| Choice::new(t.id.to_string(), t.name.clone()))
        .collect();
    let people: Vec<Choice> = draft
        .choices
        .people
        .iter()
        .map(|p| Choice::new(p.id.to_string(), p.name.clone()))
        .collect();
    let fields = view! {
        <SelectField name="form[team]" id="team" label="Owning team" options=teams value=form.team.clone() prompt="Choose a team" error=error(draft, "team") required=true/>
        <SelectField name="form[owner]" id="owner" label="Owner" options=people.clone() value=form.owner.clone() prompt="Choose a person" error=error(draft, "owner") required=true/>
        <SelectField name="form[backup_owner]" id="backup_owner" label="Backup owner" options=people value=form.backup_owner.clone() prompt="Nobody" hint="Who is asked when the owner is away." error=error(draft, "backup_owner")/>
    };
    view! { <Block id="h-who" title="Who answers for it">{fields}</Block> }.into_any()
}

fn why(draft: &Draft) -> AnyView {
    let form = &draft.form;
    let fields = view! {
        <TextField name="form[ticket]" id="ticket" label="Ticket" hint="Such as OPS-123, owner/repo#12 or a web address." value=form.ticket.clone() error=error(draft, "ticket") required=true/>
        <TextArea name="form[justification]" id="justification" label="Business justification" hint="Read by the approver and the auditor." value=form.justification.clone() error=error(draft, "justification") required=true/>
    };
    view! { <Block id="h-why" title="Why it is needed">{fields}</Block> }.into_any()
}

fn how(draft: &Draft) -> AnyView {
    let form = &draft.form;
    let types = choices(
        CredentialType::ALL,
        CredentialType::as_str,
        CredentialType::label,
    );
    let kinds: Vec<&str> = SelectorKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let names = format!(
        "One name a line: kind, issuer where there is one, name. Such as “oidc_subject token.actions.githubusercontent.com repo:acme/shop:environment:production”. Kinds: {}.",
        kinds.join(", ")
    );
    let fields = view! {
        <SelectField name="form[credential_type]" id="credential_type" label="Credential" options=types value=form.credential_type.clone() hint="Federation and dynamic credentials store nothing and need no rotation." error=error(draft, "credential_type") required=true/>
        <TextField name="form[credential_reference]" id="credential_reference" label="Key id or fingerprint" hint="Never the secret itself. Empty where nothing is stored." value=form.credential_reference.clone() error=error(draft, "credential_reference") autocomplete="off"/>
        <TextArea name="form[permissions]" id="permissions" label="Permissions" hint="One a line: system, action, resource, then the environment and the word privileged where they apply. Such as “aws ecs:UpdateService * production”." value=form.permissions.clone() error=error(draft, "permissions") required=true rows=5/>
        <TextArea name="form[selectors]" id="selectors" label="Selectors" hint=names value=form.selectors.clone() error=error(draft, "selectors") required=true rows=4/>
    };
    view! { <Block id="h-how" title="What it holds and may do">{fields}</Block> }.into_any()
}
