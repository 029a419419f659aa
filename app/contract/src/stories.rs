//! One pipeline run as one story: the chain from a person to what was deployed, and every event that belongs to it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::events::EventRow;
use crate::ids::EventId;

flat_enum! {
    /// A link of the chain, from the person to the deployment.
    ChainStep {
        Person = "person", "Person";
        Repository = "repository", "Repository";
        Runner = "runner", "Runner";
        CloudRole = "cloud_role", "Cloud role";
        Environment = "environment", "Environment";
        Deployment = "deployment", "Deployment";
    }
}

flat_enum! {
    /// How a link stands.
    LinkStanding {
        Proven = "proven", "Proven";
        Doubtful = "doubtful", "Doubtful";
        Missing = "missing", "Missing";
        NotNeeded = "not_needed", "Not asked";
    }
}

/// A run in which an identity acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestRun {
    /// Repository, `owner/name`.
    pub repository: String,
    /// The run's id.
    pub run_id: String,
    /// When an event of the identity last named it.
    pub at: DateTime<Utc>,
    /// Events of the identity that name it.
    pub events: i64,
    /// How many of them failed.
    pub failed: i64,
    /// Whether one of them speaks of production.
    pub production: bool,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainLink {
    /// Which.
    pub step: ChainStep,
    /// How it stands.
    pub standing: LinkStanding,
    /// What its event says, what is wrong, or which source would have shown it.
    pub says: String,
    /// The event that proves it, or speaks against it.
    pub event: Option<EventId>,
}

/// An event of the story, and why it belongs there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryEvent {
    /// The event.
    pub row: EventRow,
    /// Why it belongs to the run, in words.
    pub because: String,
    /// The event that led to it, where one did.
    pub from: Option<EventId>,
    /// Whether nothing else could explain it.
    pub certain: bool,
}

/// A run as one story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryView {
    /// The present moment, as the server knew it.
    pub now: DateTime<Utc>,
    /// `owner/name`.
    pub repository: String,
    /// The platform's id of the run.
    pub run_id: String,
    /// First and last event.
    pub span: (DateTime<Utc>, DateTime<Utc>),
    /// Whether it speaks of production.
    pub production: bool,
    /// The chain, in order.
    pub chain: Vec<ChainLink>,
    /// Links that are missing or doubtful.
    pub gaps: usize,
    /// Its events, oldest first.
    pub events: Vec<StoryEvent>,
    /// Whether more events were there than were looked at.
    pub cut: bool,
}

/// What a run's name led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoryFound {
    /// This run.
    One(Box<StoryView>),
    /// Several repositories have a run of this id.
    Several(Vec<String>),
}

/// A run that deployed to production, with its chain; or a deployment that is of no run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRow {
    /// `owner/name`.
    pub repository: String,
    /// The platform's id of the run; empty where the deployment is of none.
    pub run_id: String,
    /// When it deployed first.
    pub at: DateTime<Utc>,
    /// The chain, in order.
    pub chain: Vec<ChainLink>,
    /// Links that are missing or doubtful.
    pub gaps: usize,
}

/// The production deployments of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDay {
    /// The present moment, as the server knew it.
    pub now: DateTime<Utc>,
    /// The day, UTC.
    pub day: chrono::NaiveDate,
    /// The runs, newest first.
    pub runs: Vec<RunRow>,
    /// Whether there were more than are shown.
    pub cut: bool,
}
