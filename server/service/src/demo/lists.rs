//! Lists the demo's security team brought in by page: one that was saved, one that was refused for the secret in it.

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
