//! What an identity does on a day: pipelines run from the push to the end, services use what they hold.

mod cloud;
mod pipeline;
mod service;

use chrono::TimeDelta;
use contract::identities::IdentityState;

use super::{Day, rhythm};
use crate::demo::Identity;
use crate::demo::roster::Recipe;

/// Lets an identity act its day out.
pub(super) fn act(identity: &Identity, day: &mut Day<'_>) {
    let mut dice = day.dice(&identity.name);
    for at in rhythm::starts(identity, day, &mut dice) {
        if !acts(identity, day, at) {
            continue;
        }
        match identity.line.recipe {
            Recipe::Github | Recipe::GithubKey => pipeline::github(identity, at, day, &mut dice),
            Recipe::Gitlab | Recipe::GitlabKey | Recipe::AzureDevops => {
                pipeline::elsewhere(identity, at, day, &mut dice);
            }
            _ => service::act(identity, at, day, &mut dice),
        }
    }
}

/// Whether it exists at that moment and its story lets it act.
fn acts(identity: &Identity, day: &Day<'_>, at: chrono::DateTime<chrono::Utc>) -> bool {
    let line = &identity.line;
    if identity
        .approved_at
        .is_none_or(|approved| at < approved + TimeDelta::hours(2))
    {
        return false;
    }
    match identity.state {
        // Retired, and yet something still runs it now and then.
        IdentityState::Removed if day.ago < 66 => {
            !line.has("quiet") && matches!(day.ago, 4 | 11 | 19)
        }
        IdentityState::Decommissioning if at > identity.state_since => false,
        _ => day.ago > if line.has("idle") { 104 } else { -1 },
    }
}
