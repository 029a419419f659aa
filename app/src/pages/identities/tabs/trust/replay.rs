//! Replay: an edited policy tried on every recorded assumption.

use contract::trust::{RealityView, ReplayRow, ReplayView, TrustReality};
use leptos::prelude::*;

use super::super::TrustForms;
use crate::api::trust::ReplayTrust;
use crate::components::{
    Button, Cell, Column, DataTable, Icon, Notice, RowHead, Status, TableKind, TextArea, Tone, When,
};
use crate::form::{PostForm, Posted};
use crate::format::{count, number};
use crate::layout::Block;
use crate::paths;

/// Draws a form for each trust, and under it what came of the last try.
pub fn draw(reality: &TrustReality, forms: TrustForms) -> AnyView {
    let each = reality
        .trusts
        .iter()
        .filter(|it| it.unreadable.is_none())
        .enumerate()
        .map(|(n, it)| form(n, it, reality, forms.replay))
        .collect_view();
    view! {
        <Block id="h-replay" title="Replay" note="try an edited document on every login that was recorded, before it is put in force">
            <div class="stack">{each}</div>
        </Block>
    }
    .into_any()
}

fn form(
    n: usize,
    it: &RealityView,
    reality: &TrustReality,
    replay: Posted<ReplayTrust>,
) -> AnyView {
    let id = it.id.to_string();
    let mine = replay.came_from("input[trust]", &id);
    let tight = it.tightened.as_ref().map(|tight| tight.after.clone());
    let value = replay
        .typed("input[document]")
        .filter(|_| mine)
        .or(tight)
        .unwrap_or_else(|| it.document.clone());
    let wrong = replay.of_field("document").filter(|_| mine);
    let outcome = replay
        .value()
        .filter(|_| mine)
        .and_then(Result::ok)
        .map(|view| outcome(&view, reality));
    let (identity, target) = (reality.identity.to_string(), it.target.clone());
    view! {
        <details class="more-fields" open=mine || n == 0>
            <summary>"For "{target}</summary>
            <PostForm to=replay attr:class="stack lab-one">
                <input type="hidden" name="input[identity]" value=identity/>
                <input type="hidden" name="input[trust]" value=id/>
                <TextArea name="input[document]" id=format!("replay-{n}") label="Document to try" rows=14 value error=wrong required=true
                    hint="The tightened form stands here to begin with. What the log does not tell (the audience) is taken as the trust in force asks it."/>
                <Button>"Replay"</Button>
            </PostForm>
            {outcome}
        </details>
    }
    .into_any()
}

fn outcome(view: &ReplayView, reality: &TrustReality) -> AnyView {
    let (tone, title) = match (view.refused, view.unknown) {
        (0, 0) => (Tone::Ok, "All would still pass."),
        (0, _) => (Tone::Unknown, "None is refused for certain."),
        _ => (Tone::Crit, "Some would be refused."),
    };
    let said = format!(
        "{} of {} in {} would pass; {} would be refused; {} cannot be told from the record.",
        number(view.passing),
        count(view.total, "recorded login"),
        count(view.sets, "distinct claim set"),
        number(view.refused),
        number(view.unknown)
    );
    let now = reality.now;
    let rows = view.rows.iter().map(|it| row(it, now)).collect_view();
    let more = (view.more > 0)
        .then(|| view! { <p class="muted small">{format!("And {} more.", count(view.more, "claim set"))}</p> });
    let columns = vec![
        Column::new("Subject"),
        Column::new("Outcome"),
        Column::new("Why"),
        Column::new("Times"),
        Column::new("Last"),
    ];
    let table = (!view.rows.is_empty()).then(|| view! {
        <DataTable caption="Logins that would not pass, or cannot be told" columns kind=TableKind::MiniCards>{rows}</DataTable>
    });
    view! {
        <div class="stack">
            <Notice tone title urgent=true>{said}</Notice>
            {table}
            {more}
        </div>
    }
    .into_any()
}

fn row(it: &ReplayRow, now: chrono::DateTime<chrono::Utc>) -> AnyView {
    let it = it.clone();
    let (tone, icon, word) = if it.outcome == "deny" {
        (Tone::Crit, Icon::Fail, "Refused")
    } else {
        (Tone::Unknown, Icon::Unknown, "Cannot be told")
    };
    let run = it
        .run
        .map(|run| view! { <small class="sub">"run "{run}</small> });
    view! {
        <tr>
            <RowHead class="c-main"><code>{it.subject}</code></RowHead>
            <Cell label="Outcome" class="fit"><Status tone icon>{word}</Status></Cell>
            <Cell label="Why" class="full">{it.because}</Cell>
            <Cell label="Times" class="fit">{number(it.count)}</Cell>
            <Cell label="Last"><a href=paths::event(it.event)><When at=it.last now/></a>{run}</Cell>
        </tr>
    }
    .into_any()
}
