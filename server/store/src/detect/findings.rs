//! Findings out of events: opened, confirmed by further events, opened again; what a person decided stays.

use chrono::{DateTime, Utc};
use domain::detect::Detected;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// A finding of events, as it is kept.
#[derive(Debug, Clone)]
pub struct Found {
    /// Id it gets when it is new.
    pub id: Uuid,
    /// Fingerprint, hex.
    pub fingerprint: String,
    /// What was detected.
    pub detected: Detected,
}

/// Opens findings, or confirms those that are there with further events. Each fingerprint once. What somebody said is
/// expected of an identity begins as excepted.
///
/// What was resolved, and what was excepted until a day that is over, opens again only for an event that happened
/// since: reading the feed twice changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn save(tx: &mut Tx, found: &[Found], now: DateTime<Utc>) -> Result<()> {
    let rows: Vec<serde_json::Value> = found.iter().map(as_json).collect();
    sqlx::query!(
        "INSERT INTO findings (id, fingerprint, rule, class, severity, confidence, identity_id, team_id, title, detail,
             fix, evidence, opened_at, seen_at, detected, events, event_at, state, excepted_until, note, handled_by, handled_at)
         SELECT r.id, r.fingerprint, r.rule, 'detection', r.severity, r.confidence, n.id, n.team_id, r.title, r.detail,
             r.fix, r.evidence, $2, $2, true, r.events, r.event_at,
             CASE WHEN x.rule IS NULL THEN 'open' ELSE 'excepted' END, x.until, COALESCE(x.reason, ''), x.by_id, x.at
         FROM jsonb_to_recordset($1) AS r (id uuid, fingerprint text, rule text, severity text, confidence text,
             identity uuid, title text, detail text, fix text, evidence jsonb, events uuid[], event_at timestamptz)
             LEFT JOIN identities n ON n.id = r.identity
             LEFT JOIN finding_exceptions x ON x.rule = r.rule AND x.identity_id = n.id AND x.until > $2
         ON CONFLICT ON CONSTRAINT findings_fingerprint_key DO UPDATE SET
             severity = EXCLUDED.severity, confidence = EXCLUDED.confidence, team_id = EXCLUDED.team_id,
             title = EXCLUDED.title, detail = EXCLUDED.detail, fix = EXCLUDED.fix, evidence = EXCLUDED.evidence,
             seen_at = EXCLUDED.seen_at, event_at = GREATEST(findings.event_at, EXCLUDED.event_at),
             events = ARRAY(SELECT n.id FROM (SELECT u.id, min(u.place) AS place
                     FROM unnest(findings.events || EXCLUDED.events) WITH ORDINALITY AS u (id, place)
                     GROUP BY u.id ORDER BY 2 DESC LIMIT 50) n ORDER BY n.place),
             opened_at = CASE WHEN findings.state = 'resolved' AND EXCLUDED.event_at > findings.resolved_at
                 THEN EXCLUDED.opened_at ELSE findings.opened_at END,
             resolved_at = CASE WHEN EXCLUDED.event_at > findings.resolved_at THEN NULL ELSE findings.resolved_at END,
             state = CASE WHEN findings.state = 'resolved' AND EXCLUDED.event_at > findings.resolved_at
                 THEN 'open' ELSE findings.state END",
        serde_json::Value::Array(rows),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn as_json(found: &Found) -> serde_json::Value {
    let one = &found.detected;
    serde_json::json!({
        "id": found.id, "fingerprint": found.fingerprint, "rule": one.rule, "severity": one.severity,
        "confidence": one.confidence, "identity": one.identity, "title": one.title, "detail": one.detail,
        "fix": one.fix, "evidence": one.evidence,
        "events": one.events, "event_at": one.at,
    })
}

/// Whether a finding that is not resolved was seen since a moment.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_told(conn: &mut Conn, fingerprint: &str, since: DateTime<Utc>) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM findings WHERE fingerprint = $1 AND state <> 'resolved' AND seen_at > $2) AS "told!""#,
        fingerprint,
        since
    )
    .fetch_one(conn)
    .await?)
}

/// Opens detections again whose exception is over, and says whose they are.
///
/// # Errors
/// When the database refuses.
pub async fn reopen(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Uuid>> {
    let whose = sqlx::query_scalar!(
        "UPDATE findings SET state = 'open', excepted_until = NULL, news_at = $1
         WHERE detected AND state = 'excepted' AND excepted_until <= $1 RETURNING identity_id",
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(whose.into_iter().flatten().collect())
}

/// Counts anew the open findings of these identities.
///
/// # Errors
/// When the database refuses.
pub async fn recount(tx: &mut Tx, identities: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "UPDATE identities n SET open_findings = c.open
         FROM (SELECT i.id, (SELECT count(*)::int FROM findings f
                   WHERE f.identity_id = i.id AND f.state IN ('open', 'acknowledged')) AS open
               FROM unnest($1::uuid[]) AS i (id)) c
         WHERE n.id = c.id AND n.open_findings IS DISTINCT FROM c.open",
        identities
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
