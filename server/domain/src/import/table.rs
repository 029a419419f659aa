//! Tables: delimiter, headers, and rows one at a time. What the columns mean is `own`'s.

use chrono::{DateTime, Utc};
use contract::imports::{ImportFormat, ImportKind, ImportProblem};
use csv::{ByteRecord, ReaderBuilder};

use super::detect::count;
use super::fields::{Fields, MAX_CELL, cut};
use super::{Found, Hint, Place, Reading, own};

/// A column of the file: its header and the field it is taken for; none is not taken.
type Header = (String, Option<&'static str>);

/// Opens a table of Rollcall's own columns.
///
/// # Errors
/// What is wrong with its header line.
pub fn open<'a>(bytes: &'a [u8], hint: &Hint) -> Result<Reading<'a>, Vec<ImportProblem>> {
    let mut rows = Rows::new(bytes);
    let head = headers(&mut rows)?;
    let kind = match hint.kind {
        Some(kind) => kind,
        None => own::kind(&mapped_words(&head, hint)).ok_or_else(|| {
            vec![Place::row(1).problem(
                "",
                format!(
                    "the headers do not tell what the rows are about ({}); say it: {}",
                    cut(&head.join(", ")),
                    super::fields::words(ImportKind::ALL, ImportKind::as_str).join(", ")
                ),
            )]
        })?,
    };
    let columns = map(&head, kind, hint)?;
    let mapping = columns
        .iter()
        .map(|(header, field)| (header.clone(), field.unwrap_or_default().to_owned()))
        .collect();
    Ok(Reading {
        format: ImportFormat::Csv,
        mapping,
        found: Box::new(Records {
            rows,
            columns,
            kind,
            now: hint.now,
            waiting: Vec::new(),
        }),
    })
}

/// The headers as the mapping step renames them, to tell the kind by.
fn mapped_words(head: &[String], hint: &Hint) -> Vec<String> {
    head.iter()
        .map(|header| said(header, hint).map_or_else(|| header.clone(), str::to_owned))
        .collect()
}

/// What the mapping step says of a header.
fn said<'h>(header: &str, hint: &'h Hint) -> Option<&'h str> {
    hint.mapping
        .iter()
        .find(|(column, _)| column.eq_ignore_ascii_case(header))
        .map(|(_, field)| field.as_str())
}

fn headers(rows: &mut Rows<'_>) -> Result<Vec<String>, Vec<ImportProblem>> {
    let Some((place, record)) = rows.next() else {
        return Err(vec![Place::whole().problem("", "The file is empty.")]);
    };
    let mut head = Vec::with_capacity(record.len());
    let mut problems = Vec::new();
    for (i, cell) in record.iter().enumerate() {
        match std::str::from_utf8(cell) {
            Ok(text) => head.push(text.trim().to_owned()),
            Err(_) => problems.push(place.problem(
                "",
                format!(
                    "the header of column {} is not UTF-8 text; save the file as UTF-8",
                    i + 1
                ),
            )),
        }
    }
    for (i, header) in head.iter().enumerate() {
        let before = head[..i]
            .iter()
            .position(|other| other.eq_ignore_ascii_case(header));
        if let Some(before) = before.filter(|_| !header.is_empty()) {
            problems.push(place.problem(
                header,
                format!(
                    "the header “{}” stands twice, in column {} and column {}",
                    cut(header),
                    before + 1,
                    i + 1
                ),
            ));
        }
    }
    if problems.is_empty() {
        Ok(head)
    } else {
        Err(problems)
    }
}

/// Takes each column for a field. Two columns may not be the same field, and what the mapping names must exist.
fn map(head: &[String], kind: ImportKind, hint: &Hint) -> Result<Vec<Header>, Vec<ImportProblem>> {
    let place = Place::row(1);
    let mut problems = Vec::new();
    for (column, _) in &hint.mapping {
        if !head
            .iter()
            .any(|header| header.eq_ignore_ascii_case(column))
        {
            problems
                .push(place.problem(column, format!("the file has no column “{}”", cut(column))));
        }
    }
    let mut columns: Vec<Header> = Vec::with_capacity(head.len());
    for header in head {
        let field = match said(header, hint) {
            Some("") => None,
            Some(word) => {
                let known = own::field(kind, word);
                if known.is_none() {
                    problems.push(
                        place.problem(header, format!("{kind} have no field “{}”", cut(word))),
                    );
                }
                known
            }
            None => own::field(kind, header),
        };
        // Their own field's name beats another word for it: an export has both `kind` and `type`.
        let twice =
            field.and_then(|field| columns.iter().position(|(_, other)| *other == Some(field)));
        match (field, twice) {
            (Some(field), Some(at)) if columns[at].0.eq_ignore_ascii_case(field) => {
                columns.push((header.clone(), None));
            }
            (Some(field), Some(at)) if header.eq_ignore_ascii_case(field) => {
                columns[at].1 = None;
                columns.push((header.clone(), Some(field)));
            }
            (Some(field), Some(at)) => problems.push(place.problem(
                header,
                format!(
                    "“{}” and “{}” both mean {field}; map one of them to nothing",
                    cut(&columns[at].0),
                    cut(header)
                ),
            )),
            (field, _) => columns.push((header.clone(), field)),
        }
    }
    if problems.is_empty() && columns.iter().all(|(_, field)| field.is_none()) {
        problems.push(place.problem(
            "",
            format!(
                    "no column is one of {kind}: {}",
                    own::columns(kind)
                        .iter()
                        .map(|c| c.field)
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
        ));
    }
    if problems.is_empty() {
        Ok(columns)
    } else {
        Err(problems)
    }
}

/// The records of a table.
struct Records<'a> {
    rows: Rows<'a>,
    columns: Vec<Header>,
    kind: ImportKind,
    now: DateTime<Utc>,
    waiting: Vec<Found>,
}

impl Iterator for Records<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.waiting.pop() {
                return Some(found);
            }
            let (place, record) = self.rows.next()?;
            if record
                .iter()
                .all(|cell| cell.iter().all(u8::is_ascii_whitespace))
            {
                continue;
            }
            self.waiting = self.read(&place, &record);
            self.waiting.reverse();
        }
    }
}

impl Records<'_> {
    fn read(&self, place: &Place, record: &ByteRecord) -> Vec<Found> {
        if self.rows.is_cut(record) {
            return vec![Found::Problem(place.problem(
                "",
                "a quotation mark is opened here and never closed, so everything after it reads as one cell",
            ))];
        }
        if record.len() != self.columns.len() {
            let across = record.iter().any(|cell| cell.contains(&b'\n'));
            let hint = if across {
                "; a cell runs over several lines: is a quotation mark left open?"
            } else {
                ""
            };
            return vec![Found::Problem(place.problem(
                "",
                format!(
                    "has {} cells, the header has {}{hint}",
                    record.len(),
                    self.columns.len()
                ),
            ))];
        }
        let mut fields = Fields::new(place.clone(), self.now);
        for (cell, (_, field)) in record.iter().zip(&self.columns) {
            let Some(field) = field else { continue };
            if cell.len() > MAX_CELL {
                fields.wrong(
                    field,
                    format!(
                        "has {} bytes; at most {MAX_CELL} are taken in one cell",
                        cell.len()
                    ),
                );
                continue;
            }
            match std::str::from_utf8(cell) {
                Ok(text) => fields.put(field, text),
                Err(_) => fields.wrong(field, "is not UTF-8 text; save the file as UTF-8"),
            }
        }
        found(self.kind, fields)
    }
}

/// What one row gives.
pub(super) fn found(kind: ImportKind, fields: Fields) -> Vec<Found> {
    let place = fields.place.clone();
    match own::records(kind, fields) {
        Ok(records) => records
            .into_iter()
            .map(|record| Found::Record(place.clone(), record))
            .collect(),
        Err(problems) => problems.into_iter().map(Found::Problem).collect(),
    }
}

/// The rows of a table with their numbers as a spreadsheet shows them.
pub(super) struct Rows<'a> {
    bytes: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// Line breaks inside cells so far: they make lines, not rows.
    inside: u64,
    last_start: u64,
}

impl<'a> Rows<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            reader: ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter(bytes))
                .from_reader(bytes),
            inside: 0,
            last_start: 0,
        }
    }

    /// Whether this last record of the file ends inside an open quotation.
    fn is_cut(&self, record: &ByteRecord) -> bool {
        if !self.reader.is_done() && self.reader.position().byte() < self.bytes.len() as u64 {
            return false;
        }
        let start = usize::try_from(self.last_start).unwrap_or(usize::MAX);
        let raw = self.bytes.get(start..).unwrap_or_default();
        let quotes = count(raw, b'"');
        let opens = record
            .iter()
            .next_back()
            .is_some_and(|cell| cell.contains(&b'\n'))
            || raw.starts_with(b"\"")
            || raw
                .windows(2)
                .any(|pair| pair[1] == b'"' && matches!(pair[0], b',' | b';' | b'\t'));
        quotes % 2 == 1 && opens
    }
}

impl Iterator for Rows<'_> {
    type Item = (Place, ByteRecord);

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = ByteRecord::new();
        // Reading bytes from memory into a flexible record fails in no way.
        if !self.reader.read_byte_record(&mut record).unwrap_or(false) {
            return None;
        }
        let position = record
            .position()
            .cloned()
            .unwrap_or_else(csv::Position::new);
        self.last_start = position.byte();
        let row = position.line() - self.inside.min(position.line().saturating_sub(1));
        self.inside += count(record.as_slice(), b'\n') as u64;
        Some((Place::row(row), record))
    }
}

/// The sign between cells: the one of comma, semicolon and tab that stands in the header line most often.
fn delimiter(bytes: &[u8]) -> u8 {
    let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    let mut best = b',';
    for sign in [b';', b'\t'] {
        if count(head, sign) > count(head, best) {
            best = sign;
        }
    }
    best
}
