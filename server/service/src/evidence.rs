//! Evidence: sealing a closed campaign into a pack, handing the pack out, and the keys it is signed with.

mod key;
mod seal;

use contract::ids::CampaignId;
use domain::access::Access;

use crate::op::Done;
use crate::{Error, Op, Result};
pub use key::{rotate, signing_key};
pub use seal::{seal, seal_confirmed};

/// Every public key ever used to sign: id, PEM, first use; newest first.
///
/// # Errors
/// [`Error::Refused`] when the actor may not read evidence.
pub async fn public_keys(op: &Op) -> Result<Vec<(String, String, chrono::DateTime<chrono::Utc>)>> {
    op.require(Access::ReadEvidence)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::campaigns::public_keys(&mut conn).await?)
}

/// Hands out a sealed campaign's pack as a whole: file name and bytes. Who took it is recorded.
///
/// # Errors
/// As [`begin_export`].
pub async fn export(op: &Op, id: CampaignId) -> Result<(String, Vec<u8>)> {
    op.require(Access::ReadEvidence)?;
    let name = begin_export(op, id).await?;
    let (mut bytes, mut number) = (Vec::new(), 0);
    while let Some(piece) = export_piece(op, id, number).await? {
        bytes.extend(piece);
        number += 1;
    }
    Ok((name, bytes))
}

/// A piece of a pack whose taking was recorded by [`begin_export`], from 0; `None` after the last.
///
/// # Errors
/// [`Error::Refused`] when the actor may not read evidence.
pub async fn export_piece(op: &Op, id: CampaignId, number: i32) -> Result<Option<Vec<u8>>> {
    op.require(Access::ReadEvidence)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::campaigns::piece(&mut conn, id, number).await?)
}

/// Records that a sealed campaign's pack is taken, and gives the file's name. The pieces follow one by one.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign; [`Error::Conflict`] when it is not sealed yet.
pub async fn begin_export(op: &Op, id: CampaignId) -> Result<String> {
    op.require(Access::ReadEvidence)?;
    let mut tx = op.db().begin().await?;
    let campaign = store::campaigns::get(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let pack = store::campaigns::pack(&mut tx, id).await?.ok_or_else(|| {
        Error::Conflict(format!(
            "{} is not sealed yet: there is no evidence to download.",
            campaign.name
        ))
    })?;
    let done = Done::new(
        "evidence.downloaded",
        "campaign",
        &id,
        campaign.name.clone(),
        format!("Downloaded the evidence of {}", campaign.name),
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(pack.file_name)
}
