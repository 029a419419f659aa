//! The sign-in page: the identity provider, the personas of the demo, and why the last try did not work.

use contract::access::{Persona, SignInOptions, SignInProblem};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::session::load_sign_in_options;
use crate::components::{EmptyState, Notice, Skeleton, Tag, Tone};
use crate::error::AppError;
use crate::layout::Door;
use crate::paths;
use crate::query::{one, text};

/// What the address says.
#[derive(Clone, Default)]
struct Asked {
    problem: Option<SignInProblem>,
    request: String,
    to: String,
}

/// Draws the page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let options = Resource::new(|| (), |()| load_sign_in_options());
    view! {
        <Suspense fallback=|| view! { <Door title="Sign in"><Skeleton/></Door> }>
            {move || {
                let asked = query.with(|params| Asked {
                    problem: one(params, "problem"),
                    request: text(params, "request").chars().take(64).collect(),
                    to: text(params, "to"),
                });
                Suspend::new(async move { draw(options.await, asked) })
            }}
        </Suspense>
    }
}

fn draw(options: Result<SignInOptions, AppError>, asked: Asked) -> AnyView {
    let options = match options {
        Ok(options) => options,
        Err(error) => {
            return view! { <Door title="Sign in"><Notice tone=Tone::Crit urgent=true>{error.to_string()}</Notice></Door> }.into_any();
        }
    };
    let SignInOptions {
        organisation,
        provider,
        personas,
    } = options;
    let notice = asked.problem.map(|problem| why(problem, &asked.request));
    let nothing = (provider.is_none() && personas.is_empty()).then(|| {
        view! {
            <EmptyState
                title="Nobody can sign in yet"
                text="Connect an identity provider with ROLLCALL_OIDC_ISSUER and its companions, or look around with rollcall serve --demo."
            />
        }
    });
    let to = asked.to.clone();
    view! {
        <Door title="Sign in" org=organisation foot=foot()>
            {notice}
            {provider.map(|name| at_provider(&name, &asked.to))}
            {(!personas.is_empty()).then(|| demo(personas, &to))}
            {nothing}
        </Door>
    }
    .into_any()
}

fn at_provider(name: &str, to: &str) -> AnyView {
    let words = format!("Continue with {name}");
    view! {
        <p><a class="btn primary" href=paths::begin_sign_in(to) rel="external">{words}</a></p>
        <p class="small muted">"Your organisation checks who you are; Rollcall never sees a password."</p>
    }
    .into_any()
}

fn demo(personas: Vec<Persona>, to: &str) -> AnyView {
    let personas = personas
        .into_iter()
        .map(|persona| {
            let roles = persona
                .roles
                .iter()
                .map(|role| role.label())
                .map(|role| view! { <Tag>{role}</Tag> })
                .collect_view();
            view! {
                <li>
                    <form method="post" action=paths::sign_in_as_persona()>
                        <input type="hidden" name="person" value=persona.id.to_string()/>
                        <input type="hidden" name="to" value=to.to_owned()/>
                        <button class="persona" type="submit">
                            <span class="persona-head"><b>{persona.name}</b>{roles}</span>
                            <small>{persona.story}</small>
                        </button>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! {
        <p class="small muted">"This is the demo organisation. Look at it as one of these people:"</p>
        <ul class="personas">{personas}</ul>
    }
    .into_any()
}

fn foot() -> AnyView {
    let version = format!("Version {}", env!("CARGO_PKG_VERSION"));
    view! {
        <span>{version}</span>
        <span>"Check an evidence pack without signing in: "<code>"rollcall verify pack.zip"</code></span>
    }
    .into_any()
}

fn why(problem: SignInProblem, request: &str) -> AnyView {
    let (tone, advice) = match problem {
        SignInProblem::NoProvider => (
            Tone::Warn,
            "An administrator connects one with ROLLCALL_OIDC_ISSUER.",
        ),
        SignInProblem::Denied => (
            Tone::Info,
            "Nothing happened. Try again when you are ready.",
        ),
        SignInProblem::Stale => (Tone::Info, "Begin again here; it takes a moment only."),
        SignInProblem::Unavailable => (
            Tone::Crit,
            "Rollcall could not reach it. Try again in a minute; if it stays so, tell whoever runs Rollcall.",
        ),
        SignInProblem::Untrusted => (
            Tone::Crit,
            "Its signature, issuer, audience or times did not fit. Tell whoever runs Rollcall; nothing was let in.",
        ),
        SignInProblem::NoEmail => (
            Tone::Warn,
            "Your provider did not send one. Ask whoever runs it to release the e-mail claim.",
        ),
        SignInProblem::Unverified => (
            Tone::Warn,
            "Somebody on the roll has this address. Confirm it at your provider, then sign in again.",
        ),
        SignInProblem::Taken => (
            Tone::Warn,
            "It signs in here with another account. An administrator can tell which.",
        ),
        SignInProblem::NoRole => (
            Tone::Warn,
            "None of your groups gives you one. Ask an administrator to add you to a group that does.",
        ),
        SignInProblem::Left => (
            Tone::Warn,
            "If you are back, an administrator can open it again.",
        ),
    };
    let request = (!request.is_empty())
        .then(|| view! { <span class="small">" Request "<code>{request.to_owned()}</code></span> });
    view! { <Notice tone=tone title=problem.label()>{advice}{request}</Notice> }.into_any()
}
