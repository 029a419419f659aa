//! How a static credential could give way to federation.

use serde::{Deserialize, Serialize};

use crate::ids::CredentialId;

/// What to do about one credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FederationAdvice {
    /// Which one.
    pub credential: CredentialId,
    /// What to aim for.
    pub title: String,
    /// What to do at the provider and in the pipeline, in order.
    pub steps: Vec<String>,
    /// Documents ready to paste.
    pub documents: Vec<AdviceDocument>,
    /// What to look at before pasting; empty when nothing.
    pub caution: String,
}

/// A document ready to paste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceDocument {
    /// What it is: `Trust policy of the role`.
    pub label: String,
    /// Its text.
    pub text: String,
}
