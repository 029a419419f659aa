//! One destination: how it stands, what can be done with it, and the rows it would not take.

use contract::destinations::{DestinationRow, DestinationState, DestinationView};
use contract::ids::DestinationId;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{failed, lag, rate, state};
use crate::api::destinations::{
    PauseDestination, RedriveDestination, RemoveDestination, ResumeDestination, RewindDestination,
    load_destination,
};
use crate::components::{
    Button, ButtonKind, Cell, Column, DataTable, Dialog, DialogBody, DialogFoot, DialogLink,
    EmptyState, FactList, Known, MaybeWhen, Notice, Pager, RowHead, TableKind, TextField, Tone,
    When,
};
use crate::form::{PostForm, Posted};
use crate::format;
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem, Split};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::{Address, text};

/// What this page posts.
#[derive(Clone, Copy)]
struct Forms {
    pause: Posted<PauseDestination>,
    resume: Posted<ResumeDestination>,
    rewind: Posted<RewindDestination>,
    redrive: Posted<RedriveDestination>,
    remove: Posted<RemoveDestination>,
}

/// Draws one destination.
#[component]
pub fn DestinationPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        let id = params.with(|params| params.get("id").unwrap_or_default());
        let after = query.with(|params| text(params, "after"));
        (id, (!after.is_empty()).then_some(after))
    };
    let posted = Forms {
        pause: Posted::new(),
        resume: Posted::new(),
        rewind: Posted::new(),
        redrive: Posted::new(),
        remove: Posted::new(),
    };
    let data = Resource::new(asked, |(id, after)| async move {
        let id = id.parse::<DestinationId>().map_err(|_| {
            crate::error::AppError::NotFound("There is no such destination.".to_owned())
        })?;
        load_destination(id, after).await
    });
    loaded(data, move |viewer, shown| {
        let (title, lead) = (shown.row.name.clone(), shown.row.kind.label());
        let errors = [
            posted.pause.error(),
            posted.resume.error(),
            posted.rewind.error(),
            posted.redrive.error(),
            posted.remove.error(),
        ];
        let errors = errors.into_iter().map(failed).collect_view();
        let queued = posted.redrive.value().and_then(Result::ok).map(queued);
        let page = body(&shown, posted);
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title=title.clone()
                section=RailItem::Settings
                crumb=Crumb::new("Destinations", paths::destinations())
            >
                <DetailHead title lead/>
                {errors}
                {queued}
                {page}
            </Frame>
        }
        .into_any()
    })
}

fn queued(rows: i64) -> AnyView {
    let rows = format::count(rows, "row");
    view! { <Notice tone=Tone::Ok title="They are sent again.">{rows}" will be tried within seconds; what is refused again stays here."</Notice> }
        .into_any()
}

fn body(shown: &DestinationView, posted: Forms) -> AnyView {
    let (row, now) = (&shown.row, shown.now);
    let trouble = (!row.trouble.is_empty()).then(|| {
        let words = row.trouble.clone();
        let next = row
            .retry_at
            .map(|at| view! { " Tried again "<When at now/>"." });
        view! { <Notice tone=Tone::Warn title="It did not take its rows.">{words}{next}</Notice> }
    });
    let doing = shown.may_manage.then(|| doing(shown, posted));
    let letters = letters(shown, posted);
    view! {
        {trouble}
        <Split label="About this destination" side=facts(shown)>
            {doing}
            {letters}
        </Split>
    }
    .into_any()
}

fn facts(shown: &DestinationView) -> AnyView {
    let (row, now) = (&shown.row, shown.now);
    let (address, by) = (row.address.clone(), row.created_by.clone());
    let taken = view! { <MaybeWhen at=row.sent_at now absent="never"/> };
    let made = view! { {by}<small class="sub"><When at=row.created_at now/></small> };
    let mut facts = vec![
        Known::new("State", state(row)),
        Known::new("Lag", lag(row)),
        Known::new("Rate", rate(row)),
        Known::new("Place", format::number(row.position)),
        Known::new("Sent", format::number(row.sent)),
        Known::new("Last taken", taken),
        Known::new("Address", view! { <code>{address}</code> }),
    ];
    if !row.index.is_empty() {
        facts.push(Known::new("Index", row.index.clone()));
    }
    facts.extend([
        Known::new("Feed", row.stream.as_str()),
        Known::new("Filter", filter(row)),
        Known::new("Words", row.format.label()),
        Known::new("Made by", made),
    ]);
    view! { <Block id="facts" title="How it stands"><FactList facts/></Block> }.into_any()
}

fn filter(row: &DestinationRow) -> String {
    let parts: Vec<String> = row
        .filter
        .iter()
        .map(|(name, words)| format!("{name}: {words}"))
        .collect();
    if parts.is_empty() {
        "everything".to_owned()
    } else {
        parts.join("; ")
    }
}

fn doing(shown: &DestinationView, posted: Forms) -> AnyView {
    let row = &shown.row;
    let id = row.id.to_string();
    let running = row.state == DestinationState::Running;
    let switch = if running {
        let id = id.clone();
        view! { <PostForm to=posted.pause><input type="hidden" name="id" value=id/><Button small=true>"Pause"</Button></PostForm> }.into_any()
    } else {
        let id = id.clone();
        view! { <PostForm to=posted.resume><input type="hidden" name="id" value=id/><Button small=true kind=ButtonKind::Primary>"Resume"</Button></PostForm> }.into_any()
    };
    let (rewind, remove) = (rewind(row, posted.rewind), remove(row, posted.remove));
    view! {
        <Block id="do" title="What can be done" note="its place is kept while it is paused">
            <div class="btn-row">{switch}{rewind}{remove}</div>
        </Block>
    }
    .into_any()
}

fn rewind(row: &DestinationRow, rewind: Posted<RewindDestination>) -> AnyView {
    let again = rewind.error().is_some();
    let wrong = move |field: &str| rewind.of_field(field);
    let typed = move |field: &str| rewind.typed(field).filter(|_| again);
    let position = typed("position").unwrap_or_else(|| row.position.to_string());
    let (id, name, place) = (
        row.id.to_string(),
        row.name.clone(),
        format::number(row.position),
    );
    view! {
        <DialogLink id="rewind" small=true>"Put its place elsewhere"</DialogLink>
        <Dialog id="rewind" title="Put its place elsewhere?" again>
            <PostForm to=rewind>
                <DialogBody>
                    <p class="muted">"Everything after the position is sent, again if it was before. It stands at "{place}"; 0 is the beginning."</p>
                    <input type="hidden" name="id" value=id/>
                    <TextField name="position" id="rewind-position" label="Position" inputmode="numeric" value=position error=wrong("position") required=true/>
                    <TextField name="confirm" id="rewind-confirm" label=format!("Type {name} to go on") value=typed("confirm") error=wrong("confirm") required=true/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Danger>"Put it there"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn remove(row: &DestinationRow, remove: Posted<RemoveDestination>) -> AnyView {
    let again = remove.error().is_some();
    let (typed, wrong) = (
        remove.typed("confirm").filter(|_| again),
        remove.of_field("confirm"),
    );
    let (id, name) = (row.id.to_string(), row.name.clone());
    view! {
        <DialogLink id="remove" kind=ButtonKind::Quiet small=true>"Remove"</DialogLink>
        <Dialog id="remove" title="Remove this destination?" again>
            <PostForm to=remove>
                <DialogBody>
                    <p class="muted">"Its place, its secret and the rows set aside go with it. One made anew begins at the first row there is, or with what comes."</p>
                    <input type="hidden" name="id" value=id/>
                    <TextField name="confirm" id="remove-confirm" label=format!("Type {name} to go on") value=typed error=wrong required=true/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Danger>"Remove it"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn letters(shown: &DestinationView, posted: Forms) -> AnyView {
    if shown.letters.rows.is_empty() {
        return view! {
            <Block id="dead-letters" title="Rows it would not take">
                <EmptyState title="Nothing is set aside" text="A row that is refused waits here with what was said; it never holds up the rows behind it."/>
            </Block>
        }
        .into_any();
    }
    let now = shown.now;
    let rows = shown
        .letters
        .rows
        .iter()
        .map(|letter| {
            let (reason, at) = (letter.reason.clone(), letter.at);
            let position = format::number(letter.position);
            let again = letter.again.then_some("waiting to be sent again");
            view! {
                <tr>
                    <RowHead class="c-main">"Row "{position}<small class="sub">{again}</small></RowHead>
                    <Cell class="full" label="What was said">{reason}</Cell>
                    <Cell class="fit" label="Set aside"><When at now/></Cell>
                </tr>
            }
        })
        .collect_view();
    let next = shown.letters.next.as_ref().map(|cursor| {
        Address::new(paths::destination(shown.row.id))
            .with("after", cursor)
            .to_string()
    });
    let again = shown.may_manage.then(|| {
        let id = shown.row.id.to_string();
        view! {
            <PostForm to=posted.redrive>
                <input type="hidden" name="id" value=id/>
                <p class="btn-row after"><Button small=true>"Send them again"</Button></p>
            </PostForm>
        }
    });
    let columns = vec![
        Column::new("Row"),
        Column::new("What was said"),
        Column::new("Set aside"),
    ];
    let note = format::count(shown.row.dead, "row");
    view! {
        <Block id="dead-letters" title="Rows it would not take" note>
            <DataTable caption="Rows set aside, in order of position" columns kind=TableKind::List>{rows}</DataTable>
            <Pager text="" next/>
            {again}
        </Block>
    }
    .into_any()
}
