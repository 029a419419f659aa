//! The work behind an uploaded file: the check, or the saving, in the name of whoever asked for it.

use contract::ids::ImportId;
use contract::imports::{ImportReport, ImportState};
use domain::access::{Access, Actor};
use domain::import::Hint;
use store::imports::files::{File, Outcome};

use super::KEPT;
use crate::imports::{Input, run};
use crate::{Error, Op, OpKind, Result, Services};

/// Does what waits to be done with a file. Idempotent: what is done already is left alone.
///
/// # Errors
/// When the database cannot do it; whatever is wrong with the file is told on its page.
pub async fn work(services: &Services, id: ImportId) -> Result<&'static str> {
    work_as(services, id, None).await
}

/// The same in the name of this actor; absent means of whoever brought the file.
pub(super) async fn work_as(
    services: &Services,
    id: ImportId,
    actor: Option<Actor>,
) -> Result<&'static str> {
    let mut conn = services.db.acquire().await?;
    let Some(file) = store::imports::files::get(&mut conn, id).await? else {
        return Ok("gone");
    };
    if !file.row.state.is_under_way() {
        return Ok("done already");
    }
    let bytes = store::imports::files::bytes(&mut conn, id, file.row.size).await?;
    drop(conn);
    let op = in_the_name_of(services, &file, actor).await?;
    if op.actor == Actor::Anonymous {
        let why = "Whoever uploaded this file is not here any more.";
        settle(&op, id, ImportState::Failed, None, why).await?;
        return Ok("nobody's");
    }
    if bytes.is_empty() {
        settle(
            &op,
            id,
            ImportState::Failed,
            None,
            "The file is not there any more. Upload it again.",
        )
        .await?;
        return Ok("gone");
    }
    let input = Input {
        file: &file.row.file,
        bytes: &bytes,
        hint: Hint {
            format: file.hint.format,
            kind: file.hint.kind,
            mapping: file.hint.mapping.clone(),
            subject: Some(file.hint.subject.clone()).filter(|subject| !subject.is_empty()),
            now: op.now,
        },
        dry_run: file.row.state == ImportState::Checking,
        skip_problems: file.skip_problems,
        kept: Some(id),
    };
    match run(&op, &input, &|_| {}).await {
        Ok(report) => {
            finish(&op, &file, &report).await?;
            Ok("done")
        }
        Err(error @ Error::Store(_)) => Err(error),
        Err(error) => {
            settle(&op, id, ImportState::Failed, None, &error.to_string()).await?;
            Ok("failed")
        }
    }
}

/// Whoever brought the file, with the roles they have now; nobody when they are not here any more. What a token left to
/// the job is done by Rollcall: the record says who confirmed it.
async fn in_the_name_of(services: &Services, file: &File, actor: Option<Actor>) -> Result<Op> {
    let system = services.system("import");
    let actor = match (actor, file.by) {
        (Some(actor), _) => actor,
        (None, Some(person)) => crate::session::actor(&system, person).await?,
        (None, None) => Actor::System,
    };
    let mut op = services.op(actor, OpKind::Job, String::new());
    op.request_id = system.request_id;
    Ok(op)
}

async fn finish(op: &Op, file: &File, report: &ImportReport) -> Result<()> {
    let id = file.row.id;
    match file.row.state {
        // Saved in the transaction of the import itself.
        _ if report.applied => Ok(()),
        ImportState::Checking => settle(op, id, ImportState::Ready, Some(report), "").await,
        _ => {
            let why = "The roll has changed since the preview, and some rows cannot be taken any more. Nothing was saved; look at them and confirm again.";
            settle(op, id, ImportState::Ready, Some(report), why).await
        }
    }
}

async fn settle(
    op: &Op,
    id: ImportId,
    state: ImportState,
    report: Option<&ImportReport>,
    reason: &str,
) -> Result<()> {
    let mut tx = op.db().begin().await?;
    let standing = store::imports::files::lock(&mut tx, id).await?;
    if standing.is_some_and(ImportState::is_under_way) {
        let outcome = Outcome {
            state,
            report,
            reason,
        };
        store::imports::files::settle(&mut tx, id, &outcome, op.now).await?;
    }
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// Forgets files nobody confirmed.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn sweep(op: &Op) -> Result<u64> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let gone = store::imports::files::expire(&mut tx, op.now - KEPT, op.now).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(gone)
}
