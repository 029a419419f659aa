//! The findings page: facets, rows that open, and what a person does with them.

use contract::findings::{FindingFilter, FindingGroup, FindingGrouping, FindingList, FindingStory};
use contract::ids::FindingId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{facets, groups, row};
use crate::api::findings::{
    AcknowledgeFindings, ChangeFinding, group_findings, list_findings, tell_finding,
};
use crate::components::{
    Browse, Bulk, Button, ButtonKind, ButtonLink, Count, EmptyState, Export, FacetBar, FacetSearch,
    Notice, Pager, Results, SavedViews, Tone, Toolbar, facet_chips, facet_groups,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::format::{count, number};
use crate::layout::{Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::pages::roles;
use crate::paths;
use crate::query::{one, text};

/// Draws the findings page.
#[component]
pub fn FindingsPage() -> impl IntoView {
    let query = use_query_map();
    let deeds = Deeds {
        change: Posted::new(),
        ticked: Posted::new(),
    };
    let asked = move || {
        query.with(|params| {
            let after = text(params, "after");
            Asked {
                filter: facets::filter(params),
                after: (!after.is_empty()).then_some(after),
                opened: one(params, "finding"),
                group: one(params, "group"),
            }
        })
    };
    let data = Resource::new(asked, load);
    loaded(data, move |viewer, (list, groups, story)| {
        let Asked {
            filter,
            after,
            opened,
            group,
        } = untrack(asked);
        let shown = Shown {
            deeds,
            ticks: roles::acts(&viewer),
            story,
            groups: group.zip(groups),
        };
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Findings" section=RailItem::Findings>
                {deeds.said()}
                {browse(list, &filter, after.as_deref(), opened, &shown)}
            </Frame>
        }
        .into_any()
    })
}

/// What the address asks for.
#[derive(Clone, PartialEq)]
struct Asked {
    filter: FindingFilter,
    after: Option<String>,
    opened: Option<FindingId>,
    group: Option<FindingGrouping>,
}

/// A page, its groups where they are asked for, and what happened to the finding that is open.
type Loaded = (FindingList, Option<Vec<FindingGroup>>, Option<FindingStory>);

async fn load(asked: Asked) -> Result<Loaded, AppError> {
    let list = list_findings(asked.filter.clone(), asked.after).await?;
    let groups = match asked.group {
        Some(by) => Some(group_findings(asked.filter, by).await?),
        None => None,
    };
    let shown = |id: &FindingId| list.page.rows.iter().any(|row| row.id == *id);
    let story = match asked.opened.filter(shown) {
        Some(id) => Some(tell_finding(id).await?),
        None => None,
    };
    Ok((list, groups, story))
}

/// What can be done on the page.
#[derive(Clone, Copy)]
struct Deeds {
    change: Posted<ChangeFinding>,
    ticked: Posted<AcknowledgeFindings>,
}

/// What can be done, and by whom; what is shown beside the list.
struct Shown {
    deeds: Deeds,
    ticks: bool,
    story: Option<FindingStory>,
    groups: Option<(FindingGrouping, Vec<FindingGroup>)>,
}

impl Deeds {
    /// What came of the last deed.
    fn said(self) -> AnyView {
        let error = self.change.error().or_else(|| self.ticked.error());
        let error = error.map(|error| {
            view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> }
        });
        let done = self.ticked.value().and_then(Result::ok).map(|became| {
            let title = format!("{} acknowledged.", count(became.done, "finding"));
            let tone = if became.left == 0 {
                Tone::Ok
            } else {
                Tone::Warn
            };
            let left = (became.left > 0).then(|| {
                format!(
                    "{} left as it was: {}",
                    number(became.left),
                    became.why.join(" ")
                )
            });
            view! { <Notice tone title>{left}</Notice> }
        });
        view! { {error}{done} }.into_any()
    }
}

fn browse(
    list: FindingList,
    filter: &FindingFilter,
    after: Option<&str>,
    opened: Option<FindingId>,
    shown: &Shown,
) -> AnyView {
    let total = list.page.total.unwrap_or_default();
    let search =
        view! { <FacetSearch label="Finding or identity" value=filter.q.clone()/> }.into_any();
    let groups = facet_groups(&list.facets, filter);
    let views = facets::views(filter);
    let keep: Vec<(String, String)> = filter
        .identity
        .map(|id| ("identity".to_owned(), id.to_string()))
        .into_iter()
        .collect();
    let results = results(list, filter, after, opened, shown);
    view! {
        <SavedViews items=views/>
        <Browse>
            <FacetBar
                action=paths::findings()
                groups
                keep
                search
                done=format!("Show {}", count(total, "finding"))
            />
            <Results label="Findings">{results}</Results>
        </Browse>
    }
    .into_any()
}

fn results(
    list: FindingList,
    filter: &FindingFilter,
    after: Option<&str>,
    opened: Option<FindingId>,
    shown: &Shown,
) -> AnyView {
    let total = list.page.total.unwrap_or_default();
    let noun = if *filter == FindingFilter::default() {
        "open or acknowledged"
    } else {
        "findings"
    };
    let counted = view! { <Count shown=total noun/> }.into_any();
    let export = |format| facets::under(paths::export_findings(format), filter).to_string();
    let (csv, json) = (export("csv"), export("json"));
    let choice = groups::choice(filter, shown.groups.as_ref().map(|(by, _)| *by));
    let toolbar = view! {
        <Toolbar count=counted chips=facet_chips(&list.facets, filter) clear=paths::findings()>
            {choice}
            <Export csv json/>
        </Toolbar>
    };
    if let Some((_, groups)) = &shown.groups
        && !groups.is_empty()
    {
        let table = groups::table(groups.clone(), filter, list.now);
        return view! { {toolbar}{table} }.into_any();
    }
    if list.page.rows.is_empty() {
        return view! { {toolbar}{empty(filter)} }.into_any();
    }
    let here = facets::list(filter);
    let page = here.clone().with_some("after", after);
    let next = list
        .page
        .next
        .map(|cursor| here.clone().with("after", cursor).to_string());
    let rows = i64::try_from(list.page.rows.len()).unwrap_or_default();
    let text = match after {
        Some(_) => format!("{} more of {}", number(rows), number(total)),
        None => format!("1 to {} of {}", number(rows), number(total)),
    };
    let first = after.is_some().then(|| here.to_string());
    let around = row::Around {
        now: list.now,
        page,
        change: shown.deeds.change,
        ticks: shown.ticks,
        story: shown.story.clone(),
    };
    let bulk = shown.ticks.then(|| {
        view! {
            <PostForm to=shown.deeds.ticked attr:id=row::TICKED>
                <Bulk><Button kind=ButtonKind::Primary>"Acknowledge"</Button></Bulk>
            </PostForm>
        }
    });
    view! {
        {toolbar}
        {row::table(list.page.rows, opened, &around)}
        <Pager text first next/>
        {bulk}
    }
    .into_any()
}

fn empty(filter: &FindingFilter) -> AnyView {
    if *filter == FindingFilter::default() {
        return view! {
            <EmptyState title="No open findings" text="Every identity is judged when it changes, and all of them once a day. Findings appear here by themselves and go when their cause goes."/>
        }
        .into_any();
    }
    view! {
        <EmptyState title="No finding fits these filters" text="Take one of the filters away.">
            <ButtonLink href=paths::findings()>"Show all open findings"</ButtonLink>
        </EmptyState>
    }
    .into_any()
}
