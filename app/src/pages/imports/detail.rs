//! One import: being checked, waiting for its confirmation, or done.

use contract::ids::ImportId;
use contract::imports::{ImportState, ImportView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{list, mapping, report};
use crate::api::imports::{ConfirmImport, DiscardImport, RemapImport, load_import};
use crate::components::{
    Button, ButtonKind, ButtonLink, Check, Dialog, DialogBody, DialogFoot, DialogLink, KeyValue,
    KeyValues, LiveProgress, Notice, Tone, When,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::format::{bytes, count, number};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem, Split};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// What this page's forms do.
#[derive(Clone, Copy)]
struct Forms {
    remap: Posted<RemapImport>,
    confirm: Posted<ConfirmImport>,
    discard: Posted<DiscardImport>,
}

/// Draws the import.
#[component]
pub fn ImportPage() -> impl IntoView {
    let params = use_params_map();
    let forms = Forms {
        remap: Posted::new(),
        confirm: Posted::new(),
        discard: Posted::new(),
    };
    let data = Resource::new(
        move || params.with(|params| params.get("id").and_then(|id| id.parse::<ImportId>().ok())),
        |id| async move {
            match id {
                Some(id) => load_import(id).await,
                None => Err(AppError::NotFound(
                    "There is no such import. The address may be mistyped.".to_owned(),
                )),
            }
        },
    );
    loaded(data, move |viewer, import| {
        let title = import.row.file.clone();
        let state = list::state(import.row.state);
        let page = body(&import, forms);
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title=format!("Import of {title}")
                section=RailItem::Identities
                crumb=Crumb::new("Import", paths::imports())
            >
                <DetailHead title badges=state/>
                {failed(forms)}
                {page}
            </Frame>
        }
        .into_any()
    })
}

/// What the last form came to, when it did not do what it should.
fn failed(forms: Forms) -> Option<AnyView> {
    let error = forms
        .remap
        .error()
        .or_else(|| forms.confirm.error())
        .or_else(|| forms.discard.error())?;
    let (title, words) = (error.title(), error.to_string());
    Some(view! { <Notice tone=Tone::Crit urgent=true title=title>{words}</Notice> }.into_any())
}

fn body(import: &ImportView, forms: Forms) -> AnyView {
    let side = side(import);
    let main = match import.row.state {
        ImportState::Checking | ImportState::Saving => under_way(import),
        ImportState::Ready => ready(import, forms),
        _ => ended(import),
    };
    view! { <Split label="The file and what next" side>{main}</Split> }.into_any()
}

/// The bar: told as it happens with a script, shown as it stands without one.
fn under_way(import: &ImportView) -> AnyView {
    let progress = import.progress;
    let (id, saving) = (import.row.id, import.row.state == ImportState::Saving);
    let (title, text) = if saving {
        (
            "Saving",
            "Everything is saved in one step. You may leave this page; the result is kept here.",
        )
    } else {
        (
            "Checking",
            "Nothing is saved yet. You may leave this page; the preview waits here.",
        )
    };
    let words = super::words(&progress);
    view! {
        <Block id="progress" title=title>
            <LiveProgress
                label="Rows read"
                value=progress.rows
                max=progress.of
                stream=paths::import_progress(id)
                words
            />
            <p class="muted after">{text}</p>
            <p class="btn-row after"><ButtonLink href=paths::import(id) external=true>"Look again"</ButtonLink></p>
        </Block>
    }
    .into_any()
}

fn ready(import: &ImportView, forms: Forms) -> AnyView {
    let reason = (!import.reason.is_empty()).then(|| {
        let words = import.reason.clone();
        view! { <Notice tone=Tone::Warn>{words}</Notice> }
    });
    let report = import
        .report
        .as_ref()
        .map(|report| report::draw(report, false));
    view! {
        {reason}
        {confirm(import, forms)}
        {report}
        {mapping::draw(import, forms.remap)}
    }
    .into_any()
}

/// What saving it means, and the two ways on.
fn confirm(import: &ImportView, forms: Forms) -> AnyView {
    let report = import.report.as_ref();
    let problems = report.map_or(0, |report| report.problem_count);
    let rows = report.map_or(0, |report| report.rows);
    let changes = import.row.totals.map_or(0, |totals| totals[0] + totals[1]);
    let words = match (rows, changes, problems) {
        (0, _, _) => "Nothing in this file can be taken as it is read now. Say below how it is to be read, or discard it.".to_owned(),
        (_, 0, 0) => "Everything in this file stands in the roll already: saving it changes nothing.".to_owned(),
        (_, _, 0) => format!("Saving it makes {} in one step.", count(changes, "change")),
        _ => format!(
            "{} cannot be taken. Mend the file and upload it again, or save the good rows without them.",
            count(problems, "thing")
        ),
    };
    let id = import.row.id.to_string();
    let waive = (problems > 0).then(|| {
        view! { <Check name="skip_problems" value="true">"Save the good rows without the rest"</Check> }
    });
    let save = (rows > 0).then(|| {
        let id = id.clone();
        view! {
            <PostForm to=forms.confirm attr:class="stack">
                <input type="hidden" name="id" value=id/>
                {waive}
                <p class="btn-row">
                    <Button kind=ButtonKind::Primary>"Save the import"</Button>
                    <DialogLink id="discard" kind=ButtonKind::Quiet>"Discard the file"</DialogLink>
                </p>
            </PostForm>
        }
    });
    let only_discard = (rows == 0).then(|| {
        view! { <p class="btn-row"><DialogLink id="discard">"Discard the file"</DialogLink></p> }
    });
    view! {
        <Block id="confirm" title="Save it?">
            <p>{words}</p>
            {save}
            {only_discard}
        </Block>
        <Dialog id="discard" title="Discard the file?">
            <PostForm to=forms.discard>
                <input type="hidden" name="id" value=id/>
                <DialogBody>"Nothing of it is saved, and the file is forgotten. That it was uploaded stays in the record."</DialogBody>
                <DialogFoot><Button kind=ButtonKind::Danger>"Discard the file"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn ended(import: &ImportView) -> AnyView {
    let saved = import.row.state == ImportState::Saved;
    let (tone, title, words) = match import.row.state {
        ImportState::Saved => (Tone::Ok, "Saved.", told(import)),
        ImportState::Expired => (
            Tone::Warn,
            "Nobody confirmed it in time.",
            "The file is gone and nothing was saved; the preview below is what it would have done. Upload it again to import it.".to_owned(),
        ),
        ImportState::Discarded => (
            Tone::Plain,
            "Discarded.",
            "The file is gone and nothing was saved.".to_owned(),
        ),
        ImportState::Refused => (Tone::Crit, "Refused.", import.reason.clone()),
        _ => (
            Tone::Crit,
            "It could not be done, and nothing was saved.",
            import.reason.clone(),
        ),
    };
    let report = import
        .report
        .as_ref()
        .map(|report| report::draw(report, saved));
    let again = if saved {
        view! { <ButtonLink href=paths::identities() kind=ButtonKind::Primary>"Go to the identities"</ButtonLink> }
    } else {
        view! { <ButtonLink href=paths::imports() kind=ButtonKind::Primary>"Upload another file"</ButtonLink> }
    };
    view! {
        <Notice tone title>{words}</Notice>
        {report}
        <Block id="next" title="What next">
            <p class="btn-row">{again}</p>
        </Block>
    }
    .into_any()
}

fn told(import: &ImportView) -> String {
    let [new, changed, same, conflicts] = import.row.totals.unwrap_or_default();
    let left = match import.row.problems {
        0 => String::new(),
        some => format!(" {} could not be taken.", count(some, "thing")),
    };
    format!(
        "{} new, {} changed, {} unchanged, {} in conflict.{left}",
        number(new),
        number(changed),
        number(same),
        number(conflicts)
    )
}

fn side(import: &ImportView) -> AnyView {
    let now = import.now;
    let size = bytes(u64::try_from(import.row.size).unwrap_or_default());
    let format = import
        .report
        .as_ref()
        .map(|report| report.format)
        .or(import.hint.format);
    let format = format.map_or("Not known", contract::imports::ImportFormat::label);
    let kept = match import.kept_until {
        Some(until) => view! { "until "<When at=until now/> }.into_any(),
        None => "no, only this report".into_any(),
    };
    let (at, by) = (import.row.at, import.row.by.clone());
    view! {
        <Block id="about" title="About this file">
            <KeyValues>
                <KeyValue label="Uploaded"><When at now/></KeyValue>
                <KeyValue label="By">{by}</KeyValue>
                <KeyValue label="Length">{size}</KeyValue>
                <KeyValue label="Format">{format}</KeyValue>
                <KeyValue label="File kept">{kept}</KeyValue>
            </KeyValues>
        </Block>
    }
    .into_any()
}
