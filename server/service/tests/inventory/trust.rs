//! Trust versus reality against a real database: what came, tightened, replayed, and tests that become findings.

use contract::findings::FindingFilter;
use contract::ids::{IdentityId, TrustId};
use contract::trust::{LabInput, ReplayInput, TrustTestInput};
use service::{Error, trust};
use uuid::Uuid;

use crate::house::{AIKO, DANA, House, INES, JONAS, open};

const HOST: &str = "token.actions.githubusercontent.com";
const GUARD: TrustId = TrustId(Uuid::from_u128(77));

fn policy(pattern: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::471982203366:oidc-provider/{HOST}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"{HOST}:aud":"sts.amazonaws.com"}},"StringLike":{{"{HOST}:sub":"{pattern}"}}}}}}]}}"#
    )
}

/// A pipeline whose role admits every repository of acme; 40 production runs and 2 of a branch came.
async fn pipeline(house: &House) -> IdentityId {
    let id = house.active(|_| {}).await;
    let document = policy("repo:acme/*");
    let sql = format!(
        "INSERT INTO trusts (id, identity_id, language, target, document, updated_at)
         VALUES ('{GUARD}', '{id}', 'aws', 'arn:aws:iam::471982203366:role/deploy', '{document}', '2026-11-01T00:00:00Z');
         INSERT INTO events (id, source_id, vendor_id, id_kind, occurred_at, received_at, kind, outcome, action, format,
             issuer, subject, repository, run_id, identity_id, raw)
         SELECT gen_random_uuid(), '00000000-0000-0000-0000-0000000000aa', n::text, 'own', t, t, 'credential_assumption', 'success',
             'AssumeRoleWithWebIdentity', 'aws_cloudtrail', 'https://{HOST}',
             CASE WHEN n < 40 THEN 'repo:acme/shop:environment:production' ELSE 'repo:acme/shop:ref:refs/heads/dev' END,
             'acme/shop', 'run-' || n, '{id}', '{{}}'
         FROM (SELECT n, '2026-11-20T00:00:00Z'::timestamptz - n * interval '1 hour' AS t FROM generate_series(0, 41) n) s"
    );
    store::testing::script(&house.services.db, sql).await;
    id
}

#[tokio::test]
async fn the_trust_stands_beside_what_came_and_is_tightened_to_it() {
    let Some(house) = open().await else { return };
    let id = pipeline(&house).await;
    let seen = trust::reality(&house.as_person(AIKO), id)
        .await
        .expect("seen");
    assert_eq!(
        (seen.total, seen.trusts.len(), seen.may_edit),
        (42, 1, false)
    );
    let beside = &seen.trusts[0];
    assert_eq!(beside.judged.ring, "organisation");
    assert_eq!(beside.seen_ring.as_deref(), Some("repository"));
    assert_eq!(beside.admitted, 42);
    assert!(
        beside.sentence.contains("2 subjects of one project"),
        "{}",
        beside.sentence
    );
    let subjects = &seen.seen[0];
    assert_eq!(
        subjects.values[0].0,
        "repo:acme/shop:environment:production"
    );
    assert_eq!(subjects.values[0].1, 40);
    let tight = beside.tightened.as_ref().expect("tightened");
    assert!(
        tight.after.contains("repo:acme/shop:ref:refs/heads/dev")
            && !tight.after.contains("acme/*")
    );
    let missing = trust::reality(&house.as_person(AIKO), IdentityId(Uuid::nil())).await;
    assert!(matches!(missing, Err(Error::NotFound(_))), "{missing:?}");
}

#[tokio::test]
async fn an_edited_policy_is_tried_on_everything_recorded() {
    let Some(house) = open().await else { return };
    let id = pipeline(&house).await;
    let ask = |document: String| ReplayInput {
        identity: id,
        trust: GUARD,
        document,
    };
    let tight = ask(policy("repo:acme/shop:environment:*"));
    let mut looked = 0;
    let replay = trust::replay_telling(&house.as_person(AIKO), &tight, |n| looked = n)
        .await
        .expect("replayed");
    assert_eq!(looked, 42);
    assert_eq!(
        (replay.total, replay.passing, replay.refused, replay.unknown),
        (42, 40, 2, 0)
    );
    assert_eq!((replay.sets, replay.rows.len()), (2, 1));
    let row = &replay.rows[0];
    assert_eq!(
        (row.subject.as_str(), row.count),
        ("repo:acme/shop:ref:refs/heads/dev", 2)
    );
    assert_eq!(row.run.as_deref(), Some("run-40"), "the newest of them");
    let ids = policy("repo:acme/*").replace(
        "\"token.actions.githubusercontent.com:aud\"",
        "\"token.actions.githubusercontent.com:repository_id\":\"7\",\"token.actions.githubusercontent.com:aud\"",
    );
    let replay = trust::replay(&house.as_person(AIKO), &ask(ids))
        .await
        .expect("replayed");
    assert_eq!((replay.passing, replay.refused, replay.unknown), (0, 0, 42));
    let broken = trust::replay(&house.as_person(AIKO), &ask("{".into())).await;
    assert!(matches!(broken, Err(Error::Invalid(_))), "{broken:?}");
}

#[tokio::test]
async fn a_test_that_fails_is_a_finding_until_it_passes() {
    let Some(house) = open().await else { return };
    let id = pipeline(&house).await;
    let test = |name: &str, expect: &str, sub: &str| TrustTestInput {
        identity: id,
        name: name.into(),
        expect: expect.into(),
        claims: format!(r#"{{"iss":"https://{HOST}","aud":"sts.amazonaws.com","sub":"{sub}"}}"#),
    };
    let other = test("another repository", "deny", "repo:acme/other:pull_request");
    let refused = trust::keep_test(&house.as_person(DANA), &other).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let jwt = TrustTestInput {
        claims: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzIn0.sig".into(),
        ..other.clone()
    };
    let refused = trust::keep_test(&house.as_person(JONAS), &jwt).await;
    assert!(
        matches!(refused, Err(Error::Invalid(_))),
        "a token is never kept: {refused:?}"
    );
    trust::keep_test(&house.as_person(JONAS), &other)
        .await
        .expect("kept");
    let mine = test(
        "production",
        "allow",
        "repo:acme/shop:environment:production",
    );
    trust::keep_test(&house.as_person(JONAS), &mine)
        .await
        .expect("kept");
    let seen = trust::reality(&house.as_person(JONAS), id)
        .await
        .expect("seen");
    let ends: Vec<(&str, &str)> = seen
        .tests
        .iter()
        .map(|it| (it.name.as_str(), it.got.as_str()))
        .collect();
    assert_eq!(
        ends,
        [("another repository", "allow"), ("production", "allow")]
    );
    assert_eq!(failing(&house).await, 1);
    let sql = format!(
        "UPDATE trusts SET document = '{}' WHERE id = '{GUARD}'",
        policy("repo:acme/shop:*")
    );
    store::testing::script(&house.services.db, sql).await;
    service::posture::recompute(&house.system(), &[id.0])
        .await
        .expect("judged");
    assert_eq!(failing(&house).await, 0);
}

async fn failing(house: &House) -> usize {
    let found = service::findings::list(&house.as_person(INES), &FindingFilter::default(), None)
        .await
        .expect("lists");
    found
        .page
        .rows
        .iter()
        .filter(|row| row.rule == "trust_test_failed")
        .count()
}

#[tokio::test]
async fn the_lab_judges_builds_and_tells_what_cannot_be_read() {
    let Some(house) = open().await else { return };
    let op = house.as_person(AIKO);
    let before = house.entries().await;
    for example in [
        "aws",
        "entra",
        "gcp",
        "vault",
        "kubernetes",
        "octo-sts",
        "terraform",
    ] {
        let view = trust::lab(
            &op,
            LabInput {
                example: example.into(),
                ..LabInput::default()
            },
        )
        .expect("judged");
        let judged = view
            .judged
            .unwrap_or_else(|| panic!("{example}: {:?}", view.unreadable));
        assert!(!judged.admits.is_empty(), "{example}");
        assert!(
            view.verdict.is_some_and(|it| !it.reasons.is_empty()),
            "{example}"
        );
    }
    let built = LabInput {
        trust: policy("repo:acme/*"),
        action: "build".into(),
        ci: "github".into(),
        project: "acme/app".into(),
        environment: "production".into(),
        audience: "sts.amazonaws.com".into(),
        ..LabInput::default()
    };
    let view = trust::lab(&op, built.clone()).expect("judged");
    assert_eq!(view.verdict.expect("judged").decision, "allow");
    let tight = LabInput {
        claims: view.input.claims,
        action: "tighten".into(),
        ..built.clone()
    };
    let view = trust::lab(&op, tight).expect("judged");
    assert!(
        view.tightened
            .expect("tightened")
            .after
            .contains("environment:production")
    );
    let broken = LabInput {
        trust: "{\"Statement\": 1}".into(),
        claims: "nonsense".into(),
        context: "[".into(),
        action: String::new(),
        ..built
    };
    let view = trust::lab(&op, broken).expect("told");
    assert!(
        view.unreadable.is_some()
            && view.claims_unreadable.is_some()
            && view.context_unreadable.is_some()
    );
    assert_eq!(house.entries().await, before, "nothing is kept");
}
