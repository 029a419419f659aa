//! What identities hold and go by, across all of them: pages in the order things were entered.

use chrono::{DateTime, Utc};
use contract::identities::{
    CredentialView, HeldBy, HoldingFilter, PermissionView, SelectorView, TrustView,
};
use contract::ids::{IdentityId, SelectorId, TrustId};
use sqlx::types::Uuid;

use super::view::{Allowed, Held, Told};
use crate::{Conn, Result};

/// Which of them: a filter, after an id, at most so many.
#[derive(Debug, Clone)]
pub struct Holdings<'a> {
    /// Whose.
    pub filter: &'a HoldingFilter,
    /// After this id.
    pub after: Option<Uuid>,
    /// Only this one.
    pub only: Option<Uuid>,
    /// At most so many.
    pub limit: i64,
}

impl Holdings<'_> {
    fn identities(&self) -> Vec<Uuid> {
        self.filter.identity.iter().map(|id| id.0).collect()
    }
}

fn holder(id: Uuid, name: String) -> HeldBy {
    HeldBy {
        id: IdentityId(id),
        name,
    }
}

/// Credentials, judged at `now`.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn credentials(
    conn: &mut Conn,
    of: &Holdings<'_>,
    told: &Told,
    now: DateTime<Utc>,
) -> Result<Vec<(HeldBy, CredentialView)>> {
    let rows = sqlx::query_as!(
        Held,
        r#"SELECT c.id, i.id AS holder, i.name AS holder_name, i.platform, c.credential_type, c.label, c.reference, c.issued_at,
               c.expires_at, c.rotated_at, c.last_used_at, c.first_used_at, c.revoked_at, c.overlap_until, c.kept,
               s.id AS "successor?", s.first_used_at AS "successor_used_at?", s.issued_at AS "successor_made_at?",
               o.days AS "days?", o.reason AS "why?", o.identity_id AS "for_identity?", o.team_id AS "for_team?",
               o.tier AS "for_tier?", p.id AS "p_id?", p.name AS "p_name?", p.active AS "p_active?"
           FROM credentials c JOIN identities i ON i.id = c.identity_id LEFT JOIN people p ON p.id = c.created_by
               LEFT JOIN teams t ON t.id = i.team_id LEFT JOIN credentials s ON s.id = c.replaced_by
               LEFT JOIN LATERAL nearest_rotation_policy(i.id, i.team_id, i.tier, c.credential_type) o ON true
           WHERE ($1::uuid IS NULL OR c.id > $1) AND ($2::uuid IS NULL OR c.id = $2)
               AND (cardinality($3::uuid[]) = 0 OR i.id = ANY($3)) AND (cardinality($4::text[]) = 0 OR t.slug = ANY($4))
           ORDER BY c.id LIMIT $5"#,
        of.after,
        of.only,
        &of.identities(),
        &of.filter.team,
        of.limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let covered = told.tells_of(row.platform.parse()?);
            let by = holder(row.holder, row.holder_name.clone());
            Ok((by, row.into_view(covered, now)?))
        })
        .collect()
}

/// Permissions, each in words; see [`super::view::permissions`].
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn permissions(
    conn: &mut Conn,
    of: &Holdings<'_>,
    told: &Told,
    unused_before: DateTime<Utc>,
) -> Result<Vec<(HeldBy, PermissionView)>> {
    let rows = sqlx::query_as!(
        Allowed,
        r#"SELECT x.id, i.id AS holder, i.name AS holder_name, x.system, x.action, x.resource, x.environment, x.privileged,
               x.source, x.granted_at, x.last_used_at, p.id AS "p_id?", p.name AS "p_name?", p.active AS "p_active?"
           FROM permissions x JOIN identities i ON i.id = x.identity_id LEFT JOIN teams t ON t.id = i.team_id
               LEFT JOIN people p ON p.id = x.changed_by
           WHERE ($1::uuid IS NULL OR x.id > $1) AND ($2::uuid IS NULL OR x.id = $2)
               AND (cardinality($3::uuid[]) = 0 OR i.id = ANY($3)) AND (cardinality($4::text[]) = 0 OR t.slug = ANY($4))
           ORDER BY x.id LIMIT $5"#,
        of.after,
        of.only,
        &of.identities(),
        &of.filter.team,
        of.limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let by = holder(row.holder, row.holder_name.clone());
            Ok((by, row.into_view(told, unused_before)?))
        })
        .collect()
}

/// Names identities go by.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn selectors(conn: &mut Conn, of: &Holdings<'_>) -> Result<Vec<(HeldBy, SelectorView)>> {
    let rows = sqlx::query!(
        "SELECT x.id, i.id AS holder, i.name AS holder_name, x.kind, x.issuer, x.value
         FROM selectors x JOIN identities i ON i.id = x.identity_id LEFT JOIN teams t ON t.id = i.team_id
         WHERE ($1::uuid IS NULL OR x.id > $1) AND ($2::uuid IS NULL OR x.id = $2)
             AND (cardinality($3::uuid[]) = 0 OR i.id = ANY($3)) AND (cardinality($4::text[]) = 0 OR t.slug = ANY($4))
         ORDER BY x.id LIMIT $5",
        of.after,
        of.only,
        &of.identities(),
        &of.filter.team,
        of.limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let view = SelectorView {
                id: SelectorId(row.id),
                kind: row.kind.parse()?,
                issuer: row.issuer,
                value: row.value,
            };
            Ok((holder(row.holder, row.holder_name), view))
        })
        .collect()
}

/// Documents that say who may become an identity.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn trusts(conn: &mut Conn, of: &Holdings<'_>) -> Result<Vec<(HeldBy, TrustView)>> {
    let rows = sqlx::query!(
        "SELECT x.id, i.id AS holder, i.name AS holder_name, x.language, x.target, x.document, x.admits, x.updated_at
         FROM trusts x JOIN identities i ON i.id = x.identity_id LEFT JOIN teams t ON t.id = i.team_id
         WHERE ($1::uuid IS NULL OR x.id > $1) AND ($2::uuid IS NULL OR x.id = $2)
             AND (cardinality($3::uuid[]) = 0 OR i.id = ANY($3)) AND (cardinality($4::text[]) = 0 OR t.slug = ANY($4))
         ORDER BY x.id LIMIT $5",
        of.after,
        of.only,
        &of.identities(),
        &of.filter.team,
        of.limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let view = TrustView {
                id: TrustId(row.id),
                language: row.language.parse()?,
                target: row.target,
                document: row.document,
                admits: row.admits,
                updated_at: row.updated_at,
            };
            Ok((holder(row.holder, row.holder_name), view))
        })
        .collect()
}
