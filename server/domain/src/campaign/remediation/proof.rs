//! Whether what was decided is so: judged from the roll and from what the events say, never from somebody's word.

use chrono::{DateTime, Utc};
use contract::campaigns::{DecisionKind, ModifyTarget};
use contract::identities::IdentityState;

use crate::campaign::snapshot::Snapshot;

/// What is asked about a task.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Revoke or modify.
    pub decision: DecisionKind,
    /// What was to be changed.
    pub targets: &'a [ModifyTarget],
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    /// When somebody said it was done.
    pub applied_at: Option<DateTime<Utc>>,
    /// Days of silence that prove a revocation.
    pub silence_days: i64,
    /// Days since it was applied on which a source that would see a use spoke.
    pub spoken_days: i64,
}

/// What the roll and the events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It is done; what shows it.
    Holds(String),
    /// It is not done; what shows that.
    Not(String),
    /// It cannot be known yet; what would make it known.
    Unknown(String),
}

/// Judges a task. `now` is the identity as the roll has it; absent when it is gone from the roll.
pub fn judge(question: &Question<'_>, now: Option<&Snapshot>) -> Proof {
    let Some(now) = now else {
        return Proof::Holds("It is no longer in the roll.".to_owned());
    };
    if question.decision == DecisionKind::Revoke {
        return revoked(question, now);
    }
    let mut open = Vec::new();
    let mut unknown = Vec::new();
    for target in question.targets {
        match changed(target, question.decided_at, now) {
            Proof::Holds(_) => {}
            Proof::Not(why) => open.push(why),
            Proof::Unknown(why) => unknown.push(why),
        }
    }
    if !open.is_empty() {
        return Proof::Not(open.join(" "));
    }
    if !unknown.is_empty() {
        return Proof::Unknown(unknown.join(" "));
    }
    Proof::Holds(match question.targets.len() {
        1 => "The roll shows the change.".to_owned(),
        n => format!("The roll shows all {n} changes."),
    })
}

fn revoked(question: &Question<'_>, now: &Snapshot) -> Proof {
    let used_since = |since: DateTime<Utc>| now.usage.last_used_at.filter(|at| *at > since);
    if matches!(
        now.state,
        IdentityState::Removed | IdentityState::Decommissioning | IdentityState::Suspended
    ) {
        return match question.applied_at.and_then(used_since) {
            Some(at) => Proof::Not(format!(
                "It is {} and was still used on {}.",
                now.state.label().to_lowercase(),
                at.format("%-d %b %Y")
            )),
            None => Proof::Holds(format!(
                "The roll says {}.",
                now.state.label().to_lowercase()
            )),
        };
    }
    if now.credentials.is_empty() && now.permissions.is_empty() && now.trusts.is_empty() {
        return Proof::Holds(
            "It holds no credential, no permission and no trust any more.".to_owned(),
        );
    }
    let Some(applied) = question.applied_at else {
        return Proof::Not("Nobody has said that it is done.".to_owned());
    };
    if let Some(at) = used_since(applied) {
        return Proof::Not(format!(
            "It was used on {}, after it was said to be revoked.",
            at.format("%-d %b %Y")
        ));
    }
    if question.spoken_days >= question.silence_days {
        return Proof::Holds(format!(
            "Not used on {} days since, on which its sources spoke.",
            question.spoken_days
        ));
    }
    if question.spoken_days == 0 {
        return Proof::Unknown(
            "No source has told about its platform since; import its state, or connect one."
                .to_owned(),
        );
    }
    Proof::Unknown(format!(
        "Silent on {} of the {} days that prove it.",
        question.spoken_days, question.silence_days
    ))
}

fn changed(target: &ModifyTarget, decided_at: DateTime<Utc>, now: &Snapshot) -> Proof {
    let Some((kind, id)) = target.key.split_once(':') else {
        return Proof::Unknown(format!("“{}” cannot be checked.", target.sentence));
    };
    let gone = || Proof::Holds(String::new());
    match kind {
        "permission" => {
            let held = now
                .permissions
                .iter()
                .any(|p| p.id.to_string() == id || p.raw() == target.before);
            if held {
                Proof::Not(format!("It still holds {}.", target.before))
            } else {
                gone()
            }
        }
        "rotate" | "federate" => match now.credentials.iter().find(|c| c.id.to_string() == id) {
            None => gone(),
            Some(c) if kind == "rotate" && c.rotated_at.is_some_and(|at| at > decided_at) => gone(),
            Some(c) if kind == "rotate" => {
                Proof::Not(format!("“{}” has not been rotated since.", c.label))
            }
            Some(c) => Proof::Not(format!("“{}” is still there.", c.label)),
        },
        "trust" => {
            let unchanged = now
                .trusts
                .iter()
                .find(|t| t.id.to_string() == id && t.document == target.before);
            match unchanged {
                Some(t) => Proof::Not(format!("The trust of {} is unchanged.", t.target)),
                None => gone(),
            }
        }
        _ => Proof::Unknown(format!("“{}” cannot be checked.", target.sentence)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::recommend::targets;
    use crate::campaign::snapshot::tests::{snapshot, time};

    fn revoke(applied: Option<i64>, spoken: i64) -> Question<'static> {
        Question {
            decision: DecisionKind::Revoke,
            targets: &[],
            decided_at: time(-40),
            applied_at: applied.map(time),
            silence_days: 14,
            spoken_days: spoken,
        }
    }

    #[test]
    fn a_word_proves_nothing_and_a_use_disproves_it() {
        let mut it = snapshot();
        it.usage.last_used_at = Some(time(-20));
        assert!(matches!(judge(&revoke(None, 90), Some(&it)), Proof::Not(_)));
        assert!(matches!(
            judge(&revoke(Some(-30), 30), Some(&it)),
            Proof::Not(_)
        ));
        assert!(matches!(
            judge(&revoke(Some(-15), 15), Some(&it)),
            Proof::Holds(_)
        ));
        assert!(matches!(
            judge(&revoke(Some(-15), 13), Some(&it)),
            Proof::Unknown(_)
        ));
        assert!(matches!(
            judge(&revoke(Some(-15), 0), Some(&it)),
            Proof::Unknown(_)
        ));
        assert!(matches!(judge(&revoke(None, 0), None), Proof::Holds(_)));
        it.state = IdentityState::Removed;
        assert!(matches!(
            judge(&revoke(None, 0), Some(&it)),
            Proof::Holds(_)
        ));
    }

    #[test]
    fn a_modify_is_proven_target_by_target() {
        let mut it = snapshot();
        let target = targets::drop_permission(&it.permissions[0]);
        let chosen = [target];
        let question = Question {
            decision: DecisionKind::Modify,
            targets: &chosen,
            ..revoke(None, 0)
        };
        assert!(matches!(judge(&question, Some(&it)), Proof::Not(_)));
        it.permissions.clear();
        assert!(matches!(judge(&question, Some(&it)), Proof::Holds(_)));
    }
}
