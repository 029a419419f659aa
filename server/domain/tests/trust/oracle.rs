//! The AWS judgement against an independent one, `iam-rs`: on the cases written by hand (`cases` asks [`agrees`]), on
//! the real documents, and on generated policies and tokens; and the properties that tie `admits` and `tighten` to
//! `evaluate`. Where the two differ, [`DIFFERENT`] names the page of AWS that decides.

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

/// The policy as `iam-rs` reads it: it knows no policies without a resource, and no principal of an account that is not
/// twelve digits, as documents of the wild have them (`1`, `ACCOUNT_ID`, an open variable).
fn oracle(policy: &Value) -> IAMPolicy {
    let mut policy: Value = serde_json::from_str(&of_one_account(&policy.to_string())).unwrap();
    let statements = match &mut policy["Statement"] {
        Value::Array(all) => all.iter_mut().collect(),
        one => vec![one],
    };
    for statement in statements {
        statement["Resource"] = "*".into();
    }
    serde_json::from_value(policy).unwrap()
}

/// The same text with every provider in one account.
fn of_one_account(text: &str) -> String {
    let arn = regex::Regex::new(r#"arn:[^:"]*:iam::[^:"]*:oidc-provider/"#).unwrap();
    arn.replace_all(text, "arn:aws:iam::123456789012:oidc-provider/")
        .into_owned()
}

/// The claims AWS makes keys of, by issuer. Written out here again, so that a slip in the table of `domain` shows:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>.
fn exposed(host: &str) -> Vec<&'static str> {
    let mut keys = vec!["sub", "aud", "amr", "email", "oaud"];
    keys.extend(match host.split('/').next().unwrap_or_default() {
        HOST => &[
            "actor",
            "actor_id",
            "enterprise_id",
            "environment",
            "job_workflow_ref",
            "ref",
            "repository",
            "repository_id",
            "repository_owner_id",
            "workflow",
        ][..],
        "gitlab.com" => &[
            "namespace_id",
            "pipeline_source",
            "project_id",
            "ref_protected",
            "runner_environment",
            "user_access_level",
            "user_email",
            "user_id",
            "user_login",
        ],
        "agent.buildkite.com" => &[
            "build_branch",
            "cluster_id",
            "cluster_name",
            "organization_id",
            "organization_slug",
            "pipeline_id",
            "pipeline_slug",
        ],
        "oidc.circleci.com" => &["oidc.circleci.com/project-id"],
        _ => &[],
    });
    keys
}

/// The request context AWS would make of a token.
fn context(host: &str, token: &Token) -> Context {
    let mut context = Context::new();
    let text = |value: &Value| match value {
        Value::String(text) => ContextValue::String(text.clone()),
        Value::Array(all) => ContextValue::StringList(
            all.iter()
                .map(|it| it.as_str().unwrap_or_default().to_owned())
                .collect(),
        ),
        other => ContextValue::String(other.to_string()),
    };
    let azp = token.claim("azp");
    for claim in exposed(host) {
        let value = match (claim, azp) {
            ("aud", Some(azp)) => Some(azp),
            ("oaud", Some(_)) => token.claim("aud"),
            _ => token.claim(claim),
        };
        if let Some(value) = value {
            context.insert(format!("{host}:{claim}"), text(value));
        }
    }
    let tags = token
        .claim("https://aws.amazon.com/tags")
        .and_then(|it| it.get("principal_tags"));
    for (tag, value) in tags.and_then(Value::as_object).into_iter().flatten() {
        let value = value
            .as_array()
            .and_then(|all| all.first())
            .unwrap_or(value);
        context.insert(format!("aws:RequestTag/{tag}"), text(value));
    }
    context
}

/// The principal a token comes as: the provider as the policy names it, else one of the usual form.
fn principal(policy: &Value, host: &str) -> String {
    let named = of_one_account(&policy.to_string());
    let at = named.split('"').find(|word| {
        *word == host
            || word
                .split_once(":oidc-provider/")
                .is_some_and(|(_, provider)| provider == host)
    });
    at.map_or_else(
        || format!("arn:aws:iam::123456789012:oidc-provider/{host}"),
        str::to_owned,
    )
}

/// What `iam-rs` says, given the keys AWS would make of the token.
fn theirs(policy: &Value, parsed: &IAMPolicy, token: &Token) -> Decision {
    let host = token
        .text("iss")
        .unwrap_or_default()
        .trim_start_matches("https://");
    let options = EvaluationOptions {
        ignore_resource_constraints: true,
        ..EvaluationOptions::default()
    };
    let evaluator = PolicyEvaluator::with_policies(vec![parsed.clone()]).with_options(options);
    let may = |action: &str| {
        let request = IAMRequest::new_with_context(
            Principal::Federated(PrincipalId::String(principal(policy, host))),
            action,
            Arn::parse("arn:aws:iam::123456789012:role/deploy").unwrap(),
            context(host, token),
        );
        let decided = evaluator.evaluate(&request).unwrap().decision;
        matches!(decided, iam_rs::Decision::Allow)
    };
    let tagged = token.claim("https://aws.amazon.com/tags").is_some();
    if may("sts:AssumeRoleWithWebIdentity") && (!tagged || may("sts:TagSession")) {
        Decision::Allow
    } else {
        Decision::Deny
    }
}

/// What `iam-rs` 0.8 decides otherwise, and the page of AWS that decides for us: a part of the policy's text.
const DIFFERENT: [(&str, &str); 1] = [(
    "${*}",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html, special characters: \
     “${*}” is the character itself",
)];

/// Fails unless `iam-rs` decides the same, but for [`DIFFERENT`]. What depends on a request that is not told is
/// unknown here and has no counterpart there.
#[track_caller]
pub fn agrees(policy: &Value, token: &Token, ours: Decision) {
    if ours == Decision::Unknown {
        return;
    }
    let written = policy.to_string();
    if let Some((_, page)) = DIFFERENT.iter().find(|(part, _)| written.contains(part)) {
        println!("iam-rs is not asked: {page}");
        return;
    }
    let theirs = theirs(policy, &oracle(policy), token);
    assert_eq!(ours, theirs, "{policy:#}\n{:?}", token.claims());
}

/// Every AWS document at hand with tokens of friends and strangers.
#[test]
fn agrees_with_iam_rs_on_real_documents() {
    let Some(dir) = super::data::shared() else {
        return;
    };
    let tokens: Vec<Token> = [
        ("token.actions.githubusercontent.com", "repo:acme/app:ref:refs/heads/main"),
        ("token.actions.githubusercontent.com", "repo:stranger/thing:pull_request"),
        ("token.actions.githubusercontent.com", "repo:octo-org@1/octo-repo@2:environment:prod"),
        ("gitlab.com", "project_path:acme/app:ref_type:branch:ref:main"),
        ("app.terraform.io", "organization:acme:project:core:workspace:web:run_phase:apply"),
        ("agent.buildkite.com", "organization:acme:pipeline:app:ref:refs/heads/main:commit:1:step:deploy"),
    ]
    .into_iter()
    .flat_map(|(host, sub)| {
        ["sts.amazonaws.com", "aws.workload.identity", "https://gitlab.com"].map(|aud| {
            let claims = json!({"iss": format!("https://{host}"), "sub": sub, "aud": aud, "repository": "acme/app", "actor": "alice"});
            Token::read(&claims.to_string()).unwrap()
        })
    })
    .collect();
    let (mut pairs, mut unknown) = (0, 0);
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if !path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("aws-")
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        let policy = match &file["trust"] {
            Value::String(text) => serde_json::from_str(text).unwrap(),
            policy => policy.clone(),
        };
        let trust = ours(&policy);
        for token in &tokens {
            let decision = trust.evaluate(token, &Facts::default()).decision;
            unknown += usize::from(decision == Decision::Unknown);
            agrees(&policy, token, decision);
            pairs += 1;
        }
    }
    println!("{pairs} pairs of real documents and tokens, {unknown} of them unknown here");
    assert!(pairs > 500);
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
        let parsed = oracle(&written);
        for token in &tokens {
            let (a, b) = (
                trust.evaluate(token, &Facts::default()).decision,
                theirs(&written, &parsed, token),
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
