//! Trust documents as vendors print them, and what they admit.

use serde_json::json;

use super::*;

const GITHUB: &str = "token.actions.githubusercontent.com";

fn aws(condition: &Value) -> Summary {
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::471982203366:oidc-provider/{GITHUB}")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }]});
    summarise(TrustLanguage::Aws, &policy.to_string())
}

fn aws_sub(operator: &str, sub: &str) -> Summary {
    aws(
        &json!({operator: {format!("{GITHUB}:sub"): sub, format!("{GITHUB}:aud"): "sts.amazonaws.com"}}),
    )
}

#[test]
fn aws_trusts_by_width() {
    use Breadth::{Anyone, Exact, OwnerWide, RepositoryWide};
    for (sub, breadth, by_name, says) in [
        (
            "repo:acme@1/shop@2:environment:production",
            Exact,
            false,
            "the environment production of acme@1/shop@2",
        ),
        (
            "repo:acme/shop:ref:refs/heads/main",
            Exact,
            true,
            "the branch main of acme/shop",
        ),
        (
            "repo:acme/shop:*",
            RepositoryWide,
            true,
            "any branch, tag, pull request or environment of acme/shop",
        ),
        (
            "repo:acme@1/shop@2:ref:refs/heads/*",
            RepositoryWide,
            false,
            "any branch of",
        ),
        (
            "repo:acme/shop:pull_request",
            RepositoryWide,
            true,
            "any pull request",
        ),
        ("repo:acme/*", OwnerWide, true, "every repository of acme"),
        (
            "repo:acme/*:ref:refs/heads/main",
            OwnerWide,
            true,
            "every repository of acme",
        ),
        ("repo:*", Anyone, true, "any repository on GitHub"),
        ("*", Anyone, false, "anyone with a token of"),
    ] {
        let summary = aws_sub("StringLike", sub);
        assert_eq!(summary.breadth, Some(breadth), "{sub}");
        assert_eq!(summary.by_name, by_name, "{sub}");
        assert!(summary.admits.contains(says), "{sub}: {}", summary.admits);
    }
}

#[test]
fn a_condition_that_does_not_bind_admits_anyone() {
    for condition in [
        json!({"StringEquals": {format!("{GITHUB}:aud"): "sts.amazonaws.com"}}),
        json!({"StringLikeIfExists": {format!("{GITHUB}:sub"): "repo:acme/shop:*"}}),
        json!({"ForAllValues:StringLike": {format!("{GITHUB}:sub"): "repo:acme/shop:*"}}),
        json!({"StringEquals": {"gitlab.com:sub": "project_path:a/b:ref_type:branch:ref:main"}}),
    ] {
        assert_eq!(
            aws(&condition).breadth,
            Some(Breadth::Anyone),
            "{condition}"
        );
    }
}

#[test]
fn a_star_compared_exactly_admits_nobody_more() {
    let summary = aws_sub("StringEquals", "repo:acme/shop:*");
    assert_eq!(summary.breadth, Some(Breadth::Exact));
    assert!(summary.admits.contains("literal"), "{}", summary.admits);
}

#[test]
fn aws_principals_that_are_not_federated() {
    for (principal, breadth) in [
        (json!("*"), Breadth::Anyone),
        (json!({"AWS": "*"}), Breadth::Anyone),
        (
            json!({"AWS": "arn:aws:iam::471982203366:root"}),
            Breadth::OwnerWide,
        ),
        (
            json!({"AWS": ["arn:aws:iam::471982203366:role/ci"]}),
            Breadth::Exact,
        ),
        (json!({"Service": "ec2.amazonaws.com"}), Breadth::Exact),
    ] {
        let policy = json!({"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}});
        let summary = summarise(TrustLanguage::Aws, &policy.to_string());
        assert_eq!(summary.breadth, Some(breadth), "{policy}");
    }
}

#[test]
fn the_other_languages() {
    use TrustLanguage::{Entra, Gcp, Kubernetes, Vault};
    for (language, document, breadth, says) in [
        (
            Entra,
            r#"{"issuer":"https://token.actions.githubusercontent.com","subject":"repo:acme/shop:environment:production"}"#,
            Breadth::Exact,
            "the environment production",
        ),
        (
            Entra,
            r#"{"issuer":"https://gitlab.com","subject":null,"claimsMatchingExpression":{"value":"claims['sub'] matches 'project_path:acme/*:ref_type:branch:ref:main'","languageVersion":1}}"#,
            Breadth::OwnerWide,
            "every project",
        ),
        (
            Gcp,
            r#"{"attributeCondition":"assertion.repository_owner == 'acme'"}"#,
            Breadth::OwnerWide,
            "every repository of acme",
        ),
        (
            Gcp,
            r#"{"attributeCondition":"assertion.repository=='acme/shop' && assertion.ref=='refs/heads/main'"}"#,
            Breadth::RepositoryWide,
            "acme/shop",
        ),
        (
            Gcp,
            "assertion.sub.startsWith('repo:acme/shop:')",
            Breadth::RepositoryWide,
            "acme/shop",
        ),
        (
            Gcp,
            r#"{"issuerUri":"https://token.actions.githubusercontent.com"}"#,
            Breadth::Anyone,
            "anyone",
        ),
        (
            Vault,
            r#"{"bound_claims_type":"glob","bound_claims":{"sub":["repo:acme/*"]}}"#,
            Breadth::OwnerWide,
            "every repository of acme",
        ),
        (
            Vault,
            r#"{"data":{"bound_subject":"system:serviceaccount:ci:runner"}}"#,
            Breadth::Exact,
            "the service account runner",
        ),
        (
            Vault,
            r#"{"bound_audiences":["vault"]}"#,
            Breadth::Anyone,
            "anyone",
        ),
        (
            Kubernetes,
            r#"{"subjects":[{"kind":"ServiceAccount","name":"runner","namespace":"ci"}]}"#,
            Breadth::Exact,
            "runner",
        ),
    ] {
        let summary = summarise(language, document);
        assert_eq!(
            summary.breadth,
            Some(breadth),
            "{document}: {}",
            summary.admits
        );
        assert!(
            summary.admits.contains(says),
            "{document}: {}",
            summary.admits
        );
    }
}

#[test]
fn what_cannot_be_read_is_unknown_and_never_narrow() {
    for (language, document) in [
        (TrustLanguage::Aws, "not json"),
        (TrustLanguage::Aws, "{}"),
        (TrustLanguage::Entra, "[]x"),
        (TrustLanguage::Vault, "[1]"),
        (TrustLanguage::Gcp, "hello"),
        (TrustLanguage::Kubernetes, "{}"),
    ] {
        let summary = summarise(language, document);
        assert_eq!(summary.breadth, None, "{document}");
        assert_eq!(summary.is_wildcard(), None);
    }
}
