//! The signing key: a file only Rollcall's own user can read, made at the first seal.

use domain::access::Access;
use domain::evidence::keys::{SigningKey, key_id, private_from_pem, private_to_pem, public_to_pem};

use crate::keyfile::{failed, load_or_make};
use crate::op::Done;
use crate::{Op, Result};

/// Name of the key's file in the key folder.
const FILE: &str = "evidence.pem";

/// Loads the signing key, or makes it when there is none yet.
///
/// # Errors
/// [`crate::Error::Internal`] when the file cannot be read, written, or is no key.
pub fn signing_key(op: &Op) -> Result<SigningKey> {
    let pem = load_or_make(op, FILE, || {
        let pem = private_to_pem(&SigningKey::from_bytes(&op.random::<32>()));
        String::clone(&pem)
    })?;
    private_from_pem(&pem)
        .map_err(|error| failed(&op.settings().key_dir.join(FILE), &error.to_string()))
}

/// Makes a new signing key in place of the present one and gives its id. The old private half is gone; every public
/// half is kept, so that older packs can be checked for ever.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but the shell beside the database; [`crate::Error::Internal`] when the file
/// cannot be written.
pub async fn rotate(op: &Op) -> Result<String> {
    op.require(Access::Operate)?;
    let path = op.settings().key_dir.join(FILE);
    let old = signing_key(op)?.verifying_key();
    let fresh = SigningKey::from_bytes(&op.random::<32>());
    let mut tx = op.db().begin().await?;
    for public in [old, fresh.verifying_key()] {
        let pem = public_to_pem(&public);
        store::campaigns::keep_key(&mut tx, &key_id(&public), &pem, op.now).await?;
    }
    let id = key_id(&fresh.verifying_key());
    let done = Done::new(
        "evidence.key_rotated",
        "signing_key",
        &id,
        id.clone(),
        format!("Evidence is signed with key {id} from now on"),
    )
    .change("key", key_id(&old), id.clone());
    op.record(&mut tx, done).await?;
    replace(&path, &private_to_pem(&fresh)).map_err(|error| failed(&path, &error.to_string()))?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(id)
}

/// Puts a new file in place of the old one in one step.
fn replace(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let beside = path.with_extension("fresh");
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    std::fs::rename(&beside, path)
}
