//! The operation context: who acts, when, on what request, with what at hand.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use domain::access::{self, Access, Actor};
use domain::activity::Entry;
use store::{Db, Tx};
use uuid::Uuid;

use crate::{Clock, Entropy, Error, Result, Settings};

/// Which door opened the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpKind {
    /// A person's or machine's request.
    Request,
    /// A job.
    Job,
    /// A command at the shell.
    Cli,
}

/// What every operation stands on; made once at start, cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Settings.
    pub settings: Arc<Settings>,
}

impl Services {
    /// Opens an operation for an actor. Its time is fixed now: one operation happens at one moment.
    pub fn op(&self, actor: Actor, kind: OpKind, request_id: impl Into<String>) -> Op {
        Op {
            now: self.clock.now().trunc_subsecs(6),
            services: self.clone(),
            actor,
            kind,
            request_id: request_id.into(),
        }
    }

    /// Opens an operation of Rollcall itself.
    pub fn system(&self, what: &str) -> Op {
        let mut op = self.op(Actor::System, OpKind::Job, String::new());
        op.request_id = format!("{what}-{}", op.new_id());
        op
    }
}

/// One operation of one actor.
pub struct Op {
    /// Who acts.
    pub actor: Actor,
    /// When, to the microsecond.
    pub now: DateTime<Utc>,
    /// Which door opened it.
    pub kind: OpKind,
    /// Id shared with the logs and the error page.
    pub request_id: String,
    services: Services,
}

impl Op {
    /// The database.
    pub fn db(&self) -> &Db {
        &self.services.db
    }

    /// Settings.
    pub fn settings(&self) -> &Settings {
        &self.services.settings
    }

    /// The services, for work that outlives this operation.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Authorises by the access table. The first line of every service function.
    ///
    /// # Errors
    /// [`Error::Refused`] when the actor may not.
    pub fn require(&self, access: Access) -> Result<()> {
        Ok(access::require(&self.actor, access)?)
    }

    /// Slugs of the teams whose rows the actor sees; none means all.
    pub fn teams(&self) -> &[String] {
        match &self.actor {
            Actor::Token { teams, .. } => teams,
            _ => &[],
        }
    }

    /// Refuses a row that is not of the actor's teams as if it were not there.
    ///
    /// # Errors
    /// [`Error::NotFound`] then.
    pub fn sees(&self, team: Option<&str>, what: &'static str) -> Result<()> {
        let teams = self.teams();
        if teams.is_empty() || team.is_some_and(|team| teams.iter().any(|seen| seen == team)) {
            Ok(())
        } else {
            Err(Error::NotFound(what))
        }
    }

    /// Narrows the teams somebody asks for to those the actor sees; `None` when none of them is.
    pub fn narrow(&self, asked: &[String]) -> Option<Vec<String>> {
        let teams = self.teams();
        if teams.is_empty() {
            return Some(asked.to_vec());
        }
        let both: Vec<String> = teams
            .iter()
            .filter(|team| asked.is_empty() || asked.contains(team))
            .cloned()
            .collect();
        (!both.is_empty()).then_some(both)
    }

    /// The signed-in person.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the actor is not a person.
    pub fn person(&self) -> Result<&access::Person> {
        self.actor
            .person()
            .ok_or_else(|| Error::Forbidden("Only a signed-in person can do this.".to_owned()))
    }

    /// A new UUIDv7 at the operation's time.
    pub fn new_id(&self) -> Uuid {
        self.new_id_at(self.now)
    }

    /// A new UUIDv7 at a given time, for rows of the past (the demo, imports).
    pub fn new_id_at(&self, at: DateTime<Utc>) -> Uuid {
        let mut random = [0_u8; 10];
        self.services.entropy.fill(&mut random);
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// So many new ids in ascending order: rows of one moment keep their order, and an index takes them at its end.
    pub fn new_ids(&self, count: usize) -> Vec<Uuid> {
        let millis = u64::try_from(self.now.timestamp_millis()).unwrap_or(0);
        // The machine is asked for bytes once.
        let mut random = vec![0_u8; 10 * count];
        self.services.entropy.fill(&mut random);
        let (parts, _) = random.as_chunks::<10>();
        let mut ids: Vec<Uuid> = parts
            .iter()
            .map(|part| uuid::Builder::from_unix_timestamp_millis(millis, part).into_uuid())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Unpredictable bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        self.services.entropy.fill(&mut bytes);
        bytes
    }

    /// Appends this operation's entry to the activity record. Call once, last before commit.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record(&self, tx: &mut Tx, done: Done) -> Result<i64> {
        let (actor_kind, actor_id, actor_name) = self.actor.identity();
        let entry = Entry {
            position: 0,
            at: self.now,
            actor_kind,
            actor_id,
            actor_name,
            action: done.action.to_owned(),
            object_kind: done.object.0.to_owned(),
            object_id: done.object.1,
            object_name: done.object.2,
            summary: done.summary,
            changes: done.changes,
            request_id: self.request_id.clone(),
        };
        Ok(store::activity::append(tx, entry).await?)
    }
}

/// What was done, for the activity record.
#[derive(Debug, Clone)]
pub struct Done {
    /// Verb, `object.participle`, e.g. `identity.approved`.
    pub action: &'static str,
    /// What it was done to: kind, id, name.
    pub object: (&'static str, String, String),
    /// A sentence a person reads.
    pub summary: String,
    /// Changed fields: name, before, after.
    pub changes: Vec<(String, String, String)>,
}

impl Done {
    /// Something done to one object.
    pub fn new(
        action: &'static str,
        kind: &'static str,
        id: &impl std::fmt::Display,
        name: impl Into<String>,
        summary: impl Into<String>,
    ) -> Self {
        Self {
            action,
            object: (kind, id.to_string(), name.into()),
            summary: summary.into(),
            changes: Vec::new(),
        }
    }

    /// With a changed field.
    #[must_use]
    pub fn change(
        mut self,
        field: &str,
        before: impl Into<String>,
        after: impl Into<String>,
    ) -> Self {
        self.changes
            .push((field.to_owned(), before.into(), after.into()));
        self
    }
}
