//! `rollcall ingest`: events from files into the database.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{Ended, normalize, open, out};

/// Take the events of files in, as if their source had delivered them.
///
/// Reads what `rollcall normalize` reads; events seen before are counted and left alone. Records that cannot be
/// read are told on standard error and kept in quarantine; the exit code is then 1.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Source the events are filed under; made when there is none of this name.
    #[arg(long, value_name = "SLUG", default_value = "files")]
    source: String,
    /// Files to read; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Takes the files in and says what happened to each.
///
/// # Errors
/// When a file cannot be read or the database cannot be reached.
pub async fn run(args: Args) -> Ended {
    let opened = open(false).await?;
    service::sources::ensure(&opened.op(), &args.source).await?;
    let mut rejected = 0;
    for path in &args.files {
        let bytes = normalize::read(path)?;
        let receipt = service::ingest::accept_file(&opened.op(), &args.source, bytes).await?;
        rejected += receipt.rejected.len();
        for reject in &receipt.rejected {
            out::complain(&format!(
                "{}: record {}: {}",
                path.display(),
                reject.index,
                reject.reason
            ));
        }
        out::say(&format!(
            "{}: {} accepted, {} duplicates, {} rejected",
            path.display(),
            receipt.accepted,
            receipt.duplicates,
            receipt.rejected.len()
        ));
    }
    opened.close().await;
    Ok(if rejected == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
