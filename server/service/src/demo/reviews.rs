//! The reviews of the demo, each step by the person whose turn it is.

use chrono::TimeDelta;
use contract::campaigns::{CampaignInput, DecisionInput, DecisionKind, ItemFilter, ItemRow};
use contract::ids::CampaignId;
use domain::demo::campaigns::{Answer, Question, Review};

use super::Year;
use crate::{Error, Result, campaigns, evidence};

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
        campaigns::start(&self.security(), id).await?;
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
        for (answer, item) in answers {
            let morning = answer
                .at
                .date_naive()
                .and_time(chrono::NaiveTime::MIN)
                .and_utc();
            self.deliver_until(morning).await?;
            self.clock.set(answer.at);
            self.decide(answer, &item).await?;
        }
        if let Some(ended) = review.ended {
            self.deliver_until(ended).await?;
            campaigns::close(&self.security(), id).await?;
            self.clock.set(ended + TimeDelta::minutes(48));
            evidence::seal(&self.security(), id).await?;
        }
        Ok(())
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
        };
        let op = self.as_person(reviewer);
        // Where the identity changed meanwhile, the difference is looked at before deciding.
        if let Err(Error::Conflict(_)) = campaigns::decide(&op, input.clone()).await {
            input.seen_current_hash = campaigns::review_item(&op, row.id).await?.0.current_hash;
            campaigns::decide(&op, input).await?;
        }
        Ok(())
    }
}
