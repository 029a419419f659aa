//! `rollcall work`: jobs without a listener.

use std::process::ExitCode;
use std::time::Duration;

use super::{Ended, open};
use crate::jobs::{self, Runner, Status};

/// Run the jobs only: the feed's sequencer, nightly rules, reminders, clean-up.
///
/// `serve` runs them too; this is for more machines. Any number may run at once.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs it until the process is told to stop.
///
/// # Errors
/// When the database cannot be reached.
pub async fn run(_: Args) -> Ended {
    let opened = open(false).await?;
    service::health::migrate(&opened.op()).await?;
    service::sources::check_key(&opened.op()).await?;
    service::destinations::check_key(&opened.op()).await?;
    let runner = Runner::start(&opened.services, &jobs::all(), &Status::default());
    super::serve::told_to_stop().await;
    runner.stop(Duration::from_secs(20)).await;
    opened.close().await;
    Ok(ExitCode::SUCCESS)
}
