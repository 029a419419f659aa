//! `rollcall login`: a token for this shell, approved in a browser (RFC 8628).

use std::process::ExitCode;
use std::time::Duration;

use super::remote::{Kept, Remote};
use super::{Ended, Failure, out};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Signs this shell in to a Rollcall server: shows a code, which an administrator approves in a browser.
///
/// The token is kept in the folder of configurations, readable by you only, and is an identity of the roll like any other.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address of the server.
    #[arg(long, env = "ROLLCALL_URL")]
    url: String,
    /// What it may do; may be given several times.
    #[arg(long = "scope", value_name = "SCOPE", default_value = "inventory:read")]
    scopes: Vec<String>,
    /// What it is called on the roll; this machine's name when absent.
    #[arg(long)]
    name: Option<String>,
}

/// Forgets the token of `rollcall login`. It works on until it is revoked or expires.
#[derive(Debug, clap::Args)]
pub struct Logout {}

/// Runs it.
///
/// # Errors
/// When the server cannot be reached, or nobody approves in time.
pub async fn run(args: Args) -> Ended {
    let remote = Remote::anonymous(&args.url)?;
    let name = args.name.unwrap_or_else(host);
    let scope = args.scopes.join(" ");
    let (status, begun) = remote
        .form("device", &[("scope", &scope), ("name", &name)])
        .await?;
    let part = |name: &str| begun[name].as_str().unwrap_or_default().to_owned();
    if status != 200 {
        return Err(Failure(format!(
            "{status} {}{}",
            part("error_description"),
            part("detail")
        )));
    }
    out::complain(&format!(
        "Open {} in a browser, compare the code {}, and approve it.",
        part("verification_uri_complete"),
        part("user_code")
    ));
    let device = part("device_code");
    let mut wait = begun["interval"].as_u64().unwrap_or(5).clamp(1, 60);
    loop {
        tokio::time::sleep(Duration::from_secs(wait)).await;
        let form = [("grant_type", GRANT), ("device_code", device.as_str())];
        let (_, answer) = remote.form("token", &form).await?;
        if let Some(token) = answer["access_token"].as_str() {
            let kept = Kept {
                url: args.url,
                token: token.to_owned(),
            };
            let path = kept.write()?;
            out::say(&format!(
                "Signed in; the token is kept in {}.",
                path.display()
            ));
            return Ok(ExitCode::SUCCESS);
        }
        match answer["error"].as_str() {
            Some("authorization_pending") => {}
            Some("slow_down") => wait += 5,
            Some("access_denied") => return Err(Failure("it was refused".to_owned())),
            Some("expired_token") => return Err(Failure("nobody approved it in time".to_owned())),
            _ => {
                let words = answer["error_description"]
                    .as_str()
                    .unwrap_or("the server does not answer as expected");
                return Err(Failure(words.to_owned()));
            }
        }
    }
}

/// Runs it.
///
/// # Errors
/// When the file cannot be removed.
pub fn forget(_: &Logout) -> Ended {
    let words = if Kept::forget()? {
        "forgotten here; revoke it on the tokens page to end it everywhere"
    } else {
        "nothing was kept"
    };
    out::say(words);
    Ok(ExitCode::SUCCESS)
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() {
        "a shell".to_owned()
    } else {
        name.to_owned()
    }
}
