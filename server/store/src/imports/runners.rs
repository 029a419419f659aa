//! Runners as a list names them, beside what events told of them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use contract::identities::Platform;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// A runner as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub id: Uuid,
    /// Whether the platform owns it.
    pub hosted: Option<bool>,
    /// Whether it is made for one job.
    pub ephemeral: Option<bool>,
    /// Group.
    pub group: String,
    /// Labels.
    pub labels: Vec<String>,
    /// Whether it was there when it was last listed.
    pub online: Option<bool>,
    /// Repositories it serves.
    pub repositories: Vec<String>,
}

/// The runners with these ids.
///
/// # Errors
/// When the database cannot be asked.
pub async fn standing(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Standing>> {
    Ok(sqlx::query_as!(
        Standing,
        r#"SELECT r.id, r.hosted, r.ephemeral, r.runner_group AS "group", r.labels, r.online,
               ARRAY(SELECT p.repository FROM runner_repositories p WHERE p.runner_id = r.id ORDER BY p.repository)
                   AS "repositories!"
           FROM runners r WHERE r.id = ANY($1)"#,
        ids
    )
    .fetch_all(conn)
    .await?)
}

/// What a list says of a runner, in however many of its rows; what it leaves out is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// Whose jobs it runs.
    pub platform: Platform,
    /// Organisation or group it serves.
    pub owner: String,
    /// What it is called in the roll.
    pub name: String,
    /// Whether the platform owns it.
    pub hosted: Option<bool>,
    /// Whether it is made for one job.
    pub ephemeral: Option<bool>,
    /// Group.
    pub group: Option<String>,
    /// Labels.
    pub labels: Option<Vec<String>>,
    /// Whether it was there when the list was made.
    pub online: Option<bool>,
    /// When it was seen: the earliest time a row says, and the latest.
    pub seen: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Repositories it was not known to serve, and when.
    pub repositories: Vec<(String, DateTime<Utc>)>,
}

impl Listed {
    fn as_json(&self) -> Value {
        json!({"id": self.id, "platform": self.platform, "owner": self.owner, "name": self.name, "hosted": self.hosted,
            "ephemeral": self.ephemeral, "runner_group": self.group, "labels": self.labels, "online": self.online,
            "first_seen": self.seen.map(|(first, _)| first), "last_seen": self.seen.map(|(_, last)| last)})
    }
}

/// Enters listed runners, each once, and puts what the list says beside what is known: what it leaves out stays. That
/// they were listed is noted of all of them. Three statements, however many there are.
///
/// # Errors
/// When the database refuses.
pub async fn save(tx: &mut Tx, all: &[Listed], now: DateTime<Utc>) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = all.iter().map(Listed::as_json).collect();
    let made = sqlx::query_scalar!(
        "INSERT INTO runners (id, platform, owner, name, hosted, ephemeral, runner_group, labels, first_seen, last_seen,
             runs, listed_at, online, seen)
         SELECT r.id, r.platform, r.owner, r.name, r.hosted, COALESCE(r.ephemeral, CASE WHEN r.hosted THEN true END),
             COALESCE(r.runner_group, ''),
             CASE WHEN r.labels IS NULL THEN '{}' ELSE ARRAY(SELECT jsonb_array_elements_text(r.labels)) END,
             COALESCE(r.first_seen, $2::timestamptz), COALESCE(r.last_seen, $2::timestamptz), 0, $2::timestamptz, r.online,
             r.first_seen IS NOT NULL
         FROM jsonb_to_recordset($1) AS r (id uuid, platform text, owner text, name text, hosted boolean,
             ephemeral boolean, runner_group text, labels jsonb, online boolean, first_seen timestamptz,
             last_seen timestamptz)
         ON CONFLICT (id) DO NOTHING RETURNING id",
        Value::Array(rows.clone()),
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    let made: HashSet<Uuid> = made.into_iter().collect();
    let known = all
        .iter()
        .zip(rows)
        .filter(|(one, _)| !made.contains(&one.id));
    let known: Vec<Value> = known.map(|(_, row)| row).collect();
    if !known.is_empty() {
        update(tx, known, now).await?;
    }
    serve(tx, all).await
}

async fn update(tx: &mut Tx, rows: Vec<Value>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE runners k SET hosted = COALESCE(r.hosted, k.hosted), ephemeral = COALESCE(r.ephemeral, k.ephemeral),
             runner_group = COALESCE(r.runner_group, k.runner_group),
             labels = CASE WHEN r.labels IS NULL THEN k.labels
                 ELSE ARRAY(SELECT jsonb_array_elements_text(r.labels)) END,
             first_seen = CASE WHEN k.seen THEN LEAST(k.first_seen, r.first_seen)
                 ELSE COALESCE(r.first_seen, k.first_seen) END,
             last_seen = CASE WHEN k.seen THEN GREATEST(k.last_seen, r.last_seen)
                 ELSE COALESCE(r.last_seen, k.last_seen) END,
             listed_at = $2::timestamptz, online = COALESCE(r.online, k.online), seen = k.seen OR r.first_seen IS NOT NULL
         FROM jsonb_to_recordset($1) AS r (id uuid, hosted boolean, ephemeral boolean, runner_group text, labels jsonb,
             online boolean, first_seen timestamptz, last_seen timestamptz)
         WHERE k.id = r.id",
        Value::Array(rows),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes the repositories they serve.
async fn serve(tx: &mut Tx, all: &[Listed]) -> Result<()> {
    let (mut ids, mut names, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for one in all {
        for (repository, at) in &one.repositories {
            ids.push(one.id);
            names.push(repository.as_str());
            times.push(*at);
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO runner_repositories (runner_id, repository, last_seen)
         SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::timestamptz[])
         ON CONFLICT ON CONSTRAINT runner_repositories_key DO NOTHING",
        &ids,
        &names as _,
        &times
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
