//! Messages to people: kept in the transaction that caused them, claimed by the job that sends them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use contract::ids::{CampaignId, PersonId};
use contract::messages::{Channel, MessageRow, MessageState};
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// A message to be kept.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Its id.
    pub id: Uuid,
    /// To whom; absent where a channel of many people is meant.
    pub person: Option<PersonId>,
    /// Their name.
    pub to_name: String,
    /// Where it goes; empty for the configured webhook.
    pub address: String,
    /// How.
    pub channel: Channel,
    /// What kind: `reminder`, `escalation`, `departure`.
    pub kind: &'static str,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Campaigns it speaks of.
    pub campaigns: Vec<CampaignId>,
    /// What it tells of, where that is told each person once.
    pub cause: Option<String>,
}

/// Keeps a message until it is sent; false when its cause was told this person before.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &mut Tx, new: &NewMessage, at: DateTime<Utc>) -> Result<bool> {
    let campaigns: Vec<Uuid> = new.campaigns.iter().map(|id| id.0).collect();
    let done = sqlx::query!(
        "INSERT INTO messages (id, created_at, person_id, to_name, address, channel, kind, subject, body, campaigns, run_at, cause)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $2, $11)
         ON CONFLICT (cause, person_id, channel) WHERE cause IS NOT NULL DO NOTHING",
        new.id,
        at,
        new.person.map(|id| id.0),
        new.to_name,
        new.address,
        new.channel.as_str(),
        new.kind,
        new.subject,
        new.body,
        &campaigns,
        new.cause
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Lets a cause be told again: what it told of is over.
///
/// # Errors
/// When the database refuses.
pub async fn over(tx: &mut Tx, cause: &str) -> Result<()> {
    sqlx::query!("UPDATE messages SET cause = NULL WHERE cause = $1", cause)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Marks a point of the calendar as used for somebody; false when it was used already.
///
/// # Errors
/// When the database refuses.
pub async fn mark(
    tx: &mut Tx,
    campaign: CampaignId,
    person: PersonId,
    point: &str,
    message: Uuid,
) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO message_marks (campaign_id, person_id, point, message_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        campaign.0,
        person.0,
        point,
        message
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Lets one transaction at a time write reminders.
///
/// # Errors
/// When the database refuses.
pub async fn only_one(tx: &mut Tx) -> Result<()> {
    sqlx::query!("LOCK TABLE message_marks IN EXCLUSIVE MODE")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Points of the calendar that were used: for whom in which campaign.
pub type Marks = BTreeSet<(CampaignId, PersonId, String)>;

/// What was used of the point each campaign is at, by its word: for the reviewer (`word`), and for those above them
/// (`of PERSON word`).
///
/// # Errors
/// When the database cannot be asked.
pub async fn marks(conn: &mut Conn, at: &BTreeMap<CampaignId, String>) -> Result<Marks> {
    let campaigns: Vec<Uuid> = at.keys().map(|id| id.0).collect();
    let words: Vec<String> = at.values().cloned().collect();
    let rows = sqlx::query!(
        "SELECT m.campaign_id, m.person_id, m.point FROM unnest($1::uuid[], $2::text[]) a(campaign, word)
         JOIN message_marks m ON m.campaign_id = a.campaign
             AND (m.point = a.word OR (m.point LIKE 'of %' AND right(m.point, length(a.word) + 1) = ' ' || a.word))",
        &campaigns,
        &words
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.campaign_id.into(), row.person_id.into(), row.point))
        .collect())
}

/// What waits for one person in one running campaign.
#[derive(Debug, Clone)]
pub struct Open {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// When answers are due.
    pub due_at: DateTime<Utc>,
    /// Who has to answer.
    pub person: PersonId,
    /// Their name.
    pub person_name: String,
    /// Their address.
    pub email: String,
    /// Open items.
    pub open: i64,
    /// Lead of the team most of these items belong to, where it has one: id, name, address.
    pub lead: Option<(PersonId, String, String)>,
}

/// Everybody with open items in running campaigns that remind, by person, then by due date.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open(conn: &mut Conn) -> Result<Vec<Open>> {
    let rows = sqlx::query!(
        r#"SELECT c.id, c.name, c.due_at, p.id AS person, p.name AS person_name, p.email, w.open AS "open!",
               l.id AS "lead?", l.name AS "lead_name?", l.email AS "lead_email?"
           FROM (SELECT campaign_id, person_id, count(*) AS open, mode() WITHIN GROUP (ORDER BY team_id) AS team_id
                 FROM (SELECT i.campaign_id, COALESCE(s.person_id, i.reviewer_id) AS person_id, i.team_id
                       FROM campaign_items i LEFT JOIN item_seats s ON s.item_id = i.id
                       WHERE i.state = 'open' AND s.decision IS NULL) x
                 GROUP BY campaign_id, person_id) w
           JOIN campaigns c ON c.id = w.campaign_id AND c.state = 'active'
               AND COALESCE((c.policy ->> 'reminders')::boolean, true)
           JOIN people p ON p.id = w.person_id AND p.active
           LEFT JOIN teams t ON t.id = w.team_id
           LEFT JOIN people l ON l.id = t.lead_id AND l.active AND l.id <> p.id
           ORDER BY p.id, c.due_at, c.id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Open {
            campaign: row.id.into(),
            name: row.name,
            due_at: row.due_at,
            person: row.person.into(),
            person_name: row.person_name,
            email: row.email,
            open: row.open,
            lead: match (row.lead, row.lead_name, row.lead_email) {
                (Some(id), Some(name), Some(email)) => Some((id.into(), name, email)),
                _ => None,
            },
        })
        .collect())
}

/// Security people who are here, each with their address; administrators where there are none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn security(conn: &mut Conn) -> Result<Vec<(PersonId, String, String)>> {
    let rows = sqlx::query!(
        r#"SELECT id, name, email, 'security' = ANY(roles) AS "security!" FROM people
           WHERE active AND roles && ARRAY['security', 'admin'] ORDER BY name, id"#
    )
    .fetch_all(conn)
    .await?;
    let only = rows.iter().any(|row| row.security);
    Ok(rows
        .into_iter()
        .filter(|row| row.security || !only)
        .map(|row| (row.id.into(), row.name, row.email))
        .collect())
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub to_name: String,
    /// Where it goes.
    pub address: String,
    /// How.
    pub channel: Channel,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Tries before this one.
    pub attempts: i32,
}

/// Takes the next message that is due; it stays taken until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn claim(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<Claimed>> {
    let row = sqlx::query!(
        "SELECT id, to_name, address, channel, subject, body, attempts FROM messages
         WHERE state = 'waiting' AND run_at <= $1 ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED",
        now
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Claimed {
            id: row.id,
            to_name: row.to_name,
            address: row.address,
            channel: row.channel.parse()?,
            subject: row.subject,
            body: row.body,
            attempts: row.attempts,
        })
    })
    .transpose()
}

/// Notes what became of a try.
///
/// # Errors
/// When the database refuses.
pub async fn tried(
    tx: &mut Tx,
    id: Uuid,
    state: MessageState,
    problem: &str,
    again: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE messages SET state = $2, problem = $3, attempts = attempts + 1, run_at = $4,
             sent_at = CASE WHEN $2 = 'sent' THEN $5::timestamptz END WHERE id = $1",
        id,
        state.as_str(),
        problem,
        again,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Messages that speak of a campaign, oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_campaign(
    conn: &mut Conn,
    campaign: CampaignId,
    limit: i64,
) -> Result<Vec<MessageRow>> {
    let rows = sqlx::query!(
        "SELECT id, created_at, to_name, address, channel, kind, subject, state, sent_at, problem FROM messages
         WHERE campaigns @> ARRAY[$1::uuid] ORDER BY created_at, id LIMIT $2",
        campaign.0,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(MessageRow {
                at: row.created_at,
                to: row.to_name,
                address: row.address,
                channel: row.channel.parse()?,
                kind: row.kind,
                subject: row.subject,
                state: row.state.parse()?,
                sent_at: row.sent_at,
                problem: row.problem,
            })
        })
        .collect()
}
