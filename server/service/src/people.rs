//! People and teams: who answers for what.

use contract::Page;
use contract::identities::{IdentityFilter, IdentitySort};
use contract::ids::PersonId;
use contract::messages::Channel;
use contract::people::{DepartureInput, PeopleList, PersonRow, PersonView, TeamRow, TeamView};
use domain::access::Access;
use domain::identity::departure::letter;
use domain::identity::reason::Reason;
use domain::identity::secret;
use domain::page::cut;
use store::Tx;
use store::messages::NewMessage;

use crate::op::Done;
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
    let rows = store::people::page(&mut conn, None, None, after.and_then(key), limit + 1).await?;
    Ok(cut(rows, limit, |row| {
        format!("{}.{}", row.person.id, row.person.name)
    }))
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
    let duties = store::people::stands_in_for(&mut conn, id).await?;
    let mut stands_in = store::identities::list::by_ids(&mut conn, &duties, op.now).await?;
    stands_in.sort_by_key(|row| (std::cmp::Reverse(row.risk), row.id));
    let may_manage = op.require(Access::ManagePeople).is_ok()
        && op.actor.person().is_none_or(|person| person.id != id);
    Ok(PersonView {
        row,
        owned: owned.rows,
        stands_in,
        may_manage,
        now: op.now,
    })
}

/// Notes that somebody has left: they can no longer sign in, their sessions end, their open review items go to the next
/// who answers, and what they own is judged again. Or that they are back.
///
/// # Errors
/// [`Error::Invalid`] beside the reason, [`Error::Conflict`] when it is so already, [`Error::Forbidden`] on oneself.
pub async fn depart(op: &Op, input: &DepartureInput) -> Result<()> {
    op.require(Access::ManagePeople)?;
    if op.actor.person().is_some_and(|p| p.id == input.person) {
        return Err(Error::Forbidden(
            "Somebody else has to say this of you.".to_owned(),
        ));
    }
    if let Some(shape) = secret::find(&input.reason) {
        return Err(Error::field("reason", shape.refusal()));
    }
    let reason =
        Reason::parse(&input.reason).map_err(|why| Error::field("reason", why.to_string()))?;
    let mut tx = op.db().begin().await?;
    let (name, here) = store::people::lock(&mut tx, input.person)
        .await?
        .ok_or(Error::NotFound("person"))?;
    if here != input.left {
        let word = if here { "is here" } else { "has left" };
        return Err(Error::Conflict(format!("{name} {word} already.")));
    }
    store::people::set_active(&mut tx, input.person, !input.left).await?;
    let done = if input.left {
        store::sessions::delete_of_person(&mut tx, input.person).await?;
        settled(op, &mut tx, input.person, &name).await?
    } else {
        store::people::touch_owned(&mut tx, input.person).await?;
        store::messages::over(&mut tx, &left(input.person)).await?;
        Done::new(
            "person.returned",
            "person",
            &input.person,
            name.clone(),
            format!("{name} is back"),
        )
    };
    op.record(&mut tx, done.change("reason", "", reason.to_string()))
        .await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// Settles what people leave behind of whom an import or a sign-in told that they left. Says how many there were.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn settle_departures(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    let all = store::people::unsettled(&mut conn).await?;
    drop(conn);
    let mut count = 0;
    for person in all {
        let mut tx = op.db().begin().await?;
        let Some((name, false)) = store::people::lock(&mut tx, person).await? else {
            continue;
        };
        let done = settled(op, &mut tx, person, &name).await?;
        // What nobody can take over is looked at again and again, but told once.
        if !done.changes.is_empty() {
            op.record(&mut tx, done).await?;
            count += 1;
        }
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(count)
}

/// Hands on what a person who left leaves behind, and tells it.
async fn settled(op: &Op, tx: &mut Tx, id: PersonId, name: &str) -> Result<Done> {
    let owned = store::people::touch_owned(tx, id).await?;
    let moved = crate::campaigns::away_from(op, tx, id).await?;
    let mut done = Done::new(
        "person.left",
        "person",
        &id,
        name,
        format!(
            "{name} has left: {owned} owned identities need somebody, {} open reviews were handed on",
            moved.len()
        ),
    );
    for (identity, reviewer) in moved {
        done = done.change(&format!("reviewer of {identity}"), name, reviewer);
    }
    for backup in tell_backups(op, tx, id, name).await? {
        done = done.change("told", "", backup);
    }
    Ok(done)
}

/// The cause of the letters about somebody who left.
fn left(id: PersonId) -> String {
    format!("left:{id}")
}

/// Writes to each backup owner what they answer for now, once for each departure. Gives the names of those written to.
async fn tell_backups(op: &Op, tx: &mut Tx, id: PersonId, name: &str) -> Result<Vec<String>> {
    let mut told = Vec::new();
    for backup in store::people::backups_of(tx, id).await? {
        let link = format!("{}/people/{}", op.settings().public_url, backup.person);
        let (subject, body) = letter(&backup.name, name, &backup.identities, &link);
        let message = NewMessage {
            id: op.new_id(),
            person: Some(backup.person),
            to_name: backup.name.clone(),
            address: backup.email,
            channel: Channel::Email,
            kind: "departure",
            subject,
            body,
            campaigns: Vec::new(),
            cause: Some(left(id)),
        };
        if crate::messages::keep(op, tx, &message).await? {
            told.push(backup.name);
        }
    }
    Ok(told)
}
