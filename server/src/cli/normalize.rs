//! `rollcall normalize`: canonical events from files, without a database.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use contract::events::EventFormat;
use domain::event::inflate::inflate;
use domain::event::normalize::{Hints, accept_with};
use domain::event::split;
use service::Clock as _;

use super::{Ended, Failure, out};
use crate::clients::SystemClock;

/// Largest file read, decompressed, and largest record in it.
const LIMITS: (usize, usize) = (1 << 30, 25 << 20);

/// Print the canonical events of files as NDJSON. Needs no database.
///
/// Reads NDJSON, JSON arrays and vendor envelopes, plain or gzip; `-` is standard input. Secrets are redacted. A
/// record without any time of its own gets the file's. Records that cannot be read are told on standard error with file, line and reason; the exit code is then 1.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Format of every record; told from the content when absent.
    #[arg(long, value_name = "NAME", value_parser = format)]
    format: Option<EventFormat>,
    /// Files to read.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

fn format(word: &str) -> Result<EventFormat, String> {
    let known = EventFormat::ALL
        .iter()
        .map(|format| format.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let spelled = word.trim().to_ascii_lowercase().replace('-', "_");
    let meant = match spelled.as_str() {
        "github" => "github_audit",
        "github_webhooks" => "github_webhook",
        "gitlab" => "gitlab_audit",
        "gitlab_webhooks" => "gitlab_webhook",
        "aws" | "cloudtrail" => "aws_cloudtrail",
        "azure" | "azure_ad" | "entra_sign_ins" | "entra_audit" => "entra",
        "azure_devops" => "azure_devops_audit",
        "gcp" => "gcp_audit",
        "vault" | "openbao" => "vault_audit",
        "kubernetes" | "k8s" => "kubernetes_audit",
        "okta" => "okta_system_log",
        other => other,
    };
    meant.parse().map_err(|_| format!("choose one of {known}"))
}

/// Prints events and tells rejects.
///
/// # Errors
/// When a file cannot be read at all.
pub fn run(args: &Args) -> Ended {
    let mut rejected = 0_usize;
    let mut pipe = std::io::BufWriter::new(std::io::stdout().lock());
    for path in &args.files {
        let bytes = read(path)?;
        let name = path.display();
        let hints = Hints {
            file_time: Some(modified(path)),
            ..Hints::default()
        };
        let bytes = inflate(&bytes, LIMITS.0).map_err(|why| Failure(format!("{name}: {why}")))?;
        for record in split::split(&bytes, LIMITS.1) {
            let taken = record.parsed.and_then(|value| {
                accept_with(args.format, value, &hints).map_err(|(why, _)| why.to_string())
            });
            match taken {
                Ok(accepted) => {
                    let line = serde_json::to_string(&accepted.event)
                        .map_err(|why| Failure(why.to_string()))?;
                    if writeln!(pipe, "{line}").is_err() {
                        // The reader went away (`| head`).
                        return Ok(ExitCode::SUCCESS);
                    }
                }
                Err(why) => {
                    rejected += 1;
                    out::complain(&format!(
                        "{name}:{}: record {}: {why}",
                        record.line, record.index
                    ));
                }
            }
        }
    }
    pipe.flush()?;
    Ok(if rejected == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// When the file was last written; the present for what has no such time.
fn modified(path: &std::path::Path) -> DateTime<Utc> {
    std::fs::metadata(path)
        .and_then(|about| about.modified())
        .map_or_else(|_| SystemClock.now(), Into::into)
}

/// The bytes of a file, or of standard input for `-`.
pub(super) fn read(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    bytes.map_err(|why| Failure(format!("{}: {why}", path.display())))
}
