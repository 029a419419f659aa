//! Rules of who is told of findings, and whom each was told to.

use chrono::{DateTime, Utc};
use contract::findings::Severity;
use contract::ids::{FindingId, PersonId, TeamId};
use contract::notices::{NoticeHook, NoticeRule, NoticeRuleRow};
use contract::people::TeamRef;
use domain::finding::hook::host;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

fn hours(digest: i16, from: Option<i16>, to: Option<i16>) -> (u8, Option<(u8, u8)>) {
    let hour = |hour: i16| u8::try_from(hour).unwrap_or(0);
    (hour(digest), from.map(hour).zip(to.map(hour)))
}

/// Every rule that was set: everybody's first, then by team.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn rules(conn: &mut Conn) -> Result<Vec<NoticeRuleRow>> {
    let rows = sqlx::query!(
        r#"SELECT r.at_once, r.digest_hour, r.quiet_from, r.quiet_to, r.webhook_only, r.updated_at,
               t.id AS "team?", t.slug AS "slug?", t.name AS "name?",
               h.address AS "address?", h.severity AS "from?", (h.secret_sealed IS NOT NULL) AS "signed!",
               COALESCE((SELECT p.problem FROM hook_posts p WHERE p.hook_id = h.id AND p.state <> 'sent' AND p.problem <> ''
                   ORDER BY p.run_at DESC LIMIT 1), '') AS "trouble!"
           FROM notice_rules r LEFT JOIN teams t ON t.id = r.team_id
               LEFT JOIN notice_hooks h ON h.team_id IS NOT DISTINCT FROM r.team_id
           ORDER BY t.name NULLS FIRST"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let (digest_hour, quiet) = hours(row.digest_hour, row.quiet_from, row.quiet_to);
            let team = match (row.team, row.slug, row.name) {
                (Some(id), Some(slug), Some(name)) => Some(TeamRef {
                    id: id.into(),
                    slug,
                    name,
                }),
                _ => None,
            };
            let webhook = match (row.address, row.from) {
                (Some(address), Some(from)) => Some(NoticeHook {
                    host: host(&address).unwrap_or_default().to_owned(),
                    from: from.parse()?,
                    signed: row.signed,
                    trouble: row.trouble,
                }),
                _ => None,
            };
            Ok(NoticeRuleRow {
                webhook,
                team,
                rule: NoticeRule {
                    at_once: row.at_once.parse()?,
                    digest_hour,
                    quiet,
                    webhook_only: row.webhook_only,
                },
                updated_at: row.updated_at,
            })
        })
        .collect()
}

/// Sets a rule in place of the one there was.
///
/// # Errors
/// When the database refuses.
pub async fn set(
    tx: &mut Tx,
    team: Option<TeamId>,
    rule: &NoticeRule,
    at: DateTime<Utc>,
) -> Result<()> {
    let quiet = rule
        .quiet
        .map(|(from, to)| (i16::from(from), i16::from(to)));
    sqlx::query!(
        "INSERT INTO notice_rules (team_id, at_once, digest_hour, quiet_from, quiet_to, updated_at, webhook_only)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (team_id) DO UPDATE SET at_once = EXCLUDED.at_once, digest_hour = EXCLUDED.digest_hour,
             quiet_from = EXCLUDED.quiet_from, quiet_to = EXCLUDED.quiet_to, updated_at = EXCLUDED.updated_at,
             webhook_only = EXCLUDED.webhook_only",
        team.map(|id| id.0),
        rule.at_once.as_str(),
        i16::from(rule.digest_hour),
        quiet.map(|(from, _)| from),
        quiet.map(|(_, to)| to),
        at,
        rule.webhook_only
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a rule away; false when there was none.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &mut Tx, team: Option<TeamId>) -> Result<bool> {
    let done = sqlx::query!(
        "DELETE FROM notice_rules WHERE team_id IS NOT DISTINCT FROM $1",
        team.map(|id| id.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Somebody who is to be told of a finding.
#[derive(Debug, Clone)]
pub struct Untold {
    /// The finding.
    pub finding: FindingId,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: Severity,
    /// Its severity as a number, 4 the worst: the order they are read in.
    pub rank: i16,
    /// How many times it has opened again.
    pub opening: i32,
    /// When it was opened, opened again or got worse.
    pub news_at: DateTime<Utc>,
    /// The identity's name, where there is one.
    pub identity: Option<String>,
    /// Whom to tell.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their zone.
    pub zone: String,
    /// The rule of the team, where it has one.
    pub team: Option<TeamId>,
}

/// Findings that opened, opened again or got worse since a moment, with those who were not told so yet, worst first: the
/// next pairs after one, at most `limit`. Besides the open ones, those that got worse after somebody acknowledged them.
///
/// Told is who it is assigned to, else the owner, the backup owner, the team's lead, the first of them who is here;
/// Security where there is none of them, and besides them of everything critical.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn untold(
    conn: &mut Conn,
    since: DateTime<Utc>,
    after: Option<&Untold>,
    limit: i64,
) -> Result<Vec<Untold>> {
    let rows = sqlx::query!(
        r#"WITH fresh AS (
               SELECT f.id, f.title, f.severity, f.rank, f.opening, COALESCE(f.news_at, f.opened_at) AS news_at,
                   x.name AS identity, t.id AS team,
                   (SELECT p.id FROM unnest(ARRAY[f.assigned_to, x.owner_id, x.backup_owner_id, t.lead_id]) WITH ORDINALITY o (id, n)
                    JOIN people p ON p.id = o.id AND p.active ORDER BY o.n LIMIT 1) AS first
               FROM findings f LEFT JOIN identities x ON x.id = f.identity_id
                   LEFT JOIN teams t ON t.id = COALESCE(x.team_id, f.team_id)
               WHERE (f.state = 'open' OR f.state = 'acknowledged' AND f.news_at > f.handled_at)
                 AND COALESCE(f.news_at, f.opened_at) > $1)
           SELECT f.id, f.title, f.severity, f.rank AS "rank!", f.opening, f.news_at AS "news_at!", f.identity AS "identity?",
               f.team AS "team?", p.id AS person, p.name, p.email, p.time_zone
           FROM fresh f JOIN people p ON p.active AND (p.id = f.first
               OR ('security' = ANY(p.roles) AND (f.first IS NULL OR f.severity = 'critical')))
           WHERE NOT EXISTS (SELECT FROM finding_notices n WHERE n.finding_id = f.id AND n.person_id = p.id
                 AND n.opening = f.opening AND n.rank >= f.rank)
             AND ($2::smallint IS NULL OR (-f.rank, f.news_at, f.id, p.id) > (-$2::smallint, $3::timestamptz, $4::uuid, $5::uuid))
           ORDER BY -f.rank, f.news_at, f.id, p.id LIMIT $6"#,
        since,
        after.map(|last| last.rank),
        after.map(|last| last.news_at),
        after.map(|last| last.finding.0),
        after.map(|last| last.person.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Untold {
                finding: row.id.into(),
                title: row.title,
                severity: row.severity.parse()?,
                rank: row.rank,
                opening: row.opening,
                news_at: row.news_at,
                identity: row.identity,
                person: row.person.into(),
                name: row.name,
                email: row.email,
                zone: row.time_zone,
                team: row.team.map(Into::into),
            })
        })
        .collect()
}

/// Marks findings as told to somebody, as bad as they were found to be.
///
/// # Errors
/// When the database refuses.
pub async fn told(tx: &mut Tx, findings: &[Untold], person: PersonId, message: Uuid) -> Result<()> {
    let ids: Vec<Uuid> = findings.iter().map(|one| one.finding.0).collect();
    let openings: Vec<i32> = findings.iter().map(|one| one.opening).collect();
    let ranks: Vec<i16> = findings.iter().map(|one| one.rank).collect();
    sqlx::query!(
        "INSERT INTO finding_notices (finding_id, person_id, message_id, opening, rank)
         SELECT n.id, $4, $5, n.opening, n.rank FROM unnest($1::uuid[], $2::int[], $3::smallint[]) n (id, opening, rank)
         ON CONFLICT (finding_id, person_id) DO UPDATE SET message_id = EXCLUDED.message_id, opening = EXCLUDED.opening,
             rank = EXCLUDED.rank",
        &ids,
        &openings,
        &ranks,
        person.0,
        message
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets one transaction at a time tell.
///
/// # Errors
/// When the database refuses.
pub async fn only_one(tx: &mut Tx) -> Result<()> {
    sqlx::query!("LOCK TABLE finding_notices IN EXCLUSIVE MODE")
        .execute(&mut **tx)
        .await?;
    Ok(())
}
