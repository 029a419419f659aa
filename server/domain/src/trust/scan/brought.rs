//! What was brought of a repository, sorted: pipeline files, what its API prints of protections, other tools' results.
//!
//! Files come one by one or in a zip as GitHub and GitLab make them (one folder around everything). What is none of the
//! three is left out; what cannot be read is told by its name, and the rest goes on.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use super::{Kind, is_pipeline, kind};
use crate::trust::source;

/// Most files taken at once.
const MOST: usize = 5_000;
/// Longest file of an archive, in bytes.
const LONGEST: u64 = 8 << 20;
/// Most bytes taken of an archive in all.
const WHOLE: u64 = 64 << 20;

/// Files by what they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brought {
    /// Pipeline files by path.
    pub files: BTreeMap<String, String>,
    /// What APIs print of protections and environments: name and text.
    pub governance: Vec<(String, String)>,
    /// Results of other tools: name and text.
    pub sarif: Vec<(String, String)>,
    /// What cannot be taken, and why: name and sentence.
    pub wrong: Vec<(String, String)>,
}

impl Brought {
    /// Takes a file in by its content; a zip file by file.
    pub fn take(&mut self, name: &str, bytes: &[u8]) {
        if bytes.starts_with(b"PK\x03\x04") {
            if let Err(why) = self.unpack(bytes) {
                self.wrong.push((name.to_owned(), why));
            }
            return;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.sort(name, text.trim_start_matches('\u{feff}')),
            Err(_) => self.wrong.push((name.to_owned(), "not UTF-8".to_owned())),
        }
    }

    /// Nothing was taken.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.governance.is_empty() && self.sarif.is_empty()
    }

    fn sort(&mut self, name: &str, text: &str) {
        if self.files.len() + self.governance.len() + self.sarif.len() >= MOST {
            self.wrong
                .push((name.to_owned(), format!("more than {MOST} files")));
            return;
        }
        if text.trim_start().starts_with(['{', '[']) && !is_pipeline(name) {
            let found = text.contains("\"runs\"") && text.contains("\"tool\"");
            if is_sarif(name) || found {
                self.sarif.push((name.to_owned(), text.to_owned()));
            } else {
                self.governance.push((name.to_owned(), text.to_owned()));
            }
            return;
        }
        self.files.insert(placed(name, text), text.to_owned());
    }

    fn unpack(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
            .map_err(|why| format!("the archive cannot be read: {why}"))?;
        if archive.len() > 200_000 {
            return Err("the archive has more than 200,000 entries".to_owned());
        }
        let mut left = WHOLE;
        for at in 0..archive.len() {
            let mut entry = archive
                .by_index(at)
                .map_err(|why| format!("entry {}: {why}", at + 1))?;
            let name = entry.name().replace('\\', "/");
            let wanted = is_pipeline(&name) || is_sarif(&name);
            if !entry.is_file() || !wanted {
                continue;
            }
            // What an archive says of its sizes is not believed: what comes out is counted.
            let mut content = Vec::new();
            let most = LONGEST.min(left);
            let read = entry.by_ref().take(most + 1).read_to_end(&mut content);
            match read {
                Ok(_) if u64::try_from(content.len()).unwrap_or(u64::MAX) > most => {
                    self.wrong.push((name, format!("longer than {most} bytes")));
                }
                Ok(length) => {
                    left -= u64::try_from(length).unwrap_or(left).min(left);
                    self.take_entry(&name, &content);
                }
                Err(why) => self.wrong.push((name, why.to_string())),
            }
        }
        Ok(())
    }

    /// An archive in an archive is not opened.
    fn take_entry(&mut self, name: &str, content: &[u8]) {
        let inner = inside(name);
        match std::str::from_utf8(content) {
            Ok(text) => self.sort(&inner, text.trim_start_matches('\u{feff}')),
            Err(_) => self.wrong.push((inner, "not UTF-8".to_owned())),
        }
    }
}

fn is_sarif(name: &str) -> bool {
    let extension = std::path::Path::new(name).extension();
    extension.is_some_and(|it| it.eq_ignore_ascii_case("sarif"))
}

/// The path within the repository: from the folder a platform looks into, else without the folder around everything.
fn inside(name: &str) -> String {
    for folder in [".github/", ".gitlab/", ".circleci/"] {
        if let Some(at) = name.find(folder) {
            return name[at..].to_owned();
        }
    }
    match name.split_once('/') {
        Some((_, rest)) if !rest.is_empty() => rest.to_owned(),
        _ => name.to_owned(),
    }
}

/// Where a file that came without its folder belongs.
fn placed(name: &str, text: &str) -> String {
    let name = name.replace('\\', "/");
    if name.contains('/') {
        return name.trim_start_matches("./").to_owned();
    }
    match source::yaml(text).ok().as_ref().and_then(kind) {
        Some(Kind::Workflow) => format!(".github/workflows/{name}"),
        Some(Kind::CircleCi) => format!(".circleci/{name}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use std::io::Write as _;

    use super::*;

    const WORKFLOW: &str = "on: push\njobs: {a: {steps: []}}\n";

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn files_are_sorted_by_what_they_hold() {
        let mut all = Brought::default();
        all.take("deploy.yml", WORKFLOW.as_bytes());
        all.take(".gitlab-ci.yml", b"a: {script: [x]}");
        all.take("environments.json", br#"{"environments":[]}"#);
        all.take("zizmor.json", br#"{"runs":[{"tool":{}}]}"#);
        all.take("x.yml", b"\xff\xfe");
        let paths: Vec<&str> = all.files.keys().map(String::as_str).collect();
        assert_eq!(paths, [".github/workflows/deploy.yml", ".gitlab-ci.yml"]);
        assert_eq!((all.governance.len(), all.sarif.len()), (1, 1));
        assert_eq!(all.wrong, [("x.yml".to_owned(), "not UTF-8".to_owned())]);
    }

    #[test]
    fn an_archive_of_a_repository_gives_its_pipelines() {
        let bytes = archive(&[
            ("shop-abc/.github/workflows/a.yml", WORKFLOW.as_bytes()),
            ("shop-abc/src/main.rs", b"fn main() {}"),
            ("shop-abc/.gitlab-ci.yml", b"a: {script: [x]}"),
            (
                "shop-abc/../../etc/.github/workflows/b.yml",
                WORKFLOW.as_bytes(),
            ),
        ]);
        let mut all = Brought::default();
        all.take("shop.zip", &bytes);
        let paths: Vec<&str> = all.files.keys().map(String::as_str).collect();
        assert_eq!(
            paths,
            [
                ".github/workflows/a.yml",
                ".github/workflows/b.yml",
                ".gitlab-ci.yml"
            ]
        );
    }

    #[test]
    fn a_bomb_is_cut_off_and_told() {
        let long = vec![b'#'; usize::try_from(LONGEST).unwrap() + 10];
        let bytes = archive(&[
            (".github/workflows/bomb.yml", &long),
            (".github/workflows/a.yml", WORKFLOW.as_bytes()),
        ]);
        assert!(bytes.len() < 100_000);
        let mut all = Brought::default();
        all.take("bomb.zip", &bytes);
        assert_eq!(all.files.len(), 1);
        assert!(all.wrong[0].1.contains("longer"), "{:?}", all.wrong);
        all.take("broken.zip", b"PK\x03\x04broken");
        assert!(all.wrong[1].1.contains("archive"), "{:?}", all.wrong);
    }
}
