//! What identities hold: permissions, credentials, trusts and selectors.

use domain::campaign::snapshot::{FrozenPerson, Selector};
use uuid::Uuid;

use super::{All, LoadedCredential, LoadedPermission, LoadedTrust};
use crate::{Conn, Result};

fn frozen(id: Option<Uuid>, name: Option<String>) -> Option<FrozenPerson> {
    Some(FrozenPerson {
        id: id?.into(),
        name: name?,
    })
}

/// Adds what each may do.
pub async fn permissions(conn: &mut Conn, ids: &[Uuid], all: &mut All) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT x.identity_id AS "identity_id!", x.id AS "id!", x.system AS "system!", x.action AS "action!",
               x.resource AS "resource!", x.environment, x.privileged AS "privileged!", x.granted_at,
               x.last_used_at, x.changed_by, p.name AS "name?"
           FROM permissions x LEFT JOIN people p ON p.id = x.changed_by WHERE x.identity_id = ANY($1)"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.permissions.push(LoadedPermission {
                id: row.id,
                system: row.system,
                action: row.action,
                resource: row.resource,
                environment: row.environment,
                privileged: row.privileged,
                granted_at: row.granted_at,
                last_used_at: row.last_used_at,
                changed_by: frozen(row.changed_by, row.name),
            });
        }
    }
    Ok(())
}

/// Adds what each holds.
pub async fn credentials(conn: &mut Conn, ids: &[Uuid], all: &mut All) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT x.identity_id AS "identity_id!", x.id AS "id!", x.credential_type AS "credential_type!",
               x.label AS "label!", x.reference AS "reference!", x.issued_at, x.expires_at,
               x.rotated_at, x.last_used_at, x.created_by, p.name AS "name?", x.overlap_until, o.days AS "limit?",
               x.kept = 'platform' AS "managed!"
           FROM credentials x JOIN identities i ON i.id = x.identity_id LEFT JOIN people p ON p.id = x.created_by
               LEFT JOIN LATERAL nearest_rotation_policy(i.id, i.team_id, i.tier, x.credential_type) o ON true
           -- What is revoked is held no more.
           WHERE x.identity_id = ANY($1) AND x.revoked_at IS NULL"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.credentials.push(LoadedCredential {
                id: row.id,
                credential_type: row.credential_type,
                label: row.label,
                reference: row.reference,
                issued_at: row.issued_at,
                expires_at: row.expires_at,
                rotated_at: row.rotated_at,
                last_used_at: row.last_used_at,
                created_by: frozen(row.created_by, row.name),
                limit: row.limit,
                overlap_until: row.overlap_until,
                managed: row.managed,
            });
        }
    }
    Ok(())
}

/// Adds who may become each, and how events find it.
pub async fn outside(conn: &mut Conn, ids: &[Uuid], all: &mut All) -> Result<()> {
    let trusts = sqlx::query!(
        "SELECT identity_id, id, language, target, document, admits FROM trusts WHERE identity_id = ANY($1)",
        ids
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in trusts {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.trusts.push(LoadedTrust {
                id: row.id,
                language: row.language,
                target: row.target,
                document: row.document,
                admits: row.admits,
            });
        }
    }
    let selectors = sqlx::query!(
        "SELECT identity_id, kind, issuer, value FROM selectors WHERE identity_id = ANY($1)",
        ids
    )
    .fetch_all(conn)
    .await?;
    for row in selectors {
        if let Some(it) = all.get_mut(&row.identity_id) {
            it.selectors.push(Selector {
                kind: row.kind.parse()?,
                issuer: row.issuer,
                value: row.value,
            });
        }
    }
    Ok(())
}
