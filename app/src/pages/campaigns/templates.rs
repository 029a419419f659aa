//! Templates: campaigns that come again, each with the next day it falls on, and the form that makes one.

use contract::campaigns::{CampaignPolicy, CampaignTemplate, PolicyForm, Schedule, TemplateRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{policy, population};
use crate::api::campaigns::{SaveTemplate, list_templates};
use crate::components::{
    Button, ButtonKind, ButtonLink, Cell, Check, Column, DataTable, EmptyState, Notice, RowHead,
    TableKind, TextArea, TextField, Tone,
};
use crate::form::{PostForm, Posted};
use crate::format::count;
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::text;

/// Draws the templates.
#[component]
pub fn TemplatesPage() -> impl IntoView {
    let query = use_query_map();
    let save = Posted::<SaveTemplate>::new();
    let data = Resource::new(|| (), |()| list_templates());
    loaded(data, move |viewer, rows| {
        let asked = query.with_untracked(|q| text(q, "template"));
        let chosen = rows.iter().find(|row| row.template.name == asked);
        let crumb = Crumb::new("Campaigns", paths::campaigns());
        let (table, form) = (table(&rows), form(chosen.map(|row| &row.template), save));
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Templates" section=RailItem::Campaigns crumb=crumb>
                <DetailHead title="Templates" lead="A campaign that comes again: each makes its draft some days ahead."/>
                {table}
                {form}
            </Frame>
        }
        .into_any()
    })
}

fn table(rows: &[TemplateRow]) -> AnyView {
    if rows.is_empty() {
        return view! { <EmptyState title="No template yet" text="A template makes a draft of the same campaign again and again: each quarter, on a working day, some days ahead."/> }.into_any();
    }
    let columns = vec![
        Column::new("Template"),
        Column::new("Comes again"),
        Column::new("Next"),
        Column::new("Days to answer").numeric(),
        Column::new("Now"),
    ];
    let note = count(i64::try_from(rows.len()).unwrap_or(0), "template");
    let body = rows
        .iter()
        .map(|row| {
            let row = row.clone();
            let href = paths::template(&row.template.name);
            let now = paths::new_campaign_of(&row.template.name);
            let rule = row
                .template
                .schedule
                .as_ref()
                .map_or_else(|| "by hand".to_owned(), |s| format!("{}, {}", s.rule, s.time_zone));
            let next = row
                .next
                .map_or_else(|| "not planned".to_owned(), |day| day.format("%-d %b %Y").to_string());
            view! {
                <tr>
                    <RowHead class="c-main"><a class="ident-name" href=href>{row.template.name.clone()}</a></RowHead>
                    <Cell label="Comes again" class="full"><span class="mono">{rule}</span></Cell>
                    <Cell label="Next" class="fit">{next}</Cell>
                    <Cell label="Days to answer" class="num">{row.template.days}</Cell>
                    <Cell label="Now" class="fit"><ButtonLink href=now small=true>"Prepare one"</ButtonLink></Cell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Block id="templates" title="Campaigns that come again" note=note>
            <DataTable caption="Templates by name" columns=columns kind=TableKind::MiniCards>{body}</DataTable>
        </Block>
    }
    .into_any()
}

/// The population as typed, or as kept.
fn population_fields(chosen: Option<&CampaignTemplate>, save: Posted<SaveTemplate>) -> AnyView {
    if !save.sent() {
        let kept = chosen.map(|t| (t.filter.clone(), t.only_due));
        let (filter, only_due) = kept.unwrap_or_default();
        return population::fields(&filter, only_due);
    }
    let filter = population::narrowed(
        &save.typed("search").unwrap_or_default(),
        &save.typed_all("kind"),
        &save.typed_all("environment"),
        &save.typed_all("tier"),
        save.typed("privileged").is_some(),
    );
    population::fields(&filter, save.typed("only_due").is_some())
}

fn form(chosen: Option<&CampaignTemplate>, save: Posted<SaveTemplate>) -> AnyView {
    let kept = chosen
        .map(|t| PolicyForm::of(&t.policy))
        .unwrap_or_default();
    let folded = chosen.is_none_or(|t| t.policy == CampaignPolicy::default()) && !save.sent();
    let rules = policy::fields(&policy::typed(save, &kept), folded, |field| {
        save.of_field(field)
    });
    let people = population_fields(chosen, save);
    let typed = |field: &str, kept: Option<String>| save.typed(field).or(kept);
    let plan: Option<&Schedule> = chosen.and_then(|template| template.schedule.as_ref());
    let of = |pick: fn(&Schedule) -> String| plan.map(pick);
    let failed = save
        .error()
        .map(|error| view! { <Notice tone=Tone::Warn title=error.title() urgent=true>{error.to_string()}</Notice> });
    let title = if chosen.is_some() {
        "Change it"
    } else {
        "A new one"
    };
    let ticked = |field: &str, kept: bool| {
        if save.sent() {
            save.typed(field).is_some()
        } else {
            kept
        }
    };
    let working = ticked(
        "schedule[working_days]",
        plan.is_none_or(|s| s.working_days),
    );
    let holidays = of(|s| {
        let days = s.holidays.iter().map(ToString::to_string);
        days.collect::<Vec<_>>().join(", ")
    });
    let holidays = (
        typed("schedule[holidays]", holidays),
        save.of_field("holidays"),
    );
    let name = (
        typed("name", chosen.map(|t| t.name.clone())),
        save.of_field("name"),
    );
    let notes = typed("notes", chosen.map(|t| t.notes.clone()));
    let days = (
        typed("days", Some(chosen.map_or(28, |t| t.days).to_string())),
        save.of_field("days"),
    );
    let rule = (
        typed("schedule[rule]", of(|s| s.rule.clone())),
        save.of_field("rule"),
    );
    let starts = (
        typed("schedule[starts_on]", of(|s| s.starts_on.to_string())),
        save.of_field("starts_on"),
    );
    let zone = plan.map_or_else(|| "UTC".to_owned(), |s| s.time_zone.clone());
    let zone = (
        typed("schedule[time_zone]", Some(zone)),
        save.of_field("time_zone"),
    );
    let ahead = plan.map_or(7, |s| s.ahead_days).to_string();
    let ahead = (
        typed("schedule[ahead_days]", Some(ahead)),
        save.of_field("ahead_days"),
    );
    view! {
        <Block id="template" title=title note="as a file: rollcall campaign plan FILE">
            {failed}
            <PostForm to=save attr:class="form">
                <TextField name="name" label="Name" hint="Its campaigns are called after it and their day." value=name.0 error=name.1 required=true max_length=80/>
                <TextArea name="notes" label="What reviewers should know" value=notes rows=2/>
                <TextField name="days" label="Days to answer" inputmode="numeric" value=days.0 error=days.1 required=true/>
                {people}
                {rules}
                <TextField name="schedule[rule]" label="Calendar rule" hint="Each quarter: FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1. Empty: started by hand." value=rule.0 error=rule.1/>
                <TextField name="schedule[starts_on]" label="From" kind="date" value=starts.0 error=starts.1/>
                <TextField name="schedule[time_zone]" label="Time zone" value=zone.0 error=zone.1/>
                <TextField name="schedule[ahead_days]" label="Days ahead the draft is made" inputmode="numeric" value=ahead.0 error=ahead.1/>
                <Check name="schedule[working_days]" checked=working>"Moved to the next working day"</Check>
                <TextField name="schedule[holidays]" label="Days nobody works" hint="Besides weekends: 2027-01-01, 2027-12-25" value=holidays.0 error=holidays.1/>
                <p class="btn-row after"><Button kind=ButtonKind::Primary>"Save the template"</Button></p>
            </PostForm>
        </Block>
    }
    .into_any()
}
