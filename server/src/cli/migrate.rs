//! `rollcall migrate`: brings the database's tables up to this version.

use std::process::ExitCode;

use super::{Ended, open, out};

/// Apply the migrations that are missing.
///
/// Migrations only go forward and are safe to run again; `serve` runs them by itself.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs it.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub async fn run(_: Args) -> Ended {
    let opened = open(false).await?;
    service::health::migrate(&opened.op()).await?;
    out::say("every migration is applied");
    opened.close().await;
    Ok(ExitCode::SUCCESS)
}
