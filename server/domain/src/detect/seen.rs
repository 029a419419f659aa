//! An event of the feed with what the rules ask of it, prepared once.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use contract::events::{EventFormat, EventKind, Outcome};
use contract::identities::Environment;
use contract::ids::{EventId, IdentityId};

use crate::event::subject::{self, Context, Subject};
use crate::event::{ActorNature, Event};

/// Seconds of one bucket of denials.
pub(super) const BURST_SECONDS: i64 = 600;

/// An event of the feed, as the rules see it.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// Its id.
    pub id: EventId,
    /// Whose it is; nobody's when no selector matched.
    pub identity: Option<IdentityId>,
    /// The identity whose trust, key or permission it changed, where the roll knows it.
    pub affected: Option<IdentityId>,
    /// When it reached us.
    pub received_at: DateTime<Utc>,
    /// What happened.
    pub event: &'a Event,
    /// Repository, `owner/name` in lower case: its own, or the one its token speaks for.
    pub repository: Option<String>,
    /// Branch, short; each tag is `a tag`.
    pub branch: Option<String>,
    /// Environment as one of the roll's three words.
    pub stage: Option<Environment>,
    /// Network it came from: the first half of an IPv4 address, the first 48 bits of an IPv6 one.
    pub network: Option<String>,
    /// Program that called, and whether a person sits before it.
    pub agent: Option<Agent>,
    /// Key, token or session it was made with.
    pub handle: Option<Handle>,
    /// Session it opened with that.
    pub opens: Option<String>,
}

/// The program that made a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Family, e.g. `aws-cli`, `a browser`.
    pub family: String,
    /// Whether it is one a person uses: a browser, a cloud's console, a shell on a desktop.
    pub interactive: bool,
}

/// What a call was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// Key id, accessor or session.
    pub id: String,
    /// Whether it lives until somebody ends it; a session ends by itself.
    pub lasting: bool,
}

impl<'a> Seen<'a> {
    /// Prepares an event.
    pub fn of(
        id: EventId,
        identity: Option<IdentityId>,
        received_at: DateTime<Utc>,
        event: &'a Event,
    ) -> Self {
        let token = token(event);
        let named = token
            .repository
            .as_ref()
            .map(subject::Repository::full_name);
        let repository = event.repository.clone().or(named);
        let handle = handle(event);
        Self {
            id,
            identity,
            affected: None,
            received_at,
            repository: repository.map(|name| name.to_ascii_lowercase()),
            branch: branch(event, &token),
            stage: event.place(),
            network: network(event),
            agent: event.joins.agent.as_deref().and_then(agent),
            opens: opens(event, handle.as_ref()),
            handle,
            event,
        }
    }

    /// Whether it says that something is being deployed to production.
    pub fn releases(&self) -> bool {
        let deploys = self.event.kind == EventKind::Deployment
            && self.event.outcome != Outcome::Failure
            || self.event.action == "workflows.prepared_workflow_job";
        deploys && self.stage == Some(Environment::Production)
    }

    /// Whether it took a role.
    pub fn role(&self) -> Option<&'a str> {
        let event = self.event;
        let taken =
            event.kind == EventKind::CredentialAssumption && event.outcome == Outcome::Success;
        event.role.as_deref().filter(|_| taken)
    }

    /// The secrets it read, by names that stay the same.
    pub fn secrets(&self) -> Vec<String> {
        let event = self.event;
        if event.kind != EventKind::SecretAccess || event.outcome == Outcome::Failure {
            return Vec::new();
        }
        let Some(target) = event.target.as_deref() else {
            return Vec::new();
        };
        // GitHub hands a job several at once.
        target.split(", ").map(secret_name).collect()
    }

    /// Why and for whom a token was refused: issuer, what it claimed to be, reason.
    pub fn refused(&self) -> Option<(String, String, String)> {
        let event = self.event;
        if event.kind != EventKind::AuthenticationFailure
            || event.joins.actor_nature == ActorNature::Person
        {
            return None;
        }
        let claimed = self.repository.clone().or_else(|| event.subject.clone())?;
        let issuer = event
            .issuer
            .clone()
            .unwrap_or_else(|| "unknown issuer".to_owned());
        let reason = event
            .joins
            .reason
            .clone()
            .unwrap_or_else(|| "refused".to_owned());
        Some((issuer, claimed, reason))
    }

    /// Whether something changed who may become whom, a key, or a permission.
    pub fn changes(&self) -> bool {
        self.event.is_change() && self.event.outcome != Outcome::Failure
    }

    /// The ten minutes in which it was denied something: when they began, in seconds.
    pub fn denied(&self) -> Option<i64> {
        if self.event.kind != EventKind::AuthorizationFailure || self.identity.is_none() {
            return None;
        }
        let seconds = self.event.occurred_at.timestamp();
        Some(seconds - seconds.rem_euclid(BURST_SECONDS))
    }

    /// Whether somebody let a deployment to production go ahead; one that does not say where may mean production.
    pub fn approves(&self) -> bool {
        self.event.kind == EventKind::DeploymentApproval
            && self.event.outcome == Outcome::Success
            && !self.event.goes_round_approval()
            && self.may_be_production()
    }

    /// Whether somebody went round what protects production; one that does not say where may mean production.
    pub fn bypasses(&self) -> bool {
        self.event.goes_round_approval() && self.may_be_production()
    }

    fn may_be_production(&self) -> bool {
        matches!(self.stage, Some(Environment::Production) | None)
    }

    /// Whether it says that its run is over.
    pub fn ends_run(&self) -> bool {
        let action = self.event.action.as_str();
        self.event.kind == EventKind::PipelineRun
            && (action.ends_with("completed_workflow_run")
                || matches!(
                    action,
                    "workflow_run.completed"
                        | "pipeline.success"
                        | "pipeline.failed"
                        | "pipeline.canceled"
                ))
    }

    /// Whether it names who started its run.
    pub fn starts_run(&self) -> bool {
        let action = self.event.action.as_str();
        self.event.kind == EventKind::PipelineRun
            && (action.ends_with("created_workflow_run")
                || matches!(
                    action,
                    "workflow_run.requested" | "workflow_run.in_progress" | "pipeline.created"
                ))
    }
}

fn token(event: &Event) -> Subject {
    let Some(text) = event.subject.as_deref() else {
        return Subject::default();
    };
    let issuer = event.issuer.as_deref().or_else(|| subject::issuer_of(text));
    issuer
        .map(|issuer| subject::parse(issuer, text))
        .unwrap_or_default()
}

fn branch(event: &Event, token: &Subject) -> Option<String> {
    let ((Some(name), _) | (None, Context::Ref(name))) = (&event.git_ref, &token.context) else {
        return None;
    };
    // Each release has a tag of its own: tags are one place to release from.
    Some(if name.starts_with("refs/tags/") {
        "a tag".to_owned()
    } else {
        name.strip_prefix("refs/heads/").unwrap_or(name).to_owned()
    })
}

/// A secret's name without its address and without the six letters AWS appends.
fn secret_name(text: &str) -> String {
    let Some((_, name)) = text.split_once(":secret:") else {
        return text.to_owned();
    };
    let appended = name.len() > 7
        && name.is_char_boundary(name.len() - 7)
        && name.as_bytes()[name.len() - 7] == b'-'
        && name[name.len() - 6..]
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric());
    if appended {
        name[..name.len() - 7].to_owned()
    } else {
        name.to_owned()
    }
}

fn network(event: &Event) -> Option<String> {
    match event.source_address()? {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            Some(format!("{a}.{b}.0.0/16"))
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            Some(format!("{a:x}:{b:x}:{c:x}::/48"))
        }
    }
}

/// Tells a program from its agent string. Consoles and browsers as the vendors print them; a command line on a desktop
/// system is a person's.
fn agent(text: &str) -> Option<Agent> {
    let lower = text.to_ascii_lowercase();
    let has = |part: &str| lower.contains(part);
    if has("console.amazonaws.com")
        || has("signin.amazonaws.com")
        || lower.starts_with("aws-console")
    {
        return Some(Agent {
            family: "a cloud console".to_owned(),
            interactive: true,
        });
    }
    if lower.starts_with("mozilla/") && !has("compatible;") {
        return Some(Agent {
            family: "a browser".to_owned(),
            interactive: true,
        });
    }
    let family: String = lower
        .split(['/', ' ', '_'])
        .next()
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect();
    let desktop = has("os/macos")
        || has("os/windows")
        || has("darwin")
        || has("windows nt")
        || has("interactive/true");
    (!family.is_empty()).then(|| Agent {
        family: if desktop {
            format!("{family} on a desktop")
        } else {
            family
        },
        interactive: desktop,
    })
}

fn handle(event: &Event) -> Option<Handle> {
    let joins = &event.joins;
    // AWS: temporary keys begin with ASIA, a user's with AKIA.
    if let Some(key) = &joins.access_key {
        return Some(Handle {
            id: key.clone(),
            lasting: !key.starts_with("ASIA"),
        });
    }
    // Entra numbers each sign-in: what was presented is the secret or certificate, unless a federated token was.
    if let Some(token) = &joins.token_id
        && event.format == EventFormat::Entra
        && joins.federated_credential.is_none()
    {
        return Some(Handle {
            id: token.clone(),
            lasting: true,
        });
    }
    // What is handed out for a token ends by itself: a role's key, the accessor of a login to Vault.
    let session = joins
        .session
        .as_ref()
        .filter(|_| event.format != EventFormat::AwsCloudtrail);
    if let Some(session) = joins.minted_key.as_ref().or(session) {
        return Some(Handle {
            id: session.clone(),
            lasting: false,
        });
    }
    let token = joins.token_id.clone()?;
    Some(Handle {
        id: token,
        lasting: true,
    })
}

/// The session an event opened where its handle is what opened it: an Entra token, which later calls carry.
fn opens(event: &Event, handle: Option<&Handle>) -> Option<String> {
    let session = event.joins.session.clone();
    session.filter(|session| {
        event.format == EventFormat::Entra && handle.is_some_and(|handle| handle.id != *session)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_told_apart() {
        for (text, family, interactive) in [
            ("aws-cli/2.22.7 exec-env/GitHub_Actions", "aws-cli", false),
            ("aws-cli/2.22.7 os/macos", "aws-cli on a desktop", true),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit",
                "a browser",
                true,
            ),
            ("AWS Internal", "aws", false),
            ("signin.amazonaws.com", "a cloud console", true),
            ("kubectl/v1.31 (darwin/arm64)", "kubectl on a desktop", true),
            (
                "configure-aws-credentials-for-github-actions",
                "configure-aws-credentials-for-github-actions",
                false,
            ),
        ] {
            let found = agent(text).expect(text);
            assert_eq!(
                (found.family.as_str(), found.interactive),
                (family, interactive),
                "{text}"
            );
        }
    }

    #[test]
    fn a_secret_keeps_its_name() {
        for (text, name) in [
            (
                "arn:aws:secretsmanager:eu-west-1:1:secret:prod/shop-db-AbC123",
                "prod/shop-db",
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:1:secret:prod/shop-db",
                "prod/shop-db",
            ),
            ("prod/shop-db", "prod/shop-db"),
        ] {
            assert_eq!(secret_name(text), name);
        }
    }
}
