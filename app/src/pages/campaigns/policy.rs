//! The fields of a policy: who answers in which stage, how several answers make one, what silence brings.

use contract::campaigns::{ItemOutcome, PerTier, PolicyForm, Quorum, Silence, StageRule};
use contract::identities::RiskTier;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::components::{CheckboxGroup, Choice, Notice, SelectField, TextField, Tone};
use crate::error::AppError;
use crate::form::Posted;

/// What stands in the fields: what was typed, or what is kept.
pub fn typed<F>(posted: Posted<F>, kept: &PolicyForm) -> PolicyForm
where
    F: ServerFn<Error = AppError> + 'static,
    F::Output: serde::de::DeserializeOwned + Clone + Send + Sync + 'static,
{
    if !posted.sent() {
        return kept.clone();
    }
    let one = |field: &str| {
        posted
            .typed(&format!("policy[{field}]"))
            .unwrap_or_default()
    };
    let tiers = |field: &str| PerTier {
        critical: one(&format!("{field}][critical")),
        high: one(&format!("{field}][high")),
        standard: one(&format!("{field}][standard")),
        low: one(&format!("{field}][low")),
    };
    PolicyForm {
        first: one("first"),
        second: one("second"),
        third: one("third"),
        on_to_second: posted.typed_all("policy[on_to_second]"),
        on_to_third: posted.typed_all("policy[on_to_third]"),
        panel: tiers("panel"),
        silence: tiers("silence"),
        remediation: tiers("remediation"),
        grace_days: one("grace_days"),
        suspend_cap: one("suspend_cap"),
        silence_proves_days: one("silence_proves_days"),
        reminders: one("reminders"),
    }
}

/// Draws the fields. Folded while they hold the default and nothing of them is wrong.
pub fn fields(form: &PolicyForm, folded: bool, wrong: impl Fn(&str) -> Option<String>) -> AnyView {
    let first_wrong = |names: &[&str]| names.iter().find_map(|name| wrong(name));
    let stages_wrong = first_wrong(&["stages"]);
    let tiers_wrong = first_wrong(&["panel", "silence", "remediation_days"]);
    let days = (
        wrong("grace_days"),
        wrong("suspend_cap"),
        wrong("silence_proves_days"),
        wrong("reminders"),
    );
    let any = stages_wrong.is_some()
        || tiers_wrong.is_some()
        || [&days.0, &days.1, &days.2, &days.3]
            .iter()
            .any(|field| field.is_some());
    let notice = |message: Option<String>| {
        message.map(|message| view! { <Notice tone=Tone::Warn>{message}</Notice> })
    };
    let form = form.clone();
    let tiers = RiskTier::ALL
        .iter()
        .map(|tier| of_tier(*tier, &form))
        .collect_view();
    let reminders = vec![Choice::new("yes", "Yes"), Choice::new("no", "No")];
    view! {
        <details class="more-fields" open={any || !folded}>
            <summary>"Who answers, and what silence brings"</summary>
            {notice(stages_wrong)}
            <SelectField name="policy[first]" label="First, asked is" options=rules() value=form.first required=true/>
            <SelectField name="policy[second]" label="Second stage" options=rules() value=form.second prompt="No second stage"/>
            <CheckboxGroup name="policy[on_to_second][]" legend="On to the second stage go items that are" options=outcomes() chosen=form.on_to_second/>
            <SelectField name="policy[third]" label="Third stage" options=rules() value=form.third prompt="No third stage"/>
            <CheckboxGroup name="policy[on_to_third][]" legend="On to the third stage go items that are" options=outcomes() chosen=form.on_to_third/>
            {notice(tiers_wrong)}
            <div class="tier-rules">{tiers}</div>
            <TextField name="policy[grace_days]" label="Days after the due date before silence has consequences" inputmode="numeric" value=form.grace_days error=days.0 required=true/>
            <TextField name="policy[suspend_cap]" label="Most identities suspended without a second person, percent" inputmode="numeric" value=form.suspend_cap error=days.1 required=true/>
            <TextField name="policy[silence_proves_days]" label="Days without use that prove a revocation" hint="Only where a source covers the platform." inputmode="numeric" value=form.silence_proves_days error=days.2 required=true/>
            <SelectField name="policy[reminders]" label="Remind reviewers" options=reminders value=form.reminders error=days.3 required=true/>
        </details>
    }
    .into_any()
}

fn of_tier(tier: RiskTier, form: &PolicyForm) -> AnyView {
    let word = tier.as_str();
    let pick = |per: &PerTier<String>| {
        match tier {
            RiskTier::Critical => &per.critical,
            RiskTier::High => &per.high,
            RiskTier::Standard => &per.standard,
            RiskTier::Low => &per.low,
        }
        .clone()
    };
    let silence = Silence::ALL
        .iter()
        .map(|one| Choice::new(one.as_str(), one.label()))
        .collect::<Vec<_>>();
    let (panel, quiet, days) = (
        pick(&form.panel),
        pick(&form.silence),
        pick(&form.remediation),
    );
    view! {
        <fieldset>
            <legend>{format!("Risk tier {}", tier.label().to_lowercase())}</legend>
            <SelectField name=format!("policy[panel][{word}]") label="Answers" options=panels() value=panel required=true/>
            <SelectField name=format!("policy[silence][{word}]") label="Silence brings" options=silence value=quiet required=true/>
            <TextField name=format!("policy[remediation][{word}]") label="Days to carry it out" inputmode="numeric" value=days required=true/>
        </fieldset>
    }
    .into_any()
}

fn rules() -> Vec<Choice> {
    StageRule::ALL
        .iter()
        .map(|rule| Choice::new(rule.as_str(), rule.label()))
        .collect()
}

fn outcomes() -> Vec<Choice> {
    ItemOutcome::ALL
        .iter()
        .filter(|outcome| !matches!(outcome, ItemOutcome::Open | ItemOutcome::Gone))
        .map(|outcome| Choice::new(outcome.as_str(), outcome.label()))
        .collect()
}

fn panels() -> Vec<Choice> {
    let mut all = vec![Choice::new("any_one:1", "One reviewer")];
    for count in [2, 3] {
        for quorum in Quorum::ALL {
            let label = match quorum {
                Quorum::AnyOne => format!("{count} asked, the first answer decides"),
                Quorum::All => format!("{count} asked, all answer"),
                Quorum::DenyWins => format!("{count} asked, a refusal wins"),
            };
            all.push(Choice::new(format!("{}:{count}", quorum.as_str()), label));
        }
    }
    all
}
