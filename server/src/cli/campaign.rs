//! `rollcall campaign`: list, seal and export review campaigns beside the database.

use std::path::PathBuf;
use std::process::ExitCode;

use contract::campaigns::CampaignRow;
use contract::ids::CampaignId;
use service::Op;

use super::{Ended, Failure, open, out};

/// List review campaigns, seal a closed one, export its evidence, print the public key.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List campaigns, newest first: id, state, decided of items, due day, name.
    List,
    /// Seal a closed campaign: write and sign its evidence. There is no way back.
    Seal {
        /// Its id or its exact name.
        campaign: String,
    },
    /// Write the evidence pack of a sealed campaign to a file.
    Export {
        /// Its id or its exact name.
        campaign: String,
        /// Where to write it; its own name in this folder when absent.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Print the public key that evidence is signed with, newest first. Give it to auditors by another way than
    /// the pack.
    Key,
}

/// Runs it.
///
/// # Errors
/// When there is no such campaign, its state does not allow it, or the database cannot be reached.
pub async fn run(command: Command) -> Ended {
    let opened = open(false).await?;
    let outcome = ended(&opened.op(), command).await;
    opened.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn ended(op: &Op, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => {
            for row in service::campaigns::list(op).await? {
                out::say(&line(&row));
            }
        }
        Command::Seal { campaign } => {
            let id = find(op, &campaign).await?;
            let pack = service::evidence::seal(op, id).await?;
            out::say(&format!(
                "sealed: {} ({} bytes)",
                pack.file_name, pack.bytes
            ));
            out::say(&format!("sha256: {}", pack.sha256));
            out::say(&format!("key:    {}", pack.key_id));
        }
        Command::Export { campaign, output } => {
            let id = find(op, &campaign).await?;
            let (name, bytes) = service::evidence::export(op, id).await?;
            let path = output.unwrap_or_else(|| PathBuf::from(name));
            std::fs::write(&path, bytes)
                .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
            out::say(&path.display().to_string());
        }
        Command::Key => {
            let keys = service::evidence::public_keys(op).await?;
            if keys.is_empty() {
                return Err(Failure(
                    "no campaign was sealed yet: the key is made at the first seal".to_owned(),
                ));
            }
            for (id, pem, first_seen) in keys {
                out::complain(&format!(
                    "# key {id}, first used {}",
                    first_seen.format("%Y-%m-%d")
                ));
                out::say(pem.trim_end());
            }
        }
    }
    Ok(())
}

fn line(row: &CampaignRow) -> String {
    format!(
        "{}  {:<9}  {:>5} of {:<5}  due {}  {}",
        row.id,
        row.state.as_str(),
        row.decided,
        row.items,
        row.due_at.format("%Y-%m-%d"),
        row.name
    )
}

async fn find(op: &Op, words: &str) -> Result<CampaignId, Failure> {
    if let Ok(id) = words.parse() {
        return Ok(id);
    }
    let all = service::campaigns::list(op).await?;
    let found = all.iter().find(|row| row.name == words);
    found.map(|row| row.id).ok_or_else(|| {
        Failure(format!(
            "there is no campaign {words:?}; `rollcall campaign list` shows them"
        ))
    })
}
