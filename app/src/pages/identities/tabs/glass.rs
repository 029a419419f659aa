//! Break-glass: the mark, each day of use with its ticket, and the drills.

use contract::identities::{DrillView, GlassUseView, GlassView, IdentityView};
use leptos::prelude::*;

use super::Forms;
use crate::api::break_glass::{ExplainGlass, MarkGlass, RecordDrill};
use crate::components::{
    Button, ButtonKind, Cell, Choice, Column, DataTable, Dialog, DialogBody, DialogFoot,
    DialogLink, Icon, Notice, RadioGroup, Said, Status, TableKind, TextArea, TextField, Tone, When,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::format::{count, day};
use crate::layout::Block;

/// Draws what is known of it as a break-glass identity, with what may be done.
pub fn draw(view: &IdentityView, forms: Forms) -> AnyView {
    let failed = [forms.mark.error(), forms.explain.error(), forms.drill.error()]
        .into_iter()
        .flatten()
        .find(|error| !matches!(error, AppError::Invalid(_)))
        .map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> });
    let body = match &view.break_glass {
        Some(glass) => known(glass, view, forms),
        None if view.may_mark => view! {
            <p class="muted">"For the day the pipeline is down: it passes every other control, so each use is matched to a ticket and it is drilled each quarter."</p>
            {mark(view, true, forms.mark)}
        }
        .into_any(),
        None => return failed.into_any(),
    };
    view! { {failed}<Block id="h-glass" title="Break-glass">{body}</Block> }.into_any()
}

fn known(glass: &GlassView, view: &IdentityView, forms: Forms) -> AnyView {
    let now = view.now;
    let (since, due) = (glass.since, glass.drill_due_at);
    let late = due <= now;
    let drill = if late {
        view! { <Status tone=Tone::Warn icon=Icon::Clock>"A drill is due"</Status> }.into_any()
    } else {
        view! { <Status tone=Tone::Ok icon=Icon::Ok>"Drilled; the next one is due "<When at=due now said=Said::Day/></Status> }.into_any()
    };
    let record = view.may_edit.then(|| drill_dialog(view, forms.drill));
    let unmark = view.may_mark.then(|| mark(view, false, forms.mark));
    view! {
        <p>"For the day the pipeline is down, since "<When at=since now said=Said::Day/>". It is never due for routine use."</p>
        <p>{drill}</p>
        <div class="btn-row">{record}{unmark}</div>
        {uses(&glass.uses, view, forms.explain)}
        {drills(&glass.drills, view)}
    }
    .into_any()
}

fn mark(view: &IdentityView, marked: bool, to: Posted<MarkGlass>) -> AnyView {
    let (id, title, says, word) = if marked {
        (
            "glass-mark",
            "Mark as break-glass",
            "From now on it is never due for routine use, and each use must be matched to a ticket within a day.",
            "Mark it",
        )
    } else {
        (
            "glass-unmark",
            "Take the break-glass mark away",
            "It is judged like every other identity again.",
            "Take it away",
        )
    };
    let again = to.error().is_some();
    let typed = to.typed("input[reason]").filter(|_| again);
    let identity = view.row.id.to_string();
    view! {
        <DialogLink id=id kind=ButtonKind::Quiet small=true>{title}"…"</DialogLink>
        <Dialog id=id title=title again>
            <PostForm to>
                <DialogBody>
                    <p class="muted">{says}</p>
                    <input type="hidden" name="input[identity]" value=identity/>
                    <input type="hidden" name="input[marked]" value=marked.to_string()/>
                    <TextArea name="input[reason]" id=format!("{id}-reason") label="Reason" hint="Read by the auditor." value=typed error=to.of_field("reason") required=true/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>{word}</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn drill_dialog(view: &IdentityView, to: Posted<RecordDrill>) -> AnyView {
    let again = to.error().is_some();
    let typed = move |name: &str| to.typed(&format!("input[{name}]")).filter(|_| again);
    let outcomes = vec![
        Choice::new("yes", "It worked"),
        Choice::new("no", "It did not work"),
    ];
    let identity = view.row.id.to_string();
    view! {
        <DialogLink id="glass-drill" small=true icon=Icon::Plus>"Record a drill"</DialogLink>
        <Dialog id="glass-drill" title="Record a drill" again>
            <PostForm to>
                <DialogBody>
                    <p class="muted">"It was used on purpose in a quiet hour, to see that the way out works and that the use is seen."</p>
                    <input type="hidden" name="input[identity]" value=identity/>
                    <TextField name="input[day]" id="drill-day" label="Day" hint="Empty means today." kind="date" value=typed("day") error=to.of_field("day")/>
                    <TextField name="input[ticket]" id="drill-ticket" label="Ticket" hint="Such as OPS-123 or its web address." value=typed("ticket") error=to.of_field("ticket") required=true/>
                    <RadioGroup name="input[worked]" legend="Outcome" options=outcomes value=typed("worked") error=to.of_field("worked")/>
                    <TextArea name="input[note]" id="drill-note" label="What was learned" hint="Demanded when it did not work." value=typed("note") error=to.of_field("note")/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>"Record it"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn uses(all: &[GlassUseView], view: &IdentityView, to: Posted<ExplainGlass>) -> AnyView {
    if all.is_empty() {
        let word = if view.covered {
            "No event tells of a use in the last 90 days."
        } else {
            "No source would have seen a use, so whether it was used is unknown."
        };
        return view! { <p class="small muted after">{word}</p> }.into_any();
    }
    let rows = all.iter().map(|one| use_row(one, view, to)).collect_view();
    let columns = vec![
        Column::new("Used on"),
        Column::new("Events"),
        Column::new("Ticket"),
    ];
    view! { <DataTable caption="Days of use, last 90 days" columns kind=TableKind::MiniCards>{rows}</DataTable> }
        .into_any()
}

fn use_row(one: &GlassUseView, view: &IdentityView, to: Posted<ExplainGlass>) -> AnyView {
    let now = view.now;
    let (due, at, events) = (one.due_at, one.at, count(one.events, "event"));
    let ticket = if let Some(ticket) = &one.ticket {
        ticket.clone().into_any()
    } else {
        let state = if due < now {
            view! { <Status tone=Tone::Crit icon=Icon::Critical>"No ticket after a day"</Status> }
                .into_any()
        } else {
            view! { <Status tone=Tone::Warn icon=Icon::Clock>"Match it by "<When at=due now said=Said::DayMinute/></Status> }.into_any()
        };
        let form = view.may_edit.then(|| explain_dialog(one, view, to));
        view! { {state}" "{form} }.into_any()
    };
    view! {
        <tr>
            <Cell class="c-main fit"><When at now said=Said::DayMinute/></Cell>
            <Cell label="Events" class="fit">{events}</Cell>
            <Cell label="Ticket">{ticket}</Cell>
        </tr>
    }
    .into_any()
}

fn explain_dialog(one: &GlassUseView, view: &IdentityView, to: Posted<ExplainGlass>) -> AnyView {
    let date = one.day.to_string();
    let again = to.error().is_some() && to.came_from("input[day]", &date);
    let typed = move |name: &str| to.typed(&format!("input[{name}]")).filter(|_| again);
    let wrong = move |name: &str| to.of_field(name).filter(|_| again);
    let id = format!("glass-use-{date}");
    let title = format!("Match the use of {}", day(one.day, view.now.date_naive()));
    let identity = view.row.id.to_string();
    view! {
        <DialogLink id=id.clone() small=true>"Name its ticket"</DialogLink>
        <Dialog id=id.clone() title again>
            <PostForm to>
                <DialogBody>
                    <input type="hidden" name="input[identity]" value=identity/>
                    <input type="hidden" name="input[day]" value=date/>
                    {wrong("day").map(|wrong| view! { <Notice tone=Tone::Crit>{wrong}</Notice> })}
                    <TextField name="input[ticket]" id=format!("{id}-ticket") label="Ticket" hint="The one this use belongs to, such as OPS-123." value=typed("ticket") error=wrong("ticket") required=true/>
                    <TextArea name="input[note]" id=format!("{id}-note") label="What it was used for" value=typed("note") error=wrong("note")/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>"Match it"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn drills(all: &[DrillView], view: &IdentityView) -> AnyView {
    if all.is_empty() {
        return view! { <p class="small muted after">"It was never drilled."</p> }.into_any();
    }
    let today = view.now.date_naive();
    let rows = all
        .iter()
        .map(|drill| {
            let outcome = if drill.worked {
                view! { <Status tone=Tone::Ok icon=Icon::Ok>"It worked"</Status> }.into_any()
            } else {
                view! { <Status tone=Tone::Crit icon=Icon::Critical>"It did not work"</Status> }.into_any()
            };
            let (when, ticket, note, by) = (day(drill.day, today), drill.ticket.clone(), drill.note.clone(), drill.by.clone());
            view! { <tr><Cell class="c-main fit">{when}</Cell><Cell label="Outcome" class="fit">{outcome}</Cell><Cell label="Ticket" class="fit">{ticket}</Cell><Cell label="Learned" class="full">{note}</Cell><Cell label="By" class="fit">{by}</Cell></tr> }
        })
        .collect_view();
    let columns = vec![
        Column::new("Drilled on"),
        Column::new("Outcome"),
        Column::new("Ticket"),
        Column::new("Learned"),
        Column::new("By"),
    ];
    view! { <DataTable caption="Drills, newest first" columns kind=TableKind::MiniCards>{rows}</DataTable> }
        .into_any()
}
