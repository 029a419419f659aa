//! One finding as a row; opened, it says why it fired, on which facts, and what to do.

use chrono::{DateTime, Utc};
use contract::findings::{
    ExceptionScope, FindingAction, FindingRow, FindingState, FindingStory, Severity as Grade,
};
use contract::ids::FindingId;
use leptos::prelude::*;

use crate::api::findings::ChangeFinding;
use crate::components::{
    Button, ButtonKind, Cell, Choice, Column, DataTable, Dialog, DialogBody, DialogFoot,
    DialogLink, Icon, Level, Owner, RadioGroup, Said, SelectCell, Severity, Status, TableKind,
    TextArea, TextField, Tone, When,
};
use crate::form::{PostForm, Posted};
use crate::paths;
use crate::query::Address;

use super::{deeds, story};

/// Id of the form that acknowledges what is ticked.
pub const TICKED: &str = "ticked";

/// What stands around a row: the page it is on, the action it may take, and whether rows can be ticked.
#[derive(Clone)]
pub struct Around {
    /// The moment the list was read.
    pub now: DateTime<Utc>,
    /// The page of the list.
    pub page: Address,
    /// What is done with one finding.
    pub change: Posted<ChangeFinding>,
    /// Whether several can be acknowledged at once.
    pub ticks: bool,
    /// What happened to the one that is open.
    pub story: Option<FindingStory>,
}

/// The level of a severity.
pub const fn level(severity: Grade) -> Level {
    match severity {
        Grade::Critical => Level::Critical,
        Grade::High => Level::High,
        Grade::Medium => Level::Medium,
        Grade::Low => Level::Low,
    }
}

fn columns(ticks: bool) -> Vec<Column> {
    let mut columns = if ticks {
        vec![Column::select()]
    } else {
        Vec::new()
    };
    columns.extend([
        Column::new("Severity"),
        Column::new("Finding"),
        Column::new("Identity"),
        Column::new("Owner").gives_way(3),
        Column::new("Class").gives_way(4),
        Column::new("Open since"),
        Column::new("State"),
    ]);
    columns
}

/// Draws the list; the opened row shows its reasons below itself.
pub fn table(rows: Vec<FindingRow>, opened: Option<FindingId>, around: &Around) -> AnyView {
    let dialog = rows
        .iter()
        .find(|row| Some(row.id) == opened)
        .map(|row| view! { {except(row, around)}{deeds::assign(row, around)}{deeds::resolve(row, around)} });
    let rows = rows
        .into_iter()
        .map(|row| {
            let open = Some(row.id) == opened;
            let href = if open {
                around.page.to_string()
            } else {
                around.page.clone().with("finding", row.id).to_string()
            };
            let detail =
                open.then(|| explain(&row, Some(around), around.story.as_ref(), around.now));
            let tick = around.ticks.then(|| tick(&row));
            view! { {head(&row, href, open, around.now, tick)}{detail} }
        })
        .collect_view();
    view! {
        <DataTable caption="Findings, most severe first" columns=columns(around.ticks) kind=TableKind::Tight>{rows}</DataTable>
        {dialog}
    }
    .into_any()
}

/// Draws findings with their reasons, without anything to do: an identity's own page.
pub fn plain_table(rows: Vec<FindingRow>, now: DateTime<Utc>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let href = Address::new(paths::findings())
                .with_each("state", &[row.state])
                .with_each("rule", std::slice::from_ref(&row.rule))
                .with("finding", row.id)
                .to_string();
            view! { {head(&row, href, true, now, None)}{explain(&row, None, None, now)} }
        })
        .collect_view();
    view! { <DataTable caption="Findings, most severe first" columns=columns(false) kind=TableKind::Tight>{rows}</DataTable> }
        .into_any()
}

/// The box that chooses a row; only what is open can be acknowledged.
fn tick(row: &FindingRow) -> AnyView {
    if row.state != FindingState::Open {
        return view! { <td class="sel"></td> }.into_any();
    }
    let on = row.identity.as_ref().map(|(_, name)| format!(" on {name}"));
    let name = format!("{}{}", row.title, on.unwrap_or_default());
    view! { <SelectCell name value=row.id.to_string() field="ids[]" form=TICKED/> }.into_any()
}

fn head(
    row: &FindingRow,
    href: String,
    open: bool,
    now: DateTime<Utc>,
    tick: Option<AnyView>,
) -> AnyView {
    let identity = match &row.identity {
        Some((id, name)) => {
            view! { <a class="plain" href=paths::identity(*id)>{name.clone()}</a> }.into_any()
        }
        None => view! { <span class="faint">"none"</span> }.into_any(),
    };
    let team = row.team.as_ref().map(|team| team.name.clone());
    let team_href = row.team.as_ref().map(|team| paths::team(&team.slug));
    let detail =
        (!row.detail.is_empty()).then(|| view! { <span class="sub">{row.detail.clone()}</span> });
    let state = state(row, now);
    let (title, class, opened_at, severity) = (
        row.title.clone(),
        row.class.label(),
        row.opened_at,
        level(row.severity),
    );
    view! {
        <tr class=open.then_some("opened") aria-current=open.then_some("true")>
            {tick}
            <Cell class="fit top"><Severity level=severity/></Cell>
            <Cell class="c-main"><a class="ident-name" href=href data-noscroll="">{title}</a>{detail}</Cell>
            <Cell class="fit full" label="Identity">{identity}</Cell>
            <Cell class="fit c-3" label="Owner"><Owner team href=team_href/></Cell>
            <Cell class="fit c-4" label="Class">{class}</Cell>
            <Cell class="fit" label="Open since"><When at=opened_at now/></Cell>
            <Cell class="fit full" label="State">{state}</Cell>
        </tr>
    }
    .into_any()
}

fn state(row: &FindingRow, now: DateTime<Utc>) -> AnyView {
    let (tone, icon) = match row.state {
        FindingState::Open => (Tone::Plain, Icon::Open),
        FindingState::Acknowledged => (Tone::Info, Icon::User),
        FindingState::Excepted => (Tone::Unknown, Icon::Clock),
        FindingState::Resolved => (Tone::Ok, Icon::Ok),
    };
    let until = row
        .excepted_until
        .map(|at| view! { " to "<When at now said=Said::Day/> });
    let word = row.state.label();
    view! { <Status tone icon>{word}{until}</Status> }.into_any()
}

fn explain(
    row: &FindingRow,
    around: Option<&Around>,
    story: Option<&FindingStory>,
    now: DateTime<Utc>,
) -> AnyView {
    let facts = row
        .evidence
        .iter()
        .map(|(label, value)| view! { <tr><td class="fit">{label.clone()}</td><td>{fact(label, value)}</td></tr> })
        .collect_view();
    let story = story.map(|story| story::draw(story, now));
    let rule = format!(
        "Rule {}, {}. {}.",
        row.rule.replace('_', "-"),
        row.confidence.label().to_lowercase(),
        row.controls.join("; ")
    );
    let assignee = row
        .assignee
        .clone()
        .map(|name| view! { <p class="small muted after">"With "{name}</p> });
    let note = (!row.note.is_empty())
        .then(|| view! { <p class="small muted after">"Note: "{row.note.clone()}</p> });
    let actions = around.map(|around| actions(row, around));
    let width = if around.is_some_and(|around| around.ticks) {
        "8"
    } else {
        "7"
    };
    view! {
        <tr class="cell-detail">
            <td colspan=width class="full">
                <div class="explain">
                    <div><h2>"Why it fired"</h2><p>{row.rationale.clone()}</p><p class="small muted">{rule}</p></div>
                    <div><h2>"The facts"</h2><table class="table mini static"><tbody>{facts}</tbody></table></div>
                    <div><h2>"What to do"</h2><p>{row.fix.clone()}</p>{note}{assignee}{actions}</div>
                </div>
                {story}
            </td>
        </tr>
    }
    .into_any()
}

/// A fact; a run leads to its story.
fn fact(label: &str, value: &str) -> AnyView {
    let run = value.split_once('#').filter(|_| label == "Run");
    match run {
        Some((repository, rest)) => {
            let (id, why) = rest
                .split_once(": ")
                .map_or((rest, None), |(id, why)| (id, Some(why)));
            let href = paths::run(repository, id);
            let why = why.map(|why| format!(": {why}"));
            view! { <a href=href>{format!("{repository}#{id}")}</a>{why} }.into_any()
        }
        None => value.to_owned().into_any(),
    }
}

fn actions(row: &FindingRow, around: &Around) -> AnyView {
    let one = |action: FindingAction, kind: ButtonKind| {
        let hidden = hidden(row, action);
        view! {
            <PostForm to=around.change>
                {hidden}
                <input type="hidden" name="input[note]" value=""/>
                <Button kind>{action.label()}</Button>
            </PostForm>
        }
        .into_any()
    };
    // How things are resolves itself; what happened is over when somebody says so.
    let happened = row.detected || row.identity.is_none();
    let over = happened.then(|| view! { <DialogLink id="resolve">"Resolve…"</DialogLink> });
    let buttons = match row.state {
        FindingState::Open => view! {
            {one(FindingAction::Acknowledge, ButtonKind::Primary)}
            <DialogLink id="assign">"Give to…"</DialogLink>
            {over}
            <DialogLink id="except">"Except until…"</DialogLink>
        }
        .into_any(),
        FindingState::Acknowledged => view! {
            <DialogLink id="assign">"Give to…"</DialogLink>
            {over}
            <DialogLink id="except">"Except until…"</DialogLink>
            {one(FindingAction::Reopen, ButtonKind::Plain)}
        }
        .into_any(),
        FindingState::Excepted => one(FindingAction::Reopen, ButtonKind::Plain),
        FindingState::Resolved if happened => one(FindingAction::Reopen, ButtonKind::Plain),
        FindingState::Resolved => ().into_any(),
    };
    view! { <div class="btn-row after">{buttons}</div> }.into_any()
}

pub(super) fn hidden(row: &FindingRow, action: FindingAction) -> AnyView {
    view! {
        <input type="hidden" name="input[finding]" value=row.id.to_string()/>
        <input type="hidden" name="input[action]" value=action.as_str()/>
    }
    .into_any()
}

fn except(row: &FindingRow, around: &Around) -> AnyView {
    let longest = if row.severity == Grade::Critical {
        "90"
    } else {
        "365"
    };
    let hint = format!("1 to {longest} days for a finding of this severity.");
    let change = around.change;
    let again = change.error().is_some()
        && change.came_from("input[action]", FindingAction::Except.as_str())
        && change.came_from("input[finding]", &row.id.to_string());
    let field = move |name: &str| change.of_field(name).filter(|_| again);
    let typed = move |name: &str| change.typed(name).filter(|_| again);
    let days = typed("input[days]").unwrap_or_else(|| "30".to_owned());
    let hidden = hidden(row, FindingAction::Except);
    let scopes = ExceptionScope::ALL
        .iter()
        .filter(|scope| row.identity.is_some() || **scope == ExceptionScope::Finding)
        .map(|scope| Choice::new(scope.as_str(), scope.label()))
        .collect::<Vec<_>>();
    let scope =
        typed("input[scope]").unwrap_or_else(|| ExceptionScope::Finding.as_str().to_owned());
    view! {
        <Dialog id="except" title="Except this finding" again>
            <PostForm to=change>
                <DialogBody>
                    <p class="muted">"It leaves the open list until then and comes back by itself. The reviewer of the next campaign sees it."</p>
                    {hidden}
                    <TextArea name="input[note]" id="except-note" label="Reason" hint="Read by the auditor. Say what makes it acceptable." value=typed("input[note]") error=field("note") required=true/>
                    <RadioGroup name="input[scope]" legend="It covers" options=scopes value=scope error=field("scope")/>
                    <TextField name="input[days]" id="except-days" label="Days" hint kind="number" inputmode="numeric" value=days error=field("days") required=true/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>"Except it"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}
