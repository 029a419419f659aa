//! Which identity provider's tokens deliver to a source: the fields, and how a pipeline sends one.

use contract::sources::{Proving, SourceView, TokenRule};
use leptos::prelude::*;

use crate::components::{
    CodeView, Identifier, KeyValue, KeyValues, Step, Steps, TextArea, TextField,
};
use crate::layout::Block;

/// What stands in the fields.
pub(super) fn typed(typed: impl Fn(&str) -> Option<String>, kept: &TokenRule) -> TokenRule {
    let field = |name: &str, kept: &str| {
        typed(&format!("input[rule][{name}]")).unwrap_or_else(|| kept.to_owned())
    };
    TokenRule {
        issuer: field("issuer", &kept.issuer),
        audience: field("audience", &kept.audience),
        subject: field("subject", &kept.subject),
        claims: field("claims", &kept.claims),
    }
}

/// Whether a way of proving needs the fields.
pub(super) fn needed(way: &str) -> bool {
    [Proving::Oidc.as_str(), Proving::Certificate.as_str()].contains(&way)
}

/// Draws the fields, folded away unless they are needed.
pub(super) fn fields(
    values: TokenRule,
    wrong: impl Fn(&str) -> Option<String>,
    chosen: bool,
) -> AnyView {
    let (issuer, audience, subject, claims) = (
        wrong("issuer"),
        wrong("audience"),
        wrong("subject"),
        wrong("claims"),
    );
    view! {
        <details open=chosen>
            <summary>"Which tokens of an identity provider, or which certificate"</summary>
            <TextField name="input[rule][issuer]" id="issuer" label="Issuer" hint="GitHub Actions: https://token.actions.githubusercontent.com. GitLab: https://gitlab.com. Google: https://accounts.google.com." value=values.issuer error=issuer max_length=512/>
            <TextField name="input[rule][subject]" id="subject" label="Subject" hint="Such as repo:acme/shop:environment:production; * is any run of characters, only after the owner. Of a certificate: its subject or fingerprint as the proxy passes it on." value=values.subject error=subject max_length=512/>
            <TextArea name="input[rule][claims]" id="claims" label="Further claims" hint="One claim=value a line, such as repository_owner_id=9919. All of them must be so." value=values.claims error=claims rows=2/>
            <TextField name="input[rule][audience]" id="audience" label="Audience" hint="Whom the tokens are meant for. Left empty: this source's address." value=values.audience error=audience max_length=512/>
        </details>
    }
    .into_any()
}

/// Draws how a pipeline reports without a stored secret.
pub(super) fn recipe(source: &SourceView) -> AnyView {
    let TokenRule {
        issuer,
        audience,
        subject,
        claims,
    } = source.rule.clone();
    let url = &source.url;
    let post =
        format!("curl --fail --data-binary @events.json -H \"Authorization: Bearer $TOKEN\" {url}");
    let steps = if issuer.contains("gitlab") {
        let job = format!(
            "report:\n\
             \x20 id_tokens:\n\
             \x20   TOKEN: {{aud: \"{audience}\"}}\n\
             \x20 script:\n\
             \x20   - {post}"
        );
        view! {
            <Step title="Let the job ask for a token" text="GitLab puts it into the variable. It delivers once: a job that reports twice declares two.">
                <div class="after"><CodeView id="issuer-gitlab" code=job note=".gitlab-ci.yml"/></div>
            </Step>
        }
        .into_any()
    } else if issuer.contains("accounts.google.com") {
        let push = format!(
            "gcloud pubsub subscriptions create rollcall --topic rollcall \\\n\
             \x20 --push-endpoint {url} \\\n\
             \x20 --push-auth-service-account PUSH@PROJECT.iam.gserviceaccount.com \\\n\
             \x20 --push-auth-token-audience {audience}"
        );
        view! {
            <Step title="Push with a token" text="The claims email and email_verified=true say whose it is. Google's tokens have no id and are used for an hour: what is sent twice counts once all the same.">
                <div class="after"><CodeView id="issuer-google" code=push note="needs gcloud"/></div>
            </Step>
        }
        .into_any()
    } else {
        let job = format!(
            "permissions:\n\
             \x20 id-token: write\n\
             steps:\n\
             \x20 - run: |\n\
             \x20     TOKEN=$(curl --fail -s -H \"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\" \\\n\
             \x20       \"$ACTIONS_ID_TOKEN_REQUEST_URL&audience={audience}\" | jq -r .value)\n\
             \x20     {post}"
        );
        view! {
            <Step title="Let the job ask for a token" text="It proves which repository, branch and environment reports, and nothing is stored anywhere. Each token delivers once: ask for a new one each time.">
                <div class="after"><CodeView id="issuer-github" code=job note="a job of GitHub Actions"/></div>
            </Step>
        }
        .into_any()
    };
    let claims = (!claims.is_empty()).then(|| {
        view! { <KeyValue label="Further claims"><code>{claims}</code></KeyValue> }
    });
    view! {
        <Block id="own-token" title="Send with a pipeline's own token" note="no secret is stored">
            <KeyValues>
                <KeyValue label="Issuer"><Identifier value=issuer what="issuer"/></KeyValue>
                <KeyValue label="Subject"><Identifier value=subject what="subject"/></KeyValue>
                {claims}
                <KeyValue label="Audience"><Identifier value=audience what="audience"/></KeyValue>
            </KeyValues>
            <Steps>{steps}</Steps>
        </Block>
    }
    .into_any()
}
