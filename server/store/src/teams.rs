//! Teams: who answers together.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contract::ids::{PersonId, TeamId};
use contract::people::{PersonRef, TeamRef, TeamRow};
use uuid::Uuid;

use crate::{Conn, Result};

struct Row {
    id: Uuid,
    slug: String,
    name: String,
    lead_id: Option<Uuid>,
    lead_name: Option<String>,
    lead_active: Option<bool>,
    members: i64,
    identities: i64,
    static_credentials: i64,
    overdue: i64,
}

/// Teams with their figures, most identities first; only one when a slug is given.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(conn: &mut Conn, slug: Option<&str>, now: DateTime<Utc>) -> Result<Vec<TeamRow>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT t.id, t.slug, t.name, p.id AS "lead_id?", p.name AS "lead_name?", p.active AS "lead_active?",
               (SELECT count(*) FROM team_members m WHERE m.team_id = t.id) AS "members!",
               COALESCE(f.identities, 0) AS "identities!",
               COALESCE(f.static_credentials, 0) AS "static_credentials!", COALESCE(f.overdue, 0) AS "overdue!"
           FROM teams t LEFT JOIN people p ON p.id = t.lead_id
               LEFT JOIN (
                   SELECT n.team_id, count(*) AS identities,
                       count(*) FILTER (WHERE n.credential_class = 'static') AS static_credentials,
                       count(*) FILTER (WHERE n.next_review_at < $2 OR n.rotation_due_at < $2) AS overdue
                   FROM identities n WHERE n.state NOT IN ('removed', 'rejected') GROUP BY n.team_id
               ) f ON f.team_id = t.id
           WHERE $1::text IS NULL OR t.slug = $1
           ORDER BY 8 DESC, t.name"#,
        slug,
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TeamRow {
            team: TeamRef {
                id: TeamId(row.id),
                slug: row.slug,
                name: row.name,
            },
            lead: row.lead_id.zip(row.lead_name).zip(row.lead_active).map(
                |((id, name), active)| PersonRef {
                    id: PersonId(id),
                    name,
                    active,
                },
            ),
            members: row.members,
            identities: row.identities,
            static_credentials: row.static_credentials,
            overdue: row.overdue,
        })
        .collect())
}

/// Teams to choose from, in order of name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn choices(conn: &mut Conn) -> Result<Vec<TeamRef>> {
    let rows = sqlx::query!("SELECT id, slug, name FROM teams ORDER BY name")
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| TeamRef {
            id: TeamId(row.id),
            slug: row.slug,
            name: row.name,
        })
        .collect())
}

/// The teams of these slugs, by slug; what is not there is left out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_slugs(conn: &mut Conn, slugs: &[&str]) -> Result<HashMap<String, TeamId>> {
    if slugs.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        "SELECT slug, id FROM teams WHERE slug = ANY($1::text[])",
        slugs as _
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.slug, TeamId(row.id)))
        .collect())
}

/// A team's name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn name(conn: &mut Conn, id: TeamId) -> Result<Option<String>> {
    Ok(
        sqlx::query_scalar!("SELECT name FROM teams WHERE id = $1", id.0)
            .fetch_optional(conn)
            .await?,
    )
}

/// Inserts a team with its lead and members.
///
/// # Errors
/// `teams_slug_key` when a team has this slug.
pub async fn insert(
    tx: &mut crate::Tx,
    team: &TeamRef,
    lead: Option<PersonId>,
    members: &[PersonId],
    now: DateTime<Utc>,
) -> Result<()> {
    let members: Vec<Uuid> = members.iter().map(|person| person.0).collect();
    sqlx::query!(
        "INSERT INTO teams (id, slug, name, lead_id, created_at) VALUES ($1, $2, $3, $4, $5)",
        team.id.0,
        team.slug,
        team.name,
        lead.map(|person| person.0),
        now
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO team_members (team_id, person_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING",
        team.id.0,
        &members
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
