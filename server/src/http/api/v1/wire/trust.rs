//! Judgements of trusts: the same shapes as `rollcall trust … --json` prints.

use domain::trust::{Admits, Finding, Position, Reason, Tightened, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustQuestion {
    /// The document: JSON as it is, or a string (YAML, Terraform, CloudFormation, JSON in a string).
    pub trust: Value,
    /// `aws`, `entra`, `gcp`, `vault`, `kubernetes` or `octo-sts`; told from the document when absent.
    #[serde(default)]
    pub language: Option<String>,
    /// Claims of a token, or a list of claim sets, or a JWT as a string; decoded, not verified, not kept.
    #[serde(default)]
    pub claims: Option<Value>,
    /// What lies outside the document.
    #[serde(default)]
    pub context: Option<Value>,
    /// Tightening keeps wildcards in subjects.
    #[serde(default)]
    pub keep_wildcard: bool,
    /// Tightening binds names only, even where tokens carry ids.
    #[serde(default)]
    pub names_only: bool,
}

/// A place in the document, both from 1.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrustPosition {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

impl From<Position> for TrustPosition {
    fn from(position: Position) -> Self {
        Self {
            line: position.line,
            column: position.column,
        }
    }
}

/// A flaw of a trust document.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrustFinding {
    /// Rule id.
    pub rule: String,
    /// `info`, `low`, `medium`, `high` or `critical`.
    pub severity: &'static str,
    /// `certain`, `likely` or `possible`.
    pub confidence: &'static str,
    /// What is wrong here.
    pub message: String,
    /// Where.
    pub position: TrustPosition,
    /// Why it matters.
    pub why: &'static str,
    /// How it is abused.
    pub exploit: &'static str,
    /// What to write instead.
    pub fix: String,
}

impl From<Finding> for TrustFinding {
    fn from(found: Finding) -> Self {
        Self {
            rule: found.rule,
            severity: found.severity.as_str(),
            confidence: found.confidence.as_str(),
            message: found.message,
            position: found.position.into(),
            why: found.why,
            exploit: found.exploit,
            fix: found.fix,
        }
    }
}

/// A condition and how it ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrustReason {
    /// The condition.
    pub condition: String,
    /// `matched`, `not_matched`, `absent`, `vacuous`, `unreachable` or `unknown`.
    pub outcome: &'static str,
    /// Why.
    pub text: String,
    /// Where it stands.
    pub position: TrustPosition,
}

impl From<Reason> for TrustReason {
    fn from(reason: Reason) -> Self {
        Self {
            condition: reason.condition.to_string(),
            outcome: reason.outcome.as_str(),
            text: reason.text,
            position: reason.position.into(),
        }
    }
}

/// Whether a token is let in.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrustVerdict {
    /// `allow`, `deny` or `unknown`.
    pub decision: &'static str,
    /// Every condition, in the order of the document.
    pub reasons: Vec<TrustReason>,
}

impl From<Verdict> for TrustVerdict {
    fn from(verdict: Verdict) -> Self {
        Self {
            decision: verdict.decision.as_str(),
            reasons: verdict.reasons.into_iter().map(Into::into).collect(),
        }
    }
}

/// Whom a trust lets in.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrustAdmits {
    /// `exact`, `repository`, `organisation`, `provider` or `anyone`.
    pub ring: &'static str,
    /// In a sentence.
    pub description: String,
}

impl From<Admits> for TrustAdmits {
    fn from(admits: Admits) -> Self {
        Self {
            ring: admits.ring.as_str(),
            description: admits.description,
        }
    }
}

/// A tighter trust.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrustTightened {
    /// The document.
    pub trust: Value,
    /// Its lines against the old ones, ` `, `-` or `+` in front.
    pub diff: Vec<String>,
    /// How it is put in force with the vendor's tool.
    pub command: String,
    /// How Terraform writes it.
    pub terraform: String,
}

impl From<Tightened> for TrustTightened {
    fn from(tightened: Tightened) -> Self {
        Self {
            trust: tightened.trust,
            diff: tightened.diff,
            command: tightened.command,
            terraform: tightened.terraform,
        }
    }
}
