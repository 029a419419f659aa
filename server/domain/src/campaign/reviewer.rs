//! Who answers for an item: owner, backup, anyone of the team, the team's lead, then Security.
//!
//! Every hop that is passed over leaves its reason. An item never lacks a reviewer: where nobody is
//! left the campaign cannot start, and says so.

use chrono::NaiveDate;
use contract::campaigns::ReviewerHop;
use contract::ids::{IdentityId, PersonId};
use serde::{Deserialize, Serialize};

/// A person who could review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Their id.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// Still here and able to sign in.
    pub active: bool,
    /// Away now: until when, and who answers meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
}

/// Somebody is out of the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Last day away.
    pub until: NaiveDate,
    /// Who answers meanwhile.
    pub deputy: PersonId,
    /// Their name.
    pub deputy_name: String,
    /// Whether they are still here.
    pub deputy_active: bool,
}

/// Everybody who could be asked about one identity, in the order of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chain {
    /// Owner.
    pub owner: Option<Candidate>,
    /// Backup owner.
    pub backup: Option<Candidate>,
    /// Owning team's name.
    pub team: Option<String>,
    /// Members of the owning team.
    pub members: Vec<Candidate>,
    /// Lead of the owning team.
    pub lead: Option<Candidate>,
    /// The security people.
    pub security: Vec<Candidate>,
}

/// A person who may not judge this identity because they would judge their own work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Who.
    pub person: PersonId,
    /// Their name.
    #[serde(default)]
    pub name: String,
    /// Why, as a clause: "created the credential …".
    pub because: String,
}

/// One hop of the chain that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// Which hop.
    pub hop: ReviewerHop,
    /// Why it was passed over, a sentence.
    pub why: String,
    /// Whether somebody stood here who would have judged their own work.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_work: bool,
}

/// The reviewer of an item and how they were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Who reviews.
    pub reviewer: PersonId,
    /// Their name.
    pub name: String,
    /// Which hop found them.
    pub hop: ReviewerHop,
    /// The hops passed over before, in order.
    pub trail: Vec<Hop>,
}

/// Nobody is left to ask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Nobody can review this identity: {}", .trail.iter().map(|hop| hop.why.as_str()).collect::<Vec<_>>().join(" "))]
pub struct Nobody {
    /// Why each hop failed.
    pub trail: Vec<Hop>,
}

/// Finds the reviewer of an identity. `already_asked` answered "don't know" or handed the item on.
///
/// Team members and security people are taken in turns by identity, so that a queue is shared.
///
/// # Errors
/// [`Nobody`] when not even Security can answer.
pub fn choose(
    identity: IdentityId,
    chain: &Chain,
    exclusions: &[Exclusion],
    already_asked: &[PersonId],
) -> Result<Assignment, Nobody> {
    let search = Search {
        exclusions,
        already_asked,
    };
    let mut trail = Vec::new();
    for hop in ReviewerHop::ALL.iter().copied() {
        match search.hop(identity, chain, hop) {
            Ok(found) => {
                if let Some(away) = found.away.as_ref().filter(|away| search.stands_in(away)) {
                    trail.push(Hop {
                        hop,
                        why: format!(
                            "{} is away until {}; {} stands in.",
                            found.name,
                            away.until.format("%-d %b %Y"),
                            away.deputy_name
                        ),
                        own_work: false,
                    });
                    return Ok(Assignment {
                        reviewer: away.deputy,
                        name: away.deputy_name.clone(),
                        hop,
                        trail,
                    });
                }
                return Ok(Assignment {
                    reviewer: found.id,
                    name: found.name.clone(),
                    hop,
                    trail,
                });
            }
            Err(Passed { why, own_work }) => trail.push(Hop { hop, why, own_work }),
        }
    }
    Err(Nobody { trail })
}

/// Why a hop is passed over: the sentence, and whether it was for somebody's own work.
struct Passed {
    why: String,
    own_work: bool,
}

impl Passed {
    /// Nobody stood there.
    fn empty(why: String) -> Self {
        Self {
            why,
            own_work: false,
        }
    }
}

struct Search<'a> {
    exclusions: &'a [Exclusion],
    already_asked: &'a [PersonId],
}

impl Search<'_> {
    fn hop<'c>(
        &self,
        identity: IdentityId,
        chain: &'c Chain,
        hop: ReviewerHop,
    ) -> Result<&'c Candidate, Passed> {
        match hop {
            ReviewerHop::Owner => self.one("owner", chain.owner.as_ref()),
            ReviewerHop::BackupOwner => self.one("backup owner", chain.backup.as_ref()),
            ReviewerHop::TeamMember => match &chain.team {
                None => Err(Passed::empty("It has no owning team.".to_owned())),
                Some(team) => self.any(identity, &chain.members, &format!("No member of {team}")),
            },
            ReviewerHop::TeamLead => self.one("team lead", chain.lead.as_ref()),
            ReviewerHop::Security => self.any(identity, &chain.security, "Nobody in Security"),
        }
    }

    fn one<'c>(
        &self,
        role: &str,
        candidate: Option<&'c Candidate>,
    ) -> Result<&'c Candidate, Passed> {
        let Some(candidate) = candidate else {
            return Err(Passed::empty(format!("It has no {role}.")));
        };
        match self.obstacle(candidate) {
            None => Ok(candidate),
            Some(why) => Err(Passed {
                why: format!("The {role}, {}, {why}.", candidate.name),
                own_work: self.own_work(candidate),
            }),
        }
    }

    fn any<'c>(
        &self,
        identity: IdentityId,
        all: &'c [Candidate],
        nobody: &str,
    ) -> Result<&'c Candidate, Passed> {
        let able: Vec<&Candidate> = all.iter().filter(|c| self.obstacle(c).is_none()).collect();
        if able.is_empty() {
            let why: Vec<String> = all
                .iter()
                .filter_map(|c| self.obstacle(c).map(|why| format!("{} {why}", c.name)))
                .take(3)
                .collect();
            let why = match (why.is_empty(), all.len() - why.len()) {
                (true, _) => format!("{nobody} is there to ask."),
                (false, 0) => format!("{nobody} can: {}.", why.join("; ")),
                (false, more) => format!("{nobody} can: {}; and {more} more.", why.join("; ")),
            };
            let own_work = all.iter().any(|candidate| self.own_work(candidate));
            return Err(Passed { why, own_work });
        }
        let turn = identity.0.as_u128() % able.len() as u128;
        Ok(able[usize::try_from(turn).unwrap_or(0)])
    }

    /// Whether the deputy of somebody who is away can answer.
    fn stands_in(&self, away: &Away) -> bool {
        away.deputy_active
            && excluded(self.exclusions, away.deputy).is_none()
            && !self.already_asked.contains(&away.deputy)
    }

    /// Whether a candidate is kept out by their own work and nothing before it.
    fn own_work(&self, candidate: &Candidate) -> bool {
        candidate.active && excluded(self.exclusions, candidate.id).is_some()
    }

    fn obstacle(&self, candidate: &Candidate) -> Option<String> {
        if !candidate.active {
            return Some("is no longer active".to_owned());
        }
        if let Some(exclusion) = excluded(self.exclusions, candidate.id) {
            return Some(exclusion.because.clone());
        }
        if self.already_asked.contains(&candidate.id) {
            return Some("was already asked".to_owned());
        }
        if let Some(away) = &candidate.away
            && !self.stands_in(away)
        {
            return Some(format!(
                "is away until {}, and {} cannot stand in",
                away.until.format("%-d %b %Y"),
                away.deputy_name
            ));
        }
        None
    }
}

/// The exclusion that keeps a person from judging this identity, where there is one.
pub fn excluded(exclusions: &[Exclusion], person: PersonId) -> Option<&Exclusion> {
    exclusions
        .iter()
        .find(|exclusion| exclusion.person == person)
}

#[cfg(test)]
#[path = "reviewer/tests.rs"]
mod tests;
