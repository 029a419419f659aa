//! The AWS judgement against an independent one, `iam-rs`, on generated policies and tokens, and the properties
//! that tie `admits` and `tighten` to `evaluate`.
//!
//! Known difference: `iam-rs` 0.8 does not take `${*}` as an escape under `StringLike`
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>, "special characters");
//! the generator leaves escapes out, and a test of our own holds them.

use domain::trust::{Decision, Facts, Language, Ring, Token, Trust, Wish, read};
use iam_rs::{
    Arn, Context, ContextValue, EvaluationOptions, IAMPolicy, IAMRequest, PolicyEvaluator,
    Principal, PrincipalId,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

const HOST: &str = "token.actions.githubusercontent.com";
const ARN: &str = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";

fn subjects() -> impl Strategy<Value = String> {
    let owner = select(vec!["acme", "acme-labs", "Acme", "evil"]);
    let repo = select(vec!["app", "app2", "infra"]);
    let context = select(vec![
        "ref:refs/heads/main",
        "ref:refs/heads/dev",
        "pull_request",
        "environment:prod",
        "ref:refs/tags/v1",
    ]);
    (owner, repo, context)
        .prop_map(|(owner, repo, context)| format!("repo:{owner}/{repo}:{context}"))
}

fn patterns() -> impl Strategy<Value = String> {
    prop_oneof![
        subjects(),
        select(vec![
            "*",
            "repo:*",
            "repo:acme*",
            "repo:acme/*",
            "repo:acme/app*",
            "repo:acme/app:*",
            "repo:acme/app:ref:refs/heads/*",
            "*:pull_request",
            "repo:*/app:*",
            "repo:acme/app:environment:pro?",
            "repo:?cme/app:*",
            "repo:acme/app",
            "",
            "repo:acme/*:ref:refs/heads/main",
        ])
        .prop_map(str::to_owned),
    ]
}

fn operators() -> impl Strategy<Value = &'static str> {
    select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "StringEqualsIfExists",
        "StringLikeIfExists",
        "StringLike",
        "StringEquals",
    ])
}

fn condition() -> impl Strategy<Value = (String, String, Vec<String>)> {
    let claim = prop_oneof![
        4 => Just(("sub", false)),
        2 => Just(("aud", false)),
        1 => Just(("repository", false)),
        1 => Just(("environment", false)),
        1 => Just(("event_name", false)),
        1 => Just(("sub", true)),
    ];
    (
        operators(),
        claim,
        proptest::collection::vec(patterns(), 1..3),
        select(vec!["sts.amazonaws.com", "other", "sts.*"]),
        any::<bool>(),
    )
        .prop_map(|(operator, (claim, foreign), mut values, aud, _)| {
            let host = if foreign { "gitlab.com" } else { HOST };
            match claim {
                "aud" => values = vec![aud.to_owned()],
                "repository" => values = vec!["acme/app".to_owned(), "acme/*".to_owned()],
                "environment" => values = vec!["prod".to_owned()],
                "event_name" => values = vec!["push".to_owned()],
                _ => {}
            }
            (operator.to_owned(), format!("{host}:{claim}"), values)
        })
}

fn statement() -> impl Strategy<Value = Value> {
    let effect = prop_oneof![5 => Just("Allow"), 1 => Just("Deny")];
    let principal = prop_oneof![
        6 => Just(json!({"Federated": ARN})),
        1 => Just(json!("*")),
        1 => Just(json!({"Federated": ["arn:aws:iam::123456789012:oidc-provider/gitlab.com", ARN]})),
        1 => Just(json!({"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"})),
    ];
    let action = select(vec![
        "sts:AssumeRoleWithWebIdentity",
        "sts:*",
        "STS:assumerolewithwebidentity",
        "sts:AssumeRole",
    ]);
    (
        effect,
        principal,
        action,
        proptest::collection::vec(condition(), 0..4),
    )
        .prop_map(|(effect, principal, action, conditions)| {
            let mut block = Map::new();
            for (operator, key, values) in conditions {
                let value = if values.len() == 1 {
                    json!(values[0])
                } else {
                    json!(values)
                };
                block
                    .entry(operator)
                    .or_insert_with(|| json!({}))
                    .as_object_mut()
                    .unwrap()
                    .insert(key, value);
            }
            let mut statement = json!({"Effect": effect, "Principal": principal, "Action": action});
            if !block.is_empty() {
                statement["Condition"] = Value::Object(block);
            }
            statement
        })
}

fn policy() -> impl Strategy<Value = Value> {
    proptest::collection::vec(statement(), 1..4)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

fn token() -> impl Strategy<Value = Token> {
    (subjects(), select(vec!["sts.amazonaws.com", "other"]), any::<bool>()).prop_map(|(sub, aud, protected)| {
        let mut parts = sub.splitn(3, ':');
        let repository = parts.nth(1).unwrap().to_owned();
        let context = parts.next().unwrap().to_owned();
        let mut claims = json!({
            "iss": format!("https://{HOST}"), "sub": sub, "aud": aud, "repository": repository,
            "repository_id": repository.len().to_string(), "repository_owner_id": repository.split('/').next().unwrap(),
            "event_name": "push", "ref_protected": protected.to_string(),
        });
        if let Some(environment) = context.strip_prefix("environment:") {
            claims["environment"] = environment.into();
        }
        Token::read(&claims.to_string()).unwrap()
    })
}

fn ours(policy: &Value) -> Trust {
    read(policy.to_string().as_bytes(), Some(Language::Aws)).unwrap()
}

/// What `iam-rs` says, given the keys AWS would make of the token.
fn theirs(policy: &IAMPolicy, token: &Token) -> Decision {
    const EXPOSED: [&str; 6] = [
        "sub",
        "aud",
        "repository",
        "repository_id",
        "repository_owner_id",
        "environment",
    ];
    let mut context = Context::new();
    for (claim, value) in token.claims() {
        if EXPOSED.contains(&claim.as_str()) {
            context.insert(
                format!("{HOST}:{claim}"),
                ContextValue::String(value.as_str().unwrap().to_owned()),
            );
        }
    }
    let request = IAMRequest::new_with_context(
        Principal::Federated(PrincipalId::String(ARN.to_owned())),
        "sts:AssumeRoleWithWebIdentity",
        Arn::parse("arn:aws:iam::123456789012:role/deploy").unwrap(),
        context,
    );
    let options = EvaluationOptions {
        ignore_resource_constraints: true,
        ..EvaluationOptions::default()
    };
    let evaluator = PolicyEvaluator::with_policies(vec![policy.clone()]).with_options(options);
    match evaluator.evaluate(&request).unwrap().decision {
        iam_rs::Decision::Allow => Decision::Allow,
        _ => Decision::Deny,
    }
}

/// 500 policies with 100 tokens each.
#[test]
fn agrees_with_iam_rs_on_50_000_pairs() {
    let mut pairs = 0_usize;
    let mut allowed = 0_usize;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..500 {
        use proptest::strategy::ValueTree as _;
        let written = policy().new_tree(&mut runner).unwrap().current();
        let tokens = proptest::collection::vec(token(), 100)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let trust = ours(&written);
        let mut oracle = written.clone();
        for statement in oracle["Statement"].as_array_mut().unwrap() {
            statement["Resource"] = "*".into();
        }
        let oracle: IAMPolicy = serde_json::from_value(oracle).unwrap();
        for token in &tokens {
            let (a, b) = (
                trust.evaluate(token, &Facts::default()).decision,
                theirs(&oracle, token),
            );
            assert_eq!(a, b, "{written:#}\n{:?}", token.claims());
            pairs += 1;
            allowed += usize::from(a == Decision::Allow);
        }
    }
    println!("{pairs} pairs agree, {allowed} of them allowed");
    assert!(pairs >= 50_000 && allowed > 2_000);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Two admitted tokens that differ in project, owner or context prove how wide the ring must be at least.
    #[test]
    fn admits_never_contradicts_evaluate(written in policy(), tokens in proptest::collection::vec(token(), 40)) {
        let trust = ours(&written);
        let facts = Facts::default();
        let ring = trust.admits(&facts).ring;
        let admitted: Vec<&Token> = tokens.iter().filter(|it| trust.evaluate(it, &facts).decision == Decision::Allow).collect();
        // GitHub's names are the same in either case.
        let mut owners: Vec<String> = admitted.iter().map(|it| it.text("repository").unwrap().split('/').next().unwrap().to_lowercase()).collect();
        owners.sort_unstable();
        owners.dedup();
        let mut listed = 0;
        for statement in written["Statement"].as_array().unwrap() {
            let text = statement.to_string();
            listed += text.matches("repo:").count() + text.matches("\"acme/").count();
        }
        // Exactly listed subjects of several owners are still exact; beyond what is listed the ring must say it.
        if owners.len() > listed {
            prop_assert!(ring >= Ring::Provider, "{ring:?} {written:#}");
        }
        let mut subs: Vec<String> = admitted.iter().map(|it| it.text("sub").unwrap().to_lowercase()).collect();
        subs.sort_unstable();
        subs.dedup();
        if subs.len() > listed + 2 {
            prop_assert!(ring >= Ring::Repository, "{ring:?} {written:#}");
        }
    }

    /// Everything seen stays admitted, and nothing comes in that was refused.
    #[test]
    fn tighten_only_narrows(written in policy(), tokens in proptest::collection::vec(token(), 30), names_only in any::<bool>(), keep_wildcard in any::<bool>()) {
        let trust = ours(&written);
        let facts = Facts::default();
        let admitted: Vec<Token> = tokens.iter().filter(|it| trust.evaluate(it, &facts).decision == Decision::Allow).take(4).cloned().collect();
        prop_assume!(!admitted.is_empty());
        let tightened = trust.tighten(&admitted, Wish { keep_wildcard, names_only }, &facts).unwrap();
        let tight = ours(&tightened.trust);
        for token in &admitted {
            prop_assert_eq!(tight.evaluate(token, &facts).decision, Decision::Allow);
        }
        for token in &tokens {
            if tight.evaluate(token, &facts).decision == Decision::Allow {
                prop_assert_eq!(trust.evaluate(token, &facts).decision, Decision::Allow, "{}", tightened.trust);
            }
        }
        prop_assert!(tight.admits(&facts).ring <= trust.admits(&facts).ring);
    }
}
