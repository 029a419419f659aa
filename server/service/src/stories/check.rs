//! Checking the trails of what reached production since the last time; what is missing becomes a finding.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Access;
use domain::detect::gaps::{self, Gap};
use domain::event::story::trail;
use store::Tx;

use super::gather::Gathered;
use super::name;
use crate::{Op, Result};

/// Hours a run's events are waited for.
const PATIENCE_HOURS: i64 = 2;
/// Hours looked back on the first time, and at most.
const BACK_HOURS: i64 = 24;
/// Shortest stretch that is checked, in minutes.
const STRETCH_MINUTES: i64 = 15;
/// Runs of one stretch.
const RUNS: i64 = 500;

/// What a check came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Production deployments looked at.
    pub runs: usize,
    /// Links that are missing or doubtful.
    pub gaps: usize,
}

/// Checks the trails of the production deployments since the last check.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn check_trails(op: &Op) -> Result<Checked> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let earliest = op.now - TimeDelta::hours(BACK_HOURS);
    let from = store::stories::lock_checked(&mut tx)
        .await?
        .unwrap_or(earliest)
        .max(earliest);
    let to = op.now - TimeDelta::hours(PATIENCE_HOURS);
    if to - from < TimeDelta::minutes(STRETCH_MINUTES) {
        return Ok(Checked::default());
    }
    let (checked, gaps) = look(&mut tx, (from, to)).await?;
    let found = gaps::detect(&gaps, checked.runs, (from, to));
    crate::detect::save(op, &mut tx, found, Vec::new()).await?;
    store::stories::note_checked(&mut tx, to).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(checked)
}

async fn look(
    tx: &mut Tx,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(Checked, Vec<Gap>)> {
    let named = store::stories::between(tx, (from, to), None, RUNS).await?;
    let mut checked = Checked {
        runs: named.len(),
        gaps: 0,
    };
    let mut gaps = Vec::new();
    for run in named {
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
