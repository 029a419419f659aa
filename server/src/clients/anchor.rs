//! Places outside where the head of the record is written: a file, a Git repository, a signed webhook.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, Utc};
use service::ports::{Anchorage, Anchoring, Letter, Post as _, Posted};
use service::settings::{Anchors, Outlets};
use uuid::Uuid;

use super::post::Outgoing;

/// The file anchors are kept in, inside a repository.
const FILE: &str = "rollcall-anchors.jsonl";

/// Every configured place.
///
/// # Errors
/// When the webhook cannot be set up on this machine.
pub fn places(anchors: &Anchors, outlets: &Outlets) -> Result<Vec<Box<dyn Anchorage>>, String> {
    let mut out: Vec<Box<dyn Anchorage>> = Vec::new();
    if let Some(path) = &anchors.file {
        out.push(Box::new(InFile(path.clone())));
    }
    if let Some(path) = &anchors.git {
        out.push(Box::new(InGit(path.clone())));
    }
    if anchors.webhook {
        out.push(Box::new(ByWebhook(Outgoing::new(outlets)?)));
    }
    Ok(out)
}

/// Appends to a file: on another machine's disk, or on one that only takes appends.
struct InFile(PathBuf);

fn append(path: &Path, line: &str) -> Result<(), String> {
    let say = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(say)?;
    file.write_all(format!("{line}\n").as_bytes())
        .map_err(say)?;
    file.sync_all().map_err(say)
}

impl Anchorage for InFile {
    fn name(&self) -> &'static str {
        "file"
    }

    fn put(&self, line: String, _: Uuid, _: DateTime<Utc>) -> Anchoring<'_> {
        let path = self.0.clone();
        Box::pin(off_the_runtime(move || append(&path, &line)))
    }
}

/// Commits to a repository; a hook there may push it on.
struct InGit(PathBuf);

fn git(at: &Path, args: &[&str]) -> Result<(), String> {
    let ran = Command::new("git")
        .arg("-C")
        .arg(at)
        .args([
            "-c",
            "user.name=Rollcall",
            "-c",
            "user.email=rollcall@localhost",
        ])
        .args(args)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if ran.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    Err(format!("git {}: {}", args[0], said.trim()))
}

impl Anchorage for InGit {
    fn name(&self) -> &'static str {
        "git"
    }

    fn put(&self, line: String, _: Uuid, _: DateTime<Utc>) -> Anchoring<'_> {
        let at = self.0.clone();
        Box::pin(off_the_runtime(move || {
            append(&at.join(FILE), &line)?;
            git(&at, &["add", FILE])?;
            git(
                &at,
                &[
                    "commit",
                    "--quiet",
                    "-m",
                    "Anchor Rollcall's record",
                    "--",
                    FILE,
                ],
            )
        }))
    }
}

/// Posts to the configured webhook, signed.
struct ByWebhook(Outgoing);

impl Anchorage for ByWebhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn put(&self, line: String, id: Uuid, at: DateTime<Utc>) -> Anchoring<'_> {
        Box::pin(async move {
            let letter = Letter {
                id,
                to_name: String::new(),
                address: String::new(),
                subject: "Rollcall anchors its record".to_owned(),
                body: line,
                at,
            };
            match self.0.webhook(letter).await {
                Posted::Taken => Ok(()),
                Posted::NoChannel => Err("webhook.url is not set".to_owned()),
                Posted::Refused(why) | Posted::Later(why) => Err(why),
            }
        })
    }
}

async fn off_the_runtime(
    work: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Result<(), String> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = format!("rollcall-anchor-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(path);
        std::fs::create_dir_all(&path).expect("folder");
        path
    }

    async fn put(place: &dyn Anchorage, line: &str) -> Result<(), String> {
        place
            .put(line.to_owned(), Uuid::nil(), DateTime::UNIX_EPOCH)
            .await
    }

    #[tokio::test]
    async fn a_file_grows_by_a_line_and_a_folder_that_is_missing_is_named() {
        let at = folder("file");
        let anchors = Anchors {
            file: Some(at.join("anchors.jsonl")),
            ..Anchors::default()
        };
        let all = places(&anchors, &Outlets::default()).expect("places");
        put(&*all[0], "one").await.expect("put");
        put(&*all[0], "two").await.expect("put");
        let kept = std::fs::read_to_string(at.join("anchors.jsonl")).expect("file");
        assert_eq!(kept, "one\ntwo\n");
        let gone = InFile(at.join("nowhere/anchors.jsonl"));
        let refused = put(&gone, "one").await.expect_err("no folder");
        assert!(refused.contains("nowhere"), "{refused}");
        std::fs::remove_dir_all(at).expect("removed");
    }

    #[tokio::test]
    async fn a_repository_gets_a_commit_for_each_anchor() {
        let at = folder("git");
        git(&at, &["init", "--quiet"]).expect("git");
        let place = InGit(at.clone());
        put(&place, "one").await.expect("put");
        put(&place, "two").await.expect("put");
        let log = Command::new("git")
            .arg("-C")
            .arg(&at)
            .args(["log", "--format=%s"])
            .output()
            .expect("log");
        let log = String::from_utf8_lossy(&log.stdout).into_owned();
        assert_eq!(log.lines().count(), 2, "{log}");
        let nowhere = InGit(at.join("not-a-repository"));
        assert!(put(&nowhere, "one").await.is_err());
        std::fs::remove_dir_all(at).expect("removed");
    }
}
