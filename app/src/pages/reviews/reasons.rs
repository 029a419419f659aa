//! What is advised, what a modify would ask for, and the reason: the reviewer's own part of the page.

use contract::FieldError;
use contract::campaigns::{Advice, DecisionDraft, ModifyTarget, ReviewItemView};
use leptos::prelude::*;

use crate::components::{Check, Glyph, Icon, Notice, TextArea, Tone};

/// Draws advice, targets and the field for the reason.
pub fn answer(
    item: &ReviewItemView,
    draft: Option<&DecisionDraft>,
    problem: Option<&FieldError>,
) -> AnyView {
    view! {
        <section aria-labelledby="s-advice">
            <h2 id="s-advice">"Recommended"<small>"from the last 90 days before freezing"</small></h2>
            <div>{advice(item)}{targets(item, draft, problem)}</div>
        </section>
        <section aria-labelledby="answer">
            <h2 id="answer" tabindex="-1">"Your reason"</h2>
            <div>{whole(problem)}{reason(item, draft, problem)}</div>
        </section>
    }
    .into_any()
}

fn advice(item: &ReviewItemView) -> AnyView {
    let said = match item.recommendation.advice {
        Advice::Approve => "Keep it as it is.",
        Advice::Modify => "Keep it, with the changes below.",
        Advice::Revoke => "Take it away.",
        Advice::LookCloser => "The data does not settle it; look before you decide.",
    };
    let reasons = item
        .recommendation
        .reasons
        .iter()
        .map(|reason| view! { <li>{reason.clone()}</li> })
        .collect_view();
    view! {
        <p><b>{item.recommendation.advice.label()}"."</b>" "{said}</p>
        <ul class="dots">{reasons}</ul>
    }
    .into_any()
}

fn targets(
    item: &ReviewItemView,
    draft: Option<&DecisionDraft>,
    problem: Option<&FieldError>,
) -> Option<AnyView> {
    if item.targets.is_empty() || item.refused.is_some() {
        return None;
    }
    let ticked = |target: &ModifyTarget| match (draft, &item.decision) {
        (Some(draft), _) => draft.targets.contains(&target.key),
        (None, Some(decision)) => decision.targets.iter().any(|t| t.key == target.key),
        (None, None) => item
            .recommendation
            .targets
            .iter()
            .any(|t| t.key == target.key),
    };
    let (first, others): (Vec<&ModifyTarget>, Vec<&ModifyTarget>) =
        item.targets.iter().partition(|target| {
            ticked(target)
                || item
                    .recommendation
                    .targets
                    .iter()
                    .any(|t| t.key == target.key)
        });
    let row = |target: &ModifyTarget| {
        let after = if target.after.is_empty() {
            "nothing".to_owned()
        } else {
            target.after.clone()
        };
        let hint = format!("now {}; then {after}", target.before);
        let (sentence, hint) = (target.sentence.clone(), short(&hint));
        view! {
            <Check name="targets[]" value=target.key.clone() checked=ticked(target)>
                {sentence}<small class="hint">{hint}</small>
            </Check>
        }
    };
    let wrong = problem
        .filter(|p| p.field == "targets")
        .map(|p| view! { <p class="error"><Glyph icon=Icon::Fail/>{p.message.clone()}</p> });
    let count = others.len();
    let more = (count > 0).then(|| {
        let open = first.is_empty() && draft.is_some();
        view! {
            <details open=open>
                <summary>{format!("{count} other things it could be asked to change")}</summary>
                {others.into_iter().map(row).collect_view()}
            </details>
        }
    });
    Some(
        view! {
            <fieldset class="target">
                <legend>"If you choose Modify, ask to"</legend>
                {wrong}
                {first.into_iter().map(row).collect_view()}
                {more}
            </fieldset>
        }
        .into_any(),
    )
}

fn short(text: &str) -> String {
    if text.chars().count() <= 160 {
        return text.to_owned();
    }
    text.chars().take(159).chain(['…']).collect()
}

/// What is wrong with the answer as a whole.
fn whole(problem: Option<&FieldError>) -> Option<AnyView> {
    let problem = problem.filter(|p| p.field != "reason" && p.field != "targets")?;
    let message = problem.message.clone();
    Some(
        view! { <Notice tone=Tone::Warn title="Not decided yet." urgent=true>{message}</Notice> }
            .into_any(),
    )
}

fn reason(
    item: &ReviewItemView,
    draft: Option<&DecisionDraft>,
    problem: Option<&FieldError>,
) -> AnyView {
    if let Some(refused) = item.refused.clone() {
        return view! { <Notice tone=Tone::Info>{refused}</Notice> }.into_any();
    }
    let needed: Vec<String> = item
        .needs_reason
        .iter()
        .map(|(kind, _)| kind.label().to_lowercase())
        .collect();
    let hint = if needed.is_empty() {
        "Not needed here; one sentence helps whoever looks next year. With “don’t know”, write your question.".to_owned()
    } else {
        format!(
            "Needed for: {}. One sentence about this identity. With “don’t know”, write your question.",
            needed.join(", ")
        )
    };
    let wrong = problem
        .filter(|p| p.field == "reason")
        .map(|p| p.message.clone());
    let value = draft.map(|draft| draft.reason.clone()).or_else(|| {
        item.decision
            .as_ref()
            .map(|decision| decision.reason.clone())
    });
    view! {
        <TextArea name="reason" label="Reason or question" hint=hint error=wrong value=value rows=2/>
        <Check name="at_once">"If you choose Revoke: at once"<small class="hint">"Its task begins now, not when the campaign is closed."</small></Check>
    }
    .into_any()
}
