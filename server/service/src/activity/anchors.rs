//! Writing the head of the record outside, and comparing what was written with what the record says now.

use chrono::TimeDelta;
use contract::activity::AnchorRow;
use domain::access::Access;
use domain::activity::anchor::{Anchor, read};

use crate::op::Done;
use crate::ports::Anchorage;
use crate::{Op, Result};

/// What became of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Which place.
    pub place: String,
    /// The entry that was written, or why it was not.
    pub outcome: std::result::Result<i64, String>,
}

/// Writes the head of the record to every place that was last written to `every` ago or never. A place that cannot be
/// written to keeps no other from it, and is tried again at the next call.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn anchor(op: &Op, places: &[Box<dyn Anchorage>], every: TimeDelta) -> Result<Vec<Put>> {
    op.require(Access::Operate)?;
    let mut done = Vec::new();
    for place in places {
        let mut conn = op.db().acquire().await?;
        let last = store::anchors::last_at(&mut conn, place.name()).await?;
        if last.is_some_and(|last| op.now < last + every) {
            continue;
        }
        let (position, hash) = store::activity::head(&mut conn).await?;
        drop(conn);
        if position == 0 {
            continue;
        }
        let anchor = Anchor {
            position,
            hash: hex::encode(hash),
            at: op.now,
        };
        // Outside first: what is noted here has been written there.
        let outcome = place.put(anchor.line(), op.new_id(), op.now).await;
        if outcome.is_ok() {
            note(op, place.name(), &anchor).await?;
        }
        done.push(Put {
            place: place.name().to_owned(),
            outcome: outcome.map(|()| position),
        });
    }
    Ok(done)
}

async fn note(op: &Op, place: &str, anchor: &Anchor) -> Result<()> {
    let mut tx = op.db().begin().await?;
    store::anchors::insert(
        &mut tx,
        op.new_id(),
        place,
        anchor.position,
        &anchor.hash,
        anchor.at,
    )
    .await?;
    let done = Done::new(
        "record.anchored",
        "record",
        &anchor.position,
        format!("Entry {}", anchor.position),
        format!("Anchored the record at entry {} ({place})", anchor.position),
    )
    .change("hash", "", anchor.hash.clone());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// Where and when the head was written outside last.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see the record.
pub async fn last_anchor(op: &Op) -> Result<Option<AnchorRow>> {
    op.require(Access::ViewActivity)?;
    let mut newest = store::anchors::newest(&mut *op.db().acquire().await?, 1).await?;
    Ok(newest.pop())
}

/// What a file of anchors says against the record as it is now: how many agree, and each line that does not, with why.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see the record.
pub async fn compare(op: &Op, text: &str) -> Result<(usize, Vec<(usize, String)>)> {
    op.require(Access::ViewActivity)?;
    let mut conn = op.db().acquire().await?;
    let (head, _) = store::activity::head(&mut conn).await?;
    let (mut agree, mut wrong) = (0, Vec::new());
    for (line, anchor) in read(text) {
        let problem = match anchor {
            Err(why) => Some(format!("is no anchor: {why}")),
            Ok(anchor) if anchor.position > head || anchor.position < 1 => Some(format!(
                "names entry {}; the record ends at {head}: entries are missing",
                anchor.position
            )),
            Ok(anchor) => {
                let now = store::activity::hash_at(&mut conn, anchor.position).await?;
                (hex::encode(now) != anchor.hash).then(|| {
                    format!(
                        "entry {} is not what it was: an entry up to it was changed",
                        anchor.position
                    )
                })
            }
        };
        match problem {
            None => agree += 1,
            Some(problem) => wrong.push((line, problem)),
        }
    }
    Ok((agree, wrong))
}
