//! A shell that asks for a token: whoever may make tokens compares its code and approves.

use contract::tokens::DeviceLogin;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::devices::{AnswerLogin, load_login};
use crate::components::{Button, ButtonKind, KeyValue, KeyValues, Notice, Tag, TextField, Tone};
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{Panel, frame_viewer, loaded};
use crate::paths;
use crate::query::text;

/// Draws the page.
#[component]
pub fn DevicePage() -> impl IntoView {
    let query = use_query_map();
    let posted = Posted::<AnswerLogin>::new();
    let asked = move || query.with(|params| text(params, "code"));
    let data = Resource::new(asked, |code| async move {
        let login = load_login(code.clone()).await?;
        Ok((code, login))
    });
    loaded(data, move |viewer, (code, login)| {
        let body = match (posted.value(), login) {
            (Some(Ok(approved)), _) => answered(approved),
            (_, Some(login)) => asking(&login, posted),
            (_, None) => ask(&code),
        };
        let failed = posted.error().map(|error| view! { <Panel error/> });
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title="Sign a shell in"
                section=RailItem::Settings
                crumb=Crumb::new("Settings", paths::settings())
            >
                <DetailHead title="Sign a shell in" lead="rollcall login shows a code; compare it here."/>
                {failed}
                {body}
            </Frame>
        }
        .into_any()
    })
}

fn answered(approved: bool) -> AnyView {
    if approved {
        view! { <Notice tone=Tone::Ok title="Approved.">"The shell has its token within seconds. It is on the roll, and you answer for it."</Notice> }.into_any()
    } else {
        view! { <Notice tone=Tone::Info title="Refused.">"The shell was told; it has no token."</Notice> }.into_any()
    }
}

/// No login waits under the code: ask for another.
fn ask(code: &str) -> AnyView {
    let wrong = (!code.is_empty())
        .then(|| "No login waits under this code. They are over after ten minutes.".to_owned());
    let code = code.to_owned();
    view! {
        <Block id="code" title="Which code does the shell show?">
            <form method="get" action=paths::device() class="stack">
                <TextField name="code" id="code-field" label="Code" hint="Such as BCDF-GHJK" value=code error=wrong required=true max_length=20/>
                <Button kind=ButtonKind::Primary>"Go on"</Button>
            </form>
        </Block>
    }
    .into_any()
}

fn asking(login: &DeviceLogin, posted: Posted<AnswerLogin>) -> AnyView {
    let scopes = login
        .scopes
        .iter()
        .map(|scope| {
            let (word, label) = (scope.as_str(), scope.label());
            view! { <p><Tag>{word}</Tag>" "{label}</p> }
        })
        .collect_view();
    let (code, name) = (login.code.clone(), login.name.clone());
    let (yes, no) = (code.clone(), code.clone());
    view! {
        <Block id="asking" title="This shell asks for a token" note="only when you see the same code in your own terminal">
            <KeyValues>
                <KeyValue label="Code"><code>{code}</code></KeyValue>
                <KeyValue label="Shell">{name}</KeyValue>
                <KeyValue label="May">{scopes}</KeyValue>
                <KeyValue label="Works">"30 days"</KeyValue>
            </KeyValues>
            <div class="btn-row after">
                <PostForm to=posted>
                    <input type="hidden" name="code" value=yes/>
                    <input type="hidden" name="approve" value="true"/>
                    <Button kind=ButtonKind::Primary>"Approve"</Button>
                </PostForm>
                <PostForm to=posted>
                    <input type="hidden" name="code" value=no/>
                    <input type="hidden" name="approve" value="false"/>
                    <Button kind=ButtonKind::Quiet>"Refuse"</Button>
                </PostForm>
            </div>
        </Block>
    }
    .into_any()
}
