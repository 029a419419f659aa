//! Whose turn it is: claims queued and periodic work for the runner in `server::jobs`.
//!
//! A claim is an open transaction: when the process dies, the database gives the work back.

use chrono::TimeDelta;
use domain::access::Access;
use serde_json::Value;
use store::{Tx, queue};

use crate::{Op, Result};

/// Tries before a failing job is set aside for a person to look at.
const MOST_ATTEMPTS: i32 = 12;

/// A claimed piece of work.
pub struct Turn {
    tx: Tx,
    what: What,
}

enum What {
    Queued(queue::Job),
    Periodic(&'static str),
}

/// Claims the next queued job that is due.
///
/// # Errors
/// When the actor may not, or the database cannot be asked.
pub async fn claim(op: &Op) -> Result<Option<Turn>> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    Ok(queue::claim(&mut tx, op.now).await?.map(|job| Turn {
        tx,
        what: What::Queued(job),
    }))
}

/// Takes the turn of a periodic job, when it is due and no other process has it.
///
/// # Errors
/// When the actor may not, or the database cannot be asked.
pub async fn take_turn(op: &Op, kind: &'static str, every: TimeDelta) -> Result<Option<Turn>> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let taken = queue::take_turn(&mut tx, kind, op.now - every).await?;
    if taken {
        return Ok(Some(Turn {
            tx,
            what: What::Periodic(kind),
        }));
    }
    // Keeps the row that the first look may have made.
    tx.commit().await.map_err(store::Error::from)?;
    Ok(None)
}

impl Turn {
    /// Which worker it is for.
    pub fn kind(&self) -> &str {
        match &self.what {
            What::Queued(job) => &job.kind,
            What::Periodic(kind) => kind,
        }
    }

    /// The worker's arguments; null for a periodic job.
    pub fn payload(&self) -> Value {
        match &self.what {
            What::Queued(job) => job.payload.clone(),
            What::Periodic(_) => Value::Null,
        }
    }

    /// Keeps the claim alive during long work; call it every few seconds.
    ///
    /// # Errors
    /// When the claim is lost: somebody else may begin the same work.
    pub async fn keep(&mut self) -> Result<()> {
        Ok(queue::touch(&mut self.tx).await?)
    }

    /// Ends the turn well. `status` is what is worth showing of it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn done(mut self, op: &Op, status: &str) -> Result<()> {
        match &self.what {
            What::Queued(job) => queue::finish(&mut self.tx, job.id).await?,
            What::Periodic(kind) => queue::note_run(&mut self.tx, kind, status, op.now).await?,
        }
        Ok(self.tx.commit().await.map_err(store::Error::from)?)
    }

    /// Ends the turn badly: tried again later, or set aside when that cannot help.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn failed(mut self, op: &Op, why: &str, retry: bool) -> Result<()> {
        match &self.what {
            What::Queued(job) => {
                let again =
                    (retry && job.attempts < MOST_ATTEMPTS).then(|| op.now + backoff(job.attempts));
                queue::put_back(&mut self.tx, job.id, why, again, op.now).await?;
            }
            What::Periodic(kind) => queue::note_run(&mut self.tx, kind, why, op.now).await?,
        }
        Ok(self.tx.commit().await.map_err(store::Error::from)?)
    }
}

/// 5 s, 10 s, 20 s … up to an hour.
fn backoff(attempts: i32) -> TimeDelta {
    let doubled = 5_i64 << attempts.clamp(0, 10);
    TimeDelta::seconds(doubled.min(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_and_stops_at_an_hour() {
        let seconds: Vec<i64> = [0, 1, 5, 9, 10, 400]
            .iter()
            .map(|n| backoff(*n).num_seconds())
            .collect();
        assert_eq!(seconds, [5, 10, 160, 2560, 3600, 3600]);
    }
}
