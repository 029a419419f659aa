//! Every real event at hand, in OCSF: a validator of the schema 1.8.0 finds nothing wrong with any of them.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeMap;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use contract::feed::FeedFormat;
use contract::ids::EventId;
use domain::event::normalize::{Hints, accept_with};
use domain::event::split;
use domain::siem::{PlacedEvent, Row, Written};
use uuid::Uuid;

/// The shared folder, when it is there.
fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("ROLLCALL_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let found = [root.clone(), root.join("..")].into_iter().find(|root| {
        root.join("tools/ocsf/validate_ocsf.py").is_file() && root.join("data/events").is_dir()
    });
    if found.is_none() {
        println!("skipped: shared event data or OCSF validator absent (set ROLLCALL_SHARED)");
    }
    found
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let kind = path.extension().unwrap_or_default().to_owned();
            if path.is_dir() {
                open.push(path);
            } else if ["json", "ndjson", "gz"].iter().any(|known| kind == *known) {
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

#[test]
fn every_real_event_is_valid_ocsf() {
    let Some(root) = shared() else { return };
    let hints = Hints {
        received_at: chrono::DateTime::from_timestamp(1_790_000_000, 0),
        ..Hints::default()
    };
    let (mut lines, mut classes, mut position) = (Vec::new(), BTreeMap::<i64, usize>::new(), 0);
    for path in files(&root.join("data/events")) {
        for record in split::split(&bytes(&path), 1 << 20) {
            let Ok(Ok(accepted)) = record.parsed.map(|value| accept_with(None, value, &hints))
            else {
                continue;
            };
            position += 1;
            let row = Row::Event(Box::new(PlacedEvent {
                position,
                published: hints.received_at.unwrap(),
                hash: vec![0; 32],
                id: EventId(Uuid::from_u128(u128::try_from(position).unwrap())),
                received_at: hints.received_at.unwrap(),
                source: "s".into(),
                identity: None,
                raw: Some(accepted.raw.to_string()),
                event: accepted.event,
            }));
            let Written::Json(value) = row.write(FeedFormat::Ocsf) else {
                unreachable!()
            };
            *classes
                .entry(value["class_uid"].as_i64().unwrap())
                .or_default() += 1;
            serde_json::to_writer(&mut lines, &value).unwrap();
            lines.push(b'\n');
            // No other format stumbles over it either.
            for format in FeedFormat::ALL {
                row.line(*format, &mut Vec::new());
            }
        }
    }
    println!("{position} events: {classes:?}");
    assert!(position > 2_000, "{position}");
    for class in [3001, 3002, 3004, 6003] {
        assert!(
            classes.contains_key(&class),
            "no event is of class {class}: {classes:?}"
        );
    }
    let mut validator = Command::new("python3")
        .arg(root.join("tools/ocsf/validate_ocsf.py"))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = validator.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&lines));
    let output = validator.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        said.chars().take(4_000).collect::<String>()
    );
    println!("{said}");
}
