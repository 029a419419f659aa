//! Uploaded files: put aside, checked, shown, confirmed, saved, forgotten.
//!
//! A file that holds a secret is refused before it is kept anywhere. Any other lies in the database until it is
//! confirmed or discarded, for a few hours at most; what stays is the report. Short files are checked and saved while
//! the person waits, longer ones by a job that acts in their name.

mod work;

use chrono::TimeDelta;
use contract::ids::ImportId;
use contract::imports::{
    ImportFormat, ImportHint, ImportKind, ImportList, ImportMapping, ImportProgress, ImportRow,
    ImportState, ImportView,
};
use domain::access::{Access, Actor};
use domain::import::outline;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::imports::files::{File, NewFile, Outcome};

use crate::op::Done;
use crate::{Error, Op, Result};

pub use store::imports::files::is_cursor;
pub use work::{sweep, work};

/// How long a file waits for its confirmation.
const KEPT: TimeDelta = TimeDelta::hours(4);

/// Longest file, in bytes, that is checked and saved while the person waits.
const AT_ONCE: i64 = 256 * 1024;

/// Imports on one page of the list.
const PAGE: i64 = 25;

/// The queue's word for the job.
const JOB: &str = "import";

/// A file as it was uploaded.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name, as the browser gives it.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What the person says of it.
    pub hint: ImportHint,
}

/// What was imported, and what waits, newest first.
///
/// # Errors
/// [`Error::Refused`] when the actor may not import.
pub async fn list(op: &Op, after: Option<&str>) -> Result<ImportList> {
    op.require(Access::ImportInventory)?;
    Ok(ImportList {
        page: rows(op, after, PAGE).await?,
        most_mib: op.settings().import_bytes / (1024 * 1024),
        now: op.now,
    })
}

/// The same as machines read it, as many at once as they like.
///
/// # Errors
/// [`Error::Refused`] when the actor may not import.
pub async fn rows(op: &Op, after: Option<&str>, limit: i64) -> Result<contract::Page<ImportRow>> {
    op.require(Access::ImportInventory)?;
    let mut conn = op.db().acquire().await?;
    Ok(store::imports::files::list(&mut conn, after, limit).await?)
}

/// One import with its preview or result.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn view(op: &Op, id: ImportId) -> Result<ImportView> {
    op.require(Access::ImportInventory)?;
    let mut conn = op.db().acquire().await?;
    let file = found(store::imports::files::get(&mut conn, id).await?)?;
    let kind = outline::kind(&file.columns, &file.hint);
    let waits = matches!(file.row.state, ImportState::Checking | ImportState::Ready);
    Ok(ImportView {
        kind,
        columns: outline::mapping(&file.columns, &file.hint),
        fields: kind.map(outline::fields).unwrap_or_default(),
        kept_until: waits.then(|| file.row.updated_at + KEPT),
        row: file.row,
        hint: file.hint,
        report: file.report,
        progress: file.progress,
        reason: file.reason,
        now: op.now,
    })
}

/// How far an import is.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn progress(op: &Op, id: ImportId) -> Result<ImportProgress> {
    op.require(Access::ImportInventory)?;
    let mut conn = op.db().acquire().await?;
    store::imports::files::progress(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("import"))
}

/// Puts a file aside and has it checked. One with a secret in it is noted as refused, and not kept.
///
/// # Errors
/// [`Error::Invalid`] when there is nothing in it.
pub async fn upload(op: &Op, upload: Upload) -> Result<ImportId> {
    op.require(Access::ImportInventory)?;
    if upload.bytes.is_empty() {
        return Err(Error::field("file", "The file is empty. Choose another."));
    }
    let name = name_of(&upload.file);
    let id = ImportId(op.new_id());
    let format = upload.hint.format;
    let problems = outline::secrets(&upload.bytes, format);
    let refused = !problems.is_empty();
    let outline = outline::outline(&upload.bytes, format);
    let report = refused.then(|| super::refusal(&name, format, problems, op.now));
    let (_, _, by_name) = op.actor.identity();
    let size = i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX);
    let new = NewFile {
        id,
        file: &name,
        size,
        digest: &Sha256::digest(&upload.bytes),
        state: if refused {
            ImportState::Refused
        } else {
            ImportState::Checking
        },
        // A header may itself be the secret.
        columns: if refused { &[] } else { &outline.columns },
        hint: &upload.hint,
        rows_total: outline.rows,
        report: report.as_ref(),
        reason: if refused {
            "It holds what looks like secrets. Nothing of it was kept or logged: take them out, revoke them where they were made, and upload the file again."
        } else {
            ""
        },
        by: op.actor.person().map(|person| person.id),
        by_name: &by_name,
    };
    let mut tx = op.db().begin().await?;
    store::imports::files::insert(&mut tx, &new, op.now).await?;
    let (action, verb) = if refused {
        ("import.refused", "Refused")
    } else {
        store::imports::files::put_aside(&mut tx, id, &upload.bytes).await?;
        later(op, &mut tx, id, size).await?;
        ("import.uploaded", "Uploaded")
    };
    record(op, &mut tx, id, action, format!("{verb} {name} for import")).await?;
    tx.commit().await.map_err(store::Error::from)?;
    drop(upload);
    if !refused {
        at_once(op, id, size).await?;
    }
    Ok(id)
}

/// Checks a file anew, with what the person says of it.
///
/// # Errors
/// [`Error::Invalid`] beside each wrong field, [`Error::Conflict`] when it does not wait any more.
pub async fn remap(op: &Op, id: ImportId, input: &ImportMapping) -> Result<()> {
    op.require(Access::ImportInventory)?;
    let hint = hint(input)?;
    let mut tx = op.db().begin().await?;
    let file = waiting(&mut tx, id).await?;
    // Another format may have other columns, or none.
    let columns = if hint.format == file.hint.format {
        file.columns.clone()
    } else {
        let bytes = store::imports::files::bytes(&mut tx, id, file.row.size).await?;
        outline::outline(&bytes, hint.format).columns
    };
    store::imports::files::check_again(&mut tx, id, &hint, &columns, op.now).await?;
    later(op, &mut tx, id, file.row.size).await?;
    let said = format!("Said how {} is to be read", file.row.file);
    record(op, &mut tx, id, "import.mapped", said).await?;
    tx.commit().await.map_err(store::Error::from)?;
    at_once(op, id, file.row.size).await
}

/// Has a checked file saved. With `skip_problems` without the rows that cannot be taken.
///
/// # Errors
/// [`Error::Conflict`] when it does not wait any more, or has problems that were not waived.
pub async fn confirm(op: &Op, id: ImportId, skip_problems: bool) -> Result<()> {
    op.require(Access::ImportInventory)?;
    let mut tx = op.db().begin().await?;
    let file = waiting(&mut tx, id).await?;
    let report = file.report.as_ref();
    if report.is_none_or(|report| report.problem_count > 0 && !skip_problems) {
        return Err(Error::Conflict(
            "Some rows of this file cannot be taken. Mend the file and upload it again, or say that the good rows are to be saved without them.".to_owned(),
        ));
    }
    store::imports::files::confirm(&mut tx, id, skip_problems, op.now).await?;
    later(op, &mut tx, id, file.row.size).await?;
    let said = format!("Confirmed the import of {}", file.row.file);
    record(op, &mut tx, id, "import.confirmed", said).await?;
    tx.commit().await.map_err(store::Error::from)?;
    at_once(op, id, file.row.size).await
}

/// Forgets a file that was not saved.
///
/// # Errors
/// [`Error::Conflict`] when it does not wait any more.
pub async fn discard(op: &Op, id: ImportId) -> Result<()> {
    op.require(Access::ImportInventory)?;
    let mut tx = op.db().begin().await?;
    let file = waiting(&mut tx, id).await?;
    let outcome = Outcome {
        state: ImportState::Discarded,
        report: None,
        reason: "",
    };
    store::imports::files::settle(&mut tx, id, &outcome, op.now).await?;
    let said = format!("Discarded {} without importing it", file.row.file);
    record(op, &mut tx, id, "import.discarded", said).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// A file that waits for its person, locked.
async fn waiting(tx: &mut Tx, id: ImportId) -> Result<File> {
    let state = found(store::imports::files::lock(tx, id).await?)?;
    if state != ImportState::Ready {
        return Err(Error::Conflict(format!(
            "This file does not wait for you any more: {}.",
            state.label().to_lowercase()
        )));
    }
    found(store::imports::files::get(tx, id).await?)
}

fn found<T>(found: Option<T>) -> Result<T> {
    found.ok_or(Error::NotFound("import"))
}

async fn later(op: &Op, tx: &mut Tx, id: ImportId, size: i64) -> Result<()> {
    // A short file is done at once; the job is there in case this process ends before.
    let grace = if size <= AT_ONCE { 60 } else { 0 };
    let payload = json!({ "import": id });
    let at = op.now + TimeDelta::seconds(grace);
    Ok(store::queue::enqueue(tx, JOB, &payload, None, at).await?)
}

async fn at_once(op: &Op, id: ImportId, size: i64) -> Result<()> {
    if size <= AT_ONCE {
        // A person's roles are looked up anew; a token is known only while it asks.
        let actor = matches!(op.actor, Actor::Token { .. }).then(|| op.actor.clone());
        work::work_as(op.services(), id, actor).await?;
    }
    Ok(())
}

async fn record(
    op: &Op,
    tx: &mut Tx,
    id: ImportId,
    action: &'static str,
    said: String,
) -> Result<()> {
    let done = Done::new(action, "import", &id, "", said);
    op.record(tx, done).await?;
    Ok(())
}

fn hint(input: &ImportMapping) -> Result<ImportHint> {
    let word = |text: &str| Some(text.trim().to_owned()).filter(|word| !word.is_empty());
    let format = word(&input.format)
        .map(|word| word.parse::<ImportFormat>())
        .transpose()
        .map_err(|_| Error::field("format", "Choose one of the formats."))?;
    let kind = word(&input.kind)
        .map(|word| word.parse::<ImportKind>())
        .transpose()
        .map_err(|_| Error::field("kind", "Choose what the rows are about."))?;
    let columns = input.column.iter().zip(&input.field);
    let mapping: Vec<(String, String)> = columns
        .map(|(column, field)| (column.clone(), field.trim().to_owned()))
        .filter(|(column, _)| !column.is_empty())
        .collect();
    let mut taken: Vec<&str> = Vec::new();
    for (column, field) in mapping.iter().filter(|(_, field)| !field.is_empty()) {
        if taken.contains(&field.as_str()) {
            let why = format!(
                "“{column}” and another column are both taken for {field}. Leave one of them out."
            );
            return Err(Error::field("field", why));
        }
        taken.push(field);
    }
    Ok(ImportHint {
        format,
        kind,
        mapping,
        subject: input.subject.trim().chars().take(200).collect(),
    })
}

/// The file's own name: some browsers send a path; nothing else of it is kept.
fn name_of(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    match plain.trim() {
        "" => "upload".to_owned(),
        _ if domain::identity::secret::find(&plain).is_some() => "upload".to_owned(),
        plain => plain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name_and_nothing_else_of_its_path() {
        for (given, kept) in [
            ("C:\\Users\\Mira\\list.csv", "list.csv"),
            ("../../etc/passwd", "passwd"),
            ("a\nb.csv", "ab.csv"),
            ("", "upload"),
            ("/", "upload"),
        ] {
            assert_eq!(name_of(given), kept, "{given}");
        }
    }

    #[test]
    fn one_field_cannot_be_two_columns() {
        let input = |fields: [&str; 2]| ImportMapping {
            column: vec!["A".into(), "B".into()],
            field: fields.map(str::to_owned).to_vec(),
            ..ImportMapping::default()
        };
        assert!(hint(&input(["name", "name"])).is_err());
        let hint = hint(&input(["name", ""])).expect("a hint");
        assert_eq!(hint.mapping[1], ("B".to_owned(), String::new()));
        let odd = ImportMapping {
            format: "xlsx".into(),
            ..ImportMapping::default()
        };
        assert!(
            matches!(super::hint(&odd), Err(Error::Invalid(wrong)) if wrong[0].field == "format")
        );
    }
}
