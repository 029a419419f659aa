//! One admitted party: a subject claim or pattern put into words.

use serde_json::Value;

use super::Breadth;

/// Who is admitted by one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The words, to stand after "It admits".
    pub phrase: String,
    /// How wide.
    pub breadth: Breadth,
    /// By a re-usable name only.
    pub by_name: bool,
}

const fn subject(phrase: String, breadth: Breadth, by_name: bool) -> Subject {
    Subject {
        phrase,
        breadth,
        by_name,
    }
}

/// A pattern in which `*` stands for anything.
pub fn read(issuer: &str, pattern: &str) -> Subject {
    if let Some(rest) = pattern.strip_prefix("repo:") {
        return github(rest);
    }
    if let Some(rest) = pattern.strip_prefix("project_path:") {
        return gitlab(rest);
    }
    if let Some(rest) = pattern.strip_prefix("system:serviceaccount:") {
        return service_account(rest);
    }
    if pattern.is_empty() || pattern.bytes().all(|b| matches!(b, b'*' | b':' | b'/')) {
        return anyone(issuer);
    }
    let breadth = if pattern.contains('*') {
        Breadth::OwnerWide
    } else {
        Breadth::Exact
    };
    subject(format!("the subject {pattern}"), breadth, false)
}

/// A text compared exactly: a `*` in it is a literal star that no token carries.
pub fn read_exact(issuer: &str, text: &str) -> Subject {
    if text.contains('*') {
        subject(
            format!("only the literal text {text}, which no token carries"),
            Breadth::Exact,
            false,
        )
    } else {
        read(issuer, text)
    }
}

/// `OWNER[@ID]/REPO[@ID]:CONTEXT`.
fn github(rest: &str) -> Subject {
    let (repository, context) = rest.split_once(':').unwrap_or((rest, ""));
    let (owner, name) = repository.split_once('/').unwrap_or((repository, "*"));
    // `acme/*` swallows the context as well.
    let context = if context.is_empty() && repository.ends_with('*') {
        "*"
    } else {
        context
    };
    let by_name = !(owner.contains('@') && name.contains('@'));
    if owner.contains('*') {
        return subject("any repository on GitHub".into(), Breadth::Anyone, by_name);
    }
    if name.contains('*') {
        let phrase = if name == "*" {
            format!("every repository of {owner}")
        } else {
            format!("every repository of {owner} whose name fits {name}")
        };
        return subject(phrase, Breadth::OwnerWide, by_name);
    }
    if context == "*" {
        return subject(
            format!("any branch, tag, pull request or environment of {repository}"),
            Breadth::RepositoryWide,
            by_name,
        );
    }
    let wide = context.contains('*');
    let phrase = if let Some(environment) = context.strip_prefix("environment:") {
        format!("the environment {environment} of {repository}")
    } else if let Some(branch) = context.strip_prefix("ref:refs/heads/") {
        format!("{} of {repository}", named("branch", branch))
    } else if let Some(tag) = context.strip_prefix("ref:refs/tags/") {
        format!("{} of {repository}", named("tag", tag))
    } else if context == "pull_request" {
        format!("any pull request of {repository}")
    } else {
        format!("{context} of {repository}")
    };
    let breadth = if wide || context == "pull_request" {
        Breadth::RepositoryWide
    } else {
        Breadth::Exact
    };
    subject(phrase, breadth, by_name)
}

fn named(what: &str, name: &str) -> String {
    if name == "*" {
        format!("any {what}")
    } else if name.contains('*') {
        format!("any {what} that fits {name}")
    } else {
        format!("the {what} {name}")
    }
}

/// `GROUP/PROJECT:ref_type:branch:ref:NAME`.
fn gitlab(rest: &str) -> Subject {
    let (project, context) = rest.split_once(':').unwrap_or((rest, "*"));
    if project.starts_with('*') {
        return subject("any project on GitLab".into(), Breadth::Anyone, true);
    }
    if project.contains('*') {
        return subject(
            format!("every project that fits {project}"),
            Breadth::OwnerWide,
            true,
        );
    }
    if context.contains('*') {
        return subject(
            format!("any branch or tag that fits {context} of {project}"),
            Breadth::RepositoryWide,
            true,
        );
    }
    let place = context
        .strip_prefix("ref_type:")
        .and_then(|c| c.split_once(":ref:"));
    let phrase = match place {
        Some((kind, name)) => format!("the {kind} {name} of {project}"),
        None => format!("{context} of {project}"),
    };
    subject(phrase, Breadth::Exact, true)
}

fn service_account(rest: &str) -> Subject {
    match rest.split_once(':') {
        Some((space, _)) if space.contains('*') => subject(
            "any service account of the cluster".into(),
            Breadth::OwnerWide,
            false,
        ),
        Some((space, name)) if name.contains('*') => subject(
            format!("every service account of the namespace {space}"),
            Breadth::RepositoryWide,
            false,
        ),
        Some((space, name)) => subject(
            format!("the service account {name} of the namespace {space}"),
            Breadth::Exact,
            false,
        ),
        None => subject(
            format!("service accounts that fit {rest}"),
            Breadth::OwnerWide,
            false,
        ),
    }
}

/// A repository by name, or by pattern, whatever the context.
pub fn repository(name: &str) -> Subject {
    read("", &format!("repo:{name}:*"))
}

/// Every repository of an owner.
pub fn owner(name: &str) -> Subject {
    subject(
        format!("every repository of {name}"),
        Breadth::OwnerWide,
        true,
    )
}

/// Whoever the issuer vouches for.
pub fn anyone(issuer: &str) -> Subject {
    let issuer = if issuer.is_empty() {
        "the issuer"
    } else {
        issuer
    };
    subject(
        format!("anyone with a token of {issuer}"),
        Breadth::Anyone,
        false,
    )
}

/// An AWS account, user or role.
pub fn principal(arn: &str) -> Subject {
    if arn == "*" {
        return anyone("AWS");
    }
    let account = arn.strip_suffix(":root").and_then(|a| a.rsplit(':').next());
    match account {
        Some(account) => subject(
            format!("anything in the AWS account {account} that may assume roles"),
            Breadth::OwnerWide,
            false,
        ),
        None if arn.len() == 12 && arn.bytes().all(|b| b.is_ascii_digit()) => subject(
            format!("anything in the AWS account {arn} that may assume roles"),
            Breadth::OwnerWide,
            false,
        ),
        None => subject(arn.to_owned(), Breadth::Exact, false),
    }
}

/// An AWS service.
pub fn service(name: &str) -> Subject {
    subject(format!("the AWS service {name}"), Breadth::Exact, false)
}

/// A subject of a Kubernetes binding.
pub fn of_binding(binding: &Value) -> Option<Subject> {
    let name = binding.get("name")?.as_str()?;
    match binding.get("kind")?.as_str()? {
        "ServiceAccount" => {
            let space = binding
                .get("namespace")
                .and_then(Value::as_str)
                .unwrap_or("default");
            Some(service_account(&format!("{space}:{name}")))
        }
        "Group" if name == "system:authenticated" || name == "system:unauthenticated" => {
            Some(anyone("the cluster"))
        }
        "Group" => Some(subject(
            format!("everybody of the group {name}"),
            Breadth::OwnerWide,
            false,
        )),
        _ => Some(subject(format!("the user {name}"), Breadth::Exact, false)),
    }
}
