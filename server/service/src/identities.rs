//! Identities: list and view the roll, ask for a new one, change its state.

mod discovered;
mod edit;
mod export;
mod facets;
mod holdings;
mod merge;
mod request;
mod suggested;
mod transition;
mod view;

use contract::identities::{IdentityFilter, IdentityList, IdentitySort};
use domain::access::Access;

use crate::{Op, Result};

pub use discovered::{adopt_all, discovered, discovered_up_to};
pub use edit::edit;
pub use export::{ExportPage, csv_head, csv_rows, export_page, is_cursor, rows};
pub use holdings::{
    credential, credentials, is_holding_cursor, permission, permissions, selector, selectors,
    trust, trusts,
};
pub use merge::{merge, view_joined};
pub use request::{check_request, choices, request, without_secrets};
pub use transition::change_state;
pub use view::{runs, view};

/// Rows on one page of the list.
pub const PAGE: i64 = 50;

/// One page of the inventory with its facets.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see identities.
pub async fn list(
    op: &Op,
    filter: &IdentityFilter,
    sort: IdentitySort,
    after: Option<&str>,
) -> Result<IdentityList> {
    op.require(Access::ViewIdentities)?;
    let mut conn = op.db().acquire().await?;
    let mut page =
        store::identities::list::page(&mut conn, filter, sort, after, PAGE, op.now).await?;
    let groups = store::identities::facets::groups(&mut conn, filter, op.now).await?;
    let (total, facets) = facets::count(&groups, filter);
    page.total = Some(total);
    Ok(IdentityList {
        page,
        all: store::identities::facets::all(&mut conn).await?,
        facets,
        now: op.now,
    })
}

/// Keeps the inventory's counts short and what time alone changes judged: says how many identities had become due or
/// overdue. Counts are exact without it; pages only become slower.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn fold_counts(op: &Op) -> Result<u64> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let turned = store::identities::facets::fold(&mut tx).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(turned)
}

/// Locks an identity that is this person's to change. The caller has authorised.
pub(crate) async fn lock_own(
    op: &Op,
    tx: &mut store::Tx,
    id: contract::ids::IdentityId,
) -> Result<store::identities::write::Locked> {
    let there = store::identities::write::lock(tx, id)
        .await?
        .ok_or(crate::Error::NotFound("identity"))?;
    if let Some(person) = op.actor.person() {
        let standing = domain::identity::lifecycle::offered::Standing {
            state: there.state,
            requested_by: there.requested_by,
            team: there.team,
            owner: there.owner,
            backup_owner: there.backup_owner,
            watch_until: None,
        };
        if !domain::identity::lifecycle::offered::may_change(person, &standing) {
            return Err(crate::Error::Forbidden(format!(
                "{} belongs to another team. Its owner or security can do this.",
                there.name
            )));
        }
    }
    Ok(there)
}
