//! Several reviewers of one item: who has answered, and what their answers make together.

use contract::campaigns::{DecisionKind, Quorum};
use contract::ids::PersonId;

/// One reviewer of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they answered; absent while they have not.
    pub answer: Option<DecisionKind>,
}

/// Everybody asked about one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// How their answers make one.
    pub quorum: Quorum,
    /// Who is asked, in order; at least one.
    pub seats: Vec<Seat>,
}

/// How strict an answer is: the strictest one stands where all must agree to approve.
const fn strictness(decision: DecisionKind) -> u8 {
    match decision {
        DecisionKind::Approve => 0,
        DecisionKind::DontKnow => 1,
        DecisionKind::Modify => 2,
        DecisionKind::Revoke => 3,
    }
}

impl Panel {
    /// Whether somebody is asked.
    pub fn seats_of(&self, person: PersonId) -> bool {
        self.seats.iter().any(|seat| seat.person == person)
    }

    /// Notes an answer: in the person's own seat, or, for somebody who steps in, in the first one still empty.
    /// `None` when there is no such seat.
    #[must_use]
    pub fn answered(mut self, person: PersonId, decision: DecisionKind) -> Option<Self> {
        let own = self.seats.iter().position(|seat| seat.person == person);
        let place = own.or_else(|| self.seats.iter().position(|seat| seat.answer.is_none()))?;
        self.seats[place].answer = Some(decision);
        Some(self)
    }

    /// Takes a person's answer back.
    #[must_use]
    pub fn withdrawn(mut self, person: PersonId) -> Self {
        for seat in &mut self.seats {
            if seat.person == person {
                seat.answer = None;
            }
        }
        self
    }

    /// What the answers make together; absent while they make nothing yet.
    pub fn outcome(&self) -> Option<DecisionKind> {
        let given: Vec<DecisionKind> = self.seats.iter().filter_map(|seat| seat.answer).collect();
        let whole = given.len() == self.seats.len();
        let strictest = given
            .iter()
            .copied()
            .max_by_key(|answer| strictness(*answer));
        match self.quorum {
            Quorum::AnyOne => strictest,
            Quorum::All => strictest.filter(|_| whole),
            Quorum::DenyWins => {
                strictest.filter(|answer| whole || matches!(answer, DecisionKind::Revoke))
            }
        }
    }

    /// Answers given and answers asked for.
    pub fn count(&self) -> (usize, usize) {
        let given = self.seats.iter().filter(|seat| seat.answer.is_some());
        (given.count(), self.seats.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn panel(quorum: Quorum, answers: &[Option<DecisionKind>]) -> Panel {
        let seats = answers
            .iter()
            .enumerate()
            .map(|(n, answer)| Seat {
                person: PersonId(uuid::Uuid::from_u128(n as u128 + 1)),
                name: format!("P{n}"),
                answer: *answer,
            })
            .collect();
        Panel { quorum, seats }
    }

    #[test]
    fn each_quorum_makes_its_outcome() {
        use DecisionKind::{Approve, DontKnow, Modify, Revoke};
        for (quorum, answers, expected) in [
            (Quorum::AnyOne, vec![None, Some(Approve)], Some(Approve)),
            (Quorum::AnyOne, vec![None, None], None),
            (Quorum::All, vec![Some(Approve), None], None),
            (Quorum::All, vec![Some(Revoke), None], None),
            (Quorum::All, vec![Some(Approve), Some(Modify)], Some(Modify)),
            (
                Quorum::All,
                vec![Some(Approve), Some(DontKnow)],
                Some(DontKnow),
            ),
            (
                Quorum::DenyWins,
                vec![Some(Revoke), None, None],
                Some(Revoke),
            ),
            (Quorum::DenyWins, vec![Some(Modify), None], None),
            (
                Quorum::DenyWins,
                vec![Some(Approve), Some(Approve)],
                Some(Approve),
            ),
        ] {
            assert_eq!(
                panel(quorum, &answers).outcome(),
                expected,
                "{quorum:?} {answers:?}"
            );
        }
    }

    fn answers() -> impl Strategy<Value = Vec<Option<DecisionKind>>> {
        let one = proptest::option::of(proptest::sample::select(DecisionKind::ALL.to_vec()));
        proptest::collection::vec(one, 1..4)
    }

    proptest! {
        #[test]
        fn an_approval_never_stands_beside_a_refusal_where_all_must_agree(answers in answers()) {
            for quorum in [Quorum::All, Quorum::DenyWins] {
                let outcome = panel(quorum, &answers).outcome();
                if outcome == Some(DecisionKind::Approve) {
                    let all = answers.iter().all(|answer| *answer == Some(DecisionKind::Approve));
                    prop_assert!(all);
                }
                if answers.iter().all(Option::is_some) {
                    prop_assert!(outcome.is_some(), "everybody answered, nothing came of it");
                }
            }
        }

        #[test]
        fn taking_an_answer_back_undoes_giving_it(answers in answers(), quorum in proptest::sample::select(Quorum::ALL.to_vec())) {
            let before = panel(quorum, &answers);
            let who = before.seats[0].person;
            let empty = before.withdrawn(who);
            let given = empty.clone().answered(who, DecisionKind::Approve).expect("a seat");
            prop_assert_eq!(given.withdrawn(who), empty);
        }
    }
}
