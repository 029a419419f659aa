//! A client certificate as a proxy in front passes it on: its subject or fingerprint, word for word.
//!
//! TLS ends at the proxy, which alone knows whose certificate was shown (nginx `$ssl_client_s_dn` or
//! `$ssl_client_fingerprint`, Envoy's `x-forwarded-client-cert`); the header is believed from trusted proxies only.

/// Longest subject, in characters.
const LONGEST: usize = 512;

/// Reads whose certificate delivers, as somebody typed it.
///
/// # Errors
/// What is wrong with it.
pub fn read(typed: &str) -> Result<String, &'static str> {
    let subject = typed.trim();
    if subject.is_empty() {
        return Err(
            "Say whose certificate delivers: the subject or fingerprint as the proxy passes it on.",
        );
    }
    if subject.chars().count() > LONGEST {
        return Err("Use at most 512 characters.");
    }
    if subject.contains('*') {
        return Err("A certificate is named whole; “*” stands for nothing here.");
    }
    Ok(subject.to_owned())
}

/// Whether the certificate that was shown is the one that delivers.
///
/// # Errors
/// Why not, for the page of the source.
pub fn admit(wanted: &str, shown: Option<&str>) -> Result<(), String> {
    match shown.map(str::trim).filter(|shown| !shown.is_empty()) {
        None => Err("No client certificate was passed on by a trusted proxy.".to_owned()),
        Some(_) if wanted.is_empty() => Err("The source names no certificate.".to_owned()),
        Some(shown) if shown == wanted => Ok(()),
        Some(shown) => {
            let shown: String = shown.chars().take(120).collect();
            Err(format!("The certificate is of {shown}."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_named_whole() {
        assert_eq!(
            read(" CN=vector,O=acme "),
            Ok("CN=vector,O=acme".to_owned())
        );
        for wrong in ["", "  ", "CN=*", &"x".repeat(513)] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_the_very_certificate_delivers() {
        assert_eq!(admit("CN=vector,O=acme", Some("CN=vector,O=acme")), Ok(()));
        for shown in [
            None,
            Some(""),
            Some("CN=vector,O=acme2"),
            Some("CN=vector"),
            Some("cn=vector,o=acme"),
        ] {
            assert!(admit("CN=vector,O=acme", shown).is_err(), "{shown:?}");
        }
        assert!(
            admit("", Some("CN=vector")).is_err(),
            "a source that names none takes none"
        );
    }
}
