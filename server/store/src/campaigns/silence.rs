//! Whom nobody answered about, and who lifted the cap.

use chrono::{DateTime, Utc};
use contract::ids::{CampaignId, IdentityId, PersonId};

use crate::{Conn, Result, Tx};

/// Active identities of a campaign that nobody answered about and whose tier's policy says "suspend", by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn silent(conn: &mut Conn, campaign: CampaignId) -> Result<Vec<(IdentityId, String)>> {
    let rows = sqlx::query!(
        "SELECT x.id, x.name FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
             JOIN identities x ON x.id = i.identity_id
         WHERE i.campaign_id = $1 AND i.state = 'not_reviewed' AND x.state = 'active'
           AND c.policy -> 'silence' ->> i.tier = 'suspend' ORDER BY x.name, x.id",
        campaign.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id.into(), row.name))
        .collect())
}

/// Who lifted the cap of suspensions, where somebody has: id and name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn cap_lifted_by(
    conn: &mut Conn,
    campaign: CampaignId,
) -> Result<Option<(PersonId, String)>> {
    let row = sqlx::query!(
        "SELECT p.id, p.name FROM campaign_caps c JOIN people p ON p.id = c.lifted_by WHERE c.campaign_id = $1",
        campaign.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id.into(), row.name)))
}

/// Notes who lifted the cap.
///
/// # Errors
/// When the database refuses.
pub async fn lift_cap(
    tx: &mut Tx,
    campaign: CampaignId,
    by: PersonId,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO campaign_caps (campaign_id, lifted_by, lifted_at) VALUES ($1, $2, $3)
         ON CONFLICT (campaign_id) DO UPDATE SET lifted_by = EXCLUDED.lifted_by, lifted_at = EXCLUDED.lifted_at",
        campaign.0,
        by.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
