//! Telling people of findings: at once or in a daily digest, by rules of each team, never in quiet hours but of what is
//! critical.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use contract::ids::{FindingId, PersonId, TeamId};
use contract::messages::Channel;
use contract::notices::{NoticeRule, NoticeRuleInput, NoticeRules};
use domain::access::Access;
use domain::finding::hook::{self, Named};
use domain::finding::notify::{Told, due, letter, read};
use store::messages::NewMessage;
use store::notices::Untold;

use crate::op::Done;
use crate::{Error, Op, Result};

/// Findings older than this are on the pages, and told no more: whoever sets up mail is not written a year's worth.
const WINDOW: TimeDelta = TimeDelta::days(14);
/// Pairs of finding and person looked at in one go.
const PAIRS: i64 = 5_000;

/// The rules that were set.
///
/// # Errors
/// [`Error::Refused`] when the actor may not see people.
pub async fn rules(op: &Op) -> Result<NoticeRules> {
    op.require(Access::ViewPeople)?;
    let mut conn = op.db().acquire().await?;
    Ok(NoticeRules {
        rows: store::notices::rules(&mut conn).await?,
        teams: store::teams::choices(&mut conn).await?,
        may_manage: op.require(Access::ManagePolicies).is_ok(),
        mail: op.settings().outlets.smtp_url.is_some(),
        webhook: op.settings().has_webhook(),
        now: op.now,
    })
}

/// Sets a rule for a team, or for every team without one of its own.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field.
pub async fn set_rule(op: &Op, input: &NoticeRuleInput) -> Result<()> {
    op.require(Access::ManagePolicies)?;
    let (rule, named) = judge(op, input)?;
    let mut tx = op.db().begin().await?;
    let (team, name) = team(&mut tx, input).await?;
    store::notices::set(&mut tx, team, &rule, op.now).await?;
    crate::hooks::set(op, &mut tx, team, named.as_ref()).await?;
    let quiet = rule
        .quiet
        .map(|(from, to)| format!("{from} to {to}"))
        .unwrap_or_default();
    let done = Done::new(
        "notices.rule_set",
        "notices",
        &team.map_or_else(|| "everybody".to_owned(), |id| id.to_string()),
        name.clone(),
        format!("Set when {name} is told of findings"),
    )
    .change("at_once", "", rule.at_once.as_str())
    .change("digest_hour", "", rule.digest_hour.to_string())
    .change("quiet", "", quiet);
    op.record(&mut tx, with_hook(done, rule, named.as_ref()))
        .await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// Every wrong field at once.
fn judge(op: &Op, input: &NoticeRuleInput) -> Result<(NoticeRule, Option<Named>)> {
    let inside = !op.settings().outbound.is_empty();
    match (read(input), hook::read(input, inside)) {
        (Ok(rule), Ok(named)) => Ok((rule, named)),
        (rule, named) => {
            let wrong = [rule.err(), named.err()].into_iter().flatten().flatten();
            Err(Error::Invalid(wrong.collect()))
        }
    }
}

/// The entry with what it says of the webhook: the host alone, for the rest of the address may hold a token.
fn with_hook(done: Done, rule: NoticeRule, named: Option<&Named>) -> Done {
    let Some(named) = named else { return done };
    let host = hook::host(&named.address).unwrap_or_default();
    let secret = named.secret.as_ref().map_or("", |_| "entered");
    let only = if rule.webhook_only { "yes" } else { "no" };
    done.change("webhook", "", host)
        .change("webhook_secret", "", secret)
        .change("webhook_from", "", named.from.as_str())
        .change("webhook_only", "", only)
}

/// Takes a rule away: everybody's, or Rollcall's own, counts again.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn end_rule(op: &Op, input: &NoticeRuleInput) -> Result<()> {
    op.require(Access::ManagePolicies)?;
    let mut tx = op.db().begin().await?;
    let (team, name) = team(&mut tx, input).await?;
    if !store::notices::remove(&mut tx, team).await? {
        return Err(Error::NotFound("rule"));
    }
    store::hooks::remove(&mut tx, team).await?;
    let done = Done::new(
        "notices.rule_ended",
        "notices",
        &team.map_or_else(|| "everybody".to_owned(), |id| id.to_string()),
        name.clone(),
        format!("Ended the rule of when {name} is told of findings"),
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

async fn team(tx: &mut store::Tx, input: &NoticeRuleInput) -> Result<(Option<TeamId>, String)> {
    if input.team.trim().is_empty() {
        return Ok((None, "everybody".to_owned()));
    }
    let unknown = || Error::field("team", "There is no such team. Choose another.");
    let id = input.team_id().ok_or_else(unknown)?;
    let name = store::teams::name(tx, id).await?.ok_or_else(unknown)?;
    Ok((Some(id), name))
}

/// Writes to everybody whom a finding is to be told now, one letter a person, and once a finding to the configured webhook.
/// Gives how many letters. Idempotent: each finding is told each person once, and once more when it opened again or got
/// worse.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn tell(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    // One at a time: two processes must not both find the same one untold.
    store::notices::only_one(&mut tx).await?;
    let rules: BTreeMap<Option<TeamId>, NoticeRule> = store::notices::rules(&mut tx)
        .await?
        .into_iter()
        .map(|row| (row.team.map(|team| team.id), row.rule))
        .collect();
    let everybody = rules.get(&None).copied().unwrap_or_default();
    let mut letters: BTreeMap<PersonId, Vec<Untold>> = BTreeMap::new();
    let mut posts: BTreeMap<FindingId, Untold> = BTreeMap::new();
    let mut last: Option<Untold> = None;
    loop {
        let found = store::notices::untold(&mut tx, op.now - WINDOW, last.as_ref(), PAIRS).await?;
        // What waits for the morning holds back nothing behind it.
        last = found.last().cloned();
        if last.is_none() {
            break;
        }
        for one in found {
            let rule = one.team.and_then(|team| rules.get(&Some(team)).copied());
            let rule = rule.unwrap_or(everybody);
            let at = due(&rule, one.severity, &one.zone, one.news_at);
            if at > op.now || rule.webhook_only {
                continue;
            }
            if op.settings().has_webhook() {
                posts.entry(one.finding).or_insert_with(|| one.clone());
            }
            letters.entry(one.person).or_default().push(one);
        }
    }
    let mut findings = 0;
    let written = letters.len();
    for all in letters.into_values() {
        findings += all.len();
        write(op, &mut tx, &all).await?;
    }
    for one in posts.values() {
        post(op, &mut tx, one).await?;
    }
    if written > 0 {
        let done = Done::new(
            "messages.written",
            "messages",
            &"findings",
            "Findings",
            format!("Told {written} people of {findings} findings"),
        );
        op.record(&mut tx, done).await?;
    }
    tx.commit().await.map_err(store::Error::from)?;
    Ok(written)
}

fn told(op: &Op, one: &Untold) -> Told {
    Told {
        severity: one.severity,
        title: one.title.clone(),
        identity: one.identity.clone(),
        link: format!(
            "{}/findings?finding={}",
            op.settings().public_url,
            one.finding
        ),
    }
}

/// Tells the configured webhook of a finding: once each time it is opened, however many people hear of it, and when.
async fn post(op: &Op, tx: &mut store::Tx, one: &Untold) -> Result<()> {
    let inbox = format!("{}/findings", op.settings().public_url);
    let Some((subject, body)) = letter("all", &[told(op, one)], &inbox) else {
        return Ok(());
    };
    let message = NewMessage {
        id: op.new_id(),
        person: None,
        to_name: "Webhook".to_owned(),
        address: String::new(),
        channel: Channel::Webhook,
        kind: "findings",
        subject,
        body,
        campaigns: Vec::new(),
        cause: Some(format!("finding {} {}", one.finding, one.opening)),
    };
    store::messages::insert(tx, &message, op.now).await?;
    Ok(())
}

async fn write(op: &Op, tx: &mut store::Tx, all: &[Untold]) -> Result<()> {
    let base = &op.settings().public_url;
    let told: Vec<Told> = all.iter().map(|one| told(op, one)).collect();
    let first = &all[0];
    let Some((subject, body)) = letter(&first.name, &told, &format!("{base}/findings")) else {
        return Ok(());
    };
    let message = NewMessage {
        id: op.new_id(),
        person: Some(first.person),
        to_name: first.name.clone(),
        address: first.email.clone(),
        channel: Channel::Email,
        kind: "findings",
        subject,
        body,
        campaigns: Vec::new(),
        cause: None,
    };
    store::messages::insert(tx, &message, op.now).await?;
    store::notices::told(tx, all, first.person, message.id).await?;
    Ok(())
}
