//! Changes of findings: given their place, and read in that order.

use chrono::{DateTime, Utc};
use contract::findings::{FindingRow, FindingState};
use contract::ids::{FindingId, IdentityId, TeamId};
use contract::people::TeamRef;
use domain::feed::ChangeFilter;
use domain::siem::PlacedFinding;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::Slice;
use crate::{Conn, Result, Tx};

/// Gives up to `limit` waiting changes their positions and returns how many; two sequencers take turns.
///
/// # Errors
/// When the database refuses.
pub async fn sequence(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<usize> {
    let head = sqlx::query!(
        r#"SELECT position, GREATEST(date_trunc('milliseconds', $1::timestamptz), published) AS "published!"
           FROM finding_head FOR UPDATE"#,
        now
    )
    .fetch_one(&mut **tx)
    .await?;
    let placed = sqlx::query!(
        "WITH taken AS (
             DELETE FROM finding_queue WHERE id IN (SELECT id FROM finding_queue ORDER BY id LIMIT $3)
             RETURNING id, before, finding)
         INSERT INTO finding_changes (position, published, before, finding)
         SELECT $1 + row_number() OVER (ORDER BY q.id), $2, q.before, q.finding || jsonb_build_object(
             'identity_name', n.name, 'last_used_at', n.last_used_at, 'team_slug', t.slug, 'team_name', t.name)
         FROM taken q LEFT JOIN identities n ON n.id = (q.finding ->> 'identity_id')::uuid
             LEFT JOIN teams t ON t.id = (q.finding ->> 'team_id')::uuid",
        head.position,
        head.published,
        limit
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if placed == 0 {
        return Ok(0);
    }
    sqlx::query!(
        "UPDATE finding_head SET position = position + $1, published = $2",
        i64::try_from(placed).unwrap_or(0),
        head.published
    )
    .execute(&mut **tx)
    .await?;
    super::published(tx).await?;
    Ok(usize::try_from(placed).unwrap_or(usize::MAX))
}

/// A finding's row as it was kept.
#[derive(Debug, Deserialize)]
struct Kept {
    id: Uuid,
    rule: String,
    class: String,
    severity: String,
    confidence: String,
    state: String,
    title: String,
    detail: String,
    fix: String,
    evidence: Vec<(String, String)>,
    note: String,
    opened_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    excepted_until: Option<DateTime<Utc>>,
    identity_id: Option<Uuid>,
    identity_name: Option<String>,
    last_used_at: Option<DateTime<Utc>>,
    team_id: Option<Uuid>,
    team_slug: Option<String>,
    team_name: Option<String>,
}

/// Reads a slice of the changes, in order of position. Rationale and controls are the rule's: the service fills them in.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn read(
    conn: &mut Conn,
    slice: &Slice,
    filter: &ChangeFilter,
) -> Result<Vec<PlacedFinding>> {
    let words = |words: Vec<&'static str>| -> Vec<String> {
        words.into_iter().map(str::to_owned).collect()
    };
    let identities: Vec<String> = filter.identity.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"SELECT position, published, before, finding AS "finding: Json<Kept>" FROM finding_changes
           WHERE position > $1 AND position <= $2
             AND ($3::timestamptz IS NULL OR published >= $3) AND ($4::timestamptz IS NULL OR published < $4)
             AND (cardinality($5::text[]) = 0 OR finding ->> 'severity' = ANY($5))
             AND (cardinality($6::text[]) = 0 OR finding ->> 'class' = ANY($6))
             AND (cardinality($7::text[]) = 0 OR finding ->> 'rule' = ANY($7))
             AND (cardinality($8::text[]) = 0 OR finding ->> 'state' = ANY($8))
             AND (cardinality($9::text[]) = 0 OR finding ->> 'identity_id' = ANY($9))
             AND (cardinality($10::text[]) = 0 OR finding ->> 'team_slug' = ANY($10))
           ORDER BY position LIMIT $11"#,
        slice.after,
        slice.last,
        slice.since,
        slice.until,
        &words(filter.severity.iter().map(|word| word.as_str()).collect()),
        &words(filter.class.iter().map(|word| word.as_str()).collect()),
        &filter.rule,
        &words(filter.state.iter().map(|word| word.as_str()).collect()),
        &identities,
        &filter.team,
        slice.limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            placed(
                row.position,
                row.published,
                row.before.as_deref(),
                row.finding.0,
            )
        })
        .collect()
}

fn placed(
    position: i64,
    published: DateTime<Utc>,
    before: Option<&str>,
    kept: Kept,
) -> Result<PlacedFinding> {
    let state: FindingState = kept.state.parse()?;
    let before: Option<FindingState> = before.map(str::parse).transpose()?;
    let team = kept.team_id.zip(kept.team_slug).zip(kept.team_name);
    Ok(PlacedFinding {
        position,
        published,
        change: PlacedFinding::change(before, state),
        last_used_at: kept.last_used_at,
        finding: FindingRow {
            id: FindingId(kept.id),
            rule: kept.rule,
            class: kept.class.parse()?,
            severity: kept.severity.parse()?,
            confidence: kept.confidence.parse()?,
            state,
            title: kept.title,
            detail: kept.detail,
            rationale: String::new(),
            fix: kept.fix,
            evidence: kept.evidence,
            controls: Vec::new(),
            identity: kept.identity_id.map(IdentityId).zip(kept.identity_name),
            team: team.map(|((id, slug), name)| TeamRef {
                id: TeamId(id),
                slug,
                name,
            }),
            opened_at: kept.opened_at,
            seen_at: kept.seen_at,
            excepted_until: kept.excepted_until,
            note: kept.note,
            // The feed tells what was found; its events have a feed of their own, and what ends it is the inbox's.
            events: Vec::new(),
            detected: false,
            assignee: None,
        },
    })
}
