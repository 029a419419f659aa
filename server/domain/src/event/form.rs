//! Form-encoded deliveries: a webhook sent as `application/x-www-form-urlencoded` holds its JSON in `payload=`.
//!
//! Told by content, not by content type: GitLab says form and sends JSON, and a relay may drop the header.

/// Decodes the `payload` of a form; `None` when the bytes are no such form.
pub(super) fn payload(bytes: &[u8]) -> Option<Vec<u8>> {
    // A form starts with a name; JSON that happens to hold the word starts otherwise.
    if !bytes.first()?.is_ascii_alphabetic() {
        return None;
    }
    let field = bytes
        .split(|byte| *byte == b'&')
        .take(16)
        .find_map(|pair| pair.strip_prefix(b"payload="))?;
    let mut plain = Vec::with_capacity(field.len());
    let mut at = 0;
    while let Some(byte) = field.get(at) {
        match byte {
            b'+' => plain.push(b' '),
            b'%' => match hex(field.get(at + 1), field.get(at + 2)) {
                Some(byte) => {
                    plain.push(byte);
                    at += 2;
                }
                None => plain.push(b'%'),
            },
            other => plain.push(*other),
        }
        at += 1;
    }
    Some(plain)
}

fn hex(high: Option<&u8>, low: Option<&u8>) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high?)? * 16 + digit(low?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_decoded_wherever_it_stands() {
        for form in [
            "payload=%7B%22a%22%3A%22b+c%22%7D",
            "x=1&payload=%7b%22a%22:%22b%20c%22%7d&y=2",
        ] {
            assert_eq!(
                payload(form.as_bytes()).as_deref(),
                Some(br#"{"a":"b c"}"#.as_slice()),
                "{form}"
            );
        }
    }

    #[test]
    fn json_and_broken_escapes_are_left_alone() {
        assert_eq!(payload(br#"{"a":"x&payload=1"}"#), None);
        assert_eq!(payload(b"a=1"), None);
        assert_eq!(payload(b""), None);
        assert_eq!(
            payload(b"payload=%zz%4").as_deref(),
            Some(b"%zz%4".as_slice())
        );
    }
}
