//! One answer for a group of items that are alike.

use contract::campaigns::{BulkDone, BulkInput, DecisionKind, ItemState};
use contract::ids::IdentityId;
use domain::access::Access;
use domain::campaign::item::{Answer, Current};
use domain::campaign::snapshot::Snapshot;
use domain::campaign::snapshot::diff::diff;
use std::collections::HashMap;

use super::decide::{keep, take};
use super::freeze::{CHUNK, House};
use super::life::{reviewer, running};
use crate::op::Done;
use crate::{Error, Op, Result};

/// Decides on every open item of a group of the viewer's own: the same advice and tier, nothing changed, nothing
/// privileged in production. What drifted is left out and told.
///
/// # Errors
/// [`Error::Invalid`] beside the reason or the count; [`Error::Conflict`] when the campaign does not run.
pub async fn decide_group(op: &Op, input: &BulkInput) -> Result<BulkDone> {
    op.require(Access::Review)?;
    if !matches!(input.decision, DecisionKind::Approve | DecisionKind::Revoke) {
        return Err(Error::field(
            "decision",
            "A group can be approved or revoked; the rest is decided one by one.",
        ));
    }
    domain::campaign::reason::check(&input.reason)
        .map_err(|weak| Error::field("reason", weak.to_string()))?;
    let by = reviewer(op.person()?);
    let mut tx = op.db().begin().await?;
    let group = (input.advice, input.tier);
    let ids = store::campaigns::group_items(&mut tx, input.campaign, by.id, group).await?;
    let there = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    if there != input.count {
        return Err(Error::field(
            "count",
            format!("The group has {there} items now. Look again, then type that number."),
        ));
    }
    if there == 0 {
        return Err(Error::Conflict(
            "There is no such group any more.".to_owned(),
        ));
    }
    let mut done = BulkDone {
        decided: 0,
        left_out: Vec::new(),
    };
    let house = House::load(&mut tx, op.now).await?;
    let mut name = String::new();
    for chunk in ids.chunks(CHUNK) {
        let identities: Vec<IdentityId> = chunk.iter().map(|(_, identity)| *identity).collect();
        let current: HashMap<IdentityId, Snapshot> = house
            .freeze(&mut tx, &identities)
            .await?
            .into_iter()
            .map(|(now, ..)| (now.identity, now))
            .collect();
        for (id, identity) in chunk {
            let (campaign, data, before) = take(&mut tx, *id).await?;
            running(&campaign)?;
            name.clone_from(&campaign.name);
            let Some(now) = current.get(identity) else {
                done.left_out
                    .push((data.snapshot.name.clone(), "it is gone".to_owned()));
                continue;
            };
            if data.state != ItemState::Open {
                continue;
            }
            let answer = Answer {
                decision: input.decision,
                reason: input.reason.clone(),
                targets: Vec::new(),
                seen_hash: data.hash.clone(),
                // What drifted is not passed as seen: one answer for many shows no differences.
                seen_current_hash: None,
                seen_answers: before.history.len(),
                at_once: false,
                bulk: true,
                seconds: None,
                same_reason: 0,
            };
            let now = Current {
                hash: now.content_hash(),
                changes: diff(&data.snapshot, now),
            };
            match before.decide(&by, &answer, &now, op.now) {
                Ok(after) => {
                    keep(op, &mut tx, &campaign, &data, &after).await?;
                    done.decided += 1;
                }
                Err(refused) => done
                    .left_out
                    .push((data.snapshot.name.clone(), refused.to_string())),
            }
        }
    }
    let entry = Done::new(
        "campaign.group_decided",
        "campaign",
        &input.campaign,
        name,
        format!(
            "One answer for {} items: {}",
            done.decided,
            input.decision.label().to_lowercase()
        ),
    )
    .change("reason", "", input.reason.trim())
    .change("items", "", done.decided.to_string())
    .change("left_out", "", done.left_out.len().to_string());
    op.record(&mut tx, entry).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(done)
}
