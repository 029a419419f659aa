//! `rollcall config`: what can be set, and whether what is set is right.

use std::process::ExitCode;

use super::{Ended, out};
use crate::config::{self, settings};

/// Shows what can be configured, or checks what is.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Print every setting with its default and meaning, as the Markdown table of the README.
    Reference,
    /// Print the OpenAPI document of the JSON API, as it is checked in as `server/openapi.json`.
    Openapi,
    /// Read the configuration as the server would, and list every problem.
    Check,
}

/// Runs it.
///
/// # Errors
/// Lists every problem of the configuration.
pub fn run(command: &Command) -> Ended {
    match command {
        Command::Reference => out::say(settings::reference().trim_end()),
        Command::Openapi => out::say(&crate::http::api::v1::spec::written()),
        Command::Check => {
            config::from_process()?;
            out::say("the configuration is fine");
        }
    }
    Ok(ExitCode::SUCCESS)
}
