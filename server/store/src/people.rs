//! People: who signs in, what they own.

use chrono::{DateTime, Utc};
use contract::access::Role;
use contract::ids::{PersonId, TeamId};
use contract::people::{PersonRef, PersonRow, TeamRef};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Conn, Result};

struct Row {
    id: Uuid,
    name: String,
    active: bool,
    email: String,
    roles: Vec<String>,
    last_sign_in_at: Option<DateTime<Utc>>,
    owned: i64,
    teams: Json<Vec<(Uuid, String, String)>>,
}

impl Row {
    fn into_view(self) -> Result<PersonRow> {
        let mut roles: Vec<Role> = crate::identities::words(&self.roles)?;
        roles.sort_unstable();
        Ok(PersonRow {
            person: PersonRef {
                id: PersonId(self.id),
                name: self.name,
                active: self.active,
            },
            email: self.email,
            roles,
            teams: self
                .teams
                .0
                .into_iter()
                .map(|(id, slug, name)| TeamRef {
                    id: TeamId(id),
                    slug,
                    name,
                })
                .collect(),
            owned: self.owned,
            last_sign_in_at: self.last_sign_in_at,
        })
    }
}

/// People in order of name, after a `name, id` key; only a team's members when a team is given, only one
/// person when an id is.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn page(
    conn: &mut Conn,
    team: Option<TeamId>,
    only: Option<PersonId>,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Vec<PersonRow>> {
    let (name, id) = after.unzip();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT p.id, p.name, p.active, p.email, p.roles, p.last_sign_in_at,
               (SELECT count(*) FROM identities n WHERE n.owner_id = p.id AND n.state NOT IN ('removed', 'rejected')) AS "owned!",
               COALESCE((SELECT jsonb_agg(jsonb_build_array(t.id, t.slug, t.name) ORDER BY t.name)
                   FROM team_members m JOIN teams t ON t.id = m.team_id WHERE m.person_id = p.id), '[]') AS "teams!: _"
           FROM people p
           WHERE ($1::uuid IS NULL OR EXISTS (SELECT FROM team_members m WHERE m.team_id = $1 AND m.person_id = p.id))
             AND ($2::uuid IS NULL OR p.id = $2)
             AND ($3::text IS NULL OR (p.name, p.id) > ($3, $4::uuid))
           ORDER BY p.name, p.id LIMIT $5"#,
        team.map(|team| team.0),
        only.map(|person| person.0),
        name,
        id,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_view).collect()
}

/// Everybody who may answer for an identity: active, in order of name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn choices(conn: &mut Conn) -> Result<Vec<PersonRef>> {
    let rows =
        sqlx::query!("SELECT id, name FROM people WHERE active ORDER BY name, id LIMIT 5000")
            .fetch_all(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|row| PersonRef {
            id: PersonId(row.id),
            name: row.name,
            active: true,
        })
        .collect())
}

/// Whether a person is in the roll and still here, with their name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn active_name(conn: &mut Conn, id: PersonId) -> Result<Option<String>> {
    Ok(
        sqlx::query_scalar!("SELECT name FROM people WHERE id = $1 AND active", id.0)
            .fetch_optional(conn)
            .await?,
    )
}

/// A person to insert: by an import, the demo or a test; sign-in makes its own.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Their id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Whether they are still here.
    pub active: bool,
    /// IANA time zone.
    pub time_zone: String,
    /// What the demo's sign-in page says of them.
    pub demo_story: Option<String>,
}

/// Inserts a person.
///
/// # Errors
/// `people_email_key` when somebody has this address.
pub async fn insert(tx: &mut crate::Tx, person: &NewPerson, now: DateTime<Utc>) -> Result<()> {
    let roles: Vec<String> = person
        .roles
        .iter()
        .map(|role| role.as_str().to_owned())
        .collect();
    sqlx::query!(
        "INSERT INTO people (id, email, name, roles, active, time_zone, demo_story, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        person.id.0,
        person.email,
        person.name,
        &roles,
        person.active,
        person.time_zone,
        person.demo_story,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
