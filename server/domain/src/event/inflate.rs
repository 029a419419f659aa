//! Decompressing a delivery: gzip told by its magic number, whatever the headers say, several members in a row; then
//! the `payload=` of a form.

use std::borrow::Cow;
use std::io::Read;

use super::form;

/// Why a delivery cannot be decompressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inflate {
    /// It grows beyond the cap: a decompression bomb, or too much at once.
    #[error("the delivery is larger than {0} bytes decompressed; send it in parts")]
    TooLarge(usize),
    /// The gzip stream is damaged.
    #[error("the gzip stream is damaged")]
    Damaged,
}

/// Decompresses gzip and takes the payload out of a form; anything else comes back as it is.
///
/// # Errors
/// When the result would be longer than `cap`, or the stream is damaged.
pub fn inflate(bytes: &[u8], cap: usize) -> Result<Cow<'_, [u8]>, Inflate> {
    let plain = gunzip(bytes, cap)?;
    Ok(match form::payload(&plain) {
        Some(payload) => Cow::Owned(payload),
        None => plain,
    })
}

/// Decompresses gzip; anything else comes back as it is.
pub(super) fn gunzip(bytes: &[u8], cap: usize) -> Result<Cow<'_, [u8]>, Inflate> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return if bytes.len() > cap {
            Err(Inflate::TooLarge(cap))
        } else {
            Ok(Cow::Borrowed(bytes))
        };
    }
    let mut plain = Vec::new();
    let limit = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    flate2::read::MultiGzDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(|_| Inflate::Damaged)?;
    if plain.len() > cap {
        Err(Inflate::TooLarge(cap))
    } else {
        Ok(Cow::Owned(plain))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).expect("writes into memory");
        encoder.finish().expect("writes into memory")
    }

    #[test]
    fn several_members_are_one_text_and_plain_stays_plain() {
        let two = [gzip(b"{\"a\":1}\n"), gzip(b"{\"a\":2}")].concat();
        assert_eq!(
            inflate(&two, 100),
            Ok(Cow::Borrowed(b"{\"a\":1}\n{\"a\":2}".as_slice()))
        );
        assert_eq!(inflate(b"{}", 100), Ok(Cow::Borrowed(b"{}".as_slice())));
    }

    #[test]
    fn a_gzipped_form_is_its_payload() {
        let form = gzip(b"payload=%7B%22a%22%3A1%7D");
        assert_eq!(
            inflate(&form, 100),
            Ok(Cow::Borrowed(b"{\"a\":1}".as_slice()))
        );
    }

    #[test]
    fn bombs_and_damage_are_refused() {
        let bomb = gzip(&vec![b' '; 1 << 20]);
        assert!(bomb.len() < 1 << 15);
        assert_eq!(inflate(&bomb, 1 << 16), Err(Inflate::TooLarge(1 << 16)));
        let mut cut = gzip(b"some text that is long enough to be cut");
        cut.truncate(20);
        assert_eq!(inflate(&cut, 100), Err(Inflate::Damaged));
    }
}
