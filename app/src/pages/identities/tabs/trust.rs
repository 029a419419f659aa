//! Who may become it: each trust document, with who it admits in a sentence.

use contract::identities::{IdentityView, TrustView};
use leptos::prelude::*;

use crate::components::{CodeView, EmptyState, Identifier, KeyValue, KeyValues, When};
use crate::layout::Block;

/// Draws the tab.
pub fn draw(view: &IdentityView) -> AnyView {
    if view.trusts.is_empty() {
        return view! {
            <EmptyState title="No trust document is known" text="Who may become this identity is unknown until its trust policy is imported."/>
        }
        .into_any();
    }
    view.trusts
        .iter()
        .enumerate()
        .map(|(n, trust)| document(n, trust, view))
        .collect_view()
        .into_any()
}

fn document(n: usize, trust: &TrustView, view: &IdentityView) -> AnyView {
    let trust = trust.clone();
    let now = view.now;
    let admits = if trust.admits.is_empty() {
        "Who it admits is unknown.".to_owned()
    } else {
        trust.admits.clone()
    };
    view! {
        <Block id=format!("h-trust-{n}") title=trust.language.label()>
          <div class="stack">
            <p class="lead">{admits}</p>
            <KeyValues>
                <KeyValue label="Guards" wide=true><Identifier value=trust.target.clone() what="target"/></KeyValue>
                <KeyValue label="Last changed"><When at=trust.updated_at now/></KeyValue>
            </KeyValues>
            <CodeView id=format!("trust-{n}") code=trust.document.clone()/>
          </div>
        </Block>
    }
    .into_any()
}
