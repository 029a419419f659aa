//! `rollcall doctor`: is everything whole?

use std::process::ExitCode;

use service::doctor::Verdict;

use super::{Ended, open, out};

/// Check that what Rollcall stands on is whole.
///
/// Reads the configuration, asks the database for its migrations and clock, walks the hash chains of the activity
/// record and of the event feed from their first entries (every event is hashed anew; the first that does not hold
/// is named by its position), compares the inventory's kept counts with its rows, and checks the partitions and
/// the jobs. Changes nothing. Exit code 1 when something is broken.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs it.
///
/// # Errors
/// When the configuration is wrong or the database cannot be opened.
pub async fn run(_: Args) -> Ended {
    let opened = open(false).await?;
    let checks = service::doctor::check(&opened.op()).await?;
    out::say(&format!(
        "{:<16} {}",
        "configuration", "ok      every setting can be read"
    ));
    let mut broken = 0;
    for check in &checks {
        let (word, text) = match &check.verdict {
            Verdict::Well(text) => ("ok", text),
            Verdict::Look(text) => ("look", text),
            Verdict::Broken(text) => {
                broken += 1;
                ("BROKEN", text)
            }
        };
        out::say(&format!("{:<16} {word:<7} {text}", check.name));
    }
    opened.close().await;
    Ok(if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
