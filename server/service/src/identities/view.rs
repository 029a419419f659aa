//! One identity whole, with what this viewer may do to it.

use chrono::TimeDelta;
use contract::activity::ActivityView;
use contract::identities::IdentityView;
use contract::ids::IdentityId;
use domain::access::Access;
use domain::finding::facts::UNUSED_DAYS;
use domain::identity::lifecycle::offered::{Standing, may_change, transitions_for};
use store::Conn;
use store::identities::view::Details;

use crate::{Error, Op, Result};

/// Events its page shows; the explorer shows the rest.
const RECENT: i64 = 20;

/// One identity with everything its page shows.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Refused`] when the actor may not see identities.
pub async fn view(op: &Op, id: IdentityId) -> Result<IdentityView> {
    op.require(Access::ViewIdentities)?;
    let mut conn = op.db().acquire().await?;
    let missing = Error::NotFound("identity");
    let details = store::identities::view::details(&mut conn, id)
        .await?
        .ok_or(missing)?;
    let mut rows = store::identities::list::by_ids(&mut conn, &[id.0], op.now).await?;
    let row = rows.pop().ok_or(Error::NotFound("identity"))?;
    let unused_before = op.now - TimeDelta::days(UNUSED_DAYS);
    let coverage = crate::posture::coverage(&mut conn, op).await?;
    let covered = coverage
        .get(&row.platform)
        .is_some_and(|since| *since <= unused_before);
    let standing = standing(&details);
    let person = op.actor.person();
    let today = op.now.date_naive();
    Ok(IdentityView {
        selectors: store::identities::view::selectors(&mut conn, id).await?,
        credentials: store::identities::view::credentials(&mut conn, id, op.now).await?,
        permissions: store::identities::view::permissions(&mut conn, id, covered, unused_before)
            .await?,
        trusts: store::identities::view::trusts(&mut conn, id).await?,
        recent_events: store::events::explore::recent(&mut conn, id, RECENT)
            .await?
            .iter()
            .map(crate::events::row)
            .collect(),
        daily_events: store::identities::view::daily_events(
            &mut conn,
            id,
            today - TimeDelta::days(UNUSED_DAYS - 1),
            today,
        )
        .await?,
        findings: crate::findings::of_identity(&mut conn, id).await?,
        reviews: store::identities::view::reviews(&mut conn, id).await?,
        history: history(&mut conn, id).await?,
        transitions: person
            .map(|p| transitions_for(p, &standing, op.now))
            .unwrap_or_default(),
        may_edit: person.is_some_and(|p| may_change(p, &standing)),
        row,
        ticket: details.ticket,
        justification: details.justification,
        backup_owner: details.backup_owner,
        requested_by: details.requested_by,
        approved_by: details.approved_by,
        created_at: details.created_at,
        version: details.version,
        risk_reasons: details.risk_reasons,
        state_since: details.facts.at.unwrap_or(details.created_at),
        state_reason: details.facts.reason,
        watch_until: details.facts.watch_until,
        covered,
        now: op.now,
    })
}

fn standing(details: &Details) -> Standing {
    Standing {
        state: details.state,
        requested_by: details.requested_by.as_ref().map(|person| person.id),
        team: details.team,
        owner: details.owner,
        backup_owner: details.backup_owner.as_ref().map(|person| person.id),
        watch_until: details.facts.watch_until,
    }
}

async fn history(conn: &mut Conn, id: IdentityId) -> Result<Vec<ActivityView>> {
    let entries = store::activity::of_object(conn, "identity", &id.to_string(), 100).await?;
    Ok(entries
        .into_iter()
        .map(|(entry, hash)| ActivityView {
            position: entry.position,
            at: entry.at,
            actor: (entry.actor_kind, entry.actor_name),
            action: entry.action,
            object: (entry.object_kind, entry.object_id, entry.object_name),
            summary: entry.summary,
            changes: entry.changes,
            request_id: entry.request_id,
            hash: crate::posture::hex(&hash),
        })
        .collect())
}
