//! Repositories whose pipelines are kept: brought whole, judged, joined with the roll's trusts, and judged again when the
//! trusts change. What is kept are the facts of their jobs and the findings, never the text of a file.

use std::collections::{BTreeMap, HashMap};

use contract::ids::{IdentityId, RepositoryId};
use contract::pipelines::{Kept, RepositoryList, RepositoryRow, RepositoryView};
use contract::trust::PipelineReach;
use domain::access::Access;
use domain::trust::scan::{self, Brought};
use domain::trust::{
    self, Forge, Governance, Guarded, Home, Joined, Language, Place, Raised, Trust,
};
use store::pipelines::{Became, Found, Repository};
use store::{Conn, Tx};
use uuid::Uuid;

use crate::op::Done;
use crate::posture::hex;
use crate::{Error, Op, Result};

/// Most trusts of the roll that are joined.
const MOST_TRUSTS: i64 = 5_000;
/// Most findings of one origin that are kept, worst first.
const MOST_FINDINGS: usize = 5_000;
/// Repositories listed.
const LISTED: i64 = 500;
/// Findings shown of one repository.
const SHOWN: i64 = 300;
/// Repositories judged in one transaction.
const CHUNK: i64 = 50;
/// The queue's word for the job.
pub const JOB: &str = "pipelines";

/// What a repository is called, and what is known of it.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// `github` or `gitlab`.
    pub forge: String,
    /// `owner/name`.
    pub name: String,
    /// Address of a forge of one's own; empty for the vendor's.
    pub host: String,
    /// Ids of owner and repository, as `123:456`; empty leaves what is known.
    pub ids: String,
    /// Default branch; empty leaves what is known.
    pub default_branch: String,
}

/// Keeps a repository's pipelines as they were brought: files stand for all of its files, protections for all of its
/// protections, a tool's results for all of that tool's; what was not brought stays as it is.
///
/// # Errors
/// [`Error::Invalid`] beside what is wrong when nothing can be kept; [`Error::Refused`] when the actor may not.
pub async fn keep(op: &Op, named: &Named, brought: Brought) -> Result<Kept> {
    op.require(Access::ImportInventory)?;
    let home = checked(named)?;
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
    let joined = rejoin(op, &mut tx, &it).await?;
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

/// Reads what a repository is called.
fn checked(named: &Named) -> Result<Home> {
    let forge = match named.forge.trim() {
        "" => Forge::Github,
        word => Forge::of(word).ok_or_else(|| Error::field("forge", "Choose github or gitlab."))?,
    };
    let name = named.name.trim().trim_matches('/');
    let parts: Vec<&str> = name.split('/').collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    let count = match forge {
        Forge::Github => parts.len() == 2,
        Forge::Gitlab => parts.len() >= 2,
    };
    if !count || name.len() > 300 || !parts.iter().all(plain) {
        let example = match forge {
            Forge::Github => "acme/shop",
            Forge::Gitlab => "acme/web/shop",
        };
        return Err(Error::field(
            "repository",
            format!("Name it as the forge does, such as {example}."),
        ));
    }
    let host = named.host.trim().trim_end_matches('/');
    if !host.is_empty() && (!host.starts_with("https://") || host.len() > 200) {
        return Err(Error::field(
            "host",
            "An address such as https://gitlab.acme.test, or nothing for the vendor’s own.",
        ));
    }
    let ids = match named.ids.trim() {
        "" => None,
        text => Some(
            text.split_once(':')
                .filter(|(owner, id)| {
                    let digits =
                        |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
                    digits(owner) && digits(id)
                })
                .map(|(owner, id)| (owner.to_owned(), id.to_owned()))
                .ok_or_else(|| {
                    Error::field(
                        "ids",
                        "Two numbers with a colon between them: owner:repository.",
                    )
                })?,
        ),
    };
    let vendor = match forge {
        Forge::Github => "https://github.com",
        Forge::Gitlab => "https://gitlab.com",
    };
    Ok(Home {
        forge,
        name: name.to_owned(),
        ids,
        default_branch: named.default_branch.trim().chars().take(200).collect(),
        host: if host == vendor {
            String::new()
        } else {
            host.to_owned()
        },
    })
}

/// What was brought, read.
struct Read {
    jobs: Option<Vec<trust::Job>>,
    files: i32,
    governance: Option<Governance>,
    origins: BTreeMap<String, Vec<Raised>>,
    problems: Vec<(String, String)>,
}

impl Read {
    fn of(home: &Home, brought: Brought) -> Self {
        let place = Place {
            forge: home.forge,
            name: &home.name,
        };
        let mut read = Self {
            jobs: None,
            files: 0,
            governance: None,
            origins: BTreeMap::new(),
            problems: brought.wrong,
        };
        read.scan(place, &brought.files);
        for (name, text) in &brought.governance {
            let mut all = read.governance.take().unwrap_or_default();
            match all.add(text) {
                Ok(()) => read.governance = Some(all),
                Err(why) => {
                    read.governance = (!all.is_empty()).then_some(all);
                    read.problems.push((name.clone(), why));
                }
            }
        }
        for (name, text) in &brought.sarif {
            match scan::import_sarif(text) {
                Ok(results) => {
                    let told = results.problems.into_iter().take(50);
                    read.problems.extend(told.map(|why| (name.clone(), why)));
                    for tool in &results.tools {
                        let raised = place.imported(tool, &results.found);
                        let origin = format!("sarif:{}", tool.to_lowercase());
                        read.origins.entry(origin).or_default().extend(raised);
                    }
                }
                Err(why) => read.problems.push((name.clone(), why)),
            }
        }
        read.problems.truncate(200);
        read
    }

    fn scan(&mut self, place: Place, files: &BTreeMap<String, String>) {
        if files.is_empty() {
            return;
        }
        let mut issues = Vec::new();
        let mut good = BTreeMap::new();
        for (path, text) in files {
            match scan::scan(path, text) {
                Ok(found) => {
                    issues.extend(found);
                    good.insert(path.clone(), text.clone());
                }
                Err(why) => self.problems.push((path.clone(), why)),
            }
        }
        // Files of which none can be read say nothing of the repository: what is known stays.
        if good.is_empty() {
            return;
        }
        self.files = i32::try_from(good.len()).unwrap_or(i32::MAX);
        self.jobs = Some(trust::jobs_of(&good));
        self.origins
            .insert("scan".to_owned(), place.scanned(&issues));
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

/// The repository as the join wants it.
fn home(it: &Repository) -> Home {
    Home {
        forge: Forge::of(&it.forge).unwrap_or_default(),
        name: it.name.clone(),
        ids: (!it.project_id.is_empty()).then(|| (it.owner_id.clone(), it.project_id.clone())),
        default_branch: it.default_branch.clone(),
        host: it.host.clone(),
    }
}

/// The trusts of the roll that speak of a forge.
pub(super) struct Roll {
    trusts: Vec<(IdentityId, String, String, Trust)>,
}

impl Roll {
    pub async fn of(conn: &mut Conn, home: &Home) -> Result<Self> {
        let words = match home.forge {
            Forge::Github if home.host.is_empty() => vec!["%actions.%".to_owned()],
            Forge::Gitlab if home.host.is_empty() => vec!["%gitlab%".to_owned()],
            _ => vec![format!("%{}%", home.host.trim_start_matches("https://"))],
        };
        let kept = store::trust::speaking_of(conn, &words, MOST_TRUSTS).await?;
        let trusts = kept.into_iter().filter_map(|it| {
            let trust = trust::read(it.document.as_bytes(), Language::of(&it.language)).ok()?;
            Some((it.identity, it.name, it.target, trust))
        });
        Ok(Self {
            trusts: trusts.collect(),
        })
    }

    pub fn len(&self) -> i64 {
        i64::try_from(self.trusts.len()).unwrap_or(i64::MAX)
    }

    pub fn join(&self, home: &Home, jobs: &[trust::Job], rules: &Governance) -> Joined {
        let guarded: Vec<Guarded> = self
            .trusts
            .iter()
            .map(|(_, name, target, trust)| Guarded {
                name,
                target,
                trust,
            })
            .collect();
        trust::join(home, jobs, &guarded, rules)
    }

    pub fn identity(&self, name: &str) -> Option<IdentityId> {
        let mut all = self.trusts.iter();
        all.find(|(_, known, ..)| known == name).map(|it| it.0)
    }

    /// The ways in as pages show them.
    pub fn reaches(&self, joined: Joined) -> Vec<PipelineReach> {
        let shown = joined.reaches.into_iter().filter_map(|it| {
            Some(PipelineReach {
                identity: self.identity(&it.identity)?,
                path: it.path,
                job: it.job,
                events: it.events.join(", "),
                subject: it.subject,
                name: it.identity,
                uncertain: it.uncertain,
            })
        });
        shown.collect()
    }
}

/// Joins a repository with the trusts as they are now, and saves what follows. The caller has authorised.
async fn rejoin(op: &Op, tx: &mut Tx, it: &Repository) -> Result<Became> {
    let home = home(it);
    let roll = Roll::of(tx, &home).await?;
    let joined = roll.join(&home, &it.jobs, &it.governance);
    let place = Place {
        forge: home.forge,
        name: &home.name,
    };
    // Without jobs nothing is known of who uses a trust.
    let raised = if it.jobs.is_empty() {
        Vec::new()
    } else {
        place.met(&joined.findings)
    };
    let named = raised
        .iter()
        .filter_map(|it| Some((it.identity.clone(), roll.identity(&it.identity)?)))
        .collect();
    save(op, tx, it, "join", raised, &named).await
}

/// Joins every repository with the trusts as they are now. Idempotent.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn rejoin_all(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let (mut after, mut done) = (Uuid::nil(), 0);
    loop {
        let mut tx = op.db().begin().await?;
        let ids = store::pipelines::ids_after(&mut tx, after, CHUNK).await?;
        let Some(last) = ids.last() else {
            return Ok(done);
        };
        after = last.0;
        for id in &ids {
            let Some(it) = store::pipelines::one(&mut tx, *id).await? else {
                continue;
            };
            rejoin(op, &mut tx, &it).await?;
            let (whose, _) = store::pipelines::standing(&mut tx, *id).await?;
            store::detect::recount(&mut tx, &whose).await?;
            done += 1;
        }
        tx.commit().await.map_err(store::Error::from)?;
    }
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
