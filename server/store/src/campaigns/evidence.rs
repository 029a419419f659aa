//! Sealed packs, the public keys they were signed with, and what the sources could see.

use chrono::{DateTime, NaiveDate, Utc};
use contract::campaigns::EvidenceView;
use contract::events::EventFormat;
use contract::ids::CampaignId;
use domain::evidence::Coverage;

use crate::{Conn, Result, Tx};

/// A pack to be kept.
#[derive(Debug, Clone)]
pub struct NewPack {
    /// Whose it is.
    pub campaign: CampaignId,
    /// File name offered for download.
    pub file_name: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Signing key.
    pub key_id: String,
    /// Length of the file.
    pub bytes: i64,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
}

/// Keeps a pack.
///
/// # Errors
/// `evidence_packs_pkey` when the campaign has one; otherwise when the database refuses.
pub async fn insert_pack(tx: &mut Tx, pack: &NewPack) -> Result<()> {
    sqlx::query!(
        "INSERT INTO evidence_packs (campaign_id, file_name, sha256, key_id, bytes, sealed_at) VALUES ($1, $2, $3, $4, $5, $6)",
        pack.campaign.0,
        pack.file_name,
        pack.sha256,
        pack.key_id,
        pack.bytes,
        pack.sealed_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps one piece of a pack, in order from 0.
///
/// # Errors
/// When the database refuses.
pub async fn insert_piece(
    tx: &mut Tx,
    campaign: CampaignId,
    number: i32,
    bytes: &[u8],
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO evidence_pieces (campaign_id, number, bytes) VALUES ($1, $2, $3)",
        campaign.0,
        number,
        bytes
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes the digest of a pack whose pieces are all kept; from now on nothing of it can be changed.
///
/// # Errors
/// When the database refuses.
pub async fn finish_pack(tx: &mut Tx, pack: &NewPack) -> Result<()> {
    sqlx::query!(
        "UPDATE evidence_packs SET sha256 = $2 WHERE campaign_id = $1 AND sha256 = ''",
        pack.campaign.0,
        pack.sha256
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A piece of a campaign's pack, from 0; `None` after the last.
///
/// # Errors
/// When the database cannot be asked.
pub async fn piece(conn: &mut Conn, campaign: CampaignId, number: i32) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!(
        "SELECT bytes FROM evidence_pieces WHERE campaign_id = $1 AND number = $2",
        campaign.0,
        number
    )
    .fetch_optional(conn)
    .await?)
}

/// Keeps the public half of a signing key for ever.
///
/// # Errors
/// When the database refuses.
pub async fn keep_key(
    tx: &mut Tx,
    key_id: &str,
    public_pem: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO signing_keys (key_id, public_pem, first_seen) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        key_id,
        public_pem,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Every public key ever used, newest first: id, PEM, first use.
///
/// # Errors
/// When the database cannot be asked.
pub async fn public_keys(conn: &mut Conn) -> Result<Vec<(String, String, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        "SELECT key_id, public_pem, first_seen FROM signing_keys ORDER BY first_seen DESC, key_id"
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.key_id, row.public_pem, row.first_seen))
        .collect())
}

/// What is known of a campaign's pack, without its bytes.
///
/// # Errors
/// When the database cannot be asked.
pub async fn pack(conn: &mut Conn, campaign: CampaignId) -> Result<Option<EvidenceView>> {
    let row = sqlx::query!(
        r#"SELECT file_name, bytes, sha256, key_id, sealed_at
           FROM evidence_packs WHERE campaign_id = $1"#,
        campaign.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| EvidenceView {
        file_name: row.file_name,
        bytes: row.bytes,
        sha256: row.sha256,
        key_id: row.key_id,
        sealed_at: row.sealed_at,
    }))
}

/// What one source told: the ledger's line as far as the database knows it, the source's format, and the days on which
/// it spoke.
pub type Told = (Coverage, Option<EventFormat>, Vec<NaiveDate>);

/// What each source told since a day. What was silence and what it cannot see is `domain::coverage`'s.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn coverage(conn: &mut Conn, since: NaiveDate) -> Result<Vec<Told>> {
    let rows = sqlx::query!(
        r#"SELECT s.name, s.format, s.last_event_at, count(DISTINCT d.day) AS "days!",
               COALESCE(array_agg(DISTINCT d.day) FILTER (WHERE d.day IS NOT NULL), '{}') AS "spoke!: Vec<NaiveDate>",
               COALESCE(sum(d.succeeded + d.failed), 0)::bigint AS "events!"
           FROM sources s LEFT JOIN event_day_counts d ON d.source_id = s.id AND d.day >= $1
           GROUP BY s.id ORDER BY s.name, s.id"#,
        since
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let line = Coverage {
                source: row.name,
                last_event_at: row.last_event_at,
                days: u16::try_from(row.days).unwrap_or(u16::MAX),
                events: row.events,
                gaps: Vec::new(),
                cannot_see: Vec::new(),
            };
            let format = row.format.map(|word| word.parse()).transpose()?;
            Ok((line, format, row.spoke))
        })
        .collect()
}
