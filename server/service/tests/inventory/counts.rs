//! The counts beside the facets are kept, not counted: they must be what counting would give, at any moment.

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{IdentityFilter, IdentitySort, IdentityState, Transition};
use service::identities;
use store::identities::facets;

use crate::house::{self, AIKO, House, INES, take};

/// What every identity of [`roll`] has in its name, so that a search for it finds them all by counting rows.
const WORD: &str = "kept";

async fn roll(house: &House) {
    for n in 0..6 {
        house
            .active(|form| {
                form.name = format!("{WORD}-{n}");
                form.selectors = format!("repository acme/{WORD}-{n}");
                form.environments = vec![if n % 2 == 0 { "production" } else { "staging" }.into()];
                form.credential_type = if n < 3 { "api_key" } else { "oidc_federation" }.into();
                form.permissions = "aws s3:GetObject *".into();
            })
            .await;
    }
    let mut conn = house.services.db.acquire().await.expect("connects");
    store::testing::execute(
        &mut conn,
        "UPDATE identities SET rotation_unknown = false, rotation_due_at = created_at + right(name, 1)::int * interval '9 days',
             next_review_at = created_at + right(name, 1)::int * interval '11 days', last_reviewed_at = created_at",
    )
    .await;
}

/// Facets, total and count of all, by kept counts and by counting, at a moment.
async fn both(house: &House, now: DateTime<Utc>) -> [String; 2] {
    let mut seen = Vec::new();
    for q in ["", WORD] {
        let mut op = house.as_person(AIKO);
        op.now = now;
        let filter = IdentityFilter {
            q: q.to_owned(),
            environment: vec![contract::identities::Environment::Production],
            ..IdentityFilter::default()
        };
        let list = identities::list(&op, &filter, IdentitySort::Name, None)
            .await
            .expect("lists");
        // A search has no views beside it.
        let facets: Vec<_> = list
            .facets
            .into_iter()
            .filter(|(name, _)| name != "view")
            .collect();
        seen.push(format!("{:?} {} {facets:?}", list.page.total, list.all));
    }
    seen.try_into().expect("two")
}

async fn miscounted(house: &House) -> i64 {
    let mut conn = house.services.db.acquire().await.expect("connects");
    facets::miscounted(&mut conn).await.expect("asks")
}

#[tokio::test]
async fn kept_counts_are_what_counting_gives_before_and_after_rows_turn() {
    let Some(house) = house::open().await else {
        return;
    };
    roll(&house).await;
    let start = house.as_person(AIKO).now;
    let mut different = std::collections::BTreeSet::new();
    for days in [-400, -1, 0, 5, 14, 20, 31, 60, 400, 4000] {
        let [kept, counted] = both(&house, start + TimeDelta::days(days)).await;
        assert_eq!(kept, counted, "{days} days on");
        different.insert(kept);
    }
    assert!(
        different.len() >= 5,
        "time changes the counts: {different:?}"
    );
    assert_eq!(miscounted(&house).await, 0);
}

#[tokio::test]
async fn kept_counts_follow_every_change_and_survive_folding() {
    let Some(house) = house::open().await else {
        return;
    };
    roll(&house).await;
    let ids: Vec<_> = {
        let op = house.as_person(INES);
        let list = identities::list(&op, &IdentityFilter::default(), IdentitySort::Name, None)
            .await
            .expect("lists");
        list.page.rows.into_iter().map(|row| row.id).collect()
    };
    for round in 0..30 {
        let transition = if round % 2 == 0 {
            Transition::Suspend
        } else {
            Transition::Reactivate
        };
        for id in &ids {
            identities::change_state(&house.as_person(INES), &take(*id, transition))
                .await
                .expect("changes");
        }
        if round % 10 == 4 {
            let system = house.services.system("inventory-counts");
            identities::fold_counts(&system).await.expect("folds");
        }
        assert_eq!(miscounted(&house).await, 0, "round {round}");
    }
    let mut conn = house.services.db.acquire().await.expect("connects");
    let rows = store::testing::texts(&mut conn, "SELECT n::text FROM identity_counts").await;
    assert!(rows.len() < 200, "{} rows are not folded", rows.len());
    drop(conn);
    let filter = IdentityFilter {
        state: vec![IdentityState::Active],
        ..IdentityFilter::default()
    };
    let list = identities::list(&house.as_person(INES), &filter, IdentitySort::Name, None)
        .await
        .expect("lists");
    assert_eq!(list.page.total, Some(6));
}
