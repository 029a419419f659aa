//! After a judgement: what fires is opened or confirmed, what no longer fires is resolved, an exception that
//! ended comes back, and the identity's score follows. Set-based: a chunk costs a handful of statements.

use chrono::{DateTime, Utc};
use contract::identities::RiskReason;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// One finding as judged.
#[derive(Debug, Clone)]
pub struct Found {
    /// Id it gets when it is new.
    pub id: Uuid,
    /// Identity it speaks of.
    pub identity: Uuid,
    /// Fingerprint, hex.
    pub fingerprint: String,
    /// Rule id.
    pub rule: &'static str,
    /// Class word.
    pub class: &'static str,
    /// Severity word.
    pub severity: &'static str,
    /// Confidence word.
    pub confidence: &'static str,
    /// Title.
    pub title: String,
    /// Detail.
    pub detail: String,
    /// Fix.
    pub fix: String,
    /// Evidence.
    pub evidence: Vec<(String, String)>,
    /// The latest events that show it, newest last.
    pub events: Vec<Uuid>,
}

/// One identity's score as judged.
#[derive(Debug, Clone)]
pub struct Scored {
    /// The identity.
    pub identity: Uuid,
    /// Score.
    pub risk: i32,
    /// Its reasons.
    pub reasons: Vec<RiskReason>,
}

/// Fingerprints (hex) of these identities' findings whose exception still holds.
///
/// # Errors
/// When the database cannot be asked.
pub async fn excepted(conn: &mut Conn, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT fingerprint FROM findings WHERE identity_id = ANY($1) AND state = 'excepted' AND excepted_until > $2",
        ids,
        now
    )
    .fetch_all(conn)
    .await?)
}

/// Saves what was found of these identities; everything of theirs that was not found is resolved, but
/// for what events showed and what a repository's pipelines have wrong.
///
/// # Errors
/// When the database refuses.
pub async fn save(tx: &mut Tx, ids: &[Uuid], found: &[Found], now: DateTime<Utc>) -> Result<()> {
    let rows = serde_json::to_value(found.iter().map(as_json).collect::<Vec<_>>())
        .map_err(|_| crate::Error::Unreadable("finding".to_owned()))?;
    sqlx::query!(
        "INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, identity_id, team_id, title, detail,
             fix, evidence, events, opened_at, seen_at)
         SELECT r.id, r.fingerprint, r.rule, r.class, r.severity, r.confidence, r.identity, n.team_id, r.title, r.detail,
             r.fix, r.evidence, r.events, $2, $2
         FROM jsonb_to_recordset($1) AS r (id uuid, fingerprint text, rule text, class text, severity text,
             confidence text, identity uuid, title text, detail text, fix text, evidence jsonb, events uuid[])
             JOIN identities n ON n.id = r.identity
         ON CONFLICT ON CONSTRAINT findings_fingerprint_key DO UPDATE SET
             severity = EXCLUDED.severity, confidence = EXCLUDED.confidence, team_id = EXCLUDED.team_id,
             title = EXCLUDED.title, detail = EXCLUDED.detail, fix = EXCLUDED.fix, evidence = EXCLUDED.evidence,
             events = EXCLUDED.events, seen_at = EXCLUDED.seen_at,
             state = CASE WHEN findings.state = 'resolved' OR findings.excepted_until <= $2 THEN 'open' ELSE findings.state END,
             opened_at = CASE WHEN findings.state = 'resolved' THEN $2 ELSE findings.opened_at END,
             excepted_until = CASE WHEN findings.excepted_until <= $2 THEN NULL ELSE findings.excepted_until END,
             resolved_at = NULL",
        rows,
        now
    )
    .execute(&mut **tx)
    .await?;
    let kept: Vec<String> = found
        .iter()
        .map(|finding| finding.fingerprint.clone())
        .collect();
    sqlx::query!(
        "UPDATE findings SET state = 'resolved', resolved_at = $3, excepted_until = NULL
         WHERE identity_id = ANY($1) AND state <> 'resolved' AND NOT detected AND repository_id IS NULL
             AND NOT fingerprint = ANY($2)",
        ids,
        &kept,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Saves scores; only rows that change are written.
///
/// # Errors
/// When the database refuses.
pub async fn save_scores(tx: &mut Tx, scores: &[Scored]) -> Result<()> {
    let ids: Vec<Uuid> = scores.iter().map(|score| score.identity).collect();
    let risks: Vec<i32> = scores.iter().map(|score| score.risk).collect();
    let reasons: Vec<Json<&Vec<RiskReason>>> =
        scores.iter().map(|score| Json(&score.reasons)).collect();
    sqlx::query!(
        "WITH judged AS (
             SELECT s.id, s.risk, s.reasons, (SELECT count(*)::int FROM findings f
                 WHERE f.identity_id = s.id AND f.state IN ('open', 'acknowledged')) AS open
             FROM unnest($1::uuid[], $2::int[], $3::jsonb[]) AS s (id, risk, reasons))
         UPDATE identities n SET risk = j.risk, risk_reasons = j.reasons, open_findings = j.open
         FROM judged j WHERE n.id = j.id
             AND (n.risk, n.risk_reasons, n.open_findings) IS DISTINCT FROM (j.risk, j.reasons, j.open)",
        &ids,
        &risks,
        &reasons as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn as_json(found: &Found) -> serde_json::Value {
    serde_json::json!({
        "id": found.id, "fingerprint": found.fingerprint, "rule": found.rule, "class": found.class,
        "severity": found.severity, "confidence": found.confidence, "identity": found.identity,
        "title": found.title, "detail": found.detail, "fix": found.fix, "evidence": found.evidence,
        "events": found.events,
    })
}
