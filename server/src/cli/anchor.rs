//! `rollcall anchor`: the head of the record, outside.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::TimeDelta;

use super::{Ended, Failure, open, out};
use crate::clients::anchor::places;

/// Write the head of the record outside, or compare what was written with the record.
///
/// The record is a chain of hashes: its last one covers every entry. Written where nobody who could change the database
/// can change it (`anchor.file`, `anchor.git`, `anchor.webhook`), it proves later that nothing before it was changed or
/// taken away. `serve` and `work` do this every `anchor.hours` by themselves.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Compare the anchors of this file with the record instead; exit code 1 when one does not agree.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// When the configuration is wrong or the database cannot be opened.
pub async fn run(args: Args) -> Ended {
    let opened = open(false).await?;
    let op = opened.op();
    let ended = match &args.check {
        Some(path) => check(&op, path).await,
        None => write(&op).await,
    };
    opened.close().await;
    ended
}

async fn write(op: &service::Op) -> Ended {
    let settings = op.settings();
    let places = places(&settings.anchors, &settings.outlets).map_err(Failure)?;
    if places.is_empty() {
        return Err(Failure(
            "nowhere to write it: set anchor.file, anchor.git or anchor.webhook".to_owned(),
        ));
    }
    let mut code = ExitCode::SUCCESS;
    for put in service::activity::anchor(op, &places, TimeDelta::zero()).await? {
        match put.outcome {
            Ok(position) => out::say(&format!("{}: entry {position}", put.place)),
            Err(why) => {
                out::complain(&format!("{}: {why}", put.place));
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

async fn check(op: &service::Op, path: &std::path::Path) -> Ended {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    let (agree, wrong) = service::activity::compare(op, &text).await?;
    for (line, problem) in &wrong {
        out::complain(&format!("line {line} {problem}"));
    }
    out::say(&format!("{agree} anchors agree, {} do not", wrong.len()));
    Ok(if wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
