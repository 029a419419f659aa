//! What silence brings where a policy says so: identities nobody answered about are suspended, reversibly, up to a cap
//! that only a second person lifts.

use contract::ids::PersonId;

/// Whose suspension a campaign's silence would bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Identities that would be suspended.
    pub candidates: u64,
    /// Most that may be without a second person's word.
    pub cap: u64,
    /// Who lifted the cap.
    pub lifted_by: Option<PersonId>,
}

/// Why nothing is suspended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is nothing to suspend.
    #[error("Nobody’s silence asks for a suspension here.")]
    Nothing,
    /// The number typed is not the number there is.
    #[error("{0} would be suspended now. Look at the list again, then type that number.")]
    Count(u64),
    /// More than the cap.
    #[error("{candidates} would be suspended; without a second person at most {cap} may be.")]
    Cap {
        /// How many.
        candidates: u64,
        /// Most without a second person.
        cap: u64,
    },
    /// The second person is the first.
    #[error("You lifted the cap yourself. Somebody else has to suspend.")]
    SamePerson,
}

impl Plan {
    /// The plan of a population: the cap in percent, rounded down, but never less than one.
    pub fn new(
        population: u64,
        candidates: u64,
        percent: u64,
        lifted_by: Option<PersonId>,
    ) -> Self {
        Self {
            candidates,
            cap: (population * percent.min(100) / 100).max(1),
            lifted_by,
        }
    }

    /// Whether a person may suspend what is on the list.
    ///
    /// # Errors
    /// [`Refused`] says why not.
    pub fn allow(&self, by: PersonId, typed: u64) -> Result<(), Refused> {
        if self.candidates == 0 {
            return Err(Refused::Nothing);
        }
        if typed != self.candidates {
            return Err(Refused::Count(self.candidates));
        }
        if self.candidates <= self.cap {
            return Ok(());
        }
        match self.lifted_by {
            None => Err(Refused::Cap {
                candidates: self.candidates,
                cap: self.cap,
            }),
            Some(lifted) if lifted == by => Err(Refused::SamePerson),
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn person(n: u128) -> PersonId {
        PersonId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_cap_needs_a_second_person() {
        let plan = Plan::new(100, 11, 10, None);
        assert!(matches!(
            plan.allow(person(1), 11),
            Err(Refused::Cap { cap: 10, .. })
        ));
        let plan = Plan::new(100, 11, 10, Some(person(1)));
        assert_eq!(plan.allow(person(1), 11), Err(Refused::SamePerson));
        assert_eq!(plan.allow(person(2), 11), Ok(()));
        assert_eq!(plan.allow(person(2), 10), Err(Refused::Count(11)));
        assert_eq!(Plan::new(5, 1, 10, None).allow(person(1), 1), Ok(()));
        assert_eq!(
            Plan::new(5, 0, 10, None).allow(person(1), 0),
            Err(Refused::Nothing)
        );
    }

    proptest! {
        #[test]
        fn nobody_alone_suspends_more_than_the_cap(population in 1u64..5000, candidates in 0u64..5000, percent in 0u64..101) {
            let plan = Plan::new(population, candidates, percent, None);
            if plan.allow(person(1), candidates).is_ok() {
                prop_assert!(candidates <= (population * percent / 100).max(1));
            }
            let lifted = Plan::new(population, candidates, percent, Some(person(1)));
            if candidates > lifted.cap {
                prop_assert!(lifted.allow(person(1), candidates).is_err());
            }
        }
    }
}
