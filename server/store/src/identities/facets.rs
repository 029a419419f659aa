//! Counts beside each facet value: how many rows it would show under the other filters. They are sums over groups of
//! identities that are alike in every facet: kept by triggers (`identity_counts`), or made in one pass over the rows
//! that a search leaves.

use chrono::{DateTime, Utc};
use contract::identities::{
    CredentialClass, Environment, IdentityFilter, IdentityKind, IdentityState, Platform,
    ReviewState, RiskTier, RotationState,
};
use sqlx::{Postgres, QueryBuilder};

use super::{IN_ROLL, REVIEW_SQL, ROTATION_SQL, filter, push_at, words};
use crate::{Conn, Result, Tx};

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
    /// How many; what is to be taken off another part of the same group is negative.
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

/// What every row of identities is counted by, in the order of the columns of `identity_counts`.
const ALIKE: &str = "n.kind, n.state, n.platform, n.environments, n.team_id, \
     (n.team_id IS NULL OR n.owner_id IS NULL) AS unowned, n.credential_class, n.tier";

/// The groups under the conditions that are no facets (words, privilege, silence). A group may come in parts; the
/// counts of some parts are negative.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn groups(
    conn: &mut Conn,
    asked: &IdentityFilter,
    now: DateTime<Utc>,
) -> Result<Vec<Group>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT g.*, t.slug AS team_slug, t.name AS team_name FROM (",
    );
    if filter::has_words(asked) {
        push_counted(&mut query, "identities", now);
        filter::push_words(&mut query, asked, now);
        query.push(" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10");
    } else {
        push_kept(&mut query, now);
    }
    query.push(") g LEFT JOIN teams t ON t.id = g.team_id");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::into_group).collect()
}

/// Groups a table's rows as they stand at `now`; conditions and `GROUP BY` follow.
fn push_counted(query: &mut QueryBuilder<Postgres>, table: &str, now: DateTime<Utc>) {
    query.push(format!("SELECT {ALIKE}, "));
    push_at(query, ROTATION_SQL, now);
    query.push(" AS rotation, ");
    push_at(query, REVIEW_SQL, now);
    query.push(format!(" AS review, count(*) AS count FROM {table} n"));
}

/// The kept counts, with what has turned since it was judged taken out where it was and put in where it is.
fn push_kept(query: &mut QueryBuilder<Postgres>, now: DateTime<Utc>) {
    query.push("WITH turned AS (SELECT * FROM identities WHERE turns_at <= ");
    query.push_bind(now);
    query.push(" OR judged_at > ");
    query.push_bind(now);
    query.push(
        ") SELECT kind, state, platform, environments, team_id, unowned, credential_class, tier, \
         rotation_state AS rotation, review_state AS review, n AS count FROM identity_counts UNION ALL ",
    );
    query.push(format!(
        "(SELECT {ALIKE}, n.rotation_state, n.review_state, -count(*) FROM turned n \
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) UNION ALL ("
    ));
    push_counted(query, "turned", now);
    query.push(" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)");
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
        r#"SELECT COALESCE(sum(n), 0)::bigint AS "count!" FROM identity_counts WHERE state = ANY($1)"#,
        &states
    )
    .fetch_one(conn)
    .await?)
}

/// Judges anew what time alone has changed, and folds the counts of what is alike together. Returns how many
/// identities had turned.
///
/// # Errors
/// When the database refuses.
pub async fn fold(tx: &mut Tx) -> Result<u64> {
    let turned = sqlx::query!(
        "UPDATE identities SET judged_at = transaction_timestamp() WHERE id IN (
             SELECT id FROM identities WHERE turns_at <= transaction_timestamp() ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)"
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    sqlx::query!(
        "WITH gone AS (
             DELETE FROM identity_counts WHERE (SELECT count(*) FROM identity_counts WHERE NOT folded) > 100 RETURNING *)
         INSERT INTO identity_counts
         SELECT kind, state, platform, environments, team_id, unowned, credential_class, tier, rotation_state,
             review_state, sum(n), true
         FROM gone GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 HAVING sum(n) <> 0"
    )
    .execute(&mut **tx)
    .await?;
    Ok(turned)
}

/// Groups whose kept count is not what their rows say.
///
/// # Errors
/// When the database cannot be asked.
pub async fn miscounted(conn: &mut Conn) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (
               SELECT FROM (
                   SELECT kind, state, platform, environments, team_id, unowned, credential_class, tier, rotation_state,
                       review_state, n FROM identity_counts
                   UNION ALL
                   SELECT kind, state, platform, environments, team_id, team_id IS NULL OR owner_id IS NULL,
                       credential_class, tier, rotation_state, review_state, -count(*)
                   FROM identities GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) x
               GROUP BY kind, state, platform, environments, team_id, unowned, credential_class, tier, rotation_state,
                   review_state
               HAVING sum(n) <> 0) wrong"#
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
