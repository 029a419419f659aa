//! Tests kept with the identity: tokens that must get in, and tokens that must not.

use contract::trust::{TrustReality, TrustTestView};
use leptos::prelude::*;

use super::super::TrustForms;
use crate::api::trust::{DropTrustTest, KeepTrustTest};
use crate::components::{
    Button, ButtonKind, Cell, Choice, Column, DataTable, EmptyState, Icon, Notice, RowHead,
    SelectField, Status, TableKind, TextArea, TextField, Tone,
};
use crate::form::{PostForm, Posted};
use crate::layout::Block;

/// Draws the tests as they end now, and the form for one more.
pub fn draw(reality: &TrustReality, forms: TrustForms) -> AnyView {
    let table = if reality.tests.is_empty() {
        view! { <EmptyState title="No test is kept" text="Keep the token of your deployment as one that must get in, and one of another repository as one that must not: they are judged again whenever a trust changes, and a failing one is a finding."/> }.into_any()
    } else {
        let rows = reality
            .tests
            .iter()
            .map(|test| row(test, reality, forms.untest))
            .collect_view();
        let columns = vec![
            Column::new("Test"),
            Column::new("Must be"),
            Column::new("Is"),
            Column::new("Claims"),
            Column::new("Remove").hidden(),
        ];
        view! { <DataTable caption="Trust tests as they end now" columns kind=TableKind::MiniCards>{rows}</DataTable> }.into_any()
    };
    let keep = reality
        .may_edit
        .then(|| form(reality.identity.to_string(), forms.test));
    let failed = forms.untest.error().map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> });
    view! {
        <Block id="h-tests" title="Tests" note="judged again on every change; a failing one is a finding">
            <div class="stack">
                {failed}
                {table}
                {keep}
            </div>
        </Block>
    }
    .into_any()
}

const fn word(decision: &str) -> &'static str {
    match decision.as_bytes() {
        b"allow" => "let in",
        b"deny" => "refused",
        _ => "not to be told",
    }
}

fn row(test: &TrustTestView, reality: &TrustReality, untest: Posted<DropTrustTest>) -> AnyView {
    let test = test.clone();
    let (tone, icon) = match (test.got == test.expect, test.got.as_str()) {
        (true, _) => (Tone::Ok, Icon::Ok),
        (_, "unknown") => (Tone::Unknown, Icon::Unknown),
        _ => (Tone::Crit, Icon::Fail),
    };
    let (identity, id) = (reality.identity.to_string(), test.id.to_string());
    let remove = reality.may_edit.then(move || {
        view! {
            <PostForm to=untest>
                <input type="hidden" name="identity" value=identity/>
                <input type="hidden" name="test" value=id/>
                <Button kind=ButtonKind::Quiet small=true>"Remove"</Button>
            </PostForm>
        }
    });
    view! {
        <tr>
            <RowHead class="c-main">{test.name}</RowHead>
            <Cell label="Must be" class="fit">{word(&test.expect)}</Cell>
            <Cell label="Is" class="fit"><Status tone icon>{word(&test.got)}</Status></Cell>
            <Cell label="Claims" class="full"><code>{test.claims}</code></Cell>
            <Cell label="Remove">{remove}</Cell>
        </tr>
    }
    .into_any()
}

fn form(identity: String, keep: Posted<KeepTrustTest>) -> AnyView {
    let failing = keep.error().is_some();
    let typed = move |name: &str| keep.typed(&format!("input[{name}]")).filter(|_| failing);
    let wrong = move |name: &str| keep.of_field(name);
    let error = keep
        .error()
        .filter(|error| !matches!(error, crate::error::AppError::Invalid(_)))
        .map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> });
    let options = vec![
        Choice::new("deny", "Must be refused"),
        Choice::new("allow", "Must be let in"),
    ];
    view! {
        <details class="more-fields" open=failing>
            <summary>"Keep a test"</summary>
            {error}
            <PostForm to=keep attr:class="stack lab-one">
                <input type="hidden" name="input[identity]" value=identity/>
                <TextField name="input[name]" id="test-name" label="What it is about" value=typed("name") error=wrong("name") required=true/>
                <SelectField name="input[expect]" id="test-expect" label="The token" options value=typed("expect") error=wrong("expect") required=true/>
                <TextArea name="input[claims]" id="test-claims" label="Claims" rows=8 value=typed("claims") error=wrong("claims") required=true
                    hint="A JSON object with iss, sub and aud at least; the trust lab builds one. A JWT is not taken: it would be kept."/>
                <Button>"Keep the test"</Button>
            </PostForm>
        </details>
    }
    .into_any()
}
