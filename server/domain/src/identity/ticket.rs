//! Ticket references: the paper trail a creation or a change hangs on.

use std::fmt;

/// A reference another person can follow: `ABC-123`, `owner/repo#12` or a web address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket(String);

/// The text is no ticket reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATicket {
    /// Nothing was given.
    #[error("Give the ticket this was agreed in, such as OPS-123 or its web address.")]
    Missing,
    /// Something was given that nobody could look up.
    #[error("A ticket looks like OPS-123, owner/repo#12 or https://tracker.example/OPS-123.")]
    Shape,
}

impl Ticket {
    /// Reads a ticket reference, white space around it ignored.
    ///
    /// # Errors
    /// [`NotATicket`] says what one looks like.
    pub fn parse(text: &str) -> Result<Self, NotATicket> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotATicket::Missing);
        }
        if text.len() <= 300 && (is_key(text) || is_address(text) || is_issue(text)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotATicket::Shape)
        }
    }

    /// The reference as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_key(text: &str) -> bool {
    let Some((project, number)) = text.rsplit_once('-') else {
        return false;
    };
    project.len() >= 2
        && project.len() <= 20
        && project.starts_with(|c: char| c.is_ascii_uppercase())
        && project
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        && is_number(number)
}

fn is_issue(text: &str) -> bool {
    let Some((repository, number)) = text.split_once('#') else {
        return false;
    };
    let word = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    let mut parts = repository.split('/');
    is_number(number)
        && parts.next().is_some_and(word)
        && parts.next().is_some_and(word)
        && parts.all(word)
}

fn is_address(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
    else {
        return false;
    };
    let Some((host, path)) = rest.split_once('/') else {
        return false;
    };
    // A name before the host would be a credential in the address.
    !host.is_empty()
        && !host.contains('@')
        && !path.is_empty()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 10 && text.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_looked_up_is_a_ticket() {
        for good in [
            "OPS-1",
            " PAY-1182 ",
            "ACME_2-77",
            "acme/payments-api#41",
            "group/sub/project#7",
            "https://tracker.example/browse/OPS-1",
        ] {
            assert!(Ticket::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_cannot_be_looked_up_is_refused() {
        assert_eq!(Ticket::parse("  "), Err(NotATicket::Missing));
        for bad in [
            "ops-1",
            "OPS-",
            "-1",
            "OPS1",
            "see chat",
            "https://tracker.example",
            "https://me:pw@tracker.example/1",
            "javascript:alert(1)//x/y",
            "https://a b/c",
        ] {
            assert_eq!(Ticket::parse(bad), Err(NotATicket::Shape), "{bad}");
        }
    }
}
