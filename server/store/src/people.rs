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

/// Locks a person for a change: name and whether they are here.
///
/// # Errors
/// When the database cannot be asked.
pub async fn lock(tx: &mut crate::Tx, id: PersonId) -> Result<Option<(String, bool)>> {
    let row = sqlx::query!(
        "SELECT name, active FROM people WHERE id = $1 FOR NO KEY UPDATE",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.name, row.active)))
}

/// Notes whether a person is here.
///
/// # Errors
/// When the database refuses.
pub async fn set_active(tx: &mut crate::Tx, id: PersonId, active: bool) -> Result<()> {
    sqlx::query!("UPDATE people SET active = $2 WHERE id = $1", id.0, active)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Puts every identity a person owns or stands in for on the list of those to be judged again, and says how many they
/// own.
///
/// # Errors
/// When the database refuses.
pub async fn touch_owned(tx: &mut crate::Tx, id: PersonId) -> Result<i64> {
    let touched = sqlx::query_scalar!(
        r#"WITH theirs AS (
               SELECT id, owner_id = $1 AS owned FROM identities
               WHERE (owner_id = $1 OR backup_owner_id = $1) AND state NOT IN ('removed', 'rejected')
           ), touched AS (INSERT INTO identity_touches (identity_id) SELECT id FROM theirs)
           SELECT count(*) FILTER (WHERE owned) AS "owned!" FROM theirs"#,
        id.0
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(touched)
}

/// People who have left and still leave something open: an item in a running campaign, or an identity whose finding has
/// not been opened yet. Imports and sign-in tell that somebody left; this finds what is to be settled then.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unsettled(conn: &mut Conn) -> Result<Vec<PersonId>> {
    let rows = sqlx::query_scalar!(
        "SELECT p.id FROM people p WHERE NOT p.active AND (
             EXISTS (SELECT FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
                 WHERE i.reviewer_id = p.id AND i.state = 'open' AND c.state = 'active')
             OR EXISTS (SELECT FROM identities n WHERE n.owner_id = p.id AND n.state IN ('active', 'suspended')
                 AND NOT EXISTS (SELECT FROM findings f WHERE f.identity_id = n.id AND f.rule = 'inactive_owner'
                     AND f.state <> 'resolved')))
         ORDER BY p.id"
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(PersonId).collect())
}

/// A backup owner, and what they answer for.
#[derive(Debug, Clone)]
pub struct Backup {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Names of the identities, in order.
    pub identities: Vec<String>,
}

/// Who is here and stands in for what a person owns.
///
/// # Errors
/// When the database cannot be asked.
pub async fn backups_of(conn: &mut Conn, owner: PersonId) -> Result<Vec<Backup>> {
    let rows = sqlx::query!(
        r#"SELECT p.id, p.name, p.email, array_agg(n.name ORDER BY n.name) AS "identities!"
           FROM identities n JOIN people p ON p.id = n.backup_owner_id AND p.active
           WHERE n.owner_id = $1 AND n.state NOT IN ('removed', 'rejected')
           GROUP BY p.id ORDER BY p.id"#,
        owner.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Backup {
            person: row.id.into(),
            name: row.name,
            email: row.email,
            identities: row.identities,
        })
        .collect())
}

/// Ids of the identities a person stands in for: they are the backup of an owner who has left.
///
/// # Errors
/// When the database cannot be asked.
pub async fn stands_in_for(conn: &mut Conn, id: PersonId) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "SELECT n.id FROM identities n JOIN people o ON o.id = n.owner_id
         WHERE n.backup_owner_id = $1 AND NOT o.active AND n.state NOT IN ('removed', 'rejected')
         ORDER BY n.risk DESC, n.id LIMIT 200",
        id.0
    )
    .fetch_all(conn)
    .await?)
}
