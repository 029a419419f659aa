//! `rollcall verify`: checks an evidence pack offline. No database, no configuration.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use domain::evidence::keys::{self, VerifyingKey};
use domain::evidence::verify;

use super::{Ended, Failure, out};

/// Check an evidence pack offline, with nothing but a public key.
///
/// Says who signed it, that nothing was changed and that nothing is missing. Exit code 0 when it verifies,
/// 1 when it does not; each problem has its own line. Without --key the pack's own key is used: then the pack is
/// whole and unchanged since it was sealed, but who sealed it is for you to find out by the fingerprint.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The pack (`evidence-….zip`).
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// The public key in PEM form, had from the organisation by another way than the pack.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// When a file cannot be read or the key is none.
pub fn run(args: &Args) -> Ended {
    let key = args.key.as_deref().map(read_key).transpose()?;
    let pack = File::open(&args.pack).map_err(|error| told(&args.pack, &error))?;
    match verify(BufReader::new(pack), key.as_ref()) {
        Ok(report) => {
            out::say(&report.to_string());
            Ok(ExitCode::SUCCESS)
        }
        Err(refused) => {
            out::complain(&refused.to_string());
            Ok(ExitCode::FAILURE)
        }
    }
}

fn read_key(path: &Path) -> Result<VerifyingKey, Failure> {
    let pem = std::fs::read_to_string(path).map_err(|error| told(path, &error))?;
    keys::public_from_pem(&pem).map_err(|error| Failure(format!("{}: {error}", path.display())))
}

fn told(path: &Path, error: &std::io::Error) -> Failure {
    Failure(format!("{}: {error}", path.display()))
}
