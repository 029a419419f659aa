//! Findings: list them, and acknowledge, give away, except, resolve or reopen one.

mod export;
mod facets;
mod inbox;

use contract::findings::{
    Acknowledged, ExceptionScope, FindingAction, FindingFilter, FindingInput, FindingList,
    FindingRow, FindingState,
};
use contract::ids::{FindingId, IdentityId};
use domain::access::Access;
use domain::finding::{action, rule};
use domain::identity::lifecycle::offered::{Standing, may_change};
use store::Conn;

use crate::op::Done;
use crate::{Error, Op, Result};

pub use export::{ExportPage, csv_head, csv_rows, export_page, is_cursor, rows};
pub(crate) use inbox::rule_name;
pub use inbox::{deeds, grouped, story};

/// Rows on one page of the list.
pub const PAGE: i64 = 50;

/// One page of findings with facets.
///
/// # Errors
/// [`Error::Refused`] when the actor may not see findings.
pub async fn list(op: &Op, filter: &FindingFilter, after: Option<&str>) -> Result<FindingList> {
    op.require(Access::ViewFindings)?;
    let mut conn = op.db().acquire().await?;
    let mut page = store::findings::list::page(&mut conn, filter, after, PAGE, op.now).await?;
    page.rows.iter_mut().for_each(explain);
    let groups = store::findings::list::groups(&mut conn, filter, op.now).await?;
    let (total, facets) = facets::count(&groups, filter);
    page.total = Some(total);
    Ok(FindingList {
        page,
        facets,
        now: op.now,
    })
}

/// One finding, whatever its state.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Refused`] when the actor may not see findings.
pub async fn view(op: &Op, id: FindingId) -> Result<FindingRow> {
    op.require(Access::ViewFindings)?;
    let mut conn = op.db().acquire().await?;
    let mut row = seen(op, &mut conn, id).await?;
    explain(&mut row);
    Ok(row)
}

/// A finding as it is kept, where the actor sees it. The caller has authorised.
async fn seen(op: &Op, conn: &mut Conn, id: FindingId) -> Result<FindingRow> {
    let row = store::findings::list::one(conn, id)
        .await?
        .ok_or(Error::NotFound("finding"))?;
    op.sees(row.team.as_ref().map(|team| team.slug.as_str()), "finding")?;
    Ok(row)
}

/// The findings of one identity that are not resolved. The caller has authorised.
pub(crate) async fn of_identity(conn: &mut Conn, id: IdentityId) -> Result<Vec<FindingRow>> {
    let mut rows = store::findings::list::of_identity(conn, id).await?;
    rows.iter_mut().for_each(explain);
    Ok(rows)
}

/// Acknowledges, gives away, excepts, resolves or reopens a finding.
///
/// # Errors
/// [`Error::Forbidden`] when the identity is another team's, [`Error::Invalid`] when reason, end or person are
/// missing, [`Error::Conflict`] when its state does not allow it.
pub async fn change(op: &Op, input: &FindingInput) -> Result<FindingState> {
    op.require(Access::ChangeFinding)?;
    let mut tx = op.db().begin().await?;
    let locked = store::findings::lock(&mut tx, input.finding)
        .await?
        .ok_or(Error::NotFound("finding"))?;
    may(op, &locked)?;
    let acted = action::act(
        locked.detected,
        locked.state,
        locked.severity,
        input.action,
        &input.note,
        input.days,
        op.now,
    )
    .map_err(|why| refused(&why))?;
    let by = op.actor.person().map(|person| person.id);
    let until = acted.excepted_until;
    store::findings::save(
        &mut tx,
        input.finding,
        acted.state,
        &acted.note,
        until,
        by,
        op.now,
    )
    .await?;
    let more = inbox::more(op, &mut tx, input, &locked, &acted).await?;
    if let Some((identity, _)) = &locked.identity {
        crate::posture::refresh(op, &mut tx, &[identity.0]).await?;
    }
    let done = done(input, &locked, &acted);
    let done = match more {
        Some((field, value)) => done.change(field, "", value),
        None => done,
    };
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(acted.state)
}

/// Whether this person answers for the finding.
fn may(op: &Op, locked: &store::findings::Locked) -> Result<()> {
    let standing = Standing {
        state: contract::identities::IdentityState::Active,
        requested_by: None,
        team: locked.team,
        owner: locked.owner,
        backup_owner: locked.backup_owner,
        watch_until: None,
    };
    match op.actor.person() {
        Some(person) if !may_change(person, &standing) => Err(Error::Forbidden(
            "This finding is another team’s. Its owner or security can do this.".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// Most findings that are acknowledged at once: a page of them, and some.
const MOST: usize = 100;

/// Acknowledges several findings, each by itself and with its own entry in the record: one that cannot be leaves the
/// others alone.
///
/// # Errors
/// [`Error::Refused`] when the actor may change none, [`Error::Invalid`] when there are none or too many.
pub async fn acknowledge_all(op: &Op, ids: &[FindingId]) -> Result<Acknowledged> {
    op.require(Access::ChangeFinding)?;
    if ids.is_empty() {
        return Err(Error::field("ids", "Tick at least one finding."));
    }
    if ids.len() > MOST {
        let words = format!("At most {MOST} findings at once.");
        return Err(Error::field("ids", words));
    }
    let mut became = Acknowledged::default();
    for finding in ids {
        let input = FindingInput {
            finding: *finding,
            action: FindingAction::Acknowledge,
            note: String::new(),
            days: None,
            scope: ExceptionScope::Finding,
            to: String::new(),
        };
        match change(op, &input).await {
            Ok(_) => became.done += 1,
            Err(error @ (Error::Conflict(_) | Error::Forbidden(_) | Error::NotFound(_))) => {
                became.left += 1;
                let why = error.to_string();
                if !became.why.contains(&why) {
                    became.why.push(why);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(became)
}

fn done(input: &FindingInput, locked: &store::findings::Locked, acted: &action::Acted) -> Done {
    let (verb, word) = match (input.action, acted.state) {
        (FindingAction::Assign, _) => ("finding.assigned", "Gave away"),
        (_, FindingState::Excepted) => ("finding.excepted", "Excepted"),
        (_, FindingState::Acknowledged) => ("finding.acknowledged", "Acknowledged"),
        (_, FindingState::Resolved) => ("finding.resolved", "Resolved"),
        (_, FindingState::Open) => ("finding.reopened", "Reopened"),
    };
    let on = locked
        .identity
        .as_ref()
        .map(|(_, name)| format!(" on {name}"))
        .unwrap_or_default();
    let mut done = Done::new(
        verb,
        "finding",
        &input.finding,
        locked.title.clone(),
        format!("{word} “{}”{on}", locked.title),
    )
    .change("state", locked.state.as_str(), acted.state.as_str());
    if !acted.note.is_empty() {
        done = done.change("note", "", acted.note.clone());
    }
    if let Some(until) = acted.excepted_until {
        done = done.change("excepted_until", "", until.to_rfc3339());
    }
    done
}

/// What pipelines have wrong maps to these, whatever the rule.
const PIPELINE_CONTROLS: &[&str] = &[
    "NHI6:2025",
    "SOC 2 CC8.1",
    "ISO 27001 A.8.25",
    "NIST 800-53 CM-3",
];

/// Fills in what the rule says: why it matters, and the controls it maps to.
pub(crate) fn explain(row: &mut FindingRow) {
    let judged = rule(&row.rule).map(|rule| (rule.rationale, rule.controls));
    let detected = || domain::detect::rule(&row.rule).map(|rule| (rule.rationale, rule.controls));
    let scanned = || {
        let why = domain::trust::rationale(&row.rule)?;
        Some((why, PIPELINE_CONTROLS))
    };
    if let Some((rationale, controls)) = judged.or_else(detected).or_else(scanned) {
        rationale.clone_into(&mut row.rationale);
        row.controls = controls
            .iter()
            .map(|control| (*control).to_owned())
            .collect();
    }
}

fn refused(refused: &action::Refused) -> Error {
    match refused.field() {
        Some(field) => Error::field(field, refused.to_string()),
        None => Error::Conflict(refused.to_string()),
    }
}
