//! Checks that what Rollcall stands on is whole: run by `rollcall doctor` beside the database.

use chrono::TimeDelta;
use domain::access::Access;

use crate::{Op, Result};

/// How far the database's clock may be from ours.
const MOST_SKEW: TimeDelta = TimeDelta::seconds(5);

/// How one check went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be; the sentence says what was looked at.
    Well(String),
    /// Works, but look at it.
    Look(String),
    /// Broken.
    Broken(String),
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// How it went.
    pub verdict: Verdict,
}

/// Runs every check. A check that cannot be done is a broken one, not an error.
///
/// # Errors
/// When the actor may not.
pub async fn check(op: &Op) -> Result<Vec<Check>> {
    op.require(Access::Operate)?;
    let mut checks = vec![Check {
        name: "migrations",
        verdict: migrations(op).await,
    }];
    if matches!(checks[0].verdict, Verdict::Broken(_)) {
        return Ok(checks);
    }
    for (name, verdict) in [
        ("clock", clock(op).await),
        ("activity record", activity(op).await),
        ("event feed", feed(op).await),
        ("inventory", counts(op).await),
        ("partitions", partitions(op).await),
        ("jobs", jobs(op).await),
    ] {
        let verdict = verdict
            .unwrap_or_else(|error| Verdict::Broken(format!("could not be checked: {error}")));
        checks.push(Check { name, verdict });
    }
    Ok(checks)
}

async fn migrations(op: &Op) -> Verdict {
    match op.db().is_migrated().await {
        Ok(true) => Verdict::Well("every migration of this version is applied".to_owned()),
        Ok(false) => {
            Verdict::Broken("some migrations are missing; run `rollcall migrate`".to_owned())
        }
        Err(error) => Verdict::Broken(format!("the database does not answer: {error}")),
    }
}

async fn clock(op: &Op) -> Result<Verdict> {
    let mut conn = op.db().acquire().await?;
    let theirs = store::doctor::clock(&mut conn).await?;
    let skew = (theirs - op.services().clock.now()).abs();
    let text = format!(
        "the database's clock is {} ms from ours",
        skew.num_milliseconds()
    );
    Ok(if skew > MOST_SKEW {
        Verdict::Look(text)
    } else {
        Verdict::Well(text)
    })
}

async fn activity(op: &Op) -> Result<Verdict> {
    Ok(match crate::activity::verify(op).await? {
        Ok(entries) => Verdict::Well(format!("{entries} entries, each linked to the one before")),
        Err(broken) => Verdict::Broken(broken.to_string()),
    })
}

async fn feed(op: &Op) -> Result<Verdict> {
    Ok(match crate::feed::verify(op).await? {
        Ok(placed) => {
            let waiting = store::feed::waiting(&mut *op.db().acquire().await?).await?;
            Verdict::Well(format!(
                "{placed} events, each linked to the one before, {} waiting",
                waiting.count
            ))
        }
        Err(broken) => Verdict::Broken(broken.to_string()),
    })
}

async fn counts(op: &Op) -> Result<Verdict> {
    let mut conn = op.db().acquire().await?;
    Ok(
        match store::identities::facets::miscounted(&mut conn).await? {
            0 => Verdict::Well("the inventory's kept counts are what counting gives".to_owned()),
            wrong => Verdict::Broken(format!("{wrong} of the inventory's kept counts are wrong")),
        },
    )
}

async fn partitions(op: &Op) -> Result<Verdict> {
    let mut conn = op.db().acquire().await?;
    let next = op.now + TimeDelta::days(31);
    let there = store::doctor::has_month(&mut conn, next).await?;
    let strays = store::doctor::strays(&mut conn).await?;
    Ok(match (there, strays) {
        (true, 0) => Verdict::Well("next month's is ready, nothing fell beside them".to_owned()),
        (true, strays) => Verdict::Look(format!("{strays} events lie in the default partition")),
        (false, _) => {
            Verdict::Look("next month's is not made yet; the job makes it each day".to_owned())
        }
    })
}

async fn jobs(op: &Op) -> Result<Verdict> {
    let mut conn = op.db().acquire().await?;
    let (waiting, aside) = store::doctor::jobs(&mut conn, op.now).await?;
    Ok(if aside > 0 {
        Verdict::Look(format!(
            "{aside} jobs failed for good and were set aside; {waiting} are due"
        ))
    } else {
        Verdict::Well(format!("{waiting} are due, none was set aside"))
    })
}
