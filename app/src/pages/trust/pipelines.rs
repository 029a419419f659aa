//! Pipelines: pasted definitions scanned, and each job joined to the identities it can become.

use contract::trust::{PipelineIssue, PipelineReach, PipelinesInput, PipelinesView};
use leptos::prelude::*;

use super::document::severity;
use crate::api::trust::{ScanPipelines, scan_pipelines};
use crate::components::{
    Button, ButtonKind, Cell, Column, DataTable, EmptyState, Notice, RowHead, Severity, TableKind,
    Tag, TextArea, TextField, Tone, Unknown,
};
use crate::form::{PostForm, Posted};
use crate::format::count;
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Most flaws listed.
const MOST: usize = 300;

/// Draws the page.
#[component]
pub fn PipelinesPage() -> impl IntoView {
    let posted = Posted::<ScanPipelines>::new();
    let data = Resource::new(|| (), |()| scan_pipelines(PipelinesInput::default()));
    loaded(data, move |viewer, empty| {
        let sent = posted.sent();
        let view = match posted.value() {
            Some(Ok(view)) => view,
            _ => empty,
        };
        let failed = posted.error().map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> });
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Pipelines" section=RailItem::Trust crumb=Crumb::new("Trust lab", paths::trust_lab())>
                <DetailHead title="Pipelines" lead="Paste workflows: their flaws, and which identities of the roll each job can become. Nothing of it is kept."/>
                {failed}
                {form(&view, posted)}
                {sent.then(|| results(&view))}
            </Frame>
        }
        .into_any()
    })
}

fn form(view: &PipelinesView, posted: Posted<ScanPipelines>) -> AnyView {
    let input = view.input.clone();
    let wrong = |field: &str| {
        let all: Vec<String> = view
            .wrong
            .iter()
            .filter(|(name, _)| name == field)
            .map(|(_, why)| why.clone())
            .collect();
        (!all.is_empty()).then(|| all.join(" "))
    };
    let (files_wrong, governance_wrong, sarif_wrong) =
        (wrong("files"), wrong("governance"), wrong("sarif"));
    let branch = if input.default_branch.is_empty() {
        "main".to_owned()
    } else {
        input.default_branch
    };
    view! {
        <PostForm to=posted attr:class="stack lab-one">
            <TextArea name="input[files]" id="pipe-files" label="Files" rows=16 value=input.files error=files_wrong
                hint="GitHub workflows, composite actions or GitLab CI. Several: each begins with a line “# file: .github/workflows/deploy.yml”."/>
            <div class="lab">
                <div class="stack">
                    <TextField name="input[repository]" id="pipe-repository" label="Repository" value=input.repository hint="owner/name: its jobs are joined with the trusts of the roll"/>
                    <TextField name="input[ids]" id="pipe-ids" label="Ids of owner and repository" value=input.ids hint="123:456, for subjects that carry ids"/>
                    <TextField name="input[default_branch]" id="pipe-branch" label="Default branch" value=branch/>
                </div>
                <div class="stack">
                    <TextArea name="input[governance]" id="pipe-governance" label="Protections and environments" rows=4 value=input.governance error=governance_wrong
                        hint="As the GitHub or GitLab API prints branches, rulesets, protected environments; several answers as a list"/>
                    <TextArea name="input[sarif]" id="pipe-sarif" label="Results of another tool" rows=4 value=input.sarif error=sarif_wrong
                        hint="SARIF of zizmor, poutine and others"/>
                </div>
            </div>
            <Button kind=ButtonKind::Primary>"Scan"</Button>
        </PostForm>
    }
    .into_any()
}

fn results(view: &PipelinesView) -> AnyView {
    let said = format!(
        "{} read, joined with {}.",
        count(view.files, "file"),
        count(view.trusts, "trust")
    );
    view! {
        <p class="muted">{said}</p>
        {reaches(&view.reaches, !view.input.repository.trim().is_empty())}
        {issues(&view.issues)}
    }
    .into_any()
}

fn reaches(reaches: &[PipelineReach], joined: bool) -> AnyView {
    if !joined {
        return ().into_any();
    }
    if reaches.is_empty() {
        return view! { <Block id="h-reaches" title="Who can become whom"><EmptyState title="No job can become an identity of the roll" text="No trust accepts a subject that these jobs can have."/></Block> }.into_any();
    }
    let rows = reaches
        .iter()
        .map(|it| {
            let it = it.clone();
            let unsure = it.uncertain.then(|| view! { <Unknown word="Not certain"/> });
            view! {
                <tr>
                    <RowHead class="c-main">{it.job}<small class="sub">{it.path}</small></RowHead>
                    <Cell label="Runs for" class="fit">{it.events}</Cell>
                    <Cell label="As" class="full"><code>{it.subject}</code></Cell>
                    <Cell label="Can become"><a href=paths::identity(it.identity)>{it.name}</a>" "{unsure}</Cell>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new("Job"),
        Column::new("Runs for"),
        Column::new("As"),
        Column::new("Can become"),
    ];
    view! {
        <Block id="h-reaches" title="Who can become whom">
            <DataTable caption="Each job with the identities it can become" columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn issues(issues: &[PipelineIssue]) -> AnyView {
    if issues.is_empty() {
        return view! { <Block id="h-issues" title="Flaws"><EmptyState title="No rule finds a flaw"/></Block> }.into_any();
    }
    let more = issues.len().saturating_sub(MOST);
    let items = issues
        .iter()
        .take(MOST)
        .map(|it| {
            let it = it.clone();
            let level = severity(&it.severity);
            let place = match it.line {
                0 => it.path,
                line => format!("{}:{line}", it.path),
            };
            let tool = (!it.tool.is_empty()).then(|| view! { <Tag>{it.tool}</Tag> });
            view! {
                <li>
                    <Severity level/>
                    <div>
                        <p><b>{it.message}</b>" "<code>{it.rule}</code>" "{place}" "{tool}</p>
                        <p class="muted">{it.why}</p>
                        <p>"Instead: "{it.fix}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    let more =
        (more > 0).then(|| view! { <p class="muted small">{format!("And {more} more.")}</p> });
    view! {
        <Block id="h-issues" title="Flaws" note=count(i64::try_from(issues.len()).unwrap_or(i64::MAX), "finding")>
            <ul class="lints reasons flaws">{items}</ul>
            {more}
        </Block>
    }
    .into_any()
}
