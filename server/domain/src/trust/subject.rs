//! Subjects taken apart by platform: whose they are, which project, and what is left free.
//!
//! Formats are those of the platforms' OIDC pages (reference, section 2). Wildcards run across delimiters, so a
//! part counts as fixed only when it ends with its delimiter before the first wildcard.

use super::glob::{ANY, ONE, Pattern};
use super::hole;
use super::issuer::{Issuer, Platform};

/// How much of a part of the subject is fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Fixed(String),
    /// A beginning, then a wildcard before the part ends.
    Prefix(String),
    Wild,
    /// The subject ends before it.
    Missing,
}

impl Part {
    pub fn fixed(&self) -> Option<&str> {
        match self {
            Self::Fixed(text) => Some(text),
            _ => None,
        }
    }
}

/// A subject pattern taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Owner, group, organisation or namespace.
    pub tenant: Part,
    /// Repository, project, workspace, pipeline or account; with its tenant where the platform writes it so.
    pub project: Part,
    /// What follows the project, with [`ANY`] and [`ONE`] for wildcards.
    pub rest: String,
    /// GitHub: ids stand behind the names, as `@ID`.
    pub ids: bool,
    /// GitHub: the ids are wildcards.
    pub id_wild: bool,
    /// The words of the platform were recognised at all.
    pub known: bool,
}

impl Shape {
    /// A subject in its platform's words, and what follows the project.
    fn known(tenant: Part, project: Part, rest: Option<&str>) -> Self {
        Self {
            tenant,
            project,
            known: true,
            ..free(rest.unwrap_or_default())
        }
    }
}

pub fn is_wild(text: &str) -> bool {
    text.contains([ANY, ONE])
}

fn part(text: &str) -> Part {
    match text.find([ANY, ONE]) {
        None => Part::Fixed(text.to_owned()),
        Some(0) => Part::Wild,
        Some(at) => Part::Prefix(text[..at].to_owned()),
    }
}

/// Cuts a part off at its delimiter; a wildcard before the delimiter takes the whole rest with it.
fn cut(text: &str, delimiter: char) -> (Part, Option<&str>) {
    match text.split_once(delimiter) {
        Some((head, tail)) => (part(head), Some(tail)),
        None if text.is_empty() => (Part::Missing, None),
        None => (part(text), None),
    }
}

/// Takes a subject apart in the format of the issuer.
pub fn shape(issuer: &Issuer, pattern: &Pattern) -> Shape {
    let text = pattern.shape();
    match issuer.platform {
        Platform::GitHub => github(&text),
        Platform::GitLab => gitlab(&text),
        Platform::Buildkite => organisation(&text, &["pipeline"]),
        Platform::HcpTerraform => organisation(&text, &["project", "workspace"]),
        Platform::AzureDevOps => azure(&text),
        Platform::CircleCi => circle(&text),
        Platform::Bitbucket => bitbucket(&text, issuer),
        Platform::Kubernetes => kubernetes(&text),
        Platform::Google | Platform::Other if text.starts_with("system:serviceaccount:") => {
            kubernetes(&text)
        }
        Platform::Google | Platform::Other => plain(&text),
    }
}

fn free(rest: &str) -> Shape {
    Shape {
        tenant: Part::Wild,
        project: Part::Wild,
        rest: rest.to_owned(),
        ids: false,
        id_wild: false,
        known: false,
    }
}

fn plain(text: &str) -> Shape {
    let whole = part(text);
    Shape {
        tenant: whole.clone(),
        project: whole,
        known: false,
        ..free("")
    }
}

fn github(text: &str) -> Shape {
    let Some(rest) = text.strip_prefix("repo:") else {
        return github_custom(text);
    };
    // A variable that holds `OWNER/REPO`.
    if let Some((project, context)) = rest.split_once(':')
        && hole::has(project)
        && !project.contains('/')
        && !is_wild(project)
    {
        let both = Part::Fixed(project.to_owned());
        return Shape::known(both.clone(), both, Some(context));
    }
    let (owner, after) = match rest.split_once('/') {
        Some((owner, after)) => (owner, Some(after)),
        None => (rest, None),
    };
    let (tenant, owner_id_wild) = with_id(owner, after.is_some());
    let Some(after) = after else {
        let project = if is_wild(owner) {
            Part::Wild
        } else {
            Part::Missing
        };
        return Shape::known(tenant, project, None);
    };
    let Some(owner_name) = tenant.fixed().map(str::to_owned) else {
        return Shape::known(tenant, Part::Wild, Some(after));
    };
    let (repo, context) = match after.split_once(':') {
        Some((repo, context)) => (repo, Some(context)),
        None => (after, None),
    };
    let (project, repo_id_wild) = with_id(repo, context.is_some());
    let project = match project {
        Part::Fixed(name) => Part::Fixed(format!("{owner_name}/{name}")),
        other => other,
    };
    Shape {
        tenant,
        project,
        rest: context.unwrap_or_default().to_owned(),
        ids: owner.contains('@') && repo.contains('@'),
        id_wild: owner_id_wild || repo_id_wild,
        known: true,
    }
}

/// A name with an optional `@ID`: a wildcard in the id leaves the name fixed when its delimiter follows.
fn with_id(text: &str, ended: bool) -> (Part, bool) {
    match text.split_once('@') {
        Some((name, id)) if !is_wild(name) && is_wild(id) && ended => {
            (Part::Fixed(name.to_owned()), true)
        }
        Some((name, id)) if !is_wild(text) => (Part::Fixed(name.to_owned()), id.is_empty()),
        _ => (part(text), false),
    }
}

/// Customised subjects: `key:value:key:value`, taken up to the first wildcard.
fn github_custom(text: &str) -> Shape {
    let mut shape = free(text);
    let mut words = text.split(':').peekable();
    while let (Some(key), Some(value)) = (words.next(), words.peek().copied()) {
        if is_wild(key) {
            break;
        }
        let ended = part(value);
        match key {
            "repository_owner" | "repository_owner_id" | "enterprise" | "enterprise_id" => {
                shape.tenant = ended;
            }
            "repository_id" => {
                shape.tenant = ended.clone();
                shape.project = ended;
            }
            "repo" | "repository" => {
                let inner = github(&format!("repo:{value}:"));
                shape.tenant = inner.tenant;
                shape.project = inner.project;
                shape.ids = inner.ids;
                shape.id_wild = inner.id_wild;
            }
            _ => continue,
        }
        shape.known = true;
        if is_wild(value) {
            break;
        }
        words.next();
        shape.rest = words.clone().collect::<Vec<_>>().join(":");
    }
    shape
}

fn gitlab(text: &str) -> Shape {
    if let Some(rest) = text.strip_prefix("project_id:") {
        let (project, rest) = cut(rest, ':');
        return Shape::known(project.clone(), project, rest);
    }
    let Some(rest) = text.strip_prefix("project_path:") else {
        return free(text);
    };
    let (path, context) = match rest.split_once(':') {
        Some((path, context)) => (path, Some(context)),
        None => (rest, None),
    };
    let lead = path.split([ANY, ONE]).next().unwrap_or_default();
    let wild = is_wild(path);
    let tenant = match lead.split_once('/') {
        Some((group, _)) => Part::Fixed(group.to_owned()),
        None if wild && lead.is_empty() => Part::Wild,
        None if wild => Part::Prefix(lead.to_owned()),
        None => Part::Fixed(lead.to_owned()),
    };
    let project = match (&tenant, wild) {
        (_, false) => Part::Fixed(path.to_owned()),
        (Part::Fixed(_), true) if !lead.ends_with('/') => Part::Prefix(lead.to_owned()),
        _ => Part::Wild,
    };
    Shape::known(tenant, project, context)
}

/// `organization:O:key:value:…` of Buildkite and HCP Terraform.
fn organisation(text: &str, levels: &[&str]) -> Shape {
    let Some(rest) = text.strip_prefix("organization:") else {
        return free(text);
    };
    let (tenant, mut rest) = cut(rest, ':');
    let mut project = Part::Missing;
    if tenant.fixed().is_none() {
        return Shape::known(tenant, Part::Wild, rest);
    }
    let mut names = Vec::new();
    for level in levels {
        let Some(after) = rest else { break };
        let Some(value) = after
            .strip_prefix(level)
            .and_then(|after| after.strip_prefix(':'))
        else {
            project = if is_wild(after) {
                Part::Wild
            } else {
                Part::Missing
            };
            break;
        };
        let (found, next) = cut(value, ':');
        match found {
            Part::Fixed(name) => names.push(name),
            other => {
                project = other;
                rest = next;
                break;
            }
        }
        rest = next;
        project = if names.len() == levels.len() {
            Part::Fixed(names.join("/"))
        } else {
            Part::Missing
        };
    }
    Shape::known(tenant, project, rest)
}

fn azure(text: &str) -> Shape {
    let Some(rest) = text
        .strip_prefix("sc://")
        .or_else(|| text.strip_prefix("p://"))
    else {
        return free(text);
    };
    let (tenant, rest) = cut(rest, '/');
    let (project, rest) = match (tenant.fixed(), rest) {
        (Some(_), Some(rest)) => cut(rest, '/'),
        (Some(_), None) => (Part::Missing, None),
        _ => (Part::Wild, rest),
    };
    Shape::known(tenant, project, rest)
}

fn circle(text: &str) -> Shape {
    let Some(rest) = text.strip_prefix("org/") else {
        return free(text);
    };
    let (tenant, rest) = cut(rest, '/');
    let (project, rest) = match (tenant.fixed(), rest) {
        (Some(_), Some(rest)) => match rest.strip_prefix("project/") {
            Some(rest) => cut(rest, '/'),
            None => (Part::Wild, Some(rest)),
        },
        (Some(_), None) => (Part::Missing, None),
        _ => (Part::Wild, rest),
    };
    Shape::known(tenant, project, rest)
}

fn bitbucket(text: &str, issuer: &Issuer) -> Shape {
    let workspace = issuer.key.split('/').nth(3).unwrap_or_default();
    let (project, rest) = cut(text, ':');
    Shape::known(Part::Fixed(workspace.to_owned()), project, rest)
}

fn kubernetes(text: &str) -> Shape {
    let Some(rest) = text.strip_prefix("system:serviceaccount:") else {
        return free(text);
    };
    let (tenant, rest) = cut(rest, ':');
    let (project, rest) = match (tenant.fixed(), rest) {
        (Some(_), Some(rest)) => (part(rest), None),
        (Some(_), None) => (Part::Missing, None),
        _ => (Part::Wild, rest),
    };
    Shape::known(tenant, project, rest)
}

#[cfg(test)]
mod tests {
    use super::super::source::{Span, Spanned};
    use super::*;

    fn of(issuer: &str, text: &str) -> Shape {
        let written = Spanned {
            text: text.into(),
            span: Span::default(),
        };
        shape(&Issuer::of(issuer), &Pattern::stars(&written, true))
    }
    const GITHUB: &str = "token.actions.githubusercontent.com";

    #[test]
    fn github_subjects() {
        let whole = of(GITHUB, "repo:acme/app:ref:refs/heads/main");
        assert_eq!(whole.project.fixed(), Some("acme/app"));
        assert_eq!(whole.rest, "ref:refs/heads/main");
        assert_eq!(of(GITHUB, "repo:acme*").tenant, Part::Prefix("acme".into()));
        assert_eq!(of(GITHUB, "repo:*/app:*").tenant, Part::Wild);
        assert_eq!(
            of(GITHUB, "repo:acme/app*").project,
            Part::Prefix("app".into())
        );
        assert_eq!(of(GITHUB, "repo:acme/*").project, Part::Wild);
        let ids = of(GITHUB, "repo:acme@1/app@2:*");
        assert!(ids.ids && !ids.id_wild && ids.project.fixed() == Some("acme/app"));
        let wild = of(GITHUB, "repo:acme@*/app@*:*");
        assert!(wild.id_wild && wild.project.fixed() == Some("acme/app"));
        assert_eq!(
            of(GITHUB, "repo:acme@*").tenant,
            Part::Prefix("acme@".into())
        );
        let custom = of(
            GITHUB,
            "repository_owner_id:1:repository_id:2:environment:prod",
        );
        assert_eq!(custom.project.fixed(), Some("2"));
        assert_eq!(of(GITHUB, "*").tenant, Part::Wild);
    }

    #[test]
    fn other_platforms() {
        let gitlab = of("gitlab.com", "project_path:grp/*");
        assert_eq!(
            (gitlab.tenant.fixed(), gitlab.project),
            (Some("grp"), Part::Wild)
        );
        assert_eq!(
            of("gitlab.com", "project_path:grp*").tenant,
            Part::Prefix("grp".into())
        );
        let hcp = of(
            "app.terraform.io",
            "organization:o:project:p:workspace:w:run_phase:*",
        );
        assert_eq!(hcp.project.fixed(), Some("p/w"));
        assert_eq!(
            of("app.terraform.io", "organization:o:*").project,
            Part::Wild
        );
        assert_eq!(
            of(
                "app.terraform.io",
                "organization:o:project:p:workspace:prod*"
            )
            .project,
            Part::Prefix("prod".into())
        );
        assert_eq!(
            of("agent.buildkite.com", "organization:o:pipeline:p:*")
                .project
                .fixed(),
            Some("p")
        );
        assert_eq!(
            of("oidc.circleci.com/org/x", "org/x/project/p/user/*")
                .project
                .fixed(),
            Some("p")
        );
        let cluster = of(
            "oidc.eks.eu-west-1.amazonaws.com/id/X",
            "system:serviceaccount:ns:*",
        );
        assert_eq!(
            (cluster.tenant.fixed(), cluster.project),
            (Some("ns"), Part::Wild)
        );
    }
}
