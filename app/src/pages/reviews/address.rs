//! Addresses of the review page: the item, what was decided last, and what was typed and not taken.

use contract::campaigns::{DecisionDraft, DecisionKind};
use contract::ids::{CampaignId, ItemId};
use leptos_router::params::ParamsMap;

use crate::paths;
use crate::query::{Address, one, text, words};

/// Where an answer leads: the next item, or the end of the queue.
pub fn after(campaign: CampaignId, decided: ItemId, next: Option<ItemId>) -> String {
    let path = next.map_or_else(
        || paths::review(campaign),
        |next| paths::review_item(campaign, next),
    );
    Address::new(path).with("done", decided).to_string()
}

/// The same item with what was typed; long reasons are cut where an address would break.
pub fn again(campaign: CampaignId, item: ItemId, draft: &DecisionDraft) -> String {
    let reason: String = draft.reason.chars().take(1_500).collect();
    let address = Address::new(paths::review_item(campaign, item))
        .with("chose", draft.decision)
        .with("reason", reason)
        .with_each("target", &draft.targets);
    format!("{address}#answer")
}

/// What was typed and not taken.
pub fn draft(params: &ParamsMap) -> Option<DecisionDraft> {
    Some(DecisionDraft {
        decision: one::<DecisionKind>(params, "chose")?,
        reason: text(params, "reason"),
        targets: words(params, "target"),
    })
}

/// The item decided just before.
pub fn done(params: &ParamsMap) -> Option<ItemId> {
    one(params, "done")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_survives_the_way_back() {
        let id: uuid::Uuid = "018f0000-0000-7000-8000-000000000001".parse().expect("id");
        let draft = DecisionDraft {
            decision: DecisionKind::Modify,
            reason: "50% & more?".into(),
            targets: vec!["permission:1".into()],
        };
        let address = again(id.into(), id.into(), &draft);
        assert!(
            address
                .contains("chose=modify&reason=50%25%20%26%20more%3F&target=permission%3A1#answer"),
            "{address}"
        );
    }
}
