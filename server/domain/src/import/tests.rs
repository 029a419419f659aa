//! Files as people and vendors write them, and as they break.

mod own;
mod runners;
mod table;
mod vendors;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn hint() -> Hint {
    Hint::at(at("2026-11-21T10:00:00Z"))
}

/// Records and problems of a file.
fn parts(bytes: &[u8], hint: &Hint) -> (Vec<(Place, Record)>, Vec<ImportProblem>, Vec<String>) {
    let (mut records, mut problems, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    match read(bytes, hint) {
        Err(all) => problems = all,
        Ok(reading) => {
            for found in reading.found {
                match found {
                    Found::Record(place, record) => records.push((place, record)),
                    Found::Problem(problem) => problems.push(problem),
                    Found::Note(note) => notes.push(note),
                }
            }
        }
    }
    (records, problems, notes)
}

/// The records of a file without a problem.
fn good(text: &str) -> Vec<Record> {
    let (records, problems, _) = parts(text.as_bytes(), &hint());
    assert_eq!(problems, [], "{text}");
    records.into_iter().map(|(_, record)| record).collect()
}

/// The problems of a file, as they are printed.
fn bad(bytes: &[u8]) -> Vec<String> {
    let (_, problems, _) = parts(bytes, &hint());
    problems.iter().map(ToString::to_string).collect()
}

fn identity(record: &Record) -> &record::Identity {
    let Record::Identity(identity) = record else {
        panic!("no identity: {record:?}")
    };
    identity
}
