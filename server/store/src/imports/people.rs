//! People and teams as imports change them.

use contract::ids::{PersonId, TeamId};
use uuid::Uuid;

use crate::{Result, Tx};

/// A person as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: Uuid,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role words.
    pub roles: Vec<String>,
    /// Whether they are still here.
    pub active: bool,
    /// Time zone.
    pub time_zone: String,
}

/// A person by e-mail address, locked until commit.
///
/// # Errors
/// When the database cannot be asked.
pub async fn person(tx: &mut Tx, email: &str) -> Result<Option<Person>> {
    Ok(sqlx::query_as!(
        Person,
        "SELECT id, email, name, roles, active, time_zone FROM people WHERE lower(email) = lower($1) FOR NO KEY UPDATE",
        email
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Saves what an import changed of a person.
///
/// # Errors
/// When the database refuses.
pub async fn save_person(tx: &mut Tx, person: &Person) -> Result<()> {
    sqlx::query!(
        "UPDATE people SET name = $2, roles = $3, active = $4, time_zone = $5 WHERE id = $1",
        person.id,
        person.name,
        &person.roles,
        person.active,
        person.time_zone
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Makes people members of a team; says who was none before.
///
/// # Errors
/// When the database refuses.
pub async fn join(tx: &mut Tx, team: TeamId, people: &[PersonId]) -> Result<Vec<Uuid>> {
    let people: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    Ok(sqlx::query_scalar!(
        "INSERT INTO team_members (team_id, person_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING
         RETURNING person_id",
        team.0,
        &people
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// A team as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its lead's id.
    pub lead: Option<Uuid>,
    /// Its lead's name.
    pub lead_name: Option<String>,
}

/// A team by slug, locked until commit.
///
/// # Errors
/// When the database cannot be asked.
pub async fn team(tx: &mut Tx, slug: &str) -> Result<Option<Team>> {
    Ok(sqlx::query_as!(
        Team,
        r#"SELECT t.id, t.name, t.lead_id AS lead, p.name AS "lead_name?" FROM teams t LEFT JOIN people p ON p.id = t.lead_id
           WHERE t.slug = $1 FOR UPDATE OF t"#,
        slug
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Saves what an import changed of a team.
///
/// # Errors
/// When the database refuses.
pub async fn save_team(tx: &mut Tx, id: Uuid, name: &str, lead: Option<Uuid>) -> Result<()> {
    sqlx::query!(
        "UPDATE teams SET name = $2, lead_id = $3 WHERE id = $1",
        id,
        name,
        lead
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What people own or back up, in use.
///
/// # Errors
/// When the database cannot be asked.
pub async fn answered_for(tx: &mut Tx, people: &[Uuid]) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM identities WHERE (owner_id = ANY($1) OR backup_owner_id = ANY($1))
             AND state NOT IN ('removed', 'rejected')",
        people
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Ends the sessions of people who left.
///
/// # Errors
/// When the database refuses.
pub async fn end_sessions(tx: &mut Tx, people: &[Uuid]) -> Result<u64> {
    let done = sqlx::query!("DELETE FROM sessions WHERE person_id = ANY($1)", people)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}
