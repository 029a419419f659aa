//! The join to identities: which names an event offers for who acted, and when two names are the same one.
//!
//! An event offers selectors from most to least specific; a registered selector answers to *keys*. Both sides come
//! through `keys`, so a subject by name and the same subject with numeric ids meet, while a repository that took
//! over a freed name (same words, other ids) does not: see [`Key`].

use contract::events::EventFormat;
use contract::identities::SelectorKind;

use super::subject::{self, Context, GITHUB_ISSUER, Repository};
use super::{ActorNature, Event};

/// A name in the outside world: kind, issuer (empty where the value stands alone), value.
pub type Selector = (SelectorKind, String, String);

/// What a selector is compared by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// The selector by name, ids taken out and letter case folded where the vendor folds it.
    pub name: String,
    /// Numeric ids `owner/repository` where the selector carries them. Two selectors with the same `name` and
    /// *different* ids are different things: a freed name was registered again by somebody else.
    pub ids: Option<String>,
}

impl Key {
    /// Whether a registered selector and an event's selector name the same thing.
    ///
    /// Equal ids decide alone only together with `scope` (everything but the repository's name), so a renamed
    /// repository keeps its identity.
    pub fn same(&self, other: &Self) -> bool {
        match (&self.ids, &other.ids) {
            (Some(mine), Some(theirs)) => mine == theirs && self.scope() == other.scope(),
            _ => self.name == other.name,
        }
    }

    /// The key a renamed thing still answers to: its ids in place of its name. Absent without ids.
    pub fn by_ids(&self) -> Option<String> {
        self.ids
            .as_ref()
            .map(|ids| format!("#{ids}{}", self.scope()))
    }

    fn scope(&self) -> &str {
        let rest = self.name.strip_prefix("repo:").unwrap_or(&self.name);
        rest.find(':').map_or("", |at| &rest[at..])
    }
}

/// The key of one selector, registered or offered by an event.
pub fn key(kind: SelectorKind, issuer: &str, value: &str) -> Key {
    let plain = Key {
        name: value.to_owned(),
        ids: None,
    };
    let repository = match kind {
        SelectorKind::OidcSubject => subject::parse(issuer, value).repository,
        SelectorKind::Repository => {
            subject::parse(GITHUB_ISSUER, &format!("repo:{value}")).repository
        }
        SelectorKind::GithubActor => {
            return Key {
                name: value.to_ascii_lowercase(),
                ids: None,
            };
        }
        _ => None,
    };
    let Some(repository) = repository else {
        return if kind == SelectorKind::Repository {
            Key {
                name: value.to_ascii_lowercase(),
                ids: None,
            }
        } else {
            plain
        };
    };
    let ids = repository
        .owner_id
        .as_ref()
        .zip(repository.repository_id.as_ref());
    Key {
        name: without_ids(value, &repository),
        ids: ids.map(|(owner, repository)| format!("{owner}/{repository}")),
    }
}

/// Takes `@id` out of a value and folds the repository's case; the rest (refs, environments) stays as it is.
fn without_ids(value: &str, repository: &Repository) -> String {
    let plain = repository.full_name();
    let numbered = match (&repository.owner_id, &repository.repository_id) {
        (Some(owner), Some(id)) => format!("{}@{owner}/{}@{id}", repository.owner, repository.name),
        _ => plain.clone(),
    };
    let folded = plain.to_ascii_lowercase();
    if value.contains(&numbered) {
        value.replacen(&numbered, &folded, 1)
    } else {
        value.replacen(&plain, &folded, 1)
    }
}

/// What selectors are looked up by before [`Key::same`] judges: no ids, all lower case. The same as the generated
/// column `selectors.coarse`.
pub fn coarse(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('@') {
        let digits = rest[at + 1..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let end = at + 1 + digits;
        let is_id = digits > 0 && matches!(rest.as_bytes().get(end), None | Some(b'/' | b':'));
        out.push_str(&rest[..if is_id { at } else { end }]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out.to_lowercase()
}

/// Whether a registered selector is the one an event offers.
pub fn same(registered: &Selector, offered: &Selector) -> bool {
    // Only a subject means nothing without its issuer; ARNs, key ids and account names stand alone.
    let issuer = |issuer: &str| {
        issuer
            .strip_prefix("https://")
            .unwrap_or(issuer)
            .trim_end_matches('/')
            .to_owned()
    };
    registered.0 == offered.0
        && (offered.0 != SelectorKind::OidcSubject || issuer(&registered.1) == issuer(&offered.1))
        && key(registered.0, &registered.1, &registered.2)
            .same(&key(offered.0, &offered.1, &offered.2))
}

impl Event {
    /// The names this event offers for who acted, most specific first. Empty for people and for the platform
    /// itself, unless a token id says otherwise.
    pub fn selectors(&self) -> Vec<Selector> {
        let mut found = Vec::new();
        if let (Some(issuer), Some(subject)) = (&self.issuer, &self.subject) {
            found.push((SelectorKind::OidcSubject, issuer.clone(), subject.clone()));
        }
        if self.joins.actor_nature == ActorNature::Pipeline
            && let Some(repository) = &self.repository
        {
            self.push_repository(repository, &mut found);
        }
        if let Some(key) = &self.joins.access_key
            && key.starts_with("AKIA")
        {
            found.push((SelectorKind::AwsAccessKey, String::new(), key.clone()));
        }
        if let Some(principal) = &self.principal {
            if principal.contains(":user/") {
                found.push((SelectorKind::AwsUser, String::new(), principal.clone()));
            } else if principal.contains(":assumed-role/") {
                found.extend(
                    self.session_role(principal)
                        .map(|role| (SelectorKind::AwsRole, String::new(), role)),
                );
            }
        }
        self.push_clouds(&mut found);
        if self.format == EventFormat::Rollcall {
            found.extend(
                [&self.subject, &self.principal]
                    .into_iter()
                    .flatten()
                    .flat_map(|name| plain(name)),
            );
        }
        if let Some(token) = &self.joins.token_id {
            found.push((SelectorKind::TokenId, String::new(), token.clone()));
        }
        if matches!(
            self.format,
            EventFormat::GithubAudit | EventFormat::GithubWebhook
        ) && self.joins.actor_nature != ActorNature::Pipeline
            && let Some(actor) = &self.actor
        {
            found.push((SelectorKind::GithubActor, String::new(), actor.clone()));
        }
        found
    }

    /// What the other platforms know an account by: from most to least specific, never a person.
    fn push_clouds(&self, found: &mut Vec<Selector>) {
        if matches!(
            self.joins.actor_nature,
            ActorNature::Person | ActorNature::Platform
        ) {
            return;
        }
        let mut push = |kind, value: &Option<String>| {
            if let Some(value) = value {
                found.push((kind, String::new(), value.clone()));
            }
        };
        match self.format {
            EventFormat::Entra | EventFormat::AzureActivity | EventFormat::AzureDevopsAudit => {
                push(
                    SelectorKind::AzureFederatedCredential,
                    &self.joins.federated_credential,
                );
                push(SelectorKind::AzureServicePrincipal, &self.principal);
                push(SelectorKind::AzureServicePrincipal, &self.joins.application);
            }
            EventFormat::GcpAudit => {
                let account = self
                    .principal
                    .as_deref()
                    .map(|name| name.strip_prefix("serviceAccount:").unwrap_or(name))
                    .filter(|name| name.ends_with(".gserviceaccount.com"))
                    .map(str::to_owned);
                push(SelectorKind::GcpServiceAccount, &account);
                let workload = self
                    .principal
                    .clone()
                    .filter(|name| name.starts_with("system:serviceaccount:"));
                push(SelectorKind::KubernetesServiceAccount, &workload);
            }
            EventFormat::KubernetesAudit => {
                push(SelectorKind::KubernetesServiceAccount, &self.subject);
            }
            EventFormat::VaultAudit => push(SelectorKind::VaultEntity, &self.principal),
            _ => {}
        }
    }

    /// Selectors of a pipeline known by repository rather than by token: the subject its platform would mint by
    /// default, then the repository in its environment or ref, then the repository.
    fn push_repository(&self, repository: &str, found: &mut Vec<Selector>) {
        let numbered = self.numbered_repository(repository);
        let context = match (&self.environment, &self.git_ref) {
            (Some(environment), _) => Some(format!("environment:{environment}")),
            (None, Some(git_ref)) => Some(format!("ref:{git_ref}")),
            _ => None,
        };
        if let Some(context) = context {
            if self.subject.is_none() {
                found.extend(self.minted(&numbered, &context));
            }
            found.push((
                SelectorKind::Repository,
                String::new(),
                format!("{numbered}:{context}"),
            ));
        }
        found.push((SelectorKind::Repository, String::new(), numbered));
    }

    /// The subject the platform mints by default for a run in this context.
    fn minted(&self, repository: &str, context: &str) -> Option<Selector> {
        if self.format != EventFormat::GitlabWebhook {
            let subject = format!("repo:{repository}:{context}");
            return Some((SelectorKind::OidcSubject, GITHUB_ISSUER.to_owned(), subject));
        }
        // GitLab's knows no environment.
        let git_ref = self.git_ref.as_deref()?;
        let (kind, name) = match git_ref.strip_prefix("refs/tags/") {
            Some(tag) => ("tag", tag),
            None => (
                "branch",
                git_ref.strip_prefix("refs/heads/").unwrap_or(git_ref),
            ),
        };
        let project = self.repository.as_deref()?;
        let issuer = self
            .joins
            .instance
            .clone()
            .unwrap_or_else(|| "https://gitlab.com".to_owned());
        let subject = format!("project_path:{project}:ref_type:{kind}:ref:{name}");
        Some((SelectorKind::OidcSubject, issuer, subject))
    }

    /// `owner@id/name@id` where the ids are known, else `owner/name`.
    pub(super) fn numbered_repository(&self, repository: &str) -> String {
        match (
            &self.joins.owner_id,
            &self.joins.repository_id,
            repository.split_once('/'),
        ) {
            (Some(owner_id), Some(id), Some((owner, name))) => {
                format!("{owner}@{owner_id}/{name}@{id}")
            }
            _ => repository.to_owned(),
        }
    }

    /// Role ARN of a session: the issuer's own (which has its path) or one built from the session ARN.
    fn session_role(&self, principal: &str) -> Option<String> {
        // An assumption's `role` is the one being taken; the session acting is still the principal's.
        if let Some(role) = &self.role
            && role_name(role) == session_parts(principal)?.1
        {
            return Some(role.clone());
        }
        role_of_session(principal)
    }
}

/// Selectors a name offers by its looks alone, for senders that say no more (canonical JSON).
fn plain(name: &str) -> Vec<Selector> {
    let kinds: &[SelectorKind] = if name.starts_with("system:serviceaccount:") {
        &[SelectorKind::KubernetesServiceAccount]
    } else if name.ends_with(".gserviceaccount.com") {
        &[SelectorKind::GcpServiceAccount]
    } else if uuid::Uuid::try_parse(name).is_ok() {
        &[
            SelectorKind::AzureServicePrincipal,
            SelectorKind::AzureFederatedCredential,
            SelectorKind::VaultEntity,
        ]
    } else {
        &[]
    };
    kinds
        .iter()
        .map(|kind| (*kind, String::new(), name.to_owned()))
        .collect()
}

/// Builds `arn:aws:iam::ACCOUNT:role/NAME` from `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`. A role's path is
/// not in a session ARN, so roles with one are found only through `sessionIssuer`.
pub fn role_of_session(session: &str) -> Option<String> {
    let (head, name) = session_parts(session)?;
    let mut parts = head.split(':');
    let (_, partition, _, _, account) = (
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    );
    Some(format!("arn:{partition}:iam::{account}:role/{name}"))
}

fn session_parts(session: &str) -> Option<(&str, &str)> {
    let (head, tail) = session.split_once(":assumed-role/")?;
    Some((head, tail.split('/').next().unwrap_or(tail)))
}

fn role_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The context of an event's subject as `environment` or `ref`, for normalisers to fill.
pub(super) fn apply_subject(event: &mut Event) {
    let (Some(issuer), Some(text)) = (&event.issuer, &event.subject) else {
        return;
    };
    let parsed = subject::parse(issuer, text);
    if let Some(repository) = parsed.repository {
        event.repository = event
            .repository
            .take()
            .or_else(|| Some(repository.full_name()));
        event.joins.owner_id = event.joins.owner_id.take().or(repository.owner_id);
        event.joins.repository_id = event
            .joins
            .repository_id
            .take()
            .or(repository.repository_id);
    }
    match parsed.context {
        Context::Ref(git_ref) => event.git_ref = event.git_ref.take().or(Some(git_ref)),
        Context::Environment(name) => event.environment = event.environment.take().or(Some(name)),
        Context::PullRequest | Context::Opaque => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "repo:Octo-Org/payments-api:environment:production";
    const IMMUTABLE: &str = "repo:octo-org@10101/payments-api@20202:environment:production";

    fn subject_key(value: &str) -> Key {
        key(SelectorKind::OidcSubject, GITHUB_ISSUER, value)
    }

    #[test]
    fn a_subject_by_name_meets_its_immutable_form() {
        assert!(subject_key(NAME).same(&subject_key(IMMUTABLE)));
        assert!(subject_key(IMMUTABLE).same(&subject_key(NAME)));
    }

    #[test]
    fn a_renamed_repository_keeps_its_identity() {
        let renamed = subject_key("repo:octo-org@10101/payments@20202:environment:production");
        assert!(subject_key(IMMUTABLE).same(&renamed));
        assert!(!subject_key(IMMUTABLE).same(&subject_key(
            "repo:octo-org@10101/payments@20202:environment:dev"
        )));
    }

    #[test]
    fn a_name_taken_over_by_somebody_else_does_not_join() {
        let squatter = subject_key("repo:octo-org@666/payments-api@667:environment:production");
        assert_eq!(squatter.name, subject_key(IMMUTABLE).name);
        assert!(!subject_key(IMMUTABLE).same(&squatter));
    }

    #[test]
    fn refs_keep_their_case_and_repositories_do_not() {
        assert!(
            !subject_key("repo:o/r:ref:refs/heads/Main")
                .same(&subject_key("repo:o/r:ref:refs/heads/main"))
        );
        let upper = key(SelectorKind::Repository, "", "Octo/API");
        assert!(upper.same(&key(SelectorKind::Repository, "", "octo@1/api@2")));
    }

    #[test]
    fn coarse_values_hold_no_ids_and_no_case() {
        assert_eq!(coarse(IMMUTABLE), coarse(NAME));
        assert_eq!(coarse("a@1b/c@22"), "a@1b/c");
        assert_eq!(coarse("x@y.example"), "x@y.example");
        assert_eq!(coarse("é@1/ü@2:É"), "é/ü:é");
    }

    #[test]
    fn an_issuer_counts_for_subjects_only() {
        let registered = (
            SelectorKind::OidcSubject,
            "token.actions.githubusercontent.com/".to_owned(),
            NAME.to_owned(),
        );
        let offered = (
            SelectorKind::OidcSubject,
            GITHUB_ISSUER.to_owned(),
            IMMUTABLE.to_owned(),
        );
        assert!(same(&registered, &offered));
        let other = (
            SelectorKind::OidcSubject,
            "https://evil.example".to_owned(),
            NAME.to_owned(),
        );
        assert!(!same(&other, &offered));
        let role = |issuer: &str| {
            (
                SelectorKind::AwsRole,
                issuer.to_owned(),
                "arn:aws:iam::1:role/x".to_owned(),
            )
        };
        assert!(same(&role("1"), &role("")));
    }

    #[test]
    fn roles_come_from_session_arns() {
        assert_eq!(
            role_of_session("arn:aws-cn:sts::111122223333:assumed-role/deploy/GitHubActions")
                .as_deref(),
            Some("arn:aws-cn:iam::111122223333:role/deploy")
        );
        assert_eq!(role_of_session("arn:aws:iam::1:user/x"), None);
    }
}
