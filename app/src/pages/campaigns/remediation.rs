//! The remediation board: what revokes and modifies ask somebody to do, until it is proven or waived.

use contract::campaigns::{CampaignView, Patch, TaskBoard, TaskRow, TaskState, TaskStep};
use contract::ids::TaskId;
use leptos::prelude::*;

use crate::api::campaigns::StepTask;
use crate::components::{
    Button, ButtonKind, ButtonLink, Cell, Choice, CodeView, Column, DataTable, EmptyState, Icon,
    Language, Notice, RowHead, SelectField, Status, TableKind, TextArea, TextField, Tone, When,
};
use crate::form::{PostForm, Posted};
use crate::format::counted;
use crate::layout::{Block, Ledger, Section};
use crate::paths;

/// Draws the board.
pub fn tab(view: &CampaignView, board: &TaskBoard, step: Posted<StepTask>) -> AnyView {
    if board.tasks.is_empty() {
        return view! { <EmptyState title="Nothing to carry out" text="When answers end, each revoke and modify becomes a task here. It counts as done when the roll or the events prove it."/> }.into_any();
    }
    let note = match board.open {
        0 => "all proven or waived".to_owned(),
        n => format!("{} open", counted(n, "task", "tasks")),
    };
    let failed = step.error().map(|error| {
        view! { <Notice tone=Tone::Warn title=error.title() urgent=true>{error.to_string()}</Notice> }
    });
    let opened = board.patch.as_ref().and_then(|(id, patch)| {
        let task = board.tasks.iter().find(|task| task.id == *id)?;
        Some(one(view, board, task, patch, step))
    });
    let rows = board
        .tasks
        .iter()
        .map(|task| row(view, task))
        .collect_view();
    let columns = vec![
        Column::new("Identity"),
        Column::new("What"),
        Column::new("Who"),
        Column::new("Due").gives_way(2),
        Column::new("Stands"),
        Column::new("Proof").gives_way(4),
    ];
    view! {
        {failed}
        <Ledger class="cp">
            {opened}
            <Section id="h-tasks" title="What was decided, and what became of it" note=note>
                <DataTable caption="Tasks, open ones first, by due day" columns=columns kind=TableKind::MiniCards>{rows}</DataTable>
            </Section>
        </Ledger>
    }
    .into_any()
}

fn row(view: &CampaignView, task: &TaskRow) -> AnyView {
    let href = paths::campaign_task(view.row.id, task.id);
    let stands = stands(view, task);
    let (name, owner, proof) = (
        task.identity.1.clone(),
        task.owner.name.clone(),
        task.proof.clone(),
    );
    let due = task.due_at;
    let what = match task.targets.len() {
        0 => task.decision.label().to_owned(),
        1 => task.targets[0].sentence.clone(),
        n => format!("{} and {} more", task.targets[0].sentence, n - 1),
    };
    let now = view.now;
    view! {
        <tr>
            <RowHead class="c-main"><a class="ident-name" href=href>{name}</a></RowHead>
            <Cell label="What" class="full">{what}</Cell>
            <Cell label="Who" class="fit">{owner}</Cell>
            <Cell label="Due" class="fit c-2"><When at=due now/></Cell>
            <Cell label="Stands" class="fit">{stands}</Cell>
            <Cell label="Proof" class="full c-4"><span class="muted">{proof}</span></Cell>
        </tr>
    }
    .into_any()
}

fn stands(view: &CampaignView, task: &TaskRow) -> AnyView {
    let late = task.settled_at.is_none() && task.due_at < view.now;
    let (tone, icon) = match task.state {
        TaskState::Verified => (Tone::Ok, Icon::Check),
        TaskState::Waived => (Tone::Plain, Icon::Ban),
        _ if task.reopened > 0 => (Tone::Crit, Icon::Fail),
        _ if late => (Tone::Warn, Icon::Clock),
        _ => (Tone::Plain, Icon::Edit),
    };
    let words = if task.reopened > 0 && task.settled_at.is_none() {
        "Open again: used".to_owned()
    } else if late {
        format!("{}, late", task.state.label())
    } else {
        task.state.label().to_owned()
    };
    view! { <Status tone icon>{words}</Status> }.into_any()
}

/// One task: what carries it out, and the steps.
fn one(
    view: &CampaignView,
    board: &TaskBoard,
    task: &TaskRow,
    patch: &Patch,
    step: Posted<StepTask>,
) -> AnyView {
    let title = format!("{}: {}", task.decision.label(), task.identity.1);
    let lines = |label: &str, id: &str, code: &str, language: Language| {
        (!code.is_empty()).then(|| {
            let (id, note, code) = (id.to_owned(), label.to_owned(), code.to_owned());
            view! { <CodeView id=id code=code language=language note=note/> }.into_any()
        })
    };
    let (json, commands, terraform) = (
        lines(
            "As JSON, before and after",
            "patch-json",
            &patch.json,
            Language::Json,
        ),
        lines(
            "As commands; read them first",
            "patch-commands",
            &patch.commands,
            Language::Plain,
        ),
        lines(
            "As Terraform",
            "patch-terraform",
            &patch.terraform,
            Language::Plain,
        ),
    );
    let proof =
        (!task.proof.is_empty()).then(|| view! { <p class="muted">{task.proof.clone()}</p> });
    let ticket =
        (!task.ticket.is_empty()).then(|| view! { <p>"Ticket: "<b>{task.ticket.clone()}</b></p> });
    let steps =
        (board.may_act && task.settled_at.is_none()).then(|| steps(view, board, task, step));
    view! {
        <Block id="task" title=title>
            {proof}{ticket}
            {commands}{terraform}{json}
            {steps}
        </Block>
    }
    .into_any()
}

fn steps(
    view: &CampaignView,
    board: &TaskBoard,
    task: &TaskRow,
    step: Posted<StepTask>,
) -> AnyView {
    let id = task.id;
    let (ticket, waiver) = (typed(step, TaskStep::Ticket), typed(step, TaskStep::Waive));
    let ticket = (ticket.0.unwrap_or_else(|| task.ticket.clone()), ticket.1);
    let (open_waiver, open_handover) = (
        step.came_from("step", TaskStep::Waive.as_str()),
        step.came_from("step", TaskStep::Handover.as_str()),
    );
    let nobody = step.of_field("to");
    let close = paths::campaign_tab(view.row.id, "remediation");
    let options: Vec<Choice> = board
        .people
        .iter()
        .filter(|person| person.id != task.owner.id)
        .map(|person| Choice::new(person.id.to_string(), person.name.clone()))
        .collect();
    let waive = view.may_manage.then(|| {
        view! {
            <details open=open_waiver>
                <summary>"Waive it"</summary>
                <PostForm to=step>
                    {hidden(id, TaskStep::Waive)}
                    <TextArea name="text" id="waive-text" label="Why it will not be done" hint="It stays in the evidence. Whoever should do it, or decided it, cannot waive it." value=waiver.0 error=waiver.1 required=true rows=2/>
                    <Button small=true>{TaskStep::Waive.label()}</Button>
                </PostForm>
            </details>
        }
    });
    view! {
        <PostForm to=step attr:class="form">
            {hidden(id, TaskStep::Ticket)}
            <TextField name="text" id="ticket-text" label="Ticket" value=ticket.0 error=ticket.1 required=true/>
            <p class="btn-row"><Button small=true>{TaskStep::Ticket.label()}</Button></p>
        </PostForm>
        <PostForm to=step>
            {hidden(id, TaskStep::Apply)}
            <p class="btn-row"><Button kind=ButtonKind::Primary small=true icon=Icon::Check>{TaskStep::Apply.label()}</Button></p>
            <p class="hint">"It counts as done when the roll or the events prove it."</p>
        </PostForm>
        <details open=open_handover>
            <summary>"Give it to somebody else"</summary>
            <PostForm to=step>
                {hidden(id, TaskStep::Handover)}
                <SelectField name="to" label="Who does it" options=options error=nobody prompt="Choose a person" required=true/>
                <Button small=true>{TaskStep::Handover.label()}</Button>
            </PostForm>
        </details>
        {waive}
        <p class="btn-row after"><ButtonLink href=close kind=ButtonKind::Quiet small=true>"Close"</ButtonLink></p>
    }
    .into_any()
}

/// What was typed into the text of a step, and what was wrong with it.
fn typed(step: Posted<StepTask>, word: TaskStep) -> (Option<String>, Option<String>) {
    if step.came_from("step", word.as_str()) {
        (step.typed("text"), step.of_field("text"))
    } else {
        (None, None)
    }
}

fn hidden(task: TaskId, step: TaskStep) -> AnyView {
    view! {
        <input type="hidden" name="task" value=task.to_string()/>
        <input type="hidden" name="step" value=step.as_str()/>
    }
    .into_any()
}
