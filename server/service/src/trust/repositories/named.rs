//! What a repository is called, as it was typed or sent.

use domain::trust::{Forge, Home};

use crate::{Error, Result};

/// What a repository is called, and what is known of it.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// `github` or `gitlab`.
    pub forge: String,
    /// `owner/name`.
    pub name: String,
    /// Address of a forge of one's own; empty for the vendor's.
    pub host: String,
    /// Ids of owner and repository, as `123:456`; empty leaves what is known.
    pub ids: String,
    /// Default branch; empty leaves what is known.
    pub default_branch: String,
}

/// Reads what a repository is called.
pub fn checked(named: &Named) -> Result<Home> {
    let forge = match named.forge.trim() {
        "" => Forge::Github,
        word => Forge::of(word).ok_or_else(|| Error::field("forge", "Choose github or gitlab."))?,
    };
    let name = named.name.trim().trim_matches('/');
    let parts: Vec<&str> = name.split('/').collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    let count = match forge {
        Forge::Github => parts.len() == 2,
        Forge::Gitlab => parts.len() >= 2,
    };
    if !count || name.len() > 300 || !parts.iter().all(plain) {
        let example = match forge {
            Forge::Github => "acme/shop",
            Forge::Gitlab => "acme/web/shop",
        };
        return Err(Error::field(
            "repository",
            format!("Name it as the forge does, such as {example}."),
        ));
    }
    let host = named.host.trim().trim_end_matches('/');
    if !host.is_empty() && (!host.starts_with("https://") || host.len() > 200) {
        return Err(Error::field(
            "host",
            "An address such as https://gitlab.acme.test, or nothing for the vendor’s own.",
        ));
    }
    let ids = match named.ids.trim() {
        "" => None,
        text => Some(
            text.split_once(':')
                .filter(|(owner, id)| {
                    let digits =
                        |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
                    digits(owner) && digits(id)
                })
                .map(|(owner, id)| (owner.to_owned(), id.to_owned()))
                .ok_or_else(|| {
                    Error::field(
                        "ids",
                        "Two numbers with a colon between them: owner:repository.",
                    )
                })?,
        ),
    };
    let vendor = match forge {
        Forge::Github => "https://github.com",
        Forge::Gitlab => "https://gitlab.com",
    };
    Ok(Home {
        forge,
        name: name.to_owned(),
        ids,
        default_branch: named.default_branch.trim().chars().take(200).collect(),
        host: if host == vendor {
            String::new()
        } else {
            host.to_owned()
        },
    })
}
