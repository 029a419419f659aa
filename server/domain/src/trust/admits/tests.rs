//! What is let in is always within what is said to be: whatever the language, a token that is admitted fits one of the
//! ways in that ring and sentence are made of; and a tightened trust admits what was seen and nothing that was refused.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::*;
use crate::trust::{Decision, Facts, Language, Token, Trust, Wish, read};

const HOST: &str = "token.actions.githubusercontent.com";
const POOL: &str =
    "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p";

const PATTERNS: [&str; 16] = [
    "*",
    "repo:*",
    "repo:acme*",
    "repo:acme/*",
    "repo:acme/app*",
    "repo:acme/app:*",
    "repo:acme/app:ref:refs/heads/*",
    "repo:acme/app:ref:refs/heads/main",
    "repo:acme@1/app@2:environment:prod",
    "repo:acme@*/app@*:*",
    "*:pull_request",
    "repo:*/app:*",
    "repo:acme/app:environment:pro?",
    "repo:acme/app",
    "",
    "repo:ACME/app:environment:prod",
];

const OPERATORS: [&str; 6] = [
    "StringLike",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringNotLike",
    "StringLikeIfExists",
    "ForAnyValue:StringLike",
];

type Picked = (&'static str, &'static str, &'static str, usize);

fn picked() -> impl Strategy<Value = Picked> {
    let repository = select(vec!["acme/app", "acme/other", "evil/app"]);
    let pattern = || select(PATTERNS.to_vec());
    (pattern(), pattern(), repository, 0_usize..12)
}

fn aws((one, two, repository, form): Picked) -> Value {
    let key = |claim: &str| format!("{HOST}:{claim}");
    let statement = |effect: &str, action: &str, condition: Value| {
        json!({"Effect": effect, "Action": action, "Condition": condition,
        "Principal": {"Federated": format!("arn:aws:iam::1:oidc-provider/{HOST}")}})
    };
    let mut condition = json!({OPERATORS[form % 6]: {key("sub"): [one, two]}});
    condition["StringEquals"][key("repository")] = repository.into();
    let mut statements = vec![
        statement("Allow", "sts:AssumeRoleWithWebIdentity", condition),
        statement(
            "Allow",
            "sts:*",
            json!({"StringEquals": {key("aud"): "sts.amazonaws.com"}, "StringLike": {key("sub"): two}}),
        ),
    ];
    if form >= 6 {
        let denied = json!({"StringLike": {key("sub"): one}});
        statements.push(statement("Deny", "*", denied));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn entra((pattern, _, _, form): Picked) -> Value {
    let mut it = json!({"name": "x", "issuer": format!("https://{HOST}"), "audiences": ["sts.amazonaws.com"]});
    if form % 2 == 0 {
        let value = format!("claims['sub'] matches '{pattern}' and claims['repository_id'] eq '2'");
        it["claimsMatchingExpression"] = json!({"value": value, "languageVersion": 1});
    } else {
        it["subject"] = pattern.into();
    }
    it
}

fn gcp((pattern, _, repository, form): Picked) -> Value {
    let start = pattern.trim_end_matches('*');
    let condition = match form % 5 {
        0 => format!("assertion.sub.startsWith('{start}')"),
        1 => {
            format!("assertion.repository == '{repository}' && assertion.ref == 'refs/heads/main'")
        }
        2 => format!("assertion.repository in ['{repository}', 'acme/app']"),
        3 => format!("assertion.sub == '{pattern}' || assertion.repository == '{repository}'"),
        _ => format!("assertion.repository != 'evil/app' && assertion.sub.startsWith('{start}')"),
    };
    let bindings = if form < 6 {
        json!([format!("{POOL}/attribute.repository/{repository}")])
    } else {
        json!([format!("{POOL}/*")])
    };
    json!({"attribute_mapping": {"google.subject": "assertion.sub", "attribute.repository": "assertion.repository"},
        "attribute_condition": condition, "_bindings": bindings,
        "oidc": {"issuer_uri": format!("https://{HOST}"), "allowed_audiences": ["sts.amazonaws.com"]}})
}

fn vault((pattern, _, repository, form): Picked) -> Value {
    let kind = if form % 2 == 0 { "glob" } else { "string" };
    json!({"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["sts.amazonaws.com"], "bound_claims_type": kind,
        "bound_claims": {"sub": [pattern, "repo:acme/app:pull_request"], "repository": repository},
        "_bound_issuer": format!("https://{HOST}")})
}

fn octo((pattern, ..): Picked) -> Value {
    let regex = pattern.replace('*', ".*").replace('?', ".");
    json!({"issuer": format!("https://{HOST}"), "audience": "sts.amazonaws.com", "subject_pattern": regex,
        "claim_pattern": {"repository": "acme/.*"}})
}

fn document() -> impl Strategy<Value = (Language, Value)> {
    prop_oneof![
        4 => picked().prop_map(|it| (Language::Aws, aws(it))),
        2 => picked().prop_map(|it| (Language::Entra, entra(it))),
        3 => picked().prop_map(|it| (Language::Gcp, gcp(it))),
        2 => picked().prop_map(|it| (Language::Vault, vault(it))),
        1 => picked().prop_map(|it| (Language::OctoSts, octo(it))),
    ]
}

fn token() -> impl Strategy<Value = Token> {
    let place = select(vec![
        ("acme/app", "acme/app"),
        ("acme@1/app@2", "acme/app"),
        ("acme/other", "acme/other"),
        ("evil/app", "evil/app"),
        ("Acme/app", "Acme/app"),
    ]);
    let context = select(vec![
        "ref:refs/heads/main",
        "ref:refs/heads/dev",
        "pull_request",
        "environment:prod",
    ]);
    let aud = select(vec!["sts.amazonaws.com", "sts.amazonaws.com", "other"]);
    (place, context, aud).prop_map(|((place, repository), context, aud)| {
        let reference = context.strip_prefix("ref:").unwrap_or("refs/heads/main");
        let claims = json!({"iss": format!("https://{HOST}"), "sub": format!("repo:{place}:{context}"), "aud": aud,
            "repository": repository, "repository_id": "2", "repository_owner_id": "1", "ref": reference});
        Token::read(&claims.to_string()).unwrap()
    })
}

fn tokens() -> impl Strategy<Value = Vec<Token>> {
    proptest::collection::vec(token(), 30)
}

/// The token fits a way in: every constraint that narrows holds of it.
fn fits(grant: &Grant, token: &Token) -> bool {
    let mut narrowing = grant.all.iter().filter(|it| it.narrows && !it.negated);
    grant.dead.is_none()
        && narrowing.all(|it| {
            let held = match token.claim(&it.claim.to_ascii_lowercase()) {
                Some(Value::String(text)) => vec![text.as_str()],
                Some(_) => token.audiences(),
                // A name of the language's own, such as an attribute of Google.
                None => return true,
            };
            let mut values = it.values.iter();
            values.any(|value| held.iter().any(|text| value.matches(text)))
        })
}

fn admitted(trust: &Trust, tokens: &[Token]) -> Vec<Token> {
    let let_in = |it: &&Token| trust.evaluate(it, &Facts::default()).decision == Decision::Allow;
    tokens.iter().filter(let_in).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(800) })]

    #[test]
    fn whoever_is_let_in_fits_a_way_in((language, document) in document(), tokens in tokens()) {
        let trust = read(document.to_string().as_bytes(), Some(language)).unwrap();
        let grants = trust.document.grants(&Facts::default());
        for token in admitted(&trust, &tokens) {
            prop_assert!(grants.iter().any(|grant| fits(grant, &token)), "{:?} by {document:#}", token.claims());
        }
    }

    #[test]
    fn tightened_in_any_language_it_only_narrows((language, document) in document(), tokens in tokens()) {
        let trust = read(document.to_string().as_bytes(), Some(language)).unwrap();
        let facts = Facts::default();
        let seen: Vec<Token> = admitted(&trust, &tokens).into_iter().take(4).collect();
        prop_assume!(!seen.is_empty());
        // What a language cannot say it refuses to say.
        let tight = trust.tighten(&seen, Wish::default(), &facts);
        prop_assume!(tight.is_ok());
        let tight = read(tight.unwrap().trust.to_string().as_bytes(), Some(language)).unwrap();
        for token in &seen {
            prop_assert_eq!(tight.evaluate(token, &facts).decision, Decision::Allow, "{:#}", document);
        }
        for token in admitted(&tight, &tokens) {
            let before = trust.evaluate(&token, &facts).decision;
            prop_assert_eq!(before, Decision::Allow, "{:?} by {:#}", token.claims(), document);
        }
        prop_assert!(tight.admits(&facts).ring <= trust.admits(&facts).ring, "{document:#}");
    }
}
