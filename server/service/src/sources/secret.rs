//! A source's token: made from the installation's key and the source's random words, so that signatures can be checked
//! although only the token's hash is kept.

use domain::{delivery, token};

use crate::keyfile::{failed, load_or_make};
use crate::{Op, Result};

/// Name of the key's file in the key folder.
const FILE: &str = "sources.key";

/// Prefix of sources' tokens.
const PREFIX: &str = "rcs";

/// A token just made.
pub(super) struct Minted {
    /// The token, shown once.
    pub token: String,
    /// What it was made from beside the installation's key.
    pub words: [u8; 16],
}

/// Makes a token for a new or renewed source.
///
/// # Errors
/// When the installation's key cannot be used.
pub(super) fn mint(op: &Op) -> Result<Minted> {
    let words = op.random::<16>();
    Ok(Minted {
        token: of_words(op, &words)?,
        words,
    })
}

/// The token of a source, made again from its words.
///
/// # Errors
/// When the installation's key cannot be used.
pub(crate) fn of_words(op: &Op, words: &[u8]) -> Result<String> {
    let key = load_or_make(op, FILE, || hex::encode(op.random::<32>()))?;
    let key = hex::decode(key.trim())
        .ok()
        .filter(|key| key.len() == 32)
        .ok_or_else(|| {
            failed(
                &op.settings().key_dir.join(FILE),
                "it is not 64 hexadecimal digits",
            )
        })?;
    Ok(token::mint(PREFIX, &delivery::secret(&key, words)))
}
