//! Sealing: the pack is written, checked as an auditor would check it, and kept, in one transaction.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use contract::campaigns::{CampaignState, EvidenceView, TaskRow};
use contract::ids::{CampaignId, ItemId};
use contract::messages::MessageRow;
use domain::access::Access;
use domain::campaign::item::Decision;
use domain::coverage;
use domain::evidence::format::CONTROLS;
use domain::evidence::keys::{self, SigningKey};
use domain::evidence::{Coverage, Header, Manifest, Record, Section, WriteError, Writer, verify};
use sha2::{Digest, Sha256};
use store::Tx;
use store::campaigns::{Campaign, ItemData, NewPack, Told};

use super::key::signing_key;
use crate::campaigns::life;
use crate::op::Done;
use crate::{Error, Op, Result};

/// Items and entries loaded at once.
const CHUNK: i64 = 200;

/// Bytes of a pack kept in one row.
const PIECE: usize = 1 << 20;

type Pack<'k> = Writer<'k, File>;

/// The file a pack is written into; gone when it is done with.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Draft {
    fn open(folder: &Path, name: &str) -> std::io::Result<(Self, File)> {
        let path = folder.join(name);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok((Self(path), file))
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Zip(_) | WriteError::Io(_) | WriteError::Csv(_) | WriteError::Order => {
                Self::Internal(
                    "the evidence pack could not be written; nothing was sealed".to_owned(),
                )
            }
            told => Self::Conflict(told.to_string()),
        }
    }
}

/// Seals a closed campaign for somebody who typed the word: what cannot be taken back is asked first.
///
/// # Errors
/// [`Error::Refused`] when the actor may not; [`Error::Invalid`] when the word is another; else as [`seal`].
pub async fn seal_confirmed(op: &Op, id: CampaignId, word: &str) -> Result<EvidenceView> {
    op.require(Access::ManageCampaigns)?;
    if word.trim() != "seal" {
        return Err(Error::field("confirm", "Type the word seal to go on."));
    }
    seal(op, id).await
}

/// Seals a closed campaign. There is no way back.
///
/// # Errors
/// [`Error::Conflict`] when it is not closed or its record does not hold; [`Error::Refused`] when the actor
/// may not.
pub async fn seal(op: &Op, id: CampaignId) -> Result<EvidenceView> {
    op.require(Access::ManageCampaigns)?;
    let mut tx = op.db().begin().await?;
    let campaign = store::campaigns::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let tally = crate::campaigns::tally(&mut tx, id).await?;
    let tasks = store::campaigns::open_tasks(&mut tx, id).await?;
    life(&campaign, tally, u64::try_from(tasks).unwrap_or(0))?.seal(op.now)?;
    let key = signing_key(op)?;
    let header = header(op, &mut tx, &campaign, tally.items()).await?;
    // The key's folder exists by now and is nobody else's to read.
    let (draft, file) = Draft::open(&op.settings().key_dir, &format!(".pack-{}", op.new_id()))
        .map_err(WriteError::Io)?;
    let (manifest, mut file) = write(&mut tx, &campaign, header, &key, file).await?;
    file.seek(SeekFrom::Start(0)).map_err(WriteError::Io)?;
    if let Err(refused) = verify(
        std::io::BufReader::new(&mut file),
        Some(&key.verifying_key()),
    ) {
        tracing::error!(campaign = %id, %refused, "a fresh pack does not verify");
        return Err(Error::Internal(
            "the fresh evidence does not verify; nothing was sealed".to_owned(),
        ));
    }
    let mut pack = NewPack {
        campaign: id,
        file_name: file_name(&campaign),
        sha256: String::new(),
        key_id: manifest.key.id.clone(),
        bytes: 0,
        sealed_at: op.now,
    };
    store::campaigns::keep_key(
        &mut tx,
        &pack.key_id,
        &keys::public_to_pem(&key.verifying_key()),
        op.now,
    )
    .await?;
    keep(&mut tx, &mut pack, &mut file).await?;
    drop(draft);
    store::campaigns::set_state(&mut tx, id, CampaignState::Sealed, op.now).await?;
    let period = i32::try_from(domain::identity::review::PERIOD_DAYS).unwrap_or(90);
    store::campaigns::reviewed(&mut tx, id, period).await?;
    let done = Done::new(
        "campaign.sealed",
        "campaign",
        &id,
        campaign.name.clone(),
        format!("Sealed {} with key {}", campaign.name, pack.key_id),
    )
    .change("state", "remediating", "sealed")
    .change("evidence_sha256", "", pack.sha256.clone());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(EvidenceView {
        file_name: pack.file_name,
        bytes: pack.bytes,
        sha256: pack.sha256,
        key_id: pack.key_id,
        sealed_at: op.now,
    })
}

/// Keeps the pack piece by piece: no more of it than one is ever in memory.
async fn keep(tx: &mut Tx, pack: &mut NewPack, file: &mut File) -> Result<()> {
    let mut sha = Sha256::new();
    file.seek(SeekFrom::Start(0)).map_err(WriteError::Io)?;
    pack.bytes = i64::try_from(file.metadata().map_err(WriteError::Io)?.len()).unwrap_or(i64::MAX);
    let mut number = 0;
    store::campaigns::insert_pack(tx, pack).await?;
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        file.by_ref()
            .take(PIECE as u64)
            .read_to_end(&mut piece)
            .map_err(WriteError::Io)?;
        if piece.is_empty() {
            break;
        }
        sha.update(&piece);
        store::campaigns::insert_piece(tx, pack.campaign, number, &piece).await?;
        number += 1;
    }
    pack.sha256 = format!("{:x}", sha.finalize());
    store::campaigns::finish_pack(tx, pack).await?;
    Ok(())
}

async fn header(op: &Op, tx: &mut Tx, campaign: &Campaign, population: u64) -> Result<Header> {
    let today = op.now.date_naive();
    let since = today.checked_sub_days(Days::new(89)).unwrap_or(today);
    let missing = || Error::Internal("the campaign lacks a date it must have".to_owned());
    Ok(Header {
        id: campaign.id,
        name: campaign.name.clone(),
        organisation: op.settings().organisation.clone(),
        notes: campaign.notes.clone(),
        query: campaign.query.clone(),
        filter: serde_json::to_value(&campaign.scope).map_err(|_| missing())?,
        population,
        created_by: campaign
            .created_by
            .as_ref()
            .map_or_else(|| "Rollcall".to_owned(), |p| p.name.clone()),
        sealed_by: op.actor.identity().2,
        created_at: campaign.created_at,
        started_at: campaign.started_at.ok_or_else(missing)?,
        due_at: campaign.due_at,
        closed_at: campaign.closed_at.ok_or_else(missing)?,
        sealed_at: op.now,
        policy: serde_json::to_value(&campaign.policy).map_err(|_| missing())?,
        gaps: campaign
            .gaps
            .iter()
            .map(|gap| {
                (
                    gap.sentence.clone(),
                    gap.reason.clone(),
                    gap.by.name.clone(),
                )
            })
            .collect(),
        controls: CONTROLS
            .iter()
            .map(|(control, shown)| ((*control).to_owned(), (*shown).to_owned()))
            .collect(),
        coverage: store::campaigns::coverage(tx, since)
            .await?
            .into_iter()
            .map(|told| ledger(told, since, op.now.date_naive()))
            .collect(),
    })
}

/// A line of the coverage ledger with its silences and what its source cannot see.
fn ledger(told: Told, since: NaiveDate, today: NaiveDate) -> Coverage {
    let (mut line, format, spoke) = told;
    let counts: Vec<i64> = since
        .iter_days()
        .take_while(|day| *day <= today)
        .map(|day| i64::from(spoke.contains(&day)))
        .collect();
    line.gaps = coverage::ledger(&counts, today, false).gaps;
    let blind = coverage::blind_spots(format);
    line.cannot_see = blind
        .iter()
        .map(|sentence| (*sentence).to_owned())
        .collect();
    line
}

async fn write(
    tx: &mut Tx,
    campaign: &Campaign,
    header: Header,
    key: &SigningKey,
    out: File,
) -> Result<(Manifest, File)> {
    let mut pack = Writer::begin(out, header, key)?;
    for section in [Section::Items, Section::ItemsTable, Section::Decisions] {
        pack.section(section)?;
        items(tx, campaign.id, &mut pack).await?;
    }
    pack.section(Section::Remediation)?;
    for task in store::campaigns::task_rows(tx, campaign.id, None, i64::MAX).await? {
        pack.cells(task_cells(task))?;
    }
    pack.section(Section::Messages)?;
    for message in store::messages::of_campaign(tx, campaign.id, i64::MAX).await? {
        pack.cells(message_cells(message))?;
    }
    pack.section(Section::Activity)?;
    activity(tx, campaign, &mut pack).await?;
    Ok(pack.finish()?)
}

fn task_cells(task: TaskRow) -> Vec<String> {
    let time = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.to_rfc3339());
    let targets: Vec<String> = task.targets.into_iter().map(|t| t.sentence).collect();
    vec![
        task.item.to_string(),
        task.identity.1,
        task.decision.to_string(),
        targets.join("; "),
        task.state.to_string(),
        task.owner.name,
        task.decided_by.name,
        task.decided_at.to_rfc3339(),
        task.due_at.to_rfc3339(),
        task.ticket,
        time(task.applied_at).unwrap_or_default(),
        time(task.settled_at).unwrap_or_default(),
        task.proof,
        task.reopened.to_string(),
    ]
}

fn message_cells(message: MessageRow) -> Vec<String> {
    vec![
        message.at.to_rfc3339(),
        message.to,
        message.address,
        message.channel.to_string(),
        message.kind,
        message.subject,
        message.state.to_string(),
        message
            .sent_at
            .map(|at| at.to_rfc3339())
            .unwrap_or_default(),
        message.problem,
    ]
}

async fn items(tx: &mut Tx, campaign: CampaignId, pack: &mut Pack<'_>) -> Result<()> {
    let mut after = None;
    loop {
        let chunk = store::campaigns::evidence_items(tx, campaign, after, CHUNK).await?;
        let Some(last) = chunk.last() else {
            return Ok(());
        };
        after = Some(last.id);
        let ids: Vec<ItemId> = chunk.iter().map(|item| item.id).collect();
        let mut answers: BTreeMap<ItemId, Vec<Decision>> = BTreeMap::new();
        for (item, decision) in store::campaigns::decisions(tx, &ids).await? {
            answers.entry(item).or_default().push(decision);
        }
        for item in chunk {
            let history = answers.remove(&item.id).unwrap_or_default();
            pack.record(&record(item, history))?;
        }
    }
}

fn record(item: ItemData, history: Vec<Decision>) -> Record {
    Record {
        item: item.id,
        state: item.state,
        decision: item.decision,
        privileged_production: item.privileged_production,
        content_hash: item.hash,
        snapshot: item.snapshot,
        recommendation: item.recommendation,
        changes: item.changes,
        reviews: item.reviews,
        assignment: item.assignment,
        history,
    }
}

/// The stretch of the record from the campaign's start to now.
async fn activity(tx: &mut Tx, campaign: &Campaign, pack: &mut Pack<'_>) -> Result<()> {
    let from = campaign.activity_from.unwrap_or(1);
    let (head, _) = store::activity::head(tx).await?;
    let previous = store::activity::hash_at(tx, from - 1).await?;
    let mut position = from - 1;
    while position < head {
        let chunk = store::activity::after(tx, position, CHUNK.min(head - position)).await?;
        let Some((last, _)) = chunk.last() else { break };
        position = last.position;
        for (entry, hash) in chunk {
            pack.entry(previous, entry, &hash)?;
        }
    }
    Ok(())
}

fn file_name(campaign: &Campaign) -> String {
    let slug: String = campaign
        .name
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let id = campaign.id.to_string();
    if slug.is_empty() {
        format!("evidence-{id}.zip")
    } else {
        format!("evidence-{slug}.zip")
    }
}
