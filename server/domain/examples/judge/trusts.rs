//! Evaluations per second on one core with every reason, and the ratio to `iam-rs` on the same policies and tokens.

use std::hint::black_box;
use std::time::Instant;

use domain::trust::{Decision, Facts, Language, Token, Trust, read};
use iam_rs::{
    Arn, Context, ContextValue, EvaluationOptions, IAMPolicy, IAMRequest, PolicyEvaluator,
    Principal, PrincipalId,
};
use serde_json::{Value, json};

const HOST: &str = "token.actions.githubusercontent.com";
const ARN: &str = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const RUNS: usize = 5;
const ROUNDS: usize = 40;

/// Policies like those in the wild, from one condition to eight statements.
fn policies() -> Vec<Value> {
    let statement = |condition: Value| json!({"Effect": "Allow", "Principal": {"Federated": ARN}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition});
    let key = |claim: &str| format!("{HOST}:{claim}");
    let aud = json!({key("aud"): "sts.amazonaws.com"});
    let one = |operator: &str, pattern: &str| json!({"StringEquals": aud, operator: {key("sub"): pattern}});
    let many: Vec<Value> = (0..8)
        .map(|n| {
            statement(one(
                "StringLike",
                &format!("repo:acme/app{n}:ref:refs/heads/*"),
            ))
        })
        .collect();
    [
        vec![statement(json!({"StringEquals": {key("aud"): "sts.amazonaws.com", key("sub"): "repo:acme/app:environment:prod"}}))],
        vec![statement(json!({"StringEquals": aud, "StringLike": {key("sub"): "repo:acme/*"}}))],
        vec![statement(json!({"StringEquals": {key("aud"): "sts.amazonaws.com", key("repository_id"): "42"}, "StringLike": {key("sub"): ["repo:acme/app:*", "repo:acme@1/app@42:*"]}}))],
        many,
    ]
    .into_iter()
    .map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
    .collect()
}

fn tokens() -> Vec<Token> {
    (0..50)
        .map(|n| {
            let owner = if n % 3 == 0 { "evil" } else { "acme" };
            let context = ["environment:prod", "pull_request", "ref:refs/heads/main"][n % 3];
            let claims = json!({"iss": format!("https://{HOST}"), "sub": format!("repo:{owner}/app{}:{context}", if n % 2 == 0 { String::new() } else { (n % 8).to_string() }),
                "aud": "sts.amazonaws.com", "repository": format!("{owner}/app"), "repository_id": "42", "actor": "alice", "ref": "refs/heads/main"});
            Token::read(&claims.to_string()).expect("claims")
        })
        .collect()
}

fn request(token: &Token) -> IAMRequest {
    let mut context = Context::new();
    for claim in ["sub", "aud", "repository", "repository_id", "actor", "ref"] {
        if let Some(value) = token.text(claim) {
            context.insert(
                format!("{HOST}:{claim}"),
                ContextValue::String(value.to_owned()),
            );
        }
    }
    IAMRequest::new_with_context(
        Principal::Federated(PrincipalId::String(ARN.to_owned())),
        "sts:AssumeRoleWithWebIdentity",
        Arn::parse("arn:aws:iam::123456789012:role/deploy").expect("an ARN"),
        context,
    )
}

/// Evaluations per second of both, each with what its caller has at hand: claims here, a request there.
pub fn run() {
    let (policies, tokens, facts) = (policies(), tokens(), Facts::default());
    let ours: Vec<Trust> = policies
        .iter()
        .map(|it| read(it.to_string().as_bytes(), Some(Language::Aws)).expect("a policy"))
        .collect();
    let theirs: Vec<PolicyEvaluator> = policies
        .iter()
        .map(|it| {
            let mut it = it.clone();
            for statement in it["Statement"].as_array_mut().expect("statements") {
                statement["Resource"] = "*".into();
            }
            let policy: IAMPolicy = serde_json::from_value(it).expect("a policy");
            let options = EvaluationOptions {
                ignore_resource_constraints: true,
                ..EvaluationOptions::default()
            };
            PolicyEvaluator::with_policies(vec![policy]).with_options(options)
        })
        .collect();
    let (mut a, mut b, mut reasons) = (Vec::new(), Vec::new(), 0_usize);
    for run in 0..=RUNS {
        let started = Instant::now();
        let mut allowed = 0_usize;
        for _ in 0..ROUNDS {
            for trust in &ours {
                for token in &tokens {
                    let verdict = black_box(trust.evaluate(black_box(token), &facts));
                    reasons += verdict.reasons.len();
                    allowed += usize::from(verdict.decision == Decision::Allow);
                }
            }
        }
        let took = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let mut also = 0_usize;
        for _ in 0..ROUNDS {
            for evaluator in &theirs {
                for token in &tokens {
                    let decided = black_box(
                        evaluator
                            .evaluate(&request(black_box(token)))
                            .expect("decides"),
                    );
                    also += usize::from(matches!(decided.decision, iam_rs::Decision::Allow));
                }
            }
        }
        assert_eq!(allowed, also, "both decide alike");
        // The first run warms up.
        if run > 0 {
            a.push(took);
            b.push(started.elapsed().as_secs_f64());
        }
    }
    let count = ours.len() * tokens.len() * ROUNDS;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let n = count as f64;
    let (a, b) = (crate::median(a), crate::median(b));
    println!(
        "trust            {:>9.0} evaluations/s per core, every reason told ({} reasons); iam-rs {:.0}; ratio {:.2}",
        n / a,
        reasons / (RUNS + 1),
        n / b,
        b / a
    );
}
