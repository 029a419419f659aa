//! The queue of discovered identities: what they may be, whose they may be, and taking many in at once.

use chrono::TimeDelta;
use contract::Page;
use contract::access::Role;
use contract::identities::{
    AdoptInput, Adopted, DiscoveredList, DiscoveredRow, SimilarIdentity, Transition,
    TransitionInput,
};
use contract::ids::IdentityId;
use domain::access::Access;
use domain::finding::facts::UNUSED_DAYS;
use domain::identity::similar::likeness;
use domain::page::cut;
use store::identities::discovered::{Candidate, Row, Suggestion};
use uuid::Uuid;

use crate::{Error, Op, Result};

/// Rows of a page: each is compared with the whole roll.
const PAGE: usize = 25;

/// Most that are taken in at once.
const MOST: usize = 100;

/// Similar identities and owners shown for each.
const SHOWN: usize = 3;

/// A page of the queue, of a repository where one is named.
///
/// # Errors
/// [`Error::Refused`] when the viewer may not see identities.
pub async fn discovered(
    op: &Op,
    repository: Option<&str>,
    after: Option<&str>,
) -> Result<DiscoveredList> {
    discovered_up_to(op, repository, after, PAGE).await
}

/// The same, of so many rows at most; never more than a page has.
///
/// # Errors
/// [`Error::Refused`] when the viewer may not see identities.
pub async fn discovered_up_to(
    op: &Op,
    repository: Option<&str>,
    after: Option<&str>,
    most: usize,
) -> Result<DiscoveredList> {
    op.require(Access::ViewIdentities)?;
    let repository = repository.map(str::to_lowercase);
    let after: Option<Uuid> = after.and_then(|text| text.parse().ok());
    let since = op.now - TimeDelta::days(UNUSED_DAYS);
    let mut tx = op.db().begin().await?;
    let limit = i64::try_from(most.clamp(1, PAGE)).unwrap_or(1);
    let repository = repository.as_deref();
    let found =
        store::identities::discovered::page(&mut tx, repository, after, limit + 1, since).await?;
    let Page {
        rows: found, next, ..
    } = cut(found, limit, |row| row.id.to_string());
    let wanted: Vec<(IdentityId, String)> = found
        .iter()
        .map(|row| (row.id, row.profile.name.to_lowercase()))
        .collect();
    let candidates = store::identities::discovered::candidates(&mut tx, &wanted).await?;
    let named: Vec<_> = found
        .iter()
        .map(|row| (row.id, row.profile.selectors.clone()))
        .collect();
    let owners = super::suggested::owners(op, &mut tx, &named).await?;
    let total = store::identities::discovered::count(&mut tx).await?;
    let repositories = store::identities::discovered::repositories(&mut tx).await?;
    let (teams, people) = choices(op, &mut tx).await?;
    tx.rollback().await.map_err(store::Error::from)?;
    let person = op.actor.person();
    let rows = found
        .into_iter()
        .map(|row| view(row, &candidates, &owners))
        .collect();
    Ok(DiscoveredList {
        page: Page {
            rows,
            next,
            total: Some(total),
        },
        repositories,
        teams,
        people,
        may_adopt: person
            .is_some_and(|person| person.any(&[Role::Admin, Role::Security, Role::Owner])),
        may_judge: person.is_some_and(|person| person.any(&[Role::Admin, Role::Security])),
        now: op.now,
    })
}

/// Who may be named: an owner takes things into their own teams only; others choose nobody.
async fn choices(
    op: &Op,
    tx: &mut store::Tx,
) -> Result<(
    Vec<contract::people::TeamRef>,
    Vec<contract::people::PersonRef>,
)> {
    let Some(person) = op.actor.person() else {
        return Ok((Vec::new(), Vec::new()));
    };
    if op.require(Access::ChangeIdentity).is_err() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut teams = store::teams::choices(tx).await?;
    if !person.any(&[Role::Admin, Role::Security]) {
        teams.retain(|team| person.teams.contains(&team.id));
    }
    Ok((teams, store::people::choices(tx).await?))
}

fn view(row: Row, candidates: &[Candidate], owners: &[Suggestion]) -> DiscoveredRow {
    let mut similar: Vec<SimilarIdentity> = candidates
        .iter()
        .filter(|candidate| candidate.of == row.id)
        .filter_map(|candidate| {
            let found = likeness(&row.profile, &candidate.profile)?;
            Some(SimilarIdentity {
                id: candidate.id,
                name: candidate.profile.name.clone(),
                state: candidate.state,
                score: found.score,
                reasons: found.reasons,
            })
        })
        .collect();
    similar.sort_by(|one, other| (other.score, &one.name).cmp(&(one.score, &other.name)));
    similar.truncate(SHOWN);
    let text = |key: &str| row.discovery[key].as_str().unwrap_or_default().to_owned();
    DiscoveredRow {
        owners: super::suggested::told(row.id, owners),
        similar,
        evidence: text("evidence"),
        source: row.source.unwrap_or_else(|| text("source")),
        id: row.id,
        name: row.profile.name,
        kind: row.profile.kind,
        platform: row.profile.platform,
        environments: row.environments,
        subject: row.subject,
        first_seen_at: row.first_seen_at,
        last_used_at: row.last_used_at,
        events: row.events,
    }
}

/// Takes several discovered identities in, each by itself and with its own entry in the record.
///
/// # Errors
/// [`Error::Refused`] when the actor may change none, [`Error::Invalid`] beside what is missing.
pub async fn adopt_all(op: &Op, input: &AdoptInput) -> Result<Adopted> {
    op.require(Access::ChangeIdentity)?;
    if input.ids.is_empty() {
        return Err(Error::field("ids", "Tick at least one identity."));
    }
    if input.ids.len() > MOST {
        return Err(Error::field("ids", format!("At most {MOST} at once.")));
    }
    let mut became = Adopted::default();
    for identity in &input.ids {
        let one = TransitionInput {
            identity: *identity,
            transition: Transition::Adopt,
            reason: input.reason.clone(),
            ticket: input.ticket.clone(),
            team: input.team,
            owner: input.owner,
            purpose: input.purpose.clone(),
        };
        match super::change_state(op, &one).await {
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
