//! Plausible claim sets: what a pipeline's token says, for every platform, from a run in words.
//!
//! Formats are those of the platforms' own pages: GitHub
//! <https://docs.github.com/actions/reference/security/oidc>, GitLab
//! <https://docs.gitlab.com/ci/secrets/id_token_authentication/>, Bitbucket
//! <https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/>, CircleCI
//! <https://circleci.com/docs/openid-connect-tokens/>, Buildkite
//! <https://buildkite.com/docs/agent/v3/cli-oidc>, Azure DevOps
//! <https://learn.microsoft.com/azure/devops/pipelines/library/connect-to-azure>, HCP Terraform
//! <https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens>,
//! Jenkins <https://plugins.jenkins.io/oidc-provider/>, Kubernetes
//! <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>.
//! Ids that are not told are made of the names, the same each time; they are plausible, not real.

mod claims;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::Token;

/// A platform whose tokens are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ci {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// CircleCI.
    Circleci,
    /// Buildkite.
    Buildkite,
    /// Azure DevOps service connection.
    AzureDevops,
    /// HCP Terraform workspace.
    HcpTerraform,
    /// Jenkins with its OIDC provider plugin.
    Jenkins,
    /// Kubernetes service account.
    Kubernetes,
}

impl Ci {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Github,
        Self::Gitlab,
        Self::Bitbucket,
        Self::Circleci,
        Self::Buildkite,
        Self::AzureDevops,
        Self::HcpTerraform,
        Self::Jenkins,
        Self::Kubernetes,
    ];

    /// The word of the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Bitbucket => "bitbucket",
            Self::Circleci => "circleci",
            Self::Buildkite => "buildkite",
            Self::AzureDevops => "azure-devops",
            Self::HcpTerraform => "hcp-terraform",
            Self::Jenkins => "jenkins",
            Self::Kubernetes => "kubernetes",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Github => "GitHub Actions",
            Self::Gitlab => "GitLab CI",
            Self::Bitbucket => "Bitbucket Pipelines",
            Self::Circleci => "CircleCI",
            Self::Buildkite => "Buildkite",
            Self::AzureDevops => "Azure DevOps",
            Self::HcpTerraform => "HCP Terraform",
            Self::Jenkins => "Jenkins",
            Self::Kubernetes => "Kubernetes",
        }
    }

    /// The platform of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Event {
    /// A push to the branch or tag.
    #[default]
    Push,
    /// A pull or merge request from that branch.
    PullRequest,
    /// `pull_request_target`: for a stranger's pull request, on the default branch.
    PullRequestTarget,
    /// A schedule.
    Schedule,
    /// Somebody started it by hand.
    Manual,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Push,
        Self::PullRequest,
        Self::PullRequestTarget,
        Self::Schedule,
        Self::Manual,
    ];

    /// GitHub's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::PullRequest => "pull_request",
            Self::PullRequestTarget => "pull_request_target",
            Self::Schedule => "schedule",
            Self::Manual => "workflow_dispatch",
        }
    }

    /// The event of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// A run in words: “push to main of acme/app in environment production”.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// Project: `acme/app`; for HCP Terraform `organisation/project/workspace`, for Azure DevOps
    /// `organisation/project/connection`, for Kubernetes `namespace/account`.
    pub project: String,
    /// Branch, or tag when `tag` is set; without `refs/…`.
    pub reference: String,
    /// The ref is a tag.
    pub tag: bool,
    /// Environment, or run phase for HCP Terraform; empty for none.
    pub environment: String,
    /// What started it.
    pub event: Event,
    /// Who started it.
    pub actor: String,
    /// Audience asked for; empty for the platform's default.
    pub audience: String,
    /// Workflow file, step key or the like; empty for a usual one.
    pub workflow: String,
    /// Address of a platform of one's own; empty for the vendor's.
    pub issuer: String,
    /// GitHub: the subject carries ids.
    pub immutable: bool,
    /// Id of the repository or project; made of its name when empty.
    pub project_id: String,
    /// Id of the owner, group or organisation; made of its name when empty.
    pub owner_id: String,
}

impl Run {
    /// The token such a run would get.
    pub fn token(&self, ci: Ci) -> Token {
        let mut claims = match ci {
            Ci::Github => self.github(),
            Ci::Gitlab => self.gitlab(),
            Ci::Bitbucket => self.bitbucket(),
            Ci::Circleci => self.circleci(),
            Ci::Buildkite => self.buildkite(),
            Ci::AzureDevops => self.azure_devops(),
            Ci::HcpTerraform => self.hcp_terraform(),
            Ci::Jenkins => self.jenkins(),
            Ci::Kubernetes => self.kubernetes(),
        };
        if !self.audience.is_empty() {
            claims["aud"] = self.audience.as_str().into();
        }
        if !self.issuer.is_empty() {
            claims["iss"] = self.issuer.as_str().into();
        }
        match claims {
            Value::Object(claims) => Token { claims },
            _ => Token::default(),
        }
    }

    fn owner(&self) -> &str {
        self.project.split('/').next().unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.project.rsplit('/').next().unwrap_or_default()
    }

    fn part(&self, at: usize) -> &str {
        self.project.split('/').nth(at).unwrap_or_default()
    }

    fn project_number(&self) -> String {
        told(&self.project_id, || number(&self.project))
    }

    fn owner_number(&self) -> String {
        told(&self.owner_id, || number(self.owner()))
    }

    fn actor(&self) -> &str {
        if self.actor.is_empty() {
            "alice"
        } else {
            &self.actor
        }
    }
}

impl From<Token> for Map<String, Value> {
    fn from(token: Token) -> Self {
        token.claims
    }
}

fn told(given: &str, made: impl FnOnce() -> String) -> String {
    if given.is_empty() {
        made()
    } else {
        given.to_owned()
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// A number of nine digits made of a name.
fn number(name: &str) -> String {
    let bytes = digest(name);
    let raw = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    (100_000_000 + raw % 900_000_000).to_string()
}

fn uuid(name: &str) -> String {
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
}

fn short(name: &str) -> String {
    hex::encode(&digest(name)[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_to_main_in_an_environment() {
        let run = Run {
            project: "acme/app".into(),
            reference: "main".into(),
            environment: "production".into(),
            ..Run::default()
        };
        let sub = |run: &Run, ci| run.token(ci).text("sub").unwrap_or_default().to_owned();
        assert_eq!(
            sub(&run, Ci::Github),
            "repo:acme/app:environment:production"
        );
        let ids = Run {
            immutable: true,
            owner_id: "1".into(),
            project_id: "2".into(),
            environment: String::new(),
            ..run.clone()
        };
        assert_eq!(
            sub(&ids, Ci::Github),
            "repo:acme@1/app@2:ref:refs/heads/main"
        );
        let pull = Run {
            event: Event::PullRequest,
            environment: String::new(),
            ..run.clone()
        };
        assert_eq!(sub(&pull, Ci::Github), "repo:acme/app:pull_request");
        assert_eq!(
            sub(&run, Ci::Gitlab),
            "project_path:acme/app:ref_type:branch:ref:main"
        );
        assert_eq!(
            sub(
                &Run {
                    project: "acme/core/web".into(),
                    environment: "plan".into(),
                    ..run.clone()
                },
                Ci::HcpTerraform
            ),
            "organization:acme:project:core:workspace:web:run_phase:plan"
        );
        assert_eq!(sub(&run, Ci::Kubernetes), "system:serviceaccount:acme:app");
        assert_eq!(
            sub(&run, Ci::Jenkins),
            "https://jenkins.example.com/job/acme/job/app/job/main/"
        );
        for ci in Ci::ALL {
            let token = run.token(ci);
            assert!(
                token
                    .text("iss")
                    .is_some_and(|it| it.starts_with("https://")),
                "{ci:?}"
            );
            assert!(
                !token.audiences().is_empty() && token.text("sub").is_some(),
                "{ci:?}"
            );
            assert_eq!(Ci::of(ci.as_str()), Some(ci));
            assert_eq!(run.token(ci), token, "the same each time");
        }
    }
}
