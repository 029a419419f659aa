//! People as sign-in finds and changes them.

use chrono::{DateTime, Utc};
use contract::access::Role;
use contract::ids::{PersonId, TeamId};
use domain::access::Person;

use crate::{Conn, Result, Tx};

/// Somebody of the roll, locked until the transaction ends. `FOR NO KEY UPDATE`: a stronger lock would hold up everybody
/// who names the person in a row of theirs, and they hold the record's head that sign-in asks for last.
#[derive(Debug, Clone)]
pub struct Found {
    /// Their id.
    pub id: PersonId,
    /// Whether they sign in with an account of the provider already.
    pub linked: bool,
    /// Whether they are still here.
    pub active: bool,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Roles until now.
    pub roles: Vec<Role>,
}

macro_rules! found {
    ($row:expr) => {
        $row.map(|row| {
            Ok(Found {
                id: PersonId(row.id),
                linked: row.subject.is_some(),
                active: row.active,
                name: row.name,
                email: row.email,
                roles: roles(&row.roles)?,
            })
        })
        .transpose()
    };
}

/// Waits until nobody else signs in with this e-mail address; until commit. A row can only be locked once it is there:
/// of two first sign-ins at once (two tabs), the second has to find what the first made.
///
/// # Errors
/// When the database refuses.
pub async fn lock(tx: &mut Tx, email: &str) -> Result<()> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(7271, hashtext(lower($1)))",
        email
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whoever signs in with this account of the provider.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_subject(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<Found>> {
    let row = sqlx::query!(
        "SELECT id, subject, active, name, email, roles FROM people WHERE issuer = $1 AND subject = $2 FOR NO KEY UPDATE",
        issuer,
        subject
    )
    .fetch_optional(&mut **tx)
    .await?;
    found!(row)
}

/// Whoever has this e-mail address.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Found>> {
    let row = sqlx::query!(
        "SELECT id, subject, active, name, email, roles FROM people WHERE lower(email) = lower($1) FOR NO KEY UPDATE",
        email
    )
    .fetch_optional(&mut **tx)
    .await?;
    found!(row)
}

/// A persona of the demo organisation.
///
/// # Errors
/// When the database cannot be asked.
pub async fn persona(tx: &mut Tx, id: PersonId) -> Result<Option<Found>> {
    let row = sqlx::query!(
        "SELECT id, subject, active, name, email, roles FROM people WHERE id = $1 AND demo_story IS NOT NULL AND active FOR NO KEY UPDATE",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    found!(row)
}

/// What the provider says of somebody.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// Issuer.
    pub issuer: &'a str,
    /// Subject at the issuer.
    pub subject: &'a str,
    /// E-mail address.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Roles by their groups.
    pub roles: &'a [Role],
}

/// Adds somebody the roll did not know.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &mut Tx, id: PersonId, told: &Told<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO people (id, issuer, subject, email, name, roles, created_at, last_sign_in_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        id.0,
        told.issuer,
        told.subject,
        told.email,
        told.name,
        &words(told.roles),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Brings somebody up to what the provider says.
///
/// # Errors
/// When the database refuses; `people_email_key` when somebody else has the address.
pub async fn update(tx: &mut Tx, id: PersonId, told: &Told<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE people SET issuer = $2, subject = $3, email = $4, name = $5, roles = $6, last_sign_in_at = $7 WHERE id = $1",
        id.0,
        told.issuer,
        told.subject,
        told.email,
        told.name,
        &words(told.roles),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes a sign-in that changes nothing else.
///
/// # Errors
/// When the database refuses.
pub async fn touch(tx: &mut Tx, id: PersonId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE people SET last_sign_in_at = $2 WHERE id = $1",
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Makes somebody a member of `given`, and of none of the other `managed` teams; all by slug.
///
/// # Errors
/// When the database refuses.
pub async fn set_teams(
    tx: &mut Tx,
    id: PersonId,
    managed: &[String],
    given: &[String],
) -> Result<()> {
    sqlx::query!(
        "DELETE FROM team_members m USING teams t
         WHERE t.id = m.team_id AND m.person_id = $1 AND t.slug = ANY($2) AND NOT t.slug = ANY($3)",
        id.0,
        managed,
        given
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO team_members (team_id, person_id) SELECT id, $1 FROM teams WHERE slug = ANY($2) ON CONFLICT DO NOTHING",
        id.0,
        given
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Somebody as the judgement sees them, while they are here.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn actor(conn: &mut Conn, id: PersonId) -> Result<Option<Person>> {
    let row = sqlx::query!(
        r#"SELECT p.name, p.roles,
               ARRAY(SELECT m.team_id FROM team_members m WHERE m.person_id = p.id ORDER BY 1) AS "teams!"
           FROM people p WHERE p.id = $1 AND p.active"#,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Person {
            id,
            name: row.name,
            roles: roles(&row.roles)?,
            teams: row.teams.into_iter().map(TeamId).collect(),
        })
    })
    .transpose()
}

/// Personas of the demo organisation: id, name, story, roles.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn personas(conn: &mut Conn) -> Result<Vec<(PersonId, String, String, Vec<Role>)>> {
    let rows = sqlx::query!(
        r#"SELECT id, name, demo_story AS "story!", roles FROM people
           WHERE demo_story IS NOT NULL AND active ORDER BY id"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok((PersonId(row.id), row.name, row.story, roles(&row.roles)?)))
        .collect()
}

fn roles(words: &[String]) -> Result<Vec<Role>> {
    let mut roles = words
        .iter()
        .map(|word| word.parse())
        .collect::<std::result::Result<Vec<Role>, _>>()?;
    roles.sort_unstable();
    Ok(roles)
}

fn words(roles: &[Role]) -> Vec<String> {
    roles.iter().map(ToString::to_string).collect()
}
