//! Who is away, and who answers for them meanwhile.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use contract::campaigns::Absence;
use contract::ids::PersonId;
use contract::people::PersonRef;
use domain::campaign::reviewer::Away;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// Who is away on a day. Where somebody planned several, the one that ends last counts.
pub(super) async fn away(conn: &mut Conn, day: NaiveDate) -> Result<BTreeMap<PersonId, Away>> {
    let rows = sqlx::query!(
        "SELECT a.person_id, a.ends_on, a.deputy_id, p.name, p.active FROM absences a JOIN people p ON p.id = a.deputy_id
         WHERE a.ended_at IS NULL AND a.starts_on <= $1 AND a.ends_on >= $1 ORDER BY a.ends_on, a.id",
        day
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let away = Away {
                until: row.ends_on,
                deputy: row.deputy_id.into(),
                deputy_name: row.name,
                deputy_active: row.active,
            };
            (row.person_id.into(), away)
        })
        .collect())
}

/// A person's absence that is, or comes next.
///
/// # Errors
/// When the database cannot be asked.
pub async fn absence_of(
    conn: &mut Conn,
    person: PersonId,
    today: NaiveDate,
) -> Result<Option<Absence>> {
    let row = sqlx::query!(
        "SELECT a.starts_on, a.ends_on, d.id AS deputy, d.name AS deputy_name, d.active AS deputy_active,
             p.id, p.name, p.active
         FROM absences a JOIN people d ON d.id = a.deputy_id JOIN people p ON p.id = a.person_id
         WHERE a.person_id = $1 AND a.ended_at IS NULL AND a.ends_on >= $2 ORDER BY a.starts_on, a.id LIMIT 1",
        person.0,
        today
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Absence {
        person: PersonRef {
            id: row.id.into(),
            name: row.name,
            active: row.active,
        },
        deputy: PersonRef {
            id: row.deputy.into(),
            name: row.deputy_name,
            active: row.deputy_active,
        },
        from: row.starts_on,
        until: row.ends_on,
    }))
}

/// Keeps an absence in place of what was planned before.
///
/// # Errors
/// When the database refuses.
pub async fn insert_absence(
    tx: &mut Tx,
    id: Uuid,
    person: PersonId,
    deputy: PersonId,
    days: (NaiveDate, NaiveDate),
    at: DateTime<Utc>,
) -> Result<()> {
    end_absence(tx, person, at).await?;
    sqlx::query!(
        "INSERT INTO absences (id, person_id, deputy_id, starts_on, ends_on, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        person.0,
        deputy.0,
        days.0,
        days.1,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends what a person planned; says whether there was anything.
///
/// # Errors
/// When the database refuses.
pub async fn end_absence(tx: &mut Tx, person: PersonId, at: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE absences SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL",
        person.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
