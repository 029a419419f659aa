//! Findings open and resolve by themselves, and people act on them.

use contract::findings::{
    FindingAction, FindingAge, FindingFilter, FindingInput, FindingRow, FindingState,
};
use service::Error;
use store::testing::script;

use crate::house::{self, DANA, House, INES, JONAS};

/// A static key of unknown age: two findings of its own.
async fn with_key(house: &House) {
    house
        .active(|form| {
            form.credential_type = "cloud_access_key".into();
            form.credential_reference = "AKIAIOSFODNN7EXAMPLE".into();
        })
        .await;
}

async fn find(house: &House, rule: &str, states: &[FindingState]) -> Vec<FindingRow> {
    let filter = FindingFilter {
        rule: vec![rule.into()],
        state: states.to_vec(),
        ..FindingFilter::default()
    };
    service::findings::list(&house.as_person(INES), &filter, None)
        .await
        .expect("list")
        .page
        .rows
}

fn input(row: &FindingRow, action: FindingAction, days: Option<i64>) -> FindingInput {
    FindingInput {
        finding: row.id,
        action,
        note: "The vendor offers no federation until spring".into(),
        days,
        scope: contract::findings::ExceptionScope::Finding,
        to: String::new(),
    }
}

#[tokio::test]
async fn several_are_acknowledged_each_by_itself() {
    let Some(house) = house::open().await else {
        return;
    };
    with_key(&house).await;
    let op = house.as_person(INES);
    let open = service::findings::list(&op, &FindingFilter::default(), None)
        .await
        .expect("list");
    let mut ids: Vec<_> = open.page.rows.iter().map(|row| row.id).collect();
    assert!(ids.len() >= 2, "a static key of unknown age");
    ids.push(contract::ids::FindingId::from(uuid::Uuid::nil()));
    let before = house.entries().await;
    let became = service::findings::acknowledge_all(&op, &ids)
        .await
        .expect("acknowledge");
    let done = i64::try_from(ids.len() - 1).expect("few");
    assert_eq!((became.done, became.left), (done, 1));
    assert_eq!(became.why.len(), 1, "{:?}", became.why);
    assert_eq!(house.entries().await - before, done, "one entry each");
    let again = service::findings::acknowledge_all(&op, &ids[..1])
        .await
        .expect("acknowledge");
    assert_eq!(
        (again.done, again.left),
        (0, 1),
        "it is acknowledged already"
    );
    let nothing = service::findings::acknowledge_all(&op, &[]).await;
    assert!(matches!(nothing, Err(Error::Invalid(_))), "{nothing:?}");
}

#[tokio::test]
async fn findings_are_narrowed_by_age_and_counted_for_each() {
    let Some(house) = house::open().await else {
        return;
    };
    with_key(&house).await;
    let op = house.as_person(INES);
    let all = service::findings::list(&op, &FindingFilter::default(), None)
        .await
        .expect("list");
    let old = all.page.rows[0].id;
    script(
        &house.services.db,
        format!("UPDATE findings SET opened_at = opened_at - interval '8 days' WHERE id = '{old}'"),
    )
    .await;
    let filter = FindingFilter {
        age: vec![FindingAge::Month],
        ..FindingFilter::default()
    };
    let list = service::findings::list(&op, &filter, None)
        .await
        .expect("list");
    let ids: Vec<_> = list.page.rows.iter().map(|row| row.id).collect();
    assert_eq!((ids, list.page.total), (vec![old], Some(1)));
    let (_, ages) = list
        .facets
        .iter()
        .find(|(facet, _)| facet == "age")
        .expect("a facet");
    let counts: Vec<i64> = ages.iter().map(|value| value.count).collect();
    let rest = all.page.total.expect("counted") - 1;
    assert_eq!(counts, [rest, 0, 1, 0]);
}

#[tokio::test]
async fn an_export_holds_what_the_list_shows() {
    let Some(house) = house::open().await else {
        return;
    };
    with_key(&house).await;
    let op = house.as_person(DANA);
    let filter = FindingFilter::default();
    let list = service::findings::list(&op, &filter, None)
        .await
        .expect("list");
    let page = service::findings::export_page(&op, &filter, None)
        .await
        .expect("export");
    assert_eq!(page.rows, list.page.rows);
    assert!(page.next.is_none() && page.rows.len() >= 2);
    let csv = [
        service::findings::csv_head().expect("head"),
        service::findings::csv_rows(&page.rows).expect("rows"),
    ]
    .concat();
    let csv = String::from_utf8(csv).expect("text");
    assert!(csv.starts_with("id,severity,title,"), "{csv}");
    assert_eq!(csv.lines().count(), page.rows.len() + 1);
    assert!(
        csv.contains("static_cloud_credential") && csv.contains("NHI"),
        "the rule and its controls: {csv}"
    );
}

#[tokio::test]
async fn a_finding_opens_with_its_identity_and_explains_itself() {
    let Some(house) = house::open().await else {
        return;
    };
    with_key(&house).await;
    let rows = find(&house, "static_cloud_credential", &[]).await;
    assert_eq!(rows.len(), 1);
    assert!(
        !rows[0].rationale.is_empty()
            && !rows[0].controls.is_empty()
            && !rows[0].evidence.is_empty()
    );
    assert_eq!(rows[0].team.as_ref().expect("team").slug, "payments");
    let list = service::findings::list(&house.as_person(DANA), &FindingFilter::default(), None)
        .await
        .expect("list");
    assert_eq!(
        list.page.total,
        Some(i64::try_from(list.page.rows.len()).expect("few"))
    );
}

#[tokio::test]
async fn an_exception_lowers_the_risk_and_ends_by_itself() {
    let Some(house) = house::open().await else {
        return;
    };
    with_key(&house).await;
    let row = find(&house, "static_cloud_credential", &[]).await.remove(0);
    let risk = async || {
        let id = row.identity.as_ref().expect("identity").0;
        service::identities::view(&house.as_person(INES), id)
            .await
            .expect("view")
            .row
            .risk
    };
    let (before, entries) = (risk().await, house.entries().await);

    let foreign = service::findings::change(
        &house.as_person(DANA),
        &input(&row, FindingAction::Except, Some(30)),
    )
    .await;
    assert!(matches!(foreign, Err(Error::Forbidden(_))));
    let endless = service::findings::change(
        &house.as_person(JONAS),
        &input(&row, FindingAction::Except, None),
    )
    .await;
    assert!(matches!(endless, Err(Error::Invalid(errors)) if errors[0].field == "days"));
    assert_eq!(house.entries().await, entries);

    service::findings::change(
        &house.as_person(JONAS),
        &input(&row, FindingAction::Except, Some(30)),
    )
    .await
    .expect("excepted");
    assert_eq!(house.entries().await, entries + 1);
    assert!(risk().await < before);

    house.wait(29);
    service::posture::recompute_all(&house.system())
        .await
        .expect("nightly");
    assert_eq!(
        find(&house, "static_cloud_credential", &[FindingState::Excepted])
            .await
            .len(),
        1
    );
    house.wait(2);
    service::posture::recompute_all(&house.system())
        .await
        .expect("nightly");
    let open = find(&house, "static_cloud_credential", &[FindingState::Open]).await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].id, row.id, "the same finding comes back");
    assert_eq!(risk().await, before);
}

#[tokio::test]
async fn time_makes_reviews_overdue_and_a_removed_identity_resolves_its_findings() {
    use contract::identities::Transition;
    let Some(house) = house::open().await else {
        return;
    };
    let id = house.active(|_| {}).await;
    assert_eq!(find(&house, "overdue_review", &[]).await.len(), 0);
    house.wait(91);
    let done = service::posture::recompute_all(&house.system())
        .await
        .expect("nightly");
    assert_eq!(done.identities, 1);
    assert_eq!(find(&house, "overdue_review", &[]).await.len(), 1);
    let again = service::posture::recompute_all(&house.system())
        .await
        .expect("idempotent");
    assert_eq!(again, done);
    assert_eq!(
        find(&house, "overdue_review", FindingState::ALL)
            .await
            .len(),
        1
    );

    service::identities::change_state(
        &house.as_person(INES),
        &house::take(id, Transition::Decommission),
    )
    .await
    .expect("disabled");
    assert_eq!(
        find(&house, "overdue_review", &[FindingState::Resolved])
            .await
            .len(),
        1
    );

    let overview = service::overview::view(&house.as_person(INES))
        .await
        .expect("overview");
    assert_eq!(overview.today.identities, 1);
    assert_eq!(overview.opened.len(), 30);
    assert_eq!(overview.teams[0].team.slug, "payments");
}

#[tokio::test]
async fn only_rollcall_itself_judges_everything() {
    let Some(house) = house::open().await else {
        return;
    };
    assert!(matches!(
        service::posture::recompute_all(&house.as_person(INES)).await,
        Err(Error::Refused(_))
    ));
}

#[tokio::test]
async fn the_overview_tells_of_the_running_campaign() {
    use contract::campaigns::CampaignInput;
    let Some(house) = house::open().await else {
        return;
    };
    house.active(|_| {}).await;
    let ines = house.as_person(INES);
    assert!(
        service::overview::view(&ines)
            .await
            .expect("overview")
            .campaign
            .is_none()
    );
    let input = CampaignInput {
        name: "Q4 2026 access review".into(),
        due_on: "2026-12-15".into(),
        ..CampaignInput::default()
    };
    let id = service::campaigns::create(&ines, input)
        .await
        .expect("created");
    service::campaigns::start_accepting(
        &ines,
        id,
        "No source is connected in this test of the roll",
    )
    .await
    .expect("started");
    let overview = service::overview::view(&ines).await.expect("overview");
    assert_eq!(overview.campaign.expect("running").row.items, 1);
    assert_eq!(overview.campaign_teams[0].team, "Payments");
}
