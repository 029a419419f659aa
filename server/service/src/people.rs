//! People and teams: who answers for what.

use contract::Page;
use contract::identities::{IdentityFilter, IdentitySort};
use contract::ids::PersonId;
use contract::people::{PeopleList, PersonRow, PersonView, TeamRow, TeamView};
use domain::access::Access;

use crate::{Error, Op, Result};

/// Rows on one page of people.
pub const PAGE: i64 = 100;

/// Every team with its figures, most identities first.
///
/// # Errors
/// [`Error::Refused`] when the actor may not see people.
pub async fn list_teams(op: &Op) -> Result<Vec<TeamRow>> {
    op.require(Access::ViewPeople)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::teams::list(&mut conn, None, op.now).await?)
}

/// One team with its members.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Refused`] when the actor may not see people.
pub async fn view_team(op: &Op, slug: &str) -> Result<TeamView> {
    op.require(Access::ViewPeople)?;
    let mut conn = op.db().acquire().await?;
    let row = store::teams::list(&mut conn, Some(slug), op.now)
        .await?
        .pop()
        .ok_or(Error::NotFound("team"))?;
    let members = store::people::page(&mut conn, Some(row.team.id), None, None, 500).await?;
    Ok(TeamView {
        row,
        members,
        now: op.now,
    })
}

/// A page of people, in order of name.
///
/// # Errors
/// [`Error::Refused`] when the actor may not see people.
pub async fn list(op: &Op, after: Option<&str>) -> Result<PeopleList> {
    Ok(PeopleList {
        page: rows(op, after, PAGE).await?,
        now: op.now,
    })
}

/// The next people in order of name, at most `limit`.
///
/// # Errors
/// [`Error::Refused`] when the actor may not see people.
pub async fn rows(op: &Op, after: Option<&str>, limit: i64) -> Result<Page<PersonRow>> {
    op.require(Access::ViewPeople)?;
    let mut conn = op.db().acquire().await?;
    let mut rows =
        store::people::page(&mut conn, None, None, after.and_then(key), limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}.{}", row.person.id, row.person.name));
    Ok(Page {
        rows,
        next,
        total: None,
    })
}

/// Whether a text is a cursor of the list.
pub fn is_cursor(text: &str) -> bool {
    key(text).is_some()
}

fn key(cursor: &str) -> Option<(String, uuid::Uuid)> {
    let (id, name) = cursor.split_once('.')?;
    Some((name.to_owned(), id.parse().ok()?))
}

/// One person with what they own.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Refused`] when the actor may not see people.
pub async fn view(op: &Op, id: PersonId) -> Result<PersonView> {
    op.require(Access::ViewPeople)?;
    let mut conn = op.db().acquire().await?;
    let row = store::people::page(&mut conn, None, Some(id), None, 1)
        .await?
        .pop()
        .ok_or(Error::NotFound("person"))?;
    let filter = IdentityFilter {
        owner: Some(id),
        ..IdentityFilter::default()
    };
    let owned =
        store::identities::list::page(&mut conn, &filter, IdentitySort::Risk, None, 200, op.now)
            .await?;
    Ok(PersonView {
        row,
        owned: owned.rows,
        now: op.now,
    })
}
