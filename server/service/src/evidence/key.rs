//! The signing key: a file only Rollcall's own user can read, made at the first seal.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use domain::evidence::keys::{SigningKey, private_from_pem, private_to_pem};

use crate::{Error, Op, Result};

/// Name of the key's file in the key folder.
const FILE: &str = "evidence.pem";

/// Loads the signing key, or makes it when there is none yet.
///
/// # Errors
/// [`Error::Internal`] when the file cannot be read, written, or is no key.
pub fn signing_key(op: &Op) -> Result<SigningKey> {
    let folder = &op.settings().key_dir;
    let path = folder.join(FILE);
    match fs::read_to_string(&path) {
        Ok(pem) => private_from_pem(&pem).map_err(|error| failed(&path, &error.to_string())),
        Err(error) if error.kind() == ErrorKind::NotFound => make(op, folder, &path),
        Err(error) => Err(failed(&path, &error.to_string())),
    }
}

/// Makes a key beside its place and links it there: of two processes at once, one wins and both use its key.
fn make(op: &Op, folder: &Path, path: &Path) -> Result<SigningKey> {
    let key = SigningKey::from_bytes(&op.random::<32>());
    let fresh = folder.join(format!(".{FILE}.{}", op.new_id()));
    let outcome = (|| {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(private_to_pem(&key).as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&fresh, path);
        fs::remove_file(&fresh)?;
        linked
    })();
    match outcome {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => signing_key(op),
        Err(error) => Err(failed(path, &error.to_string())),
    }
}

fn failed(path: &Path, why: &str) -> Error {
    Error::Internal(format!(
        "the signing key {} cannot be used: {why}",
        path.display()
    ))
}
