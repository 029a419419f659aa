//! Real events of every source at hand: nothing panics, nothing vanishes, and a table of what was understood.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use contract::events::{EventFormat, EventKind, Outcome};
use domain::event::normalize::{Hints, accept, accept_with, detect};
use domain::event::{redact, split};

#[path = "event_data/table.rs"]
mod table;
#[path = "event_data/understood.rs"]
mod understood;

use table::{EXPECTED, FACTS, FOREIGN};
use understood::Formats;

/// Directory of the shared data, when it is there.
fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("ROLLCALL_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let found = [root.join("events"), root.join("data/events")]
        .into_iter()
        .find(|dir| dir.is_dir());
    if found.is_none() {
        println!("skipped: shared event data absent (set ROLLCALL_SHARED)");
    }
    found
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|kind| kind == "json" || kind == "ndjson" || kind == "gz")
                && !path.to_string_lossy().contains(".meta.")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn bytes(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .read_to_end(&mut plain)
        .unwrap();
    plain
}

#[derive(Default)]
struct Tally {
    records: usize,
    events: usize,
    kind: usize,
    actor: usize,
    outcome: usize,
    joined: usize,
    discovered: usize,
    formats: BTreeMap<EventFormat, usize>,
    ids: std::collections::BTreeSet<String>,
    rejects: BTreeMap<String, usize>,
}

#[test]
fn every_file_is_read_and_counted() {
    let Some(root) = shared() else { return };
    let mut table: BTreeMap<String, Tally> = BTreeMap::new();
    let mut formats = Formats::default();
    // Rule authors cut the times off many samples; a delivery has its receipt.
    let hints = Hints {
        received_at: chrono::DateTime::from_timestamp(1_790_000_000, 0),
        ..Hints::default()
    };
    for path in files(&root) {
        let group = path.strip_prefix(&root).unwrap();
        let mut group = group
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        if group == "panther-analysis" {
            group = format!("panther {}", path.file_stem().unwrap().to_string_lossy());
        }
        let tally = table.entry(group).or_default();
        for record in split::split(&bytes(&path), 1 << 20) {
            tally.records += 1;
            match record.parsed.map(|value| accept_with(None, value, &hints)) {
                Ok(Ok(accepted)) => {
                    tally.events += 1;
                    formats.count(&accepted.event);
                    *tally.formats.entry(accepted.event.format).or_default() += 1;
                    tally.ids.insert(accepted.event.vendor_id.clone());
                    tally.kind += usize::from(accepted.event.kind != EventKind::Other);
                    tally.actor += usize::from(accepted.event.actor.is_some());
                    tally.outcome +=
                        usize::from(accepted.event.outcome != contract::events::Outcome::Unknown);
                    tally.joined += usize::from(!accepted.event.selectors().is_empty());
                    tally.discovered += usize::from(accepted.event.discovery().is_some());
                }
                Ok(Err((reject, _))) => *tally.rejects.entry(reject.to_string()).or_default() += 1,
                Err(reason) => *tally.rejects.entry(reason).or_default() += 1,
            }
        }
    }
    print(&table);
    formats.print();
    compare(&table);
    formats.judge();
}

/// What each group was understood as.
fn print(table: &BTreeMap<String, Tally>) {
    println!(
        "{:<34} {:>7} {:>7} {:>6} {:>6} {:>8} {:>8} {:>10}  rejects",
        "source", "records", "events", "kind", "actor", "outcome", "subject", "discovered"
    );
    for (group, tally) in table {
        let percent = |part: usize| {
            (part * 100)
                .checked_div(tally.events)
                .map_or("-".to_owned(), |share| format!("{share}%"))
        };
        println!(
            "{group:<34} {:>7} {:>7} {:>6} {:>6} {:>8} {:>8} {:>10}  {:?}",
            tally.records,
            tally.events,
            percent(tally.kind),
            percent(tally.actor),
            percent(tally.outcome),
            percent(tally.joined),
            percent(tally.discovered),
            tally.rejects
        );
    }
}

fn compare(table: &BTreeMap<String, Tally>) {
    for (group, format, records, events) in EXPECTED {
        let tally = &table[*group];
        assert_eq!(tally.records, *records, "{group}");
        assert_eq!(
            tally.formats.get(format),
            Some(events),
            "{group}: {:?}, {:?}",
            tally.formats,
            tally.rejects
        );
        let listed: usize = EXPECTED
            .iter()
            .filter(|row| row.0 == *group)
            .map(|row| row.3)
            .sum();
        assert_eq!(tally.events, listed, "{group}: {:?}", tally.formats);
        assert!(
            tally
                .rejects
                .keys()
                .all(|reason| reason.contains("not a time") || reason.contains("not recognised")),
            "{group}: {:?}",
            tally.rejects
        );
    }
    for group in FOREIGN {
        assert_eq!(
            table[*group].events, 0,
            "{group}: {:?}",
            table[*group].formats
        );
    }
    let listed = |group: &String| {
        EXPECTED.iter().any(|row| row.0 == group) || FOREIGN.contains(&group.as_str())
    };
    let unlisted: Vec<_> = table
        .iter()
        .filter(|(group, tally)| tally.records > 0 && !listed(group))
        .map(|(group, _)| group)
        .collect();
    assert_eq!(unlisted, Vec::<&String>::new(), "add them to the table");
    // CloudTrail's ids are unique over everything it really wrote.
    assert_eq!(table["aws_dataset"].ids.len(), 1618);
}

#[test]
fn fields_hold_what_the_files_say() {
    let Some(root) = shared() else { return };
    let hints = Hints {
        received_at: chrono::DateTime::from_timestamp(1_790_000_000, 0),
        ..Hints::default()
    };
    for (file, place, field, expected) in FACTS {
        let content = bytes(&root.join(file));
        let record = split::split(&content, 1 << 20).nth(*place).unwrap();
        let event = accept_with(None, record.parsed.unwrap(), &hints)
            .unwrap()
            .event;
        let printed = serde_json::to_value(&event).unwrap();
        assert_eq!(printed[*field], *expected, "{file} record {place} {field}");
    }
}

#[test]
fn a_webhook_is_what_its_file_is_named_after() {
    let Some(root) = shared() else { return };
    for path in files(&root.join("octokit-webhooks")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let expected = name.split("__").nth(1).unwrap().to_owned();
        for record in split::split(&bytes(&path), 1 << 20) {
            let event = accept(None, record.parsed.unwrap()).unwrap().event;
            let told = event.action.split('.').next().unwrap().to_owned();
            assert_eq!(told, expected, "{name}");
        }
    }
}

#[test]
fn both_spellings_of_entra_and_github_read_the_same() {
    let Some(root) = shared() else { return };
    for (folded, native) in [
        ("Azure.Audit.ndjson", "Azure.Audit.native.ndjson"),
        ("GitHub.Audit.ndjson", "GitHub.Audit.native.ndjson"),
    ] {
        let read = |name: &str| {
            let content = bytes(&root.join("panther-analysis").join(name));
            split::split(&content, 1 << 20)
                .filter_map(|record| accept(None, record.parsed.unwrap()).ok())
                .map(|accepted| {
                    let mut printed = serde_json::to_value(&accepted.event).unwrap();
                    // Derived ids are of the record as it came.
                    if printed["id_kind"] == "derived" {
                        printed["vendor_id"] = "-".into();
                    }
                    printed
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(read(folded), read(native), "{folded}");
    }
}

#[test]
fn failures_in_the_files_are_failures() {
    let Some(root) = shared() else { return };
    let content = bytes(&root.join("panther-analysis/Amazon.EKS.Audit.ndjson"));
    let hints = Hints {
        received_at: chrono::DateTime::from_timestamp(1_790_000_000, 0),
        ..Hints::default()
    };
    for record in split::split(&content, 1 << 20) {
        let value = record.parsed.unwrap();
        let code = value
            .get("responseStatus")
            .and_then(|status| status.get("code")?.as_i64());
        let event = accept_with(None, value, &hints).unwrap().event;
        match code {
            Some(code) if code >= 400 => assert_eq!(event.outcome, Outcome::Failure),
            Some(code) if code > 0 => assert_eq!(event.outcome, Outcome::Success),
            _ => {}
        }
    }
}

#[test]
fn no_session_token_survives() {
    let Some(root) = shared() else { return };
    let mut tokens = 0;
    for path in files(&root.join("aws_dataset")) {
        for record in split::split(&bytes(&path), 1 << 20) {
            let value = record.parsed.unwrap();
            let token = value
                .get("responseElements")
                .and_then(|made| made.get("credentials")?.get("sessionToken")?.as_str())
                .map(str::to_owned);
            let accepted = accept(None, value).unwrap();
            if let Some(token) = token {
                tokens += 1;
                assert!(!accepted.raw.to_string().contains(&token));
                assert!(
                    !serde_json::to_string(&accepted.event)
                        .unwrap()
                        .contains(&token)
                );
            }
        }
    }
    println!("{tokens} session tokens redacted");
    assert!(tokens >= 10);
}

#[test]
fn mutated_records_never_panic_and_read_the_same_twice() {
    let Some(root) = shared() else { return };
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).unwrap() % below
    };
    let alphabet = b"{}[]\",:\\ \n\x000e-\xc3\xa9atruefalsenull";
    let mut rounds = 0;
    for path in files(&root.join("constructed"))
        .into_iter()
        .chain(files(&root.join("cloud-snitch")))
        .chain(
            files(&root.join("panther-analysis"))
                .into_iter()
                .filter(|path| !path.to_string_lossy().contains("CloudTrail")),
        )
    {
        let mut original = bytes(&path);
        original.truncate(48 << 10);
        if original.is_empty() {
            continue;
        }
        for _ in 0..20 {
            let mut mutated = original.clone();
            for _ in 0..=random(12) {
                let at = random(mutated.len());
                mutated[at] = alphabet[random(alphabet.len())];
            }
            let read =
                || {
                    split::split(&mutated, 1 << 20)
                        .map(|record| match record.parsed {
                            Ok(value) => {
                                let format = detect(&value);
                                accept(format, value)
                                    .map(|accepted| {
                                        (
                                            accepted.event.clone(),
                                            accepted.event.discovery(),
                                            accepted.event.selectors(),
                                        )
                                    })
                                    .map_err(|(reject, _)| reject.to_string())
                            }
                            Err(reason) => Err(reason
                                + &redact::redact_text(&String::from_utf8_lossy(record.bytes))),
                        })
                        .collect::<Vec<_>>()
                };
            assert_eq!(read(), read());
            rounds += 1;
        }
    }
    println!("{rounds} mutated deliveries");
}
