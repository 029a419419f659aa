//! Reads every file of a pack once and compares it with what was signed.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use zip::ZipArchive;

use super::activity;
use super::items::{self, Items};
use super::rows::{Lines, Numbers};
use crate::campaign::tally::Tally;
use crate::evidence::format::{
    ACTIVITY, DECISIONS_TABLE, FileEntry, ITEMS, ITEMS_TABLE, MESSAGES, Manifest, REMEDIATION,
    listed,
};
use crate::evidence::problem::Problem;

/// Manifest, signature and key stay far below.
const SMALL: u64 = 1 << 20;
/// Attack: a zip bomb. Text of ours compresses at most some fifty times.
const RATIO: u64 = 400;
/// Largest file read at all.
const LARGEST: u64 = 8 << 30;

/// What the files say of themselves.
#[derive(Debug, Default)]
pub struct Checked {
    /// Items present.
    pub items: u64,
    /// Answers present.
    pub answers: u64,
    /// Outcomes counted.
    pub outcomes: Tally,
}

type Digest = (u64, String);

/// A small file as a whole; `None` (with a problem, unless it is missing) when it cannot be had.
pub fn small<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    path: &str,
    problems: &mut Vec<Problem>,
) -> Option<Vec<u8>> {
    let file = open(archive, path, SMALL, problems)?;
    let mut bytes = Vec::new();
    match file.take(SMALL).read_to_end(&mut bytes) {
        Ok(_) => Some(bytes),
        Err(error) => {
            problems.push(unreadable(path, &error));
            None
        }
    }
}

/// Checks every listed file and the totals.
pub fn check<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    manifest: &Manifest,
    problems: &mut Vec<Problem>,
) -> Checked {
    let mut checked = Checked::default();
    let signed: BTreeMap<&str, &FileEntry> = manifest
        .files
        .iter()
        .map(|file| (file.path.as_str(), file))
        .collect();
    for path in listed(manifest.version) {
        let Some(entry) = signed.get(path) else {
            problems.push(Problem::ManifestUnreadable(format!(
                "it does not list {path}"
            )));
            continue;
        };
        let before = problems.len();
        let digest = match path {
            ITEMS => check_items(archive, manifest, &mut checked, problems),
            ITEMS_TABLE | DECISIONS_TABLE | REMEDIATION | MESSAGES => {
                check_table(archive, path, entry.rows.unwrap_or(0), problems)
            }
            ACTIVITY => check_activity(archive, manifest, problems),
            _ => check_plain(archive, path, problems),
        };
        // The general sentence stands only where no row explains it.
        if let Some((bytes, sha256)) = digest
            && (bytes, &sha256) != (entry.bytes, &entry.sha256)
            && problems.len() == before
        {
            problems.push(Problem::FileChanged(path.to_owned()));
        }
    }
    let known: Vec<&str> = listed(manifest.version).collect();
    for extra in signed.keys().filter(|path| !known.contains(path)) {
        problems.push(Problem::ManifestUnreadable(format!(
            "it lists {extra}, which no pack has"
        )));
    }
    if problems.is_empty() {
        totals(manifest, &signed, &checked, problems);
    }
    checked
}

fn check_items<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    manifest: &Manifest,
    checked: &mut Checked,
    problems: &mut Vec<Problem>,
) -> Option<Digest> {
    let items = {
        let file = open(archive, ITEMS, LARGEST, problems)?;
        items::read(file, manifest)
    };
    let items = match items {
        Ok(items) => items,
        Err(error) => {
            problems.push(unreadable(ITEMS, &error));
            return None;
        }
    };
    let names = names(archive, &items.numbers.holes());
    let numbering = items.numbers.problems(|row| names.get(&row).cloned());
    let unexplained = numbering.is_empty() && items.changed.is_empty() && !items.head_holds;
    problems.extend(numbering);
    let Items {
        digest,
        rows,
        answers,
        outcomes,
        changed,
        ..
    } = items;
    problems.extend(changed);
    if unexplained {
        problems.push(Problem::HeadDiffers);
    }
    *checked = Checked {
        items: rows,
        answers,
        outcomes,
    };
    Some(digest)
}

fn check_table<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    path: &'static str,
    rows: u64,
    problems: &mut Vec<Problem>,
) -> Option<Digest> {
    let file = open(archive, path, LARGEST, problems)?;
    let mut lines = Lines::new(file);
    let mut numbers = Numbers::expect(path, rows);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(&mut lines);
    let mut record = csv::ByteRecord::new();
    let mut read = reader.read_byte_record(&mut record);
    while matches!(read, Ok(true)) {
        let number = record
            .get(0)
            .and_then(|cell| std::str::from_utf8(cell).ok()?.parse().ok());
        numbers.take(number);
        read = reader.read_byte_record(&mut record);
    }
    drop(reader);
    if let Err(error) = read {
        problems.push(Problem::FileUnreadable {
            path: path.to_owned(),
            cause: error.to_string(),
        });
        return None;
    }
    problems.extend(numbers.problems(|_| None));
    digest(path, lines, problems)
}

fn check_activity<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    manifest: &Manifest,
    problems: &mut Vec<Problem>,
) -> Option<Digest> {
    let file = open(archive, ACTIVITY, LARGEST, problems)?;
    match activity::read(file, &manifest.activity) {
        Ok((digest, _, found)) => {
            problems.extend(found);
            Some(digest)
        }
        Err(error) => {
            problems.push(unreadable(ACTIVITY, &error));
            None
        }
    }
}

fn check_plain<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    path: &str,
    problems: &mut Vec<Problem>,
) -> Option<Digest> {
    let file = open(archive, path, LARGEST, problems)?;
    digest(path, Lines::new(file), problems)
}

fn digest<R: Read>(path: &str, lines: Lines<R>, problems: &mut Vec<Problem>) -> Option<Digest> {
    match lines.digest() {
        Ok(digest) => Some(digest),
        Err(error) => {
            problems.push(unreadable(path, &error));
            None
        }
    }
}

/// The manifest's numbers against the rows: catches a sealer that signed something else than it wrote.
fn totals(
    manifest: &Manifest,
    signed: &BTreeMap<&str, &FileEntry>,
    checked: &Checked,
    problems: &mut Vec<Problem>,
) {
    let rows = |path: &str| signed.get(path).and_then(|file| file.rows).unwrap_or(0);
    let (said, found) = (&manifest.outcomes, &checked.outcomes);
    // Each revoke and modify has its task; packs of version 1 told of none.
    let asked = if manifest.version >= 2 {
        found.modify + found.revoke
    } else {
        rows(REMEDIATION)
    };
    for (what, said, counted) in [
        ("rows of remediation.csv", rows(REMEDIATION), asked),
        ("items", manifest.population.count, checked.items),
        ("rows of items.csv", rows(ITEMS_TABLE), checked.items),
        (
            "rows of decisions.csv",
            rows(DECISIONS_TABLE),
            checked.answers,
        ),
        ("outcomes in all", said.items(), found.items()),
        ("approved items", said.approve, found.approve),
        ("items to modify", said.modify, found.modify),
        ("items to revoke", said.revoke, found.revoke),
        ("items nobody knew", said.dont_know, found.dont_know),
        ("items not reviewed", said.not_reviewed, found.not_reviewed),
        ("items gone", said.gone, found.gone),
        ("items still open", 0, found.open),
    ] {
        if said != counted {
            problems.push(Problem::Miscounted {
                what,
                said,
                counted,
            });
        }
    }
}

/// Names of missing items, as the table still tells them.
fn names<R: Read + Seek>(archive: &mut ZipArchive<R>, rows: &[u64]) -> BTreeMap<u64, String> {
    let mut out = BTreeMap::new();
    if rows.is_empty() {
        return out;
    }
    let Some(file) = open(archive, ITEMS_TABLE, LARGEST, &mut Vec::new()) else {
        return out;
    };
    for record in csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(file)
        .records()
    {
        let Ok(record) = record else { break };
        let number = record.get(0).and_then(|cell| cell.parse().ok());
        if let (Some(number), Some(name)) = (number, record.get(3))
            && rows.contains(&number)
        {
            out.insert(number, name.to_owned());
        }
    }
    out
}

fn open<'a, R: Read + Seek>(
    archive: &'a mut ZipArchive<R>,
    path: &str,
    cap: u64,
    problems: &mut Vec<Problem>,
) -> Option<impl Read + use<'a, R>> {
    let at = archive.index_for_name(path)?;
    match archive.by_index(at) {
        Ok(file) => {
            let limit = file
                .compressed_size()
                .saturating_mul(RATIO)
                .saturating_add(SMALL)
                .min(cap);
            if file.size() > limit {
                problems.push(Problem::FileTooLarge(path.to_owned()));
                return None;
            }
            Some(file.take(limit + 1))
        }
        Err(error) => {
            problems.push(Problem::FileUnreadable {
                path: path.to_owned(),
                cause: error.to_string(),
            });
            None
        }
    }
}

fn unreadable(path: &str, error: &std::io::Error) -> Problem {
    Problem::FileUnreadable {
        path: path.to_owned(),
        cause: error.to_string(),
    }
}
