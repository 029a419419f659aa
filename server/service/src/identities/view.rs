//! One identity whole, with what this viewer may do to it.

use chrono::{NaiveDate, TimeDelta};
use contract::identities::{
    CredentialClass, CredentialView, FederationAdvice, HistoryEntry, IdentityRow, IdentityView,
    PermissionView, SelectorView, SuggestedOwner,
};
use contract::ids::IdentityId;
use contract::stories::LatestRun;
use domain::access::Access;
use domain::finding::facts::UNUSED_DAYS;
use domain::identity::federation::{Holder, advise};
use domain::identity::lifecycle::offered::{Standing, may_change, transitions_for};
use domain::identity::risk;
use domain::identity::selector::NewSelector;
use store::Conn;
use store::identities::view::{Details, Told};

use crate::{Error, Op, Result};

/// Events its page shows; the explorer shows the rest.
const RECENT: i64 = 20;
/// Latest events whose runs are looked for, and runs shown.
const LOOKED: i64 = 500;
const RUNS: i64 = 5;

/// Most entries its history shows of the record, and of imports.
const HISTORY: i64 = 200;

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
    let row = seen(op, &mut conn, id).await?;
    let unused_before = op.now - TimeDelta::days(UNUSED_DAYS);
    let coverage = crate::posture::coverage(&mut conn, op).await?;
    let told = Told::new(coverage, unused_before);
    let covered = told.tells_of(row.platform);
    let standing = standing(&details);
    let person = op.actor.person();
    let today = op.now.date_naive();
    let selectors = store::identities::view::selectors(&mut conn, id).await?;
    let credentials = store::identities::view::credentials(&mut conn, id, covered, op.now).await?;
    let permissions =
        store::identities::view::permissions(&mut conn, id, &told, unused_before).await?;
    let suggested_owners = suggested_owners(op, &mut conn, &row, &selectors).await?;
    Ok(IdentityView {
        advice: advice(&row, &selectors, &credentials, &permissions),
        risk_days: risk_days(op, &mut conn, &row).await?,
        selectors,
        credentials,
        permissions,
        trusts: store::identities::view::trusts(&mut conn, id).await?,
        recent_events: store::events::explore::recent(&mut conn, id, RECENT)
            .await?
            .iter()
            .map(crate::events::row)
            .collect(),
        recent_runs: latest_runs(&mut conn, id).await?,
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
        break_glass: crate::break_glass::view(op, &mut conn, id).await?,
        may_mark: op.require(Access::MarkBreakGlass).is_ok(),
        suggested_owners,
        suggested_tier: {
            let (tier, why) = risk::tier(&row.environments, row.privileged);
            (tier, why.to_owned())
        },
        tags: details.tags,
        links: details.links,
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

/// The latest runs in which an identity acted, newest first, as its page shows them.
///
/// # Errors
/// As [`view`].
pub async fn runs(op: &Op, id: IdentityId) -> Result<Vec<LatestRun>> {
    op.require(Access::ViewIdentities)?;
    let mut conn = op.db().acquire().await?;
    seen(op, &mut conn, id).await?;
    latest_runs(&mut conn, id).await
}

/// The row of an identity, where the actor sees it.
async fn seen(op: &Op, conn: &mut Conn, id: IdentityId) -> Result<IdentityRow> {
    let mut rows = store::identities::list::by_ids(conn, &[id.0], op.now).await?;
    let row = rows.pop().ok_or(Error::NotFound("identity"))?;
    op.sees(row.team.as_ref().map(|team| team.slug.as_str()), "identity")?;
    Ok(row)
}

async fn latest_runs(conn: &mut Conn, id: IdentityId) -> Result<Vec<LatestRun>> {
    Ok(store::stories::of_identity(conn, id, LOOKED, RUNS).await?)
}

/// Who may own it, where nobody does.
async fn suggested_owners(
    op: &Op,
    conn: &mut Conn,
    row: &IdentityRow,
    selectors: &[SelectorView],
) -> Result<Vec<SuggestedOwner>> {
    if row.owner.as_ref().is_some_and(|owner| owner.active) {
        return Ok(Vec::new());
    }
    let names = selectors
        .iter()
        .map(|s| (s.kind, s.issuer.clone(), s.value.clone()))
        .collect();
    let found = super::suggested::owners(op, conn, &[(row.id, names)]).await?;
    Ok(super::suggested::told(row.id, &found))
}

/// The score of each of the last days; today's is the one that stands.
async fn risk_days(op: &Op, conn: &mut Conn, row: &IdentityRow) -> Result<Vec<(NaiveDate, i32)>> {
    let today = op.now.date_naive();
    let from = today - TimeDelta::days(UNUSED_DAYS - 1);
    let yesterday = today - TimeDelta::days(1);
    let mut days = store::identities::risk::days(conn, row.id, from, yesterday).await?;
    days.push((today, row.risk));
    Ok(days)
}

/// How each static credential that still works could give way to federation.
fn advice(
    row: &IdentityRow,
    selectors: &[SelectorView],
    credentials: &[CredentialView],
    permissions: &[PermissionView],
) -> Vec<FederationAdvice> {
    let names: Vec<NewSelector> = selectors
        .iter()
        .map(|s| NewSelector {
            kind: s.kind,
            issuer: s.issuer.clone(),
            value: s.value.clone(),
        })
        .collect();
    let systems: Vec<String> = permissions.iter().map(|p| p.system.clone()).collect();
    let holder = Holder {
        name: &row.name,
        platform: row.platform,
        environments: &row.environments,
        selectors: &names,
        systems: &systems,
    };
    credentials
        .iter()
        .filter(|c| c.revoked_at.is_none() && c.retiring.is_none())
        .filter(|c| c.class != CredentialClass::PlatformManaged)
        .filter_map(|c| advise(c.id, c.credential_type, &c.reference, &holder))
        .collect()
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

/// What the record tells of it and what imports changed of it, newest first.
async fn history(conn: &mut Conn, id: IdentityId) -> Result<Vec<HistoryEntry>> {
    let entries = store::activity::of_object(conn, "identity", &id.to_string(), HISTORY).await?;
    let recorded = entries.into_iter().map(|(entry, _)| HistoryEntry {
        at: entry.at,
        by: entry.actor_name,
        summary: entry.summary,
        changes: entry.changes,
        position: Some(entry.position),
    });
    let imported = store::identities::edit::imported(conn, id, HISTORY).await?;
    let imported = imported
        .into_iter()
        .map(|(at, by, summary, changes)| HistoryEntry {
            at,
            by,
            summary,
            changes,
            position: None,
        });
    let mut all: Vec<HistoryEntry> = recorded.chain(imported).collect();
    all.sort_by_key(|entry| {
        (
            std::cmp::Reverse(entry.at),
            std::cmp::Reverse(entry.position),
        )
    });
    Ok(all)
}
