//! Trust: what the lab asks and shows, and what was seen beside what is admitted.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{EventId, IdentityId, TrustId, TrustTestId};

/// What is put into the trust lab. The token is judged and shown again, never kept.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabInput {
    /// The trust document.
    pub trust: String,
    /// Its language; told from the document when empty.
    pub language: String,
    /// Claims as JSON, or a JWT, or a list of claim sets.
    pub claims: String,
    /// What lies outside the document, as JSON.
    pub context: String,
    /// An example to begin with, by language.
    pub example: String,
    /// What to do: empty to judge, `build` for a token of the run below, `tighten`.
    pub action: String,
    /// Platform of the run.
    pub ci: String,
    /// Project of the run.
    pub project: String,
    /// Branch, or `tags/NAME`.
    pub reference: String,
    /// Environment of the run.
    pub environment: String,
    /// What started it.
    pub event: String,
    /// Audience asked for.
    pub audience: String,
    /// `on`: the subject carries ids.
    pub immutable: String,
    /// `on`: tightening keeps wildcards in subjects.
    pub keep_wildcard: String,
    /// `on`: tightening binds names only.
    pub names_only: String,
}

/// A token is nothing to print.
impl std::fmt::Debug for LabInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LabInput")
            .field("language", &self.language)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// What the trust lab shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabView {
    /// What was put in, with what was built or chosen filled in.
    pub input: LabInput,
    /// Why the document cannot be read.
    pub unreadable: Option<String>,
    /// Why the claims cannot be read.
    pub claims_unreadable: Option<String>,
    /// Why the context cannot be read.
    pub context_unreadable: Option<String>,
    /// The judgement of the document.
    pub judged: Option<Judged>,
    /// The claims, flat, as they were decoded: name and value.
    pub claims: Vec<(String, String)>,
    /// The judgement of the token.
    pub verdict: Option<LabVerdict>,
    /// The tighter trust.
    pub tightened: Option<LabTightened>,
    /// Why there is no tighter trust.
    pub not_tightened: Option<String>,
}

/// What is said of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Language, by its word.
    pub language: String,
    /// Ring, by its word.
    pub ring: String,
    /// Whom it admits, in a sentence.
    pub admits: String,
    /// Its flaws, in the order of the document.
    pub findings: Vec<LabFinding>,
}

/// A flaw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabFinding {
    /// Rule id.
    pub rule: String,
    /// Severity, by its word.
    pub severity: String,
    /// Confidence, by its word.
    pub confidence: String,
    /// What is wrong here.
    pub message: String,
    /// Line, from 1.
    pub line: usize,
    /// Why it matters.
    pub why: String,
    /// How it is abused.
    pub exploit: String,
    /// What to write instead.
    pub fix: String,
}

/// What is said of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabVerdict {
    /// `allow`, `deny` or `unknown`.
    pub decision: String,
    /// Every condition in order.
    pub reasons: Vec<LabReason>,
}

/// How one condition ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabReason {
    /// The condition.
    pub condition: String,
    /// `matched`, `not_matched`, `absent`, `vacuous`, `unreachable` or `unknown`.
    pub outcome: String,
    /// Why, in a sentence.
    pub text: String,
    /// Line, from 1.
    pub line: usize,
}

/// A tighter trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabTightened {
    /// The document it is tightened from, laid out the same way.
    pub before: String,
    /// The tighter document.
    pub after: String,
    /// How it is put in force by command line.
    pub command: String,
    /// How Terraform writes it.
    pub terraform: String,
}

/// An identity's trusts beside what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustReality {
    /// The identity.
    pub identity: IdentityId,
    /// Each trust document, judged.
    pub trusts: Vec<RealityView>,
    /// Values of each claim that was seen.
    pub seen: Vec<SeenClaim>,
    /// Successful logins by token in the window.
    pub total: i64,
    /// Days looked back.
    pub days: i64,
    /// Tests kept with it, as they end now.
    pub tests: Vec<TrustTestView>,
    /// The viewer may keep and remove tests.
    pub may_edit: bool,
    /// The moment of reading.
    pub now: DateTime<Utc>,
}

/// One trust beside what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealityView {
    /// Its id.
    pub id: TrustId,
    /// What it guards.
    pub target: String,
    /// The document.
    pub document: String,
    /// Why it cannot be judged.
    pub unreadable: Option<String>,
    /// The judgement of the document.
    pub judged: Judged,
    /// How far what came reached, as the word of a ring.
    pub seen_ring: Option<String>,
    /// Unused breadth in a sentence.
    pub sentence: String,
    /// Logins seen that this document would let in.
    pub admitted: i64,
    /// The tightest form that admits them.
    pub tightened: Option<LabTightened>,
    /// Why there is none.
    pub not_tightened: Option<String>,
}

/// The values of one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenClaim {
    /// The claim, for people.
    pub claim: String,
    /// Its most frequent values: value, how often, when last.
    pub values: Vec<(String, i64, DateTime<Utc>)>,
    /// Distinct values beyond those.
    pub more: i64,
}

/// A matrix test as it ends now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustTestView {
    /// Its id.
    pub id: TrustTestId,
    /// What people call it.
    pub name: String,
    /// `allow` or `deny`.
    pub expect: String,
    /// How it ends: `allow`, `deny` or `unknown`.
    pub got: String,
    /// The claims, as JSON.
    pub claims: String,
}

/// An edited policy to be tried on what was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayInput {
    /// The identity.
    pub identity: IdentityId,
    /// The trust that was edited.
    pub trust: TrustId,
    /// The document as edited.
    pub document: String,
}

/// What an edited policy would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayView {
    /// The trust that was edited.
    pub trust: String,
    /// Assumptions recorded.
    pub total: i64,
    /// Of these, still let in.
    pub passing: i64,
    /// Refused.
    pub refused: i64,
    /// Not to be told from the record.
    pub unknown: i64,
    /// Distinct claim sets.
    pub sets: i64,
    /// Claim sets that would not pass, or cannot be told, most frequent first.
    pub rows: Vec<ReplayRow>,
    /// Such claim sets beyond those.
    pub more: i64,
}

/// A claim set that an edited policy would not let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayRow {
    /// Subject.
    pub subject: String,
    /// `deny` or `unknown`.
    pub outcome: String,
    /// Why.
    pub because: String,
    /// How often it came.
    pub count: i64,
    /// When last.
    pub last: DateTime<Utc>,
    /// The last such event.
    pub event: EventId,
    /// The run it belongs to.
    pub run: Option<String>,
}

/// A test to keep with an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustTestInput {
    /// The identity.
    pub identity: IdentityId,
    /// What people call it.
    pub name: String,
    /// `allow` or `deny`.
    pub expect: String,
    /// Claims as JSON.
    pub claims: String,
}

/// Pipelines to be scanned and joined with the trusts of the roll. Nothing of it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PipelinesInput {
    /// `github` or `gitlab`; GitHub when empty.
    pub forge: String,
    /// Repository the files are of, as `owner/name`.
    pub repository: String,
    /// Ids of owner and repository, as `123:456`; empty when not known.
    pub ids: String,
    /// Default branch; `main` when empty.
    pub default_branch: String,
    /// The files; each begins with a line `# file: PATH`, one alone may go without.
    pub files: String,
    /// What the platform's API prints of protections and environments; several as a JSON list of answers.
    pub governance: String,
    /// Results of another tool, as SARIF.
    pub sarif: String,
}

/// What is said of pipelines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelinesView {
    /// What was put in.
    pub input: PipelinesInput,
    /// Field and what is wrong with it; the rest is judged all the same.
    pub wrong: Vec<(String, String)>,
    /// Flaws of the files, of the join, and of other tools.
    pub issues: Vec<PipelineIssue>,
    /// Jobs with the identities they can become.
    pub reaches: Vec<PipelineReach>,
    /// Files read.
    pub files: i64,
    /// Trusts of the roll they were joined with.
    pub trusts: i64,
}

/// A flaw of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineIssue {
    /// Who says so: empty for Rollcall.
    pub tool: String,
    /// Rule id.
    pub rule: String,
    /// Severity, by its word.
    pub severity: String,
    /// What is wrong here.
    pub message: String,
    /// File.
    pub path: String,
    /// Line; 0 when it is about none.
    pub line: i64,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub fix: String,
}

/// A job that can become an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineReach {
    /// File.
    pub path: String,
    /// Job.
    pub job: String,
    /// Events it runs for.
    pub events: String,
    /// Subject of its token.
    pub subject: String,
    /// The identity.
    pub identity: IdentityId,
    /// Its name.
    pub name: String,
    /// It cannot be told for certain.
    pub uncertain: bool,
}
