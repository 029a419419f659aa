//! Rotations: a newer generation takes over, an overlap keeps the peace, policies move the limit, and secrets are
//! refused at the door.

use chrono::TimeDelta;
use contract::findings::FindingFilter;
use contract::identities::{
    CredentialClass, CredentialView, IdentityView, KeepingInput, PolicyInput, RevocationInput,
    RotationInput, RotationProof, RotationState,
};
use contract::ids::IdentityId;
use service::{Error, identities, posture, rotation};

use crate::house::{AIKO, DANA, House, INES, JONAS, PAYMENTS, open};

const WHY: &str = "The supplier changes keys once a quarter";

/// A pipeline with one access key, made today.
async fn keyed(house: &House) -> IdentityId {
    let id = house
        .active(|form| {
            form.credential_type = "cloud_access_key".into();
            form.credential_reference = "AKIAIOSFODNN7EXAMPLE".into();
        })
        .await;
    let sql = "UPDATE credentials SET issued_at = '2026-11-21T10:00:00Z'";
    store::testing::script(&house.services.db, sql.to_owned()).await;
    posture::recompute(&house.system(), &[id.0])
        .await
        .expect("judged");
    id
}

async fn view(house: &House, id: IdentityId) -> IdentityView {
    identities::view(&house.as_person(AIKO), id)
        .await
        .expect("there")
}

fn old(view: &IdentityView) -> &CredentialView {
    view.credentials
        .iter()
        .find(|c| c.reference == "AKIAIOSFODNN7EXAMPLE")
        .expect("the old one")
}

async fn record(house: &House, id: IdentityId) -> RotationInput {
    let input = RotationInput {
        credential: old(&view(house, id).await).id,
        reference: "AKIAI44QH8DHBEXAMPLE".into(),
        label: String::new(),
        rotated_on: String::new(),
        overlap_days: "10".into(),
    };
    rotation::record(&house.as_person(JONAS), &input)
        .await
        .expect("recorded");
    input
}

async fn rules(house: &House) -> Vec<String> {
    let found = service::findings::list(&house.as_person(INES), &FindingFilter::default(), None)
        .await
        .expect("lists");
    found.page.rows.into_iter().map(|row| row.rule).collect()
}

#[tokio::test]
async fn neither_generation_is_a_violation_until_the_overlap_ends() {
    let Some(house) = open().await else { return };
    let id = keyed(&house).await;
    house.wait(100);
    posture::recompute(&house.system(), &[id.0])
        .await
        .expect("judged");
    assert_eq!(view(&house, id).await.row.rotation, RotationState::Overdue);
    let input = record(&house, id).await;
    let now = view(&house, id).await;
    assert_eq!(
        now.row.rotation,
        RotationState::DueSoon,
        "the list goes by the overlap, whose end it announces"
    );
    assert!(!rules(&house).await.contains(&"overdue_rotation".to_owned()));
    let retiring = old(&now).retiring.clone().expect("retires");
    assert_eq!(retiring.proof, RotationProof::Running);
    assert_eq!(retiring.overlap_until, now.now + TimeDelta::days(10));
    let new = now
        .credentials
        .iter()
        .find(|c| Some(c.id) == retiring.successor)
        .expect("new one");
    assert_eq!(
        (new.reference.as_str(), new.label.as_str()),
        (input.reference.as_str(), old(&now).label.as_str())
    );
    assert_eq!(
        new.created_by.as_ref().map(|p| p.id),
        Some(JONAS),
        "who made it cannot approve it"
    );

    house.wait(11);
    posture::recompute(&house.system(), &[id.0])
        .await
        .expect("judged");
    assert!(
        rules(&house).await.contains(&"overdue_rotation".to_owned()),
        "the old one still works"
    );
    let revoke = RevocationInput {
        credential: input.credential,
        reason: WHY.into(),
    };
    rotation::revoke(&house.as_person(JONAS), &revoke)
        .await
        .expect("noted");
    assert!(!rules(&house).await.contains(&"overdue_rotation".to_owned()));
    assert_eq!(view(&house, id).await.row.rotation, RotationState::Ok);
}

#[tokio::test]
async fn uses_prove_it_and_a_late_use_of_the_old_is_a_finding() {
    let Some(house) = open().await else { return };
    let id = keyed(&house).await;
    record(&house, id).await;
    house.wait(12);
    for (reference, day) in [("AKIAI44QH8DHBEXAMPLE", 22), ("AKIAIOSFODNN7EXAMPLE", 24)] {
        let sql = format!(
            "UPDATE credentials SET last_used_at = '2026-11-{day}T10:00:00Z' WHERE reference = '{reference}'"
        );
        store::testing::script(&house.services.db, sql).await;
    }
    let proven = old(&view(&house, id).await)
        .retiring
        .clone()
        .expect("retires");
    assert_eq!(proven.proof, RotationProof::Proven);
    assert!(
        proven.sentence.contains("22 Nov 2026") && proven.sentence.contains("24 Nov 2026"),
        "{}",
        proven.sentence
    );
    let late = "UPDATE credentials SET last_used_at = '2026-12-02T10:00:00Z' WHERE reference = 'AKIAIOSFODNN7EXAMPLE'";
    store::testing::script(&house.services.db, late.to_owned()).await;
    posture::recompute(&house.system(), &[id.0])
        .await
        .expect("judged");
    let after = old(&view(&house, id).await)
        .retiring
        .clone()
        .expect("retires");
    assert_eq!(after.proof, RotationProof::OldStillUsed);
    assert!(
        rules(&house)
            .await
            .contains(&"retired_credential_used".to_owned())
    );
}

#[tokio::test]
async fn a_pasted_secret_is_refused_and_stored_nowhere() {
    let Some(house) = open().await else { return };
    let id = keyed(&house).await;
    let before = house.entries().await;
    let secret = format!("wJalrXUtnFEMI/K7MDENG/{}", "bPxRfiCYEXAMPLEKEY");
    let good = RotationInput {
        credential: old(&view(&house, id).await).id,
        reference: "AKIAI44QH8DHBEXAMPLE".into(),
        label: String::new(),
        rotated_on: String::new(),
        overlap_days: String::new(),
    };
    for (field, input) in [
        (
            "reference",
            RotationInput {
                reference: secret.clone(),
                ..good.clone()
            },
        ),
        (
            "label",
            RotationInput {
                label: format!("key {secret}"),
                ..good.clone()
            },
        ),
        (
            "reference",
            RotationInput {
                reference: "AKIAIOSFODNN7EXAMPLE".into(),
                ..good.clone()
            },
        ),
        (
            "rotated_on",
            RotationInput {
                rotated_on: "2026-11-22".into(),
                ..good.clone()
            },
        ),
        (
            "rotated_on",
            RotationInput {
                rotated_on: "yesterday".into(),
                ..good.clone()
            },
        ),
        (
            "overlap_days",
            RotationInput {
                overlap_days: "31".into(),
                ..good.clone()
            },
        ),
        (
            "overlap_days",
            RotationInput {
                overlap_days: "a week".into(),
                ..good.clone()
            },
        ),
    ] {
        let error = rotation::record(&house.as_person(JONAS), &input)
            .await
            .expect_err("refused");
        let Error::Invalid(wrong) = &error else {
            panic!("{error}")
        };
        assert_eq!(wrong[0].field, field, "{error}");
        assert!(
            !error.to_string().contains(&secret),
            "the refusal repeats nothing"
        );
    }
    let stored = "SELECT count(*) FROM credentials WHERE label || reference LIKE '%bPxRfi%'";
    assert_eq!(
        store::testing::count(&house.services.db, stored.to_owned()).await,
        0
    );
    assert_eq!(house.entries().await, before, "nothing was done");
    assert_eq!(view(&house, id).await.credentials.len(), 1);
}

#[tokio::test]
async fn only_those_who_answer_for_it_rotate_and_only_once() {
    let Some(house) = open().await else { return };
    let id = keyed(&house).await;
    let input = RotationInput {
        credential: old(&view(&house, id).await).id,
        reference: "AKIAI44QH8DHBEXAMPLE".into(),
        label: String::new(),
        rotated_on: String::new(),
        overlap_days: String::new(),
    };
    let other = rotation::record(&house.as_person(DANA), &input).await;
    assert!(matches!(other, Err(Error::Forbidden(_))), "{other:?}");
    let auditor = rotation::record(&house.as_person(AIKO), &input).await;
    assert!(matches!(auditor, Err(Error::Refused(_))), "{auditor:?}");
    rotation::record(&house.as_person(INES), &input)
        .await
        .expect("security may");
    let again = RotationInput {
        reference: "AKIATHIRDEXAMPLE0000".into(),
        ..input
    };
    let again = rotation::record(&house.as_person(JONAS), &again).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
}

#[tokio::test]
async fn a_policy_moves_the_limit_everywhere_and_its_end_moves_it_back() {
    let Some(house) = open().await else { return };
    let id = keyed(&house).await;
    house.wait(40);
    let policy = PolicyInput {
        team: PAYMENTS.to_string(),
        credential_type: "cloud_access_key".into(),
        days: "30".into(),
        reason: WHY.into(),
        ..PolicyInput::default()
    };
    let owner = rotation::set_policy(&house.as_person(JONAS), &policy).await;
    assert!(matches!(owner, Err(Error::Refused(_))), "{owner:?}");
    rotation::set_policy(&house.as_person(INES), &policy)
        .await
        .expect("set");
    let judged = posture::recompute_touched(&house.system())
        .await
        .expect("judged");
    assert_eq!(judged, 1, "everybody of the team is judged again");
    let now = view(&house, id).await;
    assert_eq!(now.row.rotation, RotationState::Overdue, "the list");
    assert_eq!(old(&now).max_age_days, Some(30), "the page");
    assert_eq!(old(&now).limit_because, format!("its team: {WHY}"));
    assert!(
        rules(&house).await.contains(&"overdue_rotation".to_owned()),
        "the posture"
    );

    let nearer = PolicyInput {
        team: String::new(),
        identity: now.row.name.clone(),
        days: "200".into(),
        ..policy.clone()
    };
    rotation::set_policy(&house.as_person(INES), &nearer)
        .await
        .expect("set");
    posture::recompute_touched(&house.system())
        .await
        .expect("judged");
    assert_eq!(
        view(&house, id).await.row.rotation,
        RotationState::Ok,
        "the nearest counts"
    );
    let all = rotation::policies(&house.as_person(AIKO))
        .await
        .expect("lists");
    assert_eq!(all.policies.len(), 2);
    assert!(!all.may_manage);
    for policy in all.policies {
        rotation::end_policy(&house.as_person(INES), policy.id, WHY)
            .await
            .expect("ended");
    }
    posture::recompute_touched(&house.system())
        .await
        .expect("judged");
    assert_eq!(old(&view(&house, id).await).max_age_days, Some(90));
}

#[tokio::test]
async fn a_policy_says_for_whom_how_long_and_why() {
    let Some(house) = open().await else { return };
    let good = PolicyInput {
        tier: "critical".into(),
        days: "30".into(),
        reason: WHY.into(),
        ..PolicyInput::default()
    };
    for (field, input) in [
        (
            "tier",
            PolicyInput {
                tier: String::new(),
                ..good.clone()
            },
        ),
        (
            "tier",
            PolicyInput {
                team: PAYMENTS.to_string(),
                ..good.clone()
            },
        ),
        (
            "tier",
            PolicyInput {
                tier: "grave".into(),
                ..good.clone()
            },
        ),
        (
            "team",
            PolicyInput {
                tier: String::new(),
                team: INES.to_string(),
                ..good.clone()
            },
        ),
        (
            "identity",
            PolicyInput {
                tier: String::new(),
                identity: "nobody".into(),
                ..good.clone()
            },
        ),
        (
            "credential_type",
            PolicyInput {
                credential_type: "oidc_federation".into(),
                ..good.clone()
            },
        ),
        (
            "days",
            PolicyInput {
                days: "0".into(),
                ..good.clone()
            },
        ),
        (
            "days",
            PolicyInput {
                days: "soon".into(),
                ..good.clone()
            },
        ),
        (
            "reason",
            PolicyInput {
                reason: "ok".into(),
                ..good.clone()
            },
        ),
    ] {
        let error = rotation::set_policy(&house.as_person(INES), &input)
            .await
            .expect_err("refused");
        let Error::Invalid(wrong) = &error else {
            panic!("{error}")
        };
        assert_eq!(wrong[0].field, field, "{error}");
    }
}

#[tokio::test]
async fn of_two_policies_for_the_same_the_newer_takes_its_place() {
    let Some(house) = open().await else { return };
    let good = PolicyInput {
        tier: "critical".into(),
        days: "30".into(),
        reason: WHY.into(),
        ..PolicyInput::default()
    };
    rotation::set_policy(&house.as_person(INES), &good)
        .await
        .expect("set");
    rotation::set_policy(
        &house.as_person(INES),
        &PolicyInput {
            days: "45".into(),
            ..good
        },
    )
    .await
    .expect("again");
    let all = rotation::policies(&house.as_person(INES))
        .await
        .expect("lists");
    assert_eq!(
        all.policies.iter().map(|p| p.days).collect::<Vec<_>>(),
        [45],
        "the newer one takes its place"
    );
}

#[tokio::test]
async fn a_review_freezes_what_policies_and_overlaps_say() {
    let Some(house) = open().await else { return };
    let id = keyed(&house).await;
    house.wait(100);
    record(&house, id).await;
    let mut conn = house.services.db.acquire().await.expect("conn");
    let loaded = store::campaigns::load(
        &mut conn,
        &[id],
        "2027-01-01".parse().expect("a day"),
        "2027-01-31T00:00:00Z".parse().expect("a time"),
    )
    .await
    .expect("loads");
    let overlaps: Vec<bool> = loaded[0]
        .credentials
        .iter()
        .map(|c| c.overlap_until.is_some())
        .collect();
    assert_eq!(
        overlaps.iter().filter(|yes| **yes).count(),
        1,
        "{overlaps:?}"
    );
}

#[tokio::test]
async fn where_a_secret_is_kept_moves_it_on_the_ladder_and_in_the_score() {
    let Some(house) = open().await else { return };
    let id = keyed(&house).await;
    let credential = old(&view(&house, id).await).id;
    let keep = async |kept: &str| {
        let input = KeepingInput {
            credential,
            kept: kept.into(),
            reason: WHY.into(),
        };
        rotation::keep(&house.as_person(JONAS), &input).await
    };
    let mut scores = Vec::new();
    for (kept, class) in [
        ("platform", CredentialClass::PlatformManaged),
        ("store", CredentialClass::Static),
        ("code", CredentialClass::HardCoded),
    ] {
        keep(kept).await.expect("noted");
        let now = view(&house, id).await;
        assert_eq!(
            (now.row.credential, old(&now).class),
            (class, class),
            "list and page say {kept}"
        );
        let sum: i32 = now.risk_reasons.iter().map(|reason| reason.points).sum();
        assert_eq!(sum, now.row.risk, "the reasons add up");
        scores.push(now.row.risk);
    }
    assert!(
        scores.windows(2).all(|pair| pair[0] < pair[1]),
        "{scores:?}"
    );
    assert!(
        rules(&house)
            .await
            .contains(&"hard_coded_credential".to_owned())
    );
    assert!(
        matches!(keep("code").await, Err(Error::Conflict(_))),
        "once is enough"
    );
    assert!(matches!(keep("pocket").await, Err(Error::Invalid(_))));
    house.wait(500);
    keep("platform").await.expect("noted");
    assert_eq!(
        view(&house, id).await.row.rotation,
        RotationState::NotNeeded,
        "the platform rotates it"
    );
}

#[tokio::test]
async fn a_static_key_comes_with_a_document_for_exactly_this_pipeline() {
    let Some(house) = open().await else { return };
    let id = keyed(&house).await;
    let advice = view(&house, id).await.advice;
    let [one] = advice.as_slice() else {
        panic!("{advice:?}")
    };
    let text = &one.documents[0].text;
    assert!(
        text.contains("repo:acme/payments-api:environment:production")
            && text.contains("sts.amazonaws.com"),
        "{text}"
    );
    record(&house, id).await;
    assert_eq!(
        view(&house, id).await.advice.len(),
        1,
        "for the new one, not for the one that retires"
    );
}

#[tokio::test]
async fn the_score_of_each_day_is_kept_where_it_differs() {
    let Some(house) = open().await else { return };
    let id = keyed(&house).await;
    for _ in 0..3 {
        posture::recompute_all(&house.system())
            .await
            .expect("judged");
        house.wait(1);
    }
    let rows = format!("SELECT count(*) FROM risk_days WHERE identity_id = '{id}'");
    assert_eq!(
        store::testing::count(&house.services.db, rows.clone()).await,
        1,
        "calm days leave no row"
    );
    house.wait(100);
    posture::recompute_all(&house.system())
        .await
        .expect("judged");
    posture::recompute_all(&house.system())
        .await
        .expect("and again the same day");
    assert_eq!(store::testing::count(&house.services.db, rows).await, 2);
    let days = view(&house, id).await.risk_days;
    assert_eq!(days.len(), 90);
    assert!(days[88].1 < days[89].1, "overdue since today: {days:?}");
}
