//! Connecting a source: a name, a format, and the token that is shown once.

use contract::events::EventFormat;
use contract::sources::{SourceCreated, TokenRule};
use leptos::prelude::*;

use super::connect;
use super::detail::told;
use super::{issuer, proof};
use crate::api::sources::CreateSource;
use crate::components::{Button, ButtonKind, ButtonLink, SelectField, TextField};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Crumb, RailItem, Split};
use crate::pages::adding::{Adding, adding};
use crate::paths;

/// Draws the form, then the token and what to do with it.
#[component]
pub fn NewSourcePage() -> impl IntoView {
    let create = Posted::<CreateSource>::new();
    let page = Adding {
        title: "Add a source",
        lead: "",
        section: RailItem::Sources,
        crumb: Crumb::new("Sources", paths::sources()),
        refusal: "Security and administrators add sources.",
    };
    adding(page, move || {
        view! { <Split label="After that" side=side()>{body(create)}</Split> }.into_any()
    })
}

fn body(create: Posted<CreateSource>) -> AnyView {
    match create.value() {
        Some(Ok(created)) => made(create, created),
        answer => form(create, answer.and_then(Result::err).as_ref()),
    }
}

/// The token, this once, and how to use it.
fn made(create: Posted<CreateSource>, created: SourceCreated) -> AnyView {
    let format = create
        .typed("input[format]")
        .and_then(|format| format.parse::<EventFormat>().ok());
    let recipe = connect::recipe(format, &created.url);
    let href = paths::source(&created.slug);
    let token = told(&Ok(created));
    view! {
        {token}
        <Block id="next" title="Send to it">{recipe}</Block>
        <Block id="done" title="Done?">
            <p class="btn-row"><ButtonLink href kind=ButtonKind::Primary>"Go to the source"</ButtonLink></p>
        </Block>
    }
    .into_any()
}

fn side() -> AnyView {
    view! {
        <Block id="next-steps" title="What happens next">
            <p class="muted">"You get an address and a token for the sender, unless it has a secret of its own. Every pipeline that shows up becomes a discovered identity, with the events that prove it."</p>
        </Block>
    }
    .into_any()
}

fn form(create: Posted<CreateSource>, error: Option<&AppError>) -> AnyView {
    let wrong = |field: &str| error.and_then(|error| error.of_field(field));
    let (name_wrong, slug_wrong, format_wrong) = (wrong("name"), wrong("slug"), wrong("format"));
    let (way_wrong, secret_wrong) = (wrong("proving"), wrong("secret"));
    let way = create.typed("input[proving]").unwrap_or_default();
    let typed = |field: &str| create.typed(field).unwrap_or_default();
    let (name, slug, format) = (
        typed("input[name]"),
        typed("input[slug]"),
        typed("input[format]"),
    );
    let rule = issuer::typed(|name| create.typed(name), &TokenRule::default());
    let issuer = issuer::fields(rule, wrong, issuer::needed(&way));
    let other = error
        .filter(|error| !matches!(error, AppError::Invalid(_)))
        .cloned()
        .map(|error| view! { <crate::loaded::Panel error/> });
    view! {
        <Block id="form" title="What it is">
        <PostForm to=create attr:class="stack">
            {other}
            <TextField name="input[name]" id="name" label="Name" hint="What people call it: GitHub audit log, acme" value=name error=name_wrong required=true max_length=80/>
            <TextField name="input[slug]" id="slug" label="Word in its address" hint="Lower-case letters, digits and hyphens. Made from the name when left empty; it never changes." value=slug error=slug_wrong max_length=60/>
            <SelectField name="input[format]" id="format" label="What it sends" hint="Choose it, and the next page says step by step how to connect it." options=proof::formats() value=format error=format_wrong/>
            <SelectField name="input[proving]" id="proving" label="What proves the sender" options=proof::ways() value=way error=way_wrong required=true/>
            // What was entered is not drawn again, not even beside its error.
            <TextField name="input[secret]" id="secret" label="The sender's own secret" hint=proof::SECRET_HINT kind="password" autocomplete="off" error=secret_wrong max_length=256/>
            {issuer}
            <p class="btn-row"><Button kind=ButtonKind::Primary>"Add the source"</Button><ButtonLink href=paths::sources() kind=ButtonKind::Quiet>"Cancel"</ButtonLink></p>
        </PostForm>
        </Block>
    }
    .into_any()
}
