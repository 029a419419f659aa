//! Runners: which machines ran jobs, whose they are, and whom they served.

use contract::runners::{RunnerKind, RunnerList, RunnerRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::runners::list_runners;
use crate::components::{
    Button, ButtonLink, Cell, Column, DataTable, EmptyState, Icon, LinkItem, Pager, Segmented,
    Status, Tag, TextField, Tone, Unknown, When,
};
use crate::format::number;
use crate::layout::{Crumb, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::{Address, one, text};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Asked {
    q: String,
    kind: Option<RunnerKind>,
    after: Option<String>,
}

impl Asked {
    fn address(&self, kind: Option<RunnerKind>, after: Option<&String>) -> String {
        Address::new(paths::runners())
            .with("q", &self.q)
            .with_some("kind", kind)
            .with_some("after", after)
            .to_string()
    }
}

/// Draws the page.
#[component]
pub fn RunnersPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        query.with(|params| Asked {
            q: text(params, "q"),
            kind: one(params, "kind"),
            after: Some(text(params, "after")).filter(|after| !after.is_empty()),
        })
    };
    let data = Resource::new(asked, |asked| {
        list_runners(asked.q, asked.kind, asked.after)
    });
    loaded(data, move |viewer, list| {
        let asked = untrack(asked);
        let (head, body) = (head(&asked, &list), body(&asked, list));
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Runners" section=RailItem::Events crumb=Crumb::new("Events", paths::events())>
                <h1>"Runners"</h1>
                {head}
                {body}
            </Frame>
        }
        .into_any()
    })
}

fn head(asked: &Asked, list: &RunnerList) -> AnyView {
    let of = |kind: RunnerKind| {
        let found = list.kinds.iter().find(|(of, _)| *of == kind);
        found.map_or(0, |(_, count)| *count)
    };
    let all: i64 = list.kinds.iter().map(|(_, count)| count).sum();
    let mut items = vec![
        LinkItem::new(format!("All {}", number(all)), asked.address(None, None))
            .current(asked.kind.is_none()),
    ];
    for kind in RunnerKind::ALL {
        let words = format!("{} {}", kind.label(), number(of(*kind)));
        items.push(
            LinkItem::new(words, asked.address(Some(*kind), None))
                .current(asked.kind == Some(*kind)),
        );
    }
    let kept = asked
        .kind
        .map(|kind| view! { <input type="hidden" name="kind" value=kind.as_str()/> });
    view! {
        <p class="row above"><Segmented items label="Kind of runner"/></p>
        <form class="row above" action=paths::runners() method="get">
            {kept}
            <TextField name="q" id="runners-q" label="Name, organisation or label" value=asked.q.clone()/>
            <Button small=true>"Search"</Button>
        </form>
    }
    .into_any()
}

fn body(asked: &Asked, list: RunnerList) -> AnyView {
    if list.page.rows.is_empty() {
        return view! {
            <EmptyState title="No runner is told of" text="GitHub’s audit log names the runner of each prepared job, workflow_job webhooks of each job, GitLab’s job webhooks of each job. Connect one of them, or import the list that gh api or GitLab’s API prints.">
                <ButtonLink href=paths::new_source()>"Connect a source"</ButtonLink>
                <ButtonLink href=paths::imports()>"Import a list"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Runner"),
        Column::new("Kind"),
        Column::new("Labels").gives_way(4),
        Column::new("Repositories"),
        Column::new("Runs").numeric(),
        Column::new("Last seen"),
    ];
    let shown = list.page.rows.len();
    let now = list.now;
    let rows = list
        .page
        .rows
        .into_iter()
        .map(|runner| row(runner, now))
        .collect_view();
    let next = list.page.next.as_ref();
    let text = format!("{} shown", number(i64::try_from(shown).unwrap_or_default()));
    view! {
        <DataTable caption="Runners, last seen first" columns>{rows}</DataTable>
        <Pager
            text
            first=asked.after.as_ref().map(|_| asked.address(asked.kind, None))
            next=next.map(|after| asked.address(asked.kind, Some(after)))
            first_label="Latest"
            next_label="Earlier"
        />
    }
    .into_any()
}

fn row(runner: RunnerRow, now: chrono::DateTime<chrono::Utc>) -> AnyView {
    let labels = runner
        .labels
        .into_iter()
        .map(|label| view! { <Tag>{label}</Tag>" " })
        .collect_view();
    let more =
        runner.repository_count - i64::try_from(runner.repositories.len()).unwrap_or_default();
    let more = (more > 0).then(|| format!(" and {} more", number(more)));
    let group = (!runner.group.is_empty()).then(|| format!(", group {}", runner.group));
    let owner = format!("{}, {}", runner.platform.label(), runner.owner);
    let kind = match runner.kind {
        RunnerKind::Persistent => {
            view! { <Status tone=Tone::Warn icon=Icon::High>{runner.kind.label()}</Status> }.into_any()
        }
        RunnerKind::Ephemeral | RunnerKind::Hosted => {
            view! { <Status tone=Tone::Ok icon=Icon::Ok>{runner.kind.label()}</Status> }.into_any()
        }
        RunnerKind::Untold => {
            view! { <Unknown word=runner.kind.label() hint="It served one run at most so far, and nobody says whether it stays"/> }.into_any()
        }
    };
    let name = runner.name;
    let name = match runner.event.map(paths::event) {
        Some(href) => view! { <a class="ident-name" href=href>{name}</a> }.into_any(),
        None => view! { <span class="ident-name">{name}</span> }.into_any(),
    };
    let seen = if runner.seen {
        view! { <When at=runner.last_seen now/> }.into_any()
    } else {
        view! { <Unknown word="Not seen" hint="A list names it; no event does, and it was not online"/> }.into_any()
    };
    let listed = runner.listed_at.map(|at| {
        let state = match runner.online {
            Some(true) => "online when listed ",
            Some(false) => "offline when listed ",
            None => "listed ",
        };
        view! { <span class="sub">{state}<When at now/></span> }
    });
    view! {
        <tr>
            <Cell class="c-main">{name}<span class="sub">{owner}{group}</span></Cell>
            <Cell class="fit" label="Kind">{kind}</Cell>
            <Cell class="c-4" label="Labels">{labels}</Cell>
            <Cell label="Repositories">{runner.repositories.join(", ")}{more}</Cell>
            <Cell label="Runs" class="num">{number(runner.runs)}</Cell>
            <Cell class="fit" label="Last seen">{seen}{listed}</Cell>
        </tr>
    }
    .into_any()
}
