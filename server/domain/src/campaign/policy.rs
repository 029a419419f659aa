//! Whether a campaign's policy can be carried out, and who is asked under it.

use contract::campaigns::{
    CampaignPolicy, DecisionKind, ItemOutcome, Panel as Asked, PerTier, Quorum, StageRule,
};
use contract::ids::{IdentityId, PersonId};

use super::reviewer::{Assignment, Chain, Exclusion, Nobody, choose};
use super::state::MOST_STAGES;

pub mod form;

/// Checks a policy; each problem names its field.
pub fn check(policy: &CampaignPolicy) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    let stages = policy.stages.len();
    if stages == 0 || stages > usize::from(MOST_STAGES) {
        wrong.push(("stages", format!("Use 1 to {MOST_STAGES} stages.")));
    }
    for (at, stage) in policy.stages.iter().enumerate() {
        let last = at + 1 == stages;
        if last && !stage.advance.is_empty() {
            wrong.push(("stages", "Nothing goes on from the last stage.".to_owned()));
        }
        if !last && stage.advance.is_empty() {
            let number = at + 1;
            wrong.push((
                "stages",
                format!("Say which outcomes go on from stage {number}."),
            ));
        }
        if stage
            .advance
            .iter()
            .any(|outcome| matches!(outcome, ItemOutcome::Open | ItemOutcome::Gone))
        {
            wrong.push((
                "stages",
                "Only decided and unanswered items can go on.".to_owned(),
            ));
        }
    }
    for panel in each(&policy.panel) {
        if !(1..=3).contains(&panel.reviewers) {
            wrong.push(("panel", "Ask 1 to 3 reviewers.".to_owned()));
        }
        if panel.reviewers == 1 && panel.quorum != Quorum::AnyOne {
            wrong.push((
                "panel",
                "With one reviewer the first answer decides.".to_owned(),
            ));
        }
    }
    if !(0..=90).contains(&policy.grace_days) {
        wrong.push(("grace_days", "Use 0 to 90 days.".to_owned()));
    }
    if !(0..=100).contains(&policy.suspend_cap) {
        wrong.push(("suspend_cap", "Use 0 to 100 percent.".to_owned()));
    }
    if each(&policy.remediation_days)
        .iter()
        .any(|days| !(1..=365).contains(days))
    {
        wrong.push(("remediation_days", "Use 1 to 365 days.".to_owned()));
    }
    if !(1..=90).contains(&policy.silence_proves_days) {
        wrong.push(("silence_proves_days", "Use 1 to 90 days.".to_owned()));
    }
    wrong.dedup();
    wrong
}

fn each<T: Copy>(per: &PerTier<T>) -> [T; 4] {
    [per.critical, per.high, per.standard, per.low]
}

/// Whether an item with this outcome goes on from a stage (from 1).
pub fn goes_on(policy: &CampaignPolicy, stage: u8, outcome: ItemOutcome) -> bool {
    let at = usize::from(stage).saturating_sub(1);
    policy
        .stages
        .get(at)
        .is_some_and(|stage| stage.advance.contains(&outcome))
}

/// What an item's word is where it has a decision.
pub const fn outcome(decision: DecisionKind) -> ItemOutcome {
    match decision {
        DecisionKind::Approve => ItemOutcome::Approve,
        DecisionKind::Modify => ItemOutcome::Modify,
        DecisionKind::Revoke => ItemOutcome::Revoke,
        DecisionKind::DontKnow => ItemOutcome::DontKnow,
    }
}

/// Everybody who answers for an item in a stage: the first is its reviewer; further ones sit on its panel.
///
/// Where the chain has fewer people than asked for, those there are answer; never nobody.
///
/// # Errors
/// [`Nobody`] when not even Security can answer.
pub fn reviewers(
    rule: StageRule,
    panel: Asked,
    identity: IdentityId,
    chain: &Chain,
    exclusions: &[Exclusion],
    already_asked: &[PersonId],
) -> Result<Vec<Assignment>, Nobody> {
    let narrowed = narrowed(rule, chain);
    let mut asked = already_asked.to_vec();
    let mut out = Vec::new();
    for _ in 0..panel.reviewers.clamp(1, 3) {
        match choose(identity, &narrowed, exclusions, &asked) {
            Ok(found) => {
                asked.push(found.reviewer);
                out.push(found);
            }
            Err(nobody) if out.is_empty() => return Err(nobody),
            Err(_) => break,
        }
    }
    Ok(out)
}

fn narrowed(rule: StageRule, chain: &Chain) -> Chain {
    match rule {
        StageRule::Chain => chain.clone(),
        StageRule::TeamLead => Chain {
            team: chain.team.clone(),
            lead: chain.lead.clone(),
            security: chain.security.clone(),
            ..Chain::default()
        },
        StageRule::Security => Chain {
            security: chain.security.clone(),
            ..Chain::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use contract::campaigns::StagePlan;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::campaign::reviewer::Candidate;

    #[test]
    fn the_default_policy_can_be_carried_out() {
        assert_eq!(check(&CampaignPolicy::default()), []);
    }

    #[test]
    fn each_part_is_checked() {
        let policy = CampaignPolicy {
            stages: vec![
                StagePlan {
                    reviewers: StageRule::Chain,
                    advance: vec![],
                },
                StagePlan {
                    reviewers: StageRule::Security,
                    advance: vec![ItemOutcome::Approve],
                },
            ],
            panel: PerTier::all(Asked {
                reviewers: 1,
                quorum: Quorum::All,
            }),
            grace_days: 400,
            suspend_cap: 101,
            silence_proves_days: 0,
            remediation_days: PerTier::all(0),
            ..CampaignPolicy::default()
        };
        let fields: Vec<_> = check(&policy).into_iter().map(|(field, _)| field).collect();
        for field in [
            "stages",
            "panel",
            "grace_days",
            "suspend_cap",
            "remediation_days",
            "silence_proves_days",
        ] {
            assert!(fields.contains(&field), "{field}: {fields:?}");
        }
    }

    fn candidate(n: u128, active: bool) -> Candidate {
        Candidate {
            id: PersonId(Uuid::from_u128(n)),
            name: format!("P{n}"),
            active,
            away: None,
        }
    }

    proptest! {
        #[test]
        fn an_item_never_lacks_a_reviewer_and_nobody_judges_their_own_work(
            owner in proptest::option::of((1u128..6, any::<bool>())),
            backup in proptest::option::of((1u128..6, any::<bool>())),
            members in proptest::collection::vec((1u128..6, any::<bool>()), 0..4),
            excluded in proptest::collection::vec(1u128..7, 0..5),
            rule in proptest::sample::select(StageRule::ALL.to_vec()),
            reviewers_asked in 1u8..4,
        ) {
            let exclusions: Vec<Exclusion> = excluded.iter().map(|n| Exclusion {
                person: PersonId(Uuid::from_u128(*n)),
                name: String::new(),
                because: "created a credential".into(),
            }).collect();
            let of = |it: (u128, bool)| candidate(it.0, it.1);
            let chain = Chain {
                owner: owner.map(of),
                backup: backup.map(of),
                team: Some("T".into()),
                members: members.into_iter().map(of).collect(),
                lead: None,
                // 20 and 21 made nothing.
                security: vec![candidate(20, true), candidate(21, true)],
            };
            let panel = Asked { reviewers: reviewers_asked, quorum: Quorum::AnyOne };
            let found = reviewers(rule, panel, IdentityId(Uuid::nil()), &chain, &exclusions, &[]).expect("somebody");
            prop_assert!(!found.is_empty() && found.len() <= usize::from(reviewers_asked));
            for one in &found {
                prop_assert!(!exclusions.iter().any(|e| e.person == one.reviewer));
            }
            let mut ids: Vec<_> = found.iter().map(|one| one.reviewer).collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), found.len());
        }
    }
}
