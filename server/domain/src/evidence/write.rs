//! Writes a pack: streaming, in one fixed order, the same bytes for the same campaign.
//!
//! Items pass through three times (lines, table, answers), so that nothing has to be kept in memory; the
//! writer checks that each pass brought the same ones.

use std::io::{Read, Seek, Write};

use chrono::{Datelike, Timelike};
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::format::{
    ACTIVITY, ActivityLine, CAMPAIGN, DECISIONS_TABLE, FORMAT, FileEntry, GENESIS, GUIDE, Header,
    ITEMS, ITEMS_TABLE, KeyEntry, Line, MANIFEST, MESSAGES, Manifest, PUBLIC_KEY, Population,
    QUALITY, REMEDIATION, Record, SIGNATURE, SUMMARY, Segment, VERSION, link,
};
use super::summary::Summary;
use super::{container, guide, keys, table};
use crate::activity::{self, Entry};
use crate::campaign::quality;
use crate::campaign::tally::Tally;
use crate::canonical;

/// Why a pack cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The container refused.
    #[error("the pack cannot be written: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// The target refused.
    #[error("the pack cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// A table row refused.
    #[error("the pack's table cannot be written: {0}")]
    Csv(#[from] csv::Error),
    /// Two passes over the items brought different ones.
    #[error("the items changed while the pack was written; nothing was sealed")]
    PassesDiffer,
    /// The items are not the frozen population.
    #[error("{written} items were given, but {population} were frozen; nothing was sealed")]
    Population {
        /// Items frozen at start.
        population: u64,
        /// Items given.
        written: u64,
    },
    /// The activity record does not hold.
    #[error("the activity record does not hold: {0}; nothing was sealed")]
    Activity(#[from] activity::Broken),
    /// A section was skipped or came twice.
    #[error("the pack's sections came in the wrong order")]
    Order,
}

/// The passes of writing, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// `items.ndjson`: give every record.
    Items,
    /// `items.csv`: give every record again.
    ItemsTable,
    /// `decisions.csv`: give every record again.
    Decisions,
    /// `remediation.csv`: give the cells of every task.
    Remediation,
    /// `messages.csv`: give the cells of every message.
    Messages,
    /// `activity.ndjson`: give every entry.
    Activity,
}

struct Open {
    path: &'static str,
    sha: Sha256,
    bytes: u64,
    rows: Option<u64>,
}

/// A pack being written.
pub struct Writer<'k, W: Read + Write + Seek> {
    zip: ZipWriter<W>,
    options: SimpleFileOptions,
    key: &'k SigningKey,
    header: Header,
    open: Option<Open>,
    files: Vec<FileEntry>,
    section: Option<Section>,
    index: u64,
    head: String,
    passes: Vec<[u8; 32]>,
    pass: Sha256,
    tally: Tally,
    summary: Summary,
    quality: quality::Counter,
    segment: Option<(Segment, [u8; 32])>,
}

impl<'k, W: Read + Write + Seek> Writer<'k, W> {
    /// Begins a pack: guide, key and campaign are written at once.
    ///
    /// # Errors
    /// [`WriteError`] when the target refuses.
    pub fn begin(out: W, header: Header, key: &'k SigningKey) -> Result<Self, WriteError> {
        let mut writer = Self {
            zip: ZipWriter::new(out),
            options: options(&header),
            key,
            open: None,
            files: Vec::new(),
            section: None,
            index: 0,
            head: GENESIS.to_owned(),
            passes: Vec::new(),
            pass: Sha256::new(),
            tally: Tally::default(),
            summary: Summary::default(),
            quality: quality::Counter::default(),
            segment: None,
            header,
        };
        let public = key.verifying_key();
        writer.whole(GUIDE, guide::text(&writer.header, &public).as_bytes())?;
        writer.whole(PUBLIC_KEY, keys::public_to_pem(&public).as_bytes())?;
        let campaign = canonical::to_vec(&writer.header);
        writer.whole(CAMPAIGN, &campaign)?;
        Ok(writer)
    }

    /// Opens the next section.
    ///
    /// # Errors
    /// [`WriteError::Order`] when it is not the next one, and when a pass over the items was not whole.
    pub fn section(&mut self, next: Section) -> Result<(), WriteError> {
        let expected = match self.section {
            None => Section::Items,
            Some(Section::Items) => Section::ItemsTable,
            Some(Section::ItemsTable) => Section::Decisions,
            Some(Section::Decisions) => Section::Remediation,
            Some(Section::Remediation) => Section::Messages,
            Some(Section::Messages) => Section::Activity,
            Some(Section::Activity) => return Err(WriteError::Order),
        };
        if next != expected {
            return Err(WriteError::Order);
        }
        self.end_pass()?;
        self.section = Some(next);
        self.index = 0;
        match next {
            Section::Items => self.start(ITEMS, true),
            Section::ItemsTable => {
                self.start(ITEMS_TABLE, true)?;
                self.put(&table::row(table::ITEMS_HEAD)?)
            }
            Section::Decisions => {
                self.start(DECISIONS_TABLE, true)?;
                self.put(&table::row(table::DECISIONS_HEAD)?)
            }
            Section::Remediation => {
                self.start(REMEDIATION, true)?;
                self.put(&table::row(table::REMEDIATION_HEAD)?)
            }
            Section::Messages => {
                self.start(MESSAGES, true)?;
                self.put(&table::row(table::MESSAGES_HEAD)?)
            }
            Section::Activity => self.start(ACTIVITY, true),
        }
    }

    /// Writes one row of a plain table; its number is put before the cells.
    ///
    /// # Errors
    /// [`WriteError::Order`] when no such table is open.
    pub fn cells(&mut self, cells: Vec<String>) -> Result<(), WriteError> {
        if !matches!(self.section, Some(Section::Remediation | Section::Messages)) {
            return Err(WriteError::Order);
        }
        let row = self.open.as_ref().and_then(|open| open.rows).unwrap_or(0) + 1;
        let mut whole = vec![row.to_string()];
        whole.extend(cells);
        self.put(&table::row(whole)?)?;
        self.count_row()
    }

    /// Writes one item into the open section.
    ///
    /// # Errors
    /// [`WriteError`] when no item section is open or the target refuses.
    pub fn record(&mut self, record: &Record) -> Result<(), WriteError> {
        self.index += 1;
        self.pass.update(record.item.0.as_bytes());
        self.pass.update(record.content_hash.as_bytes());
        self.pass
            .update([u8::try_from(record.history.len() % 256).unwrap_or(0)]);
        match self.section {
            Some(Section::Items) => self.line(record),
            Some(Section::ItemsTable) => {
                self.put(&table::row(table::item(self.index, record))?)?;
                self.count_row()
            }
            Some(Section::Decisions) => {
                let row = self.open.as_ref().and_then(|open| open.rows).unwrap_or(0);
                for cells in table::decisions(row, self.index, record) {
                    self.put(&table::row(cells)?)?;
                    self.count_row()?;
                }
                Ok(())
            }
            Some(Section::Remediation | Section::Messages | Section::Activity) | None => {
                Err(WriteError::Order)
            }
        }
    }

    /// Writes one entry of the activity record; `previous` is the hash before the first one.
    ///
    /// # Errors
    /// [`WriteError::Activity`] when the entry does not follow the one before.
    pub fn entry(
        &mut self,
        previous: [u8; 32],
        entry: Entry,
        stored: &[u8],
    ) -> Result<(), WriteError> {
        if self.section != Some(Section::Activity) {
            return Err(WriteError::Order);
        }
        let (mut segment, before) = self.segment.take().unwrap_or_else(|| {
            let segment = Segment {
                from: entry.position,
                to: entry.position - 1,
                previous: hex::encode(previous),
                head: hex::encode(previous),
            };
            (segment, previous)
        });
        let (position, hash) = activity::check((segment.to, before), &entry, stored)?;
        segment.to = position;
        segment.head = hex::encode(hash);
        self.segment = Some((segment, hash));
        let line = ActivityLine {
            entry,
            hash: hex::encode(hash),
        };
        let mut bytes = canonical::to_vec(&line);
        bytes.push(b'\n');
        self.put(&bytes)?;
        self.count_row()
    }

    /// Ends the pack: summary, manifest, signature, digest. Gives the target back, at its start.
    ///
    /// # Errors
    /// [`WriteError`] when a section is missing, the items are not the population, or the target refuses.
    pub fn finish(mut self) -> Result<(Manifest, W), WriteError> {
        self.end_pass()?;
        if self.section != Some(Section::Activity) {
            return Err(WriteError::Order);
        }
        let Some((segment, _)) = self.segment.take() else {
            return Err(WriteError::Order);
        };
        let public = self.key.verifying_key();
        let quality = std::mem::take(&mut self.quality).finish();
        self.whole(QUALITY, &canonical::to_vec(&quality))?;
        let summary = std::mem::take(&mut self.summary).html(
            &self.header,
            &self.tally,
            &keys::fingerprint(&public),
            &quality,
        );
        self.whole(SUMMARY, summary.as_bytes())?;
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            campaign: (self.header.id, self.header.name.clone()),
            sealed_at: self.header.sealed_at,
            population: Population {
                query: self.header.query.clone(),
                count: self.header.population,
                head: self.head.clone(),
            },
            outcomes: self.tally,
            activity: segment,
            key: KeyEntry {
                id: keys::key_id(&public),
                fingerprint: keys::fingerprint(&public),
                algorithm: "Ed25519".to_owned(),
            },
            files: std::mem::take(&mut self.files),
        };
        let bytes = canonical::to_vec(&manifest);
        self.whole(MANIFEST, &bytes)?;
        self.whole(SIGNATURE, &self.key.sign(&bytes).to_bytes())?;
        self.zip.set_comment(container::placeholder())?;
        let mut out = self.zip.finish()?;
        container::close(&mut out)?;
        Ok((manifest, out))
    }

    fn line(&mut self, record: &Record) -> Result<(), WriteError> {
        let item = serde_json::to_value(record).map_err(std::io::Error::from)?;
        let hash = link(&self.head, self.index, &item);
        let line = Line {
            index: self.index,
            previous: std::mem::replace(&mut self.head, hash.clone()),
            hash,
            item,
        };
        let mut bytes = canonical::to_vec(&line);
        bytes.push(b'\n');
        self.tally.add(record.state, record.decision);
        self.summary.add(record);
        for decision in &record.history {
            self.quality.add(decision);
        }
        self.put(&bytes)?;
        self.count_row()
    }

    fn end_pass(&mut self) -> Result<(), WriteError> {
        self.end();
        if matches!(
            self.section,
            None | Some(Section::Remediation | Section::Messages | Section::Activity)
        ) {
            return Ok(());
        }
        if self.index != self.header.population {
            return Err(WriteError::Population {
                population: self.header.population,
                written: self.index,
            });
        }
        self.passes
            .push(std::mem::take(&mut self.pass).finalize().into());
        if self.passes.windows(2).any(|pair| pair[0] != pair[1]) {
            return Err(WriteError::PassesDiffer);
        }
        Ok(())
    }

    fn whole(&mut self, path: &'static str, bytes: &[u8]) -> Result<(), WriteError> {
        self.start(path, false)?;
        self.put(bytes)?;
        self.end();
        Ok(())
    }

    fn start(&mut self, path: &'static str, rows: bool) -> Result<(), WriteError> {
        self.end();
        self.zip.start_file(path, self.options)?;
        self.open = Some(Open {
            path,
            sha: Sha256::new(),
            bytes: 0,
            rows: rows.then_some(0),
        });
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let open = self.open.as_mut().ok_or(WriteError::Order)?;
        open.sha.update(bytes);
        open.bytes += bytes.len() as u64;
        self.zip.write_all(bytes)?;
        Ok(())
    }

    fn count_row(&mut self) -> Result<(), WriteError> {
        let open = self.open.as_mut().ok_or(WriteError::Order)?;
        open.rows = open.rows.map(|rows| rows + 1);
        Ok(())
    }

    fn end(&mut self) {
        if let Some(open) = self.open.take() {
            self.files.push(FileEntry {
                path: open.path.to_owned(),
                bytes: open.bytes,
                sha256: hex::encode(open.sha.finalize()),
                rows: open.rows,
            });
        }
    }
}

/// One time and one compression for every file: the pack depends on the campaign alone.
fn options(header: &Header) -> SimpleFileOptions {
    let at = header.sealed_at;
    let byte = |n: u32| u8::try_from(n).unwrap_or(0);
    let time = zip::DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or(1980),
        byte(at.month()),
        byte(at.day()),
        byte(at.hour()),
        byte(at.minute()),
        byte(at.second()),
    )
    .unwrap_or_default();
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(time)
        .unix_permissions(0o644)
}

#[cfg(test)]
#[path = "write/tests.rs"]
pub(crate) mod tests;
