//! What earlier campaigns said of identities.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::campaigns::DecisionKind;
use contract::identities::PastReview;
use contract::ids::IdentityId;
use domain::campaign::snapshot::Snapshot;
use uuid::Uuid;

use crate::{Conn, Result};

/// What earlier campaigns said of an identity.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Decisions, newest first.
    pub reviews: Vec<PastReview>,
    /// What was frozen at the last approval, and when that was given.
    pub approved: Option<(Snapshot, DateTime<Utc>)>,
}

/// What earlier closed campaigns said of a chunk of identities.
///
/// # Errors
/// When the database cannot be asked, or a stored snapshot cannot be read.
pub async fn past(conn: &mut Conn, ids: &[IdentityId]) -> Result<BTreeMap<Uuid, Past>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut out: BTreeMap<Uuid, Past> = BTreeMap::new();
    let reviews = sqlx::query!(
        r#"SELECT i.identity_id, c.name, d.decision, d.reason, d.decided_by_name, d.decided_at
           FROM campaign_items i
           JOIN campaigns c ON c.id = i.campaign_id AND c.state IN ('remediating', 'sealed')
           JOIN LATERAL (SELECT * FROM item_decisions d WHERE d.item_id = i.id ORDER BY d.number DESC LIMIT 1) d ON true
           WHERE i.identity_id = ANY($1) AND i.state = 'decided' ORDER BY d.decided_at DESC"#,
        &ids
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in reviews {
        out.entry(row.identity_id)
            .or_default()
            .reviews
            .push(PastReview {
                campaign: row.name,
                decision: row.decision.parse::<DecisionKind>()?,
                reason: row.reason,
                by: row.decided_by_name,
                at: row.decided_at,
            });
    }
    let approved = sqlx::query!(
        r#"SELECT DISTINCT ON (i.identity_id) i.identity_id, i.snapshot AS "snapshot: sqlx::types::Json<Snapshot>",
               i.decided_at AS "decided_at!"
           FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id AND c.state IN ('remediating', 'sealed')
           WHERE i.identity_id = ANY($1) AND i.decision = 'approve'
           ORDER BY i.identity_id, i.decided_at DESC"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    for row in approved {
        out.entry(row.identity_id).or_default().approved = Some((row.snapshot.0, row.decided_at));
    }
    Ok(out)
}
