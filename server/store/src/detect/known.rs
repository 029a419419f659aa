//! What the roll says of the identities a batch of events speaks of.

use std::collections::HashMap;

use contract::ids::IdentityId;
use domain::detect::changed::Name;
use domain::detect::{Known, Record};
use domain::event::selectors::coarse;
use domain::event::subject::{self, Context};
use uuid::Uuid;

use crate::{Conn, Result};

/// What is known of these identities.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn known(conn: &mut Conn, ids: &[Uuid]) -> Result<HashMap<IdentityId, Known>> {
    let rows = sqlx::query!(
        r#"SELECT n.id, n.name, n.kind, n.state, n.break_glass, n.ticket,
               ARRAY(SELECT s.kind || ' ' || s.issuer || ' ' || s.value FROM selectors s
                     WHERE s.identity_id = n.id AND s.kind IN ('oidc_subject', 'repository') ORDER BY s.id) AS "selectors!: Vec<String>",
               ARRAY(SELECT c.reference FROM credentials c WHERE c.identity_id = n.id AND c.reference <> '') AS "keys!: Vec<String>"
           FROM identities n WHERE n.id = ANY($1)"#,
        ids
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut all = HashMap::with_capacity(rows.len());
    for row in rows {
        let known = Known {
            name: row.name,
            kind: row.kind.parse()?,
            state: row.state.parse()?,
            break_glass: row.break_glass,
            declared: row
                .selectors
                .iter()
                .filter_map(|text| declared(text))
                .collect(),
            keys: row.keys,
            tickets: vec![row.ticket],
            records: Vec::new(),
        };
        all.insert(IdentityId(row.id), known);
    }
    records(conn, ids, &mut all).await?;
    Ok(all)
}

/// Adds what people did with these identities in Rollcall, and with what their reviews left to do, oldest first.
async fn records(
    conn: &mut Conn,
    ids: &[Uuid],
    all: &mut HashMap<IdentityId, Known>,
) -> Result<()> {
    // What Rollcall did by itself explains no change.
    let rows = sqlx::query!(
        r#"SELECT o.identity_id AS "identity!", a.at AS "at!", a.action AS "action!", a.summary AS "summary!",
               a.changes AS "changes!: sqlx::types::Json<Vec<(String, String, String)>>"
           FROM (SELECT 'identity' AS kind, n.id AS identity_id, n.id::text AS object FROM unnest($1::uuid[]) AS n (id)
                 UNION ALL
                 SELECT 'task', r.identity_id, r.id::text FROM remediations r WHERE r.identity_id = ANY($1)) o
           JOIN activity a ON a.object_kind = o.kind AND a.object_id = o.object
           WHERE a.actor_kind IN ('person', 'cli', 'token')
           ORDER BY a.position"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(known) = all.get_mut(&IdentityId(row.identity)) {
            let changes = row.changes.0.into_iter();
            known.records.push(Record {
                at: row.at,
                action: row.action,
                words: row.summary,
                changes: changes.map(|(field, _, after)| (field, after)).collect(),
            });
        }
    }
    Ok(())
}

/// The repository a selector declares, in lower case, with the branch its subject names.
fn declared(selector: &str) -> Option<(String, Option<String>)> {
    let mut parts = selector.splitn(3, ' ');
    let (kind, issuer, value) = (parts.next()?, parts.next()?, parts.next()?);
    if kind == "repository" {
        let name = value
            .split('/')
            .map(|part| part.split('@').next().unwrap_or(part));
        return Some((
            name.collect::<Vec<_>>().join("/").to_ascii_lowercase(),
            None,
        ));
    }
    let parsed = subject::parse(issuer, value);
    let branch = match parsed.context {
        Context::Ref(name) if !name.contains('*') => {
            let short = name.strip_prefix("refs/heads/").unwrap_or(&name);
            Some(
                if name.starts_with("refs/tags/") {
                    "a tag"
                } else {
                    short
                }
                .to_owned(),
            )
        }
        _ => None,
    };
    let repository = parsed.repository?.full_name().to_ascii_lowercase();
    (!repository.contains('*')).then_some((repository, branch))
}

/// Whose these names are, by whatever is registered for them.
///
/// An AWS role or user also answers to its name without its path, and a subject to its repository alone. Where several
/// answer to one name, an exact one goes first, then the oldest: somebody must be asked.
///
/// # Errors
/// When the database cannot be asked.
pub async fn affected(conn: &mut Conn, names: &[Name]) -> Result<HashMap<Name, IdentityId>> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let (mut kinds, mut values) = (Vec::new(), Vec::new());
    for (kind, name) in names {
        kinds.push(kind.as_str().to_owned());
        values.push(coarse(name));
    }
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (w.place) w.place AS "place!", f.identity_id AS "identity!"
           FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (kind, value, place)
           CROSS JOIN LATERAL (
               SELECT s.identity_id, s.id, 0 AS wide FROM selectors s WHERE s.kind = w.kind AND s.coarse = w.value
               UNION ALL
               SELECT s.identity_id, s.id, 1 FROM selectors s WHERE s.kind = w.kind AND s.wide = w.value
           ) f
           ORDER BY w.place, f.wide, f.id"#,
        &kinds,
        &values
    )
    .fetch_all(conn)
    .await?;
    let name = |place: i64| {
        let index = usize::try_from(place - 1).ok()?;
        names.get(index).cloned()
    };
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((name(row.place)?, IdentityId(row.identity))))
        .collect())
}
