//! Figures across campaigns, as a page and as CSV.

use contract::campaigns::CampaignReport;
use domain::access::Access;
use domain::evidence::table::row;

use crate::{Error, Op, Result};

/// Campaigns reported.
const REPORTED: i64 = 40;

/// Figures of the campaigns whose answers have ended, and of the teams over them.
///
/// # Errors
/// [`Error::Refused`] when the actor may not read evidence.
pub async fn report(op: &Op) -> Result<CampaignReport> {
    op.require(Access::ReadEvidence)?;
    let mut conn = op.db().acquire().await?;
    Ok(CampaignReport {
        campaigns: store::campaigns::report(&mut conn, REPORTED).await?,
        teams: store::campaigns::report_teams(&mut conn).await?,
    })
}

/// The same figures of each campaign as CSV.
///
/// # Errors
/// As [`report`].
pub async fn report_csv(op: &Op) -> Result<Vec<u8>> {
    op.require(Access::ReadEvidence)?;
    let failed = |error: domain::evidence::WriteError| Error::Internal(error.to_string());
    let head = [
        "campaign",
        "started_at",
        "due_at",
        "closed_at",
        "items",
        "decided",
        "on_time",
        "not_reviewed",
        "median_seconds_on_item",
        "median_seconds_to_decision",
        "tasks",
        "waived",
        "verified",
        "verified_in_time",
    ];
    let mut out = row(head).map_err(failed)?;
    for one in report(op).await?.campaigns {
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let cells = [
            one.campaign.1,
            one.started_at.to_rfc3339(),
            one.due_at.to_rfc3339(),
            one.closed_at.to_rfc3339(),
            one.items.to_string(),
            one.decided.to_string(),
            one.on_time.to_string(),
            one.not_reviewed.to_string(),
            number(one.median_seconds),
            number(one.median_wait_seconds),
            one.tasks.to_string(),
            one.waived.to_string(),
            one.verified.to_string(),
            one.verified_in_time.to_string(),
        ];
        out.extend(row(cells).map_err(failed)?);
    }
    Ok(out)
}
