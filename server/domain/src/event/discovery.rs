//! Guessing what an unregistered name is, so that the roll can show it as *discovered*.
//!
//! Only for what acts without a person: pipelines, roles and keys used by programs, bots. Never for people, for the
//! platform acting on its own, or on the strength of a refused attempt (anyone on the internet can cause those).

use contract::events::{EventFormat, EventKind, Outcome};
use contract::identities::{IdentityKind, Platform, SelectorKind};

use super::selectors::Selector;
use super::subject;
use super::{ActorNature, Event};

/// What an unregistered name probably is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// Kind.
    pub kind: IdentityKind,
    /// Platform.
    pub platform: Platform,
    /// A name to list it under, from the vendor's own.
    pub name: String,
    /// The selector to register it by, so that its later events find it.
    pub selector: Selector,
    /// Why it is believed to act without a person, in a sentence.
    pub evidence: String,
}

impl Event {
    /// Guesses the identity behind this event; `None` when a person, the platform or nobody in particular acted.
    pub fn discovery(&self) -> Option<Discovery> {
        if self.outcome == Outcome::Failure
            && matches!(
                self.kind,
                EventKind::AuthenticationFailure | EventKind::AuthorizationFailure
            )
        {
            return None;
        }
        match self.joins.actor_nature {
            ActorNature::Pipeline => self.discover_pipeline(),
            ActorNature::Program => self.discover_program(),
            ActorNature::Bot => self.discover_bot(),
            ActorNature::Person | ActorNature::Platform | ActorNature::Unknown => None,
        }
    }

    /// One discovery per repository, whatever the branch or environment: a roll flooded with one entry per feature
    /// branch helps nobody, and what is discovered must not depend on which event came first.
    fn discover_pipeline(&self) -> Option<Discovery> {
        let token = self.issuer.as_ref().zip(self.subject.as_ref());
        let platform = match token {
            Some((issuer, _)) => subject::platform(issuer).unwrap_or(Platform::Other),
            None if self.format == EventFormat::GitlabWebhook => Platform::GitlabCi,
            None => Platform::GithubActions,
        };
        let evidence = match (token, &self.run_id) {
            (Some((issuer, subject)), _) => format!(
                "Presented a token of {issuer} for {subject} ({})",
                self.action
            ),
            (None, Some(run)) => format!("Workflow run {run} ({})", self.action),
            (None, None) => format!("Workflow activity ({})", self.action),
        };
        if let Some(repository) = &self.repository {
            return Some(Discovery {
                kind: IdentityKind::Pipeline,
                platform,
                name: repository.clone(),
                selector: (
                    SelectorKind::Repository,
                    String::new(),
                    self.numbered_repository(repository),
                ),
                evidence,
            });
        }
        let (issuer, subject) = token?;
        let kind = match platform {
            Platform::Kubernetes | Platform::Azure | Platform::GoogleCloud => {
                IdentityKind::Workload
            }
            _ => IdentityKind::Pipeline,
        };
        Some(Discovery {
            kind,
            platform,
            name: subject.clone(),
            selector: (SelectorKind::OidcSubject, issuer.clone(), subject.clone()),
            evidence,
        })
    }

    fn discover_program(&self) -> Option<Discovery> {
        self.discover_aws().or_else(|| self.discover_cloud())
    }

    /// Accounts of the other platforms: by the first name that is an account's, not a key's or a token's.
    fn discover_cloud(&self) -> Option<Discovery> {
        let selector = self.selectors().into_iter().find(|selector| {
            matches!(
                selector.0,
                SelectorKind::AzureServicePrincipal
                    | SelectorKind::GcpServiceAccount
                    | SelectorKind::KubernetesServiceAccount
                    | SelectorKind::VaultEntity
            )
        })?;
        let (platform, kind, what) = match selector.0 {
            SelectorKind::AzureServicePrincipal => (
                Platform::Azure,
                IdentityKind::ServiceAccount,
                "Service principal",
            ),
            SelectorKind::GcpServiceAccount => (
                Platform::GoogleCloud,
                IdentityKind::ServiceAccount,
                "Service account",
            ),
            SelectorKind::KubernetesServiceAccount => (
                Platform::Kubernetes,
                IdentityKind::Workload,
                "Service account of a workload",
            ),
            _ => (
                Platform::Vault,
                IdentityKind::ServiceAccount,
                "Entity that signed in without a person",
            ),
        };
        let name = match selector.0 {
            SelectorKind::GcpServiceAccount | SelectorKind::KubernetesServiceAccount => {
                selector.2.clone()
            }
            _ => self.actor.clone().unwrap_or_else(|| selector.2.clone()),
        };
        let agent = self
            .joins
            .agent
            .as_deref()
            .map(|agent| format!(", agent {}", shorten(agent)))
            .unwrap_or_default();
        Some(Discovery {
            kind,
            platform,
            name,
            evidence: format!("{what}: {}{agent}", self.action),
            selector,
        })
    }

    fn discover_aws(&self) -> Option<Discovery> {
        let selector = self
            .selectors()
            .into_iter()
            .find(|selector| matches!(selector.0, SelectorKind::AwsRole | SelectorKind::AwsUser))?;
        let how = match selector.0 {
            SelectorKind::AwsRole => "Role used by a program",
            _ => "User whose long-lived key was used by a program",
        };
        // Role and user names repeat from account to account.
        let account = selector.2.split(':').nth(4).unwrap_or_default();
        let name = format!(
            "{account}/{}",
            selector.2.rsplit(['/', ':']).next().unwrap_or_default()
        );
        let session = self
            .principal
            .as_deref()
            .and_then(|arn| arn.rsplit('/').next())
            .unwrap_or_default();
        let kind = if session.starts_with("i-") {
            IdentityKind::Workload
        } else {
            IdentityKind::ServiceAccount
        };
        let agent = self
            .joins
            .agent
            .as_deref()
            .map(|agent| format!(", agent {}", shorten(agent)))
            .unwrap_or_default();
        Some(Discovery {
            kind,
            platform: Platform::Aws,
            name,
            evidence: format!("{how}: {}{agent}", self.action),
            selector,
        })
    }

    fn discover_bot(&self) -> Option<Discovery> {
        let actor = self.actor.clone()?;
        let github = matches!(
            self.format,
            EventFormat::GithubAudit | EventFormat::GithubWebhook
        );
        github.then(|| Discovery {
            kind: IdentityKind::Bot,
            platform: Platform::GithubActions,
            name: actor.clone(),
            evidence: format!("Acted as a bot or app account ({})", self.action),
            selector: (SelectorKind::GithubActor, String::new(), actor),
        })
    }
}

fn shorten(agent: &str) -> &str {
    let end = agent
        .char_indices()
        .nth(60)
        .map_or(agent.len(), |(at, _)| at);
    &agent[..end]
}
