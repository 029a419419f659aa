//! The overview's five answers.

use contract::campaigns::CampaignView;
use contract::findings::FindingFilter;
use contract::overview::Overview;
use domain::access::Access;

use crate::{Error, Op, Result};

/// The five answers, from live rows and the figures kept each night.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not see the overview.
pub async fn view(op: &Op) -> Result<Overview> {
    op.require(Access::ViewOverview)?;
    // Before this operation takes a connection of its own: nobody waits for a second one holding a first.
    let worst = crate::findings::list(op, &FindingFilter::default(), None).await?;
    let campaign = running_campaign(op).await?;
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
        campaign_teams: campaign
            .as_ref()
            .map(|c| c.teams.clone())
            .unwrap_or_default(),
        campaign,
        coverage: store::overview::coverage(&mut conn, day).await?,
        today,
        trend,
        now: op.now,
    })
}

/// The running campaign that is due first; none where it is not the viewer's to see.
async fn running_campaign(op: &Op) -> Result<Option<CampaignView>> {
    let mut conn = op.db().acquire().await?;
    let id = store::overview::running_campaign(&mut conn).await?;
    drop(conn);
    let Some(id) = id else { return Ok(None) };
    match crate::campaigns::view(op, id.into()).await {
        Ok(view) => Ok(Some(view)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
