//! No sequence of steps reaches an illegal state.

use CampaignState::{Active, Cancelled, Draft, Preview, Remediating, Sealed};
use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;

fn at(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + day * 86_400, 0).expect("time")
}

fn draft(stages: u8) -> Campaign {
    Campaign::Draft {
        due_at: at(28),
        stages,
    }
}

fn tally(approve: u64) -> Tally {
    Tally {
        approve,
        ..Tally::default()
    }
}

#[test]
fn a_campaign_goes_through_its_life() {
    let sealed = draft(2)
        .preview(3, 0)
        .and_then(|preview| preview.start(3, at(0)))
        .and_then(Campaign::advance)
        .and_then(|active| active.close(tally(3), 0, at(28)))
        .and_then(|closed| closed.seal(at(29)))
        .expect("sealed");
    assert_eq!(sealed.state(), CampaignState::Sealed);
}

#[test]
fn each_refusal_is_a_plain_sentence() {
    assert_eq!(draft(1).preview(0, 0), Err(StateError::Empty));
    assert_eq!(draft(1).preview(3, 2), Err(StateError::Gaps(2)));
    assert!(matches!(
        draft(1).start(1, at(0)),
        Err(StateError::Wrong { .. })
    ));
    let ready = || draft(1).preview(1, 0).expect("preview");
    assert_eq!(ready().start(0, at(0)), Err(StateError::Empty));
    assert_eq!(ready().start(1, at(28)), Err(StateError::DuePassed));
    let wrong = draft(1).seal(at(1)).expect_err("not closed");
    assert_eq!(
        wrong.to_string(),
        "Sealing is not possible: this campaign is still a draft, and only a closed one can be sealed."
    );
    let active = || ready().start(3, at(0)).expect("active");
    assert_eq!(active().advance(), Err(StateError::LastStage));
    assert!(matches!(
        active().close(tally(2), 0, at(1)),
        Err(StateError::Miscounted { .. })
    ));
    let closed = active().close(tally(3), 2, at(1)).expect("closed");
    assert_eq!(closed.seal(at(2)), Err(StateError::OpenTasks(2)));
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Preview(u64, u64),
    Start(u64),
    Advance,
    Close(u64, u64, u64),
    Seal,
    Cancel,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(
        prop_oneof![
            (0u64..3, 0u64..2).prop_map(|(count, gaps)| Step::Preview(count, gaps)),
            (0u64..4).prop_map(Step::Start),
            Just(Step::Advance),
            (0u64..4, 0u64..2, 0u64..2)
                .prop_map(|(approve, open, tasks)| Step::Close(approve, open, tasks)),
            Just(Step::Seal),
            Just(Step::Cancel),
        ],
        0..16,
    )
}

proptest! {
    #[test]
    fn no_sequence_of_steps_reaches_an_illegal_state(stages in 0u8..5, steps in steps()) {
        let mut campaign = draft(stages);
        let mut now = at(0);
        for step in steps {
            now += TimeDelta::hours(1);
            let before = campaign.state();
            let next = match step {
                Step::Preview(count, gaps) => campaign.clone().preview(count, gaps),
                Step::Start(n) => campaign.clone().start(n, now),
                Step::Advance => campaign.clone().advance(),
                Step::Close(approve, open, tasks) => campaign.clone().close(
                    Tally { open, approve, ..Tally::default() }, tasks, now),
                Step::Seal => campaign.clone().seal(now),
                Step::Cancel => campaign.clone().cancel(now),
            };
            let Ok(next) = next else { continue };
            let legal = matches!(
                (before, next.state()),
                (Draft, Preview | Cancelled)
                    | (Preview, Active | Cancelled)
                    | (Active, Active | Remediating | Cancelled)
                    | (Remediating, Sealed)
            );
            prop_assert!(legal, "{before:?} -> {:?}", next.state());
            match &next {
                Campaign::Active { stage, population, .. } => {
                    prop_assert!(stage.number >= 1 && stage.number <= stage.of && stage.of <= MOST_STAGES);
                    prop_assert!(*population > 0);
                }
                Campaign::Remediating { tally, .. } => {
                    prop_assert_eq!(tally.open, 0);
                    prop_assert!(tally.items() > 0);
                }
                Campaign::Sealed { .. } => {
                    let nothing_open = matches!(campaign, Campaign::Remediating { open_tasks: 0, .. });
                    prop_assert!(nothing_open, "sealed with an open task");
                }
                _ => {}
            }
            campaign = next;
        }
    }
}
