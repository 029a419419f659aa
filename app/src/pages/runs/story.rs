//! One run as a story: the chain from the person to the deployment, and every event that belongs to it.

use contract::events::EventKind;
use contract::stories::{StoryEvent, StoryFound, StoryView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::strength;
use crate::api::stories::load_story;
use crate::components::{
    ButtonLink, Cell, Chain, ChainItem, Column, DataTable, Icon, Notice, Pick, Picks, Said, Status,
    TableKind, Tone, When,
};
use crate::format::{self, count};
use crate::layout::{Block, Crumb, DetailHead, Fact, Facts, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::text;

/// Draws the page.
#[component]
pub fn StoryPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        let run = params.with(|params| params.get("run").unwrap_or_default());
        let repository = query.with(|params| text(params, "repository"));
        (run, (!repository.is_empty()).then_some(repository))
    };
    let data = Resource::new(asked, |(run, repository)| load_story(run, repository));
    loaded(data, move |viewer, found| {
        let run = untrack(asked).0;
        let body = match found {
            StoryFound::One(story) => draw(&story),
            StoryFound::Several(repositories) => choose(&run, repositories),
        };
        view! {
            <Frame viewer=frame_viewer(&viewer) title=format!("Run {run}") section=RailItem::Events crumb=Crumb::new("Production deployments", paths::runs())>{body}</Frame>
        }
        .into_any()
    })
}

/// Several repositories have a run of this id.
fn choose(run: &str, repositories: Vec<String>) -> AnyView {
    let picks = repositories
        .into_iter()
        .map(|repository| {
            let href = paths::run(&repository, run);
            view! { <Pick href title=repository hint="its run of this id"/> }
        })
        .collect_view();
    view! {
        <Block id="h-choose" title="Which run?">
            <p class="muted">"Several repositories have a run of this id."</p>
            <Picks>{picks}</Picks>
        </Block>
    }
    .into_any()
}

fn draw(story: &StoryView) -> AnyView {
    let (head, chain, notes, events) = (head(story), chain(story), notes(story), events(story));
    view! { {head}{chain}{notes}{events} }.into_any()
}

fn head(story: &StoryView) -> AnyView {
    let (tone, icon, word) = match story.gaps {
        0 => (Tone::Ok, Icon::Ok, "Trail complete".to_owned()),
        1 => (Tone::Warn, Icon::High, "1 link not proven".to_owned()),
        more => (Tone::Warn, Icon::High, format!("{more} links not proven")),
    };
    let place = if story.production {
        "production"
    } else {
        "not production"
    };
    let (from, to, now) = (story.span.0, story.span.1, story.now);
    let lasted = format::span((to - from).num_seconds().max(0));
    let day = paths::runs_of(story.span.0.date_naive());
    let again = paths::run(&story.repository, &story.run_id);
    let events = count(
        i64::try_from(story.events.len()).unwrap_or_default(),
        "event",
    );
    view! {
        <DetailHead title=story.repository.clone() detail=format!("run {}", story.run_id) icon=Icon::Pipeline>
            <Facts>
                <Fact label="Trail"><Status tone icon>{word}</Status></Fact>
                <Fact label="Began"><When at=from now said=Said::Exact/></Fact>
                <Fact label="Took">{lasted}</Fact>
                <Fact label="Reached">{place}</Fact>
                <Fact label="Told by">{events}</Fact>
            </Facts>
            <p class="btn-row"><ButtonLink href=again small=true>"Check the trail"</ButtonLink><ButtonLink href=day small=true>"All deployments of the day"</ButtonLink></p>
        </DetailHead>
    }
    .into_any()
}

fn chain(story: &StoryView) -> AnyView {
    let items = story
        .chain
        .iter()
        .map(|link| {
            let href = link.event.map(paths::event);
            view! {
                <ChainItem
                    name=link.step.label()
                    strength=strength(link.standing)
                    word=link.standing.label()
                    says=link.says.clone()
                    href=href
                />
            }
        })
        .collect_view();
    view! {
        <Block id="h-chain" title="The chain" note="from the person to what was deployed">
            <Chain label="Links from the person to the deployment">{items}</Chain>
        </Block>
    }
    .into_any()
}

/// What the run did on the way: secrets it read, and how sure the story is.
fn notes(story: &StoryView) -> AnyView {
    let secrets: Vec<String> = story
        .events
        .iter()
        .filter(|event| event.row.kind == EventKind::SecretAccess)
        .filter_map(|event| event.row.target.clone())
        .collect();
    let secrets = (!secrets.is_empty()).then(|| {
        let mut names = secrets;
        names.sort_unstable();
        names.dedup();
        let words = format!("Secrets it read: {}.", names.join(", "));
        view! { <p class="small above">{words}</p> }
    });
    let cut = story.cut.then(|| {
        view! { <Notice tone=Tone::Warn title="There was more than is shown.">"So much happened around this run that only the first events of each identity were looked at."</Notice> }
    });
    view! { {cut}{secrets} }.into_any()
}

fn events(story: &StoryView) -> AnyView {
    let columns = vec![
        Column::new("Time"),
        Column::new("What happened"),
        Column::new("Belongs here because it"),
        Column::new("Source").gives_way(4),
    ];
    let rows = story
        .events
        .iter()
        .map(|event| row(event, story.now))
        .collect_view();
    view! {
        <Block id="h-events" title="Every event of it" note="oldest first">
            <DataTable caption="Events of the run, oldest first" columns kind=TableKind::Tight>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn row(event: &StoryEvent, now: chrono::DateTime<chrono::Utc>) -> AnyView {
    let href = paths::event(event.row.id);
    let who = match (&event.row.identity, &event.row.actor) {
        (Some((id, name)), _) => {
            let href = paths::identity(*id);
            view! { <a class="sub plain" href=href>{name.clone()}</a> }.into_any()
        }
        (None, Some(actor)) => view! { <span class="sub">{actor.clone()}</span> }.into_any(),
        (None, None) => ().into_any(),
    };
    let doubt = (!event.certain).then(|| {
        view! { <span class="sub"><Status tone=Tone::Unknown icon=Icon::Unknown>"another run could explain it too"</Status></span> }
    });
    let (at, sentence, because, source) = (
        event.row.occurred_at,
        event.row.sentence.clone(),
        event.because.clone(),
        event.row.source.1.clone(),
    );
    view! {
        <tr>
            <Cell class="fit" label="Time"><When at now said=Said::Clock/></Cell>
            <Cell class="c-main"><a class="ident-name" href=href>{sentence}</a>{who}</Cell>
            <Cell class="full" label="Because it">{because}{doubt}</Cell>
            <Cell class="fit c-4" label="Source">{source}</Cell>
        </tr>
    }
    .into_any()
}
