//! How a static credential could give way to federation: the steps, and the trust document ready to paste.

use contract::identities::{FederationAdvice, IdentityView};
use leptos::prelude::*;

use crate::components::{CodeView, Notice, Tone};
use crate::layout::Block;

/// Draws the advice for each credential that has some.
pub fn draw(view: &IdentityView) -> AnyView {
    view.advice
        .iter()
        .map(|advice| one(advice, view))
        .collect_view()
        .into_any()
}

fn one(advice: &FederationAdvice, view: &IdentityView) -> AnyView {
    let id = format!("advice-{}", advice.credential);
    let label = view
        .credentials
        .iter()
        .find(|c| c.id == advice.credential)
        .map(|c| c.label.clone())
        .unwrap_or_default();
    let steps = advice
        .steps
        .iter()
        .cloned()
        .map(|text| view! { <li>{text}</li> })
        .collect_view();
    let caution = (!advice.caution.is_empty()).then(|| {
        let caution = advice.caution.clone();
        view! { <Notice tone=Tone::Warn title="Before you paste.">{caution}</Notice> }
    });
    let documents = advice
        .documents
        .iter()
        .enumerate()
        .map(|(n, document)| {
            let (label, code) = (document.label.clone(), document.text.clone());
            view! { <p><b>{label}</b></p><CodeView id=format!("{id}-{n}") code/> }
        })
        .collect_view();
    let (heading, title, note) = (
        format!("h-{id}"),
        format!("Move {label} to federation"),
        advice.title.clone(),
    );
    view! {
        <Block id=heading title note>
            <ol class="advice">{steps}</ol>
            {caution}
            {documents}
        </Block>
    }
    .into_any()
}
