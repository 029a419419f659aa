//! Identities: the roll and what hangs on it.
//!
//! `filter` says which rows, `list` pages through them, `facets` counts them, `view` reads one whole,
//! `write` changes them, `edit` changes what an identity says of itself, `derive` keeps the columns the list filters and sorts by.

pub mod derive;
pub mod discovered;
pub mod edit;
pub mod facets;
mod filter;
pub mod holdings;
pub mod list;
pub mod merge;
pub mod risk;
pub mod view;
pub mod write;

use contract::identities::{IdentityState, ReviewState, RotationState};

use crate::{Error, Result};

/// The rotation state of a row at `$now`; the same judgement as `domain::identity::rotation` on kept columns.
pub(crate) const ROTATION_SQL: &str = "CASE WHEN n.rotation_due_at < {now} THEN 'overdue' \
     WHEN n.rotation_unknown THEN 'unknown_age' \
     WHEN n.rotation_due_at <= {now} + interval '14 days' THEN 'due_soon' \
     WHEN n.rotation_due_at IS NULL THEN 'not_needed' ELSE 'ok' END";

/// The review state of a row at `$now`; the same judgement as `domain::identity::review`.
pub(crate) const REVIEW_SQL: &str = "CASE WHEN n.next_review_at < {now} THEN 'overdue' \
     WHEN n.next_review_at <= {now} + interval '14 days' THEN 'due_soon' \
     WHEN n.last_reviewed_at IS NULL THEN 'never' ELSE 'ok' END";

/// Splits SQL at `{now}`, where the caller binds the moment.
pub(crate) fn push_at(
    query: &mut sqlx::QueryBuilder<sqlx::Postgres>,
    sql: &str,
    now: chrono::DateTime<chrono::Utc>,
) {
    let mut parts = sql.split("{now}");
    query.push(parts.next().unwrap_or_default());
    for part in parts {
        query.push_bind(now);
        query.push(part);
    }
}

/// Reads words that are kept as text into their enum.
pub(crate) fn words<T>(texts: &[String]) -> Result<Vec<T>>
where
    T: std::str::FromStr,
    Error: From<T::Err>,
{
    texts
        .iter()
        .map(|word| word.parse().map_err(Error::from))
        .collect()
}

/// States an identity may be in and still be in the roll.
pub const IN_ROLL: [IdentityState; 5] = [
    IdentityState::Discovered,
    IdentityState::Requested,
    IdentityState::Active,
    IdentityState::Suspended,
    IdentityState::Decommissioning,
];

/// Rotation and review states of a row, read back.
pub(crate) fn states(rotation: &str, review: &str) -> Result<(RotationState, ReviewState)> {
    Ok((rotation.parse()?, review.parse()?))
}
