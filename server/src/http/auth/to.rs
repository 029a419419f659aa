//! Where to go after sign-in: only ever a page of ours.

/// The address when it is a path on this site, else the overview. Browsers read `\` as `/`, drop tabs and
/// line ends, and take `//host` for another site: none of these get through.
pub fn safe(to: Option<&str>) -> &str {
    match to {
        Some(to) if is_path(to) => to,
        _ => "/",
    }
}

fn is_path(to: &str) -> bool {
    let mut bytes = to.bytes();
    let begins = bytes.next() == Some(b'/') && !to.starts_with("//");
    begins
        && to.len() <= 2048
        && to.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && !to.starts_with("/auth/")
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn own_paths_stay() {
        for to in ["/", "/identities?kind=bot&q=a%20b", "/reviews/1/2#top"] {
            assert_eq!(safe(Some(to)), to);
        }
    }

    #[test]
    fn other_sites_become_the_overview() {
        for to in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "javascript:alert(1)",
            "evil.example",
            " //evil.example",
            "/%0d%0a\u{0}",
            "/é",
            "/auth/sign-out",
            "///evil.example",
        ] {
            assert_eq!(safe(Some(to)), "/", "{to:?}");
        }
        assert_eq!(safe(None), "/");
    }
}
