//! The list: filters, facets, orders, pages; the SQL judgements equal the domain's.

use std::collections::BTreeSet;

use contract::identities::{
    CredentialClass, Environment, IdentityFilter, IdentitySort, IdentityState, ReviewState,
    RotationState,
};
use service::Error;

use crate::house::{self, AIKO, House, INES};

/// Seven active identities and their facts.
async fn seven(house: &House) {
    for n in 0..7 {
        house
            .active(|form| {
                form.name = format!("svc-{n} · run");
                form.selectors = format!("repository acme/svc-{n}");
                form.environments = vec![if n % 2 == 0 { "production" } else { "staging" }.into()];
                form.credential_type = if n < 3 { "api_key" } else { "oidc_federation" }.into();
                form.permissions = "aws s3:GetObject *".into();
            })
            .await;
    }
}

#[tokio::test]
async fn facets_count_what_each_value_would_show() {
    let Some(house) = house::open().await else {
        return;
    };
    seven(&house).await;
    let filter = IdentityFilter {
        environment: vec![Environment::Production],
        credential: vec![CredentialClass::Static],
        ..IdentityFilter::default()
    };
    let list = service::identities::list(&house.as_person(AIKO), &filter, IdentitySort::Name, None)
        .await
        .expect("list");
    assert_eq!(list.page.total, Some(2));
    assert_eq!(list.all, 7);
    let names: Vec<&str> = list.page.rows.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["svc-0 · run", "svc-2 · run"]);
    let count = |facet: &str, value: &str| {
        let (_, values) = list
            .facets
            .iter()
            .find(|(name, _)| name == facet)
            .expect("facet");
        values.iter().find(|v| v.value == value).map(|v| v.count)
    };
    assert_eq!(
        count("environment", "staging"),
        Some(1),
        "staging and static"
    );
    assert_eq!(
        count("credential", "federated"),
        Some(2),
        "federated in production"
    );
    assert_eq!(count("team", "payments"), Some(2));
    assert_eq!(count("view", "all"), Some(7));
    assert!(
        list.page
            .rows
            .iter()
            .all(|r| r.rotation == RotationState::UnknownAge)
    );
}

#[tokio::test]
async fn late_is_a_review_or_a_rotation() {
    let Some(house) = house::open().await else {
        return;
    };
    seven(&house).await;
    let late = async || {
        let filter = IdentityFilter {
            overdue: true,
            ..IdentityFilter::default()
        };
        let op = house.as_person(INES);
        let list = service::identities::list(&op, &filter, IdentitySort::Name, None)
            .await
            .expect("list");
        assert_eq!(
            list.page.total,
            i64::try_from(list.page.rows.len()).ok(),
            "the count and the rows agree"
        );
        assert!(list.page.rows.iter().all(|row| {
            row.review == ReviewState::Overdue || row.rotation == RotationState::Overdue
        }));
        list.page.rows.len()
    };
    assert_eq!(late().await, 0, "nothing is late on the first day");
    house.wait(120);
    assert_eq!(late().await, 7, "every review was due after 90 days");
}

#[tokio::test]
async fn words_are_found_literally_and_nonsense_finds_nothing() {
    let Some(house) = house::open().await else {
        return;
    };
    seven(&house).await;
    let total = async |q: &str| {
        let filter = IdentityFilter {
            q: q.into(),
            ..IdentityFilter::default()
        };
        let list =
            service::identities::list(&house.as_person(INES), &filter, IdentitySort::Risk, None)
                .await
                .expect("list");
        list.page.total
    };
    assert_eq!(total("SVC-3").await, Some(1));
    assert_eq!(total("acme/svc-4").await, Some(1));
    assert_eq!(total("svc payments").await, Some(7));
    for nonsense in ["%", "_____", "'; DROP TABLE identities; --", "\\"] {
        assert_eq!(total(nonsense).await, Some(0), "{nonsense}");
    }
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap_in_every_order() {
    let Some(house) = house::open().await else {
        return;
    };
    seven(&house).await;
    let filter = IdentityFilter::default();
    let mut conn = house.services.db.acquire().await.expect("conn");
    let now = house.system().now;
    for sort in IdentitySort::ALL.iter().copied() {
        let mut seen = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page =
                store::identities::list::page(&mut conn, &filter, sort, after.as_deref(), 2, now)
                    .await
                    .expect("page");
            seen.extend(page.rows.iter().map(|row| row.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 7, "{sort}");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7, "{sort}");
    }
    let damaged = service::identities::list(
        &house.as_person(INES),
        &filter,
        IdentitySort::Risk,
        Some("x.y"),
    )
    .await;
    assert_eq!(damaged.expect("the first page").page.rows.len(), 7);
}

#[tokio::test]
async fn what_is_gone_is_shown_only_when_asked_for() {
    let Some(house) = house::open().await else {
        return;
    };
    seven(&house).await;
    let ines = house.as_person(INES);
    let id = service::identities::request(&ines, &house::request())
        .await
        .expect("requested");
    let reject = house::take(id, contract::identities::Transition::Reject);
    service::identities::change_state(&ines, &reject)
        .await
        .expect("rejected");
    let total = async |state: Vec<IdentityState>| {
        let filter = IdentityFilter {
            state,
            ..IdentityFilter::default()
        };
        service::identities::list(&ines, &filter, IdentitySort::Risk, None)
            .await
            .expect("list")
            .page
            .total
    };
    assert_eq!(total(vec![]).await, Some(7));
    assert_eq!(total(vec![IdentityState::Rejected]).await, Some(1));
}

#[tokio::test]
async fn an_empty_house_and_a_stranger() {
    let Some(house) = house::open().await else {
        return;
    };
    let ines = house.as_person(INES);
    let list =
        service::identities::list(&ines, &IdentityFilter::default(), IdentitySort::Risk, None)
            .await
            .expect("list");
    assert_eq!((list.all, list.page.total), (0, Some(0)));
    let overview = service::overview::view(&ines).await.expect("overview");
    assert_eq!(overview.today.identities, 0);
    assert_eq!(
        service::people::list(&ines, None)
            .await
            .expect("people")
            .page
            .rows
            .len(),
        4
    );
    assert_eq!(
        service::people::view_team(&ines, "payments")
            .await
            .expect("team")
            .members
            .len(),
        1
    );
    assert!(matches!(
        service::people::view_team(&ines, "nobody").await,
        Err(Error::NotFound(_))
    ));
    let gone = service::identities::view(&ines, contract::ids::IdentityId(uuid::Uuid::nil())).await;
    assert!(matches!(gone, Err(Error::NotFound(_))));
    let stranger = house.services.op(
        domain::access::Actor::Anonymous,
        service::OpKind::Request,
        "test",
    );
    assert!(matches!(
        service::overview::view(&stranger).await,
        Err(Error::Refused(_))
    ));
}
