//! Imports: a file is read row by row, compared with the roll, and saved in one transaction, or not at all.
//!
//! A dry run does exactly the same and rolls back, so the preview is what would happen. Memory holds the file, one
//! chunk of rows and the ids of what was touched.

mod code_owners;
pub mod files;
mod holdings;
mod identities;
mod people;
mod runners;
mod tally;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use contract::ids::{ImportId, PersonId};
use contract::imports::{
    ImportFormat, ImportHint, ImportKind, ImportProblem, ImportReport, ImportState,
};
use domain::access::Access;
use domain::import::{Found, Hint, Place, Record, read};
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::imports::files::{NewFile, Outcome};
use store::imports::write::{Author, Changed};
use uuid::Uuid;

use crate::op::Done;
use crate::{Error, Op, Result};
use tally::Tally;

/// Records compared and saved at once.
const CHUNK: usize = 500;

/// Rows after which the database looks at its tables anew; then after twice as many, and so on.
const LOOKED_AT: i64 = 2_000;

/// Identities judged before the answer is given; more are left to the job.
const JUDGED_AT_ONCE: usize = 2_000;

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The file's name, for the record.
    pub file: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What the person says of it.
    pub hint: Hint,
    /// Only say what would happen.
    pub dry_run: bool,
    /// Take the good rows of a file that has bad ones.
    pub skip_problems: bool,
    /// The uploaded file it is; absent for one read at the shell.
    pub kept: Option<ImportId>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows read.
    pub rows: i64,
    /// Problems found.
    pub problems: i64,
}

/// Told now and then while it runs.
pub type Watch<'w> = &'w (dyn Fn(Progress) + Send + Sync);

/// Imports a file, or says what that would do.
///
/// Wrong rows are in the report, not an error: with any of them nothing is saved unless the caller skips them.
///
/// # Errors
/// [`crate::Error::Refused`] when the actor may not import.
pub async fn run(op: &Op, input: &Input<'_>, watch: Watch<'_>) -> Result<ImportReport> {
    op.require(Access::ImportInventory)?;
    let hint = Hint {
        now: op.now,
        ..input.hint.clone()
    };
    let reading = match read(input.bytes, &hint) {
        Ok(reading) => reading,
        Err(problems) => return Ok(Tally::refused(input, problems, op.now)),
    };
    let mut tx = op.db().begin_bulk().await?;
    store::imports::lock(&mut tx).await?;
    if let Some(id) = input.kept {
        still_wanted(&mut tx, id).await?;
    }
    let mut run = Run::new(op, input);
    let mut chunk: Vec<(Place, Record)> = Vec::with_capacity(CHUNK);
    for found in reading.found {
        match found {
            Found::Record(place, record) => {
                run.tally.row(&place);
                chunk.push((place, record));
            }
            Found::Problem(problem) => {
                run.tally.row(&Place::of(&problem.list, problem.row));
                run.tally.problem(problem);
            }
            Found::Note(note) => run.tally.note(note),
        }
        if chunk.len() >= CHUNK {
            run.take(&mut tx, std::mem::take(&mut chunk)).await?;
            run.look_anew(&mut tx).await?;
            run.tell(watch).await?;
        }
    }
    run.take(&mut tx, chunk).await?;
    run.tell(watch).await?;
    let sound = run.tally.is_sound() || input.skip_problems;
    let applied = sound && !input.dry_run;
    if applied {
        run.finish(&mut tx).await?;
    }
    let (id, tally) = (run.id, run.tally);
    let report = tally.report(input, reading.format, reading.mapping, applied, op.now);
    if applied {
        keep(op, &mut tx, id, input, &report).await?;
        tx.commit().await.map_err(store::Error::from)?;
    } else {
        tx.rollback().await.map_err(store::Error::from)?;
    }
    Ok(report)
}

/// The report on a file that is refused before it is read.
fn refusal(
    file: &str,
    format: Option<ImportFormat>,
    problems: Vec<ImportProblem>,
    now: DateTime<Utc>,
) -> ImportReport {
    let input = Input {
        file,
        bytes: &[],
        hint: Hint {
            format,
            ..Hint::at(now)
        },
        dry_run: true,
        skip_problems: false,
        kept: None,
    };
    Tally::refused(&input, problems, now)
}

/// Whether an uploaded file still is to be worked on: what waited for its turn may have been done meanwhile.
async fn still_wanted(tx: &mut Tx, id: ImportId) -> Result<()> {
    let found = store::imports::files::progress(tx, id).await?;
    match found {
        Some(found) if found.state.is_under_way() => Ok(()),
        _ => Err(Error::Conflict("This was done already.".to_owned())),
    }
}

/// Keeps the report of what was saved, beside it in one transaction.
async fn keep(
    op: &Op,
    tx: &mut Tx,
    id: ImportId,
    input: &Input<'_>,
    report: &ImportReport,
) -> Result<()> {
    if input.kept.is_none() {
        let (_, _, by_name) = op.actor.identity();
        let new = NewFile {
            id,
            file: input.file,
            size: i64::try_from(input.bytes.len()).unwrap_or(i64::MAX),
            digest: &Sha256::digest(input.bytes),
            state: ImportState::Saved,
            columns: &[],
            hint: &ImportHint::default(),
            rows_total: Some(report.rows),
            report: Some(report),
            reason: "",
            by: op.actor.person().map(|person| person.id),
            by_name: &by_name,
        };
        return Ok(store::imports::files::insert(tx, &new, op.now).await?);
    }
    let outcome = Outcome {
        state: ImportState::Saved,
        report: Some(report),
        reason: "",
    };
    Ok(store::imports::files::settle(tx, id, &outcome, op.now).await?)
}

/// An import under way.
struct Run<'o> {
    op: &'o Op,
    /// The import's own id.
    id: ImportId,
    file: String,
    /// Whether somebody watches it on a page.
    watched: bool,
    tally: Tally,
    /// Which row named each thing first: a file may not say two things of one.
    seen: HashMap<(ImportKind, String), u64>,
    /// Identities this import entered: what they hold needs no entry of its own in their history.
    entered: HashSet<Uuid>,
    /// Identities whose facts changed.
    touched: HashSet<Uuid>,
    /// People who left by this import.
    left: Vec<PersonId>,
    /// Changes waiting to be kept.
    changed: Vec<Changed>,
    /// Rows after which the database looks at its tables anew.
    look_at: i64,
}

impl<'o> Run<'o> {
    fn new(op: &'o Op, input: &Input<'_>) -> Self {
        Self {
            op,
            id: input.kept.unwrap_or_else(|| ImportId(op.new_id())),
            file: input.file.to_owned(),
            watched: input.kept.is_some(),
            tally: Tally::default(),
            seen: HashMap::new(),
            entered: HashSet::new(),
            touched: HashSet::new(),
            left: Vec::new(),
            changed: Vec::new(),
            look_at: LOOKED_AT,
        }
    }

    /// Has the database look at its tables anew, each time twice as much was read.
    async fn look_anew(&mut self, tx: &mut Tx) -> Result<()> {
        if self.tally.progress().rows < self.look_at {
            return Ok(());
        }
        self.look_at *= 2;
        Ok(store::imports::look_anew(tx).await?)
    }

    /// Tells how far it is, and notes it outside the transaction where a page shows it.
    async fn tell(&self, watch: Watch<'_>) -> Result<()> {
        let progress = self.tally.progress();
        watch(progress);
        if self.watched {
            let mut conn = self.op.db().acquire().await?;
            let (rows, problems) = (progress.rows, progress.problems);
            store::imports::files::note_progress(&mut conn, self.id, rows, problems).await?;
        }
        Ok(())
    }

    /// Compares and saves a chunk. What is spoken of comes before what speaks of it.
    async fn take(&mut self, tx: &mut Tx, chunk: Vec<(Place, Record)>) -> Result<()> {
        let (mut teams, mut folk, mut own) = (Vec::new(), Vec::new(), Vec::new());
        let (mut keys, mut grants, mut trusts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut machines, mut owners) = (Vec::new(), Vec::new());
        for (place, record) in chunk {
            match record {
                Record::Team(one) => teams.push((place, one)),
                Record::Person(one) => folk.push((place, one)),
                Record::Identity(one) => own.push((place, *one)),
                Record::Credential(one) => keys.push((place, one)),
                Record::Permission(one) => grants.push((place, one)),
                Record::Trust(one) => trusts.push((place, one)),
                Record::Runner(one) => machines.push((place, one)),
                Record::CodeOwners(one) => owners.push((place, one)),
            }
        }
        people::teams(self, tx, teams).await?;
        people::people(self, tx, folk).await?;
        identities::take(self, tx, own).await?;
        holdings::credentials(self, tx, keys).await?;
        holdings::permissions(self, tx, grants).await?;
        holdings::trusts(self, tx, trusts).await?;
        runners::take(self, tx, machines).await?;
        code_owners::take(self, tx, owners).await?;
        let changed = std::mem::take(&mut self.changed);
        if !changed.is_empty() {
            store::imports::write::changes(tx, &changed, &self.author(), self.op.now).await?;
        }
        Ok(())
    }

    fn author(&self) -> Author {
        let (kind, _, name) = self.op.actor.identity();
        Author {
            kind: kind.as_str(),
            name,
            action: "identity.imported",
            request_id: self.op.request_id.clone(),
        }
    }

    /// Notes a change for an identity's history.
    fn change(&mut self, identity: Uuid, changes: Vec<(String, String, String)>) {
        let id = self.op.new_id();
        let summary = format!("Imported from {}", self.file);
        self.changed.push(Changed {
            id,
            identity,
            summary,
            changes,
        });
    }

    /// Whether this is the first row that names the thing; a second one is a problem.
    fn is_first(&mut self, kind: ImportKind, key: &str, place: &Place, field: &str) -> bool {
        let before = *self.seen.entry((kind, key.to_owned())).or_insert(place.row);
        if before == place.row {
            return true;
        }
        self.tally.problem(place.problem(
            field,
            format!(
                "“{}” stands in row {before} already",
                domain::import::fields::cut(key)
            ),
        ));
        false
    }

    /// Derives, judges, and writes the one entry of the record.
    async fn finish(&mut self, tx: &mut Tx) -> Result<()> {
        let op = self.op;
        if !self.left.is_empty() {
            let left: Vec<Uuid> = self.left.iter().map(|person| person.0).collect();
            self.touched
                .extend(store::imports::people::answered_for(tx, &left).await?);
            store::imports::people::end_sessions(tx, &left).await?;
        }
        let touched: Vec<Uuid> = self.touched.iter().copied().collect();
        let at_once = touched.len() <= JUDGED_AT_ONCE;
        for ids in touched.chunks(CHUNK) {
            store::imports::write::touch(tx, ids, op.now).await?;
            if at_once {
                crate::posture::refresh(op, tx, ids).await?;
            } else {
                store::identities::derive::columns(tx, ids, &crate::posture::credential_rules())
                    .await?;
                let payload = serde_json::json!({ "identities": ids });
                store::queue::enqueue(tx, "posture", &payload, None, op.now).await?;
            }
        }
        let mut done = Done::new(
            "inventory.imported",
            "import",
            &self.id,
            self.file.clone(),
            self.tally.sentence(&self.file),
        );
        for count in self.tally.counts() {
            let after = format!(
                "{} new, {} changed, {} unchanged, {} in conflict",
                count.create, count.update, count.unchanged, count.conflict
            );
            done = done.change(count.kind.as_str(), "", after);
        }
        op.record(tx, done).await?;
        Ok(())
    }
}
