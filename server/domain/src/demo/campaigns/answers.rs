//! What reviewers write. Short, about the thing at hand, as people write when they have twenty minutes.

use contract::campaigns::{Advice, DecisionKind};

use super::Question;
use crate::demo::dice::Dice;
use crate::demo::roster::Line;

const FINE: &[&str] = &[
    "Checked the runs of the last month against our release notes.",
    "Still the only way this gets to production.",
    "Used every week; nobody else can start it without an approval.",
    "Looked at the last ten runs, all from main.",
    "We rely on it daily and the approval rule stands.",
    "Compared with the runbook, nothing is missing and nothing is new.",
    "Owner and backup both know it; the on-call guide names it.",
    "fine as long as it stays production only",
    "Seen in each release since the last review.",
    "The team talked it through on Tuesday; it stays as it is.",
];

const AGAINST: &[&str] = &[
    "Needed at the end of the quarter even if it was quiet lately.",
    "The replacement is planned for January; until then it has to stay.",
    "The unused permission is for rollbacks, which we had none of.",
    "The supplier offers nothing better yet; asked again this month.",
    "Quiet because the season has not begun; it runs from December.",
    "Agreed with Security to keep it until the migration ends.",
];

const CHANGE: &[&str] = &[
    "Please take away what was not used; rollbacks go another way now.",
    "Too old; renew it now and plan federation with Platform.",
    "Narrow it to what the runs really need.",
    "We no longer need all of it since the move to containers.",
];

const STOP: &[&str] = &[
    "Nothing of ours uses it any more; its last run was for a project that ended.",
    "Replaced; the new pipeline has its own identity.",
    "The experiment is over and the account can go.",
];

const ASK: &[&str] = &[
    "I took this over last month and do not know who calls it. Could you look?",
    "Is this still needed for the audit archive?",
];

/// The reason of an answer; empty where nobody would write one.
pub(super) fn reason(
    decision: DecisionKind,
    question: Question<'_>,
    line: &Line,
    dice: &mut Dice,
) -> String {
    let from = match decision {
        DecisionKind::Approve if question.advice != Advice::Approve => {
            if question.advice == Advice::LookCloser {
                FINE
            } else {
                AGAINST
            }
        }
        DecisionKind::Approve if question.privileged_production => FINE,
        DecisionKind::Approve => return String::new(),
        DecisionKind::Modify => CHANGE,
        DecisionKind::Revoke if line.has("removed") => {
            return "Replaced by the payments API; the old gateway was switched off.".to_owned();
        }
        DecisionKind::Revoke => STOP,
        DecisionKind::DontKnow => ASK,
    };
    (*dice.pick(from)).to_owned()
}
