//! What identities hold and go by, across all of them, as machines read it.

use chrono::TimeDelta;
use contract::Page;
use contract::identities::{
    CredentialView, HeldBy, HoldingFilter, PermissionView, SelectorView, TrustView,
};
use contract::ids::{CredentialId, PermissionId, SelectorId, TrustId};
use domain::access::Access;
use domain::finding::facts::UNUSED_DAYS;
use domain::page::cut;
use store::identities::holdings::{self, Holdings};
use store::identities::view::Told;
use uuid::Uuid;

use crate::{Error, Op, Result};

/// Which rows somebody asks for: of a filter, after an id; or one.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Page { after: Option<Uuid>, limit: i64 },
    One(Uuid),
}

impl Asked {
    fn of(self, filter: &HoldingFilter) -> Holdings<'_> {
        let (after, only, limit) = match self {
            Self::Page { after, limit } => (after, None, limit.saturating_add(1)),
            Self::One(id) => (None, Some(id), 1),
        };
        Holdings {
            filter,
            after,
            only,
            limit,
        }
    }
}

/// The filter, of the rows the actor sees; `None` when they see none of them.
fn narrowed(op: &Op, filter: &HoldingFilter) -> Option<HoldingFilter> {
    Some(HoldingFilter {
        team: op.narrow(&filter.team)?,
        identity: filter.identity.clone(),
    })
}

/// Whether a text is a cursor of these lists.
pub fn is_holding_cursor(text: &str) -> bool {
    text.parse::<Uuid>().is_ok()
}

async fn told(op: &Op, conn: &mut store::Conn) -> Result<Told> {
    let coverage = crate::posture::coverage(conn, op).await?;
    Ok(Told::new(coverage, op.now - TimeDelta::days(UNUSED_DAYS)))
}

macro_rules! holdings {
    ($($what:literal $list:ident $one:ident $read:ident: $view:ty, $id:ty;)+) => {$(
        #[doc = concat!("The next ", stringify!($list), ", at most `limit`, in the order they were entered.")]
        ///
        /// # Errors
        /// [`Error::Refused`] when the actor may not see the inventory.
        pub async fn $list(
            op: &Op,
            filter: &HoldingFilter,
            after: Option<&str>,
            limit: i64,
        ) -> Result<Page<(HeldBy, $view)>> {
            op.require(Access::ViewIdentities)?;
            let after = after
                .map(|text| text.parse().map_err(|_| Error::field("after", "is no cursor of this list")))
                .transpose()?;
            let rows = $read(op, filter, Asked::Page { after, limit }).await?;
            Ok(cut(rows, limit, |(_, row)| row.id.to_string()))
        }

        #[doc = concat!("One of the ", stringify!($list), ".")]
        ///
        /// # Errors
        /// [`Error::NotFound`] when there is none, or it is of a team the actor does not see.
        pub async fn $one(op: &Op, id: $id) -> Result<(HeldBy, $view)> {
            op.require(Access::ViewIdentities)?;
            let mut rows = $read(op, &HoldingFilter::default(), Asked::One(id.0)).await?;
            rows.pop().ok_or(Error::NotFound($what))
        }
    )+};
}

holdings! {
    "credential" credentials credential read_credentials: CredentialView, CredentialId;
    "permission" permissions permission read_permissions: PermissionView, PermissionId;
    "selector" selectors selector read_selectors: SelectorView, SelectorId;
    "trust" trusts trust read_trusts: TrustView, TrustId;
}

async fn read_credentials(
    op: &Op,
    filter: &HoldingFilter,
    asked: Asked,
) -> Result<Vec<(HeldBy, CredentialView)>> {
    let Some(filter) = narrowed(op, filter) else {
        return Ok(Vec::new());
    };
    let mut conn = op.db().acquire().await?;
    let told = told(op, &mut conn).await?;
    Ok(holdings::credentials(&mut conn, &asked.of(&filter), &told, op.now).await?)
}

async fn read_permissions(
    op: &Op,
    filter: &HoldingFilter,
    asked: Asked,
) -> Result<Vec<(HeldBy, PermissionView)>> {
    let Some(filter) = narrowed(op, filter) else {
        return Ok(Vec::new());
    };
    let mut conn = op.db().acquire().await?;
    let told = told(op, &mut conn).await?;
    let unused = op.now - TimeDelta::days(UNUSED_DAYS);
    Ok(holdings::permissions(&mut conn, &asked.of(&filter), &told, unused).await?)
}

async fn read_selectors(
    op: &Op,
    filter: &HoldingFilter,
    asked: Asked,
) -> Result<Vec<(HeldBy, SelectorView)>> {
    let Some(filter) = narrowed(op, filter) else {
        return Ok(Vec::new());
    };
    let mut conn = op.db().acquire().await?;
    Ok(holdings::selectors(&mut conn, &asked.of(&filter)).await?)
}

async fn read_trusts(
    op: &Op,
    filter: &HoldingFilter,
    asked: Asked,
) -> Result<Vec<(HeldBy, TrustView)>> {
    let Some(filter) = narrowed(op, filter) else {
        return Ok(Vec::new());
    };
    let mut conn = op.db().acquire().await?;
    Ok(holdings::trusts(&mut conn, &asked.of(&filter)).await?)
}
