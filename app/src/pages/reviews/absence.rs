//! Being away: who answers meanwhile.

use contract::campaigns::AbsenceView;
use leptos::prelude::*;

use crate::api::reviews::{BeAway, BeBack};
use crate::components::{Button, ButtonKind, Choice, Notice, SelectField, TextField, Tone};
use crate::form::{PostForm, Posted};
use crate::layout::Block;

/// Draws what is planned, or the form that plans it.
pub fn block(view: &AbsenceView, away: Posted<BeAway>, back: Posted<BeBack>) -> AnyView {
    let body = match &view.planned {
        Some(absence) => {
            let words = format!(
                "{} to {}: {} answers for you.",
                absence.from.format("%-d %b %Y"),
                absence.until.format("%-d %b %Y"),
                absence.deputy.name
            );
            view! {
                <p>{words}</p>
                <PostForm to=back><Button small=true>"I am back"</Button></PostForm>
            }
            .into_any()
        }
        None => form(view, away),
    };
    let failed = back.error().map(|error| {
        view! { <Notice tone=Tone::Warn urgent=true>{error.to_string()}</Notice> }
    });
    view! { <Block id="away" title="Away" note="your reviews go to somebody else meanwhile">{failed}{body}</Block> }
        .into_any()
}

fn form(view: &AbsenceView, away: Posted<BeAway>) -> AnyView {
    let options: Vec<Choice> = view
        .people
        .iter()
        .map(|person| Choice::new(person.id.to_string(), person.name.clone()))
        .collect();
    let (deputy, from, until) = (
        away.typed("deputy"),
        away.typed("from"),
        away.typed("until"),
    );
    let open = away.error().is_some();
    view! {
        <details open=open>
            <summary>"Plan an absence"</summary>
            <PostForm to=away attr:class="form">
                <TextField name="from" label="First day away" kind="date" value=from error=away.of_field("from") required=true/>
                <TextField name="until" label="Last day away" kind="date" value=until error=away.of_field("until") required=true/>
                <SelectField name="deputy" label="Who answers meanwhile" options=options value=deputy error=away.of_field("deputy") prompt="Choose a person" required=true/>
                <p class="btn-row after"><Button kind=ButtonKind::Primary>"Plan it"</Button></p>
            </PostForm>
        </details>
    }
    .into_any()
}
