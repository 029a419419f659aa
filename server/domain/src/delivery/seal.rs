//! A sender's own secret, kept encrypted: ChaCha20-Poly1305 under a key made from the installation's, bound to its
//! source so that a row copied beside another source opens nothing.

use hmac::Mac;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// Encrypts a secret: nonce, ciphertext and tag in one. The nonce must be unpredictable and new each time.
pub fn seal(installation: &[u8], source: &str, nonce: [u8; NONCE_LEN], secret: &str) -> Vec<u8> {
    let mut text = secret.as_bytes().to_vec();
    key(installation)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(source.as_bytes()),
            &mut text,
        )
        .unwrap_or_else(|_| unreachable!("a secret is far shorter than the cipher's limit"));
    [nonce.as_slice(), &text].concat()
}

/// Decrypts what [`seal`] made; nothing when the key, the source or a byte is another.
pub fn open(installation: &[u8], source: &str, sealed: &[u8]) -> Option<String> {
    let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = text.to_vec();
    let plain = key(installation)
        .open_in_place(nonce, Aad::from(source.as_bytes()), &mut text)
        .ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

fn key(installation: &[u8]) -> LessSafeKey {
    let mut mac = super::keyed(installation);
    mac.update(b"rollcall source seal 1\0");
    let bytes = mac.finalize().into_bytes();
    LessSafeKey::new(
        UnboundKey::new(&CHACHA20_POLY1305, &bytes)
            .unwrap_or_else(|_| unreachable!("HMAC-SHA256 gives the 32 bytes the cipher takes")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_source_open_it() {
        let sealed = seal(b"key", "s-1", [7; 12], "whsec_MfKQ9r8GKYqrTwjU");
        assert_eq!(
            open(b"key", "s-1", &sealed).as_deref(),
            Some("whsec_MfKQ9r8GKYqrTwjU")
        );
        assert_eq!(open(b"kez", "s-1", &sealed), None);
        assert_eq!(open(b"key", "s-2", &sealed), None, "another source's row");
        for place in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[place] ^= 1;
            assert_eq!(open(b"key", "s-1", &bent), None, "byte {place}");
        }
        assert_eq!(open(b"key", "s-1", &sealed[..11]), None);
        assert!(
            !sealed.windows(6).any(|part| part == b"whsec_"),
            "nothing of it can be read"
        );
    }
}
