//! HashiCorp Vault and OpenBao JWT auth roles.
//!
//! The order of the checks and their comparisons are those of `pathLogin` in vault-plugin-auth-jwt (2e68bba) and
//! OpenBao (df6ce2ce); parameters: <https://developer.hashicorp.com/vault/api-docs/auth/jwt>.

pub mod login;

use crate::trust::facts::Facts;
use crate::trust::glob::Pattern;
use crate::trust::grant::{Constraint, Grant};
use crate::trust::issuer::{Issuer, Platform};
use crate::trust::source::{Node, Span, Spanned, Value};

/// A role.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_field_names,
    reason = "fields are named as Vault names its parameters"
)]
pub struct Role {
    /// Left out, Vault writes `oidc`, which refuses JWT logins.
    pub role_type: Option<Spanned>,
    pub user_claim: Option<Spanned>,
    pub user_claim_pointer: bool,
    pub bound_audiences: Vec<Spanned>,
    pub bound_subject: Option<Spanned>,
    pub bound_claims: Vec<Bound>,
    pub glob: bool,
    pub cidrs: Vec<Spanned>,
    /// Issuer of the mount, when the document tells it.
    pub bound_issuer: Option<Spanned>,
    /// OpenBao: a CEL program stands in place of the bound claims.
    pub cel: Option<(Spanned, super::gcp::cel::Program)>,
    pub span: Span,
}

/// A claim and what it must be.
#[derive(Debug, Clone)]
pub struct Bound {
    pub claim: Spanned,
    pub expected: Vec<Node>,
    pub span: Span,
}

impl Role {
    /// Reads a role; `data` of an API answer is taken off before.
    ///
    /// # Errors
    /// When it has nothing of a role.
    pub fn read(node: &Node) -> Result<Self, (String, Span)> {
        let known = [
            "role_type",
            "user_claim",
            "bound_audiences",
            "bound_subject",
            "bound_claims",
            "bound_claims_type",
            "cel_program",
        ];
        if !known
            .iter()
            .any(|key| node.entries().iter().any(|entry| entry.key == *key))
        {
            return Err((
                "no role: neither user_claim nor bound_audiences, bound_subject or bound_claims"
                    .to_owned(),
                node.span,
            ));
        }
        let text = |key: &str| {
            node.get(key)
                .and_then(Node::spanned)
                .filter(|it| !it.text.is_empty())
        };
        let bound_claims = node
            .get("bound_claims")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .map(|entry| Bound {
                claim: Spanned {
                    text: entry.key.clone(),
                    span: entry.key_span,
                },
                expected: match &entry.node.value {
                    Value::List(items) => items.clone(),
                    _ => vec![entry.node.clone()],
                },
                span: entry.node.span,
            })
            .collect();
        let cel = node
            .get("cel_program")
            .and_then(|it| it.get("expression").or(Some(it)))
            .and_then(Node::spanned)
            .map(|written| {
                let program = super::gcp::cel::Program::read(&written.text, 1 << 16);
                (written, program)
            });
        Ok(Self {
            role_type: text("role_type"),
            user_claim: text("user_claim"),
            user_claim_pointer: node
                .get("user_claim_json_pointer")
                .and_then(Node::scalar)
                .as_deref()
                == Some("true"),
            bound_audiences: commas(node.get("bound_audiences")),
            bound_subject: text("bound_subject"),
            bound_claims,
            glob: text("bound_claims_type").is_some_and(|kind| kind.text == "glob"),
            cidrs: commas(node.any(&["token_bound_cidrs", "bound_cidrs"])),
            bound_issuer: text("_bound_issuer").or_else(|| text("bound_issuer")),
            cel,
            span: node.span,
        })
    }

    /// The issuer tokens of the mount come from; when it is not told, the platform its claims are of.
    pub fn issuer(&self, facts: &Facts) -> Option<Issuer> {
        let told = facts
            .bound_issuer
            .as_deref()
            .or(self
                .bound_issuer
                .as_ref()
                .map(|issuer| issuer.text.as_str()))
            .filter(|issuer| !issuer.is_empty());
        if let Some(told) = told {
            let mut issuer = Issuer::of(told);
            if issuer.platform == Platform::Other {
                issuer.platform = self.guess().unwrap_or(Platform::Other);
            }
            return Some(issuer);
        }
        let address = match self.guess()? {
            Platform::GitHub => "token.actions.githubusercontent.com",
            Platform::HcpTerraform => "app.terraform.io",
            Platform::Buildkite => "agent.buildkite.com",
            Platform::Kubernetes => "kubernetes.default.svc",
            // Either gitlab.com or one's own: not shared unless told.
            Platform::GitLab => "gitlab.example",
            _ => return None,
        };
        Some(Issuer::of(address))
    }

    fn guess(&self) -> Option<Platform> {
        let mut subjects: Vec<String> = self
            .bound_subject
            .iter()
            .map(|it| it.text.clone())
            .collect();
        let mut names = Vec::new();
        for bound in &self.bound_claims {
            names.push(bound.claim.text.as_str());
            if bound.claim.text == "sub" {
                subjects.extend(bound.expected.iter().filter_map(Node::scalar));
            }
        }
        let audiences: Vec<&str> = self
            .bound_audiences
            .iter()
            .map(|it| it.text.as_str())
            .collect();
        let subject = |start: &str| subjects.iter().any(|it| it.starts_with(start));
        let claim = |known: &[&str]| names.iter().any(|name| known.contains(name));
        if subject("repo:")
            || claim(&[
                "repository",
                "repository_id",
                "repository_owner",
                "repository_owner_id",
                "job_workflow_ref",
                "workflow_ref",
                "actor",
            ])
            || audiences
                .iter()
                .any(|it| it.starts_with("https://github.com/"))
        {
            return Some(Platform::GitHub);
        }
        if subject("project_path:")
            || claim(&[
                "project_id",
                "project_path",
                "namespace_id",
                "namespace_path",
                "user_login",
                "ref_protected",
            ])
        {
            return Some(Platform::GitLab);
        }
        if names.iter().any(|name| name.starts_with("terraform_"))
            || subjects
                .iter()
                .any(|it| it.starts_with("organization:") && it.contains(":workspace:"))
            || audiences.contains(&"vault.workload.identity")
        {
            return Some(Platform::HcpTerraform);
        }
        if subjects
            .iter()
            .any(|it| it.starts_with("organization:") && it.contains(":pipeline:"))
            || claim(&["pipeline_slug", "organization_slug"])
        {
            return Some(Platform::Buildkite);
        }
        if subject("system:serviceaccount:")
            || names.iter().any(|name| name.contains("kubernetes.io"))
        {
            return Some(Platform::Kubernetes);
        }
        None
    }

    /// The role as a way in.
    pub fn grant(&self, facts: &Facts) -> Grant {
        let mut grant = Grant::new(self.issuer(facts), self.span);
        let mut put =
            |claim: &str, values: Vec<Pattern>, exact: bool, operator: &str, span: Span| {
                grant.all.push(Constraint {
                    claim: claim.to_owned(),
                    values,
                    negated: false,
                    if_absent: false,
                    narrows: true,
                    exact,
                    operator: operator.to_owned(),
                    span,
                });
            };
        if let Some(subject) = &self.bound_subject {
            put(
                "sub",
                vec![Pattern::exact(subject)],
                true,
                "bound_subject",
                subject.span,
            );
        }
        if !self.bound_audiences.is_empty() {
            let values = self.bound_audiences.iter().map(Pattern::exact).collect();
            put(
                "aud",
                values,
                true,
                "bound_audiences",
                self.bound_audiences[0].span,
            );
        }
        for bound in &self.bound_claims {
            let values = bound
                .expected
                .iter()
                .filter_map(Node::spanned)
                .map(|value| {
                    if self.glob {
                        Pattern::stars(&value, false).bounded()
                    } else {
                        Pattern::exact(&value).bounded()
                    }
                })
                .collect();
            let operator = if self.glob {
                "bound_claims (glob)"
            } else {
                "bound_claims"
            };
            put(
                bound.claim.text.trim_start_matches('/'),
                values,
                !self.glob,
                operator,
                bound.span,
            );
        }
        if !self.is_jwt() {
            grant.dead = Some("role_type is oidc, which refuses JWT logins".to_owned());
        }
        grant
    }

    /// It takes JWT logins.
    pub fn is_jwt(&self) -> bool {
        self.cel.is_some()
            || self
                .role_type
                .as_ref()
                .is_some_and(|kind| kind.text == "jwt")
    }
}

/// A list, or a string of several split at commas, as Vault reads its comma-string parameters.
fn commas(node: Option<&Node>) -> Vec<Spanned> {
    node.map(Node::strings)
        .unwrap_or_default()
        .into_iter()
        .flat_map(|written| {
            written
                .text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Spanned {
                    text: part.to_owned(),
                    span: written.span,
                })
                .collect::<Vec<_>>()
        })
        .collect()
}
