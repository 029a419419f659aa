//! What may be offered to whom: the same judgement for the page that shows buttons and the function that acts.

use chrono::{DateTime, Utc};
use contract::access::Role;
use contract::identities::{IdentityState, Transition};
use contract::ids::{PersonId, TeamId};

use crate::access::Person;

/// What the judgement needs to know of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Lifecycle state.
    pub state: IdentityState,
    /// Who asked for it.
    pub requested_by: Option<PersonId>,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Owner.
    pub owner: Option<PersonId>,
    /// Backup owner.
    pub backup_owner: Option<PersonId>,
    /// Until when it is watched.
    pub watch_until: Option<DateTime<Utc>>,
}

/// Whether a state knows a transition.
pub const fn leads_somewhere(state: IdentityState, transition: Transition) -> bool {
    match transition {
        Transition::Approve | Transition::Reject => matches!(state, IdentityState::Requested),
        Transition::Adopt | Transition::Dismiss => matches!(state, IdentityState::Discovered),
        Transition::Suspend => matches!(state, IdentityState::Active),
        Transition::Reactivate => {
            matches!(
                state,
                IdentityState::Suspended | IdentityState::Decommissioning
            )
        }
        Transition::Decommission => {
            matches!(state, IdentityState::Active | IdentityState::Suspended)
        }
        Transition::Remove => matches!(state, IdentityState::Decommissioning),
    }
}

/// Whether this identity is the person's to change: security's and administrators' always, an owner's when
/// their team owns it or they are its owner or backup.
pub fn may_change(person: &Person, standing: &Standing) -> bool {
    person.any(&[Role::Admin, Role::Security])
        || (person.any(&[Role::Owner])
            && (standing
                .team
                .is_some_and(|team| person.teams.contains(&team))
                || standing.owner == Some(person.id)
                || standing.backup_owner == Some(person.id)))
}

/// Whether a person may take a transition on this identity, by role and relation.
pub fn may_take(person: &Person, standing: &Standing, transition: Transition) -> bool {
    let keeper = person.any(&[Role::Admin, Role::Security]);
    match transition {
        // The requester gets no exemption, whatever their roles.
        Transition::Approve => keeper && standing.requested_by != Some(person.id),
        Transition::Reject | Transition::Dismiss => keeper,
        // Nobody owns a discovered identity yet: any owner may take it into their own team.
        Transition::Adopt => keeper || person.any(&[Role::Owner]),
        Transition::Suspend
        | Transition::Reactivate
        | Transition::Decommission
        | Transition::Remove => may_change(person, standing),
    }
}

/// The transitions to offer a person now, in the order of the form.
pub fn transitions_for(
    person: &Person,
    standing: &Standing,
    now: DateTime<Utc>,
) -> Vec<Transition> {
    let watched = standing.watch_until.is_some_and(|until| now < until);
    Transition::ALL
        .iter()
        .copied()
        .filter(|transition| leads_somewhere(standing.state, *transition))
        .filter(|transition| may_take(person, standing, *transition))
        .filter(|transition| !(watched && *transition == Transition::Remove))
        .collect()
}
