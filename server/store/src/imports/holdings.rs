//! Credentials, permissions and trusts: what stands, and saving what comes.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Result, Tx};

/// A credential reference, as it stands or shall stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub identity: Uuid,
    /// The id the outside knows it by.
    pub external_id: Option<String>,
    /// Type word.
    pub credential_type: String,
    /// What people call it.
    pub label: String,
    /// Key id or fingerprint, or empty.
    pub reference: String,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When it stops working by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When its secret last changed.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Credentials of identities.
///
/// # Errors
/// When the database cannot be asked.
pub async fn credentials(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Credential>> {
    Ok(sqlx::query_as!(
        Credential,
        "SELECT id, identity_id AS identity, external_id, credential_type, label, reference, issued_at, expires_at,
             rotated_at, last_used_at
         FROM credentials WHERE identity_id = ANY($1) ORDER BY id",
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Saves credentials, new and changed ones.
///
/// # Errors
/// When the database refuses.
pub async fn save_credentials(tx: &mut Tx, all: &[Credential], now: DateTime<Utc>) -> Result<()> {
    let rows: Vec<Value> = all
        .iter()
        .map(|one| {
            json!({"id": one.id, "identity": one.identity, "external_id": one.external_id, "type": one.credential_type,
                "label": one.label, "reference": one.reference, "issued_at": one.issued_at, "expires_at": one.expires_at,
                "rotated_at": one.rotated_at, "last_used_at": one.last_used_at})
        })
        .collect();
    sqlx::query!(
        "INSERT INTO credentials (id, identity_id, external_id, credential_type, label, reference, issued_at, expires_at,
             rotated_at, last_used_at, created_at)
         SELECT r.id, r.identity, r.external_id, r.type, r.label, r.reference, r.issued_at, r.expires_at, r.rotated_at,
             r.last_used_at, $2
         FROM jsonb_to_recordset($1) AS r (id uuid, identity uuid, external_id text, type text, label text,
             reference text, issued_at timestamptz, expires_at timestamptz, rotated_at timestamptz,
             last_used_at timestamptz)
         ON CONFLICT (id) DO UPDATE SET external_id = EXCLUDED.external_id, credential_type = EXCLUDED.credential_type,
             label = EXCLUDED.label, reference = EXCLUDED.reference, issued_at = EXCLUDED.issued_at,
             expires_at = EXCLUDED.expires_at, rotated_at = EXCLUDED.rotated_at, last_used_at = EXCLUDED.last_used_at",
        Value::Array(rows),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A permission, as it stands or shall stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub identity: Uuid,
    /// System.
    pub system: String,
    /// Action.
    pub action: String,
    /// Resource.
    pub resource: String,
    /// Environment word.
    pub environment: Option<String>,
    /// Privileged.
    pub privileged: bool,
    /// When it was granted.
    pub granted_at: Option<DateTime<Utc>>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Permissions of identities.
///
/// # Errors
/// When the database cannot be asked.
pub async fn permissions(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Permission>> {
    Ok(sqlx::query_as!(
        Permission,
        "SELECT id, identity_id AS identity, system, action, resource, environment, privileged, granted_at, last_used_at
         FROM permissions WHERE identity_id = ANY($1)",
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Saves permissions, new and changed ones; they count as imported.
///
/// # Errors
/// When the database refuses.
pub async fn save_permissions(
    tx: &mut Tx,
    all: &[Permission],
    changed_by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<Value> = all
        .iter()
        .map(|one| {
            json!({"id": one.id, "identity": one.identity, "system": one.system, "action": one.action,
                "resource": one.resource, "environment": one.environment, "privileged": one.privileged,
                "granted_at": one.granted_at, "last_used_at": one.last_used_at})
        })
        .collect();
    sqlx::query!(
        "INSERT INTO permissions (id, identity_id, system, action, resource, environment, privileged, source, granted_at,
             last_used_at, changed_by, created_at)
         SELECT r.id, r.identity, r.system, r.action, r.resource, r.environment, r.privileged, 'imported', r.granted_at,
             r.last_used_at, $2, $3
         FROM jsonb_to_recordset($1) AS r (id uuid, identity uuid, system text, action text, resource text,
             environment text, privileged boolean, granted_at timestamptz, last_used_at timestamptz)
         ON CONFLICT ON CONSTRAINT permissions_grant_key DO UPDATE SET environment = EXCLUDED.environment,
             privileged = EXCLUDED.privileged, granted_at = EXCLUDED.granted_at,
             last_used_at = GREATEST(permissions.last_used_at, EXCLUDED.last_used_at), changed_by = EXCLUDED.changed_by",
        Value::Array(rows),
        changed_by,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A trust, as it stands or shall stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub identity: Uuid,
    /// Language word.
    pub language: String,
    /// What it guards.
    pub target: String,
    /// The document.
    pub document: String,
    /// Who it admits, in a sentence.
    pub admits: String,
    /// Admits more than one context.
    pub wildcard: bool,
}

/// Trusts of identities.
///
/// # Errors
/// When the database cannot be asked.
pub async fn trusts(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Trust>> {
    Ok(sqlx::query_as!(
        Trust,
        "SELECT id, identity_id AS identity, language, target, document, admits, wildcard
         FROM trusts WHERE identity_id = ANY($1)",
        ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Saves trusts, new and changed ones.
///
/// # Errors
/// When the database refuses.
pub async fn save_trusts(
    tx: &mut Tx,
    all: &[Trust],
    updated_by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<Value> = all
        .iter()
        .map(|one| {
            json!({"id": one.id, "identity": one.identity, "language": one.language, "target": one.target,
                "document": one.document, "admits": one.admits, "wildcard": one.wildcard})
        })
        .collect();
    sqlx::query!(
        "INSERT INTO trusts (id, identity_id, language, target, document, admits, wildcard, updated_at, updated_by)
         SELECT r.id, r.identity, r.language, r.target, r.document, r.admits, r.wildcard, $2, $3
         FROM jsonb_to_recordset($1) AS r (id uuid, identity uuid, language text, target text, document text,
             admits text, wildcard boolean)
         ON CONFLICT ON CONSTRAINT trusts_target_key DO UPDATE SET document = EXCLUDED.document,
             admits = EXCLUDED.admits, wildcard = EXCLUDED.wildcard, updated_at = EXCLUDED.updated_at,
             updated_by = EXCLUDED.updated_by",
        Value::Array(rows),
        now,
        updated_by
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
