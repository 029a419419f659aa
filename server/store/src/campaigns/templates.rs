//! Templates of campaigns.

use chrono::{DateTime, NaiveDate, Utc};
use contract::campaigns::CampaignTemplate;
use sqlx::types::Json;

use crate::{Conn, Result, Tx};

/// A template as it is kept.
#[derive(Debug, Clone)]
pub struct StoredTemplate {
    /// The template.
    pub template: CampaignTemplate,
    /// The day the last draft was made for.
    pub last_for: Option<NaiveDate>,
    /// When it was changed.
    pub updated_at: DateTime<Utc>,
}

/// Every template, by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn templates(conn: &mut Conn) -> Result<Vec<StoredTemplate>> {
    let rows = sqlx::query!(
        r#"SELECT document AS "document: Json<CampaignTemplate>", last_for, updated_at FROM campaign_templates ORDER BY name"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StoredTemplate {
            template: row.document.0,
            last_for: row.last_for,
            updated_at: row.updated_at,
        })
        .collect())
}

/// Names of every template, in order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn template_names(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(
        sqlx::query_scalar!("SELECT name FROM campaign_templates ORDER BY name")
            .fetch_all(conn)
            .await?,
    )
}

/// The template of a name; `None` when there is none.
///
/// # Errors
/// When the database cannot be asked.
pub async fn template(conn: &mut Conn, name: &str) -> Result<Option<StoredTemplate>> {
    let row = sqlx::query!(
        r#"SELECT document AS "document: Json<CampaignTemplate>", last_for, updated_at FROM campaign_templates WHERE name = $1"#,
        name
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| StoredTemplate {
        template: row.document.0,
        last_for: row.last_for,
        updated_at: row.updated_at,
    }))
}

/// Keeps a new template; false when there is one of its name, also one that is being kept at this moment.
///
/// # Errors
/// When the database refuses.
pub async fn insert_template(
    tx: &mut Tx,
    template: &CampaignTemplate,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO campaign_templates (name, document, updated_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
        template.name,
        Json(template) as _,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps a template in place of the one of its name.
///
/// # Errors
/// When the database refuses.
pub async fn save_template(
    tx: &mut Tx,
    template: &CampaignTemplate,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO campaign_templates (name, document, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET document = EXCLUDED.document, updated_at = EXCLUDED.updated_at",
        template.name,
        Json(template) as _,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that a draft is made for a day; false when one was made for it or a later one already.
///
/// # Errors
/// When the database refuses.
pub async fn made_for(tx: &mut Tx, name: &str, day: NaiveDate) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE campaign_templates SET last_for = $2 WHERE name = $1 AND (last_for IS NULL OR last_for < $2)",
        name,
        day
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
