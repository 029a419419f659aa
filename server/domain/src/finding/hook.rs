//! The webhook of a rule of who is told: what its form says.

use contract::FieldError;
use contract::findings::Severity;
use contract::notices::NoticeRuleInput;

/// Longest address.
const LONGEST: usize = 2_000;
/// Fewest and most bytes of a secret.
const SECRET: std::ops::RangeInclusive<usize> = 8..=256;

/// A webhook as it was named.
#[derive(Clone, PartialEq, Eq)]
pub struct Named {
    /// The whole address.
    pub address: String,
    /// The secret, where one was entered.
    pub secret: Option<String>,
    /// From this severity on.
    pub from: Severity,
}

/// Reads what the form of a rule says of its webhook; `None` when it has none. `inside` is whether the configuration allows
/// networks inside: only there are posts sent in the clear.
///
/// # Errors
/// Every field that cannot be read.
pub fn read(input: &NoticeRuleInput, inside: bool) -> Result<Option<Named>, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, message: &str| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        });
    };
    let (address, secret) = (input.webhook.trim(), input.webhook_secret.trim());
    if address.is_empty() {
        if !input.webhook_only.trim().is_empty() {
            refuse("webhook", "Name the webhook that is told instead.");
        } else if !secret.is_empty() {
            refuse("webhook", "Name the webhook the secret is for.");
        }
        return if wrong.is_empty() {
            Ok(None)
        } else {
            Err(wrong)
        };
    }
    if host(address).is_none() {
        refuse(
            "webhook",
            "Write the whole address, beginning with https://.",
        );
    } else if address.starts_with("http://") && !inside {
        refuse(
            "webhook",
            "Use https://. Only where ROLLCALL_OUTBOUND_ALLOW names a network inside may it be http://.",
        );
    }
    if !secret.is_empty() && !SECRET.contains(&secret.len()) {
        refuse("webhook_secret", "Use 8 to 256 letters, or none.");
    }
    let from = match (input.webhook_from.trim(), input.at_once.trim()) {
        ("", at_once) => at_once.parse().unwrap_or(Severity::High),
        (from, _) => from.parse().unwrap_or_else(|_| {
            refuse("webhook_from", "Choose a severity.");
            Severity::High
        }),
    };
    if wrong.is_empty() {
        Ok(Some(Named {
            address: address.to_owned(),
            secret: (!secret.is_empty()).then(|| secret.to_owned()),
            from,
        }))
    } else {
        Err(wrong)
    }
}

/// Scheme, host and port of an address: what may be shown of it. `None` when it is no address of the web, or holds a name
/// and password.
pub fn host(address: &str) -> Option<&str> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| address.starts_with(*scheme))?;
    let rest = &address[scheme.len()..];
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = address.len() <= LONGEST
        && address
            .chars()
            .all(|letter| !letter.is_whitespace() && !letter.is_control());
    (plain && !host.is_empty() && !host.starts_with(':') && !host.contains('@'))
        .then(|| &address[..scheme.len() + host.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(address: &str, secret: &str, from: &str) -> NoticeRuleInput {
        NoticeRuleInput {
            at_once: "medium".into(),
            webhook: address.into(),
            webhook_secret: secret.into(),
            webhook_from: from.into(),
            ..NoticeRuleInput::default()
        }
    }

    fn fields(input: &NoticeRuleInput, inside: bool) -> Vec<String> {
        let wrong = read(input, inside).err().unwrap_or_default();
        wrong.into_iter().map(|one| one.field).collect()
    }

    #[test]
    fn only_the_host_of_an_address_is_shown() {
        let whole = "https://hooks.example.com:8443/services/T0/secret?token=1";
        assert_eq!(host(whole), Some("https://hooks.example.com:8443"));
        assert_eq!(host("http://10.0.0.7"), Some("http://10.0.0.7"));
        for wrong in [
            "",
            "hooks.example.com",
            "ftp://hooks.example.com",
            "https://",
            "https:///path",
            "https://:443/",
            "https://name:word@hooks.example.com/",
            "https://hooks example.com/",
        ] {
            assert_eq!(host(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        let wrong = input("hooks.example.com", "short", "loud");
        assert_eq!(
            fields(&wrong, true),
            ["webhook", "webhook_secret", "webhook_from"]
        );
        let clear = input("http://10.0.0.7/hook", "", "");
        assert_eq!(fields(&clear, false), ["webhook"]);
        assert!(fields(&clear, true).is_empty());
        assert_eq!(fields(&input("", "whsec_secret", ""), true), ["webhook"]);
        let mut only = input("", "", "");
        assert!(matches!(read(&only, true), Ok(None)));
        only.webhook_only = "on".into();
        assert_eq!(fields(&only, true), ["webhook"]);
    }

    #[test]
    fn it_has_the_severity_of_the_rule_unless_it_has_its_own() {
        let from = |word| {
            let named = read(&input("https://h.example/x", "whsec_secret", word), false);
            let named = named.ok().flatten().map(|named| (named.from, named.secret));
            named.expect("named")
        };
        assert_eq!(from(""), (Severity::Medium, Some("whsec_secret".into())));
        assert_eq!(from("critical").0, Severity::Critical);
    }
}
