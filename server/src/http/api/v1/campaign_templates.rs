//! `/api/v1/campaign-templates`: campaigns that come again, one by one, or many at once with a plan before.
//!
//! They are kept by name, which never changes, and what stands in addresses is made of it. None is ever deleted; one
//! without a schedule comes again only when somebody asks for it.

mod said;

use app::query::Address;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use contract::FieldError;
use contract::campaigns::{CampaignTemplate as Kept, Schedule};
use contract::identities::IdentityFilter;
use contract::ids::TemplateId;
use domain::access::Access;
use domain::page::cut;
use service::{Error, campaigns};

use super::body::sent;
use super::inventory::MOST_UNUSED;
use super::list::{Asked, Fields, Pairs, made, one, wrong};
use crate::http::{AppState, Operation, Problem};

pub use said::{CampaignTemplate, NewTemplate, TemplateChange, TemplateDifference, TemplateFile};
use said::{TemplatePopulation, TemplateSchedule};

/// Templates of one request at most.
const MOST: usize = 500;
/// Fields of a template that stand in its schedule.
const OF_SCHEDULE: [&str; 5] = ["rule", "time_zone", "starts_on", "holidays", "ahead_days"];
/// Fields of a template that stand in its policy.
const OF_POLICY: [&str; 6] = [
    "stages",
    "panel",
    "grace_days",
    "suspend_cap",
    "remediation_days",
    "silence_proves_days",
];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/campaign-templates", get(list).post(create).patch(apply))
        .route("/campaign-templates/{id}", get(view).patch(change))
}

/// What was wrong with a template, with the place of each field.
#[derive(Default)]
struct Wrong(Vec<FieldError>);

impl Wrong {
    fn note(&mut self, field: String, message: impl Into<String>) {
        self.0.push(FieldError {
            field,
            message: message.into(),
        });
    }

    fn day(&mut self, field: String, text: &str) -> NaiveDate {
        text.trim().parse().unwrap_or_else(|_| {
            self.note(field, format!("{text:?} is no day. Write 2027-01-01."));
            NaiveDate::default()
        })
    }

    /// A schedule; none where its rule is empty.
    fn schedule(&mut self, before: &str, of: Option<TemplateSchedule>) -> Option<Schedule> {
        let of = of.filter(|of| !of.rule.trim().is_empty())?;
        let holidays = of.holidays.iter().enumerate();
        Some(Schedule {
            rule: of.rule.trim().to_owned(),
            time_zone: of.time_zone.trim().to_owned(),
            starts_on: self.day(format!("{before}schedule.starts_on"), &of.starts_on),
            working_days: of.working_days,
            holidays: holidays
                .map(|(at, day)| self.day(format!("{before}schedule.holidays[{at}]"), day))
                .collect(),
            ahead_days: of.ahead_days,
        })
    }

    fn filter(&mut self, before: &str, of: TemplatePopulation) -> IdentityFilter {
        if of
            .unused_days
            .is_some_and(|days| !(1..=MOST_UNUSED).contains(&days))
        {
            let words = format!("Use 1 to {MOST_UNUSED} days.");
            self.note(format!("{before}filter.unused_days"), words);
        }
        of.into()
    }

    fn template(&mut self, before: &str, new: NewTemplate) -> Kept {
        Kept {
            name: new.name.split_whitespace().collect::<Vec<_>>().join(" "),
            notes: new.notes.trim().to_owned(),
            only_due: new.only_due,
            filter: self.filter(before, new.filter),
            days: new.days,
            schedule: self.schedule(before, new.schedule),
            policy: new.policy.unwrap_or_default(),
        }
    }

    fn over(self) -> Result<(), Error> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}

/// The service's words for a field, as the path of the body they are about. `alone` is where the only template stands.
fn pointed(error: Error, alone: &str) -> Error {
    let Error::Invalid(fields) = error else {
        return error;
    };
    let fields = fields.into_iter().map(|wrong| {
        let (before, name) = match wrong.field.find("].") {
            Some(end) => wrong.field.split_at(end + 2),
            None => (alone, wrong.field.as_str()),
        };
        let part = if OF_SCHEDULE.contains(&name) {
            "schedule."
        } else if OF_POLICY.contains(&name) {
            "policy."
        } else {
            ""
        };
        FieldError {
            field: format!("{before}{part}{name}"),
            message: wrong.message,
        }
    });
    Error::Invalid(fields.collect())
}

fn read(id: &str) -> Result<TemplateId, Problem> {
    id.parse()
        .map_err(|_| wrong("id", "is no id of a template"))
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    pairs: Pairs,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let path = "/campaign-templates";
    let asked = Asked::read(pairs)?.strictly(&Address::new(path), &[])?;
    let after = asked.cursor(|_| true)?.map(str::to_owned);
    let mut rows = campaigns::templates(&op).await?;
    rows.sort_by(|a, b| a.template.name.cmp(&b.template.name));
    if let Some(after) = after {
        rows.retain(|row| row.template.name > after);
    }
    let page = cut(rows, asked.limit, |row| row.template.name.clone());
    asked.answer::<_, CampaignTemplate>(&op.settings().public_url, path, page)
}

async fn view(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let kept = campaigns::template(&op, read(&id)?).await?;
    fields.of(CampaignTemplate::from(kept))
}

async fn create(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let mut wrong = Wrong::default();
    let template = wrong.template("", sent(&body)?);
    wrong.over()?;
    let kept = campaigns::create_template(&op, template)
        .await
        .map_err(|error| pointed(error, ""))?;
    Ok(made(CampaignTemplate::from(kept)))
}

async fn change(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let id = read(&id)?;
    let change: TemplateChange = sent(&body)?;
    let is = campaigns::template(&op, id).await?.template;
    let mut wrong = Wrong::default();
    let template = Kept {
        name: is.name,
        notes: change.notes.map_or(is.notes, |notes| notes.trim().into()),
        days: change.days.unwrap_or(is.days),
        only_due: change.only_due.unwrap_or(is.only_due),
        filter: match change.filter {
            Some(of) => wrong.filter("", of),
            None => is.filter,
        },
        schedule: match change.schedule {
            Some(of) => wrong.schedule("", Some(of)),
            None => is.schedule,
        },
        policy: change.policy.unwrap_or(is.policy),
    };
    wrong.over()?;
    campaigns::apply(&op, &[template])
        .await
        .map_err(|error| pointed(error, ""))?;
    let kept = campaigns::template(&op, id).await?;
    Ok(one(&CampaignTemplate::from(kept)))
}

async fn apply(
    State(_): State<AppState>,
    Operation(op): Operation,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ManageCampaigns)?;
    let file: TemplateFile = sent(&body)?;
    let mut wrong = Wrong::default();
    if file.templates.len() > MOST {
        let words = format!("holds more than {MOST}; send them in parts");
        wrong.note("templates".to_owned(), words);
    }
    let templates = file.templates.into_iter().enumerate();
    let templates: Vec<Kept> = templates
        .map(|(at, new)| wrong.template(&format!("templates[{at}]."), new))
        .collect();
    wrong.over()?;
    let changes = if file.plan {
        campaigns::plan(&op, &templates).await
    } else {
        campaigns::apply(&op, &templates).await
    };
    let alone = if templates.len() == 1 {
        "templates[0]."
    } else {
        ""
    };
    let changes = changes.map_err(|error| pointed(error, alone))?.into_iter();
    let changes: Vec<TemplateDifference> = changes.map(Into::into).collect();
    Ok(one(&changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_field_is_named_where_it_stands_in_the_body() {
        let fields = ["name", "rule", "panel", "templates[2].time_zone"];
        let wrong = fields.map(|field| FieldError {
            field: field.to_owned(),
            message: String::new(),
        });
        let Error::Invalid(fields) = pointed(Error::Invalid(wrong.into()), "") else {
            panic!("it stays what it is");
        };
        let fields: Vec<String> = fields.into_iter().map(|wrong| wrong.field).collect();
        assert_eq!(
            fields,
            [
                "name",
                "schedule.rule",
                "policy.panel",
                "templates[2].schedule.time_zone"
            ]
        );
    }

    #[test]
    fn an_empty_rule_is_no_schedule_and_days_that_are_none_are_named() {
        let schedule = |rule: &str, day: &str| TemplateSchedule {
            rule: rule.to_owned(),
            time_zone: "UTC".to_owned(),
            starts_on: day.to_owned(),
            working_days: true,
            holidays: vec!["2027-01-01".to_owned(), "Easter".to_owned()],
            ahead_days: 7,
        };
        let mut wrong = Wrong::default();
        assert!(wrong.schedule("", Some(schedule(" ", "soon"))).is_none());
        assert!(wrong.0.is_empty());
        wrong.schedule("", Some(schedule("FREQ=DAILY", "soon")));
        let fields: Vec<&str> = wrong.0.iter().map(|wrong| wrong.field.as_str()).collect();
        assert_eq!(fields, ["schedule.starts_on", "schedule.holidays[1]"]);
    }
}
