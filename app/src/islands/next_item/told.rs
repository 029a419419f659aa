//! What the line above the decision bar says about answers on their way.

/// One state of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Nothing is on its way.
    Nothing,
    /// So many answers are not confirmed yet.
    Saving(usize),
    /// The last one was confirmed, and none is on its way.
    Saved(String),
    /// This decision takes a reason; why.
    Needed(String),
    /// The answer on this item was not taken; it stands here again.
    Back(String),
    /// The answer on this item was not taken; it comes after the one in sight.
    Later(String),
    /// Nobody can tell whether the answer on this item was kept: the request broke, or something else answered.
    Unclear(String),
    /// The person wants to leave and does, once so many answers are confirmed.
    Leaving(usize),
}

impl Told {
    /// In words; nothing where there is nothing to say.
    pub fn words(&self) -> Option<String> {
        let answers = |n: &usize| match n {
            1 => "your answer".to_owned(),
            n => format!("{n} answers"),
        };
        Some(match self {
            Self::Nothing => return None,
            Self::Saving(n) => format!("Saving {}…", answers(n)),
            Self::Saved(name) => format!("Saved: {name}."),
            Self::Needed(why) => format!("{why} Write it, then press Ctrl and Enter."),
            Self::Back(name) => {
                format!("Not decided: {name}. What is missing stands beside your reason.")
            }
            Self::Later(name) => {
                format!("Not decided: {name}. It comes next, with what is missing.")
            }
            Self::Unclear(name) => format!(
                "No answer came for {name}, so it may not be saved. Nothing typed is lost: send it again. If it was saved, you will be told."
            ),
            Self::Leaving(n) => format!("Saving {} first, then on…", answers(n)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_answer_is_yours_and_several_are_counted() {
        assert_eq!(Told::Nothing.words(), None);
        let words = |told: Told| told.words().expect("words");
        assert_eq!(words(Told::Saving(1)), "Saving your answer…");
        assert_eq!(words(Told::Saving(3)), "Saving 3 answers…");
        assert_eq!(words(Told::Leaving(2)), "Saving 2 answers first, then on…");
        assert_eq!(words(Told::Saved("ledger".into())), "Saved: ledger.");
    }
}
