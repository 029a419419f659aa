//! `/api/v1/identities/{id}/trust-reality` and `…/trust-replays`: what its trusts admit beside what came in 90 days, and
//! what an edited one would have done to every recorded login. Nothing of it is kept.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use contract::ids::TrustId;
use contract::trust::{
    LabFinding, LabTightened, RealityView, ReplayInput, ReplayRow, ReplayView, SeenClaim,
    TrustReality,
};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use service::trust;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::sent;
use super::list::{Fields, identity, one};
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/identities/{id}/trust-reality", get(view))
        .route("/identities/{id}/trust-replays", post(replay))
}

/// An identity's trusts beside what came.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reality {
    /// Days looked back.
    days: i64,
    /// Successful logins by token in them.
    logins: i64,
    /// Each trust document.
    trusts: Vec<RealTrust>,
    /// Claims that were seen.
    seen: Vec<RealClaim>,
}

/// One trust beside what came.
#[derive(Debug, Serialize, ToSchema)]
pub struct RealTrust {
    /// Id of the trust.
    trust_id: Uuid,
    /// What it guards.
    target: String,
    /// Why it cannot be judged.
    unreadable: Option<String>,
    /// `exact`, `repository`, `organisation`, `provider` or `anyone`; empty where it cannot be judged.
    ring: String,
    /// Whom it admits, in a sentence.
    admits: String,
    /// How far what came reached, as the word of a ring.
    seen_ring: Option<String>,
    /// Unused breadth in a sentence.
    sentence: String,
    /// Logins seen that it would let in.
    admitted: i64,
    /// Its flaws.
    findings: Vec<RealFlaw>,
    /// The tightest form that still lets in what came.
    tightened: Option<RealTightened>,
    /// Why there is none.
    not_tightened: Option<String>,
}

/// A flaw of a trust.
#[derive(Debug, Serialize, ToSchema)]
pub struct RealFlaw {
    /// Rule id.
    rule: String,
    /// `info`, `low`, `medium`, `high` or `critical`.
    severity: String,
    /// `certain`, `likely` or `possible`.
    confidence: String,
    /// What is wrong here.
    message: String,
    /// Line, from 1.
    line: usize,
    /// Why it matters.
    why: String,
    /// How it is abused.
    exploit: String,
    /// What to write instead.
    fix: String,
}

/// A tighter trust.
#[derive(Debug, Serialize, ToSchema)]
pub struct RealTightened {
    /// The document, laid out as the tighter one.
    before: String,
    /// The tighter document.
    after: String,
    /// How it is put in force by command line.
    command: String,
    /// How Terraform writes it.
    terraform: String,
}

/// The values of one claim.
#[derive(Debug, Serialize, ToSchema)]
pub struct RealClaim {
    /// The claim, for people.
    claim: String,
    /// Its most frequent values.
    values: Vec<RealValue>,
    /// Further ones.
    more: i64,
}

/// A value of a claim.
#[derive(Debug, Serialize, ToSchema)]
pub struct RealValue {
    /// The value.
    value: String,
    /// How often it came.
    count: i64,
    /// When last.
    last_at: DateTime<Utc>,
}

impl From<TrustReality> for Reality {
    fn from(view: TrustReality) -> Self {
        Self {
            days: view.days,
            logins: view.total,
            trusts: view.trusts.into_iter().map(RealTrust::from).collect(),
            seen: view.seen.into_iter().map(RealClaim::from).collect(),
        }
    }
}

impl From<RealityView> for RealTrust {
    fn from(view: RealityView) -> Self {
        let judged = view.judged;
        Self {
            trust_id: view.id.0,
            target: view.target,
            unreadable: view.unreadable,
            ring: judged.ring,
            admits: judged.admits,
            seen_ring: view.seen_ring,
            sentence: view.sentence,
            admitted: view.admitted,
            findings: judged.findings.into_iter().map(RealFlaw::from).collect(),
            tightened: view.tightened.map(RealTightened::from),
            not_tightened: view.not_tightened,
        }
    }
}

impl From<LabFinding> for RealFlaw {
    fn from(found: LabFinding) -> Self {
        Self {
            rule: found.rule,
            severity: found.severity,
            confidence: found.confidence,
            message: found.message,
            line: found.line,
            why: found.why,
            exploit: found.exploit,
            fix: found.fix,
        }
    }
}

impl From<LabTightened> for RealTightened {
    fn from(tightened: LabTightened) -> Self {
        Self {
            before: tightened.before,
            after: tightened.after,
            command: tightened.command,
            terraform: tightened.terraform,
        }
    }
}

impl From<SeenClaim> for RealClaim {
    fn from(seen: SeenClaim) -> Self {
        let value = |(value, count, last_at)| RealValue {
            value,
            count,
            last_at,
        };
        Self {
            claim: seen.claim,
            values: seen.values.into_iter().map(value).collect(),
            more: seen.more,
        }
    }
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    // Judged by all there is of an identity, whosever it is.
    op.require(Access::ViewPeople)?;
    fields.of(Reality::from(trust::reality(&op, identity(&id)?).await?))
}

/// An edited trust to be tried on what was recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Edited {
    /// Id of the trust that was edited.
    trust_id: Uuid,
    /// The document as edited.
    document: String,
}

/// What an edited trust would have done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replay {
    /// Logins recorded.
    logins: i64,
    /// Of these, still let in.
    passing: i64,
    /// Refused.
    refused: i64,
    /// Not to be told from the record.
    unknown: i64,
    /// Distinct claim sets.
    sets: i64,
    /// Those that would not pass, or cannot be told, most frequent first.
    rows: Vec<ReplayedSet>,
    /// Further ones.
    more: i64,
}

/// A claim set an edited trust would not let in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedSet {
    /// Subject.
    subject: String,
    /// `deny` or `unknown`.
    outcome: String,
    /// Why.
    because: String,
    /// How often it came.
    count: i64,
    /// When last.
    last_at: DateTime<Utc>,
    /// The last such event.
    event_id: Uuid,
    /// The run it belongs to.
    run: Option<String>,
}

impl From<ReplayView> for Replay {
    fn from(view: ReplayView) -> Self {
        Self {
            logins: view.total,
            passing: view.passing,
            refused: view.refused,
            unknown: view.unknown,
            sets: view.sets,
            rows: view.rows.into_iter().map(ReplayedSet::from).collect(),
            more: view.more,
        }
    }
}

impl From<ReplayRow> for ReplayedSet {
    fn from(row: ReplayRow) -> Self {
        Self {
            subject: row.subject,
            outcome: row.outcome,
            because: row.because,
            count: row.count,
            last_at: row.last,
            event_id: row.event.0,
            run: row.run,
        }
    }
}

async fn replay(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::JudgeTrust)?;
    let identity = identity(&id)?;
    let edited: Edited = sent(&body)?;
    let input = ReplayInput {
        identity,
        trust: TrustId(edited.trust_id),
        document: edited.document,
    };
    Ok(one(&Replay::from(trust::replay(&op, &input).await?)))
}
