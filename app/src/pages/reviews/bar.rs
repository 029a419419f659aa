//! The decision bar and the way back from the last decision.

use contract::campaigns::{Advice, DecisionDraft, DecisionKind, ReviewItemView, ReviewQueue};
use contract::ids::ItemId;
use leptos::prelude::*;

use crate::api::reviews::WithdrawDecision;
use crate::components::{Decision, DecisionBar, Icon, KeysDialog};
use crate::form::{PostForm, Posted};
use crate::paths;

/// Id of the form that takes the last decision back; its button stands in the bar, inside another form.
const UNDO: &str = "undo-form";

/// Draws the bar; it stands inside the form it submits.
pub fn bar(item: &ReviewItemView, draft: Option<&DecisionDraft>, last: Option<String>) -> AnyView {
    let campaign = item.campaign.0;
    let chosen = draft.map(|draft| draft.decision);
    let link = |id: Option<ItemId>| id.map(|id| paths::review_item(campaign, id));
    let undo = last.map(|sentence| {
        view! {
            <span>{sentence}" "</span>
            <button class="link-btn" type="submit" form=UNDO data-key="u" aria-keyshortcuts="u">"Undo"</button>
        }
        .into_any()
    });
    let label = format!("Decide on {}", item.row.identity.1);
    let (previous, next) = (link(item.neighbours.0), link(item.neighbours.1));
    match undo {
        Some(undo) => {
            view! { <DecisionBar label decisions=decisions(item, chosen) undo previous next/> }
                .into_any()
        }
        None => view! { <DecisionBar label decisions=decisions(item, chosen) previous next/> }
            .into_any(),
    }
}

fn decisions(item: &ReviewItemView, chosen: Option<DecisionKind>) -> Vec<Decision> {
    if item.refused.is_some() {
        return Vec::new();
    }
    [
        (DecisionKind::Approve, 'a', Icon::Check, Advice::Approve),
        (DecisionKind::Modify, 'm', Icon::Edit, Advice::Modify),
        (DecisionKind::Revoke, 'r', Icon::Ban, Advice::Revoke),
        (
            DecisionKind::DontKnow,
            'd',
            Icon::Unknown,
            Advice::LookCloser,
        ),
    ]
    .into_iter()
    .map(|(kind, key, icon, advice)| Decision {
        value: kind.as_str().to_owned(),
        label: kind.label().to_owned(),
        key,
        icon,
        // "Look closer" advises no decision.
        advised: advice != Advice::LookCloser && item.recommendation.advice == advice,
        chosen: chosen == Some(kind),
        needs_reason: item
            .needs_reason
            .iter()
            .find(|(needing, _)| *needing == kind)
            .map(|(_, why)| why.clone()),
    })
    .collect()
}

/// What was decided last, in a sentence, where it can still be taken back.
pub fn last(queue: &ReviewQueue, done: Option<ItemId>) -> Option<String> {
    let row = queue
        .decided
        .iter()
        .find(|row| Some(row.id) == done)
        .filter(|_| queue.open_for_answers)?;
    Some(format!("{}: {}.", row.hint, row.identity.1))
}

/// Draws the form that takes an item's decision back; only its hidden part.
pub fn undo_form(item: ItemId, withdraw: Posted<WithdrawDecision>) -> AnyView {
    view! {
        <PostForm to=withdraw attr:id=UNDO>
            <input type="hidden" name="item" value=item.to_string()/>
        </PostForm>
    }
    .into_any()
}

/// Draws the last decision with its way back, where no bar stands.
pub fn undo(
    queue: &ReviewQueue,
    done: Option<ItemId>,
    withdraw: Posted<WithdrawDecision>,
) -> Option<AnyView> {
    let sentence = last(queue, done)?;
    let item = done?;
    Some(
        view! {
            {undo_form(item, withdraw)}
            <p class="undo-line">{sentence}" "<button class="link-btn" type="submit" form=UNDO data-key="u">"Undo"</button></p>
        }
        .into_any(),
    )
}

/// Draws the dialog that explains the keys.
pub fn keys() -> AnyView {
    let keys = [
        ("A", "approve"),
        ("M", "modify: the ticked changes are asked for"),
        ("R", "revoke"),
        (
            "D",
            "don’t know; goes to the next person who may know, with your question",
        ),
        (
            "Ctrl Enter",
            "in the reason: send the decision that asked for it; Esc leaves the field",
        ),
        (
            "G",
            "items that are alike, decided together with one reason",
        ),
        ("J", "next item"),
        ("K", "previous item"),
        ("U", "take the last decision back"),
        ("?", "this list"),
    ]
    .map(|(key, meaning)| (key.to_owned(), meaning.to_owned()))
    .to_vec();
    view! { <KeysDialog keys/> }.into_any()
}
