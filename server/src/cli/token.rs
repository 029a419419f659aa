//! `rollcall token`: API tokens, beside the database.

use std::process::ExitCode;

use contract::ids::TokenId;
use contract::tokens::{TokenInput, TokenRow};

use super::{Ended, Opened, open, out};

/// Make, list and revoke API tokens, for machines that read the feed and the API.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a token and print it, once: only its hash is stored.
    Create {
        /// What it is for, e.g. splunk; names are never used twice.
        name: String,
        /// What it may do; may be given several times: feed:read, inventory:read, inventory:write, findings:write,
        /// sources:read, sources:write, tokens:read, tokens:write, activity:read.
        #[arg(long = "scope", value_name = "SCOPE", default_value = "feed:read")]
        scopes: Vec<String>,
        /// Days until it stops working, 1 to 90.
        #[arg(long, default_value_t = 30)]
        days: i64,
        /// Slug of a team whose rows it sees; may be given several times. None: everybody's.
        #[arg(long = "only-team", value_name = "SLUG")]
        teams: Vec<String>,
        /// Network it may come from, e.g. 192.0.2.0/24; may be given several times. None: anywhere.
        #[arg(long = "network", value_name = "CIDR")]
        networks: Vec<String>,
        /// Slug of the team that answers for it.
        #[arg(long, value_name = "SLUG")]
        team: Option<String>,
    },
    /// Make a token's successor and print it; the old one works on for a while.
    Rotate {
        /// Its id, as `token list` shows it.
        id: TokenId,
        /// Hours the old one works beside the new one, 0 to 168.
        #[arg(long, default_value_t = 24)]
        overlap_hours: i64,
    },
    /// List every token with its scopes, expiry and last use.
    List,
    /// Revoke a token for good.
    Revoke {
        /// Its id, as `token list` shows it.
        id: TokenId,
    },
}

/// Runs it.
///
/// # Errors
/// When a field is wrong or the database cannot be reached.
pub async fn run(command: Command) -> Ended {
    let opened = open(false).await?;
    let done = match command {
        Command::Create {
            name,
            scopes,
            days,
            teams,
            networks,
            team,
        } => {
            let input = TokenInput {
                name,
                scopes,
                days: Some(days),
                teams,
                networks,
                team,
                owner: None,
            };
            create(&opened, input).await
        }
        Command::Rotate { id, overlap_hours } => rotate(&opened, id, overlap_hours).await,
        Command::List => list(&opened).await,
        Command::Revoke { id } => revoke(&opened, id).await,
    };
    opened.close().await;
    done
}

async fn create(opened: &Opened, input: TokenInput) -> Ended {
    let made = service::tokens::create(&opened.op(), input).await?;
    out::complain(&format!(
        "{} works until {}. It is shown only now:",
        made.row.name,
        made.row.expires_at.format("%F %R UTC")
    ));
    out::say(&made.token);
    Ok(ExitCode::SUCCESS)
}

async fn rotate(opened: &Opened, id: TokenId, overlap_hours: i64) -> Ended {
    let made = service::tokens::rotate(&opened.op(), id, overlap_hours).await?;
    out::complain(&format!(
        "{}: the old one works for {overlap_hours} hours. The new one is shown only now:",
        made.row.name
    ));
    out::say(&made.token);
    Ok(ExitCode::SUCCESS)
}

async fn list(opened: &Opened) -> Ended {
    let op = opened.op();
    let mut cursor: Option<String> = None;
    out::say(&format!(
        "{:<36}  {:<24}  {:<10}  {:<9}  {:<16}  scopes",
        "id", "name", "begins", "state", "last used"
    ));
    loop {
        let list = service::tokens::list(&op, cursor.as_deref()).await?;
        for row in &list.page.rows {
            out::say(&line(row, list.now));
        }
        cursor = list.page.next;
        if cursor.is_none() {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

fn line(row: &TokenRow, now: chrono::DateTime<chrono::Utc>) -> String {
    let state = match row {
        row if row.revoked_at.is_some() => "revoked".to_owned(),
        row if row.expires_at <= now => "expired".to_owned(),
        row if row.rotated => "rotated".to_owned(),
        row => format!("{} days", (row.expires_at - now).num_days()),
    };
    let used = row
        .last_used_at
        .map_or_else(|| "never".to_owned(), |at| at.format("%F %R").to_string());
    let scopes = row
        .scopes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ");
    format!(
        "{:<36}  {:<24}  {:<10}  {state:<9}  {used:<16}  {scopes}",
        row.id.to_string(),
        row.name,
        row.hint
    )
}

async fn revoke(opened: &Opened, id: TokenId) -> Ended {
    service::tokens::revoke(&opened.op(), id).await?;
    out::say("revoked: it stopped working just now");
    Ok(ExitCode::SUCCESS)
}
