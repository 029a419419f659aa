//! What a source asks of its senders, before any of a delivery was read.

use contract::sources::Proving;

use crate::{Result, Services};

/// Whether a source judges a delivery that is signed by its signature, whatever else it shows: nothing can be said of its
/// sender then before its body was read. Open to anybody, as the delivery is. A source nobody made is told as one that
/// does.
///
/// # Errors
/// When the database cannot be asked.
pub async fn judges_by_signature(services: &Services, slug: &str) -> Result<bool> {
    let mut conn = services.db.acquire().await?;
    let door = store::sources::door(&mut conn, slug).await?;
    let proving = door.map_or(Proving::Secret, |door| door.proving);
    Ok(match proving {
        Proving::Secret | Proving::Signature => true,
        Proving::Token | Proving::Oidc | Proving::Certificate => false,
    })
}
