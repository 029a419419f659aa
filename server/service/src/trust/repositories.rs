//! Repositories whose pipelines are kept: brought whole, judged, joined with the roll's trusts, and judged again when the
//! trusts change. What is kept are the facts of their jobs and the findings, never the text of a file.

mod brought;
mod join;
mod named;

use std::collections::HashMap;

use contract::ids::{IdentityId, RepositoryId};
use contract::pipelines::{Kept, RepositoryList, RepositoryRow, RepositoryView};
use domain::access::Access;
use domain::trust::scan::Brought;
use domain::trust::{Governance, Home, Raised};
use store::Tx;
use store::pipelines::{Became, Found, Repository};

use crate::op::Done;
use crate::posture::hex;
use crate::{Error, Op, Result};

use brought::Read;
use join::{home, rejoin};

pub use join::{Roll, rejoin_all};
pub use named::Named;

/// Most findings of one origin that are kept, worst first.
const MOST_FINDINGS: usize = 5_000;
/// Repositories listed.
const LISTED: i64 = 500;
/// Findings shown of one repository.
const SHOWN: i64 = 300;
/// The queue's word for the job.
pub const JOB: &str = "pipelines";

/// Keeps a repository's pipelines as they were brought: files stand for all of its files, protections for all of its
/// protections, a tool's results for all of that tool's; what was not brought stays as it is.
///
/// # Errors
/// [`Error::Invalid`] beside what is wrong when nothing can be kept; [`Error::Refused`] when the actor may not.
pub async fn keep(op: &Op, named: &Named, brought: Brought) -> Result<Kept> {
    op.require(Access::ImportInventory)?;
    let home = named::checked(named)?;
    let mut read = Read::of(&home, brought);
    let mut tx = op.db().begin().await?;
    let before =
        store::pipelines::lock(&mut tx, home.forge.as_str(), &home.host, &home.name).await?;
    let known = before.is_some();
    let mut it = before.unwrap_or_else(|| fresh(op, &home));
    it.changed_at = op.now;
    it.changed_by = op.actor.identity().2;
    it.name.clone_from(&home.name);
    if !home.default_branch.is_empty() {
        it.default_branch.clone_from(&home.default_branch);
    }
    if let Some((owner, id)) = &home.ids {
        (it.owner_id, it.project_id) = (owner.clone(), id.clone());
    }
    if let Some(governance) = read.governance.take() {
        it.governance = governance;
        it.governed_at = Some(op.now);
    }
    if let Some(jobs) = read.jobs.take() {
        it.jobs = jobs;
        it.files = read.files;
        it.scanned_at = Some(op.now);
    }
    it.problems.clone_from(&read.problems);
    store::pipelines::save(&mut tx, &it).await?;
    let mut became = Became::default();
    let origins = std::mem::take(&mut read.origins);
    for (origin, raised) in origins {
        let one = save(op, &mut tx, &it, &origin, raised, &HashMap::new()).await?;
        became.opened += one.opened;
        became.resolved += one.resolved;
    }
    let roll = Roll::of(&mut tx, &home).await?;
    let joined = rejoin(op, &mut tx, &it, &roll).await?;
    became.opened += joined.opened;
    became.resolved += joined.resolved;
    let (whose, standing) = store::pipelines::standing(&mut tx, it.id).await?;
    store::detect::recount(&mut tx, &whose).await?;
    op.record(&mut tx, told(&it, known, became, standing))
        .await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Kept {
        id: it.id,
        name: it.name,
        files: read.files.into(),
        opened: became.opened,
        resolved: became.resolved,
        standing,
        problems: read.problems,
    })
}

fn told(it: &Repository, known: bool, became: Became, standing: i64) -> Done {
    let verb = if known { "Read" } else { "Took in" };
    let again = if known { " again" } else { "" };
    let sentence = format!(
        "{verb} the pipelines of {}{again}: {} found now, {} resolved, {standing} stand",
        it.name, became.opened, became.resolved
    );
    Done::new(
        "pipelines.kept",
        "repository",
        &it.id,
        it.name.clone(),
        sentence,
    )
    .change("findings opened", "", became.opened.to_string())
    .change("findings resolved", "", became.resolved.to_string())
}

fn fresh(op: &Op, home: &Home) -> Repository {
    Repository {
        id: RepositoryId(op.new_id()),
        forge: home.forge.as_str().to_owned(),
        name: home.name.clone(),
        host: home.host.clone(),
        default_branch: String::new(),
        owner_id: String::new(),
        project_id: String::new(),
        jobs: Vec::new(),
        governance: Governance::default(),
        files: 0,
        problems: Vec::new(),
        scanned_at: None,
        governed_at: None,
        changed_at: op.now,
        changed_by: String::new(),
    }
}

/// Saves what one origin found; findings that name no identity are the repository's.
async fn save(
    op: &Op,
    tx: &mut Tx,
    it: &Repository,
    origin: &str,
    mut raised: Vec<Raised>,
    named: &HashMap<String, IdentityId>,
) -> Result<Became> {
    raised.sort_by_key(|it| it.severity);
    raised.truncate(MOST_FINDINGS);
    let own = store::pipelines::identity(tx, &it.name).await?;
    let found: Vec<Found> = raised
        .into_iter()
        .map(|raised| Found {
            id: op.new_id(),
            identity: match raised.identity.as_str() {
                "" => own,
                name => named.get(name).map(|id| id.0).or(own),
            },
            fingerprint: hex(&raised.fingerprint),
            raised,
        })
        .collect();
    Ok(store::pipelines::reconcile(tx, it.id, origin, &found, op.now).await?)
}

/// The repositories that are kept.
///
/// # Errors
/// [`Error::Refused`] when the actor may not see findings.
pub async fn repositories(op: &Op) -> Result<RepositoryList> {
    op.require(Access::ViewFindings)?;
    let mut conn = op.db().acquire().await?;
    let (rows, total) = store::pipelines::list(&mut conn, LISTED).await?;
    Ok(RepositoryList {
        rows,
        total,
        may_keep: op.require(Access::ImportInventory).is_ok(),
        most_mib: op.settings().import_bytes / (1024 * 1024),
        now: op.now,
    })
}

/// One repository: what its jobs can become as trusts are now, and its findings.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Refused`] when the actor may not see findings.
pub async fn repository(op: &Op, id: RepositoryId) -> Result<RepositoryView> {
    op.require(Access::ViewFindings)?;
    let mut conn = op.db().acquire().await?;
    let it = store::pipelines::one(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("repository"))?;
    let home = home(&it);
    let roll = Roll::of(&mut conn, &home).await?;
    let reaches = roll.reaches(roll.join(&home, &it.jobs, &it.governance));
    let (mut findings, counts) = store::findings::list::of_repository(&mut conn, id, SHOWN).await?;
    findings.iter_mut().for_each(crate::findings::explain);
    let known = |own: &str, told: Option<&str>| match own {
        "" => told.unwrap_or_default().to_owned(),
        own => own.to_owned(),
    };
    let ids = home.ids.clone().or_else(|| it.governance.ids());
    Ok(RepositoryView {
        default_branch: known(&it.default_branch, it.governance.default_branch()),
        ids: ids.map_or_else(String::new, |(owner, id)| format!("{owner}:{id}")),
        changed_by: it.changed_by,
        changed_at: it.changed_at,
        problems: it.problems,
        reaches,
        trusts: roll.len(),
        findings,
        open: counts.iter().map(|(_, n)| n).sum(),
        may_keep: op.require(Access::ImportInventory).is_ok(),
        most_mib: op.settings().import_bytes / (1024 * 1024),
        row: RepositoryRow {
            id: it.id,
            forge: it.forge,
            name: it.name,
            host: it.host,
            files: it.files.into(),
            jobs: i64::try_from(it.jobs.len()).unwrap_or(i64::MAX),
            scanned_at: it.scanned_at,
            governed_at: it.governed_at,
            open: counts,
        },
        now: op.now,
    })
}

/// Forgets a repository and its findings.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Refused`] when the actor may not.
pub async fn forget(op: &Op, id: RepositoryId) -> Result<()> {
    op.require(Access::ImportInventory)?;
    let mut tx = op.db().begin().await?;
    let (name, whose) = store::pipelines::drop(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("repository"))?;
    store::detect::recount(&mut tx, &whose).await?;
    let sentence = format!("Forgot the pipelines of {name} and their findings");
    let done = Done::new("pipelines.forgotten", "repository", &id, name, sentence);
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}
