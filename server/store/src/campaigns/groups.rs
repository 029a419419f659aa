//! Groups of a reviewer's open items that are alike enough for one answer.

use contract::campaigns::{Advice, BulkGroup};
use contract::identities::RiskTier;
use contract::ids::{CampaignId, IdentityId, ItemId, PersonId};

use crate::{Conn, Result, Tx};

/// Groups of at least two: the same advice and tier, nothing changed, nothing privileged in production, one reviewer.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn groups(
    conn: &mut Conn,
    campaign: CampaignId,
    person: PersonId,
) -> Result<Vec<BulkGroup>> {
    let rows = sqlx::query!(
        r#"SELECT advice, tier, count(*) AS "count!",
               (array_agg(identity_name ORDER BY identity_name))[1:5] AS "names!: Vec<String>"
           FROM campaign_items
           WHERE campaign_id = $1 AND reviewer_id = $2 AND state = 'open' AND quorum IS NULL
             AND NOT privileged_production AND changes = '[]' AND advice IN ('approve', 'revoke')
           GROUP BY advice, tier HAVING count(*) > 1 ORDER BY 3 DESC, 1, 2"#,
        campaign.0,
        person.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(BulkGroup {
                advice: row.advice.parse()?,
                tier: row.tier.parse()?,
                count: row.count,
                names: row.names,
            })
        })
        .collect()
}

/// The items of a group, in id order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn group_items(
    tx: &mut Tx,
    campaign: CampaignId,
    person: PersonId,
    group: (Advice, RiskTier),
) -> Result<Vec<(ItemId, IdentityId)>> {
    let rows = sqlx::query!(
        "SELECT id, identity_id FROM campaign_items
         WHERE campaign_id = $1 AND reviewer_id = $2 AND state = 'open' AND quorum IS NULL
           AND NOT privileged_production AND changes = '[]' AND advice = $3 AND tier = $4 ORDER BY id",
        campaign.0,
        person.0,
        group.0.as_str(),
        group.1.as_str()
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id.into(), row.identity_id.into()))
        .collect())
}
