//! Pipelines: the repositories that are kept with what is wrong with them, and files pasted to try.

use contract::pipelines::{RepositoryList, RepositoryRow};
use contract::trust::{PipelineIssue, PipelineReach, PipelinesInput, PipelinesView};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::document::severity;
use crate::api::trust::{KeepPipelines, ScanPipelines, list_repositories};
use crate::components::{
    Button, ButtonKind, Cell, Choice, Column, DataTable, EmptyState, FileField, Notice, RowHead,
    SelectField, Severity, TableKind, Tag, TextArea, TextField, Tone, Unknown, When,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted, target_of};
use crate::format::{count, counted, number};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::pages::findings::level;
use crate::paths;
use crate::query::text;

/// Why an upload was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// No file was chosen.
    Nothing,
    /// It is longer than what is taken.
    TooLarge,
    /// It did not come whole, or not as a form sends it.
    Broken,
}

impl Problem {
    /// In words.
    pub fn told(self) -> String {
        match self {
            Self::Nothing => "Choose a file that is not empty.",
            Self::TooLarge => "That is longer than what is taken, so nothing of it was kept. Upload the pipeline files alone.",
            Self::Broken => "The upload did not arrive whole, so nothing of it was kept. Send it again.",
        }
        .to_owned()
    }
}

/// Most flaws listed.
const MOST: usize = 300;

/// Draws the page.
#[component]
pub fn PipelinesPage() -> impl IntoView {
    let query = use_query_map();
    let (scan, keep) = (
        Posted::<ScanPipelines>::new(),
        Posted::<KeepPipelines>::new(),
    );
    let data = Resource::new(|| (), |()| list_repositories());
    loaded(data, move |viewer, list| {
        let problem = query.with_untracked(|params| text(params, "problem"));
        let problem = (!problem.is_empty()).then_some(problem);
        let (kept, bring) = (repositories(&list), bring(&list, problem));
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Pipelines" section=RailItem::Trust crumb=Crumb::new("Trust lab", paths::trust_lab())>
                <DetailHead title="Pipelines" lead="Who can become whom: each job of a repository with the identities of the roll it opens, and what is wrong on the way."/>
                {kept}
                {bring}
                {paste(&list, scan, keep)}
            </Frame>
        }
        .into_any()
    })
}

fn repositories(list: &RepositoryList) -> AnyView {
    if list.rows.is_empty() {
        return view! {
            <Block id="h-repositories" title="Repositories">
                <EmptyState title="No repository is kept yet" text="Upload its workflow files or a zip of it, or run rollcall scan --save --repository OWNER/NAME in its folder."/>
            </Block>
        }
        .into_any();
    }
    let now = list.now;
    let rows = list.rows.iter().map(|it| row(it, now)).collect_view();
    let columns = vec![
        Column::new("Repository"),
        Column::new("Files").numeric(),
        Column::new("Jobs").numeric(),
        Column::new("Open findings"),
        Column::new("Scanned"),
        Column::new("Protections"),
    ];
    view! {
        <Block id="h-repositories" title="Repositories" note=counted(list.total, "repository", "repositories")>
            <DataTable caption="Repositories with their open findings" columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn row(it: &RepositoryRow, now: chrono::DateTime<chrono::Utc>) -> AnyView {
    let it = it.clone();
    let forge = if it.host.is_empty() {
        it.forge
    } else {
        it.host
    };
    let open = if it.open.is_empty() {
        "None".into_any()
    } else {
        it.open
            .into_iter()
            .map(|(grade, n)| view! { <span class="nowrap"><Severity level=level(grade)/>" "{number(n)}</span>" " })
            .collect_view()
            .into_any()
    };
    let scanned = it.scanned_at.map_or_else(
        || view! { <Unknown word="Never"/> }.into_any(),
        |at| view! { <When at now/> }.into_any(),
    );
    let governed = it.governed_at.map_or_else(
        || view! { <Unknown word="Not told"/> }.into_any(),
        |at| view! { <When at now/> }.into_any(),
    );
    view! {
        <tr>
            <RowHead class="c-main"><a href=paths::repository(it.id)>{it.name}</a><small class="sub">{forge}</small></RowHead>
            <Cell label="Files" class="fit">{number(it.files)}</Cell>
            <Cell label="Jobs" class="fit">{number(it.jobs)}</Cell>
            <Cell label="Open findings" class="full">{open}</Cell>
            <Cell label="Scanned">{scanned}</Cell>
            <Cell label="Protections">{governed}</Cell>
        </tr>
    }
    .into_any()
}

/// The forges as choices.
pub(super) fn forges() -> Vec<Choice> {
    vec![
        Choice::new("github", "GitHub"),
        Choice::new("gitlab", "GitLab"),
    ]
}

/// A plain form: files travel in parts, to a door of their own.
fn bring(list: &RepositoryList, problem: Option<String>) -> AnyView {
    if !list.may_keep {
        return ().into_any();
    }
    let open = problem.is_some() || list.rows.is_empty();
    let form = upload(list.most_mib, problem, None);
    view! {
        <Block id="h-bring" title="Bring a repository">
            <details class="more-fields" open=open>
                <summary>"Upload its pipelines"</summary>
                {form}
            </details>
        </Block>
    }
    .into_any()
}

/// The upload form; for a repository that is known its name is fixed.
pub(super) fn upload(
    most_mib: u64,
    problem: Option<String>,
    known: Option<&RepositoryRow>,
) -> AnyView {
    let hint = format!(
        "Workflow files, a zip of the repository, what its API prints of branches, rulesets and environments (JSON), SARIF of other tools: several at once, up to {most_mib} MiB. Their text is not kept, only what follows from it."
    );
    let which = match known {
        Some(it) => {
            let it = it.clone();
            view! {
                <input type="hidden" name="forge" value=it.forge/>
                <input type="hidden" name="repository" value=it.name/>
                <input type="hidden" name="host" value=it.host/>
            }
            .into_any()
        }
        None => view! {
            <SelectField name="forge" label="Where it lives" options=forges() value="github"/>
            <TextField name="repository" label="Repository" hint="owner/name; on GitLab with all groups" required=true max_length=300/>
            <TextField name="host" label="Address" hint="Only for a forge of your own, such as https://gitlab.acme.test" max_length=200/>
            <TextField name="ids" label="Ids of owner and repository" hint="123:456, for subjects that carry ids; the repository as the API prints it tells them too" max_length=60/>
            <TextField name="default_branch" label="Default branch" hint="main, unless the API tells" max_length=200/>
        }
        .into_any(),
    };
    view! {
        <form method="post" action=paths::upload_pipelines() enctype="multipart/form-data" class="stack">
            {which}
            <FileField name="file" label="Files" hint error=problem required=true multiple=true/>
            <p class="btn-row"><Button kind=ButtonKind::Primary>"Scan and keep"</Button></p>
        </form>
    }
    .into_any()
}

/// Paste and try; nothing is kept unless that is asked for.
fn paste(
    list: &RepositoryList,
    scan: Posted<ScanPipelines>,
    keep: Posted<KeepPipelines>,
) -> AnyView {
    let sent = scan.sent() || keep.sent();
    let view = match scan.value() {
        Some(Ok(view)) => view,
        _ => PipelinesView {
            input: typed(keep),
            wrong: match keep.error() {
                Some(AppError::Invalid(fields)) => fields
                    .into_iter()
                    .map(|it| (it.field, it.message))
                    .collect(),
                _ => Vec::new(),
            },
            ..PipelinesView::default()
        },
    };
    let failed = scan.error().or_else(|| keep.error()).map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> });
    let done = scan.sent().then(|| results(&view));
    let form = form(&view, scan, list.may_keep);
    view! {
        <Block id="h-paste" title="Paste and try">
            <details class="more-fields" open=sent>
                <summary>"Scan without keeping anything"</summary>
                {failed}
                {form}
            </details>
        </Block>
        {done}
    }
    .into_any()
}

/// What was typed into the form when it was to be kept and was not.
fn typed(keep: Posted<KeepPipelines>) -> PipelinesInput {
    let of = |field: &str| keep.typed(&format!("input[{field}]")).unwrap_or_default();
    PipelinesInput {
        forge: of("forge"),
        repository: of("repository"),
        ids: of("ids"),
        default_branch: of("default_branch"),
        files: of("files"),
        governance: of("governance"),
        sarif: of("sarif"),
    }
}

fn form(view: &PipelinesView, posted: Posted<ScanPipelines>, may_keep: bool) -> AnyView {
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
    let (name_wrong, ids_wrong) = (wrong("repository"), wrong("ids"));
    let forge = if input.forge.is_empty() {
        "github".to_owned()
    } else {
        input.forge
    };
    let keep = may_keep.then(|| {
        let instead = target_of::<KeepPipelines>();
        view! { <Button instead>"Keep for the repository"</Button> }
    });
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
                    <SelectField name="input[forge]" id="pipe-forge" label="Where it lives" options=forges() value=forge/>
                    <TextField name="input[repository]" id="pipe-repository" label="Repository" value=input.repository error=name_wrong hint="owner/name: its jobs are joined with the trusts of the roll"/>
                    <TextField name="input[ids]" id="pipe-ids" label="Ids of owner and repository" value=input.ids error=ids_wrong hint="123:456, for subjects that carry ids"/>
                    <TextField name="input[default_branch]" id="pipe-branch" label="Default branch" value=branch/>
                </div>
                <div class="stack">
                    <TextArea name="input[governance]" id="pipe-governance" label="Protections and environments" rows=4 value=input.governance error=governance_wrong
                        hint="As the GitHub or GitLab API prints branches, rulesets, protected environments; several answers as a list"/>
                    <TextArea name="input[sarif]" id="pipe-sarif" label="Results of another tool" rows=4 value=input.sarif error=sarif_wrong
                        hint="SARIF of zizmor, poutine and others"/>
                </div>
            </div>
            <p class="btn-row"><Button kind=ButtonKind::Primary>"Scan"</Button>{keep}</p>
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

/// Each job with the identities it can become.
pub(super) fn reaches(reaches: &[PipelineReach], joined: bool) -> AnyView {
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
