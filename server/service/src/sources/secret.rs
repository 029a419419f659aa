//! A source's secret: made from the installation's key and the source's random words, or the sender's own, encrypted.
//! So signatures can be checked although the database alone holds nothing that could make one.

use contract::ids::SourceId;
use domain::access::Access;
use domain::{delivery, token};
use store::sources::{Door, Secret};

use crate::keyfile::Sealing;
use crate::{Error, Op, Result};

/// The key.
const KEY: Sealing = Sealing {
    file: "sources.key",
    variable: "ROLLCALL_SOURCES_KEY",
    given: |settings| settings.sources_key.as_ref(),
};

/// Prefix of sources' tokens.
const PREFIX: &str = "rcs";

/// Shortest and longest secret that may be entered, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=256;

/// A secret just made or entered.
pub(super) struct Fresh {
    /// The token, shown once; empty when it was entered.
    pub token: String,
    hash: [u8; 32],
    words: Option<[u8; 16]>,
    sealed: Option<Vec<u8>>,
    hint: String,
}

impl Fresh {
    /// As it is kept.
    pub(super) fn kept(&self) -> Secret<'_> {
        Secret {
            hash: &self.hash,
            words: self.words.as_ref().map(<[u8; 16]>::as_slice),
            sealed: self.sealed.as_deref(),
            hint: &self.hint,
        }
    }
}

/// The secret somebody entered, or a new one where they entered none.
///
/// # Errors
/// [`Error::Invalid`] beside `secret` when it is too short to be one; [`Error::Internal`] when the installation's key
/// cannot be used.
pub(super) fn entered_or_made(op: &Op, source: SourceId, entered: &str) -> Result<Fresh> {
    let entered = entered.trim();
    if entered.is_empty() {
        mint(op)
    } else {
        enter(op, source, entered)
    }
}

/// Makes a secret for a new or renewed source.
///
/// # Errors
/// [`Error::Internal`] when the installation's key cannot be used.
pub(super) fn mint(op: &Op) -> Result<Fresh> {
    let words = op.random::<16>();
    let token = of_words(op, &words)?;
    Ok(Fresh {
        hash: token::hash(&token),
        hint: token::hint(&token),
        words: Some(words),
        sealed: None,
        token,
    })
}

fn enter(op: &Op, source: SourceId, secret: &str) -> Result<Fresh> {
    if !LENGTHS.contains(&secret.len()) || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::field(
            "secret",
            "Enter 16 to 256 letters, digits and signs without spaces, or leave it empty to have one made.",
        ));
    }
    let sealed = delivery::seal(
        KEY.key(op)?.bytes(),
        &source.to_string(),
        op.random::<12>(),
        secret,
    );
    Ok(Fresh {
        token: String::new(),
        // A hash of what a person made up could be guessed; these bytes are the hash of nothing.
        hash: op.random::<32>(),
        words: None,
        sealed: Some(sealed),
        hint: String::new(),
    })
}

/// The secret of a source, where it has one that can sign.
///
/// # Errors
/// [`Error::Internal`] when the installation's key cannot be used, or is not the one the secret was encrypted with.
pub(crate) fn of_door(op: &Op, door: &Door) -> Result<Option<String>> {
    match (&door.secret_sealed, &door.secret_words) {
        (Some(sealed), _) => {
            let opened = delivery::open(KEY.key(op)?.bytes(), &door.id.to_string(), sealed);
            opened.map(Some).ok_or_else(|| {
                KEY.unusable(
                    op,
                    "a source's secret was encrypted with another; enter that secret again",
                )
            })
        }
        (None, Some(words)) => of_words(op, words).map(Some),
        (None, None) => Ok(None),
    }
}

/// Checks at start that this process has the key with which the senders' own secrets were encrypted: another process on
/// the same database may have made its own.
///
/// # Errors
/// [`Error::Refused`] for anybody but Rollcall itself and the shell beside the database; [`Error::Internal`] when the key
/// is missing, or does not open a source's secret. No key is made then.
pub async fn check_key(op: &Op) -> Result<()> {
    op.require(Access::Operate)?;
    let sealed = store::sources::sealed(&mut *op.db().acquire().await?).await?;
    let sealed: Vec<_> = sealed
        .into_iter()
        .map(|(id, slug, secret)| (id.to_string(), slug, secret))
        .collect();
    KEY.check(op, &sealed)
}

fn of_words(op: &Op, words: &[u8]) -> Result<String> {
    let secret = delivery::secret(KEY.key(op)?.bytes(), words);
    Ok(token::mint(PREFIX, &secret))
}
