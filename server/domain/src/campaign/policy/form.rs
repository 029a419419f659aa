//! A policy's form, read.

use contract::campaigns::{
    CampaignPolicy, ItemOutcome, Panel, PerTier, PolicyForm, Quorum, StagePlan,
};

/// What is wrong: the field, and why.
pub type Wrong = (&'static str, String);

/// The policy a form means. Empty fields mean the default of [`CampaignPolicy`].
///
/// # Errors
/// Every field that cannot be read, and whatever [`super::check`] finds.
pub fn read(form: &PolicyForm) -> Result<CampaignPolicy, Vec<Wrong>> {
    let default = CampaignPolicy::default();
    let mut wrong = Vec::new();
    let mut number = |field: &'static str, text: &str, default: i64| match text.trim() {
        "" => default,
        text => text.parse().unwrap_or_else(|_| {
            wrong.push((field, format!("{text:?} is no number.")));
            default
        }),
    };
    let days = |text: &PerTier<String>, number: &mut dyn FnMut(&'static str, &str, i64) -> i64| {
        let of = default.remediation_days;
        PerTier {
            critical: number("remediation_days", &text.critical, of.critical),
            high: number("remediation_days", &text.high, of.high),
            standard: number("remediation_days", &text.standard, of.standard),
            low: number("remediation_days", &text.low, of.low),
        }
    };
    let mut policy = CampaignPolicy {
        grace_days: number("grace_days", &form.grace_days, default.grace_days),
        suspend_cap: number("suspend_cap", &form.suspend_cap, default.suspend_cap),
        silence_proves_days: number(
            "silence_proves_days",
            &form.silence_proves_days,
            default.silence_proves_days,
        ),
        remediation_days: days(&form.remediation, &mut number),
        ..default.clone()
    };
    policy.stages = stages(form, &mut wrong);
    policy.panel = per_tier(&form.panel, Panel::ONE, |text| {
        panel(text).ok_or_else(|| ("panel", format!("{text:?} is no panel.")))
    })
    .unwrap_or_else(|problem| {
        wrong.push(problem);
        default.panel
    });
    policy.silence = per_tier(&form.silence, default.silence.standard, |text| {
        text.parse()
            .map_err(|_| ("silence", format!("{text:?} is nothing silence brings.")))
    })
    .unwrap_or_else(|problem| {
        wrong.push(problem);
        default.silence
    });
    policy.reminders = match form.reminders.trim() {
        "" => default.reminders,
        "yes" => true,
        "no" => false,
        other => {
            wrong.push(("reminders", format!("{other:?} is neither yes nor no.")));
            default.reminders
        }
    };
    wrong.extend(super::check(&policy));
    if wrong.is_empty() {
        Ok(policy)
    } else {
        Err(wrong)
    }
}

fn stages(form: &PolicyForm, wrong: &mut Vec<Wrong>) -> Vec<StagePlan> {
    if form.second.trim().is_empty() && !form.third.trim().is_empty() {
        wrong.push(("stages", "A third stage needs a second one.".to_owned()));
    }
    let mut out: Vec<StagePlan> = Vec::new();
    for (at, (rule, coming)) in [
        (&form.first, &[][..]),
        (&form.second, &form.on_to_second),
        (&form.third, &form.on_to_third),
    ]
    .into_iter()
    .enumerate()
    {
        let rule = match rule.trim() {
            "" if at == 0 => contract::campaigns::StageRule::Chain,
            "" => break,
            text => text.parse().unwrap_or_else(|_| {
                wrong.push(("stages", format!("{text:?} is no rule of a stage.")));
                contract::campaigns::StageRule::Chain
            }),
        };
        if let Some(before) = out.last_mut() {
            before.advance = outcomes(coming, wrong);
        }
        out.push(StagePlan {
            reviewers: rule,
            advance: Vec::new(),
        });
    }
    out
}

fn outcomes(words: &[String], wrong: &mut Vec<Wrong>) -> Vec<ItemOutcome> {
    let mut out = Vec::new();
    for word in words {
        match word.parse() {
            Ok(outcome) => out.push(outcome),
            Err(_) => wrong.push(("stages", format!("{word:?} is no outcome."))),
        }
    }
    out
}

fn per_tier<T: Copy>(
    form: &PerTier<String>,
    default: T,
    read: impl Fn(&str) -> Result<T, Wrong>,
) -> Result<PerTier<T>, Wrong> {
    let one = |text: &String| match text.trim() {
        "" => Ok(default),
        text => read(text),
    };
    Ok(PerTier {
        critical: one(&form.critical)?,
        high: one(&form.high)?,
        standard: one(&form.standard)?,
        low: one(&form.low)?,
    })
}

fn panel(text: &str) -> Option<Panel> {
    let (quorum, reviewers) = text.split_once(':')?;
    Some(Panel {
        quorum: quorum.parse::<Quorum>().ok()?,
        reviewers: reviewers.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use contract::campaigns::{Silence, StageRule};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_empty_form_is_the_default_policy() {
        assert_eq!(read(&PolicyForm::default()), Ok(CampaignPolicy::default()));
        let blank = PolicyForm {
            first: String::new(),
            panel: PerTier::default(),
            silence: PerTier::default(),
            remediation: PerTier::default(),
            grace_days: String::new(),
            reminders: " ".into(),
            ..PolicyForm::default()
        };
        assert_eq!(read(&blank), Ok(CampaignPolicy::default()));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let form = PolicyForm {
            first: "everybody".into(),
            third: "security".into(),
            grace_days: "soon".into(),
            suspend_cap: "101".into(),
            panel: PerTier {
                high: "all:9".into(),
                ..PerTier::default()
            },
            silence: PerTier {
                low: "approve".into(),
                ..PerTier::default()
            },
            ..PolicyForm::default()
        };
        let wrong = read(&form).expect_err("refused");
        for field in ["stages", "grace_days", "suspend_cap", "panel", "silence"] {
            assert!(
                wrong.iter().any(|(name, _)| *name == field),
                "{field}: {wrong:?}"
            );
        }
    }

    fn panels() -> impl Strategy<Value = Panel> {
        (0..3_usize, 2..=3_u8, any::<bool>()).prop_map(|(quorum, reviewers, one)| {
            if one {
                Panel::ONE
            } else {
                Panel {
                    reviewers,
                    quorum: Quorum::ALL[quorum],
                }
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_filled_is_read_back(
            count in 1..=3_usize,
            rules in prop::array::uniform3(0..3_usize),
            panel in panels(),
            silence in 0..3_usize,
            (grace, cap, proves, days) in (0..=90_i64, 0..=100_i64, 1..=90_i64, 1..=365_i64),
            reminders in any::<bool>(),
        ) {
            let stages = (0..count)
                .map(|at| StagePlan {
                    reviewers: StageRule::ALL[rules[at]],
                    advance: if at + 1 < count { vec![ItemOutcome::Revoke, ItemOutcome::NotReviewed] } else { vec![] },
                })
                .collect();
            let policy = CampaignPolicy {
                stages,
                panel: PerTier { critical: panel, ..PerTier::all(Panel::ONE) },
                silence: PerTier { high: Silence::ALL[silence], ..PerTier::all(Silence::Finding) },
                grace_days: grace,
                suspend_cap: cap,
                remediation_days: PerTier { low: days, ..CampaignPolicy::default().remediation_days },
                silence_proves_days: proves,
                reminders,
            };
            prop_assert_eq!(read(&PolicyForm::of(&policy)), Ok(policy));
        }
    }
}
