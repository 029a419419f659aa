//! The signed-in person and what waits for them.

use contract::access::{Role, Viewer};
use contract::ids::{PersonId, TeamId};

use crate::{Conn, Result};

/// The person with their teams and counters, or `None` when they are unknown or have left.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn viewer(conn: &mut Conn, id: PersonId) -> Result<Option<Viewer>> {
    let row = sqlx::query!(
        r#"SELECT p.name, p.email, p.roles, p.time_zone,
               (SELECT count(*) FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
                WHERE i.reviewer_id = p.id AND i.state = 'open' AND c.state = 'active') AS "reviews!",
               (SELECT count(*) FROM findings f LEFT JOIN identities n ON n.id = f.identity_id
                WHERE f.state = 'open' AND f.severity IN ('critical', 'high')
                  AND (p.roles && ARRAY['admin', 'security'] OR n.owner_id = p.id OR n.backup_owner_id = p.id)) AS "findings!",
               (SELECT count(*) FROM identities n WHERE n.state = 'requested' AND p.roles && ARRAY['admin', 'security']
                  AND n.requested_by IS DISTINCT FROM p.id) AS "requests!",
               (SELECT count(*) FROM identities n JOIN people o ON o.id = n.owner_id AND NOT o.active
                WHERE n.backup_owner_id = p.id AND n.state NOT IN ('removed', 'rejected')) AS "stands_in!"
           FROM people p WHERE p.id = $1 AND p.active"#,
        id.0
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let teams = sqlx::query!(
        "SELECT t.id, t.name FROM teams t JOIN team_members m ON m.team_id = t.id WHERE m.person_id = $1 ORDER BY t.name",
        id.0
    )
    .fetch_all(conn)
    .await?;
    let mut roles = row
        .roles
        .iter()
        .map(|word| word.parse())
        .collect::<std::result::Result<Vec<Role>, _>>()?;
    roles.sort_unstable();
    Ok(Some(Viewer {
        id,
        name: row.name,
        email: row.email,
        roles,
        teams: teams.into_iter().map(|t| (TeamId(t.id), t.name)).collect(),
        time_zone: row.time_zone,
        waiting_reviews: row.reviews,
        waiting_findings: row.findings,
        waiting_requests: row.requests,
        stands_in: row.stands_in,
        organisation: String::new(),
    }))
}
