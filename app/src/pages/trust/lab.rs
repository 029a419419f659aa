//! The trust lab: policy and token side by side.

use contract::trust::{LabInput, LabView};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::ring::Rings;
use super::{document, verdict};
use crate::api::trust::{JudgeTrust, judge_trust};
use crate::components::{
    Button, ButtonKind, ButtonLink, Check, Choice, Identifier, KeyValue, KeyValues, Notice, Pick,
    Picks, SelectField, TextArea, TextField, Tone,
};
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::{Address, ParamsMap, text};

/// The languages: word and label.
const LANGUAGES: [(&str, &str); 6] = [
    ("aws", "AWS trust policy"),
    ("entra", "Entra federated credential"),
    ("gcp", "Google Cloud provider"),
    ("vault", "Vault or OpenBao JWT role"),
    ("kubernetes", "Kubernetes subjects"),
    ("octo-sts", "octo-sts policy"),
];

/// The platforms of the claims builder: word and label.
const PLATFORMS: [(&str, &str); 9] = [
    ("github", "GitHub Actions"),
    ("gitlab", "GitLab CI"),
    ("bitbucket", "Bitbucket Pipelines"),
    ("circleci", "CircleCI"),
    ("buildkite", "Buildkite"),
    ("azure-devops", "Azure DevOps"),
    ("hcp-terraform", "HCP Terraform"),
    ("jenkins", "Jenkins"),
    ("kubernetes", "Kubernetes"),
];

/// Draws the page.
#[component]
pub fn LabPage() -> impl IntoView {
    let posted = Posted::<JudgeTrust>::new();
    let query = use_query_map();
    let data = Resource::new(move || query.with(asked), judge_trust);
    loaded(data, move |viewer, opened| {
        let view = match posted.value() {
            Some(Ok(view)) => view,
            _ => opened,
        };
        let failed = posted.error().map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> });
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Trust lab" section=RailItem::Trust>
                <p class="lead">"Who may become an identity: put in its trust, and the token of a run. Nothing of it is kept."</p>
                <p><a href=paths::pipelines()>"Which jobs of your pipelines can become which identity?"</a></p>
                {failed}
                {form(&view, posted)}
                {results(&view)}
            </Frame>
        }
        .into_any()
    })
}

/// What an address asks to see; a token never stands in one.
fn asked(params: &ParamsMap) -> LabInput {
    LabInput {
        trust: text(params, "trust"),
        language: text(params, "language"),
        context: text(params, "context"),
        example: text(params, "example"),
        ..LabInput::default()
    }
}

fn options(list: &[(&str, &str)]) -> Vec<Choice> {
    list.iter()
        .map(|(word, label)| Choice::new(*word, *label))
        .collect()
}

fn form(view: &LabView, posted: Posted<JudgeTrust>) -> AnyView {
    let input = view.input.clone();
    let builder = builder(&input);
    let examples = examples(&input.example);
    let (unreadable, claims_wrong, context_wrong) = (
        view.unreadable.clone(),
        view.claims_unreadable.clone(),
        view.context_unreadable.clone(),
    );
    view! {
        {examples}
        <PostForm to=posted attr:class="stack">
            <div class="lab">
                <div class="stack">
                    <TextArea name="input[trust]" id="lab-trust" label="Trust document" rows=18 value=input.trust error=unreadable required=true
                        hint="JSON, YAML, Terraform or CloudFormation; bare, or as the vendor’s tool prints it."/>
                    <SelectField name="input[language]" id="lab-language" label="Language" options=options(&LANGUAGES) prompt="Told from the document" value=input.language/>
                </div>
                <div class="stack">
                    <TextArea name="input[claims]" id="lab-claims" label="Token" rows=18 value=input.claims error=claims_wrong
                        hint="Claims as JSON, or a JWT: decoded here, not verified, not stored, not logged. Several, as a list, to tighten."/>
                    {builder}
                </div>
            </div>
            <details class="more-fields">
                <summary>"What lies outside the document"</summary>
                <TextArea name="input[context]" id="lab-context" label="Context" rows=5 value=input.context error=context_wrong
                    hint="JSON: provider.client_ids, provider_name, mount.bound_issuer, request, repository, workflows, role, date."/>
            </details>
            <div class="btn-row">
                <Button kind=ButtonKind::Primary>"Judge"</Button>
                <Button name="input[action]" value="tighten">"Tighten to the tokens"</Button>
                <Check name="input[keep_wildcard]" checked=input.keep_wildcard == "on">"keep wildcards"</Check>
                <Check name="input[names_only]" checked=input.names_only == "on">"bind no ids"</Check>
            </div>
        </PostForm>
    }
    .into_any()
}

fn builder(input: &LabInput) -> AnyView {
    let input = input.clone();
    let or = |value: String, usual: &str| {
        if value.is_empty() {
            usual.to_owned()
        } else {
            value
        }
    };
    let events = options(&[
        ("push", "Push"),
        ("pull_request", "Pull or merge request"),
        ("pull_request_target", "pull_request_target"),
        ("schedule", "Schedule"),
        ("workflow_dispatch", "By hand"),
    ]);
    view! {
        <details class="more-fields">
            <summary>"Build the token of a run"</summary>
            <div class="stack">
                <SelectField name="input[ci]" id="lab-ci" label="Platform" options=options(&PLATFORMS) value=or(input.ci, "github")/>
                <TextField name="input[project]" id="lab-project" label="Project" value=or(input.project, "acme/app") hint="owner/repository; organisation/project/workspace of HCP Terraform; namespace/account of Kubernetes"/>
                <TextField name="input[reference]" id="lab-reference" label="Branch" value=or(input.reference, "main") hint="A tag as tags/v1.0"/>
                <TextField name="input[environment]" id="lab-environment" label="Environment" value=input.environment/>
                <SelectField name="input[event]" id="lab-event" label="Started by" options=events value=or(input.event, "push")/>
                <TextField name="input[audience]" id="lab-audience" label="Audience" value=input.audience hint="The platform’s default when empty"/>
                <Check name="input[immutable]" checked=input.immutable == "on">"GitHub: the subject carries ids"</Check>
                <Button name="input[action]" value="build">"Build the token and judge"</Button>
            </div>
        </details>
    }
    .into_any()
}

fn examples(current: &str) -> AnyView {
    let picks = LANGUAGES
        .iter()
        .map(|(word, label)| (*word, *label))
        .chain([("terraform", "Terraform file")])
        .map(|(word, label)| {
            let href = Address::new(paths::trust_lab())
                .with("example", word)
                .to_string();
            view! { <Pick href title=label hint="an example" current=current == word/> }
        })
        .collect_view();
    view! { <Picks>{picks}</Picks> }.into_any()
}

fn results(view: &LabView) -> AnyView {
    let Some(judged) = view.judged.clone() else {
        return ().into_any();
    };
    let reasons = view
        .verdict
        .as_ref()
        .map(|it| it.reasons.clone())
        .unwrap_or_default();
    let document = document::lines(&view.input.trust, &judged.findings, &reasons);
    let language = LANGUAGES
        .iter()
        .find(|(word, _)| *word == judged.language)
        .map_or("", |(_, label)| label);
    let share = Address::new(paths::trust_lab())
        .with("language", &view.input.language)
        .with("context", &view.input.context)
        .with("trust", &view.input.trust)
        .to_string();
    let not = view
        .not_tightened
        .clone()
        .map(|why| view! { <Notice tone=Tone::Warn title="Not tightened.">{why}</Notice> });
    view! {
        <Block id="h-admits" title="Who gets in" note=language>
            <div class="stack">
                <p class="lead">{judged.admits.clone()}</p>
                <Rings ring=judged.ring.clone()/>
                <p class="btn-row"><ButtonLink href=share small=true external=true>"Link to this document, without the token"</ButtonLink></p>
            </div>
        </Block>
        {view.tightened.as_ref().map(verdict::tightened)}
        {not}
        <Block id="h-document" title="The document" note="lines lit by how their conditions end for the token; flaws in the margin">{document}</Block>
        {view.verdict.as_ref().map(verdict::verdict)}
        {claims(view)}
        {verdict::findings(&judged.findings)}
    }
    .into_any()
}

fn claims(view: &LabView) -> Option<AnyView> {
    if view.claims.is_empty() {
        return None;
    }
    let rows = view
        .claims
        .iter()
        .map(|(name, value)| {
            let (name, value) = (name.clone(), value.clone());
            view! { <KeyValue label=name wide=true><Identifier value=value what="claim"/></KeyValue> }
        })
        .collect_view();
    Some(
        view! { <Block id="h-claims" title="Claims" note="decoded, not verified"><KeyValues>{rows}</KeyValues></Block> }
            .into_any(),
    )
}
