//! The reviews of the demo, each step by the person whose turn it is.

use chrono::TimeDelta;
use contract::access::Role;
use contract::campaigns::{
    CampaignInput, CampaignPolicy, CampaignTemplate, DecisionInput, DecisionKind, ItemFilter,
    ItemRow, Schedule, TaskInput, TaskStep,
};
use contract::identities::IdentityFilter;
use contract::ids::{CampaignId, PersonId};
use domain::demo::campaigns::{Answer, Question, Review};

use super::Year;
use crate::ports::Pigeonhole;
use crate::{Error, Result, campaigns, evidence, messages};

impl Year<'_> {
    /// Acts a review out: prepared, started, answered, and where it ended, closed and sealed.
    pub(super) async fn review(&mut self, review: &Review) -> Result<()> {
        self.arrive(review.started).await?;
        let input = CampaignInput {
            name: review.name.clone(),
            notes: review.notes.to_owned(),
            due_on: review.due_on.to_string(),
            ..CampaignInput::default()
        };
        let id = campaigns::create(&self.security(), input).await?;
        self.clock.set(review.started + TimeDelta::minutes(20));
        let gaps = "These platforms are connected next quarter; their owners look at the vendor's own console.";
        campaigns::start_accepting(&self.security(), id, gaps).await?;
        self.remind().await?;
        let items = self.items(id).await?;
        let mut answers: Vec<(Answer, ItemRow)> = items
            .into_iter()
            .filter_map(|item| {
                let question = Question {
                    name: &item.identity.1,
                    advice: item.advice,
                    privileged_production: item.privileged_production,
                };
                Some((self.acme.answer(review, question)?, item))
            })
            .collect();
        answers.sort_by_key(|(answer, _)| answer.at);
        let mut reminded = review.started.date_naive();
        for (answer, item) in answers {
            let day = answer.at.date_naive();
            let morning = day.and_time(chrono::NaiveTime::MIN).and_utc();
            self.deliver_until(morning).await?;
            if day > reminded {
                self.clock.set(morning);
                self.remind().await?;
                reminded = day;
            }
            self.clock.set(answer.at);
            self.decide(answer, &item).await?;
        }
        if let Some(ended) = review.ended {
            self.deliver_until(ended).await?;
            campaigns::close(&self.security(), id).await?;
            self.carry_out(id).await?;
            self.clock.set(ended + TimeDelta::minutes(48));
            evidence::seal(&self.security(), id).await?;
        }
        Ok(())
    }

    /// Writes the reminders that are due, and hands them over; no letter of a demo leaves the house.
    async fn remind(&self) -> Result<()> {
        let op = self.services.system("demo");
        messages::remind(&op).await?;
        messages::deliver(&op, &Pigeonhole::default()).await?;
        Ok(())
    }

    /// Keeps the template the quarterly reviews are made of.
    pub(super) async fn template(&self) -> Result<()> {
        let template = CampaignTemplate {
            name: "Quarterly access review".to_owned(),
            notes: "Approve what you still need, revoke what you do not; twenty minutes."
                .to_owned(),
            only_due: true,
            filter: IdentityFilter::default(),
            days: 28,
            schedule: Some(Schedule {
                rule: "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1".to_owned(),
                time_zone: "Europe/Budapest".to_owned(),
                starts_on: self.security().now.date_naive(),
                working_days: true,
                holidays: Vec::new(),
                ahead_days: 7,
            }),
            policy: CampaignPolicy::default(),
        };
        campaigns::apply(&self.security(), &[template]).await?;
        Ok(())
    }

    /// Carries out what a review decided: proven where the roll shows it, else waived by a second person.
    async fn carry_out(&self, id: CampaignId) -> Result<()> {
        campaigns::settle(&self.services.system("demo")).await?;
        let board = campaigns::board(&self.security(), id, None).await?;
        for (n, task) in board
            .tasks
            .iter()
            .filter(|t| t.settled_at.is_none())
            .enumerate()
        {
            let other = self.somebody_else(task.owner.id, task.decided_by.id)?;
            let step = |step, text: String| TaskInput {
                task: task.id,
                step,
                text,
                to: None,
            };
            let ticket = step(TaskStep::Ticket, format!("OPS-{}", 4_100 + n));
            campaigns::step(&other, &ticket).await?;
            campaigns::step(&other, &step(TaskStep::Apply, String::new())).await?;
            let why = format!(
                "Done by hand under OPS-{}; the next import of {} will show it.",
                4_100 + n,
                task.platform.label()
            );
            campaigns::step(&other, &step(TaskStep::Waive, why)).await?;
        }
        Ok(())
    }

    /// Somebody who runs campaigns and is neither of these.
    fn somebody_else(&self, one: PersonId, two: PersonId) -> Result<crate::Op> {
        let found = self.acme.people.iter().find(|person| {
            let runs = person
                .roles
                .iter()
                .any(|role| matches!(role, Role::Admin | Role::Security));
            runs && person.id != one && person.id != two
        });
        Ok(self.as_person(found.ok_or(Error::NotFound("person"))?))
    }

    async fn items(&self, id: CampaignId) -> Result<Vec<ItemRow>> {
        let (everything, mut after) = (ItemFilter::default(), None);
        let mut items = Vec::new();
        loop {
            let list =
                campaigns::items(&self.security(), id, &everything, after.as_deref()).await?;
            items.extend(list.page.rows);
            after = list.page.next;
            if after.is_none() {
                return Ok(items);
            }
        }
    }

    async fn decide(&self, answer: Answer, row: &ItemRow) -> Result<()> {
        let reviewer = self
            .acme
            .people
            .iter()
            .find(|person| person.id == row.reviewer.id)
            .ok_or(Error::NotFound("reviewer"))?;
        let data = store::campaigns::item(&mut *self.services.db.acquire().await?, row.id)
            .await?
            .ok_or(Error::NotFound("item"))?;
        let targets = if answer.decision == DecisionKind::Modify {
            data.recommendation
                .targets
                .iter()
                .map(|target| target.key.clone())
                .collect()
        } else {
            Vec::new()
        };
        let mut input = DecisionInput {
            item: row.id,
            decision: answer.decision,
            reason: answer.reason,
            targets,
            hash: data.hash,
            seen_current_hash: None,
            seen_answers: 0,
            at_once: false,
            shown_at: Some(answer.at - TimeDelta::seconds(20 + i64::from(row.risk))),
        };
        let op = self.as_person(reviewer);
        // People say the same of several things; Rollcall asks what is so about this one.
        if let Err(Error::Invalid(_)) = campaigns::check(&op, input.clone()).await {
            input.reason = format!("{} That is {}.", input.reason, row.identity.1);
        }
        // Where the identity changed meanwhile, the difference is looked at before deciding.
        if let Err(Error::Conflict(_)) = campaigns::decide(&op, input.clone()).await {
            input.seen_current_hash = campaigns::review_item(&op, row.id).await?.0.current_hash;
            campaigns::decide(&op, input).await?;
        }
        Ok(())
    }
}
