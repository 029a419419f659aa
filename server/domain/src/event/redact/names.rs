//! Which field names say that their value is a secret.

use memchr::memchr;

use super::REDACTED;

/// Names that are secrets as a whole, letters only, in lower case; sorted.
const EXACT: &[&str] = &[
    "accesstoken",
    "actortoken",
    "apikey",
    "apitoken",
    "assertion",
    "authorization",
    "authtoken",
    "bearertoken",
    "clientassertion",
    "clientsecret",
    "clienttoken",
    "cookie",
    "credentialreport",
    "deploytoken",
    "encryptedprivatekey",
    "gitlabtoken",
    "idtoken",
    "jwt",
    "keymaterial",
    "passphrase",
    "passwd",
    "password",
    "personalaccesstoken",
    "plaintext",
    "privatekey",
    "privatekeydata",
    "proxyauthorization",
    "pwd",
    "refreshtoken",
    "registrationtoken",
    "registrytoken",
    "runnerstoken",
    "runnertoken",
    "samlassertion",
    "secret",
    "secretaccesskey",
    "secretbinary",
    "secretkey",
    "secretstring",
    "secrettext",
    "secretvalue",
    "securitytoken",
    "sessiontoken",
    "setcookie",
    "sharedsecret",
    "signedblob",
    "signedjwt",
    "subjecttoken",
    "token",
    "webhooksecret",
    "webidentitytoken",
    "xamzsecuritytoken",
    "xapikey",
    "xgitlabeventstreamingtoken",
    "xgitlabtoken",
    "xhubsignature",
    "xvaulttoken",
];

/// Endings that make a name a secret's: `masterUserPassword`, `DB_PASSWORD`, `githubClientSecret`.
const ENDINGS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "clientsecret",
    "accesstoken",
    "refreshtoken",
    "sessiontoken",
    "apitoken",
    "authtoken",
    "deploytoken",
    "bearertoken",
    "secretkey",
    "secretaccesskey",
    "privatekey",
    "apikey",
    "signingsecret",
    "appsecret",
    "sharedsecret",
    "webhooksecret",
    "jwtsecret",
    "apisecret",
    "hmacsecret",
    "appkey",
];

/// Endings that take it back: hashes and locations of secrets are evidence.
const NOT: &[&str] = &[
    "hashedtoken",
    "nextpassword",
    "haspassword",
    "forgotpassword",
];

/// The last two letters of every word and ending.
const PAIRS: &[[u8; 2]] = &[
    *b"en", *b"ey", *b"on", *b"et", *b"rd", *b"ie", *b"rt", *b"wt", *b"al", *b"se", *b"wd", *b"xt",
    *b"ta", *b"ry", *b"ng", *b"ue", *b"ob", *b"re",
];

/// Letters that every ending has at least.
const TAIL: usize = 6;

/// Longest field name looked at; also bounds the work.
const LONGEST_NAME: usize = 80;

/// Whether a field of this name holds a secret. Case, `_`, `-`, `.` and spaces do not matter.
pub(super) fn is_secret(name: &str) -> bool {
    if name.len() < 3 || name.len() > LONGEST_NAME {
        return false;
    }
    // Every word below ends in one of these pairs, and most names do not.
    let mut letters = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
    let (Some(last), Some(before)) = (letters.next(), letters.next()) else {
        return false;
    };
    if !PAIRS.contains(&[before.to_ascii_lowercase(), last.to_ascii_lowercase()]) {
        return false;
    }
    let mut folded = [0_u8; LONGEST_NAME];
    let mut length = 0;
    for byte in name.bytes().filter(u8::is_ascii_alphanumeric) {
        folded[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let folded = &folded[..length];
    // The last letters of most endings differ: they are compared first.
    let ends = |word: &&str| {
        let word = word.as_bytes();
        word.last_chunk::<TAIL>() == folded.last_chunk() && folded.ends_with(word)
    };
    if NOT.iter().any(ends) {
        return false;
    }
    EXACT
        .binary_search_by(|word| word.as_bytes().cmp(folded))
        .is_ok()
        || ENDINGS.iter().any(ends)
}

/// Redacts `"name": "value"` pairs inside a text, also where the quotes are escaped; the text need not be JSON. `None`
/// when it holds none to redact.
pub(super) fn redact_pairs(text: &str) -> Option<(String, usize)> {
    let bytes = text.as_bytes();
    let mut clean = String::new();
    let (mut copied, mut at, mut count) = (0, 0, 0);
    while let Some(open) = find(bytes, at, b'"') {
        // Any quote may open a name: in broken text nothing says which ones do.
        at = open + 1;
        // The quote as it is written here: `"`, `\"` or deeper.
        let depth = escapes(bytes, open);
        let window = &bytes[..bytes.len().min(open + LONGEST_NAME + depth)];
        let Some(close) = closing(window, open + 1, depth) else {
            continue;
        };
        if !is_secret(&text[open + 1..close - depth]) {
            continue;
        }
        at = close + 1;
        let Some(value) = value_start(bytes, at, depth) else {
            continue;
        };
        let Some(end) = closing(bytes, value, depth) else {
            // A cut text: whatever is left is the value.
            clean.push_str(&text[copied..value]);
            clean.push_str(REDACTED);
            return Some((clean, count + 1));
        };
        if end - depth > value && &text[value..end - depth] != REDACTED {
            clean.push_str(&text[copied..value]);
            clean.push_str(REDACTED);
            copied = end - depth;
            count += 1;
        }
        at = end + 1;
    }
    if count == 0 {
        return None;
    }
    clean.push_str(&text[copied..]);
    Some((clean, count))
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    memchr(wanted, bytes.get(from..)?).map(|at| from + at)
}

/// Backslashes right before a quote.
fn escapes(bytes: &[u8], quote: usize) -> usize {
    bytes[..quote]
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count()
}

/// The next quote written with exactly `depth` backslashes.
fn closing(bytes: &[u8], from: usize, depth: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let quote = find(bytes, at, b'"')?;
        let here = escapes(&bytes[from..], quote - from);
        if here == depth || (depth == 0 && here.is_multiple_of(2)) {
            return Some(quote);
        }
        at = quote + 1;
    }
}

/// Where the value after a name starts: past a colon, spaces and its opening quote.
fn value_start(bytes: &[u8], mut at: usize, depth: usize) -> Option<usize> {
    let space = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    while space(bytes.get(at)) {
        at += 1;
    }
    if bytes.get(at) != Some(&b':') {
        return None;
    }
    at += 1;
    while space(bytes.get(at)) {
        at += 1;
    }
    let quote = at + depth;
    (bytes.get(at..quote)?.iter().all(|byte| *byte == b'\\') && bytes.get(quote) == Some(&b'"'))
        .then_some(quote + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_as_it_is_looked_for() {
        assert!(EXACT.is_sorted());
        let endings = ENDINGS.iter().chain(NOT);
        assert!(endings.clone().all(|word| word.len() >= TAIL));
        for word in EXACT.iter().chain(ENDINGS) {
            assert!(is_secret(word), "{word}");
            assert!(is_secret(&word.to_ascii_uppercase()), "{word}");
        }
        for word in NOT {
            assert!(!is_secret(word), "{word}");
        }
    }
}
