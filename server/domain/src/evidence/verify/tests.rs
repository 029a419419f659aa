use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use ed25519_dalek::Signer;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::canonical;
use crate::evidence::format::{
    ACTIVITY, DECISIONS_TABLE, GENESIS, ITEMS, ITEMS_TABLE, Line, MESSAGES, REMEDIATION, link,
};
use crate::evidence::problem::Concern;
use crate::evidence::write::tests::{key, pack};

type Files = BTreeMap<String, Vec<u8>>;

fn unpack(pack: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(pack)).expect("zip");
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    names
        .into_iter()
        .map(|name| {
            let mut bytes = Vec::new();
            archive
                .by_name(&name)
                .expect("file")
                .read_to_end(&mut bytes)
                .expect("read");
            (name, bytes)
        })
        .collect()
}

fn repack(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .expect("start");
        zip.write_all(bytes).expect("write");
    }
    zip.finish().expect("finish").into_inner()
}

/// The sentences of what is wrong after a change to the files.
fn wrong(change: impl FnOnce(&mut Files)) -> Vec<String> {
    let mut files = unpack(&pack(12));
    change(&mut files);
    let public = key(1).verifying_key();
    let refused = verify(Cursor::new(repack(&files)), Some(&public)).expect_err("must not verify");
    refused.problems.iter().map(ToString::to_string).collect()
}

fn rows(files: &Files, path: &str) -> Vec<String> {
    let text = String::from_utf8(files[path].clone()).expect("text");
    text.lines().map(str::to_owned).collect()
}

fn put(files: &mut Files, path: &str, rows: &[String]) {
    let text: String = rows.iter().flat_map(|row| [row.as_str(), "\n"]).collect();
    files.insert(path.into(), text.into_bytes());
}

fn edit(path: &'static str, change: impl FnOnce(&mut Vec<String>)) -> impl FnOnce(&mut Files) {
    move |files| {
        let mut all = rows(files, path);
        change(&mut all);
        put(files, path, &all);
    }
}

#[test]
fn an_honest_pack_verifies_with_and_without_a_key() {
    let (bytes, public) = (pack(12), key(1).verifying_key());
    let report = verify(Cursor::new(&bytes), Some(&public)).expect("verifies");
    assert_eq!(
        (report.items, report.answers, report.outcomes.not_reviewed),
        (12, 10, 2)
    );
    assert!(!report.to_string().contains("NOT CHECKED"));
    let alone = verify(Cursor::new(&bytes), None).expect("verifies");
    assert!(
        alone.to_string().contains("NOT CHECKED") && alone.to_string().contains(&alone.fingerprint)
    );
    let again =
        verify(Cursor::new(repack(&unpack(&bytes))), Some(&public)).expect("contents are the same");
    assert!(again.repacked);
}

#[test]
fn every_flipped_byte_of_the_pack_is_noticed() {
    let (bytes, public) = (pack(3), key(1).verifying_key());
    for at in (0..bytes.len())
        .step_by(83)
        .chain(bytes.len() - 110..bytes.len())
    {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x20;
        assert!(
            verify(Cursor::new(bytes), Some(&public)).is_err(),
            "byte {at}"
        );
    }
}

#[test]
fn a_cut_pack_is_no_pack() {
    let bytes = pack(3);
    for length in [0, 10, 21, bytes.len() / 2, bytes.len() - 1] {
        let refused = verify(Cursor::new(&bytes[..length]), None).expect_err("cut");
        assert!(
            refused.to_string().contains("not an evidence pack"),
            "{length}: {refused}"
        );
    }
}

#[test]
fn a_flipped_byte_in_any_file_names_the_file() {
    for name in unpack(&pack(12)).keys() {
        for place in [0, 3, 5] {
            let found = wrong(|files| {
                let bytes = files.get_mut(name).expect("file");
                let at = bytes.len() * place / 6;
                bytes[at] ^= 1;
            });
            assert!(
                found.iter().any(|sentence| sentence.contains(name)),
                "{name}: {found:?}"
            );
        }
    }
}

#[test]
fn a_missing_row_is_named_and_a_cut_tail_is_something_else() {
    let missing = wrong(edit(ITEMS, |rows| drop(rows.remove(4))));
    assert_eq!(
        missing,
        ["row 5 of items.ndjson is missing (payments-5 · deploy)"]
    );
    let cut = wrong(edit(ITEMS, |rows| rows.truncate(9)));
    assert_eq!(
        cut,
        ["the end of items.ndjson was cut off: it stops at row 9 of 12"]
    );
    let both = wrong(edit(ITEMS, |rows| {
        rows.truncate(9);
        rows.remove(0);
    }));
    assert_eq!(both.len(), 2, "{both:?}");
}

#[test]
fn reordered_doubled_and_added_rows_are_told_apart() {
    let swapped = wrong(edit(ITEMS, |rows| rows.swap(2, 3)));
    assert_eq!(
        swapped,
        ["the rows of items.ndjson were put in another order, from row 3 on"]
    );
    let doubled = wrong(edit(ITEMS, |rows| rows.insert(3, rows[2].clone())));
    assert_eq!(doubled, ["row 3 of items.ndjson stands there twice"]);
    let added = wrong(edit(ITEMS_TABLE, |rows| {
        rows.push(rows[12].replacen("12", "13", 1));
    }));
    assert_eq!(added, ["items.csv has 13 rows, but 12 were signed"]);
}

#[test]
fn a_changed_row_says_whose_it_is() {
    let found = wrong(edit(ITEMS, |rows| {
        rows[6] = rows[6].replace("\"approve\"", "\"revoke\"");
    }));
    assert_eq!(
        found,
        [
            "row 7 of items.ndjson (payments-7 · deploy) was changed: its content does not match its hash"
        ]
    );
}

#[test]
fn a_chain_recomputed_by_a_forger_ends_elsewhere() {
    let found = wrong(edit(ITEMS, |rows| {
        let mut head = GENESIS.to_owned();
        for (n, row) in rows.iter_mut().enumerate() {
            let mut line: Line = serde_json::from_str(row).expect("line");
            if n == 6 {
                line.item["decision"] = "approve".into();
                line.item["history"][0]["reason"] = "forged".into();
            }
            line.hash = link(&head, line.index, &line.item);
            line.previous = std::mem::replace(&mut head, line.hash.clone());
            *row = String::from_utf8(canonical::to_vec(&line)).expect("text");
        }
    }));
    assert_eq!(
        found,
        [
            "the chain over items.ndjson does not end where the signed manifest says: rows were rewritten"
        ]
    );
}

#[test]
fn the_tables_and_the_record_are_checked_row_by_row() {
    let table = wrong(edit(DECISIONS_TABLE, |rows| drop(rows.remove(3))));
    assert_eq!(table, ["row 3 of decisions.csv is missing"]);
    let tail = wrong(edit(DECISIONS_TABLE, |rows| rows.truncate(8)));
    assert_eq!(
        tail,
        ["the end of decisions.csv was cut off: it stops at row 7 of 10"]
    );
    let gap = wrong(edit(ACTIVITY, |rows| drop(rows.remove(2))));
    assert_eq!(
        gap[0],
        "activity.ndjson does not hold: entry 43 is missing; the next one present is 44"
    );
    let cut = wrong(edit(ACTIVITY, |rows| rows.truncate(4)));
    assert_eq!(
        cut,
        [
            "activity.ndjson does not hold: the record ends at entry 44, but its head says 46: the tail was cut"
        ]
    );
    let changed = wrong(edit(ACTIVITY, |rows| {
        rows[1] = rows[1].replace("Approved", "Revoked");
    }));
    assert_eq!(
        changed,
        ["activity.ndjson does not hold: entry 42 was changed after it was written"]
    );
}

#[test]
fn extra_and_missing_files_are_named() {
    let extra = wrong(|files| drop(files.insert("notes.txt".into(), b"trust me".to_vec())));
    assert_eq!(
        extra,
        ["notes.txt does not belong to the pack: it was added after sealing"]
    );
    for name in unpack(&pack(12)).keys() {
        let found = wrong(|files| drop(files.remove(name)));
        assert!(
            found[0].contains(&format!("{name} is missing from the pack")),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn a_replaced_signature_and_another_key_are_different_things() {
    let replaced = wrong(|files| {
        let signature = key(2).sign(&files[MANIFEST]).to_bytes().to_vec();
        files.insert(SIGNATURE.into(), signature);
    });
    assert!(
        replaced[0].starts_with("manifest.sig is not a signature of manifest.json by key"),
        "{replaced:?}"
    );

    let swapped = wrong(|files| {
        files.insert(
            PUBLIC_KEY.into(),
            keys::public_to_pem(&key(2).verifying_key()).into_bytes(),
        );
    });
    assert!(
        swapped[0].starts_with("public_key.pem is key"),
        "{swapped:?}"
    );

    let other = key(2).verifying_key();
    let refused = verify(Cursor::new(pack(3)), Some(&other)).expect_err("another key");
    assert!(
        refused.to_string().contains("not by the key you gave"),
        "{refused}"
    );
    assert!(
        refused
            .problems
            .iter()
            .all(|p| p.concern() == Concern::Signature)
    );
}

/// Signs a changed manifest anew: what a dishonest or broken sealer could do.
fn resigned(change: impl FnOnce(&mut Manifest)) -> Vec<String> {
    wrong(|files| {
        let mut manifest: Manifest = serde_json::from_slice(&files[MANIFEST]).expect("manifest");
        change(&mut manifest);
        let bytes = canonical::to_vec(&manifest);
        files.insert(SIGNATURE.into(), key(1).sign(&bytes).to_bytes().to_vec());
        files.insert(MANIFEST.into(), bytes);
    })
}

#[test]
fn counts_that_do_not_fit_the_rows_are_refused_even_when_signed() {
    let counts = resigned(|m| {
        m.outcomes.approve += 2;
        m.outcomes.not_reviewed -= 2;
    });
    assert_eq!(
        counts,
        [
            "approved items: the manifest says 9, the rows say 7",
            "items not reviewed: the manifest says 0, the rows say 2"
        ]
    );
    let more = resigned(|m| m.population.count += 1);
    assert_eq!(
        more,
        ["the end of items.ndjson was cut off: it stops at row 12 of 13"]
    );
    let unlisted = resigned(|m| m.files.retain(|file| file.path != "summary.html"));
    assert!(
        unlisted[0].contains("does not list summary.html"),
        "{unlisted:?}"
    );
}

#[test]
fn a_zip_bomb_is_not_unpacked() {
    let found = wrong(|files| drop(files.insert("summary.html".into(), vec![b' '; 40 << 20])));
    assert_eq!(
        found,
        ["summary.html is larger than an evidence file can be; it was not read"]
    );
}

#[test]
fn a_second_file_by_the_same_name_is_not_hidden() {
    let files = unpack(&pack(3));
    let mut bytes = repack(&files);
    // The name of one file is overwritten by the name of another, in its headers only.
    let from = b"items.csv".as_slice();
    let to = b"VERIFY.md".as_slice();
    let mut at = 0;
    while let Some(found) = bytes[at..]
        .windows(from.len())
        .position(|window| window == from)
    {
        bytes[at + found..at + found + from.len()].copy_from_slice(to);
        at += found + from.len();
    }
    let refused = verify(Cursor::new(bytes), None).expect_err("hidden");
    assert!(
        refused.to_string().contains("hidden behind another"),
        "{refused}"
    );
}

#[test]
fn random_bytes_are_refused_without_a_panic() {
    let bytes = pack(2);
    for seed in 0..60_usize {
        let mut bytes = bytes.clone();
        for step in 0..20 {
            let at = (seed * 7_919 + step * 104_729) % bytes.len();
            bytes[at] = bytes[at].wrapping_add(u8::try_from((seed + step) % 255).unwrap_or(0) + 1);
        }
        assert!(verify(Cursor::new(bytes), None).is_err());
    }
}

/// Every row taken out, doubled, swapped with the next, and changed in one character: in every file that has rows.
#[test]
fn every_row_of_every_file_is_watched_and_so_is_their_order() {
    for path in [
        ITEMS,
        ITEMS_TABLE,
        DECISIONS_TABLE,
        REMEDIATION,
        MESSAGES,
        ACTIVITY,
    ] {
        let count = rows(&unpack(&pack(12)), path).len();
        for n in 0..count {
            let gone = wrong(edit(path, |all| drop(all.remove(n))));
            assert!(!gone.is_empty());
            wrong(edit(path, |all| all.insert(n, all[n].clone())));
            wrong(edit(path, |all| {
                let middle = all[n].len() / 2;
                let at = (0..=middle).rev().find(|at| all[n].is_char_boundary(*at));
                all[n].insert(at.unwrap_or(0), '7');
            }));
            if n + 1 < count {
                wrong(edit(path, |all| all.swap(n, n + 1)));
            }
        }
    }
}

#[test]
fn a_pack_of_five_thousand_items_verifies_and_one_changed_byte_of_any_file_shows() {
    let whole = pack(5_000);
    let public = key(1).verifying_key();
    let report = verify(Cursor::new(&whole), Some(&public)).expect("verifies");
    assert_eq!(report.items, 5_000);
    let files = unpack(&whole);
    assert_eq!(files.len(), LISTED.len() + SINCE_2.len() + 2);
    for name in files.keys() {
        let mut changed = files.clone();
        let bytes = changed.get_mut(name).expect("file");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let refused = verify(Cursor::new(repack(&changed)), Some(&public));
        assert!(refused.is_err(), "{name}");
    }
}
