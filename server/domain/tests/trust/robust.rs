//! Broken, huge and pathological documents: a clear error or an answer, soon.

use std::time::{Duration, Instant};

use domain::trust::{Decision, Facts, Language, Token, Unreadable, read};
use proptest::prelude::*;

fn token() -> Token {
    Token::read(r#"{"iss":"https://token.actions.githubusercontent.com","sub":"repo:acme/app:ref:refs/heads/main","aud":"sts.amazonaws.com"}"#).unwrap()
}

#[test]
fn broken_documents_are_told_with_their_place() {
    let told = |bytes: &[u8], language| read(bytes, language).unwrap_err().to_string();
    assert!(
        told(
            b"{\"Version\": \"2012-10-17\",\n\"Statement\": [",
            Some(Language::Aws)
        )
        .contains("line 2")
    );
    assert!(told(b"", None).contains("empty"));
    assert!(told(b"\xff\xfe", None).contains("UTF-8"));
    assert!(told(b"{}", None).contains("choose one of"));
    assert!(told(b"{\"Statement\": [1]}", Some(Language::Aws)).contains("statement 1"));
    assert!(told(b"{}", Some(Language::Vault)).contains("no role"));
    assert!(told(b"a: [1, 2", Some(Language::OctoSts)).contains("line"));
    assert!(matches!(
        read(&vec![b' '; 17 << 20], None),
        Err(Unreadable::TooLarge(_))
    ));
}

#[test]
fn a_duplicate_key_is_reported_and_never_guessed() {
    let text = br#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/app:*"}}}]}"#;
    let trust = read(text, None).unwrap();
    assert_eq!(
        trust.evaluate(&token(), &Facts::default()).decision,
        Decision::Unknown
    );
    assert!(
        trust
            .lint(&Facts::default())
            .iter()
            .any(|it| it.rule == "duplicate-key")
    );
}

#[test]
fn large_policies_are_judged_in_bounded_time() {
    let statement = r#"{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/NAME:*"}}}"#;
    let many: Vec<String> = (0..10_000)
        .map(|at| statement.replace("NAME", &format!("r{at}")))
        .collect();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        many.join(",")
    );
    let long = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statement.replace("NAME", &"x*".repeat(2_600_000))
    );
    for text in [policy, long] {
        let started = Instant::now();
        let trust = read(text.as_bytes(), None).unwrap();
        let verdict = trust.evaluate(&token(), &Facts::default());
        assert_eq!(verdict.decision, Decision::Deny);
        trust.admits(&Facts::default());
        let found = trust.lint(&Facts::default());
        println!(
            "{} bytes: {} findings in {:?}",
            text.len(),
            found.len(),
            started.elapsed()
        );
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn pathological_globs_and_expressions_end() {
    let started = Instant::now();
    let glob = format!(
        r#"{{"role_type":"jwt","user_claim":"sub","bound_audiences":"x","bound_claims_type":"glob","bound_claims":{{"sub":"{}b"}}}}"#,
        "*a".repeat(2000)
    );
    let claims = format!(
        r#"{{"sub":"{}","aud":"x","iss":"https://gitlab.com"}}"#,
        "a".repeat(20_000)
    );
    let token = Token::read(&claims).unwrap();
    assert_eq!(
        read(glob.as_bytes(), None)
            .unwrap()
            .evaluate(&token, &Facts::default())
            .decision,
        Decision::Deny
    );
    for condition in [
        "(".repeat(3000),
        format!("{}true", "!".repeat(4000)),
        vec!["assertion.sub == 'a'"; 180].join(" && "),
        "assertion.sub.matches('(a+)+$')".to_owned(),
        vec!["(assertion.sub == 'a' || assertion.aud == 'b')"; 80].join(" && "),
    ] {
        let provider = serde_json::json!({"attribute_mapping": {"google.subject": "assertion.sub"}, "attribute_condition": condition, "oidc": {"issuer_uri": "https://gitlab.com"}});
        let trust = read(provider.to_string().as_bytes(), None).unwrap();
        trust.evaluate(&token, &Facts::default());
        trust.admits(&Facts::default());
        trust.lint(&Facts::default());
    }
    let octo = "issuer: https://gitlab.com\nsubject_pattern: \"(a{1,1000}){1,1000}\"\n";
    read(octo.as_bytes(), Some(Language::OctoSts))
        .unwrap()
        .evaluate(&token, &Facts::default());
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{:?}",
        started.elapsed()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    /// Nothing panics on any text, in any language.
    #[test]
    fn any_text_is_an_answer_or_an_error(text in ".{0,200}", at in 0_usize..6) {
        let _ = read(text.as_bytes(), Some(Language::ALL[at]));
        let _ = Token::read(&text);
        let _ = Facts::read(&text);
    }

    /// Nothing panics on odd values in the right places.
    #[test]
    fn odd_values_are_judged(value in "[a-z:/@*?${}'.|()\\[\\]\\\\ -]{0,60}", claim in "[a-z]{1,10}") {
        let documents = [
            (Language::Aws, serde_json::json!({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:*","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":value,"token.actions.githubusercontent.com:job_workflow_ref":value}}}})),
            (Language::Entra, serde_json::json!({"issuer":"https://token.actions.githubusercontent.com","audiences":["a"],"claimsMatchingExpression":{"value":format!("claims['sub'] matches '{value}'")}})),
            (Language::Gcp, serde_json::json!({"attribute_mapping":{"google.subject":"assertion.sub","attribute.x":value},"attribute_condition":value,"oidc":{"issuer_uri":"https://gitlab.com"},"_bindings":[value, format!("principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/attribute.x/{value}")]})),
            (Language::Vault, serde_json::json!({"role_type":"jwt","user_claim":claim,"bound_claims_type":"glob","bound_claims":{"sub":value,"ref":value},"_bound_issuer":"https://gitlab.com"})),
            (Language::OctoSts, serde_json::json!({"issuer_pattern":value,"subject_pattern":value,"claim_pattern":{claim.clone():value}})),
            (Language::Kubernetes, serde_json::json!({"subjects":[value]})),
        ];
        for (language, document) in documents {
            if let Ok(trust) = read(document.to_string().as_bytes(), Some(language)) {
                trust.evaluate(&token(), &Facts::default());
                trust.admits(&Facts::default());
                trust.lint(&Facts::default());
            }
        }
    }
}
