//! The join of the repositories that are kept with the trusts of the roll.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use contract::ids::{IdentityId, RepositoryId};
use contract::trust::PipelineReach;
use domain::access::Access;
use domain::trust::{self, Forge, Governance, Guarded, Home, Joined, Language, Place, Trust};
use store::pipelines::{Became, Repository};
use store::{Conn, Tx};
use uuid::Uuid;

use super::save;
use crate::{Op, Result};

/// Most trusts of the roll that are joined.
const MOST_TRUSTS: i64 = 5_000;
/// Repositories judged in one transaction.
const CHUNK: i64 = 50;

/// The repository as the join wants it.
pub fn home(it: &Repository) -> Home {
    Home {
        forge: Forge::of(&it.forge).unwrap_or_default(),
        name: it.name.clone(),
        ids: (!it.project_id.is_empty()).then(|| (it.owner_id.clone(), it.project_id.clone())),
        default_branch: it.default_branch.clone(),
        host: it.host.clone(),
    }
}

/// The pattern (of `LIKE`) in the documents that speak of a repository's forge.
fn speaking_of(home: &Home) -> String {
    match home.forge {
        Forge::Github if home.host.is_empty() => "%actions.%".to_owned(),
        Forge::Gitlab if home.host.is_empty() => "%gitlab%".to_owned(),
        _ => format!("%{}%", home.host.trim_start_matches("https://")),
    }
}

/// The trusts of the roll that speak of a forge.
pub struct Roll {
    trusts: Vec<(IdentityId, String, String, Trust)>,
}

impl Roll {
    pub async fn of(conn: &mut Conn, home: &Home) -> Result<Self> {
        Self::speaking(conn, &speaking_of(home)).await
    }

    async fn speaking(conn: &mut Conn, pattern: &str) -> Result<Self> {
        let words = [pattern.to_owned()];
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

/// Joins a repository with the trusts that speak of its forge, and saves what follows. The caller has authorised.
pub async fn rejoin(op: &Op, tx: &mut Tx, it: &Repository, roll: &Roll) -> Result<Became> {
    let home = home(it);
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
/// [`Error::Refused`](crate::Error::Refused) for anybody but Rollcall itself and the shell beside the database.
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
        done += rejoin_some(op, &mut tx, &ids).await?;
        tx.commit().await.map_err(store::Error::from)?;
    }
}

/// Joins some of them. The trusts are loaded once for each forge; not for all chunks together: a slow run would write
/// over what was joined with newer ones meanwhile.
async fn rejoin_some(op: &Op, tx: &mut Tx, ids: &[RepositoryId]) -> Result<usize> {
    let mut rolls: HashMap<String, Roll> = HashMap::new();
    let mut done = 0;
    for id in ids {
        let Some(it) = store::pipelines::one(tx, *id).await? else {
            continue;
        };
        let roll = match rolls.entry(speaking_of(&home(&it))) {
            Entry::Occupied(loaded) => loaded.into_mut(),
            Entry::Vacant(wanted) => {
                let roll = Roll::speaking(tx, wanted.key()).await?;
                wanted.insert(roll)
            }
        };
        rejoin(op, tx, &it, roll).await?;
        done += 1;
    }
    let whose = store::pipelines::whose(tx, ids).await?;
    store::detect::recount(tx, &whose).await?;
    Ok(done)
}
