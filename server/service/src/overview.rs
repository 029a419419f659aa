//! The overview's five answers.

use contract::findings::FindingFilter;
use contract::overview::Overview;
use domain::access::Access;

use crate::{Op, Result};

/// The five answers, from live rows and the figures kept each night.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see the overview.
pub async fn view(op: &Op) -> Result<Overview> {
    op.require(Access::ViewOverview)?;
    // Before this operation takes a connection of its own: nobody waits for a second one holding a first.
    let worst = crate::findings::list(op, &FindingFilter::default(), None).await?;
    let mut conn = op.db().acquire().await?;
    let day = op.now.date_naive();
    let today = store::overview::today(&mut conn, op.now).await?;
    let mut trend = store::overview::months(&mut conn, day).await?;
    trend.push(today.clone());
    Ok(Overview {
        teams: store::teams::list(&mut conn, None, op.now).await?,
        overdue: store::overview::overdue(&mut conn, op.now, 10).await?,
        due_soon: store::overview::due_soon(&mut conn, op.now).await?,
        severities: store::overview::severities(&mut conn).await?,
        opened: store::overview::opened(&mut conn, day).await?,
        findings: worst.page.rows.into_iter().take(6).collect(),
        campaign: None,
        campaign_teams: Vec::new(),
        coverage: store::overview::coverage(&mut conn, day).await?,
        today,
        trend,
        now: op.now,
    })
}
