//! Which values are secrets by their looks, wherever they stand.

use std::ops::Range;

/// A secret known by how it starts: prefix, fewest characters after it, what those may be.
struct Shape {
    prefix: &'static str,
    tail: usize,
    of: fn(u8) -> bool,
}

const fn shape(prefix: &'static str, tail: usize, of: fn(u8) -> bool) -> Shape {
    Shape { prefix, tail, of }
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn dashed(byte: u8) -> bool {
    word(byte) || byte == b'-'
}

fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'%')
}

fn dotted(byte: u8) -> bool {
    dashed(byte) || byte == b'.'
}

fn opaque(byte: u8) -> bool {
    base64(byte) || matches!(byte, b'.' | b'~' | b':')
}

/// Vendors publish these prefixes so that scanners can find leaked tokens.
const SHAPES: &[Shape] = &[
    shape("ghp_", 20, word),
    shape("gho_", 20, word),
    shape("ghu_", 20, word),
    shape("ghs_", 20, dotted),
    shape("ghr_", 20, word),
    shape("github_pat_", 20, word),
    shape("glpat-", 16, dotted),
    shape("gldt-", 16, dashed),
    shape("glrt-", 16, dotted),
    shape("glcbt-", 16, dashed),
    shape("glptt-", 16, dashed),
    shape("glft-", 16, dashed),
    shape("glsoat-", 16, dashed),
    shape("glagent-", 16, dashed),
    // AWS session tokens: base64 of a header that starts so.
    shape("IQoJ", 100, base64),
    shape("FwoG", 100, base64),
    shape("FQoG", 100, base64),
    shape("hvs.", 20, dashed),
    shape("hvb.", 20, dashed),
    shape("xoxb-", 16, dashed),
    shape("xoxp-", 16, dashed),
    shape("xoxa-", 16, dashed),
    shape("xapp-", 16, dashed),
    shape("npm_", 30, word),
    shape("pypi-AgEI", 20, dashed),
    shape("dckr_pat_", 16, dashed),
    shape("sk_live_", 16, word),
    shape("ya29.", 20, dashed),
    shape("AIza", 35, dashed),
    shape("SG.", 40, dotted),
    shape("rcs_", 20, word),
    shape("rct_", 20, word),
    shape("Bearer ", 16, opaque),
    shape("bearer ", 16, opaque),
    shape("Basic ", 16, base64),
    shape("X-Amz-Security-Token=", 16, base64),
    shape("X-Amz-Signature=", 16, base64),
    // The signature of a shared access address.
    shape("sig=", 16, base64),
    shape("AccountKey=", 16, base64),
    shape("SharedAccessSignature=", 16, base64),
];

/// Bytes that every secret has at least.
const SHORTEST: usize = 16;

/// Bytes that every prefix has at least.
const HEAD: usize = 3;

const KEY_BEGIN: &str = "-----BEGIN ";
const KEY_END: &str = "PRIVATE KEY-----";

/// What one look over a text told.
pub(super) struct Look {
    /// The secrets in it, in order, not overlapping.
    pub(super) secrets: Vec<Range<usize>>,
    /// The classes of all its bytes.
    seen: u8,
}

impl Look {
    /// Whether it holds NUL.
    pub(super) fn has_nul(&self) -> bool {
        self.seen & NUL != 0
    }

    /// Whether it may hold `"name": "value"` pairs.
    pub(super) fn may_have_pairs(&self) -> bool {
        self.seen & PAIR == PAIR
    }
}

/// Looks over a text once, for all that is asked of it.
pub(super) fn look(text: &str) -> Look {
    let bytes = text.as_bytes();
    let classes = |bytes: &[u8]| {
        let classes = bytes.iter().map(|byte| CLASSES[usize::from(*byte)]);
        classes.fold(0, |seen, class| seen | class)
    };
    if bytes.len() < SHORTEST {
        return Look {
            secrets: Vec::new(),
            seen: classes(bytes),
        };
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut at, mut before, mut seen) = (0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        let class = CLASSES[usize::from(*byte)];
        seen |= class;
        // No shape starts inside a word, and most bytes are.
        let begins = class & BEGINS != 0 && class & before & WORD == 0;
        before = class;
        at += 1;
        if begins && let Some(range) = at_start(text, at - 1) {
            seen |= classes(&bytes[at..range.end.max(at)]);
            at = range.end.max(at);
            before = CLASSES[usize::from(bytes[at - 1])];
            found.push(range);
        }
    }
    Look {
        secrets: found,
        seen,
    }
}

/// What is asked of every byte: whether it is of a word, whether anything looked for begins with it, and whether the
/// text has to be looked at otherwise because of it.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            classes[byte as usize] |= WORD;
        }
        if byte == 255 {
            break;
        }
        byte += 1;
    }
    let mut shape = 0;
    while shape < SHAPES.len() {
        assert!(SHAPES[shape].prefix.len() >= HEAD);
        classes[SHAPES[shape].prefix.as_bytes()[0] as usize] |= BEGINS;
        shape += 1;
    }
    // A web token, a private key, the password of an address.
    classes[b'e' as usize] |= BEGINS;
    classes[b'-' as usize] |= BEGINS;
    classes[b':' as usize] |= BEGINS | COLON;
    classes[b'"' as usize] |= QUOTE;
    classes[0] |= NUL;
    classes
};
const WORD: u8 = 1;
const BEGINS: u8 = 2;
const NUL: u8 = 4;
const QUOTE: u8 = 8;
const COLON: u8 = 16;
const PAIR: u8 = QUOTE | COLON;

fn at_start(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = &text.as_bytes()[at..];
    match bytes.first()? {
        b'e' => web_token(bytes).map(|length| at..at + length),
        b'-' => private_key(&text[at..]).map(|length| at..at + length),
        b':' => user_info(text.as_bytes(), at),
        _ => {
            let head = bytes.first_chunk::<HEAD>()?;
            // Nearly every word is none of them: bytes are compared here, and text only where these are the same.
            let alike = |shape: &&Shape| shape.prefix.as_bytes().first_chunk() == Some(head);
            SHAPES.iter().filter(alike).find_map(|shape| {
                let tail = bytes.strip_prefix(shape.prefix.as_bytes())?;
                let length = tail.iter().take_while(|byte| (shape.of)(**byte)).count();
                // What introduces the secret ("Bearer ", "X-Amz-Signature=") stays readable.
                let keep = if shape.prefix.ends_with([' ', '=']) {
                    shape.prefix.len()
                } else {
                    0
                };
                (length >= shape.tail).then(|| at + keep..at + shape.prefix.len() + length)
            })
        }
    }
}

/// `eyJ….eyJ….…`: header, payload and signature of a JSON Web Token.
fn web_token(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(b"eyJ") {
        return None;
    }
    let part = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| dashed(**byte))
            .count()
    };
    let header = part(0);
    if header < 10 || bytes.get(header) != Some(&b'.') || !bytes[header + 1..].starts_with(b"eyJ") {
        return None;
    }
    let payload = header + 1 + part(header + 1);
    if bytes.get(payload) != Some(&b'.') {
        return Some(payload);
    }
    Some(payload + 1 + part(payload + 1))
}

fn private_key(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(KEY_BEGIN)?;
    let label = rest.find(KEY_END).filter(|at| *at < 20)?;
    let body = KEY_BEGIN.len() + label + KEY_END.len();
    // Without an end marker the text was cut: all of it is key.
    Some(
        text[body..]
            .find(KEY_END)
            .map_or(text.len(), |at| body + at + KEY_END.len()),
    )
}

/// The password of `scheme://user:password@host`.
fn user_info(bytes: &[u8], colon: usize) -> Option<Range<usize>> {
    let rest = bytes[colon..].strip_prefix(b"://")?;
    let end = rest
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b' ' | b'\\'))
        .unwrap_or(rest.len());
    let sign = rest[..end].iter().rposition(|byte| *byte == b'@')?;
    let password = rest[..sign].iter().position(|byte| *byte == b':')? + 1;
    (password < sign).then(|| colon + 3 + password..colon + 3 + sign)
}
