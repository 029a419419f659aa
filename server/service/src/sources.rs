//! Sources: seeing them, making them, and what proves them.

mod attempts;
mod door;
mod rule;
pub(crate) mod secret;

use contract::FieldError;
use contract::events::EventFormat;
use contract::ids::SourceId;
use contract::sources::{
    Proving, SourceChange, SourceCreated, SourceInput, SourceList, SourceRow, SourceView,
};
use domain::access::{Access, Actor};
use domain::coverage;
use domain::event::retention::MONTHS;
use store::Conn;
use store::sources::NewSource;

pub use attempts::{replay, test_delivery};
pub use door::judges_by_signature;
pub use secret::check_key;

use crate::op::Done;
use crate::{Error, Op, Result};

/// Rejects shown with a source.
const REJECTS: i64 = 20;

/// Lists every source with its coverage.
///
/// # Errors
/// [`Error::Refused`] when the viewer may not.
pub async fn list(op: &Op) -> Result<SourceList> {
    op.require(Access::ViewSources)?;
    let mut conn = op.db().acquire().await?;
    let rows = rows(op, &mut conn).await?;
    Ok(SourceList {
        now: op.now,
        rows,
        may_manage: op.require(Access::ManageSources).is_ok(),
    })
}

/// Every source, with what it covers and how long its events are kept.
async fn rows(op: &Op, conn: &mut Conn) -> Result<Vec<SourceRow>> {
    let mut rows = ledger(op, store::sources::list(conn, op.now.date_naive()).await?);
    let kept = crate::events::retention::plan(op, conn).await?;
    for row in &mut rows {
        if let Some((_, retention)) = kept.iter().find(|(id, _)| *id == row.id) {
            row.retention = retention.clone();
        }
    }
    Ok(rows)
}

/// The coverage ledger: what is usual for each source, where it was silent, what it cannot see.
fn ledger(op: &Op, mut rows: Vec<SourceRow>) -> Vec<SourceRow> {
    for row in &mut rows {
        let spoke_before = row.accepted > row.days.iter().sum();
        let found = coverage::ledger(&row.days, op.now.date_naive(), spoke_before);
        row.usual = found.usual;
        row.gaps = found.gaps;
        row.blind = coverage::blind_spots(row.format)
            .iter()
            .map(|sentence| (*sentence).to_owned())
            .collect();
    }
    rows
}

/// One source with its newest rejects.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn get(op: &Op, slug: &str) -> Result<SourceView> {
    op.require(Access::ViewSources)?;
    let mut conn = op.db().acquire().await?;
    let rows = rows(op, &mut conn).await?;
    let row = rows
        .into_iter()
        .find(|row| row.slug == slug)
        .ok_or(Error::NotFound("source"))?;
    let rejects = store::sources::rejects(&mut conn, row.id, REJECTS).await?;
    let row_id = row.id;
    let quarantined = store::sources::quarantined(&mut conn, row.id).await?;
    let kindless = store::sources::kindless(&mut conn, row.id, op.now).await?;
    Ok(SourceView {
        now: op.now,
        may_manage: op.require(Access::ManageSources).is_ok(),
        url: url(op, &row.slug),
        row,
        rejects,
        quarantined,
        kindless,
        rule: store::sources::rule(&mut conn, row_id).await?,
        refused: store::sources::refusal(&mut conn, row_id).await?,
    })
}

/// Makes a source and returns its token, this once.
///
/// # Errors
/// [`Error::Invalid`] with what is wrong beside each field.
pub async fn create(op: &Op, input: &SourceInput) -> Result<SourceCreated> {
    op.require(Access::ManageSources)?;
    let Checked {
        name,
        slug,
        format,
        proving,
    } = checked(input)?;
    let id = SourceId(op.new_id());
    let rule = rule::checked(op, &slug, proving, &input.rule)?;
    let fresh = secret::entered_or_made(op, id, &input.secret)?;
    let mut tx = op.db().begin().await?;
    let new = NewSource {
        id,
        slug: &slug,
        name: &name,
        format,
        secret: fresh.kept(),
        proving,
        created_by: op.actor.person().map(|person| person.id),
    };
    match store::sources::insert(&mut tx, &new, op.now).await {
        Err(store::Error::Constraint(constraint)) if constraint == "sources_slug_key" => {
            return Err(Error::field(
                "slug",
                format!("“{slug}” is taken by another source."),
            ));
        }
        done => done?,
    }
    store::sources::set_rule(&mut tx, id, &rule).await?;
    op.record(
        &mut tx,
        Done::new(
            "source.created",
            "source",
            &id,
            &*name,
            format!("Connected the source {name}"),
        ),
    )
    .await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(SourceCreated {
        url: url(op, &slug),
        slug,
        token: fresh.token,
    })
}

/// Gives a source a new token, this once; the old one stops working at once.
///
/// # Errors
/// [`Error::NotFound`] when there is no such source.
pub async fn renew_token(op: &Op, slug: &str) -> Result<SourceCreated> {
    op.require(Access::ManageSources)?;
    let fresh = secret::mint(op)?;
    let mut tx = op.db().begin().await?;
    let door = store::sources::door(&mut tx, slug)
        .await?
        .ok_or(Error::NotFound("source"))?;
    store::sources::renew(&mut tx, door.id, fresh.kept()).await?;
    let done = Done::new(
        "source.token_renewed",
        "source",
        &door.id,
        slug,
        format!("Renewed the token of {slug}"),
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(SourceCreated {
        slug: slug.to_owned(),
        url: url(op, slug),
        token: fresh.token,
    })
}

/// Changes what a source sends and how its sender proves itself, and takes its own secret where one is entered; the
/// old one stops working at once.
///
/// # Errors
/// [`Error::NotFound`] when there is no such source; [`Error::Invalid`] beside each field.
pub async fn change(op: &Op, input: &SourceChange) -> Result<()> {
    op.require(Access::ManageSources)?;
    let word = |format: Option<EventFormat>| format.map_or("from the content", EventFormat::as_str);
    let proving: Proving = input
        .proving
        .parse()
        .map_err(|_| Error::field("proving", "Choose one of the ways."))?;
    let format = match input.format.trim() {
        "" => None,
        word => Some(
            word.parse()
                .map_err(|_| Error::field("format", "Choose one of the formats."))?,
        ),
    };
    let rule = rule::checked(op, &input.slug, proving, &input.rule)?;
    let keep = months(&input.keep_months)?;
    let mut tx = op.db().begin().await?;
    let door = store::sources::door(&mut tx, &input.slug)
        .await?
        .ok_or(Error::NotFound("source"))?;
    let was = store::sources::rule(&mut tx, door.id).await?;
    store::sources::set_rule(&mut tx, door.id, &rule).await?;
    let before = store::sources::format(&mut tx, door.id).await?;
    store::sources::change(&mut tx, door.id, format, proving).await?;
    let mut done = Done::new(
        "source.changed",
        "source",
        &door.id,
        &*input.slug,
        format!("Changed the source {}", input.slug),
    );
    if before != format {
        done = done.change("format", word(before), word(format));
    }
    for (field, before, after) in rule::changes(&was, &rule) {
        done = done.change(field, before, after);
    }
    let kept = store::sources::keep(&mut tx, door.id, keep).await?;
    if kept != keep {
        let word = |months: Option<u32>| {
            months.map_or_else(
                || "as everywhere".to_owned(),
                |months| format!("{months} months"),
            )
        };
        done = done.change("kept", word(kept), word(keep));
    }
    if door.proving != proving {
        done = done.change("proving", door.proving.as_str(), proving.as_str());
    }
    if !input.secret.trim().is_empty() {
        let fresh = secret::entered_or_made(op, door.id, &input.secret)?;
        store::sources::renew(&mut tx, door.id, fresh.kept()).await?;
        done = done.change("secret", "", "entered anew");
    }
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// Makes sure there is a source for files read at the shell.
///
/// # Errors
/// When the slug makes no sense.
pub async fn ensure(op: &Op, slug: &str) -> Result<()> {
    op.require(Access::Operate)?;
    let there = store::sources::door(&mut *op.db().acquire().await?, slug).await?;
    if there.is_none() && matches!(op.actor, Actor::Cli { .. } | Actor::System) {
        let input = SourceInput {
            name: format!("Files ({slug})"),
            slug: slug.to_owned(),
            ..SourceInput::default()
        };
        create(op, &input).await?;
    }
    Ok(())
}

/// Whole months, as they were typed; nothing means as everywhere.
fn months(typed: &str) -> Result<Option<u32>> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let months = typed.parse().ok().filter(|months| MONTHS.contains(months));
    months.map(Some).ok_or_else(|| {
        let (least, most) = (MONTHS.start(), MONTHS.end());
        Error::field(
            "keep_months",
            format!("Must be between {least} and {most} months."),
        )
    })
}

fn url(op: &Op, slug: &str) -> String {
    format!("{}/ingest/v1/{slug}", op.settings().public_url)
}

struct Checked {
    name: String,
    slug: String,
    format: Option<EventFormat>,
    proving: Proving,
}

fn checked(input: &SourceInput) -> Result<Checked> {
    let mut wrong = Vec::new();
    let mut say = |field: &str, message: &str| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        });
    };
    let name = input.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 {
        say(
            "name",
            "Give it a name of at most 80 characters, such as “GitHub audit log, acme”.",
        );
    }
    let slug = if input.slug.trim().is_empty() {
        slug_of(&name)
    } else {
        input.slug.trim().to_owned()
    };
    let good = slug.len() <= 60
        && slug.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && slug
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !good {
        say(
            "slug",
            "Use lower-case letters, digits and hyphens, beginning with a letter or digit.",
        );
    }
    let word = input.format.trim();
    let format = word.parse().ok();
    if format.is_none() && !word.is_empty() {
        say("format", "Choose one of the formats.");
    }
    let word = input.proving.trim();
    let proving = word.parse();
    if proving.is_err() && !word.is_empty() {
        say("proving", "Choose one of the ways.");
    }
    if wrong.is_empty() {
        Ok(Checked {
            name,
            slug,
            format,
            proving: proving.unwrap_or(Proving::Secret),
        })
    } else {
        Err(Error::Invalid(wrong))
    }
}

fn slug_of(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-").chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_slugs() {
        assert_eq!(slug_of("GitHub audit log, Acme!"), "github-audit-log-acme");
        let input = |name: &str, slug: &str, format: &str| SourceInput {
            name: name.to_owned(),
            slug: slug.to_owned(),
            format: format.to_owned(),
            ..SourceInput::default()
        };
        assert!(checked(&input("GitHub", "", "github_audit")).is_ok());
        for (bad, field) in [
            (input("", "x", ""), "name"),
            (input("x", "Not a slug", ""), "slug"),
            (input("é", "", ""), "slug"),
            (input("x", "", "csv"), "format"),
        ] {
            let Err(Error::Invalid(wrong)) = checked(&bad) else {
                panic!("accepted")
            };
            assert_eq!(wrong[0].field, field);
        }
    }

    #[test]
    fn months_are_a_number_within_bounds_or_nothing() {
        for (typed, kept) in [
            ("", None),
            (" ", None),
            ("4", Some(4)),
            (" 240 ", Some(240)),
        ] {
            assert_eq!(months(typed).ok(), Some(kept), "{typed:?}");
        }
        for typed in ["3", "241", "-4", "a year", "4.5"] {
            let Err(Error::Invalid(wrong)) = months(typed) else {
                panic!("{typed} was taken")
            };
            assert_eq!(wrong[0].field, "keep_months");
        }
    }
}
