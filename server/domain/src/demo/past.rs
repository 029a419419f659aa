//! The company as it stood at an earlier moment: before a permission was gained, a secret renewed, a trust opened.

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::IdentityState;

use super::{Identity, Organisation, trust};
use crate::identity::lifecycle::{Lifecycle, Mark, WATCH_DAYS};
use crate::identity::reason::Reason;
use crate::identity::rotation;

impl Organisation {
    /// The identities that were in the roll at `at`, each as it was then.
    pub fn roll(&self, at: DateTime<Utc>) -> Vec<Identity> {
        self.identities
            .iter()
            .filter(|identity| identity.created_at <= at)
            .map(|identity| identity.clone().before(at))
            .collect()
    }

    /// Whether somebody entered the roll or left its active state after `from` and up to `to`.
    pub fn has_news(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        self.identities
            .iter()
            .flat_map(|identity| [identity.created_at, identity.state_since])
            .any(|at| at > from && at <= to)
    }
}

impl Identity {
    /// Takes back what came after `at`.
    #[must_use]
    fn before(mut self, at: DateTime<Utc>) -> Self {
        if self.state_since > at && self.state != IdentityState::Requested {
            let approved = self.approved_at.filter(|approved| *approved <= at);
            (self.state, self.state_since) = match approved {
                Some(since) => (IdentityState::Active, since),
                None => (IdentityState::Requested, self.created_at),
            };
        }
        self.permissions.retain(|permission| {
            permission.granted_at <= at || permission.granted_at == self.approved_at.unwrap_or(at)
        });
        self.selectors.retain(|selector| selector.created_at <= at);
        for credential in &mut self.credentials {
            // An earlier secret stood there, renewed a little before it had to be.
            let days = rotation::max_age_days(credential.credential_type).unwrap_or(0);
            let step = TimeDelta::days(i64::try_from(days).unwrap_or(90) - 7);
            for changed in [&mut credential.rotated_at, &mut credential.issued_at]
                .into_iter()
                .flatten()
            {
                while *changed > at && step > TimeDelta::zero() {
                    *changed -= step;
                }
            }
        }
        self.close_trusts(at);
        self
    }

    /// Trusts that were opened by hand stood closed before.
    fn close_trusts(&mut self, at: DateTime<Utc>) {
        let by_hand = self.line.has("envwide") || self.line.told("loosened").is_some();
        if !by_hand {
            return;
        }
        let before = trust::tight(&self.line);
        for (trust, (_, _, document)) in self.trusts.iter_mut().zip(before) {
            if trust.updated_at > at {
                trust.document = serde_json::to_string_pretty(&document).expect("JSON is text");
                trust.updated_at = self.created_at;
                trust.updated_by = None;
            }
        }
    }

    /// Its state as the lifecycle tells it.
    ///
    /// # Panics
    /// Never: the reason it gives is one.
    pub fn lifecycle(&self) -> Lifecycle {
        let mark = Mark {
            by: self.approved_by,
            at: self.state_since,
        };
        let reason = || {
            Reason::parse("Retired in the last review: what it did is done elsewhere.")
                .expect("the demo gives reasons")
        };
        match self.state {
            IdentityState::Requested => Lifecycle::Requested {
                by: self.requested_by,
                at: self.state_since,
            },
            IdentityState::Decommissioning => Lifecycle::Decommissioning {
                mark,
                reason: reason(),
                watch_until: self.state_since + TimeDelta::days(WATCH_DAYS),
            },
            IdentityState::Removed => Lifecycle::Removed { mark },
            _ => Lifecycle::Active {
                since: self.state_since,
            },
        }
    }
}
