//! Templates: campaigns that come again, as a form and as a file with a plan before it is applied.

mod difference;

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use contract::FieldError;
use contract::campaigns::{
    CampaignInput, CampaignPolicy, CampaignStart, CampaignTemplate, PolicyForm, Schedule,
    TemplateChange, TemplateForm, TemplateRow,
};
use contract::ids::{CampaignId, TemplateId};
use domain::access::Access;
use domain::campaign::calendar::Rule;
use store::Tx;
use store::campaigns::StoredTemplate;
use uuid::Uuid;

use self::difference::changes;
use super::draft;
use crate::op::Done;
use crate::{Error, Op, Result};

/// Every template with the next day it falls on.
///
/// # Errors
/// [`Error::Refused`] when the actor may not.
pub async fn templates(op: &Op) -> Result<Vec<TemplateRow>> {
    op.require(Access::ManageCampaigns)?;
    let mut conn = op.db().acquire().await?;
    let all = store::campaigns::templates(&mut conn).await?;
    Ok(all.into_iter().map(|stored| row(op, stored)).collect())
}

/// One template with the next day it falls on.
///
/// # Errors
/// [`Error::NotFound`] when there is none of this id.
pub async fn template(op: &Op, id: TemplateId) -> Result<TemplateRow> {
    op.require(Access::ManageCampaigns)?;
    let none = || Error::NotFound("template");
    let mut conn = op.db().acquire().await?;
    let names = store::campaigns::template_names(&mut conn).await?;
    let mut names = names.into_iter();
    let name = names.find(|name| id_of(name) == id).ok_or_else(none)?;
    let stored = store::campaigns::template(&mut conn, &name).await?;
    Ok(row(op, stored.ok_or_else(none)?))
}

/// The id of a name: names are unique and never change, and what stands in an address has no spaces.
fn id_of(name: &str) -> TemplateId {
    TemplateId(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
}

fn row(op: &Op, stored: StoredTemplate) -> TemplateRow {
    TemplateRow {
        id: id_of(&stored.template.name),
        next: next(op, &stored),
        last_for: stored.last_for,
        updated_at: stored.updated_at,
        template: stored.template,
    }
}

/// Keeps a new template.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field; [`Error::Conflict`] when there is one of this name.
pub async fn create_template(op: &Op, template: CampaignTemplate) -> Result<TemplateRow> {
    op.require(Access::ManageCampaigns)?;
    let alone = std::slice::from_ref(&template);
    check_all(alone)?;
    let mut tx = op.db().begin().await?;
    if !store::campaigns::insert_template(&mut tx, &template, op.now).await? {
        let words = "There is a template of this name already. Change it at its own address.";
        return Err(Error::Conflict(words.to_owned()));
    }
    record(op, &mut tx, &changes(&[], alone)).await?;
    tx.commit().await.map_err(store::Error::from)?;
    let stored = StoredTemplate {
        template,
        last_for: None,
        updated_at: op.now,
    };
    Ok(row(op, stored))
}

/// What applying these templates would change; nothing is saved.
///
/// # Errors
/// [`Error::Invalid`] names every wrong field with its template.
pub async fn plan(op: &Op, wanted: &[CampaignTemplate]) -> Result<Vec<TemplateChange>> {
    op.require(Access::ManageCampaigns)?;
    check_all(wanted)?;
    let mut conn = op.db().acquire().await?;
    let there = store::campaigns::templates(&mut conn).await?;
    Ok(changes(&there, wanted))
}

/// Applies these templates and says what changed. Templates the file does not name stay as they are.
///
/// # Errors
/// As [`plan`].
pub async fn apply(op: &Op, wanted: &[CampaignTemplate]) -> Result<Vec<TemplateChange>> {
    op.require(Access::ManageCampaigns)?;
    check_all(wanted)?;
    let mut tx = op.db().begin().await?;
    let there = store::campaigns::templates(&mut tx).await?;
    let changes = changes(&there, wanted);
    if changes.is_empty() {
        return Ok(changes);
    }
    for template in wanted {
        if changes.iter().any(|change| change.name == template.name) {
            store::campaigns::save_template(&mut tx, template, op.now).await?;
        }
    }
    record(op, &mut tx, &changes).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(changes)
}

async fn record(op: &Op, tx: &mut Tx, changes: &[TemplateChange]) -> Result<()> {
    let names: Vec<&str> = changes.iter().map(|change| change.name.as_str()).collect();
    let mut done = Done::new(
        "template.applied",
        "campaign_template",
        &names.join(", "),
        names.join(", "),
        format!("Changed the campaign templates {}", names.join(", ")),
    );
    for change in changes {
        for (field, before, after) in &change.fields {
            done = done.change(&format!("{}.{field}", change.name), before, after);
        }
    }
    op.record(tx, done).await?;
    Ok(())
}

/// Saves the template of a form; one of the same name is replaced.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field; [`Error::Conflict`] when nothing changed.
pub async fn save_template(op: &Op, form: &TemplateForm) -> Result<()> {
    op.require(Access::ManageCampaigns)?;
    let template = template_of(form)?;
    if apply(op, &[template]).await?.is_empty() {
        return Err(Error::Conflict("Nothing changed.".to_owned()));
    }
    Ok(())
}

/// What a form says; every field that cannot be read is named at once.
fn template_of(form: &TemplateForm) -> Result<CampaignTemplate> {
    let mut wrong = Vec::new();
    let mut read = |field: &str, message: &str| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        });
    };
    let days = form.days.trim().parse().unwrap_or_else(|_| {
        read("days", "Use a number.");
        28
    });
    let schedule = (!form.schedule.rule.trim().is_empty()).then(|| Schedule {
        rule: form.schedule.rule.trim().to_owned(),
        time_zone: form.schedule.time_zone.trim().to_owned(),
        starts_on: form.schedule.starts_on.trim().parse().unwrap_or_else(|_| {
            read("starts_on", "Choose the first day.");
            NaiveDate::MIN
        }),
        working_days: !form.schedule.working_days.is_empty(),
        holidays: form
            .schedule
            .holidays
            .split([',', ' ', '\n'])
            .map(str::trim)
            .filter(|day| !day.is_empty())
            .filter_map(|day| {
                let read_day = day.parse().ok();
                if read_day.is_none() {
                    read("holidays", &format!("{day:?} is no day. Write 2027-01-01."));
                }
                read_day
            })
            .collect(),
        ahead_days: form.schedule.ahead_days.trim().parse().unwrap_or_else(|_| {
            read("ahead_days", "Use a number.");
            0
        }),
    });
    let policy = policy_of(&form.policy).unwrap_or_else(|fields| {
        wrong.extend(fields);
        CampaignPolicy::default()
    });
    let template = CampaignTemplate {
        name: form.name.split_whitespace().collect::<Vec<_>>().join(" "),
        notes: form.notes.trim().to_owned(),
        only_due: form.only_due,
        filter: form.filter.clone(),
        days,
        schedule,
        policy,
    };
    match check_all(std::slice::from_ref(&template)) {
        Err(Error::Invalid(more)) => {
            let named: Vec<String> = wrong.iter().map(|field| field.field.clone()).collect();
            wrong.extend(
                more.into_iter()
                    .filter(|field| !named.contains(&field.field)),
            );
        }
        Err(other) => return Err(other),
        Ok(()) => {}
    }
    if wrong.is_empty() {
        Ok(template)
    } else {
        Err(Error::Invalid(wrong))
    }
}

/// The policy a form means.
fn policy_of(form: &PolicyForm) -> std::result::Result<CampaignPolicy, Vec<FieldError>> {
    domain::campaign::policy::form::read(form).map_err(|wrong| {
        wrong
            .into_iter()
            .map(|(field, message)| FieldError {
                field: field.to_owned(),
                message,
            })
            .collect()
    })
}

/// What the form of a campaign begins with: what a quarterly review needs, or a template's words.
///
/// # Errors
/// [`Error::NotFound`] when there is no such template.
pub async fn begin(op: &Op, template: &str) -> Result<CampaignStart> {
    op.require(Access::ManageCampaigns)?;
    let mut conn = op.db().acquire().await?;
    let templates = store::campaigns::template_names(&mut conn).await?;
    if !template.is_empty() && !templates.iter().any(|name| name == template) {
        return Err(Error::NotFound("template"));
    }
    let chosen = store::campaigns::template(&mut conn, template).await?;
    let input = chosen.map_or_else(
        || CampaignInput {
            only_due: true,
            ..CampaignInput::default()
        },
        |stored| of_template(&stored.template, today(op, "UTC")),
    );
    Ok(CampaignStart { input, templates })
}

/// The campaign a template makes on a day.
fn of_template(template: &CampaignTemplate, day: NaiveDate) -> CampaignInput {
    CampaignInput {
        name: format!("{}, {}", template.name, day.format("%-d %b %Y")),
        notes: template.notes.clone(),
        due_on: (day + TimeDelta::days(template.days)).to_string(),
        only_due: template.only_due,
        filter: template.filter.clone(),
        policy: template.policy.clone(),
    }
}

/// Makes a draft of a form whose policy is as typed.
///
/// # Errors
/// As [`super::create`], with the fields of the policy.
pub async fn create_as_typed(
    op: &Op,
    input: CampaignInput,
    policy: &PolicyForm,
) -> Result<CampaignId> {
    op.require(Access::ManageCampaigns)?;
    match policy_of(policy) {
        Ok(policy) => draft::create(op, CampaignInput { policy, ..input }).await,
        Err(mut wrong) => {
            if let Err(Error::Invalid(more)) = super::scope::check(&input, "UTC", op.now) {
                wrong.extend(more);
            }
            Err(Error::Invalid(wrong))
        }
    }
}

/// Makes the drafts whose day is near enough, each once. Gives how many.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn make_drafts(op: &Op) -> Result<u64> {
    op.require(Access::Operate)?;
    let all = store::campaigns::templates(&mut *op.db().acquire().await?).await?;
    let mut made = 0;
    for stored in all {
        let Some((day, schedule)) = next(op, &stored).zip(stored.template.schedule.as_ref()) else {
            continue;
        };
        if day - TimeDelta::days(schedule.ahead_days) <= today(op, &schedule.time_zone) {
            made += u64::from(make(op, &stored.template, day).await?.is_some());
        }
    }
    Ok(made)
}

async fn make(op: &Op, template: &CampaignTemplate, day: NaiveDate) -> Result<Option<CampaignId>> {
    let zone = template
        .schedule
        .as_ref()
        .map_or("UTC", |schedule| schedule.time_zone.as_str());
    let input = of_template(template, day);
    let mut tx = op.db().begin().await?;
    if !store::campaigns::made_for(&mut tx, &template.name, day).await? {
        return Ok(None);
    }
    draft::create_in(op, tx, input, zone).await.map(Some)
}

fn today(op: &Op, zone: &str) -> NaiveDate {
    domain::campaign::due::day_in(op.now, zone)
}

/// The next day a template falls on, after the one the last draft was made for.
fn next(op: &Op, stored: &StoredTemplate) -> Option<NaiveDate> {
    let schedule = stored.template.schedule.as_ref()?;
    let rule = Rule::parse(&schedule.rule).ok()?;
    let from = today(op, &schedule.time_zone);
    let from = stored
        .last_for
        .and_then(|last| last.succ_opt())
        .map_or(from, |after| after.max(from));
    let working = schedule
        .working_days
        .then_some(schedule.holidays.as_slice());
    rule.next(schedule.starts_on, from, working)
}

fn check_all(wanted: &[CampaignTemplate]) -> Result<()> {
    let mut wrong = Vec::new();
    let mut names = Vec::new();
    for (at, template) in wanted.iter().enumerate() {
        let mut field = |field: &str, message: String| {
            let (field, message) = if wanted.len() > 1 {
                (
                    format!("templates[{at}].{field}"),
                    format!("{}: {message}", template.name),
                )
            } else {
                (field.to_owned(), message)
            };
            wrong.push(FieldError { field, message });
        };
        let named = template.name.chars().any(char::is_alphanumeric);
        if !named || template.name.chars().count() > 80 {
            field(
                "name",
                "Give it a name of letters or digits, of at most 80 characters.".to_owned(),
            );
        }
        if names.contains(&&template.name) {
            field("name", "This name stands twice.".to_owned());
        }
        if !(1..=180).contains(&template.days) {
            field("days", "Give people 1 to 180 days.".to_owned());
        }
        for (name, message) in domain::campaign::policy::check(&template.policy) {
            field(name, message);
        }
        for (name, message) in template.schedule.iter().flat_map(check_schedule) {
            field(name, message);
        }
        names.push(&template.name);
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(wrong))
    }
}

/// Field and what is wrong with it.
fn check_schedule(schedule: &Schedule) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    // A calendar ends somewhere, and so does what is looked ahead.
    if !(1970..=9999).contains(&schedule.starts_on.year()) {
        let message = "Use a day between 1970 and the year 9999.";
        wrong.push(("starts_on", message.to_owned()));
    }
    if let Err(error) = Rule::parse(&schedule.rule) {
        wrong.push(("rule", error.to_string()));
    }
    if !domain::campaign::due::is_zone(&schedule.time_zone) {
        let message = format!("{:?} is no time zone.", schedule.time_zone);
        wrong.push(("time_zone", message));
    }
    if !(0..=60).contains(&schedule.ahead_days) {
        wrong.push(("ahead_days", "Use 0 to 60 days.".to_owned()));
    }
    wrong
}
