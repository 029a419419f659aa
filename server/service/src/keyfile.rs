//! Keys of the installation: files only Rollcall's own user can read, made when first needed.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use domain::delivery;

use crate::settings::{Key, Settings};
use crate::{Error, Op, Result};

/// A key with which secrets are kept encrypted: given by the configuration, else a file that is made when first needed.
pub(crate) struct Sealing {
    /// Name of the file in the key folder.
    pub file: &'static str,
    /// Variable of the configuration.
    pub variable: &'static str,
    /// Takes it out of the configuration.
    pub given: fn(&Settings) -> Option<&Key>,
}

/// A secret as it is kept: id and name of what it is of, and the secret encrypted.
pub(crate) type Sealed = (String, String, Vec<u8>);

impl Sealing {
    /// The key.
    ///
    /// # Errors
    /// [`Error::Internal`] when its file cannot be used.
    pub fn key(&self, op: &Op) -> Result<Key> {
        if let Some(key) = (self.given)(op.settings()) {
            return Ok(key.clone());
        }
        let text = load_or_make(op, self.file, || hex::encode(op.random::<32>()))?;
        Key::read(&text).ok_or_else(|| self.unusable(op, "it is not 64 hexadecimal digits"))
    }

    /// Checks that it opens what the database holds: another process on it may have made a key of its own. None is made
    /// where one is needed and not there.
    ///
    /// # Errors
    /// [`Error::Internal`] when it does not.
    pub fn check(&self, op: &Op, sealed: &[Sealed]) -> Result<()> {
        if sealed.is_empty() {
            return Ok(());
        }
        let is_there = (self.given)(op.settings()).is_some() || self.path(op).exists();
        let key = if is_there { Some(self.key(op)?) } else { None };
        for (id, name, secret) in sealed {
            let opened = key
                .as_ref()
                .and_then(|key| delivery::open(key.bytes(), id, secret));
            if opened.is_none() {
                let what = if is_there {
                    "is another"
                } else {
                    "is not there"
                };
                let (variable, file) = (self.variable, self.file);
                return Err(self.unusable(
                    op,
                    &format!(
                        "the database holds the secret of {name}, encrypted with a key that {what}. Give every process on \
                         this database that key, as {variable} or as its file keys/{file}"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Says that it cannot be used, and which it is.
    pub fn unusable(&self, op: &Op, why: &str) -> Error {
        match (self.given)(op.settings()) {
            Some(_) => Error::Internal(format!(
                "the key given as {} cannot be used: {why}",
                self.variable
            )),
            None => failed(&self.path(op), why),
        }
    }

    fn path(&self, op: &Op) -> PathBuf {
        op.settings().key_dir.join(self.file)
    }
}

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
