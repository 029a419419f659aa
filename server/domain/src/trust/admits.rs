//! Whom a trust lets in: a ring, and the set in words.

use serde::Serialize;

use super::glob::{ANY, ONE, Pattern};
use super::grant::Grant;
use super::issuer::{Issuer, Platform};
use super::subject::{self, Part};

/// How wide a trust is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ring {
    /// Exactly these subjects.
    Exact,
    /// One repository, project, workspace or pipeline, whatever the ref.
    Repository,
    /// Everything of one organisation, group or namespace.
    Organisation,
    /// Anyone on the provider.
    Provider,
    /// Anyone.
    Anyone,
}

impl Ring {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Repository => "repository",
            Self::Organisation => "organisation",
            Self::Provider => "provider",
            Self::Anyone => "anyone",
        }
    }
}

/// The set of subjects in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Admits {
    /// How wide it is.
    pub ring: Ring,
    /// In words.
    pub description: String,
}

/// The widest of the ways in, and all of them in words.
pub fn admits(grants: &[Grant]) -> Admits {
    let mut ring = Ring::Exact;
    let mut said: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for grant in grants {
        if grant.dead.is_some() {
            continue;
        }
        let (wide, words) = match &grant.others {
            Some(others) if others.everyone => (Ring::Anyone, others.who.clone()),
            Some(others) => (Ring::Exact, format!("{} (without a token)", others.who)),
            None => (ring_of(grant), words(grant)),
        };
        ring = ring.max(wide);
        if known.insert(words.clone()) {
            said.push(words);
        }
    }
    let more = said.len().saturating_sub(6);
    said.truncate(6);
    let mut description = said.join("; ");
    if said.is_empty() {
        description = match grants.iter().find_map(|grant| grant.dead.as_deref()) {
            Some(why) => format!("nobody: {why}"),
            None => "nobody".to_owned(),
        };
    } else if more > 0 {
        description = format!("{description}; and {more} more");
    }
    Admits {
        ring,
        description: super::hole::shown(&description).into_owned(),
    }
}

/// The ring of one way in: the narrowest any one of its constraints proves.
pub fn ring_of(grant: &Grant) -> Ring {
    let Some(issuer) = &grant.issuer else {
        return unknown_issuer(grant);
    };
    let outermost = if issuer.tenant {
        Ring::Organisation
    } else {
        Ring::Provider
    };
    let mut ring = outermost;
    for constraint in grant
        .all
        .iter()
        .filter(|it| it.narrows && !it.negated && !it.values.is_empty())
    {
        let proven = constraint
            .values
            .iter()
            .map(|value| proves(issuer, &constraint.claim.to_ascii_lowercase(), value))
            .max()
            .unwrap_or(outermost);
        ring = ring.min(proven);
    }
    if ring == Ring::Repository && pins_context(grant, issuer) {
        ring = Ring::Exact;
    }
    ring.min(outermost)
}

/// No issuer is told: a pinned subject is still a pinned subject, anything else is whoever.
fn unknown_issuer(grant: &Grant) -> Ring {
    let pinned = grant
        .on("sub")
        .any(|it| !it.values.is_empty() && it.values.iter().all(Pattern::is_exact));
    if pinned { Ring::Exact } else { Ring::Anyone }
}

/// With the project fixed, a fixed ref or environment leaves exactly one context.
fn pins_context(grant: &Grant, issuer: &Issuer) -> bool {
    let claims: &[&str] = match issuer.platform {
        Platform::GitHub => &["ref", "environment"],
        Platform::GitLab => &["ref", "ref_path", "environment"],
        Platform::Buildkite => &["build_branch"],
        Platform::HcpTerraform => &["terraform_run_phase"],
        _ => &[],
    };
    claims.iter().any(|claim| grant.pinned(claim).is_some())
}

/// The ring one value of one claim proves by itself.
pub fn proves(issuer: &Issuer, claim: &str, value: &Pattern) -> Ring {
    let outermost = Ring::Provider;
    if claim == "sub" {
        return of_subject(issuer, value);
    }
    // An empty value is nobody's.
    let exact = value.is_exact();
    let path = || {
        let text = value.shape();
        let lead = text.split([ANY, ONE]).next().unwrap_or_default().to_owned();
        if exact {
            Ring::Repository
        } else if lead.contains('/') {
            Ring::Organisation
        } else {
            outermost
        }
    };
    let when = |ring: Ring| if exact { ring } else { outermost };
    match (issuer.platform, claim) {
        (Platform::GitHub, "repository") | (Platform::GitLab, "project_path") => path(),
        (Platform::GitHub, "workflow_ref") => path().max(Ring::Repository),
        (Platform::GitHub, "repository_id")
        | (Platform::GitLab, "project_id")
        | (Platform::Buildkite, "pipeline_id" | "aws:requesttag/pipeline_id")
        | (Platform::HcpTerraform, "terraform_workspace_id" | "terraform_full_workspace")
        | (Platform::CircleCi, "oidc.circleci.com/project-id")
        | (Platform::Bitbucket, "repositoryuuid") => when(Ring::Repository),
        (
            Platform::GitHub,
            "repository_owner" | "repository_owner_id" | "enterprise" | "enterprise_id",
        )
        | (Platform::GitLab, "namespace_id" | "namespace_path" | "root_namespace_id")
        | (
            Platform::Buildkite,
            "organization_id"
            | "organization_slug"
            | "aws:requesttag/organization_slug"
            | "aws:requesttag/organization_id",
        )
        | (
            Platform::HcpTerraform,
            "terraform_organization_id" | "terraform_organization_name" | "terraform_project_id",
        )
        | (Platform::CircleCi, "oidc.circleci.com/org-id")
        | (Platform::Google, "google/organization_number" | "hd") => when(Ring::Organisation),
        (Platform::Kubernetes, "kubernetes.io/namespace" | "kubernetes.io.namespace") => {
            when(Ring::Organisation)
        }
        (Platform::Google, "email") => when(Ring::Exact),
        // Issuers whose audience tells the tenant.
        (_, "aud") if issuer.tenancy_claim() == "aud" => when(Ring::Organisation),
        (_, "app_id") if issuer.tenancy_claim() == "app_id" => when(Ring::Organisation),
        _ => outermost,
    }
}

fn of_subject(issuer: &Issuer, value: &Pattern) -> Ring {
    if value.is_exact() {
        return if issuer.platform == Platform::GitHub {
            custom(issuer, value)
        } else {
            Ring::Exact
        };
    }
    let shape = subject::shape(issuer, value);
    let outermost = if issuer.tenant {
        Ring::Organisation
    } else {
        Ring::Provider
    };
    if !shape.known {
        // An unknown format: a beginning is worth something only on an issuer of one's own.
        return match shape.tenant {
            Part::Prefix(_) if !issuer.shared => Ring::Organisation,
            _ => outermost,
        };
    }
    match (&shape.tenant, &shape.project) {
        (Part::Fixed(_), Part::Fixed(_))
            if issuer.platform == Platform::Buildkite && one_ref(&shape.rest) =>
        {
            Ring::Exact
        }
        (Part::Fixed(_), Part::Fixed(_)) => Ring::Repository,
        (Part::Fixed(_), _) => Ring::Organisation,
        _ => outermost,
    }
}

/// Buildkite: the ref is written out; commit and step always vary.
fn one_ref(rest: &str) -> bool {
    rest.strip_prefix("ref:")
        .and_then(|it| it.split_once(':'))
        .is_some_and(|(name, _)| !subject::is_wild(name))
}

/// A customised subject without a repository is the same string in everybody's repository.
fn custom(issuer: &Issuer, value: &Pattern) -> Ring {
    const ANYBODYS: [&str; 11] = [
        "actor",
        "actor_id",
        "base_ref",
        "context",
        "environment",
        "event_name",
        "head_ref",
        "job_workflow_ref",
        "ref",
        "runner_environment",
        "workflow",
    ];
    let first = value.text.split(':').next().unwrap_or_default();
    if first == "repo" {
        return Ring::Exact;
    }
    let shape = subject::shape(issuer, value);
    match (shape.known, &shape.tenant, &shape.project) {
        (true, _, Part::Fixed(_)) => Ring::Exact,
        (true, Part::Fixed(_), _) => Ring::Organisation,
        _ if ANYBODYS.contains(&first) => {
            if issuer.tenant {
                Ring::Organisation
            } else {
                Ring::Provider
            }
        }
        _ => Ring::Exact,
    }
}

/// A way in, in words.
fn words(grant: &Grant) -> String {
    let ring = ring_of(grant);
    let place = grant
        .issuer
        .as_ref()
        .map_or_else(|| "any issuer".to_owned(), |issuer| issuer.key.clone());
    let lead = match ring {
        Ring::Exact => "exactly",
        Ring::Repository => "one project, any ref",
        Ring::Organisation => "a whole organisation",
        Ring::Provider => "anyone",
        Ring::Anyone => "anyone at all",
    };
    let told: Vec<String> = grant
        .all
        .iter()
        .filter(|it| it.narrows && !it.negated && !it.claim.eq_ignore_ascii_case("aud"))
        .map(|it| {
            let values: Vec<&str> = it
                .values
                .iter()
                .take(3)
                .map(|value| value.text.as_str())
                .collect();
            let more = it.values.len().saturating_sub(3);
            let tail = if more > 0 {
                format!(" or {more} more")
            } else {
                String::new()
            };
            format!("{} {}{tail}", it.claim, values.join(" or "))
        })
        .collect();
    if told.is_empty() {
        format!("{lead} on {place}")
    } else if ring == Ring::Exact {
        format!("{lead} {} on {place}", told.join(", "))
    } else {
        format!("{lead} on {place}: {}", told.join(", "))
    }
}

#[cfg(test)]
mod tests;
