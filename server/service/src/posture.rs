//! Posture: judges identities by every rule, and keeps what follows: findings, scores, the day's figures.
//!
//! A changed identity is judged in the transaction that changed it; one that events touched, seconds later by a job;
//! the nightly job judges all of them, since time alone makes reviews and rotations overdue.

use std::collections::HashSet;

use contract::identities::{CredentialType, Kept, Platform};
use domain::access::Access;
use domain::finding::facts::Facts;
use domain::finding::posture;
use domain::identity::{credential, rotation};
use store::findings::facts::Coverage;
use store::findings::reconcile::{Found, Scored};
use store::identities::derive::CredentialRules;
use store::{Conn, Tx};
use uuid::Uuid;

use crate::{Op, Result};

/// Identities judged in one transaction.
const CHUNK: i64 = 500;
/// The same for those that events touched: their deliveries wait meanwhile.
const TOUCHED: i64 = 100;

/// What the nightly run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recomputed {
    /// Identities judged.
    pub identities: u64,
    /// Findings that stand.
    pub findings: u64,
}

/// Judges every identity, chunk by chunk, then keeps the day's figures. Idempotent.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn recompute_all(op: &Op) -> Result<Recomputed> {
    op.require(Access::Operate)?;
    let mut done = Recomputed {
        identities: 0,
        findings: 0,
    };
    let mut last = Uuid::nil();
    loop {
        let mut tx = op.db().begin_bulk().await?;
        let ids = store::findings::facts::ids_after(&mut tx, last, CHUNK).await?;
        let Some(newest) = ids.last() else { break };
        last = *newest;
        store::identities::derive::columns(&mut tx, &ids, &credential_rules()).await?;
        done.findings += judge(op, &mut tx, &ids).await?;
        done.identities += ids.len() as u64;
        tx.commit().await.map_err(store::Error::from)?;
    }
    keep_figures(op).await?;
    Ok(done)
}

/// Judges some identities: what the job does after events or imports touched them.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn recompute(op: &Op, ids: &[Uuid]) -> Result<()> {
    op.require(Access::Operate)?;
    for chunk in ids.chunks(usize::try_from(CHUNK).unwrap_or(500)) {
        let mut tx = op.db().begin_bulk().await?;
        refresh(op, &mut tx, chunk).await?;
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(())
}

/// Judges the identities whose facts events have changed since the last time, and says how many they were.
///
/// Taking them off the list and judging them is one transaction: an event that comes meanwhile puts its identity on
/// the list again.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn recompute_touched(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let mut judged = 0;
    loop {
        let mut tx = op.db().begin().await?;
        let ids = store::findings::facts::take_touched(&mut tx, TOUCHED).await?;
        if ids.is_empty() {
            return Ok(judged);
        }
        refresh(op, &mut tx, &ids).await?;
        tx.commit().await.map_err(store::Error::from)?;
        judged += ids.len();
    }
}

/// Derives the kept columns of changed identities and judges them, inside the caller's transaction.
/// The caller has authorised.
pub(crate) async fn refresh(op: &Op, tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    store::findings::facts::lock(tx, ids).await?;
    store::identities::derive::columns(tx, ids, &credential_rules()).await?;
    judge(op, tx, ids).await?;
    Ok(())
}

/// Judges, saves, and says how many findings stand.
async fn judge(op: &Op, tx: &mut Tx, ids: &[Uuid]) -> Result<u64> {
    let coverage = coverage(tx, op).await?;
    let all = store::findings::facts::gather(tx, ids, &coverage, op.now).await?;
    let excepted: HashSet<String> = store::findings::reconcile::excepted(tx, ids, op.now)
        .await?
        .into_iter()
        .collect();
    let mut found = Vec::new();
    let mut scores = Vec::with_capacity(all.len());
    for facts in &all {
        let judged = posture::judge(facts, &|print| excepted.contains(&hex(print)));
        scores.push(Scored {
            identity: facts.id.0,
            risk: judged.risk.score,
            reasons: judged.risk.reasons,
        });
        found.extend(
            judged
                .findings
                .into_iter()
                .map(|finding| to_row(op, facts, finding)),
        );
    }
    store::findings::reconcile::save(tx, ids, &found, op.now).await?;
    store::findings::reconcile::save_scores(tx, &scores).await?;
    Ok(found.len() as u64)
}

fn to_row(op: &Op, facts: &Facts, finding: domain::finding::Finding) -> Found {
    Found {
        id: op.new_id(),
        identity: facts.id.0,
        fingerprint: hex(&finding.fingerprint),
        rule: finding.rule,
        class: finding.class.as_str(),
        severity: finding.severity.as_str(),
        confidence: finding.confidence.as_str(),
        title: finding.title,
        detail: finding.detail,
        fix: finding.fix,
        evidence: finding.evidence,
        events: finding.events.into_iter().map(|event| event.0).collect(),
    }
}

async fn keep_figures(op: &Op) -> Result<()> {
    let mut tx = op.db().begin().await?;
    let today = store::overview::today(&mut tx, op.now).await?;
    store::overview::keep(&mut tx, &today).await?;
    store::identities::risk::keep_day(&mut tx, today.day).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// Since when a source has told about each platform. Only a format that is bound to a platform covers it.
pub(crate) async fn coverage(conn: &mut Conn, op: &Op) -> Result<Coverage> {
    let mut coverage = Coverage::new();
    for (format, since) in store::findings::facts::speaking(conn, op.now).await? {
        let platform = match format.as_str() {
            "github_audit" => Platform::GithubActions,
            "aws_cloudtrail" => Platform::Aws,
            _ => continue,
        };
        let begun = coverage.entry(platform).or_insert(since);
        *begun = since.min(*begun);
    }
    Ok(coverage)
}

/// The judgement of `domain` on each credential type, for the columns the list sorts by.
pub fn credential_rules() -> CredentialRules {
    CredentialRules {
        types: CredentialType::ALL
            .iter()
            .map(|kind| kind.as_str().to_owned())
            .collect(),
        max_days: CredentialType::ALL
            .iter()
            .map(|kind| rotation::max_age_days(*kind).and_then(|days| i32::try_from(days).ok()))
            .collect(),
        classes: CredentialType::ALL
            .iter()
            .map(|kind| credential::class(*kind, Kept::Unknown).as_str().to_owned())
            .collect(),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
