//! How a source's sender proves itself: the choice, and its secret, made or entered.

use contract::events::EventFormat;
use contract::sources::{Proving, SourceView};
use leptos::prelude::*;

use super::{issuer, kept};
use crate::api::sources::{ChangeSource, RenewSourceToken};
use crate::components::{
    Button, ButtonKind, Choice, Dialog, DialogBody, DialogFoot, DialogLink, SelectField, TextField,
    When,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::layout::Block;
use crate::loaded::Panel;

/// What the field of an entered secret says.
pub(super) const SECRET_HINT: &str = "Only where the sender makes it: GitLab's audit streams, Standard Webhooks (whsec_…). Kept encrypted, never shown.";

/// The ways to choose from.
pub(super) fn ways() -> Vec<Choice> {
    Proving::ALL
        .iter()
        .map(|way| Choice::new(way.as_str(), way.label()))
        .collect()
}

/// The formats to choose from.
pub(super) fn formats() -> Vec<Choice> {
    let each = EventFormat::ALL
        .iter()
        .map(|format| Choice::new(format.as_str(), format.label()));
    std::iter::once(Choice::new("", "Tell it from the content"))
        .chain(each)
        .collect()
}

/// Draws the block, with its forms for whoever may change it.
pub(super) fn block(
    source: &SourceView,
    change: Posted<ChangeSource>,
    renew: Posted<RenewSourceToken>,
) -> AnyView {
    let row = &source.row;
    let means = match row.proving {
        Proving::Secret => {
            "A bearer token, GitLab's token, a basic password or Firehose's access key; or a signature of GitHub or Standard Webhooks. What is signed must be signed rightly."
        }
        Proving::Signature => {
            "A signature of GitHub or Standard Webhooks, made with the secret. The token alone is refused."
        }
        Proving::Token => {
            "The token in one of the headers vendors use. Signatures are not looked at."
        }
        Proving::Certificate => {
            "A client certificate whose subject or fingerprint a trusted proxy passes on, word for word the one below. Without such a proxy nothing is taken."
        }
        Proving::Oidc => {
            "A token of the identity provider below, with the right subject. Each delivers once; no secret is stored anywhere."
        }
    };
    let secret = if row.proving == Proving::Oidc {
        ().into_any()
    } else if row.proving == Proving::Certificate {
        let subject = source.rule.subject.clone();
        view! { "The certificate: "<code>{subject}</code> }.into_any()
    } else if row.token_hint.is_empty() {
        view! { "Its secret was entered by hand and is kept encrypted." }.into_any()
    } else {
        let hint = row.token_hint.clone();
        view! { "The token begins with "<code>{hint}</code>". It is not stored and cannot be shown again." }
            .into_any()
    };
    let label = row.proving.label();
    let forms = source.may_manage.then(|| {
        let (change, renew) = (changing(source, change), renewing(source, renew));
        view! {
            <p class="btn-row after">
                <DialogLink id="proof-change" small=true>"Change"</DialogLink>
                <DialogLink id="renew" small=true>"Make a new token"</DialogLink>
            </p>
            {change}
            {renew}
        }
    });
    let now = source.now;
    let refused = source.refused.clone().map(|refusal| {
        view! { <p class="muted">"Last turned away "<When at=refusal.at now/>": "{refusal.why}</p> }
    });
    view! {
        <Block id="proof" title="Proof">
            <p><b>{label}</b></p>
            <p class="muted">{means}</p>
            <p class="muted">{secret}</p>
            {refused}
            {forms}
        </Block>
    }
    .into_any()
}

fn changing(source: &SourceView, change: Posted<ChangeSource>) -> AnyView {
    let slug = source.row.slug.clone();
    let (way_wrong, secret_wrong) = (change.of_field("proving"), change.of_field("secret"));
    let way = change
        .typed("input[proving]")
        .unwrap_or_else(|| source.row.proving.to_string());
    let format = change.typed("input[format]").unwrap_or_else(|| {
        let format = source.row.format;
        format.map_or_else(String::new, |format| format.to_string())
    });
    let format_wrong = change.of_field("format");
    let keep = change.typed("input[keep_months]").unwrap_or_else(|| {
        let own = source.row.retention.own;
        own.map_or_else(String::new, |months| months.to_string())
    });
    let keep_wrong = change.of_field("keep_months");
    let other = change
        .error()
        .filter(|error| !matches!(error, AppError::Invalid(_)))
        .map(|error| view! { <Panel error/> });
    let again = change.error().is_some();
    let rule = issuer::typed(|name| change.typed(name), &source.rule);
    let issuer = issuer::fields(rule, |field| change.of_field(field), issuer::needed(&way));
    view! {
        <Dialog id="proof-change" title="Change this source" again>
            <PostForm to=change>
                <DialogBody>
                    {other}
                    <input type="hidden" name="input[slug]" value=slug/>
                    <SelectField name="input[format]" id="format" label="What it sends" options=formats() value=format error=format_wrong/>
                    <SelectField name="input[proving]" id="proving" label="What proves the sender" options=ways() value=way error=way_wrong required=true/>
                    // What was entered is not drawn again, not even beside its error.
                    <TextField name="input[secret]" id="secret" label="The sender's own secret" hint=SECRET_HINT kind="password" autocomplete="off" error=secret_wrong max_length=256/>
                    {issuer}
                    <TextField name="input[keep_months]" id="keep" label="Months its events are kept" hint=kept::HINT kind="number" inputmode="numeric" value=keep error=keep_wrong/>
                    <p class="muted small">"Left empty, the present secret stays. An entered one replaces it at once."</p>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>"Change"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn renewing(source: &SourceView, renew: Posted<RenewSourceToken>) -> AnyView {
    let slug = source.row.slug.clone();
    view! {
        <Dialog id="renew" title="Make a new token?">
            <PostForm to=renew>
                <DialogBody>
                    <p>"The present token or secret stops working at once. Whatever sends with it is refused until it has the new one; nothing it kept is lost."</p>
                    <input type="hidden" name="slug" value=slug/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Danger>"Make a new token"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}
