//! Keys of the installation: files only Rollcall's own user can read, made when first needed.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::{Error, Op, Result};

/// Reads a key's file in the key folder, or makes it with what `fresh` gives. Of two processes at once one wins, and
/// both use its key.
///
/// # Errors
/// [`Error::Internal`] when the file can be neither read nor written.
pub(crate) fn load_or_make(op: &Op, file: &str, fresh: impl FnOnce() -> String) -> Result<String> {
    let folder = &op.settings().key_dir;
    let path = folder.join(file);
    match fs::read_to_string(&path) {
        Ok(text) => return Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failed(&path, &error.to_string())),
    }
    let beside = folder.join(format!(".{file}.{}", op.new_id()));
    let text = fresh();
    let outcome = (|| {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let mut out = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        out.write_all(text.as_bytes())?;
        out.sync_all()?;
        let linked = fs::hard_link(&beside, &path);
        fs::remove_file(&beside)?;
        linked
    })();
    match outcome {
        Ok(()) => Ok(text),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::read_to_string(&path).map_err(|error| failed(&path, &error.to_string()))
        }
        Err(error) => Err(failed(&path, &error.to_string())),
    }
}

/// Says that a key's file cannot be used.
pub(crate) fn failed(path: &Path, why: &str) -> Error {
    Error::Internal(format!("the key {} cannot be used: {why}", path.display()))
}
