//! What rules look at: the ways in, with subjects taken apart.

use crate::trust::Trust;
use crate::trust::admits::{Ring, proves};
use crate::trust::facts::{Facts, Repository};
use crate::trust::glob::Pattern;
use crate::trust::grant::{Constraint, Grant};
use crate::trust::issuer::{Issuer, Platform};
use crate::trust::language::Document;
use crate::trust::language::aws::{Condition, Policy, Statement};
use crate::trust::language::entra::Credential;
use crate::trust::language::gcp::Pool;
use crate::trust::language::vault::Role;
use crate::trust::subject::{self, Shape};

/// A trust, ready to be looked at.
pub struct Look<'a> {
    pub trust: &'a Trust,
    pub facts: &'a Facts,
    pub grants: Vec<Grant>,
}

/// A subject pattern of a way in, taken apart.
pub struct Sub<'a> {
    pub grant: &'a Grant,
    pub issuer: &'a Issuer,
    pub constraint: &'a Constraint,
    pub value: &'a Pattern,
    pub shape: Shape,
}

impl<'a> Look<'a> {
    pub fn new(trust: &'a Trust, facts: &'a Facts) -> Self {
        Self {
            trust,
            facts,
            grants: trust.document.grants(facts),
        }
    }

    /// Ways in for tokens that can be taken.
    pub fn live(&self) -> impl Iterator<Item = (&Grant, &Issuer)> {
        self.grants
            .iter()
            .filter(|grant| grant.lives())
            .filter_map(|grant| Some((grant, grant.issuer.as_ref()?)))
    }

    /// Every subject of the live ways in.
    pub fn subs(&self) -> Vec<Sub<'_>> {
        self.live()
            .flat_map(|(grant, issuer)| {
                grant.on("sub").flat_map(move |constraint| {
                    constraint.values.iter().map(move |value| Sub {
                        grant,
                        issuer,
                        constraint,
                        value,
                        shape: subject::shape(issuer, value),
                    })
                })
            })
            .collect()
    }

    /// Every constraint on a claim, negated or not, of the live ways in.
    pub fn claims<'b>(
        &'b self,
        names: &'b [&str],
    ) -> impl Iterator<Item = (&'b Grant, &'b Issuer, &'b Constraint)> {
        self.live().flat_map(move |(grant, issuer)| {
            grant
                .all
                .iter()
                .filter(move |it| names.contains(&it.claim.to_ascii_lowercase().as_str()))
                .map(move |it| (grant, issuer, it))
        })
    }

    pub fn aws(&self) -> Option<&'a Policy> {
        match &self.trust.document {
            Document::Aws(policy) => Some(policy),
            _ => None,
        }
    }

    /// Statements that let tokens in, or refuse them.
    pub fn statements(&self, allow: bool) -> impl Iterator<Item = &'a Statement> {
        self.aws()
            .map(|policy| policy.statements.as_slice())
            .unwrap_or_default()
            .iter()
            .filter(move |it| it.allow == allow && !it.effect_unknown && it.is_assume())
    }

    pub fn entra(&self) -> &'a [Credential] {
        match &self.trust.document {
            Document::Entra(credentials) => credentials,
            _ => &[],
        }
    }

    pub fn gcp(&self) -> Option<&'a Pool> {
        match &self.trust.document {
            Document::Gcp(pool) => Some(pool),
            _ => None,
        }
    }

    pub fn vault(&self) -> Option<&'a Role> {
        match &self.trust.document {
            Document::Vault(role) => Some(role),
            _ => None,
        }
    }

    /// What is known of the repository a subject names.
    pub fn repository(&self, shape: &Shape) -> Option<&Repository> {
        self.facts.repository(shape.project.fixed()?)
    }
}

impl Sub<'_> {
    /// How far everything but this constraint narrows.
    pub fn rest_ring(&self) -> Ring {
        rest_ring(self.grant, self.issuer, Some(self.constraint))
    }

    pub fn is(&self, platform: Platform) -> bool {
        self.issuer.platform == platform
    }

    /// Only characters, no wildcards.
    pub fn is_exact(&self) -> bool {
        self.value.is_exact()
    }
}

/// How far a way in is narrowed by all constraints but one.
pub fn rest_ring(grant: &Grant, issuer: &Issuer, except: Option<&Constraint>) -> Ring {
    grant
        .all
        .iter()
        .filter(|it| it.narrows && !it.negated && !it.values.is_empty())
        .filter(|it| except.is_none_or(|except| !std::ptr::eq(*it, except)))
        .filter_map(|it| {
            it.values
                .iter()
                .map(|value| proves(issuer, &it.claim.to_ascii_lowercase(), value))
                .max()
        })
        .min()
        .unwrap_or(Ring::Provider)
}

/// The key of a condition belongs to an issuer's token.
pub fn is_token_key(condition: &Condition) -> bool {
    let key = condition.key.text.to_ascii_lowercase();
    !key.starts_with("aws:") && !key.starts_with("sts:") && key.contains(':')
}

/// The claim part of a condition key.
pub fn claim_part(condition: &Condition) -> String {
    condition
        .key
        .text
        .rsplit_once(':')
        .map_or("", |(_, claim)| claim)
        .to_ascii_lowercase()
}
