//! The tightest trust that still lets in what was seen.
//!
//! Every change only narrows: conditions are added, or a condition on one claim is replaced by the values of that
//! claim in the tokens it matched. So nothing is admitted that was refused before; that everything seen is still
//! admitted is checked before the result is handed over.

mod aws;
mod diff;
mod others;

use serde::Serialize;
use serde_json::Value;

use super::facts::Facts;
use super::language::Document;
use super::{Decision, Language, Token, Trust, read};

/// What to keep loose, and what to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// Keep subjects with wildcards as they are; only audience and ids are added.
    pub keep_wildcard: bool,
    /// Do not bind ids, even where every token carries them.
    pub names_only: bool,
}

/// A tighter trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tightened {
    /// The document, in the same language.
    pub trust: Value,
    /// Its lines against the old ones: ` `, `-` or `+` in front.
    pub diff: Vec<String>,
    /// How it is put in force with the vendor's tool.
    pub command: String,
    /// How Terraform writes it.
    pub terraform: String,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing was seen.
    #[error("no token was given: the tightest trust would admit nobody")]
    NothingSeen,
    /// A token is not admitted now.
    #[error("token {0} is not admitted by the trust as it is: {1}")]
    NotAdmitted(usize, String),
    /// The language cannot say it.
    #[error("{0}")]
    CannotSay(String),
}

/// Narrows the trust to the tokens.
pub fn tighten(
    trust: &Trust,
    seen: &[Token],
    wish: Wish,
    facts: &Facts,
) -> Result<Tightened, Refused> {
    if seen.is_empty() {
        return Err(Refused::NothingSeen);
    }
    for (at, token) in seen.iter().enumerate() {
        let verdict = trust.evaluate(token, facts);
        if verdict.decision != Decision::Allow {
            let why = verdict
                .reasons
                .iter()
                .find(|reason| reason.outcome.tri() != super::verdict::Tri::True)
                .map_or_else(
                    || "no statement matches".to_owned(),
                    |reason| format!("{}: {}", reason.condition, reason.text),
                );
            return Err(Refused::NotAdmitted(at + 1, why));
        }
    }
    let before = trust.node.json();
    let after = match &trust.document {
        Document::Aws(policy) => aws::tighten(policy, before.clone(), seen, wish, facts),
        Document::Entra(credentials) => others::entra(credentials, &trust.source, seen, wish),
        Document::Gcp(_) => others::gcp(before.clone(), seen, wish)?,
        Document::Vault(role) => others::vault(role, before.clone(), seen, wish)?,
        Document::Kubernetes(subjects) => others::kubernetes(subjects, seen),
        Document::OctoSts(policy) => others::octo_sts(policy, before.clone(), seen),
    };
    verify(trust.language, &after, seen, facts)?;
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    Ok(Tightened {
        diff: diff::lines(&pretty(&before), &pretty(&after)),
        command: command(trust.language).to_owned(),
        terraform: terraform(trust.language, &pretty(&after)),
        trust: after,
    })
}

/// Reads the result again and judges every token by it.
fn verify(language: Language, after: &Value, seen: &[Token], facts: &Facts) -> Result<(), Refused> {
    let again = read(after.to_string().as_bytes(), Some(language))
        .map_err(|why| Refused::CannotSay(why.to_string()))?;
    let lost = seen
        .iter()
        .position(|token| again.evaluate(token, facts).decision != Decision::Allow);
    match lost {
        None => Ok(()),
        Some(at) => Err(Refused::CannotSay(format!(
            "the language cannot keep token {} while narrowing",
            at + 1
        ))),
    }
}

/// The different values of a claim that is a string in every token; nothing when one lacks it.
fn values<'a>(seen: impl IntoIterator<Item = &'a Token>, claim: &str) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for token in seen {
        let value = token.text(claim)?;
        if !found.iter().any(|it| it == value) {
            found.push(value.to_owned());
        }
    }
    found.sort();
    (!found.is_empty()).then_some(found)
}

/// The ids that say whose a token is, by platform of its issuer.
fn ids(iss: &str) -> &'static [&'static str] {
    use super::issuer::{Issuer, Platform};
    match Issuer::of(iss).platform {
        Platform::GitHub => &["repository_owner_id", "repository_id"],
        Platform::GitLab => &["project_id"],
        Platform::Buildkite => &["organization_id", "pipeline_id"],
        Platform::HcpTerraform => &["terraform_organization_id", "terraform_workspace_id"],
        _ => &[],
    }
}

fn command(language: Language) -> &'static str {
    match language {
        Language::Aws => {
            "aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json"
        }
        Language::Entra => {
            "az ad app federated-credential update --id APP --federated-credential-id NAME --parameters trust.json"
        }
        Language::Gcp => {
            "gcloud iam workload-identity-pools providers update-oidc PROVIDER --location=global --workload-identity-pool=POOL --attribute-condition=CONDITION"
        }
        Language::Vault => "vault write auth/jwt/role/ROLE @trust.json",
        Language::Kubernetes => "kubectl apply -f trust.json",
        Language::OctoSts => "git commit .github/chainguard/NAME.sts.yaml",
    }
}

fn terraform(language: Language, pretty: &str) -> String {
    match language {
        Language::Aws => format!("assume_role_policy = <<-JSON\n{pretty}\nJSON\n"),
        _ => format!("# jsondecode of\n{pretty}\n"),
    }
}
