//! Real events of every source at hand: nothing panics, nothing vanishes, and a table of what was understood.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use contract::events::EventKind;
use domain::event::normalize::{accept, detect};
use domain::event::{redact, split};

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
    rejects: BTreeMap<String, usize>,
}

#[test]
fn every_file_is_read_and_counted() {
    let Some(root) = shared() else { return };
    let mut table: BTreeMap<String, Tally> = BTreeMap::new();
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
            match record.parsed.map(|value| accept(None, value)) {
                Ok(Ok(accepted)) => {
                    tally.events += 1;
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
    println!(
        "{:<34} {:>7} {:>7} {:>6} {:>6} {:>8} {:>8} {:>10}  rejects",
        "source", "records", "events", "kind", "actor", "outcome", "subject", "discovered"
    );
    for (group, tally) in &table {
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
    let of = |group: &str| &table[group];
    assert_eq!(of("aws_dataset").events, 1618);
    assert_eq!(of("stratus-red-team").events, 206);
    assert_eq!(of("panther GitHub.Audit.native").records, 48);
    for group in [
        "aws_dataset",
        "stratus-red-team",
        "panther AWS.CloudTrail",
        "panther GitHub.Audit.native",
    ] {
        let tally = of(group);
        assert!(
            tally.events * 100 >= tally.records * 85,
            "{group}: {:?}",
            tally.rejects
        );
        assert!(
            tally
                .rejects
                .keys()
                .all(|reason| reason.contains(": missing")
                    || reason.contains("not a time")
                    || reason.contains("not recognised")),
            "{group}: {:?}",
            tally.rejects
        );
    }
}

#[test]
fn no_session_token_survives() {
    let Some(root) = shared() else { return };
    let mut tokens = 0;
    for path in files(&root.join("aws_dataset")) {
        for record in split::split(&bytes(&path), 1 << 20) {
            let value = record.parsed.unwrap();
            let token = value["responseElements"]["credentials"]["sessionToken"]
                .as_str()
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
                .filter(|path| path.to_string_lossy().contains("GitHub.Audit")),
        )
    {
        let original = bytes(&path);
        for _ in 0..40 {
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
