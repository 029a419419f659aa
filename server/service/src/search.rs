//! Search over everything with a name.

use contract::overview::SearchHit;
use domain::access::Access;

use crate::{Op, Result};

/// Hits of each kind for the words, at most twenty a kind; none for fewer than two characters.
///
/// # Errors
/// [`crate::Error::Refused`] when nobody is signed in.
pub async fn find(op: &Op, words: &str) -> Result<Vec<SearchHit>> {
    op.require(Access::ViewIdentities)?;
    let words: String = words.trim().chars().take(200).collect();
    if words.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let mut conn = op.db().acquire().await?;
    Ok(store::search::find(&mut conn, &words, 20).await?)
}
