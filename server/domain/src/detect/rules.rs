//! The rules, one file each. A new one: write the file, add it here and to the registry, give it its three tests.

pub mod denial_burst;
pub mod failed_oidc_validation;
pub mod first_secret_access;
pub mod new_persistent_runner;
pub mod old_key_used;
pub mod outside_pipeline;
pub mod refused_delivery;
pub mod trail_gap;
pub mod two_networks;
pub mod unapproved_deployment;
pub mod unexpected_deployment;
pub mod unticketed_change;
pub mod unusual_role;

use chrono::{DateTime, Utc};

use super::Habit;

pub(super) use crate::finding::facts::day;

/// A moment, as people read it.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M:%S UTC").to_string()
}

/// The values, most frequent first, for a sentence.
fn names(known: &[(String, Habit)]) -> String {
    let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    names.join(", ")
}

/// Since when it has been watched, for a sentence.
fn since(known: &[(String, Habit)]) -> String {
    let first = known.iter().map(|(_, habit)| habit.first).min();
    first.map(day).unwrap_or_default()
}
