//! Loading the demo organisation: a year acted out through the real services, with a clock that is moved along.
//!
//! People, teams and the roll are written in bulk; events, reviews, evidence, findings and requests come about as they
//! would have: records are delivered by their sources, campaigns started, answered, closed and sealed by the people
//! whose turn it was. What the company is, `domain::demo` knows.

mod deliveries;
mod lists;
mod pipelines;
mod reviews;
mod turns;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{IdentityRequest, IdentityState, TrustLanguage};
use contract::sources::SourceInput;
use domain::access::{Access, Actor, Person};
use domain::demo::events::SOURCES;
use domain::demo::{Identity, Organisation, figures};
use store::demo::Standing;

use crate::op::Done;
use crate::ports::fixed::FixedClock;
use crate::{Clock, Error, Op, OpKind, Result, Services};
use deliveries::Deliveries;

/// What came of the wish to have the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was there already.
    AlreadyThere,
    /// It was loaded.
    Loaded {
        /// Identities that were registered.
        identities: usize,
        /// Events that were delivered.
        events: usize,
    },
}

/// Days before today on which the nightly judgement is acted out: what the charts of the last weeks show.
const NIGHTS: i64 = 30;
/// Every which of these nights: enough for the charts.
const NIGHT_STEP: i64 = 3;

/// Loads the demo organisation as of the operation's time. Does nothing when it is there.
///
/// # Errors
/// [`Error::Conflict`] when the database holds other people's data; [`Error::Refused`] for anybody but Rollcall itself
/// and the shell beside the database.
pub async fn load(op: &Op) -> Result<Outcome> {
    op.require(Access::Operate)?;
    let standing = store::demo::standing(&mut *op.db().acquire().await?).await?;
    match standing {
        Standing::Loaded => return Ok(Outcome::AlreadyThere),
        Standing::Foreign => {
            return Err(Error::Conflict(
                "This database holds an organisation of its own. The demo is loaded into an empty one only.".to_owned(),
            ));
        }
        Standing::Interrupted | Standing::Empty => {}
    }
    let mut tx = op.db().begin().await?;
    if standing == Standing::Interrupted {
        tracing::info!("the demo was broken off last time: beginning anew");
        store::demo::clear(&mut tx).await?;
    }
    store::demo::begin(&mut tx, op.now).await?;
    tx.commit().await.map_err(store::Error::from)?;
    let acme = Organisation::at(op.now);
    let mut year = Year::begin(op, &acme).await?;
    year.play().await
}

/// The year being acted out.
struct Year<'a> {
    acme: &'a Organisation,
    services: Services,
    clock: Arc<FixedClock>,
    deliveries: Deliveries<'a>,
    /// Up to when the roll was brought.
    imported: DateTime<Utc>,
}

impl<'a> Year<'a> {
    /// Everybody is there, and the sources are connected.
    async fn begin(op: &Op, acme: &'a Organisation) -> Result<Year<'a>> {
        let start = acme.now - TimeDelta::days(domain::demo::events::DAYS);
        let clock = Arc::new(FixedClock::new(start));
        let mut services = op.services().clone();
        services.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        let mut tx = services.db.begin().await?;
        store::demo::insert_people(&mut tx, &acme.people, &acme.teams).await?;
        let system = services.system("demo");
        let done = Done::new(
            "demo.begun",
            "organisation",
            &"acme",
            "Acme",
            "Loaded the people and teams of the demo organisation",
        );
        system.record(&mut tx, done).await?;
        tx.commit().await.map_err(store::Error::from)?;
        let mut year = Self {
            acme,
            services,
            clock,
            deliveries: Deliveries::of(acme),
            imported: DateTime::UNIX_EPOCH,
        };
        for source in SOURCES {
            let input = SourceInput {
                name: source.name.to_owned(),
                slug: source.slug.to_owned(),
                format: source.format.as_str().to_owned(),
                ..SourceInput::default()
            };
            let made = crate::sources::create(&year.security(), &input).await?;
            year.deliveries
                .connect(&year.services, source.slug, &made.token)
                .await?;
        }
        Ok(year)
    }

    async fn play(&mut self) -> Result<Outcome> {
        let started = std::time::Instant::now();
        for review in self.acme.reviews() {
            self.review(&review).await?;
            tracing::info!(review = %review.name, events = self.deliveries.accepted, seconds = started.elapsed().as_secs(), "demo");
        }
        self.ask_for_new_ones().await?;
        self.set_limits().await?;
        self.template().await?;
        self.deliver_until(self.acme.now).await?;
        self.keep_the_way_out().await?;
        self.put_words_right().await?;
        self.arrive(self.acme.now).await?;
        self.keep_a_test().await?;
        lists::bring(&self.security(), self.acme).await?;
        pipelines::bring(&self.security(), self.acme).await?;
        self.keep_past_figures().await?;
        self.sequence().await?;
        self.clock.set(self.acme.now);
        lists::push_on(&self.security()).await?;
        crate::detect::catch_up(&self.services.system("detection")).await?;
        crate::stories::check_trails(&self.services.system("trails")).await?;
        let mut tx = self.services.db.begin().await?;
        store::demo::finish(&mut tx, self.acme.now).await?;
        tx.commit().await.map_err(store::Error::from)?;
        let outcome = Outcome::Loaded {
            identities: self.acme.identities.len(),
            events: self.deliveries.accepted,
        };
        tracing::info!(
            ?outcome,
            seconds = started.elapsed().as_secs(),
            "the demo organisation is there"
        );
        Ok(outcome)
    }

    /// Security keeps the test that other repositories are refused with the pipeline whose trust is widest.
    async fn keep_a_test(&self) -> Result<()> {
        let wide = "repo:acme/*";
        let found = self.acme.identities.iter().find(|identity| {
            identity.state == IdentityState::Active
                && identity
                    .trusts
                    .iter()
                    .any(|it| it.language == TrustLanguage::Aws && it.document.contains(wide))
        });
        let Some(identity) = found else {
            return Ok(());
        };
        let claims = serde_json::json!({"iss": "https://token.actions.githubusercontent.com",
            "sub": "repo:acme/experiments:pull_request", "aud": "sts.amazonaws.com"});
        let input = contract::trust::TrustTestInput {
            identity: identity.id,
            name: "A pull request of another repository".to_owned(),
            expect: "deny".to_owned(),
            claims: claims.to_string(),
        };
        crate::trust::keep_test(&self.security(), &input).await
    }

    /// Goes on to a moment and takes what was delivered till then, imports what changed, judges.
    async fn arrive(&mut self, at: DateTime<Utc>) -> Result<()> {
        self.deliver_until(at).await?;
        self.import(at).await?;
        self.judge(at).await
    }

    /// Puts the roll as it stood at a moment.
    async fn import(&mut self, at: DateTime<Utc>) -> Result<()> {
        let before = std::mem::replace(&mut self.imported, at);
        self.clock.set(at);
        let roll: Vec<Identity> = self
            .acme
            .roll(at)
            .into_iter()
            .filter(|identity| identity.state != IdentityState::Requested)
            .collect();
        let system = self.services.system("demo");
        let mut tx = self.services.db.begin().await?;
        store::demo::part_with(&mut tx, &self.acme.people, at).await?;
        let ids = store::demo::put(&mut tx, &roll, self.last_paper_review()).await?;
        let done = Done::new(
            "identities.imported",
            "organisation",
            &"acme",
            "Acme",
            format!(
                "Imported {} identities with what they hold from the company’s directories",
                ids.len()
            ),
        );
        system.record(&mut tx, done).await?;
        tx.commit().await.map_err(store::Error::from)?;
        self.rotate(before, at).await
    }

    /// Takes deliveries until a moment, judging each night of the last weeks.
    async fn deliver_until(&mut self, at: DateTime<Utc>) -> Result<()> {
        let first = self.acme.now - TimeDelta::days(NIGHTS);
        while let Some(night) = self.deliveries.next_night().filter(|night| *night <= at) {
            self.deliver(night).await?;
            if night > first && (self.acme.now - night).num_days() % NIGHT_STEP == 0 {
                self.judge(night).await?;
            }
        }
        self.deliver(at).await
    }

    /// Takes one round of deliveries. Nobody acts before the directories know them.
    async fn deliver(&mut self, at: DateTime<Utc>) -> Result<()> {
        if self.acme.has_news(self.imported, at) {
            self.import(at).await?;
        }
        self.deliveries.run(&self.services, &self.clock, at).await
    }

    /// When the company last reviewed its accounts on paper, a quarter before the first review in Rollcall.
    fn last_paper_review(&self) -> DateTime<Utc> {
        let [first, ..] = self.acme.reviews();
        first.started - TimeDelta::days(80)
    }

    async fn judge(&self, at: DateTime<Utc>) -> Result<()> {
        self.clock.set(at);
        let mut tx = self.services.db.begin().await?;
        store::demo::note_silent_use(&mut tx, &self.acme.identities).await?;
        tx.commit().await.map_err(store::Error::from)?;
        crate::posture::recompute_all(&self.services.system("posture")).await?;
        Ok(())
    }

    async fn sequence(&self) -> Result<()> {
        while crate::feed::sequence(&self.services.system("sequencer")).await? > 0 {}
        Ok(())
    }

    /// The two requests that wait for an approval, made by their owners.
    async fn ask_for_new_ones(&self) -> Result<()> {
        for identity in self
            .acme
            .identities
            .iter()
            .filter(|i| i.state == IdentityState::Requested)
        {
            self.clock.set(identity.created_at);
            let asker = identity
                .requested_by
                .and_then(|id| self.acme.people.iter().find(|p| p.id == id));
            if let Some(asker) = asker {
                crate::identities::request(&self.as_person(asker), &form(identity)).await?;
            }
        }
        Ok(())
    }

    async fn keep_past_figures(&self) -> Result<()> {
        let today = self.acme.now.date_naive();
        let mut tx = self.services.db.begin().await?;
        if let Some(figures) = store::demo::figures(&mut tx, today).await? {
            store::demo::keep_figures(&mut tx, &figures::year(self.acme.now, &figures)).await?;
        }
        tx.commit().await.map_err(store::Error::from)?;
        Ok(())
    }

    /// An operation of a person, at the clock's time.
    fn as_person(&self, person: &domain::demo::people::Person) -> Op {
        let actor = Actor::Person(Person {
            id: person.id,
            name: person.name.clone(),
            roles: person.roles.clone(),
            teams: self
                .acme
                .teams
                .iter()
                .filter(|t| t.members.contains(&person.id))
                .map(|t| t.id)
                .collect(),
        });
        self.services
            .op(actor, OpKind::Request, format!("demo-{}", person.key))
    }

    /// An operation of the head of security.
    fn security(&self) -> Op {
        self.as_person(&self.acme.people[0])
    }
}

/// The request form as its owner filled it in.
fn form(identity: &Identity) -> IdentityRequest {
    let lines = |all: Vec<String>| all.join("\n");
    let credential = identity.credentials.first();
    IdentityRequest {
        name: identity.name.clone(),
        kind: identity.kind.as_str().to_owned(),
        platform: identity.platform.as_str().to_owned(),
        purpose: identity.purpose.clone(),
        ticket: identity.ticket.clone(),
        justification: identity.justification.clone(),
        team: identity.team.map(|id| id.to_string()).unwrap_or_default(),
        owner: identity.owner.map(|id| id.to_string()).unwrap_or_default(),
        backup_owner: identity
            .backup_owner
            .map(|id| id.to_string())
            .unwrap_or_default(),
        environments: identity
            .environments
            .iter()
            .map(|e| e.as_str().to_owned())
            .collect(),
        credential_type: credential
            .map(|c| c.credential_type.as_str().to_owned())
            .unwrap_or_default(),
        credential_reference: credential.map(|c| c.reference.clone()).unwrap_or_default(),
        permissions: lines(
            identity
                .permissions
                .iter()
                .map(|p| {
                    let place = p.environment.map(|e| format!(" {e}")).unwrap_or_default();
                    format!("{} {} {}{place}", p.system, p.action, p.resource)
                })
                .collect(),
        ),
        selectors: lines(
            identity
                .selectors
                .iter()
                .map(|s| format!("{} {} {}", s.kind, s.issuer, s.value).replace("  ", " "))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests;
