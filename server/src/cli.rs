//! The commands. One file per subcommand; a body opens an operation, calls a service, prints.

mod anchor;
mod api;
mod campaign;
mod config;
mod doctor;
mod import;
mod ingest;
mod login;
mod manual;
mod migrate;
mod normalize;
mod open;
mod out;
mod remote;
mod scan;
mod serve;
mod table;
mod token;
mod trail;
mod trust;
mod verify;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use open::{Opened, open};

/// Why a command did not do its work; the sentence is for the person at the shell.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        use std::error::Error as _;
        // At the shell beside the database the driver's words help; they hold no secret.
        match &error {
            service::Error::Store(store) => {
                let detail = store
                    .source()
                    .map(|cause| format!(" ({cause})"))
                    .unwrap_or_default();
                Self(format!("{error}: {store}{detail}"))
            }
            _ => Self(error.to_string()),
        }
    }
}

impl From<crate::config::Problems> for Failure {
    fn from(problems: crate::config::Problems) -> Self {
        Self(problems.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// How a command ends.
pub type Ended = Result<ExitCode, Failure>;

/// Rollcall keeps the roll of every pipeline identity and service account, hears what they do, and makes
/// their owners answer for them every quarter.
///
/// Settings come from the environment and an optional rollcall.toml; `rollcall config reference` lists them.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, arg_required_else_help = true)]
struct Rollcall {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Work(work::Args),
    Migrate(migrate::Args),
    Import(import::Args),
    Ingest(ingest::Args),
    Normalize(normalize::Args),
    #[command(subcommand)]
    Token(token::Command),
    #[command(subcommand)]
    Campaign(campaign::Command),
    Scan(scan::Args),
    Trail(trail::Args),
    #[command(subcommand)]
    Trust(trust::Command),
    Verify(verify::Args),
    Doctor(doctor::Args),
    Anchor(anchor::Args),
    #[command(subcommand)]
    Config(config::Command),
    Api(api::Args),
    Login(login::Args),
    Logout(login::Logout),
    Completions(manual::Completions),
    Man(manual::Man),
}

/// Reads the command line, does what it says, and returns the exit code: 0 done, 1 refused or failed, 2 misused.
pub fn main() -> ExitCode {
    let ended = match Rollcall::parse().command {
        Command::Serve(args) => in_runtime(serve::run(args)),
        Command::Work(args) => in_runtime(work::run(args)),
        Command::Migrate(args) => in_runtime(migrate::run(args)),
        Command::Token(command) => in_runtime(token::run(command)),
        Command::Campaign(command) => in_runtime(campaign::run(command)),
        Command::Scan(args) if args.keeps() => in_runtime(scan::keep(args)),
        Command::Scan(args) => Ok(scan::run(&args)),
        Command::Trail(args) => in_runtime(trail::run(args)),
        Command::Trust(command) => Ok(trust::run(&command)),
        Command::Verify(args) => verify::run(&args),
        Command::Anchor(args) => in_runtime(anchor::run(args)),
        Command::Doctor(args) => in_runtime(doctor::run(args)),
        Command::Import(args) => in_runtime(import::run(args)),
        Command::Ingest(args) => in_runtime(ingest::run(args)),
        Command::Normalize(args) => normalize::run(&args),
        Command::Config(command) => config::run(&command),
        Command::Api(args) => in_runtime(api::run(args)),
        Command::Login(args) => in_runtime(login::run(args)),
        Command::Logout(args) => login::forget(&args),
        Command::Completions(args) => {
            manual::completions(&args);
            Ok(ExitCode::SUCCESS)
        }
        Command::Man(args) => manual::man(&args),
    };
    ended.unwrap_or_else(|failure| {
        out::complain(&format!("error: {failure}"));
        ExitCode::FAILURE
    })
}

fn in_runtime(command: impl Future<Output = Ended>) -> Ended {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure(format!("the runtime cannot start: {error}")))?
        .block_on(command)
}
