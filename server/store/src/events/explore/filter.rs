//! The explorer's filter as SQL.

use contract::events::EventFilter;
use sqlx::{Postgres, QueryBuilder};

use super::Facet;
use crate::conditions::{push_any, push_words};

/// Adds the filter's conditions on `events e`, leaving out one facet's own.
pub(super) fn push_filter(
    query: &mut QueryBuilder<Postgres>,
    filter: &EventFilter,
    except: Option<Facet>,
) {
    if let Some(from) = filter.from {
        query.push(" AND e.occurred_at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" AND e.occurred_at < ").push_bind(to);
    }
    if let Some(identity) = filter.identity {
        query.push(" AND e.identity_id = ").push_bind(identity.0);
    }
    let mut words = |facet: Facet, column: &str, words: Vec<String>| {
        if except != Some(facet) {
            push_any(query, column, &words);
        }
    };
    words(
        Facet::Kind,
        "e.kind",
        filter.kind.iter().map(ToString::to_string).collect(),
    );
    words(
        Facet::Outcome,
        "e.outcome",
        filter.outcome.iter().map(ToString::to_string).collect(),
    );
    words(
        Facet::Environment,
        "e.stage",
        filter.environment.iter().map(ToString::to_string).collect(),
    );
    if !filter.source.is_empty() && except != Some(Facet::Source) {
        query.push(" AND e.source_id IN (SELECT id FROM sources WHERE slug = ANY(");
        query.push_bind(filter.source.clone()).push("))");
    }
    let searched = "concat_ws(' ', e.action, e.actor, e.subject, e.principal, e.target, e.role, e.repository, e.git_ref, e.commit, e.run_id, e.source_ip, e.vendor_id)";
    push_words(query, searched, &filter.q);
}
