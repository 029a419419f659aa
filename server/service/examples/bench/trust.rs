//! Replay: an edited policy against a million recorded assumptions.

use std::time::Instant;

use contract::ids::{IdentityId, TrustId};
use contract::trust::ReplayInput;
use domain::access::Actor;
use service::OpKind;
use uuid::Uuid;

const HOST: &str = "token.actions.githubusercontent.com";
const MANY: i64 = 1_000_000;

/// Fills a throw-away database and replays.
pub async fn replay() {
    let services = super::services().await;
    let (id, guard) = (Uuid::from_u128(5), Uuid::from_u128(6));
    let document = policy("repo:acme/*");
    let sql = format!(
        "INSERT INTO identities (id, name, kind, platform, state, purpose, created_at, updated_at)
         VALUES ('{id}', 'deploy', 'pipeline', 'github_actions', 'active', '', now(), now());
         INSERT INTO trusts (id, identity_id, language, target, document, updated_at) VALUES ('{guard}', '{id}', 'aws', 'role', '{document}', now());
         INSERT INTO events (id, source_id, vendor_id, id_kind, occurred_at, received_at, kind, outcome, action, format,
             issuer, subject, repository, actor, run_id, identity_id, raw)
         SELECT gen_random_uuid(), '{id}', n::text, 'own', t, t, 'credential_assumption', 'success', 'AssumeRoleWithWebIdentity',
             'aws_cloudtrail', 'https://{HOST}',
             'repo:acme/app' || n % 50 || ':' || (ARRAY['environment:production', 'ref:refs/heads/main', 'pull_request'])[1 + n % 3],
             'acme/app' || n % 50, 'person' || n % 20, n::text, '{id}', '{{}}'
         FROM (SELECT n, '2026-11-20T00:00:00Z'::timestamptz - n * interval '7 seconds' AS t FROM generate_series(1, {MANY}) n) s;
         ANALYZE events"
    );
    store::testing::script(&services.db, sql).await;
    let op = services.op(
        Actor::Cli {
            user: "bench".into(),
        },
        OpKind::Cli,
        "bench",
    );
    let input = ReplayInput {
        identity: IdentityId(id),
        trust: TrustId(guard),
        document: policy("repo:acme/app7:environment:*"),
    };
    let mut told = 0_u32;
    let started = Instant::now();
    let view = service::trust::replay_telling(&op, &input, |_| told += 1)
        .await
        .expect("replays");
    let seconds = started.elapsed().as_secs_f64();
    super::say(&format!(
        "replay           {seconds:>9.1} s          {} recorded assumptions, {} distinct claim sets, {} would pass; progress told {told} times",
        view.total, view.sets, view.passing
    ));
}

fn policy(pattern: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::1:oidc-provider/{HOST}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"{HOST}:aud":"sts.amazonaws.com"}},"StringLike":{{"{HOST}:sub":"{pattern}"}}}}}}]}}"#
    )
}
