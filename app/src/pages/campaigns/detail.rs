//! One campaign: draft with its preview, running with its progress, closed, sealed with its evidence.

use contract::campaigns::{
    CampaignState, CampaignView, ItemFilter, ItemList, SilenceView, TaskBoard,
};
use contract::ids::CampaignId;
use contract::messages::MessageRow;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::actions::{self, Actions};
use super::{draft, evidence, filter, items, messages, progress, remediation, silence, state};
use crate::api::campaigns::{
    StepTask, list_items, list_messages, load_board, load_campaign, load_silence,
};
use crate::components::{LinkItem, Notice, Tabs, Tone, When};
use crate::error::AppError;
use crate::form::Posted;
use crate::format::{counted, day_minute, number};
use crate::layout::{Crumb, DetailHead, Fact, Facts, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::text;

/// Draws a campaign.
#[component]
pub fn CampaignPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let actions = Actions::new();
    let step = Posted::<StepTask>::new();
    let silent = silence::Forms::new();
    let key = move || {
        let id = params.read().get("id").unwrap_or_default();
        query.with(|q| {
            let task = text(q, "task");
            (id, text(q, "tab"), filter::read(q), text(q, "after"), task)
        })
    };
    let data = Resource::new(key, |(id, tab, filter, after, task)| async move {
        let id: CampaignId = id
            .parse()
            .map_err(|_| AppError::NotFound("There is no such campaign.".to_owned()))?;
        let view = load_campaign(id).await?;
        let further = !after.is_empty();
        let shown = match tab.as_str() {
            "items" => {
                let list = list_items(id, filter, further.then_some(after)).await?;
                Shown::Items(Box::new(list))
            }
            "remediation" => Shown::Board(Box::new(load_board(id, task.parse().ok()).await?)),
            "messages" => Shown::Messages(list_messages(id).await?),
            "silence" => Shown::Silence(Box::new(load_silence(id).await?)),
            _ => Shown::Own,
        };
        Ok((view, tab, shown))
    });
    loaded(data, move |viewer, (view, tab, shown)| {
        let asked = query.with_untracked(|q| (filter::read(q), !text(q, "after").is_empty()));
        let crumb = Crumb::new("Campaigns", paths::campaigns());
        let title = view.row.name.clone();
        let primary = actions::primary(&view);
        view! {
            <Frame viewer=frame_viewer(&viewer) title=title section=RailItem::Campaigns crumb=crumb action=primary>
                {head(&view)}
                {actions.failed()}
                {tabs(&view, &tab)}
                {body(&view, &tab, shown, &asked, step, silent)}
                {actions::dialogs(&view, actions)}
            </Frame>
        }
        .into_any()
    })
}

/// What a tab shows besides the campaign itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Shown {
    Own,
    Items(Box<ItemList>),
    Board(Box<TaskBoard>),
    Messages(Vec<MessageRow>),
    Silence(Box<SilenceView>),
}

fn head(view: &CampaignView) -> AnyView {
    let row = view.row.clone();
    let notes = view.notes.clone();
    let now = view.now;
    let started = row.started_at.is_some();
    let population = if started {
        counted(row.items, "identity", "identities")
    } else {
        counted(
            view.preview.as_ref().map_or(0, |p| p.count),
            "identity",
            "identities",
        ) + ", not frozen yet"
    };
    let decided = started.then(|| {
        let words = format!(
            "{} approve, {} modify, {} revoke, {} don’t know",
            number(row.approved),
            number(row.modified),
            number(row.revoked),
            number(row.unknown)
        );
        view! { <Fact label="Decided">{words}</Fact> }
    });
    let left = row
        .closed_at
        .is_none()
        .then(|| view! { " "<span class="muted"><When at=row.due_at now/></span> });
    let closed = row
        .closed_at
        .map(|at| view! { <Fact label="Closed"><When at now/></Fact> });
    let sealed = row
        .sealed_at
        .map(|at| view! { <Fact label="Sealed"><When at now/></Fact> });
    let unanswered = (row.not_reviewed > 0)
        .then(|| view! { <Fact label="Not reviewed">{number(row.not_reviewed)}</Fact> });
    let stages = i64::try_from(view.policy.stages.len()).unwrap_or(1);
    let stage = (row.state == CampaignState::Active && stages > 1).then(|| {
        view! { <Fact label="Stage">{format!("{} of {stages}", view.stage)}</Fact> }
    });
    let by = row
        .created_by
        .map(|by| view! { <Fact label="Made by">{by.name}</Fact> });
    let notes = (!notes.is_empty())
        .then(|| view! { <Notice tone=Tone::Info title="To reviewers:">{notes}</Notice> });
    view! {
        <DetailHead title=row.name.clone() badges=state::badge(row.state) lead=format!("{}.", view.query)>
            <Facts>
                <Fact label="Due"><b>{day_minute(row.due_at)}" UTC"</b>{left}</Fact>
                <Fact label="Population">{population}</Fact>
                {stage}{decided}{unanswered}{closed}{sealed}{by}
            </Facts>
            {notes}
        </DetailHead>
    }
    .into_any()
}

fn tabs(view: &CampaignView, tab: &str) -> Option<AnyView> {
    if matches!(
        view.row.state,
        CampaignState::Draft | CampaignState::Preview
    ) || view.row.started_at.is_none()
    {
        return None;
    }
    let id = view.row.id;
    let on = |word: &str| {
        tab == word
            || (word == "progress"
                && !matches!(
                    tab,
                    "items" | "evidence" | "messages" | "remediation" | "silence"
                ))
    };
    let mut items = vec![
        LinkItem::new("Progress", paths::campaign(id)).current(on("progress")),
        LinkItem::new("Items", paths::campaign_tab(id, "items"))
            .count(view.row.items)
            .current(on("items")),
        LinkItem::new("Remediation", paths::campaign_tab(id, "remediation"))
            .count(view.open_tasks)
            .current(on("remediation")),
        LinkItem::new("Evidence", paths::campaign_tab(id, "evidence")).current(on("evidence")),
    ];
    if view.may_read_evidence {
        let link = LinkItem::new("Messages", paths::campaign_tab(id, "messages"));
        items.insert(3, link.current(on("messages")));
    }
    if silence::has_tab(view) {
        let link = LinkItem::new("Silence", paths::campaign_tab(id, "silence"));
        items.insert(3, link.current(on("silence")));
    }
    Some(view! { <Tabs label="Campaign" items/> }.into_any())
}

fn body(
    view: &CampaignView,
    tab: &str,
    shown: Shown,
    (filter, further): &(ItemFilter, bool),
    step: Posted<StepTask>,
    silent: silence::Forms,
) -> AnyView {
    match (view.row.state, view.row.started_at, tab) {
        (CampaignState::Draft | CampaignState::Preview, ..) => draft::preview(view),
        (_, None, _) => view! { <Notice tone=Tone::Info>"It was called off before it was started; nothing was frozen."</Notice> }.into_any(),
        (_, _, "evidence") => evidence::tab(view),
        _ => match shown {
            Shown::Items(list) => items::tab(view, *list, filter, *further),
            Shown::Board(board) => remediation::tab(view, &board, step),
            Shown::Messages(rows) => messages::tab(view, rows),
            Shown::Silence(silence) => silence::tab(view, *silence, silent),
            Shown::Own => progress::tab(view),
        },
    }
}
