//! Who can be asked to review, and where they live.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contract::ids::PersonId;
use contract::people::PersonRef;
use domain::campaign::reviewer::{Away, Candidate};
use uuid::Uuid;

use crate::{Conn, Result};

/// Everybody who can be asked, by team, and Security.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Members by team.
    pub members: BTreeMap<Uuid, Vec<Candidate>>,
    /// Leads by team.
    pub leads: BTreeMap<Uuid, Candidate>,
    /// Security people; administrators where there are none.
    pub security: Vec<Candidate>,
    /// Who is away today.
    pub away: BTreeMap<PersonId, Away>,
}

impl People {
    /// A person as a candidate.
    pub fn candidate(&self, id: PersonId, name: &str, active: bool) -> Candidate {
        Candidate {
            id,
            name: name.to_owned(),
            active,
            away: self.away.get(&id).cloned(),
        }
    }
}

/// Loads everybody who can be asked.
///
/// # Errors
/// When the database cannot be asked.
pub async fn people(conn: &mut Conn, today: NaiveDate) -> Result<People> {
    let mut out = People {
        security: security(conn).await?,
        away: super::absences::away(conn, today).await?,
        ..People::default()
    };
    for one in &mut out.security {
        one.away = out.away.get(&one.id).cloned();
    }
    let members = sqlx::query!(
        "SELECT m.team_id, p.id, p.name, p.active FROM team_members m JOIN people p ON p.id = m.person_id
         WHERE p.roles <> ARRAY['auditor'] ORDER BY p.name, p.id"
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in members {
        let member = out.candidate(row.id.into(), &row.name, row.active);
        out.members.entry(row.team_id).or_default().push(member);
    }
    let leads = sqlx::query!("SELECT t.id AS team_id, p.id, p.name, p.active FROM teams t JOIN people p ON p.id = t.lead_id")
        .fetch_all(conn)
        .await?;
    for row in leads {
        let lead = out.candidate(row.id.into(), &row.name, row.active);
        out.leads.insert(row.team_id, lead);
    }
    Ok(out)
}

/// The people the chain ends with: Security, then administrators.
///
/// # Errors
/// When the database cannot be asked.
pub async fn security(conn: &mut Conn) -> Result<Vec<Candidate>> {
    let rows = sqlx::query!(
        "SELECT id, name, active, roles FROM people WHERE roles && ARRAY['security', 'admin'] AND active ORDER BY name, id"
    )
    .fetch_all(conn)
    .await?;
    let (security, admins): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.roles.iter().any(|r| r == "security"));
    let chosen = if security.is_empty() {
        admins
    } else {
        security
    };
    Ok(chosen
        .into_iter()
        .map(|row| Candidate {
            id: row.id.into(),
            name: row.name,
            active: row.active,
            away: None,
        })
        .collect())
}

/// A person's time zone; `None` when there is no such person.
///
/// # Errors
/// When the database cannot be asked.
pub async fn time_zone(conn: &mut Conn, person: PersonId) -> Result<Option<String>> {
    let zone = sqlx::query_scalar!("SELECT time_zone FROM people WHERE id = $1", person.0)
        .fetch_optional(conn)
        .await?;
    Ok(zone)
}

/// Active people who may review, each with whether they are Security, by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn reviewers(conn: &mut Conn) -> Result<Vec<(PersonRef, bool)>> {
    let rows = sqlx::query!(
        r#"SELECT id, name, 'security' = ANY(roles) AS "security!" FROM people
           WHERE active AND roles && ARRAY['owner', 'security', 'admin'] ORDER BY name, id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let person = PersonRef {
                id: row.id.into(),
                name: row.name,
                active: true,
            };
            (person, row.security)
        })
        .collect())
}
