//! Every real trust document at hand: it parses, nothing panics, and a table shows ring and findings.

use std::path::{Path, PathBuf};

use domain::trust::{Facts, Language, Severity, Token, read};

pub fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("ROLLCALL_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let found = [root.join("trust/trust"), root.join("data/trust/trust")]
        .into_iter()
        .find(|dir| dir.is_dir());
    if found.is_none() {
        println!("skipped: shared trust data absent (set ROLLCALL_SHARED)");
    }
    found
}

#[test]
fn every_document_is_read_and_judged() {
    let Some(dir) = shared() else { return };
    let facts = Facts::default();
    let token = Token::read(r#"{"iss":"https://token.actions.githubusercontent.com","sub":"repo:stranger/thing:ref:refs/heads/main","aud":"sts.amazonaws.com","repository":"stranger/thing"}"#).unwrap();
    let mut names: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    names.sort();
    let mut unlike = 0;
    for path in &names {
        let bytes = std::fs::read(path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let language = Language::of(name.split('-').next().unwrap()).unwrap();
        let trust = read(&bytes, Some(language)).unwrap_or_else(|why| panic!("{name}: {why}"));
        let guessed = read(&bytes, None).unwrap_or_else(|why| panic!("{name}: {why}"));
        unlike += usize::from(guessed.language() != trust.language());
        let admits = trust.admits(&facts);
        let found = trust.lint(&facts);
        let told: Vec<String> = found
            .iter()
            .map(|it| format!("{}({})", it.rule, it.severity.as_str()))
            .collect();
        let stranger = trust.evaluate(&token, &facts);
        println!(
            "{name:10} {:12} stranger {:7} {}",
            admits.ring.as_str(),
            stranger.decision.as_str(),
            told.join(" ")
        );
        assert!(!stranger.reasons.is_empty(), "{name}");
        assert!(
            found
                .iter()
                .all(|it| it.severity >= Severity::Info && it.position.line > 0)
        );
    }
    println!("{} documents", names.len());
    assert!(names.len() >= 148);
    assert_eq!(unlike, 0, "languages told from the document");
}
