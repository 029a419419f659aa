//! One item, one screen: the queue at the left, the facts in reading order, the decision bar below.
//!
//! A real form around everything: without a script it reads, decides and comes back just the same.

use contract::campaigns::{DecisionDraft, ReviewItemView, ReviewPageView};
use contract::ids::ItemId;
use contract::people::PersonRef;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{address, bar, facts, queue, reasons};
use crate::api::reviews::{DecideItem, ReassignItem, WithdrawDecision, load_review};
use crate::components::{
    Badge, Button, ButtonKind, ButtonLater, ButtonLink, Choice, Glyph, Icon, Level, Notice, Risk,
    SelectField, TextArea, Tone,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::islands::NextItem;
use crate::layout::{Crumb, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// The three things a person can do with an item.
#[derive(Clone, Copy)]
struct Actions {
    decide: Posted<DecideItem>,
    withdraw: Posted<WithdrawDecision>,
    reassign: Posted<ReassignItem>,
}

/// Draws the review page.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let actions = Actions {
        decide: Posted::new(),
        withdraw: Posted::new(),
        reassign: Posted::new(),
    };
    let key = move || {
        (
            params.read().get("item").unwrap_or_default(),
            query.with(address::draft),
        )
    };
    let data = Resource::new(key, |(item, draft)| async move {
        let item: ItemId = item
            .parse()
            .map_err(|_| AppError::NotFound("There is no such item.".to_owned()))?;
        load_review(item, draft).await
    });
    loaded(data, move |viewer, page| {
        let (draft, done) =
            query.with_untracked(|query| (address::draft(query), address::done(query)));
        let title = page.item.campaign.1.clone();
        let mine = viewer.id == page.item.row.reviewer.id;
        let (crumb, section) = if mine {
            (
                Crumb::new("My reviews", paths::my_reviews()),
                RailItem::MyReviews,
            )
        } else {
            (
                Crumb::new(
                    "Campaign",
                    paths::campaign_tab(page.item.campaign.0, "items"),
                ),
                RailItem::Campaigns,
            )
        };
        let action = sign_off(&page);
        let body = body(&page, draft.as_ref(), done, actions);
        view! {
            <Frame viewer=frame_viewer(&viewer) title=title section=section crumb=crumb action=action>
                {body}
                {bar::keys()}
            </Frame>
            <NextItem/>
        }
        .into_any()
    })
}

fn sign_off(page: &ReviewPageView) -> AnyView {
    let action = match page.queue.open.len() {
        0 => view! { <ButtonLink href=paths::review(page.item.campaign.0)>"All decided"</ButtonLink> }.into_any(),
        open => view! { <ButtonLater><span class="wide-only">"Finished after "</span>{format!("{open} more")}</ButtonLater> }.into_any(),
    };
    view! { <div class="as-is" data-fresh="action">{action}</div> }.into_any()
}

fn body(
    page: &ReviewPageView,
    draft: Option<&DecisionDraft>,
    done: Option<ItemId>,
    actions: Actions,
) -> AnyView {
    let item = &page.item;
    let last = bar::last(&page.queue, done);
    let undo = last
        .as_ref()
        .and(done)
        .map(|done| bar::undo_form(done, actions.withdraw));
    let place = format!("Item {} of {}", item.place.0, item.place.1);
    let (carried, queue, article, bar) = (
        carried(item, &place, page.queue.open.len()),
        queue::queue(&page.queue, item.row.id),
        article(page, draft, &place),
        bar::bar(item, draft, last),
    );
    view! {
        <div hidden data-fresh="undo-form">{undo}</div>
        <PostForm to=actions.decide attr:class="review">
            {carried}
            {queue}
            {article}
            {bar}
        </PostForm>
        {taken_back(item, actions)}
        {hand_on(item, &page.handover, actions)}
    }
    .into_any()
}

/// What the answer carries of the page it was given on, and the way to the queue on a narrow screen.
fn carried(item: &ReviewItemView, place: &str, open: usize) -> AnyView {
    view! {
        <input type="hidden" name="campaign" value=item.campaign.0.to_string()/>
        <input type="hidden" name="item" value=item.row.id.to_string()/>
        <input type="hidden" name="hash" value=item.hash.clone()/>
        <input type="hidden" name="seen_current_hash" value=item.current_hash.clone().unwrap_or_default()/>
        <input type="hidden" name="seen_answers" value=item.answers.to_string()/>
        <input type="hidden" name="shown_at" value=item.now.to_rfc3339()/>
        <a class="facets-open narrow-only" href="#queue" rel="external">
            <Glyph icon=Icon::Density/>{place.to_owned()}" "<span class="muted">{format!("{open} open")}</span><Glyph icon=Icon::ChevronDown/>
        </a>
    }
    .into_any()
}

fn article(page: &ReviewPageView, draft: Option<&DecisionDraft>, place: &str) -> AnyView {
    let item = &page.item;
    view! {
        <article class="item" aria-labelledby="item-h">
            {head(item, place)}
            <div>
                {facts::changed(item)}
                {reasons::answer(item, draft, page.problem.as_ref())}
                {facts::permissions(item)}
            </div>
            <div>
                {facts::credentials(item)}
                {facts::usage(item)}
                {facts::trust(item)}
                {facts::findings(item)}
                {facts::before(item)}
                {facts::basis(item)}
            </div>
        </article>
    }
    .into_any()
}

fn head(item: &ReviewItemView, place: &str) -> AnyView {
    let (name, detail) = queue::split(&item.row.identity.1);
    let team = item
        .row
        .team
        .clone()
        .unwrap_or_else(|| "no team".to_owned());
    let privileged = item
        .row
        .privileged_production
        .then(|| view! { <Badge icon=Icon::Lock>"Privileged in production"</Badge> });
    let decided = item.decision.as_ref().map(|d| {
        let words = format!(
            "{} by {}. A new decision replaces it; this one stays in the record.",
            d.decision.label(),
            d.by.name
        );
        view! { <Notice tone=Tone::Info title="Decided.">{words}</Notice> }
    });
    let level = match item.row.risk {
        ..=24 => Level::Low,
        25..=49 => Level::Medium,
        50..=74 => Level::High,
        _ => Level::Critical,
    };
    let purpose = if item.purpose.is_empty() {
        "Its purpose is not written down.".to_owned()
    } else {
        item.purpose.clone()
    };
    let owner = item.owner.clone().map_or_else(
        || "nobody owns it".to_owned(),
        |owner| format!("owned by {owner}"),
    );
    view! {
        <header>
            <p class="small faint wide-only">{format!("{place}, {team}")}</p>
            <div class="title-row">
                <h1 id="item-h">{name.to_owned()}{detail.map(|rest| view! { " "<span>{format!("· {rest}")}</span> })}</h1>
                {privileged}
                <Risk score=Some(i64::from(item.row.risk)) level/>
            </div>
            <p class="lead">{purpose}</p>
            <p class="small muted">{format!("{}; {owner}", item.what)}</p>
            {decided}
        </header>
    }
    .into_any()
}

/// The way back from the decision on this very item.
fn taken_back(item: &ReviewItemView, actions: Actions) -> Option<AnyView> {
    let withdraw = actions.withdraw;
    let id = item.row.id.to_string();
    item.may_withdraw.then(|| {
        view! {
            <div class="item-aside">
                <PostForm to=withdraw>
                    <input type="hidden" name="item" value=id/>
                    <Button kind=ButtonKind::Quiet small=true>"Take this decision back"</Button>
                </PostForm>
            </div>
        }
        .into_any()
    })
}

/// Handing the item on, for those who run the campaign.
fn hand_on(item: &ReviewItemView, people: &[PersonRef], actions: Actions) -> Option<AnyView> {
    if people.is_empty() {
        return None;
    }
    let options = people
        .iter()
        .filter(|person| person.id != item.row.reviewer.id)
        .map(|person| Choice::new(person.id.to_string(), person.name.clone()))
        .collect::<Vec<_>>();
    let reassign = actions.reassign;
    let (campaign, id) = (item.campaign.0.to_string(), item.row.id.to_string());
    let failed = reassign.error();
    let open = failed.is_some();
    let (to, why) = (reassign.typed("to"), reassign.typed("why"));
    let error = failed.map(|failed| {
        view! { <Notice tone=Tone::Warn title=failed.title() urgent=true>{failed.to_string()}</Notice> }
    });
    Some(
        view! {
            <div class="item-aside">
                <details open=open>
                    <summary>"Hand this item to somebody else"</summary>
                    {error}
                    <PostForm to=reassign>
                        <input type="hidden" name="campaign" value=campaign/>
                        <input type="hidden" name="item" value=id/>
                        <SelectField name="to" label="New reviewer" options=options value=to error=reassign.of_field("to") prompt="Choose a person" required=true/>
                        <TextArea name="why" label="Why" hint="It stays in the item’s record." value=why error=reassign.of_field("reason") required=true rows=2/>
                        <Button>"Hand it on"</Button>
                    </PostForm>
                </details>
            </div>
        }
        .into_any(),
    )
}
