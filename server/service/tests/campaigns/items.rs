//! The items tab: pages in review order, filters, and whose items are seen.

use contract::campaigns::{ItemFilter, ItemOutcome};
use contract::ids::ItemId;
use service::campaigns;
use store::campaigns::{Of, items_page};

use crate::house::{House, INES, JONAS};

#[tokio::test]
async fn pages_hold_every_item_once_in_review_order() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let everything = ItemFilter::default();
    let list = campaigns::items(&house.op(INES), id, &everything, None)
        .await
        .expect("items");
    let whole: Vec<ItemId> = list.page.rows.iter().map(|row| row.id).collect();
    assert_eq!((whole.len(), list.page.total, list.all), (5, Some(5), 5));
    let ranks: Vec<(bool, i32)> = list
        .page
        .rows
        .iter()
        .map(|row| (!row.changed, -row.risk))
        .collect();
    assert!(ranks.is_sorted(), "{ranks:?}");

    let of = Of {
        campaign: id,
        reviewer: None,
    };
    let op = house.op(INES);
    let mut conn = op.db().acquire().await.expect("a connection");
    for size in 1..=3 {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = items_page(&mut conn, of, &everything, after.as_deref(), size)
                .await
                .expect("a page");
            seen.extend(page.rows.iter().map(|row| row.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, whole, "in pages of {size}");
    }
    let nowhere = Some("00000000-0000-7000-8000-000000000000");
    for cursor in [nowhere, Some("nonsense")] {
        let page = items_page(&mut conn, of, &everything, cursor, 2).await;
        assert_eq!(page.expect("the first page").rows[0].id, whole[0]);
    }
}

#[tokio::test]
async fn filters_narrow_and_count_what_the_viewer_may_see() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let everything = ItemFilter::default();
    let all = campaigns::items(&house.op(INES), id, &everything, None).await;
    let all = all.expect("all").page.rows;
    let one = &all[2];
    let named = ItemFilter {
        q: one.identity.1.to_uppercase(),
        reviewer: vec![one.reviewer.id],
        outcome: vec![ItemOutcome::Open],
        ..ItemFilter::default()
    };
    let found = campaigns::items(&house.op(INES), id, &named, None).await;
    let found = found.expect("found");
    assert!(found.page.rows.iter().any(|row| row.id == one.id));
    assert!(
        found
            .page
            .rows
            .iter()
            .all(|row| row.reviewer.id == one.reviewer.id)
    );
    assert_eq!(found.all, 5, "a search does not change how many there are");
    let approved = ItemFilter {
        outcome: vec![ItemOutcome::Approve],
        ..ItemFilter::default()
    };
    let none = campaigns::items(&house.op(INES), id, &approved, None).await;
    let none = none.expect("none");
    assert_eq!((none.page.rows.len(), none.page.total), (0, Some(0)));

    let own = campaigns::items(&house.op(JONAS), id, &everything, None).await;
    let own = own.expect("own");
    assert_eq!((own.page.rows.len(), own.all), (1, 1));
    let (_, reviewers) = own
        .facets
        .iter()
        .find(|(name, _)| name == "reviewer")
        .expect("facet");
    assert_eq!(reviewers.len(), 1, "who else is asked is not theirs to see");
}
