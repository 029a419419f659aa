//! Checking the trails of what reached production since the last time; what is missing becomes a finding.
//!
//! The order is that of receipt, not of what happened: an audit log that is fetched at night tells in the morning of what
//! went out yesterday, and a check that had passed yesterday by would never see it. The place (time of receipt, id of the
//! event) is kept with the findings in one transaction, so whoever comes next goes on there, and nothing is left out
//! however long nobody checked. It is not the place in the feed: that would mean reading every event there is for the few
//! that release something, which have an index by receipt. A delivery takes its time of receipt before it is committed;
//! the hours of patience are far longer than any delivery lasts.
//!
//! A run is checked once what it released was received [`PATIENCE_HOURS`] ago, and nothing of it since: its other sources
//! have had as long to tell of it. If it is told of once more after that, it is checked once more.

use chrono::TimeDelta;
use domain::access::Access;
use domain::detect::gaps::{self, Gap};
use domain::event::story::trail;
use store::Tx;
use store::stories::Named;
use uuid::Uuid;

use super::gather::Gathered;
use super::name;
use crate::{Op, Result};

/// Hours a run's events are waited for after the last that says it released something.
const PATIENCE_HOURS: i64 = 2;
/// Hours looked back on the first time of all.
const FIRST_HOURS: i64 = 24;
/// Events that release something, of one transaction.
const PAGE: i64 = 500;
/// Pages of one turn; the next turn goes on.
const PAGES: usize = 20;

/// What a check came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Production deployments looked at.
    pub runs: usize,
    /// Links that are missing or doubtful.
    pub gaps: usize,
}

/// Checks the trails of the production deployments that were received since the last check.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn check_trails(op: &Op) -> Result<Checked> {
    op.require(Access::Operate)?;
    let mut all = Checked::default();
    for _ in 0..PAGES {
        let (one, more) = page(op, PAGE).await?;
        all.runs += one.runs;
        all.gaps += one.gaps;
        if !more {
            break;
        }
    }
    Ok(all)
}

/// Checks the next page, and whether there may be more.
async fn page(op: &Op, limit: i64) -> Result<(Checked, bool)> {
    let mut tx = op.db().begin().await?;
    let first = op.now - TimeDelta::hours(FIRST_HOURS);
    let from = store::stories::lock_checked(&mut tx)
        .await?
        .unwrap_or((first, Uuid::nil()));
    let before = op.now - TimeDelta::hours(PATIENCE_HOURS);
    if before <= from.0 {
        return Ok((Checked::default(), false));
    }
    let (due, last) = store::stories::due(&mut tx, from, before, limit).await?;
    let to = last.unwrap_or((before, Uuid::nil()));
    let (checked, gaps) = look(&mut tx, due).await?;
    let found = gaps::detect(&gaps, checked.runs, (from.0, to.0));
    crate::detect::save(op, &mut tx, found, Vec::new()).await?;
    store::stories::note_checked(&mut tx, to).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok((checked, last.is_some()))
}

async fn look(tx: &mut Tx, due: Vec<Named>) -> Result<(Checked, Vec<Gap>)> {
    let mut checked = Checked {
        runs: due.len(),
        gaps: 0,
    };
    let mut gaps = Vec::new();
    for run in due {
        let run_name = name(&run);
        let gathered = Gathered::of(tx, run).await?;
        let told = gathered.told();
        let Some(story) = gathered.story(&told) else {
            continue;
        };
        let Some(event) = story.links.first().map(|link| link.id) else {
            continue;
        };
        for (part, standing) in trail::check(&story, &told, gathered.cut) {
            if standing.is_gap() {
                gaps.push(Gap {
                    run: run_name.clone(),
                    part,
                    standing,
                    event,
                });
            }
        }
    }
    checked.gaps = gaps.len();
    Ok((checked, gaps))
}
