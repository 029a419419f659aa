//! Counts beside each facet value: how many rows it would show under the other filters. One pass over the
//! table groups the rows by all facets at once; the counts are sums over those few groups.

use chrono::{DateTime, Utc};
use contract::identities::{
    CredentialClass, Environment, IdentityFilter, IdentityKind, IdentityState, Platform,
    ReviewState, RiskTier, RotationState,
};
use sqlx::{Postgres, QueryBuilder};

use super::{IN_ROLL, REVIEW_SQL, ROTATION_SQL, filter, push_at, words};
use crate::{Conn, Result};

/// A group of identities that are the same in every facet.
#[derive(Debug, Clone)]
pub struct Group {
    /// Kind.
    pub kind: IdentityKind,
    /// State.
    pub state: IdentityState,
    /// Platform.
    pub platform: Platform,
    /// Environments.
    pub environments: Vec<Environment>,
    /// Team: slug and name.
    pub team: Option<(String, String)>,
    /// Without an owning team or owner.
    pub unowned: bool,
    /// Worst credential class.
    pub credential: CredentialClass,
    /// Rotation state.
    pub rotation: RotationState,
    /// Review state.
    pub review: ReviewState,
    /// Tier.
    pub tier: RiskTier,
    /// How many.
    pub count: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    state: String,
    platform: String,
    environments: Vec<String>,
    team_slug: Option<String>,
    team_name: Option<String>,
    unowned: bool,
    credential_class: String,
    rotation: String,
    review: String,
    tier: String,
    count: i64,
}

/// The groups under the conditions that are no facets (words, privilege, silence).
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn groups(
    conn: &mut Conn,
    asked: &IdentityFilter,
    now: DateTime<Utc>,
) -> Result<Vec<Group>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT g.*, t.slug AS team_slug, t.name AS team_name FROM (SELECT n.kind, n.state, n.platform, \
         n.environments, n.team_id, (n.team_id IS NULL OR n.owner_id IS NULL) AS unowned, n.credential_class, n.tier, ",
    );
    push_at(&mut query, ROTATION_SQL, now);
    query.push(" AS rotation, ");
    push_at(&mut query, REVIEW_SQL, now);
    query.push(" AS review, count(*) AS count FROM identities n");
    filter::push_words(&mut query, asked, now);
    query.push(" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) g LEFT JOIN teams t ON t.id = g.team_id");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::into_group).collect()
}

/// Identities in the roll over all filters: the "of 152".
///
/// # Errors
/// When the database cannot be asked.
pub async fn all(conn: &mut Conn) -> Result<i64> {
    let states: Vec<String> = IN_ROLL
        .iter()
        .map(|state| state.as_str().to_owned())
        .collect();
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM identities WHERE state = ANY($1)"#,
        &states
    )
    .fetch_one(conn)
    .await?)
}

impl Row {
    fn into_group(self) -> Result<Group> {
        Ok(Group {
            kind: self.kind.parse()?,
            state: self.state.parse()?,
            platform: self.platform.parse()?,
            environments: words(&self.environments)?,
            team: self.team_slug.zip(self.team_name),
            unowned: self.unowned,
            credential: self.credential_class.parse()?,
            rotation: self.rotation.parse()?,
            review: self.review.parse()?,
            tier: self.tier.parse()?,
            count: self.count,
        })
    }
}
