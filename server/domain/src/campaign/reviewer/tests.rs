use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn person(n: u128, active: bool) -> Candidate {
    Candidate {
        id: PersonId(Uuid::from_u128(n)),
        name: format!("P{n}"),
        active,
        away: None,
    }
}

fn exclude(n: u128) -> Exclusion {
    Exclusion {
        person: PersonId(Uuid::from_u128(n)),
        name: String::new(),
        because: "created the credential".into(),
    }
}

fn full() -> Chain {
    Chain {
        owner: Some(person(1, true)),
        backup: Some(person(2, true)),
        team: Some("Payments".into()),
        members: vec![person(1, true), person(2, true), person(3, true)],
        lead: Some(person(4, true)),
        security: vec![person(5, true)],
    }
}

const IDENTITY: IdentityId = IdentityId(Uuid::nil());

#[test]
fn each_hop_is_passed_over_with_its_reason() {
    let owner = choose(IDENTITY, &full(), &[], &[]).expect("owner");
    assert_eq!((owner.hop, owner.trail.len()), (ReviewerHop::Owner, 0));

    let mut chain = full();
    chain.owner = Some(person(1, false));
    chain.backup = None;
    chain.members = vec![person(1, false), person(3, true)];
    let found = choose(IDENTITY, &chain, &[exclude(3)], &[]).expect("lead");
    assert_eq!(found.hop, ReviewerHop::TeamLead);
    let why: Vec<&str> = found.trail.iter().map(|hop| hop.why.as_str()).collect();
    assert_eq!(
        why,
        [
            "The owner, P1, is no longer active.",
            "It has no backup owner.",
            "No member of Payments can: P1 is no longer active; P3 created the credential.",
        ]
    );
    let own: Vec<bool> = found.trail.iter().map(|hop| hop.own_work).collect();
    assert_eq!(own, [false, false, true]);
}

#[test]
fn dont_know_asks_the_next_hop_until_nobody_is_left() {
    let chain = full();
    let mut asked = Vec::new();
    let mut hops = Vec::new();
    while let Ok(found) = choose(IDENTITY, &chain, &[], &asked) {
        hops.push((found.hop, found.name));
        asked.push(found.reviewer);
    }
    let names: Vec<&str> = hops.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["P1", "P2", "P3", "P4", "P5"]);
}

#[test]
fn without_security_it_is_an_error_that_says_so() {
    let nobody = choose(IDENTITY, &Chain::default(), &[], &[]).expect_err("nobody");
    assert!(
        nobody
            .to_string()
            .ends_with("Nobody in Security is there to ask."),
        "{nobody}"
    );
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    proptest::collection::vec(
        (0u128..8, any::<bool>()).prop_map(|(n, active)| person(n, active)),
        0..4,
    )
}

fn maybe() -> impl Strategy<Value = Option<Candidate>> {
    proptest::option::of((0u128..8, any::<bool>()).prop_map(|(n, active)| person(n, active)))
}

proptest! {
    #[test]
    fn the_reviewer_is_always_active_and_never_excluded(
        owner in maybe(), backup in maybe(), members in candidates(), lead in maybe(),
        security in candidates(), out in proptest::collection::vec(0u128..8, 0..4), id in any::<u128>(),
    ) {
        let chain = Chain { owner, backup, team: Some("T".into()), members, lead, security };
        let exclusions: Vec<Exclusion> = out.iter().copied().map(exclude).collect();
        let able = |c: &Candidate| c.active && excluded(&exclusions, c.id).is_none();
        match choose(IdentityId(Uuid::from_u128(id)), &chain, &exclusions, &[]) {
            Ok(found) => {
                prop_assert!(excluded(&exclusions, found.reviewer).is_none());
                let position = ReviewerHop::ALL.iter().position(|hop| *hop == found.hop);
                prop_assert_eq!(position, Some(found.trail.len()));
            }
            Err(nobody) => {
                prop_assert_eq!(nobody.trail.len(), ReviewerHop::ALL.len());
                let anyone = chain.owner.iter().chain(&chain.backup).chain(&chain.members)
                    .chain(&chain.lead).chain(&chain.security).any(able);
                prop_assert!(!anyone);
            }
        }
    }
}

#[test]
fn somebody_away_is_stood_in_for_by_their_deputy_never_by_one_who_is_kept_out() {
    let mut chain = full();
    if let Some(owner) = &mut chain.owner {
        owner.away = Some(Away {
            until: NaiveDate::from_ymd_opt(2026, 12, 1).expect("day"),
            deputy: PersonId(Uuid::from_u128(7)),
            deputy_name: "P7".into(),
            deputy_active: true,
        });
    }
    let found = choose(IDENTITY, &chain, &[], &[]).expect("the deputy");
    assert_eq!(found.reviewer, PersonId(Uuid::from_u128(7)));
    assert_eq!(found.hop, ReviewerHop::Owner);
    assert_eq!(
        found.trail[0].why,
        "P1 is away until 1 Dec 2026; P7 stands in."
    );
    let found = choose(IDENTITY, &chain, &[exclude(7)], &[]).expect("the backup");
    assert_eq!(found.hop, ReviewerHop::BackupOwner);
    assert!(
        found.trail[0].why.contains("P7 cannot stand in"),
        "{:?}",
        found.trail
    );
}
