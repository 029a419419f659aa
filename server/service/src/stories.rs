//! Runs as stories: the events that belong to one, the chain from person to deployment, and what is missing in it.

mod check;
mod gather;
mod page;

use chrono::NaiveDate;
use contract::events::EventRow;
use contract::stories::{
    ChainLink, ChainStep, LinkStanding, RunDay, RunRow, StoryEvent, StoryFound, StoryView,
};
use domain::access::Access;
use domain::event::story::RunKey;
use domain::event::story::trail::{self, Part, Standing};
use store::Conn;
use store::stories::Named;

use crate::{Error, Op, Result};
pub use check::{Checked, check_trails};
use gather::Gathered;
pub use page::{is_cursor, page};

/// Runs of a day that are looked at.
const RUNS: i64 = 200;

/// What is said of a link that none of the events that were read shows, where there were more.
const UNREAD: &str =
    "Could not be looked through: more happened around the run than is read at once.";

/// A run's story. `name` is its id, `owner/name#id`, or its page's address.
///
/// # Errors
/// [`Error::NotFound`] when no event names the run; [`Error::Invalid`] when the name is none.
pub async fn story(op: &Op, name: &str, repository: Option<&str>) -> Result<StoryFound> {
    op.require(Access::ViewEvents)?;
    let (told, run_id) = RunKey::read(name).ok_or_else(|| {
        Error::field(
            "run",
            "Name a run by its id, as owner/name#id, or by the address of its page.",
        )
    })?;
    let repository = told.or_else(|| repository.map(str::to_owned));
    let mut conn = op.db().acquire().await?;
    let mut named = store::stories::named(&mut conn, &run_id, repository.as_deref()).await?;
    if named.len() > 1 {
        return Ok(StoryFound::Several(
            named.into_iter().map(|one| one.repository).collect(),
        ));
    }
    let run = named.pop().ok_or(Error::NotFound("run"))?;
    let gathered = Gathered::of(&mut conn, run).await?;
    Ok(StoryFound::One(Box::new(view(op, &gathered)?)))
}

/// The production deployments of a day, each with its chain.
///
/// # Errors
/// [`Error::Refused`] when the actor may not see events.
pub async fn day(op: &Op, day: Option<NaiveDate>) -> Result<RunDay> {
    op.require(Access::ViewEvents)?;
    let mut conn = op.db().acquire().await?;
    let day = day.unwrap_or_else(|| op.now.date_naive());
    let mut named = store::stories::of_day(&mut conn, day, None, RUNS + 1).await?;
    let most = usize::try_from(RUNS).unwrap_or(200);
    let cut = named.len() > most;
    named.truncate(most);
    Ok(RunDay {
        now: op.now,
        day,
        runs: rows(&mut conn, named).await?,
        cut,
    })
}

/// Gathers these runs, each with several questions.
async fn rows(conn: &mut Conn, named: Vec<Named>) -> Result<Vec<RunRow>> {
    let mut rows = Vec::with_capacity(named.len());
    for run in named {
        let at = run.from;
        let gathered = Gathered::of(conn, run).await?;
        rows.extend(row(&gathered, at));
    }
    Ok(rows)
}

fn row(gathered: &Gathered, at: chrono::DateTime<chrono::Utc>) -> Option<RunRow> {
    let told = gathered.told();
    let story = gathered.story(&told)?;
    let chain = chain(&trail::check(&story, &told, gathered.cut));
    Some(RunRow {
        repository: story.key.repository,
        run_id: story.key.run_id,
        at,
        gaps: gaps(&chain),
        chain,
    })
}

fn view(op: &Op, gathered: &Gathered) -> Result<StoryView> {
    let told = gathered.told();
    let story = gathered.story(&told).ok_or(Error::NotFound("run"))?;
    let chain = chain(&trail::check(&story, &told, gathered.cut));
    let events: Vec<StoryEvent> = story
        .links
        .iter()
        .map(|link| StoryEvent {
            row: event_row(gathered, link.place),
            because: link.because.words(),
            from: link.from,
            certain: link.certain,
        })
        .collect();
    let times = events.iter().map(|event| event.row.occurred_at);
    let span = (
        times.clone().min().unwrap_or(op.now),
        times.max().unwrap_or(op.now),
    );
    Ok(StoryView {
        now: op.now,
        production: trail::is_production(&story, &told),
        repository: story.key.repository,
        run_id: story.key.run_id,
        span,
        gaps: gaps(&chain),
        chain,
        events,
        cut: gathered.cut,
    })
}

fn event_row(gathered: &Gathered, place: usize) -> EventRow {
    crate::events::row(&gathered.events[place])
}

fn gaps(chain: &[ChainLink]) -> usize {
    let gap = |link: &&ChainLink| {
        matches!(
            link.standing,
            LinkStanding::Missing | LinkStanding::Doubtful
        )
    };
    chain.iter().filter(gap).count()
}

/// The links as the pages show them.
fn chain(checked: &[(Part, Standing)]) -> Vec<ChainLink> {
    checked
        .iter()
        .map(|(part, standing)| link(*part, standing))
        .collect()
}

fn link(part: Part, standing: &Standing) -> ChainLink {
    let (standing, says, event) = match standing {
        Standing::Proven { event, says } => (LinkStanding::Proven, says.clone(), Some(*event)),
        Standing::Doubtful { event, why } => (LinkStanding::Doubtful, why.clone(), Some(*event)),
        Standing::Missing { source } => (LinkStanding::Missing, (*source).to_owned(), None),
        // Not proven, and not told as missing either.
        Standing::Unread => (LinkStanding::Doubtful, UNREAD.to_owned(), None),
        Standing::NotNeeded => (
            LinkStanding::NotNeeded,
            "Nobody has to approve outside production.".to_owned(),
            None,
        ),
    };
    ChainLink {
        step: step(part),
        standing,
        says,
        event,
    }
}

const fn step(part: Part) -> ChainStep {
    match part {
        Part::Start => ChainStep::Person,
        Part::Commit => ChainStep::Repository,
        Part::Runner => ChainStep::Runner,
        Part::Identity => ChainStep::CloudRole,
        Part::Approval => ChainStep::Environment,
        Part::Deployment => ChainStep::Deployment,
    }
}

/// Names a run, or a deployment of none, for a sentence.
fn name(run: &Named) -> String {
    match run.alone {
        Some(_) if run.repository.is_empty() => "a deployment without a run".to_owned(),
        Some(_) => format!("{}, without a run", run.repository),
        None => format!("{}#{}", run.repository, run.run_id),
    }
}
