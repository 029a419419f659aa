//! The lifecycle: every pair of state and transition, every fact, every role.

use contract::access::Role;
use uuid::Uuid;

use super::*;
use crate::access::Person;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn mark(n: u128) -> Mark {
    Mark {
        by: Some(person(n)),
        at: at("2026-11-21T10:00:00Z"),
    }
}

fn reason() -> Reason {
    Reason::parse("The project was closed in spring").expect("a reason")
}

/// One of each state; person 1 asked, person 2 did the rest.
fn every_state() -> Vec<Lifecycle> {
    let mark = Mark {
        by: Some(person(2)),
        at: at("2026-10-01T00:00:00Z"),
    };
    vec![
        Lifecycle::Discovered { since: mark.at },
        Lifecycle::Requested {
            by: Some(person(1)),
            at: mark.at,
        },
        Lifecycle::Active { since: mark.at },
        Lifecycle::Suspended {
            mark,
            reason: reason(),
        },
        Lifecycle::Decommissioning {
            mark,
            reason: reason(),
            watch_until: at("2026-10-31T00:00:00Z"),
        },
        Lifecycle::Removed { mark },
        Lifecycle::Rejected {
            mark,
            reason: reason(),
        },
    ]
}

fn facts() -> Facts {
    Facts {
        reason: "The project was closed in spring".into(),
        ticket: "OPS-1".into(),
        ownership: Some(Ownership {
            team: TeamId(Uuid::from_u128(7)),
            owner: person(3),
            purpose: "Deploys the shop to production".into(),
        }),
    }
}

#[test]
fn the_table_of_states_and_transitions() {
    use IdentityState as S;
    use Transition as T;
    let leads = |state, transition| match (state, transition) {
        (S::Requested, T::Approve)
        | (S::Discovered, T::Adopt)
        | (S::Suspended | S::Decommissioning, T::Reactivate) => Some(S::Active),
        (S::Requested, T::Reject) | (S::Discovered, T::Dismiss) => Some(S::Rejected),
        (S::Active, T::Suspend) => Some(S::Suspended),
        (S::Active | S::Suspended, T::Decommission) => Some(S::Decommissioning),
        (S::Decommissioning, T::Remove) => Some(S::Removed),
        _ => None,
    };
    for state in every_state() {
        for transition in Transition::ALL.iter().copied() {
            let before = state.state();
            let taken = state.clone().take(transition, facts(), mark(9));
            match leads(before, transition) {
                Some(after) => assert_eq!(
                    taken.expect("taken").state.state(),
                    after,
                    "{before} {transition}"
                ),
                None => assert_eq!(
                    taken,
                    Err(Refused::State {
                        transition,
                        state: before
                    }),
                    "{before} {transition}"
                ),
            }
        }
    }
}

#[test]
fn the_requester_cannot_approve_and_somebody_else_can() {
    let requested = || Lifecycle::Requested {
        by: Some(person(1)),
        at: at("2026-11-20T00:00:00Z"),
    };
    assert_eq!(requested().approve(mark(1)), Err(Refused::OwnRequest));
    assert_eq!(
        requested().approve(mark(2)),
        Ok(Lifecycle::Active { since: mark(2).at })
    );
}

#[test]
fn each_transition_demands_its_facts() {
    for state in every_state() {
        for transition in Transition::ALL.iter().copied() {
            if !offered::leads_somewhere(state.state(), transition) {
                continue;
            }
            let (wants_reason, wants_ticket) = demands(transition);
            let without = |facts: Facts| state.clone().take(transition, facts, mark(9));
            let no_reason = without(Facts {
                reason: " ".into(),
                ..facts()
            });
            assert_eq!(no_reason.is_err(), wants_reason, "{transition}");
            let no_ticket = without(Facts {
                ticket: "later".into(),
                ..facts()
            });
            assert_eq!(
                no_ticket.err().and_then(|e| e.field()),
                wants_ticket.then_some("ticket"),
                "{transition}"
            );
        }
    }
}

#[test]
fn adopting_needs_somebody_who_answers_and_a_purpose() {
    let discovered = || Lifecycle::Discovered {
        since: at("2026-11-20T00:00:00Z"),
    };
    assert_eq!(discovered().adopt(None, mark(2)), Err(Refused::Ownership));
    let mut vague = facts().ownership.expect("given");
    vague.purpose = "  CI ".into();
    assert_eq!(
        discovered().adopt(Some(vague), mark(2)),
        Err(Refused::Purpose)
    );
    assert!(discovered().adopt(facts().ownership, mark(2)).is_ok());
}

#[test]
fn removal_waits_for_the_watch_to_end() {
    let disabled = Lifecycle::Active {
        since: at("2026-01-01T00:00:00Z"),
    }
    .decommission(mark(2), reason())
    .expect("decommissioned");
    let until = mark(2).at + TimeDelta::days(WATCH_DAYS);
    assert_eq!(
        disabled.clone().remove(mark(2)),
        Err(Refused::Watched(until))
    );
    let later = Mark {
        at: until,
        ..mark(2)
    };
    assert_eq!(
        disabled.remove(later),
        Ok(Lifecycle::Removed { mark: later })
    );
}

fn who(n: u128, roles: &[Role], teams: &[u128]) -> Person {
    Person {
        id: person(n),
        name: "P".into(),
        roles: roles.to_vec(),
        teams: teams.iter().map(|t| TeamId(Uuid::from_u128(*t))).collect(),
    }
}

fn standing(state: IdentityState) -> Standing {
    Standing {
        state,
        requested_by: Some(person(1)),
        team: Some(TeamId(Uuid::from_u128(7))),
        owner: Some(person(3)),
        backup_owner: None,
        watch_until: None,
    }
}

#[test]
fn offers_follow_role_team_and_request() {
    use IdentityState as S;
    use Transition as T;
    let now = at("2026-11-21T10:00:00Z");
    let security = who(2, &[Role::Security], &[]);
    let requester = who(1, &[Role::Admin, Role::Security], &[7]);
    let teammate = who(4, &[Role::Owner], &[7]);
    let stranger = who(5, &[Role::Owner], &[8]);
    let auditor = who(6, &[Role::Auditor], &[7]);
    let offer = |person, state| transitions_for(person, &standing(state), now);

    assert_eq!(offer(&security, S::Requested), [T::Approve, T::Reject]);
    assert_eq!(offer(&requester, S::Requested), [T::Reject]);
    assert_eq!(offer(&teammate, S::Requested), []);
    assert_eq!(offer(&teammate, S::Active), [T::Suspend, T::Decommission]);
    assert_eq!(offer(&stranger, S::Active), []);
    assert_eq!(offer(&stranger, S::Discovered), [T::Adopt]);
    assert_eq!(offer(&security, S::Discovered), [T::Adopt, T::Dismiss]);
    for state in IdentityState::ALL {
        assert_eq!(offer(&auditor, *state), [], "{state}");
    }
}

#[test]
fn removal_is_not_offered_while_it_is_watched() {
    let now = at("2026-11-21T10:00:00Z");
    let security = who(2, &[Role::Security], &[]);
    let watched = Standing {
        watch_until: Some(now + TimeDelta::days(1)),
        ..standing(IdentityState::Decommissioning)
    };
    assert_eq!(
        transitions_for(&security, &watched, now),
        [Transition::Reactivate]
    );
    let over = Standing {
        watch_until: Some(now),
        ..watched
    };
    assert_eq!(
        transitions_for(&security, &over, now),
        [Transition::Reactivate, Transition::Remove]
    );
}

#[test]
fn every_state_survives_being_kept() {
    for state in every_state() {
        let json = serde_json::to_string(&state.facts()).expect("json");
        let facts: StateFacts = serde_json::from_str(&json).expect("facts");
        let back = Lifecycle::restore(
            state.state(),
            &facts,
            Some(person(1)),
            at("2020-01-01T00:00:00Z"),
        );
        assert_eq!(back, state);
    }
}

#[test]
fn whatever_is_offered_is_taken() {
    // Property: an offer never leads to "not possible while it is …".
    let now = at("2026-11-21T10:00:00Z");
    let security = who(2, &[Role::Security], &[]);
    for state in every_state() {
        for transition in transitions_for(&security, &standing(state.state()), now) {
            let taken = state.clone().take(transition, facts(), mark(2));
            assert!(taken.is_ok(), "{} {transition}: {taken:?}", state.state());
        }
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever people ask for in whatever order: nobody approves their own request, nothing is removed before its
        /// watch has ended, what was rejected or removed stays so, and each state survives being kept.
        #[test]
        fn no_order_of_requests_breaks_the_rules(
            start in 0..2_usize,
            asks in proptest::collection::vec(
                (0..Transition::ALL.len(), 1_u128..4, 0_i64..20, any::<bool>(), any::<bool>()),
                0..30,
            ),
        ) {
            let begun = at("2026-01-01T00:00:00Z");
            let requester = person(1);
            let mut state = if start == 0 {
                Lifecycle::Discovered { since: begun }
            } else {
                Lifecycle::Requested { by: Some(requester), at: begun }
            };
            let mut now = begun;
            for (transition, who, days, reasoned, complete) in asks {
                let transition = Transition::ALL[transition];
                now += chrono::TimeDelta::days(days);
                let mark = Mark { by: Some(person(who)), at: now };
                let mut given = facts();
                if !reasoned {
                    given.reason.clear();
                }
                if !complete {
                    given.ticket.clear();
                    given.ownership = None;
                }
                let before = state.clone();
                let Ok(taken) = before.clone().take(transition, given, mark) else {
                    continue;
                };
                let (from, to) = (before.state(), taken.state.state());
                prop_assert!(from != to, "{from} {transition}");
                prop_assert!(
                    !matches!(from, IdentityState::Rejected | IdentityState::Removed),
                    "{from} is final"
                );
                if transition == Transition::Approve {
                    prop_assert!(who != 1, "the requester approved");
                }
                if let Lifecycle::Decommissioning { watch_until, .. } = &before
                    && to == IdentityState::Removed
                {
                    prop_assert!(now >= *watch_until, "removed while it was watched");
                }
                let kept = taken.state.facts();
                let since = match &taken.state {
                    Lifecycle::Active { since } | Lifecycle::Discovered { since } => *since,
                    _ => now,
                };
                let back = Lifecycle::restore(to, &kept, Some(requester), since);
                prop_assert_eq!(&back, &taken.state);
                state = taken.state;
            }
        }
    }
}
