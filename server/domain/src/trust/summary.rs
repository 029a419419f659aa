//! A kept document in short: whom it admits in a sentence, how wide it stands open, and whether only names bind it.

use contract::identities::TrustLanguage;

use super::{Facts, Language, Ring, Trust, read};

/// What a kept document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Whom it admits, in a sentence.
    pub admits: String,
    /// How wide it is; nothing when it cannot be read.
    pub ring: Option<Ring>,
    /// Admits by a name that can pass to somebody else, without the id that cannot.
    pub by_name: bool,
    /// Admits the runs of pull requests, which nobody has reviewed yet.
    pub pull_requests: bool,
}

impl Summary {
    /// Whether it admits more than the contexts written out; nothing when unknown.
    pub fn is_wildcard(&self) -> Option<bool> {
        self.ring
            .map(|ring| ring > Ring::Exact || self.pull_requests)
    }

    fn unread() -> Self {
        Self {
            admits: "The document could not be read, so who it admits is unknown.".to_owned(),
            ring: None,
            by_name: false,
            pull_requests: false,
        }
    }
}

/// Sums up a document as it is kept.
pub fn summarise(language: TrustLanguage, document: &str) -> Summary {
    read(document.as_bytes(), Language::of(language.as_str()))
        .map_or_else(|_| Summary::unread(), |trust| of(&trust))
}

fn of(trust: &Trust) -> Summary {
    let facts = Facts::default();
    let admits = trust.admits(&facts);
    let found = trust.lint(&facts);
    let fires = |rule: &str| found.iter().any(|it| it.rule == rule);
    Summary {
        admits: format!("It admits {}.", admits.description),
        ring: Some(admits.ring),
        by_name: fires("mutable-name"),
        pull_requests: fires("pull-request-allowed"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

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
        for (sub, ring, by_name, wildcard) in [
            (
                "repo:acme@1/shop@2:environment:production",
                Ring::Exact,
                false,
                false,
            ),
            (
                "repo:acme/shop:ref:refs/heads/main",
                Ring::Exact,
                true,
                false,
            ),
            ("repo:acme/shop:*", Ring::Repository, true, true),
            (
                "repo:acme@1/shop@2:ref:refs/heads/*",
                Ring::Repository,
                false,
                true,
            ),
            ("repo:acme/shop:pull_request", Ring::Exact, true, true),
            ("repo:acme/*", Ring::Organisation, true, true),
            (
                "repo:acme/*:ref:refs/heads/main",
                Ring::Organisation,
                true,
                true,
            ),
            ("repo:*", Ring::Provider, false, true),
            ("*", Ring::Provider, false, true),
        ] {
            let summary = aws_sub("StringLike", sub);
            assert_eq!(summary.ring, Some(ring), "{sub}");
            assert_eq!(summary.by_name, by_name, "{sub}");
            assert_eq!(summary.is_wildcard(), Some(wildcard), "{sub}");
            assert!(summary.admits.contains(sub), "{}", summary.admits);
        }
    }

    #[test]
    fn a_condition_that_does_not_bind_admits_anyone() {
        for condition in [
            json!({"StringEquals": {format!("{GITHUB}:aud"): "sts.amazonaws.com"}}),
            json!({"StringLikeIfExists": {format!("{GITHUB}:event_name"): "push"}}),
            json!({"ForAllValues:StringLike": {"gitlab.com:sub": "project_path:acme/*"}}),
        ] {
            assert_eq!(aws(&condition).ring, Some(Ring::Provider), "{condition}");
        }
    }

    #[test]
    fn a_star_compared_exactly_admits_nobody_more() {
        assert_eq!(
            aws_sub("StringEquals", "repo:acme/shop:*").ring,
            Some(Ring::Exact)
        );
    }

    #[test]
    fn principals_without_a_token() {
        for (principal, ring) in [
            (json!("*"), Ring::Anyone),
            (json!({"AWS": "*"}), Ring::Anyone),
            (
                json!({"AWS": ["arn:aws:iam::471982203366:role/ci"]}),
                Ring::Exact,
            ),
            (json!({"Service": "ec2.amazonaws.com"}), Ring::Exact),
        ] {
            let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}});
            let summary = summarise(TrustLanguage::Aws, &policy.to_string());
            assert_eq!(summary.ring, Some(ring), "{policy}");
        }
    }

    #[test]
    fn the_other_languages() {
        use TrustLanguage::{Entra, Gcp, Kubernetes, Vault};
        for (language, document, ring) in [
            (
                Entra,
                r#"{"issuer":"https://token.actions.githubusercontent.com","subject":"repo:acme/shop:environment:production","audiences":["api://AzureADTokenExchange"]}"#,
                Ring::Exact,
            ),
            (
                Entra,
                r#"{"issuer":"https://gitlab.com","subject":null,"claimsMatchingExpression":{"value":"claims['sub'] matches 'project_path:acme/*:ref_type:branch:ref:main'","languageVersion":1}}"#,
                Ring::Organisation,
            ),
            (
                Gcp,
                r#"{"attributeMapping":{"google.subject":"assertion.sub"},"attributeCondition":"assertion.repository_owner == 'acme'","oidc":{"issuerUri":"https://token.actions.githubusercontent.com"}}"#,
                Ring::Organisation,
            ),
            (
                Vault,
                r#"{"role_type":"jwt","user_claim":"sub","bound_subject":"system:serviceaccount:ci:runner"}"#,
                Ring::Exact,
            ),
            (
                Vault,
                r#"{"role_type":"jwt","user_claim":"sub","bound_audiences":["vault"]}"#,
                Ring::Anyone,
            ),
            (
                Kubernetes,
                r#"{"subjects":[{"kind":"ServiceAccount","name":"runner","namespace":"ci"}]}"#,
                Ring::Exact,
            ),
            (
                Kubernetes,
                r#"{"subjects":[{"kind":"Group","name":"system:authenticated"}]}"#,
                Ring::Provider,
            ),
        ] {
            let summary = summarise(language, document);
            assert_eq!(summary.ring, Some(ring), "{document}: {}", summary.admits);
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
            assert_eq!(summary.ring, None, "{document}");
            assert_eq!(summary.is_wildcard(), None);
        }
    }
}
