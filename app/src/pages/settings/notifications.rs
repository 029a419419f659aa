//! Who is told of findings, and when: everybody's rule, and those of teams.

use contract::findings::Severity;
use contract::notices::{NoticeHook, NoticeRule, NoticeRuleRow, NoticeRules};
use leptos::prelude::*;

use crate::api::notices::{EndNoticeRule, SetNoticeRule, list_notice_rules};
use crate::components::{
    Button, ButtonKind, Cell, Check, Choice, Column, DataTable, Notice, RowHead, SelectField,
    TableKind, TextField, Tone, When,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;

/// Draws the page.
#[component]
pub fn NotificationsPage() -> impl IntoView {
    let set = Posted::<SetNoticeRule>::new();
    let end = Posted::<EndNoticeRule>::new();
    let data = Resource::new(|| (), |()| list_notice_rules());
    loaded(data, move |viewer, rules| {
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title="Notifications"
                section=RailItem::Settings
                crumb=Crumb::new("Settings", paths::settings())
            >
                <DetailHead title="Notifications" lead="Whoever a finding is assigned to is told, else its owner, the backup owner or the team’s lead; Security where there is none of them, and of everything critical."/>
                {ways(&rules)}
                {failed(end.error())}
                {table(&rules, end)}
                {rules.may_manage.then(|| form(&rules, set))}
            </Frame>
        }
        .into_any()
    })
}

fn ways(rules: &NoticeRules) -> AnyView {
    let words = match (rules.mail, rules.webhook) {
        (true, true) => {
            "By mail, and each finding once to the configured webhook. A rule may have a webhook of its own."
        }
        (true, false) => "By mail. A rule may have a webhook of its own.",
        (false, true) => {
            "To the configured webhook only, each finding once: no mail server is configured. A rule may have a webhook of its own."
        }
        (false, false) => {
            "Only to webhooks of rules: neither a mail server nor a webhook is configured. Letters are kept and marked so."
        }
    };
    let tone = if rules.mail || rules.webhook {
        Tone::Info
    } else {
        Tone::Warn
    };
    view! { <Notice tone>{words}</Notice> }.into_any()
}

fn failed(error: Option<AppError>) -> Option<AnyView> {
    error
        .filter(|error| !matches!(error, AppError::Invalid(_)))
        .map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> }.into_any())
}

fn hour(hour: u8) -> String {
    format!("{hour:02}:00")
}

fn from(severity: Severity) -> String {
    match severity {
        Severity::Critical => "critical only".to_owned(),
        other => format!("{} and worse", other.label().to_lowercase()),
    }
}

/// Where the webhook of a rule is, what it is told, and what keeps it from being told.
fn hook(hook: &NoticeHook, only: bool) -> AnyView {
    let signed = if hook.signed { "signed" } else { "not signed" };
    let only = if only { ", instead of mail" } else { "" };
    let words = format!("{}: {}, {signed}{only}", hook.host, from(hook.from));
    let trouble = (!hook.trouble.is_empty())
        .then(|| view! { <small class="hint">{format!("Not taken: {}", hook.trouble)}</small> });
    view! { {words}{trouble} }.into_any()
}

fn cells(rule: NoticeRule, webhook: Option<&NoticeHook>) -> AnyView {
    let at_once = from(rule.at_once);
    let webhook = webhook.map_or_else(
        || "none".into_any(),
        |webhook| hook(webhook, rule.webhook_only),
    );
    let quiet = rule.quiet.map_or_else(
        || "none".to_owned(),
        |(from, to)| format!("{} to {}", hour(from), hour(to)),
    );
    let digest = hour(rule.digest_hour);
    view! {
        <Cell label="At once" class="fit">{at_once}</Cell>
        <Cell label="Digest of the rest" class="fit">{digest}</Cell>
        <Cell label="Quiet hours" class="fit">{quiet}</Cell>
        <Cell label="Webhook">{webhook}</Cell>
    }
    .into_any()
}

fn table(rules: &NoticeRules, end: Posted<EndNoticeRule>) -> AnyView {
    let mut columns = vec![
        Column::new("Who"),
        Column::new("At once"),
        Column::new("Digest of the rest"),
        Column::new("Quiet hours"),
        Column::new("Webhook"),
        Column::new("Set"),
    ];
    if rules.may_manage {
        columns.push(Column::new("End").hidden());
    }
    let own = rules.rows.iter().all(|row| row.team.is_some()).then(|| {
        let cells = cells(NoticeRule::default(), None);
        let last = rules.may_manage.then(|| view! { <Cell label="End">""</Cell> });
        view! { <tr><RowHead class="c-main">"Everybody"</RowHead>{cells}<Cell label="Set" class="fit"><span class="muted">"Rollcall’s own"</span></Cell>{last}</tr> }
    });
    let rows = rules
        .rows
        .iter()
        .map(|one| row(one, rules, end))
        .collect_view();
    view! {
        <Block id="h-rules" title="Rules" note="hours are of the zone of whoever is told">
            <DataTable caption="When people are told of findings" columns kind=TableKind::List>{own}{rows}</DataTable>
        </Block>
    }
    .into_any()
}

fn row(one: &NoticeRuleRow, rules: &NoticeRules, end: Posted<EndNoticeRule>) -> AnyView {
    let who = match &one.team {
        None => "Everybody".into_any(),
        Some(team) => view! { <a href=paths::team(&team.slug)>{team.name.clone()}</a> }.into_any(),
    };
    let name = one
        .team
        .as_ref()
        .map_or_else(|| "everybody".to_owned(), |team| team.name.clone());
    let id = one
        .team
        .as_ref()
        .map(|team| team.id.to_string())
        .unwrap_or_default();
    let (at, now) = (one.updated_at, rules.now);
    let last = rules.may_manage.then(|| {
        view! {
            <Cell label="End">
                <PostForm to=end>
                    <input type="hidden" name="input[team]" value=id/>
                    <Button kind=ButtonKind::Quiet small=true>"End"<span class="vh">{format!(" the rule for {name}")}</span></Button>
                </PostForm>
            </Cell>
        }
    });
    let cells = cells(one.rule, one.webhook.as_ref());
    view! {
        <tr>
            <RowHead class="c-main">{who}</RowHead>
            {cells}
            <Cell label="Set" class="fit"><When at now/></Cell>
            {last}
        </tr>
    }
    .into_any()
}

fn form(rules: &NoticeRules, set: Posted<SetNoticeRule>) -> AnyView {
    let failing = set.error().is_some();
    let typed = move |name: &str, fresh: &str| {
        set.typed(&format!("input[{name}]"))
            .filter(|_| failing)
            .unwrap_or_else(|| fresh.to_owned())
    };
    let wrong = move |name: &str| set.of_field(name);
    let teams = rules
        .teams
        .iter()
        .map(|team| Choice::new(team.id.to_string(), team.name.clone()))
        .collect::<Vec<_>>();
    let severities = Severity::ALL
        .iter()
        .map(|severity| Choice::new(severity.as_str(), severity.label()))
        .collect::<Vec<_>>();
    let only = failing && set.typed("input[webhook_only]").is_some();
    let own = severities.clone();
    view! {
        <Block id="h-set" title="Set a rule" note="in place of the one there is, with its webhook">
            {failed(set.error())}
            <PostForm to=set attr:class="stack">
                <SelectField name="input[team]" id="notice-team" label="For a team" options=teams prompt="Everybody" value=typed("team", "") error=wrong("team")/>
                <SelectField name="input[at_once]" id="notice-at-once" label="At once from" options=severities value=typed("at_once", "high") error=wrong("at_once") required=true/>
                <TextField name="input[digest_hour]" id="notice-digest" label="Digest of the rest at hour" hint="0 to 23" inputmode="numeric" value=typed("digest_hour", "8") error=wrong("digest_hour") required=true/>
                <TextField name="input[quiet_from]" id="notice-from" label="Quiet from hour" hint="What is critical is told at any hour." inputmode="numeric" value=typed("quiet_from", "") error=wrong("quiet_from")/>
                <TextField name="input[quiet_to]" id="notice-to" label="Quiet until hour" inputmode="numeric" value=typed("quiet_to", "") error=wrong("quiet_to")/>
                <TextField name="input[webhook]" id="notice-webhook" label="Webhook" hint="Each finding is posted to it once, however many people hear of it. Quiet hours hold posts back by the clock of the team’s lead, else UTC." inputmode="url" autocomplete="off" value=typed("webhook", "") error=wrong("webhook") max_length=2000/>
                // What was entered is not drawn again, not even beside its error.
                <TextField name="input[webhook_secret]" id="notice-secret" label="Secret the webhook’s posts are signed with" hint="Left empty, it stays as it is for the same address; another address is posted to without a signature." kind="password" autocomplete="off" error=wrong("webhook_secret") max_length=256/>
                <SelectField name="input[webhook_from]" id="notice-webhook-from" label="To the webhook from" options=own prompt="As at once" value=typed("webhook_from", "") error=wrong("webhook_from")/>
                <Check name="input[webhook_only]" checked=only>"To the webhook instead of to people"<small class="hint">"Nobody is told by mail, Security neither."</small></Check>
                <Button kind=ButtonKind::Primary>"Set the rule"</Button>
            </PostForm>
        </Block>
    }
    .into_any()
}
