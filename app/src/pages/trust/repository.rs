//! One repository whose pipelines are kept: who can become whom, and what is wrong.

use chrono::{DateTime, Utc};
use contract::findings::FindingRow;
use contract::ids::RepositoryId;
use contract::pipelines::RepositoryView;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::pipelines::{reaches, upload};
use crate::api::trust::{ForgetPipelines, load_repository};
use crate::components::{
    Button, ButtonKind, Cell, Column, DataTable, EmptyState, FactList, Known, Maybe, Notice,
    RowHead, Severity, TableKind, Tone, Unknown, When,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::format::count;
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::pages::findings::{level, opened};
use crate::paths;

/// Draws the page.
#[component]
pub fn RepositoryPage() -> impl IntoView {
    let params = use_params_map();
    let forget = Posted::<ForgetPipelines>::new();
    let asked =
        move || params.with(|all| all.get("id").and_then(|id| id.parse::<RepositoryId>().ok()));
    let data = Resource::new(asked, |id| async move {
        match id {
            Some(id) => load_repository(id).await,
            None => Err(AppError::NotFound("repository".to_owned())),
        }
    });
    loaded(data, move |viewer, view| {
        let name = view.row.name.clone();
        let failed = forget.error().map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> });
        view! {
            <Frame viewer=frame_viewer(&viewer) title=name.clone() section=RailItem::Trust crumb=Crumb::new("Pipelines", paths::pipelines())>
                <DetailHead title=name lead="What its jobs can become, and what is wrong on the way. A finding goes when the next scan no longer has it."/>
                {failed}
                {problems(&view)}
                {facts(&view)}
                {reaches(&view.reaches, view.row.jobs > 0)}
                {findings(&view)}
                {again(&view, forget)}
            </Frame>
        }
        .into_any()
    })
}

fn problems(view: &RepositoryView) -> AnyView {
    if view.problems.is_empty() {
        return ().into_any();
    }
    let title = format!(
        "{} could not be read the last time.",
        count(
            i64::try_from(view.problems.len()).unwrap_or(i64::MAX),
            "file"
        )
    );
    let all = view
        .problems
        .iter()
        .take(50)
        .map(|(name, why)| view! { <li><code>{name.clone()}</code>": "{why.clone()}</li> })
        .collect_view();
    view! { <Notice tone=Tone::Warn title><ul class="dots">{all}</ul></Notice> }.into_any()
}

fn facts(view: &RepositoryView) -> AnyView {
    let now = view.now;
    let row = &view.row;
    let forge = match (row.forge.as_str(), row.host.is_empty()) {
        (_, false) => row.host.clone(),
        ("gitlab", _) => "GitLab".to_owned(),
        _ => "GitHub".to_owned(),
    };
    let read = format!(
        "{} with {}",
        count(row.files, "file"),
        count(row.jobs, "job")
    );
    let untold = || view! { <Unknown word="Not told"/> };
    let moment = |at: Option<DateTime<Utc>>| at.map(|at| view! { <When at now/> });
    let words = |text: &String| Maybe::from(text).take();
    let (by, at) = (view.changed_by.clone(), view.changed_at);
    let trusts = format!("{} of the roll", count(view.trusts, "trust"));
    let facts = vec![
        Known::new("Lives on", forge),
        Known::new("Pipelines", read),
        Known::or(
            "Scanned",
            moment(row.scanned_at),
            view! { <Unknown word="Never"/> },
        ),
        Known::or("Protections told", moment(row.governed_at), untold()),
        Known::or("Default branch", words(&view.default_branch), untold()),
        Known::or("Ids", words(&view.ids), untold()),
        Known::new("Brought by", view! { {by}", "<When at now/> }),
        Known::new("Joined with", trusts),
    ];
    view! { <Block id="h-known" title="What is known"><FactList facts/></Block> }.into_any()
}

fn findings(view: &RepositoryView) -> AnyView {
    if view.findings.is_empty() {
        return view! { <Block id="h-findings" title="Findings"><EmptyState title="Nothing is wrong that a rule can see" text="Each upload is judged anew, and whenever a trust of the roll changes."/></Block> }.into_any();
    }
    let now = view.now;
    let rows = view
        .findings
        .iter()
        .map(|it| finding(it, now))
        .collect_view();
    let columns = vec![
        Column::new("Severity"),
        Column::new("Finding"),
        Column::new("Identity"),
        Column::new("State"),
        Column::new("Since"),
    ];
    view! {
        <Block id="h-findings" title="Findings" note=format!("{} open", view.open)>
            <DataTable caption="Findings of this repository, worst first" columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn finding(it: &FindingRow, now: DateTime<Utc>) -> AnyView {
    let it = it.clone();
    let identity = match it.identity {
        Some((id, name)) => view! { <a href=paths::identity(id)>{name}</a> }.into_any(),
        None => view! { <Unknown word="Nobody’s"/> }.into_any(),
    };
    view! {
        <tr>
            <Cell label="Severity" class="fit"><Severity level=level(it.severity)/></Cell>
            <RowHead class="c-main"><a href=opened(it.id)>{it.title}</a><small class="sub">{it.rule}" · "{it.detail}</small></RowHead>
            <Cell label="Identity">{identity}</Cell>
            <Cell label="State" class="fit">{it.state.label()}</Cell>
            <Cell label="Since"><When at=it.opened_at now/></Cell>
        </tr>
    }
    .into_any()
}

fn again(view: &RepositoryView, forget: Posted<ForgetPipelines>) -> AnyView {
    if !view.may_keep {
        return ().into_any();
    }
    let (id, form) = (
        view.row.id.to_string(),
        upload(view.most_mib, None, Some(&view.row)),
    );
    view! {
        <Block id="h-again" title="Bring it again">
            <details class="more-fields">
                <summary>"Upload its pipelines again"</summary>
                {form}
            </details>
            <details class="more-fields">
                <summary>"Forget it"</summary>
                <p>"Its findings go with it. The record keeps that it was there."</p>
                <PostForm to=forget>
                    <input type="hidden" name="id" value=id/>
                    <Button kind=ButtonKind::Danger>"Forget this repository"</Button>
                </PostForm>
            </details>
        </Block>
    }
    .into_any()
}
