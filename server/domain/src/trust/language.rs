//! The languages of trust: one file or folder each, exact to its vendor's semantics.

pub mod aws;
pub mod entra;
pub mod gcp;
pub mod kubernetes;
pub mod octo_sts;
pub mod vault;

use super::facts::Facts;
use super::grant::Grant;
use super::source::Source;
use super::token::Token;
use super::verdict::Verdict;

/// A language that says who may become an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// AWS IAM role trust policy.
    Aws,
    /// Microsoft Entra federated identity credential.
    Entra,
    /// Google Cloud workload identity provider with its bindings.
    Gcp,
    /// HashiCorp Vault or OpenBao JWT role.
    Vault,
    /// Kubernetes service account subjects.
    Kubernetes,
    /// octo-sts trust policy.
    OctoSts,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Aws,
        Self::Entra,
        Self::Gcp,
        Self::Vault,
        Self::Kubernetes,
        Self::OctoSts,
    ];

    /// The word of the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Entra => "entra",
            Self::Gcp => "gcp",
            Self::Vault => "vault",
            Self::Kubernetes => "kubernetes",
            Self::OctoSts => "octo-sts",
        }
    }

    /// The language of a word; usual other names count (`azure`, `google`, `openbao`, `eks`).
    pub fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "aws" | "iam" => Self::Aws,
            "entra" | "azure" | "azuread" => Self::Entra,
            "gcp" | "google" => Self::Gcp,
            "vault" | "openbao" => Self::Vault,
            "kubernetes" | "k8s" | "eks" => Self::Kubernetes,
            "octo-sts" | "octo_sts" | "octosts" => Self::OctoSts,
            _ => return None,
        })
    }
}

/// A document in its language.
#[derive(Debug, Clone)]
pub enum Document {
    Aws(aws::Policy),
    Entra(Vec<entra::Credential>),
    Gcp(gcp::Pool),
    Vault(Box<vault::Role>),
    Kubernetes(kubernetes::Subjects),
    OctoSts(octo_sts::Policy),
}

impl Document {
    pub fn evaluate(&self, token: &Token, facts: &Facts, source: &Source) -> Verdict {
        match self {
            Self::Aws(policy) => policy.evaluate(token, facts, source),
            Self::Entra(credentials) => entra::evaluate(credentials, token, source),
            Self::Gcp(pool) => pool.evaluate(token, facts, source),
            Self::Vault(role) => role.evaluate(token, facts, source),
            Self::Kubernetes(subjects) => subjects.evaluate(token, source),
            Self::OctoSts(policy) => policy.evaluate(token, facts, source),
        }
    }

    pub fn grants(&self, facts: &Facts) -> Vec<Grant> {
        match self {
            Self::Aws(policy) => policy.grants(facts),
            Self::Entra(credentials) => credentials.iter().map(entra::Credential::grant).collect(),
            Self::Gcp(pool) => pool.grants(),
            Self::Vault(role) => vec![role.grant(facts)],
            Self::Kubernetes(subjects) => subjects.grants(),
            Self::OctoSts(policy) => policy.grants(),
        }
    }
}
