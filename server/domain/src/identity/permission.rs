//! Permissions in plain words: a small catalogue per system says what a raw action lets somebody do.
//!
//! To teach it a word, add a line to the system's file. What it does not know is shown raw, never guessed;
//! only a resource-wide wildcard is called privileged without being in the catalogue.

mod aws;
mod azure;
mod gcp;
mod github;
mod kubernetes;
mod vault;

use contract::identities::{Environment, Platform};

/// What part of a release an action plays, for the separation of building and deploying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Makes or replaces what is deployed.
    Build,
    /// Puts it into service.
    Deploy,
}

/// One known action. `*` at the end of `action` stands for any rest.
#[derive(Clone, Copy)]
struct Entry {
    action: &'static str,
    /// What it allows on one resource; `{}` is the resource's short name.
    one: &'static str,
    /// What it allows on all of them.
    any: &'static str,
    privileged: bool,
    duty: Option<Duty>,
}

/// An action that only reads or does harmless work.
const fn plain(action: &'static str, one: &'static str, any: &'static str) -> Entry {
    Entry {
        action,
        one,
        any,
        privileged: false,
        duty: None,
    }
}

/// An action that could do lasting harm.
const fn strong(action: &'static str, one: &'static str, any: &'static str) -> Entry {
    Entry {
        privileged: true,
        ..plain(action, one, any)
    }
}

const fn builds(entry: Entry) -> Entry {
    Entry {
        duty: Some(Duty::Build),
        ..entry
    }
}

const fn deploys(entry: Entry) -> Entry {
    Entry {
        duty: Some(Duty::Deploy),
        ..entry
    }
}

fn catalogue(system: &str) -> &'static [Entry] {
    match system.to_ascii_lowercase().as_str() {
        "aws" => aws::ENTRIES,
        "azure" | "entra" => azure::ENTRIES,
        "gcp" | "google_cloud" => gcp::ENTRIES,
        "github" | "github_actions" => github::ENTRIES,
        "kubernetes" | "k8s" => kubernetes::ENTRIES,
        "vault" => vault::ENTRIES,
        _ => &[],
    }
}

/// The most exact entry wins: a full name before a wildcard, a longer wildcard before a shorter one.
fn find(system: &str, action: &str) -> Option<&'static Entry> {
    catalogue(system)
        .iter()
        .filter(|entry| matches(entry.action, action))
        .max_by_key(|entry| (!entry.action.ends_with('*'), entry.action.len()))
}

fn matches(pattern: &str, action: &str) -> bool {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    match pattern.strip_suffix('*') {
        Some("") => action == "*",
        Some(start) => action
            .get(..start.len())
            .is_some_and(|head| same(head, start)),
        None => same(pattern, action),
    }
}

/// The permission as a plain sentence; unknown actions are shown raw.
pub fn sentence(
    system: &str,
    action: &str,
    resource: &str,
    environment: Option<Environment>,
) -> String {
    let place = environment
        .map(|environment| format!(" in {}", environment.as_str()))
        .unwrap_or_default();
    match find(system, action) {
        Some(entry) => match reach(system, resource) {
            Reach::Everything => format!("{}{place}", entry.any),
            Reach::One(name) => format!("{}{place}", entry.one.replace("{}", &name)),
        },
        None if resource.is_empty() || resource == "-" => format!("{action}{place}"),
        None => format!("{action} on {resource}{place}"),
    }
}

/// Whether the catalogue can put the action into words.
pub fn is_known(system: &str, action: &str) -> bool {
    find(system, action).is_some()
}

/// Whether it could do lasting harm: known to, or everything on everything.
pub fn is_privileged(system: &str, action: &str, resource: &str) -> bool {
    match find(system, action) {
        Some(entry) => entry.privileged,
        None => is_everything(resource) && action.ends_with('*'),
    }
}

/// The platform whose sources tell of a system, by the word permissions name it by.
pub fn platform(system: &str) -> Option<Platform> {
    Some(match system.to_ascii_lowercase().as_str() {
        "aws" => Platform::Aws,
        "azure" | "entra" => Platform::Azure,
        "gcp" | "google_cloud" => Platform::GoogleCloud,
        "github" | "github_actions" => Platform::GithubActions,
        "gitlab" | "gitlab_ci" => Platform::GitlabCi,
        "kubernetes" | "k8s" => Platform::Kubernetes,
        "vault" => Platform::Vault,
        "okta" => Platform::Okta,
        _ => return None,
    })
}

/// Which part of a release the action plays.
pub fn duty(system: &str, action: &str) -> Option<Duty> {
    find(system, action).and_then(|entry| entry.duty)
}

/// Whether a use of the action shows in the audit log as vendors keep it by default. CloudTrail tells of the data
/// plane (objects, items, messages, invocations) only where data events are switched on, and Google of data access
/// likewise, so that silence proves nothing there.
pub fn is_logged(system: &str, action: &str) -> bool {
    let data = |starts: &[&str]| {
        let action = action.to_ascii_lowercase();
        action == "*" || starts.iter().any(|start| action.starts_with(start))
    };
    match system.to_ascii_lowercase().as_str() {
        "aws" => {
            action.contains(':')
                && !data(&[
                    "s3:getobject",
                    "s3:putobject",
                    "s3:deleteobject",
                    "s3:*",
                    "dynamodb:getitem",
                    "dynamodb:putitem",
                    "dynamodb:query",
                    "dynamodb:scan",
                    "dynamodb:updateitem",
                    "dynamodb:deleteitem",
                    "dynamodb:batch",
                    "lambda:invoke",
                    "sqs:sendmessage",
                    "sqs:receivemessage",
                    "sns:publish",
                    "kinesis:put",
                    "kinesis:get",
                    "logs:put",
                    "logs:createlogstream",
                    "cloudwatch:put",
                    "ecr:batch",
                    "ecr:get",
                ])
        }
        "kubernetes" | "k8s" | "vault" => true,
        // Roles and token scopes bundle many actions: no log says which of them a use needed.
        _ => false,
    }
}

fn is_everything(resource: &str) -> bool {
    matches!(resource, "*" | "" | "-" | "/" | "all" | "arn:aws:s3:::*")
}

/// How far a resource reaches.
#[derive(Debug, PartialEq, Eq)]
enum Reach {
    /// Everything of its kind.
    Everything,
    /// What it names, by its telling end; a `/*` that stands for several is kept.
    One(String),
}

/// Kinds of resource that stand before `/*` where a whole ARN is not written.
const KINDS: &[&str] = &[
    "role",
    "user",
    "group",
    "policy",
    "service",
    "cluster",
    "function",
    "table",
    "key",
    "repository",
    "log-group",
    "secret",
    "parameter",
    "topic",
    "queue",
    "instance",
    "stack",
];

fn reach(system: &str, resource: &str) -> Reach {
    if is_everything(resource) {
        return Reach::Everything;
    }
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    if let ["arn", _, service, _, _, rest] = parts.as_slice() {
        return if *service == "s3" {
            bucket(rest)
        } else {
            of_kind(rest)
        };
    }
    let is_kind = |kind: &str| KINDS.contains(&kind);
    match resource.split_once(['/', ':']) {
        Some((kind, "*")) if system.eq_ignore_ascii_case("aws") && is_kind(kind) => {
            Reach::Everything
        }
        _ => Reach::One(end(resource)),
    }
}

/// `bucket` and `bucket/*` are the bucket; what lies deeper is named by its end.
fn bucket(rest: &str) -> Reach {
    match rest.strip_suffix("/*").unwrap_or(rest) {
        "*" => Reach::Everything,
        bucket if !bucket.contains('/') => Reach::One(bucket.to_owned()),
        _ => Reach::One(end(rest)),
    }
}

/// `role/*` is every role; `service/prod/*` is what lies under `prod`.
fn of_kind(rest: &str) -> Reach {
    match rest.split_once(['/', ':']) {
        _ if rest == "*" => Reach::Everything,
        Some((_, "*")) => Reach::Everything,
        Some((_, name)) => Reach::One(end(name)),
        None => Reach::One(rest.to_owned()),
    }
}

/// The telling end of a resource name: its last part, with the `/*` that makes it several.
fn end(resource: &str) -> String {
    let bare = resource.trim_end_matches(":*");
    let (bare, several) = match bare.strip_suffix("/*") {
        Some(bare) => (bare, "/*"),
        None => (bare, ""),
    };
    let start = bare.rfind(['/', ':']).map_or(0, |at| at + 1);
    match &bare[start..] {
        "" | "*" => resource.to_owned(),
        end => format!("{end}{several}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_actions_read_as_sentences() {
        for (system, action, resource, environment, expected) in [
            (
                "aws",
                "ecs:UpdateService",
                "arn:aws:ecs:eu-central-1:1:service/prod/ledger-worker",
                Some(Environment::Production),
                "Replace the running ECS service ledger-worker in production",
            ),
            (
                "aws",
                "ecs:UpdateService",
                "*",
                None,
                "Replace any running ECS service",
            ),
            (
                "aws",
                "s3:getobject",
                "arn:aws:s3:::invoices/*",
                None,
                "Read files in invoices",
            ),
            (
                "aws",
                "iam:PassRole",
                "arn:aws:iam::471982203366:role/*",
                None,
                "Hand any role to a service",
            ),
            (
                "github",
                "contents:write",
                "acme/shop",
                None,
                "Push code to shop",
            ),
            (
                "kubernetes",
                "get secrets",
                "payments",
                None,
                "Read secrets in payments",
            ),
            (
                "vault",
                "read",
                "secret/data/shop/db",
                None,
                "Read the secret db",
            ),
        ] {
            assert_eq!(sentence(system, action, resource, environment), expected);
        }
    }

    #[test]
    fn a_star_never_gets_lost() {
        for (system, action, resource, expected) in [
            (
                "aws",
                "iam:PassRole",
                "arn:aws:iam::471982203366:role/*",
                "Hand any role to a service",
            ),
            (
                "aws",
                "iam:PassRole",
                "role/*",
                "Hand any role to a service",
            ),
            (
                "aws",
                "iam:PassRole",
                "arn:aws:iam::471982203366:role/ci/*",
                "Hand the role ci/* to a service",
            ),
            (
                "aws",
                "iam:PassRole",
                "arn:aws:iam::471982203366:role/ci-*",
                "Hand the role ci-* to a service",
            ),
            (
                "aws",
                "iam:PassRole",
                "arn:aws:iam::471982203366:role/ci/shop",
                "Hand the role shop to a service",
            ),
            (
                "aws",
                "ecs:UpdateService",
                "arn:aws:ecs:eu-central-1:1:service/prod/*",
                "Replace the running ECS service prod/*",
            ),
            (
                "aws",
                "s3:GetObject",
                "arn:aws:s3:::invoices/2026/*",
                "Read files in 2026/*",
            ),
            (
                "aws",
                "s3:GetObject",
                "arn:aws:s3:::*",
                "Read files in any bucket",
            ),
            (
                "aws",
                "lambda:InvokeFunction",
                "arn:aws:lambda:eu-central-1:1:function:api:*",
                "Run the function api",
            ),
            ("github", "contents:write", "acme/*", "Push code to acme/*"),
            (
                "vault",
                "read",
                "secret/data/shop/*",
                "Read the secret shop/*",
            ),
        ] {
            assert_eq!(
                sentence(system, action, resource, None),
                expected,
                "{resource}"
            );
        }
    }

    #[test]
    fn systems_are_told_of_by_the_sources_of_their_platform() {
        assert_eq!(platform("AWS"), Some(Platform::Aws));
        assert_eq!(platform("sap"), None);
    }

    #[test]
    fn unknown_actions_are_shown_raw() {
        assert_eq!(
            sentence("sap", "RFC_READ_TABLE", "T001", None),
            "RFC_READ_TABLE on T001"
        );
        assert_eq!(
            sentence("aws", "braket:CreateJob", "*", Some(Environment::Staging)),
            "braket:CreateJob on * in staging"
        );
        assert!(!is_known("aws", "braket:CreateJob"));
    }

    #[test]
    fn the_exact_entry_beats_the_wildcard() {
        assert!(!is_privileged("aws", "iam:GetRole", "*"));
        assert!(is_privileged("aws", "iam:*", "*"));
        assert!(is_privileged("aws", "iam:PassRole", "*"));
        assert!(is_privileged("aws", "*", "*"));
        assert!(!is_privileged("aws", "logs:CreateLogStream", "*"));
    }

    #[test]
    fn an_unknown_wildcard_on_everything_is_privileged_and_an_unknown_action_is_not() {
        assert!(is_privileged("okta", "okta.users.*", "*"));
        assert!(!is_privileged("okta", "okta.users.read", "*"));
        assert!(!is_privileged("okta", "okta.users.*", "group-1"));
    }

    #[test]
    fn building_and_deploying_are_told_apart() {
        assert_eq!(duty("aws", "ecr:PutImage"), Some(Duty::Build));
        assert_eq!(duty("aws", "ecs:UpdateService"), Some(Duty::Deploy));
        assert_eq!(duty("aws", "s3:GetObject"), None);
    }

    #[test]
    fn every_entry_is_written_well() {
        for system in ["aws", "azure", "gcp", "github", "kubernetes", "vault"] {
            assert!(!catalogue(system).is_empty(), "{system}");
            for entry in catalogue(system) {
                assert!(
                    entry.one.starts_with(char::is_uppercase) && !entry.any.contains("{}"),
                    "{}",
                    entry.action
                );
                assert!(
                    find(system, entry.action.trim_end_matches('*')).is_some()
                        || entry.action == "*"
                );
            }
        }
    }
}
