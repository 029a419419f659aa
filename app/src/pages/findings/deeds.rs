//! The dialogs of an open finding: give it to somebody, say that it is over.

use contract::findings::{FindingAction, FindingRow};
use leptos::prelude::*;

use super::row::{Around, hidden};
use crate::components::{Button, ButtonKind, Dialog, DialogBody, DialogFoot, TextArea, TextField};
use crate::form::PostForm;

/// Whether the last try of an action on this finding came to nothing: its dialog opens again.
fn again(row: &FindingRow, around: &Around, action: FindingAction) -> bool {
    let change = around.change;
    change.error().is_some()
        && change.came_from("input[action]", action.as_str())
        && change.came_from("input[finding]", &row.id.to_string())
}

/// Gives it to somebody.
pub fn assign(row: &FindingRow, around: &Around) -> AnyView {
    let (change, again) = (around.change, again(row, around, FindingAction::Assign));
    let hidden = hidden(row, FindingAction::Assign);
    let to = change
        .typed("input[to]")
        .filter(|_| again)
        .unwrap_or_default();
    let error = change.of_field("to").filter(|_| again);
    view! {
        <Dialog id="assign" title="Give this finding to somebody" again>
            <PostForm to=change>
                <DialogBody>
                    <p class="muted">"They look into it from now on; it counts as acknowledged."</p>
                    {hidden}
                    <input type="hidden" name="input[note]" value=""/>
                    <TextField name="input[to]" id="assign-to" label="E-mail address" kind="email" autocomplete="email" value=to error required=true/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>"Give it"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

/// Says that it is over.
pub fn resolve(row: &FindingRow, around: &Around) -> AnyView {
    let (change, again) = (around.change, again(row, around, FindingAction::Resolve));
    let hidden = hidden(row, FindingAction::Resolve);
    let note = change.typed("input[note]").filter(|_| again);
    let error = change.of_field("note").filter(|_| again);
    view! {
        <Dialog id="resolve" title="This is dealt with" again>
            <PostForm to=change>
                <DialogBody>
                    <p class="muted">"It leaves the list, and opens again when it happens again."</p>
                    {hidden}
                    <TextArea name="input[note]" id="resolve-note" label="What came of it" hint="Read by the auditor." value=note error required=true/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>"Resolve it"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}
