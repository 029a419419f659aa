//! The registry and the builder.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_rule_file_is_registered_under_its_own_name() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/finding/rules");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder of rules")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let registered: BTreeSet<String> = REGISTRY.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(files, registered);
    assert_eq!(
        registered.len(),
        REGISTRY.len(),
        "a rule is registered twice"
    );
}

#[test]
fn every_rule_explains_itself_and_maps_to_controls() {
    for rule in REGISTRY {
        assert!(rule.rationale.len() > 40, "{}", rule.id);
        assert!(!rule.name.is_empty(), "{}", rule.id);
        // What somebody does has a technique; how things are has none.
        if rule.class == FindingClass::Detection {
            let technique = rule.controls[0];
            assert!(
                technique.starts_with('T') && technique[1..5].bytes().all(|b| b.is_ascii_digit()),
                "{} names no technique",
                rule.id
            );
        }
        for family in ["NHI", "SOC 2 ", "ISO 27001 ", "NIST 800-53 ", "PCI DSS "] {
            assert!(
                rule.controls
                    .iter()
                    .any(|control| control.starts_with(family)),
                "{} names no {family}",
                rule.id
            );
        }
    }
}

#[test]
fn every_rule_has_the_three_tests() {
    for rule in REGISTRY {
        let path = format!(
            "{}/src/finding/rules/{}.rs",
            env!("CARGO_MANIFEST_DIR"),
            rule.id
        );
        let text = std::fs::read_to_string(&path).expect("the rule's file");
        for name in ["fn fires", "fn nearly_fires", "fn unknown"] {
            assert!(text.contains(name), "{} lacks {name}", rule.id);
        }
    }
}

#[test]
fn a_fingerprint_is_stable_and_tells_things_apart() {
    let one = IdentityId(uuid::Uuid::from_u128(1));
    let two = IdentityId(uuid::Uuid::from_u128(2));
    assert_eq!(fingerprint("a", one, "x"), fingerprint("a", one, "x"));
    let all: BTreeSet<_> = [
        fingerprint("a", one, "x"),
        fingerprint("b", one, "x"),
        fingerprint("a", two, "x"),
        fingerprint("a", one, ""),
    ]
    .into();
    assert_eq!(all.len(), 4);
    // Written down: a changed fingerprint would reopen every finding of every installation.
    assert_eq!(
        hex::encode(fingerprint("no_owner", one, "")),
        hex::encode(Sha256::digest(
            [b"no_owner\0".as_slice(), one.0.as_bytes()].concat()
        ))
    );
}
