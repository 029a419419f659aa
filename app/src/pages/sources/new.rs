//! Connecting a source: a name, a format, and the token that is shown once.

use contract::events::EventFormat;
use leptos::prelude::*;

use super::connect;
use super::detail::told;
use crate::api::session::load_viewer;
use crate::api::sources::CreateSource;
use crate::components::{Button, ButtonKind, ButtonLink, Choice, SelectField, TextField};
use crate::error::AppError;
use crate::layout::{Block, Crumb, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the form, then the token and what to do with it.
#[component]
pub fn NewSourcePage() -> impl IntoView {
    let create = ServerAction::<CreateSource>::new();
    let data = Resource::new(|| (), |()| load_viewer());
    loaded(data, move |viewer, _| {
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Add a source" section=RailItem::Sources crumb=Crumb::new("Sources", paths::sources())>
                <div class="detail-head"><h1>"Add a source"</h1></div>
                {move || match create.value().get() {
                    Some(Ok(created)) => {
                        let format = create.input().get().and_then(|input| input.input.format.parse::<EventFormat>().ok());
                        let (token, recipe) = (told(&Ok(created.clone())), connect::recipe(format, &created.url));
                        let href = paths::source(&created.slug);
                        view! {
                            {token}
                            <Block id="next" title="Send to it">{recipe}</Block>
                            <p class="btn-row"><ButtonLink href kind=ButtonKind::Primary>"I have copied the token"</ButtonLink></p>
                        }
                        .into_any()
                    }
                    answer => form(create, answer.and_then(Result::err).as_ref()),
                }}
            </Frame>
        }
        .into_any()
    })
}

fn form(create: ServerAction<CreateSource>, error: Option<&AppError>) -> AnyView {
    let wrong = |field: &str| error.and_then(|error| error.of_field(field));
    let (name_wrong, slug_wrong, format_wrong) = (wrong("name"), wrong("slug"), wrong("format"));
    let typed = create
        .input()
        .get_untracked()
        .map(|sent| sent.input)
        .unwrap_or_default();
    let other = error
        .filter(|error| !matches!(error, AppError::Invalid(_)))
        .cloned()
        .map(|error| view! { <crate::loaded::Panel error/> });
    let formats = std::iter::once(Choice::new("", "Tell it from the content"))
        .chain(
            EventFormat::ALL
                .iter()
                .map(|format| Choice::new(format.as_str(), format.label())),
        )
        .collect();
    view! {
        <ActionForm action=create attr:class="stack form">
            {other}
            <TextField name="input[name]" id="name" label="Name" hint="What people call it: GitHub audit log, acme" value=typed.name error=name_wrong required=true max_length=80/>
            <TextField name="input[slug]" id="slug" label="Word in its address" hint="Lower-case letters, digits and hyphens. Made from the name when left empty; it never changes." value=typed.slug error=slug_wrong max_length=60/>
            <SelectField name="input[format]" id="format" label="Format" options=formats value=typed.format error=format_wrong/>
            <p class="btn-row"><Button kind=ButtonKind::Primary>"Add the source"</Button><ButtonLink href=paths::sources() kind=ButtonKind::Quiet>"Cancel"</ButtonLink></p>
        </ActionForm>
    }
    .into_any()
}
