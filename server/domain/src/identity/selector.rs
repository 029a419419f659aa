//! Selectors as people write them: one name of the outside world, checked for its shape.
//!
//! Reading a subject claim's parts and matching it against an event is `event`'s.

use contract::identities::SelectorKind;

use crate::event::subject::GITHUB_ISSUER;

/// One name, of the right shape for its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NewSelector {
    /// What kind of name it is.
    pub kind: SelectorKind,
    /// Who gives the name; empty where the value stands alone.
    pub issuer: String,
    /// The name itself.
    pub value: String,
}

/// Why a line is no selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotASelector {
    /// The first word names no kind.
    #[error("“{0}” is no kind of name; use one of {known}", known = kinds())]
    Kind(String),
    /// There is no name after the kind.
    #[error("the name is missing after “{0}”")]
    Missing(SelectorKind),
    /// An OIDC subject without its issuer names nothing.
    #[error(
        "an OIDC subject needs its issuer before it, such as https://token.actions.githubusercontent.com"
    )]
    Issuer,
    /// The name has not the shape its kind demands.
    #[error("{} looks like {}", .0.label(), example(*.0))]
    Shape(SelectorKind),
}

/// Reads `kind [issuer] value`.
///
/// # Errors
/// [`NotASelector`] says what is wrong with the line.
pub fn parse_line(line: &str) -> Result<NewSelector, NotASelector> {
    let mut words = line.split_whitespace();
    let word = words.next().unwrap_or_default();
    let kind: SelectorKind = word
        .parse()
        .map_err(|_| NotASelector::Kind(word.chars().take(40).collect()))?;
    let rest: Vec<&str> = words.collect();
    let (issuer, value) = match rest.as_slice() {
        [] => return Err(NotASelector::Missing(kind)),
        [value] if kind == SelectorKind::OidcSubject => {
            return Err(if value.contains("://") {
                NotASelector::Missing(kind)
            } else {
                NotASelector::Issuer
            });
        }
        [value] => (String::new(), (*value).to_owned()),
        [issuer, value @ ..] => (normal_issuer(issuer), value.join(" ")),
    };
    let selector = NewSelector {
        kind,
        issuer,
        value,
    };
    if has_shape(&selector) {
        Ok(selector)
    } else {
        Err(NotASelector::Shape(kind))
    }
}

/// Reads `kind [issuer] value`, or a name alone whose shape tells what it is.
///
/// # Errors
/// [`NotASelector`] says what is wrong with the line.
pub fn read(line: &str) -> Result<NewSelector, NotASelector> {
    let line = line.trim();
    let first = line.split_whitespace().next().unwrap_or_default();
    if first.parse::<SelectorKind>().is_err()
        && let Some(found) = guess(line)
    {
        return Ok(found);
    }
    parse_line(line)
}

/// Tells a name of the outside world by its shape; `None` when several kinds look so.
pub fn guess(name: &str) -> Option<NewSelector> {
    let issued = |issuer: &str, value: &str| {
        let selector = NewSelector {
            kind: SelectorKind::OidcSubject,
            issuer: normal_issuer(issuer),
            value: value.trim().to_owned(),
        };
        has_shape(&selector).then_some(selector)
    };
    if let Some((issuer, subject)) = name.split_once(char::is_whitespace) {
        return (issuer.contains('.') && !issuer.starts_with("arn:"))
            .then(|| issued(issuer, subject))
            .flatten();
    }
    if name.starts_with("repo:") {
        return issued(GITHUB_ISSUER, name);
    }
    if name.starts_with("project_path:") {
        return issued("https://gitlab.com", name);
    }
    let alone = |kind| {
        let selector = NewSelector {
            kind,
            issuer: String::new(),
            value: name.to_owned(),
        };
        has_shape(&selector).then_some(selector)
    };
    if name.ends_with("[bot]") {
        return alone(SelectorKind::GithubActor);
    }
    [
        SelectorKind::AwsRole,
        SelectorKind::AwsUser,
        SelectorKind::AwsAccessKey,
        SelectorKind::AzureServicePrincipal,
        SelectorKind::GcpServiceAccount,
        SelectorKind::KubernetesServiceAccount,
    ]
    .into_iter()
    .find_map(alone)
    .or_else(|| {
        // `owner/repository`, and nothing that could be an address or an ARN.
        (!name.contains([':', '@', '.']) || name.split('/').count() == 2 && !name.contains(':'))
            .then(|| alone(SelectorKind::Repository))
            .flatten()
    })
}

/// One spelling per issuer: with scheme, without a closing slash, host in lower case.
pub fn normal_issuer(issuer: &str) -> String {
    let bare = issuer.trim().trim_end_matches('/');
    let bare = bare.strip_prefix("https://").unwrap_or(bare);
    let (host, path) = bare.split_at(bare.find('/').unwrap_or(bare.len()));
    if host.contains('.') && !host.starts_with("arn:") {
        format!("https://{}{path}", host.to_lowercase())
    } else {
        issuer.trim().to_owned()
    }
}

fn has_shape(selector: &NewSelector) -> bool {
    let value = selector.value.as_str();
    if value.len() > 600 || value.chars().any(char::is_control) {
        return false;
    }
    let spaced = value.contains(char::is_whitespace);
    match selector.kind {
        SelectorKind::OidcSubject => {
            selector.issuer.starts_with("https://") && (value.contains(':') || value.contains('/'))
        }
        SelectorKind::Repository => {
            let parts = value.split('/').collect::<Vec<_>>();
            !spaced && parts.len() >= 2 && parts.iter().all(|part| !part.is_empty())
        }
        SelectorKind::AwsRole => !spaced && is_arn(value, "role/"),
        SelectorKind::AwsUser => !spaced && is_arn(value, "user/"),
        SelectorKind::AwsAccessKey => {
            (value.starts_with("AKIA") || value.starts_with("ASIA"))
                && value.len() >= 16
                && value
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        }
        SelectorKind::AzureServicePrincipal => uuid::Uuid::try_parse(value).is_ok(),
        SelectorKind::GcpServiceAccount => value
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.ends_with(".gserviceaccount.com")),
        SelectorKind::KubernetesServiceAccount => value
            .strip_prefix("system:serviceaccount:")
            .and_then(|rest| rest.split_once(':'))
            .is_some_and(|(space, name)| !space.is_empty() && !name.is_empty()),
        SelectorKind::AzureFederatedCredential
        | SelectorKind::VaultEntity
        | SelectorKind::GithubActor
        | SelectorKind::TokenId => !spaced,
    }
}

fn is_arn(value: &str, resource: &str) -> bool {
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    let [arn, partition, service, _, account, name] = parts.as_slice() else {
        return false;
    };
    *arn == "arn"
        && partition.starts_with("aws")
        && *service == "iam"
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && name
            .strip_prefix(resource)
            .is_some_and(|rest| !rest.is_empty())
}

fn kinds() -> String {
    let words: Vec<&str> = SelectorKind::ALL.iter().map(|kind| kind.as_str()).collect();
    words.join(", ")
}

/// What a name of this kind looks like; also the form's hint.
pub const fn example(kind: SelectorKind) -> &'static str {
    match kind {
        SelectorKind::OidcSubject => {
            "https://token.actions.githubusercontent.com repo:acme/shop:environment:production"
        }
        SelectorKind::Repository => "acme/shop",
        SelectorKind::AwsRole => "arn:aws:iam::123456789012:role/deploy",
        SelectorKind::AwsUser => "arn:aws:iam::123456789012:user/ci",
        SelectorKind::AwsAccessKey => {
            "AKIA and 16 capital letters or digits (the key id, not the secret)"
        }
        SelectorKind::AzureServicePrincipal => {
            "an object or application id such as 5f0c7a1e-93d4-4b6e-a2c1-7e80b1d94f26"
        }
        SelectorKind::AzureFederatedCredential => "the credential's id",
        SelectorKind::GcpServiceAccount => "name@project.iam.gserviceaccount.com",
        SelectorKind::KubernetesServiceAccount => "system:serviceaccount:namespace:name",
        SelectorKind::VaultEntity => "the entity id or auth role",
        SelectorKind::GithubActor => "the login of an app or bot, such as acme-release[bot]",
        SelectorKind::TokenId => "the id the platform shows for the token",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_reads_its_own_shape() {
        for line in [
            "oidc_subject https://token.actions.githubusercontent.com repo:acme@1/shop@2:ref:refs/heads/main",
            "oidc_subject token.actions.githubusercontent.com repo:acme/shop:environment:Prod EU",
            "repository acme/shop",
            "aws_role arn:aws:iam::471982203366:role/ci/deploy",
            "aws_user arn:aws-cn:iam::471982203366:user/ci",
            "aws_access_key AKIAIOSFODNN7EXAMPLE",
            "azure_service_principal 5f0c7a1e-93d4-4b6e-a2c1-7e80b1d94f26",
            "gcp_service_account loader@acme.iam.gserviceaccount.com",
            "kubernetes_service_account system:serviceaccount:ci:runner",
            "vault_entity auth/jwt/role/deploy",
            "github_actor renovate[bot]",
            "token_id 4711",
        ] {
            assert!(parse_line(line).is_ok(), "{line}: {:?}", parse_line(line));
        }
    }

    #[test]
    fn a_name_alone_is_told_by_its_shape() {
        use SelectorKind as K;
        for (name, kind, issuer) in [
            (
                "repo:acme/shop:environment:production",
                K::OidcSubject,
                GITHUB_ISSUER,
            ),
            (
                "repo:acme@1/shop@2:ref:refs/heads/main",
                K::OidcSubject,
                GITHUB_ISSUER,
            ),
            (
                "project_path:acme/shop:ref_type:branch:ref:main",
                K::OidcSubject,
                "https://gitlab.com",
            ),
            (
                "https://vstoken.dev.azure.com/4711 sc://acme/shop/deploy",
                K::OidcSubject,
                "https://vstoken.dev.azure.com/4711",
            ),
            ("arn:aws:iam::471982203366:role/deploy", K::AwsRole, ""),
            ("arn:aws:iam::471982203366:user/ci", K::AwsUser, ""),
            ("AKIAIOSFODNN7EXAMPLE", K::AwsAccessKey, ""),
            (
                "5f0c7a1e-93d4-4b6e-a2c1-7e80b1d94f26",
                K::AzureServicePrincipal,
                "",
            ),
            (
                "loader@acme.iam.gserviceaccount.com",
                K::GcpServiceAccount,
                "",
            ),
            (
                "system:serviceaccount:ci:runner",
                K::KubernetesServiceAccount,
                "",
            ),
            ("renovate[bot]", K::GithubActor, ""),
            ("acme/shop", K::Repository, ""),
            ("acme/shop.github.io", K::Repository, ""),
            (
                "aws_role arn:aws:iam::471982203366:role/deploy",
                K::AwsRole,
                "",
            ),
        ] {
            let found = read(name).unwrap_or_else(|why| panic!("{name}: {why}"));
            assert_eq!(
                (found.kind, found.issuer.as_str()),
                (kind, issuer),
                "{name}"
            );
        }
        for name in [
            "deploy",
            "",
            "arn:aws:s3:::bucket",
            "https://example.com",
            "a b c",
        ] {
            assert!(read(name).is_err(), "{name}: {:?}", read(name));
        }
    }

    #[test]
    fn one_issuer_has_one_spelling() {
        for issuer in [
            "token.actions.githubusercontent.com",
            "https://token.actions.githubusercontent.com/",
            "https://Token.Actions.GithubUserContent.com",
        ] {
            let line = format!("oidc_subject {issuer} repo:a/b:pull_request");
            assert_eq!(
                parse_line(&line).expect("a selector").issuer,
                "https://token.actions.githubusercontent.com"
            );
        }
        assert_eq!(normal_issuer("471982203366"), "471982203366");
    }

    #[test]
    fn a_wrong_line_says_what_is_wrong() {
        for (line, says) in [
            ("", "no kind"),
            ("role x", "“role” is no kind"),
            ("aws_role", "missing"),
            ("oidc_subject repo:a/b:pull_request", "issuer"),
            (
                "aws_role arn:aws:iam::12:role/x",
                "arn:aws:iam::123456789012:role/deploy",
            ),
            ("aws_user arn:aws:iam::471982203366:role/x", "user/ci"),
            (
                "azure_service_principal crm-bridge",
                "object or application id",
            ),
            ("repository shop", "acme/shop"),
        ] {
            let error = parse_line(line).expect_err(line).to_string();
            assert!(error.contains(says), "{line}: {error}");
        }
    }
}
