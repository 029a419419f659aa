//! What the roll says of the identities a batch of events speaks of.

use std::collections::HashMap;

use contract::ids::IdentityId;
use domain::detect::Known;
use domain::event::subject::{self, Context};
use uuid::Uuid;

use crate::{Conn, Result};

/// What is known of these identities.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn known(conn: &mut Conn, ids: &[Uuid]) -> Result<HashMap<IdentityId, Known>> {
    let rows = sqlx::query!(
        r#"SELECT n.id, n.name, n.kind, n.state, n.break_glass,
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
            records: Vec::new(),
        };
        all.insert(IdentityId(row.id), known);
    }
    let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
    // What Rollcall did by itself explains no change.
    let records = sqlx::query!(
        "SELECT a.object_id, a.at, a.summary FROM activity a
         WHERE a.object_kind = 'identity' AND a.object_id = ANY($1) AND a.actor_kind IN ('person', 'cli', 'token')
         ORDER BY a.position",
        &names
    )
    .fetch_all(conn)
    .await?;
    for row in records {
        let id = row.object_id.parse().ok();
        if let Some(known) = id.and_then(|id| all.get_mut(&id)) {
            known.records.push((row.at, row.summary));
        }
    }
    Ok(all)
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

/// Whose these names are: name in lower case and identity.
///
/// # Errors
/// When the database cannot be asked.
pub async fn affected(conn: &mut Conn, names: &[String]) -> Result<HashMap<String, IdentityId>> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let rows = sqlx::query!(
        r#"SELECT s.coarse AS "name!", s.identity_id FROM selectors s
           WHERE s.coarse = ANY($1) AND s.kind = ANY(ARRAY['aws_role', 'aws_user', 'azure_service_principal',
               'gcp_service_account', 'kubernetes_service_account', 'vault_entity'])"#,
        &lower
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.name, IdentityId(row.identity_id)))
        .collect())
}
