//! Reviews of one identity that something brought about, found by the query: a wider trust, a leaked secret.

use contract::campaigns::DecisionKind;
use service::campaigns;

use crate::house::{House, INES, JONAS, NADIA, identity};

const HOST: &str = "token.actions.githubusercontent.com";
const EXACT: &str = "repo:acme/shop:environment:production";
const WHOLE: &str = "repo:acme/*";

fn document(subject: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::471982203366:oidc-provider/{HOST}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"{HOST}:aud":"sts.amazonaws.com"}},"StringLike":{{"{HOST}:sub":"{subject}"}}}}}}]}}"#
    )
}

/// Gives an identity a trust before anything is frozen.
async fn trust(house: &House, n: u128, subject: &str) {
    let sql = format!(
        "INSERT INTO trusts (id, identity_id, language, target, document, updated_at)
         VALUES (gen_random_uuid(), '{}', 'aws', 'arn:aws:iam::471982203366:role/deploy-{n}', '{}', '2026-02-01')",
        identity(n),
        document(subject)
    );
    house.sql(&sql).await;
}

/// Changes it, as an import does: the identity changed as well.
async fn changed(house: &House, n: u128, subject: &str) {
    let (id, document) = (identity(n), document(subject));
    let sql = format!(
        "UPDATE trusts SET document = '{document}', updated_at = '2026-11-12T07:59:00Z' WHERE identity_id = '{id}';
         UPDATE identities SET updated_at = '2026-11-12T07:59:00Z' WHERE id = '{id}'"
    );
    house.sql(&sql).await;
}

async fn opened(house: &House) -> u64 {
    let done = campaigns::micro_reviews(&house.services.system("test")).await;
    done.expect("looked").opened
}

async fn names(house: &House, person: u128) -> Vec<String> {
    let mine = campaigns::my_reviews(&house.op(person)).await;
    let mine = mine.expect("mine").into_iter();
    mine.map(|review| review.campaign.name).collect()
}

#[tokio::test]
async fn a_wider_trust_opens_one_review_and_a_narrower_one_opens_none() {
    let Some(house) = House::build().await else {
        return;
    };
    trust(&house, 4, EXACT).await;
    trust(&house, 1, WHOLE).await;
    let id = house.started().await;
    for (n, who) in [(1, JONAS), (4, NADIA)] {
        let item = house.item(id, n).await.id;
        let input = house.answer(item, DecisionKind::Approve).await;
        campaigns::decide(&house.op(who), input)
            .await
            .expect("approved");
    }
    campaigns::close(&house.op(INES), id).await.expect("closed");
    assert_eq!(opened(&house).await, 0, "nothing happened yet");

    house.pass(10);
    changed(&house, 4, WHOLE).await;
    changed(&house, 1, EXACT).await;
    assert_eq!(opened(&house).await, 1, "only more than before is a cause");
    assert_eq!(opened(&house).await, 0, "once for each cause");
    let nadias = names(&house, NADIA).await;
    assert!(
        nadias.len() == 1 && nadias[0].contains("its trust widened"),
        "{nadias:?}"
    );
    assert_eq!(names(&house, JONAS).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_leaked_secret_opens_one_review_once_no_other_is_open() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    for (n, state) in [(4, "open"), (1, "acknowledged")] {
        let sql = format!(
            r#"INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, identity_id, state, title, evidence, opened_at, seen_at)
               VALUES (gen_random_uuid(), 'leak-{n}', 'hard_coded_credential', 'posture', 'critical', 'certain', '{}', '{state}', 'A secret stands in a file',
                   '[{{"label":"file","value":"deploy.sh"}}]', '2026-11-02T07:00:00Z', '2026-11-02T07:00:00Z')"#,
            identity(n)
        );
        house.sql(&sql).await;
    }
    assert_eq!(
        opened(&house).await,
        0,
        "whoever is asked about it in a running campaign is not asked twice"
    );
    campaigns::close(&house.op(INES), id).await.expect("closed");
    assert_eq!(
        opened(&house).await,
        1,
        "the open leak, not the settled one"
    );
    assert_eq!(opened(&house).await, 0, "once for each cause");
    let nadias = names(&house, NADIA).await;
    assert!(
        nadias
            .iter()
            .any(|name| name.contains("a secret of its own leaked")),
        "{nadias:?}"
    );
}
