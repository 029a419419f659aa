//! What a pack that verifies says, for a person.

use std::fmt;

use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;

use super::files::Checked;
use crate::campaign::tally::Tally;
use crate::evidence::format::{LISTED, Manifest};
use crate::evidence::keys;

/// A pack that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Campaign name.
    pub campaign: String,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// The population as a sentence.
    pub query: String,
    /// Items frozen and present.
    pub items: u64,
    /// Answers present.
    pub answers: u64,
    /// Outcomes, counted from the rows.
    pub outcomes: Tally,
    /// Entries of Rollcall's own record: first and last position.
    pub activity: (i64, i64),
    /// Key id.
    pub key_id: String,
    /// Key fingerprint.
    pub fingerprint: String,
    /// Whether the key was given from outside the pack.
    pub key_given: bool,
    /// Whether another program packed it again.
    pub repacked: bool,
}

impl Report {
    pub(super) fn new(
        manifest: &Manifest,
        key: &VerifyingKey,
        key_given: bool,
        repacked: bool,
        checked: &Checked,
    ) -> Self {
        Self {
            campaign: manifest.campaign.1.clone(),
            sealed_at: manifest.sealed_at,
            query: manifest.population.query.clone(),
            items: checked.items,
            answers: checked.answers,
            outcomes: checked.outcomes,
            activity: (manifest.activity.from, manifest.activity.to),
            key_id: keys::key_id(key),
            fingerprint: keys::fingerprint(key),
            key_given,
            repacked,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = &self.outcomes;
        writeln!(f, "This evidence verifies.")?;
        writeln!(
            f,
            "  campaign      {}, sealed {}",
            self.campaign,
            self.sealed_at.format("%-d %b %Y %H:%M UTC")
        )?;
        writeln!(f, "  population    {} ({})", self.items, self.query)?;
        writeln!(
            f,
            "  outcomes      {} approve, {} modify, {} revoke, {} don’t know, {} not reviewed, {} gone",
            t.approve, t.modify, t.revoke, t.dont_know, t.not_reviewed, t.gone
        )?;
        writeln!(
            f,
            "  integrity     all {} files are as signed; every row holds in its chain",
            LISTED.len()
        )?;
        writeln!(
            f,
            "  completeness  all {} items and {} answers are there; record entries {} to {} without a gap",
            self.items, self.answers, self.activity.0, self.activity.1
        )?;
        write!(f, "  signature     Ed25519, key {}", self.key_id)?;
        if self.key_given {
            write!(f, ", the key you gave")?;
        } else {
            write!(
                f,
                "\n  NOT CHECKED   whose key this is: it came with the pack. Compare its fingerprint with the\n                \
                 organisation's, or pass --key FILE.\n                {}",
                self.fingerprint
            )?;
        }
        if self.repacked {
            write!(
                f,
                "\n  note          the zip was made anew by another program; its contents are the signed ones"
            )?;
        }
        Ok(())
    }
}
