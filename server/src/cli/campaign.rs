//! `rollcall campaign`: list, seal and export review campaigns beside the database.

use std::path::PathBuf;
use std::process::ExitCode;

use contract::campaigns::{CampaignRow, CampaignTemplate, TemplateChange};
use contract::ids::CampaignId;
use service::Op;

use super::{Ended, Failure, open, out};

/// List review campaigns, seal a closed one, export its evidence, print the public key.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List campaigns, newest first: id, state, decided of items, due day, name.
    List,
    /// Show what applying a file of templates would change; saves nothing. Exit code 0.
    Plan {
        /// The file: TOML, `[[template]]` for each.
        file: PathBuf,
    },
    /// Apply a file of templates. Templates it does not name stay as they are.
    Apply {
        /// The file: TOML, `[[template]]` for each.
        file: PathBuf,
    },
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
    /// Make a new signing key in place of the present one. Older packs stay verifiable: every public key is kept.
    RotateKey,
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
        Command::Plan { file } => {
            let changes = service::campaigns::plan(op, &read_templates(&file)?).await?;
            say_changes(&changes, "nothing would change");
        }
        Command::Apply { file } => {
            let changes = service::campaigns::apply(op, &read_templates(&file)?).await?;
            say_changes(&changes, "nothing changed");
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
        Command::RotateKey => {
            let id = service::evidence::rotate(op).await?;
            out::say(&format!("evidence is signed with key {id} from now on"));
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

/// What a file of templates holds.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Templates {
    template: Vec<CampaignTemplate>,
}

fn read_templates(path: &std::path::Path) -> Result<Vec<CampaignTemplate>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    let file: Templates =
        toml::from_str(&text).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    Ok(file.template)
}

fn say_changes(changes: &[TemplateChange], none: &str) {
    if changes.is_empty() {
        out::say(none);
    }
    for change in changes {
        let sign = if change.new { '+' } else { '~' };
        out::say(&format!("{sign} {}", change.name));
        for (field, before, after) in &change.fields {
            if !before.is_empty() {
                out::say(&format!("  - {field} = {before}"));
            }
            if !after.is_empty() {
                out::say(&format!("  + {field} = {after}"));
            }
        }
    }
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
