//! Which rows a filter means, as SQL conditions. Values are always bound, never written.

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{
    CredentialClass, Environment, IdentityFilter, IdentityKind, IdentityState, Platform,
    ReviewState, RiskTier, RotationState,
};
use sqlx::{Postgres, QueryBuilder};

use super::{IN_ROLL, REVIEW_SQL, ROTATION_SQL, push_at};
use crate::conditions::{holding, push_any, words};

/// The value of the team facet that means "nobody answers".
pub const NOBODY: &str = "none";

/// Pushes the conditions of the whole filter; begins with `WHERE`.
pub fn push_all(query: &mut QueryBuilder<Postgres>, filter: &IdentityFilter, now: DateTime<Utc>) {
    push_words(query, filter, now);
    let states: Vec<&str> = if filter.state.is_empty() {
        IN_ROLL.iter().map(|state| state.as_str()).collect()
    } else {
        filter
            .state
            .iter()
            .copied()
            .map(IdentityState::as_str)
            .collect()
    };
    push_any(query, "n.state", &states);
    push_any(query, "n.kind", &of(&filter.kind, IdentityKind::as_str));
    push_any(query, "n.platform", &of(&filter.platform, Platform::as_str));
    push_any(query, "n.tier", &of(&filter.tier, RiskTier::as_str));
    push_any(
        query,
        "n.credential_class",
        &of(&filter.credential, CredentialClass::as_str),
    );
    if !filter.environment.is_empty() {
        query.push(" AND n.environments && ");
        query.push_bind(owned(&of(&filter.environment, Environment::as_str)));
    }
    push_team(query, &filter.team);
    push_judged(
        query,
        ROTATION_SQL,
        &of(&filter.rotation, RotationState::as_str),
        now,
    );
    push_judged(
        query,
        REVIEW_SQL,
        &of(&filter.review, ReviewState::as_str),
        now,
    );
}

/// Whether [`push_words`] would push a condition.
pub fn has_words(filter: &IdentityFilter) -> bool {
    // Whoever adds a filter says here whether the kept counts know it.
    let IdentityFilter {
        q,
        privileged,
        unused_days,
        overdue,
        owner,
        kind: _,
        state: _,
        platform: _,
        environment: _,
        team: _,
        credential: _,
        rotation: _,
        review: _,
        tier: _,
    } = filter;
    !q.trim().is_empty()
        || privileged.is_some()
        || unused_days.is_some()
        || *overdue
        || owner.is_some()
}

/// Pushes the conditions that are no facets: words, privilege, silence, lateness; begins with `WHERE`.
pub fn push_words(query: &mut QueryBuilder<Postgres>, filter: &IdentityFilter, now: DateTime<Utc>) {
    query.push(" WHERE true");
    for word in words(&filter.q) {
        // The search text is in lower case.
        query.push(" AND n.search_text LIKE ");
        query.push_bind(holding(&word.to_lowercase()));
    }
    if let Some(privileged) = filter.privileged {
        query.push(" AND n.privileged = ");
        query.push_bind(privileged);
    }
    if let Some(owner) = filter.owner {
        query.push(" AND n.owner_id = ");
        query.push_bind(owner.0);
    }
    if let Some(days) = filter.unused_days {
        let before = now - TimeDelta::days(days.clamp(0, 36_500));
        query.push(" AND (n.last_used_at IS NULL OR n.last_used_at < ");
        query.push_bind(before);
        query.push(") AND n.created_at < ");
        query.push_bind(before);
    }
    if filter.overdue {
        query.push(" AND (");
        push_at(query, REVIEW_SQL, now);
        query.push(" = 'overdue' OR ");
        push_at(query, ROTATION_SQL, now);
        query.push(" = 'overdue')");
    }
}

fn of<T: Copy>(values: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
    values.iter().map(|value| word(*value)).collect()
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn push_team(query: &mut QueryBuilder<Postgres>, slugs: &[String]) {
    if slugs.is_empty() {
        return;
    }
    query.push(" AND (n.team_id IN (SELECT id FROM teams WHERE slug = ANY(");
    query.push_bind(slugs.to_vec());
    query.push("))");
    if slugs.iter().any(|slug| slug == NOBODY) {
        query.push(" OR n.team_id IS NULL OR n.owner_id IS NULL");
    }
    query.push(")");
}

fn push_judged(
    query: &mut QueryBuilder<Postgres>,
    judgement: &str,
    words: &[&str],
    now: DateTime<Utc>,
) {
    if !words.is_empty() {
        query.push(" AND ");
        push_at(query, judgement, now);
        query.push(" = ANY(");
        query.push_bind(owned(words));
        query.push(")");
    }
}
