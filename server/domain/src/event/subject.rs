//! The subject-claim grammar: who a token says it is, per issuer (`event-formats.md` §0.1).
//!
//! GitHub prints one repository in three forms: by name (`repo:ORG/REPO:…`), immutable with numeric ids
//! (`repo:ORG@ID/REPO@ID:…`) and customised (a list of `claim:value` pairs in any order). What cannot be parsed is
//! opaque: kept, compared as a whole, never guessed at.

use contract::identities::Platform;

/// GitHub's issuer on github.com.
pub const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";

/// A parsed subject claim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// The repository, where the subject names one.
    pub repository: Option<Repository>,
    /// In which context the token was minted.
    pub context: Context,
}

/// A repository by name, with numeric ids where the subject carries them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repository {
    /// Owner (organisation, group path).
    pub owner: String,
    /// Repository or project name.
    pub name: String,
    /// Numeric id of the owner.
    pub owner_id: Option<String>,
    /// Numeric id of the repository.
    pub repository_id: Option<String>,
}

/// The context a subject is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Context {
    /// A git ref, in full.
    Ref(String),
    /// A deployment environment.
    Environment(String),
    /// A pull request, from any branch.
    PullRequest,
    /// None, or one this grammar does not know.
    #[default]
    Opaque,
}

impl Repository {
    /// `owner/name`, as people write it.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

/// Tells the platform from an issuer URL; `None` for issuers this roll does not know.
pub fn platform(issuer: &str) -> Option<Platform> {
    let host = issuer.strip_prefix("https://").unwrap_or(issuer);
    let host = host.split('/').next().unwrap_or(host);
    Some(match host {
        "token.actions.githubusercontent.com" => Platform::GithubActions,
        "vstoken.dev.azure.com" => Platform::AzureDevops,
        "sts.windows.net" | "login.microsoftonline.com" => Platform::Azure,
        "accounts.google.com" => Platform::GoogleCloud,
        "agent.buildkite.com" | "oidc.circleci.com" | "app.terraform.io" => Platform::Other,
        _ if host.starts_with("oidc.eks.") || host.contains("kubernetes") => Platform::Kubernetes,
        _ if host.starts_with("container.googleapis.com") => Platform::Kubernetes,
        _ if host == "gitlab.com" || host.starts_with("gitlab.") => Platform::GitlabCi,
        _ if host.starts_with("vault.") || issuer.contains("/v1/identity/oidc") => Platform::Vault,
        _ if host.ends_with(".okta.com") => Platform::Okta,
        // GitHub Enterprise Server: https://HOST/_services/token
        _ if issuer.ends_with("/_services/token") => Platform::GithubActions,
        _ => return None,
    })
}

/// The issuer of a subject whose shape only one issuer mints, for logs that print the subject alone (Google's STS,
/// Vault, Entra's refusals). `repo:OWNER/NAME…` is GitHub's; a GitHub Enterprise Server mints the same under its own
/// address, which such a log does not tell.
pub fn issuer_of(subject: &str) -> Option<&'static str> {
    let parsed = github(subject);
    (subject.starts_with("repo:") || subject.contains(":repo:") || subject.contains("repository:"))
        .then_some(parsed.repository)
        .flatten()
        .map(|_| GITHUB_ISSUER)
}

/// Parses a subject claim. Never fails: what the grammar does not know comes back without a repository.
pub fn parse(issuer: &str, subject: &str) -> Subject {
    match platform(issuer) {
        Some(Platform::GithubActions) => github(subject),
        Some(Platform::GitlabCi) => gitlab(subject),
        _ if subject.starts_with("project_path:") => gitlab(subject),
        _ => Subject::default(),
    }
}

/// Claims that may stand in a customised GitHub subject.
const GITHUB_CLAIMS: &[&str] = &[
    "repo",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "repository_visibility",
    "ref",
    "ref_type",
    "environment",
    "pull_request",
    "job_workflow_ref",
    "workflow",
    "workflow_ref",
    "workflow_sha",
    "actor",
    "actor_id",
    "event_name",
    "head_ref",
    "base_ref",
    "runner_environment",
    "sha",
    "run_id",
    "run_number",
    "run_attempt",
    "enterprise",
    "enterprise_id",
];

fn github(subject: &str) -> Subject {
    // The default template has a fixed number of parts, so values may hold colons: split from the left.
    if let Some(rest) = subject.strip_prefix("repo:") {
        let (repo, context) = rest.split_once(':').unwrap_or((rest, ""));
        let tail = context.split_once(':').map_or("", |(_, value)| value);
        if !tail.split(':').any(|word| GITHUB_CLAIMS.contains(&word)) {
            return repository(repo).map_or_else(Subject::default, |repository| Subject {
                repository: Some(repository),
                context: github_context(context),
            });
        }
    }
    let pairs = pairs(subject);
    let claim = |name: &str| {
        pairs
            .iter()
            .find(|pair| pair.0 == name)
            .map(|pair| pair.1.clone())
    };
    let mut repository = claim("repo")
        .or_else(|| claim("repository"))
        .and_then(|name| repository(&name));
    if let Some(found) = repository.as_mut() {
        found.owner_id = found
            .owner_id
            .take()
            .or_else(|| claim("repository_owner_id"));
        found.repository_id = found
            .repository_id
            .take()
            .or_else(|| claim("repository_id"));
    }
    if repository.is_none() {
        return Subject::default();
    }
    let context = claim("environment")
        .map(Context::Environment)
        .or_else(|| claim("ref").map(Context::Ref))
        .or_else(|| claim("pull_request").map(|_| Context::PullRequest))
        .unwrap_or_default();
    Subject {
        repository,
        context,
    }
}

/// Reads `key:value:key:value…`: a known claim name opens a pair, everything up to the next one is its value.
fn pairs(subject: &str) -> Vec<(&str, String)> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for word in subject.split(':') {
        if GITHUB_CLAIMS.contains(&word) {
            pairs.push((word, String::new()));
        } else if let Some((_, value)) = pairs.last_mut() {
            if !value.is_empty() {
                value.push(':');
            }
            value.push_str(word);
        } else {
            return Vec::new();
        }
    }
    pairs
}

fn github_context(context: &str) -> Context {
    match context.split_once(':') {
        Some(("ref", value)) if !value.is_empty() => Context::Ref(value.to_owned()),
        Some(("environment", value)) if !value.is_empty() => Context::Environment(value.to_owned()),
        None if context == "pull_request" => Context::PullRequest,
        _ => Context::Opaque,
    }
}

/// `ORG/REPO` or `ORG@ID/REPO@ID`; ids count only when both are numbers, so `team@home/x` stays a name.
fn repository(text: &str) -> Option<Repository> {
    let (owner, name) = text.split_once('/')?;
    if owner.is_empty() || name.is_empty() || name.contains('/') {
        return None;
    }
    let numbered = |part: &str| {
        part.rsplit_once('@')
            .filter(|(name, id)| !name.is_empty() && is_number(id))
            .map(|(name, id)| (name.to_owned(), id.to_owned()))
    };
    Some(match (numbered(owner), numbered(name)) {
        (Some((owner, owner_id)), Some((name, repository_id))) => Repository {
            owner,
            name,
            owner_id: Some(owner_id),
            repository_id: Some(repository_id),
        },
        _ => Repository {
            owner: owner.to_owned(),
            name: name.to_owned(),
            owner_id: None,
            repository_id: None,
        },
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `project_path:GROUP/SUB/PROJECT:ref_type:branch:ref:main`.
fn gitlab(subject: &str) -> Subject {
    let Some(rest) = subject.strip_prefix("project_path:") else {
        return Subject::default();
    };
    let (path, context) = rest.split_once(':').unwrap_or((rest, ""));
    let Some((owner, name)) = path.rsplit_once('/') else {
        return Subject::default();
    };
    let kind = context
        .strip_prefix("ref_type:")
        .and_then(|rest| rest.split_once(":ref:"));
    let context = match kind {
        Some(("branch", branch)) => Context::Ref(format!("refs/heads/{branch}")),
        Some(("tag", tag)) => Context::Ref(format!("refs/tags/{tag}")),
        _ => Context::Opaque,
    };
    let repository = Repository {
        owner: owner.to_owned(),
        name: name.to_owned(),
        ..Repository::default()
    };
    Subject {
        repository: Some(repository),
        context,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(subject: &str) -> Subject {
        parse(GITHUB_ISSUER, subject)
    }

    #[test]
    fn the_three_forms_of_github_name_one_repository() {
        let name = parsed("repo:octo-org/payments-api:ref:refs/heads/main");
        let immutable = parsed("repo:octo-org@10101/payments-api@20202:ref:refs/heads/main");
        let custom = parsed(
            "repository_owner_id:10101:repository_id:20202:repository:octo-org/payments-api:ref:refs/heads/main",
        );
        for subject in [&name, &immutable, &custom] {
            let repository = subject.repository.as_ref().expect("a repository");
            assert_eq!(repository.full_name(), "octo-org/payments-api");
            assert_eq!(subject.context, Context::Ref("refs/heads/main".into()));
        }
        for subject in [&immutable, &custom] {
            let repository = subject.repository.as_ref().expect("a repository");
            assert_eq!(repository.owner_id.as_deref(), Some("10101"));
            assert_eq!(repository.repository_id.as_deref(), Some("20202"));
        }
    }

    #[test]
    fn contexts_are_told_apart() {
        assert_eq!(
            parsed("repo:o/r:pull_request").context,
            Context::PullRequest
        );
        assert_eq!(
            parsed("repo:o/r:environment:prod").context,
            Context::Environment("prod".into())
        );
        assert_eq!(
            parsed("repo:o/r:environment:eu:west").context,
            Context::Environment("eu:west".into())
        );
        assert_eq!(
            parsed("repo:o/r:ref:refs/tags/v1").context,
            Context::Ref("refs/tags/v1".into())
        );
        assert_eq!(
            parsed("repo:o/r:environment:prod:job_workflow_ref:o/shared/.github/workflows/a.yml@refs/tags/v3").context,
            Context::Environment("prod".into())
        );
    }

    #[test]
    fn anything_else_is_opaque() {
        for subject in [
            "",
            "repo:",
            "repo:o",
            "repo:o/r/x:ref:a",
            "nonsense",
            "repo:@1/@2:pull_request:x",
            "::::",
        ] {
            assert_eq!(parsed(subject).context, Context::Opaque, "{subject}");
        }
        // The hyphen form of the announcement was never observed: a name, not ids.
        let hyphen = parsed("repo:octo-10101/api-20202:pull_request")
            .repository
            .expect("a repository");
        assert_eq!(
            (hyphen.owner.as_str(), hyphen.owner_id),
            ("octo-10101", None)
        );
        assert_eq!(
            parse("https://example.com", "repo:o/r:pull_request"),
            Subject::default()
        );
    }

    #[test]
    fn gitlab_subjects_name_project_and_ref() {
        let subject = parse(
            "https://gitlab.com",
            "project_path:acme/web/shop:ref_type:branch:ref:feature/a:b",
        );
        assert_eq!(
            subject.repository.expect("a project").full_name(),
            "acme/web/shop"
        );
        assert_eq!(
            subject.context,
            Context::Ref("refs/heads/feature/a:b".into())
        );
    }
}
